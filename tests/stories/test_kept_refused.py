"""What somebody has us keep is refused by Coze before its end: they hear it on that day, once, with what mends it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bot.store.database import Database
from bot.store.tables import secret
from tests.stories.story import Story, told
from tests.stories.test_secrets import Alone

SHANGHAI = ZoneInfo("Asia/Shanghai")
REFUSED = "扣子不接受「试用」了"
SAID = "换掉「试用」：扣子不接受它了"


@asynccontextmanager
async def keeping(database: str, whose: str = "mei") -> AsyncIterator[Alone]:
    """Mei has recorded a token of thirty days, and has it kept; the bot has no credential of its own."""
    async with told(database, settings={"COZE_OWNER_TOKEN": ""}) as story:
        one = Alone(story._http, story.ready, story.world)
        one.database = database
        if whose == "owner":
            await joins(one)
        await one.types("mei", "/sharge remind add")
        await one.sees_form("mei", "名字")
        await one.sends("mei", 名字="试用")
        await one.reads("mei", "「试用」已登记")
        await one.types("mei", "/sharge remind")
        await one.presses("mei", "保存令牌")
        form = await one.sees_form("mei", "保存什么", "用来做什么", "每天一次")
        assert "1 次调用" in form["plain"]
        await one.sends("mei", 同意="yes")
        await one.enters(await one.page("mei"), one.coze["pats"][whose])
        await one.reads("mei", "令牌已收到并加密保存")
        yield one


async def clock_shows(story: Story, hour: int, minute: int = 0, days: int = 0) -> None:
    """So many days later, at this time in Shanghai; everything due on the way is done when it is due."""
    day = (await story.now()).astimezone(SHANGHAI).date() + timedelta(days=days)
    await story.passes(to=datetime.combine(day, time(hour, minute), SHANGHAI).isoformat())
    await story.settles()


async def posted(story: Story) -> list[Any]:
    """What was posted to mei."""
    return [call for call in await story.calls("chat.postMessage") if call["body"].get("channel") == "U0MEI"]


async def notices(story: Story) -> list[str]:
    """What she was told of it."""
    return [call["body"]["text"] for call in await posted(story) if REFUSED in call["body"]["text"]]


async def kept(database: str) -> int:
    """How many values are kept."""
    db = Database(database)
    async with db.read() as conn:
        count = int(await conn.scalar(select(func.count()).select_from(secret)) or 0)
    await db.close()
    return count


async def is_revoked(story: Story, whose: str = "mei") -> None:
    """Somebody deletes the token on Coze's own site."""
    await story.on_coze("revoke", token=story.coze["pats"][whose])


async def joins(story: Story) -> None:
    """Mei is in the team, and has an agent there; by hand, as the bot has no credential."""
    await story.on_coze("agent", name="owner", title="讲解员")
    await story.asks_to_join("mei", **{"用户 ID": story.coze["users"]["owner"]})
    await story.presses_soon("lin", "批准", channel="admins")
    await story.presses_soon("lin", "我已邀请", channel="admins")
    await story.presses_soon("mei", "我已接受")


async def test_told_on_that_day_and_once(database: str) -> None:
    """Looked at in quiet hours, told when they end; on later days nothing more, but for its reminders, which say so;
    replaced, it is closed.
    """
    async with keeping(database) as story:
        await clock_shows(story, 22, days=1)
        assert not await notices(story), "Coze takes it"
        await is_revoked(story)
        await clock_shows(story, 9, 10, days=1)
        assert not await notices(story), "in quiet hours"
        await clock_shows(story, 9, 30)
        await story.reads("mei", SAID, "登记的到期时间", "不说是哪一种")
        await story.types("mei", "/sharge status")
        await story.reads("mei", "换掉「试用」：扣子不接受它了")
        await story.types("mei", "/sharge remind")
        await story.reads("mei", "正在跟踪 1 个令牌", "❌", "发现扣子不接受它了")
        for _ in range(3):
            await clock_shows(story, 10, days=1)
        assert len(await notices(story)) == 1
        await story.presses("mei", "已换新")
        await story.sends("mei", 名字="试用")
        await story.reads("mei", "「试用」已换新")
        await clock_shows(story, 10, days=2)
        assert len(await notices(story)) == 1


async def test_a_later_reminder_says_it_too(database: str) -> None:
    """Not that it expires in a week: it is refused now."""
    async with keeping(database) as story:
        await clock_shows(story, 10, days=1)
        await is_revoked(story)
        await clock_shows(story, 10, days=1)
        await story.reads("mei", SAID)
        await clock_shows(story, 10, days=22)
        await story.reads("mei", "后面有更新的提醒")
        texts = [text for text in await story.texts("mei") if "扣子不接受它了" in text]
        assert len(texts) == 1, "the newest alone"
        assert len(await notices(story)) > 1, "the ladder goes on"
        assert not [text for text in await story.texts("mei") if "还剩" in text]


async def test_nothing_is_said_while_coze_is_down(database: str) -> None:
    """That day nothing; on the next it is asked again."""
    async with keeping(database) as story:
        await clock_shows(story, 11)
        before = len(await posted(story))
        await story.goes_wrong("coze", "server_error")
        await is_revoked(story)
        await clock_shows(story, 10, days=1)
        await clock_shows(story, 22)
        assert len(await posted(story)) == before
        await story.works_again()
        await clock_shows(story, 10, days=1)
        await story.reads("mei", SAID)
        assert len(await notices(story)) == 1


async def test_one_that_was_replaced_is_not_told_of(database: str) -> None:
    """Its kept value went with it: there is nothing left to ask Coze about."""
    async with keeping(database) as story:
        assert await kept(database) == 1
        await clock_shows(story, 10, days=28)
        await story.presses_soon("mei", "已换新")
        await story.sends("mei", 名字="试用")
        await story.reads("mei", "「试用」已换新")
        assert await kept(database) == 0
        await is_revoked(story)
        await clock_shows(story, 10, days=2)
        assert not await notices(story)


async def test_one_that_was_corrected_is_told_of_by_its_right_name(database: str) -> None:
    """It is the same token: what is kept of it stays."""
    async with keeping(database) as story:
        await story.presses("mei", "填错了")
        await story.sees_form("mei", "改名字或日期")
        await story.sends("mei", 名字="展厅")
        await story.reads("mei", "「展厅」已登记")
        assert await kept(database) == 1
        await is_revoked(story)
        await clock_shows(story, 10, days=1)
        await story.reads("mei", "换掉「展厅」：扣子不接受它了")


async def test_a_use_that_finds_it_says_it_at_once(database: str) -> None:
    """Publishing says what it can't do, and the message what mends it; nothing is told twice by the next look."""
    async with keeping(database, "owner") as story:
        await is_revoked(story, "owner")
        await story.types("mei", "/sharge publish 讲解员")
        await story.presses_soon("mei", "更新名单")
        await story.reads("mei", SAID)
        await clock_shows(story, 10, days=1)
        assert len(await notices(story)) == 1


async def test_a_key_is_stored_again_by_a_press(database: str) -> None:
    """Its app may not act for her any more: told in the morning, once; the old message closes."""
    async with told(database, settings={"COZE_OWNER_TOKEN": ""}) as plain:
        story = Alone(plain._http, plain.ready, plain.world)
        app = story.coze["jwt_app"]
        fields = {"keep.app_id.value": app["client_id"], "keep.fingerprint.value": app["kid"], "同意": "yes"}
        pem = Path(app["private_key_file"]).read_text()  # noqa: ASYNC240 (a small file)
        await story.types("mei", "/sharge remind")
        await story.presses_soon("mei", "保存密钥")
        await story.sees_form("mei", "每天一次")
        await story.sends("mei", **fields)
        await story.enters(await story.page("mei"), pem)
        await story.reads("mei", "密钥已收到并加密保存")
        await story.on_coze("oauth_app", name="mei", client_id=app["client_id"], enabled=False)
        await clock_shows(story, 9, 10, days=1)
        assert not [text for text in await story.texts("mei") if "不接受" in text], "in quiet hours"
        await clock_shows(story, 10)
        await story.reads("mei", "重新存一次密钥", "没法替你发布")
        await clock_shows(story, 10, days=2)
        assert len([call for call in await posted(story) if "不接受我替你存的密钥" in call["body"]["text"]]) == 1
        await story.on_coze("oauth_app", name="mei", client_id=app["client_id"], enabled=True)
        await story.presses("mei", "重新存")
        await story.sees_form("mei", "每天一次")
        await story.sends("mei", **fields)
        await story.enters(await story.page("mei"), pem)
        await story.reads("mei", "那把密钥已删除")
