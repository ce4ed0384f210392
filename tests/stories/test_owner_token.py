"""The bot's own token on Coze: its end is asked for, admins are reminded, and its death is told once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.operator_tables import owner_credential
from tests.stories.story import Json, Story
from tests.stories.test_preflight import configured, started_again, token

DAYS = 30


@pytest.fixture(autouse=True)
def calm() -> None:
    """That the token died is an error in the log."""


async def rows(story: Story) -> list[Json]:
    """What is known of each value that the setting had."""
    db = Database(story.database)
    try:
        async with db.read() as conn:
            found = await conn.execute(select(owner_credential).order_by(owner_credential.c.id))
            return [dict(row._mapping) for row in found]
    finally:
        await db.close()


async def enters_the_end(story: Story) -> None:
    """Lin finds the question at Home and answers it."""
    await story.looks_home("lin", "COZE_OWNER_TOKEN 哪天到期")
    await story.presses("lin", "填到期日…", channel="home")
    await story.sees_form("lin", "只填日期")
    day = (await story.now() + timedelta(days=DAYS)).date().isoformat()
    await story.sends("lin", 到期日=day)
    await story.looks_home("lin", "🔑 COZE_OWNER_TOKEN", "到期")


async def days_pass(story: Story, days: int) -> None:
    """A day at a time, so that everything due on one of them is done on it."""
    for _ in range(days):
        await story.passes(advance=86_400)
        await story.settles()


async def posted(story: Story) -> list[str]:
    """What stands about it in the admins' channel, in order."""
    return [
        text for text in await story.texts("lin", "admins") if "COZE_OWNER_TOKEN" in text and "周一小结" not in text
    ]


async def test_a_token_that_ends(database: str, caplog: pytest.LogCaptureFixture) -> None:
    """Asked for; four reminders and the end in the admin channel; refused then, which is told once; a new value is a
    new credential, whose end is asked anew.
    """
    async with configured(database, token("owner")) as story:
        await enters_the_end(story)
        await days_pass(story, 24)
        await story.reads("lin", "天内换掉机器人自己的扣子令牌", "令牌本身别贴在这里", channel="admins")
        await days_pass(story, 8)
        await story.reads("lin", "机器人自己的扣子令牌已到期", channel="admins")

        async def only_the_last_counts() -> bool:
            newer = ["更新的提醒" in text for text in await posted(story)]
            return newer.count(True) == 4 and not newer[-1]  # that Coze refuses it may be told before its end

        await story.waits(only_the_last_counts, "those before say that there is a newer one", "lin")
        async with started_again(story):
            await story.reads("lin", "扣子不认机器人自己的凭证了", "恢复后接着办", channel="admins")
        await story.tries("home", who="lin")
        await story.presses_soon("lin", "再看一次", channel="home")
        await story.looks_home("lin", "扣子不认 COZE_OWNER_TOKEN")
        assert len(await posted(story)) == 6
        assert len([each for each in caplog.records if "Coze refuses it" in each.getMessage()]) == 1
        fresh = (await story.on_coze("token", name="owner", permissions=["listWorkspace", "listBot"]))["token"]
        async with started_again(story, COZE_OWNER_TOKEN=fresh):
            await story.reads("lin", "COZE_OWNER_TOKEN 已在", "换新", channel="admins")
            old, new = await rows(story)
            assert old["replaced_at"]
            assert (new["credential_id"], new["is_permanent"], new["dead_at"]) == (None, False, None)
            assert fresh not in str((old, new))


async def test_what_works_again_is_redrawn(database: str) -> None:
    """The same value: the message turns, and another death has a message of its own."""
    async with configured(database, token("owner")) as story:
        for times in (1, 2):
            await story.goes_wrong("coze", "wrong_host", method="/v1/workspaces")
            await story.passes(advance=86_460)
            async with started_again(story):
                await story.reads("lin", "扣子不认机器人自己的凭证了", channel="admins")
            await story.works_again()
            await story.looks_home("lin", "设置不对")
            await story.presses("lin", "再看一次", channel="home")

            async def turned(times: int = times) -> bool:
                texts = await story.texts("lin", "admins")
                return len([text for text in texts if "扣子又认 COZE_OWNER_TOKEN 了" in text]) == times

            await story.waits(turned, "it works again", "lin")


@pytest.mark.parametrize(("ends", "says"), [("never", "永不到期"), ("2040-04-30", "4月30日")])
async def test_the_setting_says_when_it_ends(database: str, ends: str, says: str) -> None:
    """Then nobody is asked."""
    async with configured(database, lambda ready: token("owner")(ready) | {"COZE_OWNER_TOKEN_ENDS": ends}) as story:
        home = await story.looks_home("lin", says)
        assert "哪天到期" not in home["plain"]


async def test_an_end_that_was_left_from_the_token_before_is_not_believed(database: str) -> None:
    """The same date for another value: it is asked for."""
    day = {"COZE_OWNER_TOKEN_ENDS": "2040-04-30"}
    async with configured(database, lambda ready: token("owner")(ready) | day) as story:
        fresh = (await story.on_coze("token", name="owner", permissions=["listWorkspace", "listBot"]))["token"]
        async with started_again(story, COZE_OWNER_TOKEN=fresh, **day):
            assert [bool(row["credential_id"]) for row in await rows(story)] == [True, False]


@pytest.mark.parametrize(
    ("picked", "says"), [({}, "请选"), ({"到期日": "2039-01-01"}, "已经"), ({"到期日": "2050-01-01"}, "一年")]
)
async def test_an_end_that_cannot_be_is_refused(story: Story, picked: dict[str, str], says: str) -> None:
    """The form stays open with a sentence."""
    await story.tries("home", who="lin")
    await story.looks_home("lin", "哪天到期")
    await story.presses("lin", "填到期日…", channel="home")
    answer = await story.tries("submit", who="lin", fields=picked)
    assert says in str(answer), answer
