"""What is refused is counted: who tried what on which row, once for each delivery, and told when it piles up."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.people import Standing
from bot.core.refusal import PILE
from bot.slack.refusal import tried
from bot.slack.router import Access, Caller, Delivery, Owner, Press, Result, Route
from bot.store import message as store
from bot.store.database import processed_delivery
from bot.store.tables import message, refusal
from tests.databases import KINDS, fresh
from tests.slack.bot import LIN, MEI, TOM, Bot, awake
from tests.slack.test_pipeline import asked, stale


@pytest.fixture(params=KINDS)
async def bot(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that knows mei, tom, and lin, who is an admin, when an hour has just begun."""
    with fresh(request.param, tmp_path) as url:
        async with awake(url) as bot:
            for user_id in (MEI, TOM):
                await bot.knows(user_id)
            await bot.knows(LIN, admin=True)
            tomorrow = bot.app.clock.now() + timedelta(days=1)
            bot.slack.clock.move_to(tomorrow.replace(hour=8, minute=0, second=0, microsecond=0))
            yield bot


async def counted(bot: Bot) -> list[tuple[str, str, str, str, int]]:
    """Who, what, why, on which row, how often."""
    named = ("user_id", "action", "reason", "subject", "count")
    return sorted(tuple(row[name] for name in named) for row in await bot.rows(refusal))


async def test_each_refusal_is_counted_by_who_what_why_and_row(bot: Bot) -> None:
    await asked(bot)
    await bot.knows("U0GUEST", standing=Standing.GUEST)
    for _ in range(3):
        await bot.presses(TOM, "join.approve", "1:1")
    await bot.presses(TOM, "join.withdraw", "1")
    await bot.presses(TOM, "join.withdraw", "77")
    await bot.presses("U0GUEST", "join.withdraw", "1")
    await bot.types("U0GUEST", "join")
    await bot.presses(MEI, "no.button", "1")
    await bot.sends(MEI, "credential.record", "", {"credential.name": "a", "credential.lifetime": "9999"})
    await bot.sends(MEI, "join.ask", "", {"join.nick": "pat_" + "cAnArY7s" * 8})
    await bot.types(MEI, "stauts")
    assert await counted(bot) == [
        ("U0GUEST", "command:join", "no_member", "", 1),
        ("U0GUEST", "press:join.withdraw", "no_member", "join:1", 1),
        (MEI, "form:credential.record", "forged", "", 1),
        (MEI, "form:join.ask", "secret", "", 1),
        (MEI, "press:?", "not_found", "", 1),
        (TOM, "press:join.approve", "not_admin", "join:1", 3),
        (TOM, "press:join.withdraw", "not_found", "join:77", 1),
        (TOM, "press:join.withdraw", "not_yours", "join:1", 1),
    ]


async def test_the_same_delivery_is_counted_once(bot: Bot) -> None:
    """A press, a form, and a command that only reads."""
    await bot.knows(TOM, standing=Standing.GUEST)
    for _ in range(2):
        await bot.types(TOM, "status", "1.1")
        await bot.presses(TOM, "join.approve", "1", trigger_id="2.2")
    assert [row[4] for row in await counted(bot)] == [1, 1]
    assert len(await bot.rows(processed_delivery)) == 2


async def test_what_waited_for_slack_is_counted_once_it_is_refused(bot: Bot) -> None:
    """A demoted admin's press: nobody had asked Slack about them for a while. The job may run twice."""
    request_id = await asked(bot)
    await stale(bot)
    await bot.presses(TOM, "join.approve", str(request_id))
    (job,) = await bot.waiting()
    for _ in range(2):
        await bot.app.job_runner._handlers[job.kind](job)
    assert await counted(bot) == [(TOM, "press:join.approve", "not_admin", "join:1", 1)]


async def test_hours_and_simultaneous_tries_add_up(bot: Bot) -> None:
    """None is lost where many arrive at once, and each hour has its own row."""
    await asked(bot)
    await asyncio.gather(*(bot.presses(TOM, "join.withdraw", "1") for _ in range(15)))
    bot.slack.clock.advance(timedelta(hours=1))
    await bot.presses(TOM, "join.withdraw", "1")
    assert sorted(row["count"] for row in await bot.rows(refusal)) == [1, 15]


async def told(bot: Bot) -> list[tuple[str, str]]:
    """The notices in the admin channel about refusals."""
    rows = [row for row in await bot.rows(message) if row["subject"].startswith("refusal:")]
    return [(row["subject"], row["kind"]) for row in rows]


async def status(bot: Bot) -> str:
    """What lin reads; an admin's is drawn after the ack."""
    told = await bot.types(LIN, "status")
    assert told.body == {}
    assert told.after
    await told.after()
    calls = [call for call in bot.slack.world.chat.calls if call.method == "chat.postMessage"]
    return str(calls[-1].body["blocks"])


async def test_admins_are_told_once_a_day_when_it_piles_up(bot: Bot) -> None:
    """With the twentieth within an hour; never of secrets, and never of fewer. Home and status show it too."""
    await asked(bot)
    for _ in range(PILE - 1):
        await bot.presses(TOM, "join.approve", "1")
        await bot.types(MEI, "join pat_" + "cAnArY7s" * 8)
    await bot.types(MEI, "join pat_" + "cAnArY7s" * 8)
    assert await told(bot) == []
    assert "refused attempts" not in await status(bot)
    for _ in range(5):
        await bot.presses(TOM, "join.decline", "1")
    bot.slack.clock.advance(timedelta(hours=1))
    for _ in range(PILE):
        await bot.presses(TOM, "join.approve", "1")
    ((subject, _),) = await told(bot)
    assert subject == f"refusal:{TOM}"
    draw = bot.app.router.renderers["refusal"]
    (row,) = [row for row in await bot.rows(message) if row["subject"] == subject]
    people = bot.app.dispatch._pipeline._people
    locale = people.locale(await bot.knows(LIN, admin=True))
    card = str((await draw(await loaded(bot, row["id"]), locale)).card.payload())
    assert "44 things" in card
    assert "join.approve" in card
    assert "only admins may" in card
    answer = await status(bot)
    assert " refused attempts since yesterday" in answer
    assert "'44'" in answer
    assert "refused attempts" not in str((await bot.types(MEI, "status")).body)
    bot.slack.clock.advance(timedelta(days=1, hours=1))
    assert "refused attempts" not in await status(bot)


async def loaded(bot: Bot, message_id: int) -> store.Message:
    """One copy."""
    async with bot.app.db.read() as conn:
        found = await store.load(conn, message_id)
    assert found
    return found


async def _nobody(_press: Press, _caller: Caller) -> Result:
    raise AssertionError


def press(name: str, value: str) -> tuple[str, str]:
    """How a press is written down."""
    route = Route("press", name, _nobody, Access.MEMBER, fresh=False, owner=Owner.OWN)
    return tried(Press(Delivery("1", "T", "A"), MEI, name, value), route)


@pytest.mark.parametrize(
    ("name", "value", "row"),
    [
        ("join.approve", "12:3", "join:12"),
        ("join.more", "assign:12", "join:12"),
        ("guide.next", "17:a1", "guide:17"),
        ("guide.more", "back:17:a1", "guide:17"),
        ("guide.take", "17:s1 https://www.coze.cn/space/1/bot/2", "guide:17"),
        ("guide.glasses", "8", "publish:8"),
        ("remind.snooze", "5", "credential:5"),
        ("credential.forget", "550e8400-e29b-41d4-a716-446655440000", "secret:550e8400-e29b-41d4-a716-446655440000"),
        ("credential.cancel_link", "5", "link:5"),
        ("join.approve", "x", ""),
        ("join.approve", "9" * 30, ""),
        ("join.approve", "", ""),
    ],
)
def test_the_row_that_is_named(name: str, value: str, row: str) -> None:
    assert press(name, value) == (f"press:{name}", row)
