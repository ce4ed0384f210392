"""A backup person for a token: named, asked, counted once they accept, asked to help before the admins are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.stories.story import Story, told
from tests.stories.test_delete_data import deletes, dump, left

SHANGHAI = ZoneInfo("Asia/Shanghai")
ASKED = "做「试用」的备用联系人？"
HELP = "替小美看一下「试用」"
TO_ADMINS = "「试用」快到期，没人换新"
FIELD = "backup.person.value"


@asynccontextmanager
async def recorded(database: str) -> AsyncIterator[Story]:
    """Mei has recorded a token of thirty days."""
    async with told(database) as story:
        await story.types("mei", "/sharge remind add")
        await story.sees_form("mei", "名字")
        await story.sends("mei", 名字="试用")
        await story.reads("mei", "「试用」已登记")
        yield story


async def names(story: Story, who: str = "wang") -> None:
    """From the menu of her token."""
    await story.presses_soon("mei", "设备用联系人")
    await story.sees_form("mei", "先找这个人")
    await story.sends("mei", **{FIELD: who})
    await story.sees_form("mei", f"已经去问 @{who}")
    await story.tries("close", who="mei", all=True)
    await story.reads("mei", f"已请 @{who} 做「试用」的备用联系人")


async def accepts(story: Story, who: str = "wang") -> None:
    """They stand in from now on."""
    await story.reads(who, ASKED, "@mei 想请你")
    await story.presses(who, "答应")
    await story.reads(who, "你是 @mei 为「试用」设的备用联系人")
    await story.reads("mei", f"✅ @{who} 是「试用」的备用联系人")


async def clock_shows(story: Story, hour: int, days: int = 0, minute: int = 0) -> None:
    """Day by day, so that all that is due on one is done on it, until it is this hour in Shanghai."""
    for step in [*[1] * days, 0]:
        day = (await story.now()).astimezone(SHANGHAI).date() + timedelta(days=step)
        await story.passes(to=datetime.combine(day, time(hour, minute + (not step)), SHANGHAI).isoformat())
        await story.settles()


async def to_admins(story: Story) -> list[str]:
    """What the admins' channel holds about its reminders."""
    return [text for text in await story.texts("lin", "admins") if "没人换新" in text or "在处理「试用」" in text]


async def posted(story: Story, who: str, words: str) -> list[Any]:
    """What was posted to somebody with these words in its first line."""
    calls = await story.calls("chat.postMessage")
    return [each for each in calls if each["body"].get("channel") == who and words in each["body"]["text"]]


async def test_the_backup_person_is_asked_before_the_admins(database: str) -> None:
    """Once, when the owner is gone; who takes it keeps the admins out of it."""
    async with recorded(database) as story:
        await names(story)
        await accepts(story)
        await story.tries("user", who="mei", deleted=True)
        await clock_shows(story, 10, days=23)
        await story.reads("wang", HELP, "@mei 把你设为备用联系人", "Slack 账号停用了", "18:00")
        assert not await to_admins(story)
        await story.presses("wang", "我去联系")
        await story.reads("wang", HELP, "起由你联系")
        await clock_shows(story, 19)
        await clock_shows(story, 19, days=6)
        assert not await to_admins(story)
        assert len(await posted(story, "U0WANG", "请你帮忙")) == 1
        await story.presses("wang", "不再需要")
        await story.reads("wang", "「试用」", "提醒已停")


async def test_admins_foresee_it(database: str) -> None:
    """In the forecast: the backup person first, then the admins if nobody takes it; the latter too once it waits."""
    async with recorded(database) as story:
        await names(story)
        await accepts(story)
        later = "管理员频道：@mei 的「试用」，如果 @wang 到时还没接手"
        await clock_shows(story, 10, days=12)
        await story.types("lin", "/sharge forecast 30")
        await story.reads("lin", "@mei 的备用联系人 @wang：「试用」", later)
        await story.tries("user", who="mei", deleted=True)
        await clock_shows(story, 10, days=11)
        await story.reads("wang", HELP)
        await story.types("lin", "/sharge forecast 1")
        seen = await story.reads("lin", "今天还会发 1 条提醒", later)
        assert "备用联系人" not in seen


async def test_nobody_takes_it_by_the_end_of_the_day(database: str) -> None:
    """Then the admins hear, once, and that somebody was asked."""
    async with recorded(database) as story:
        await names(story)
        await accepts(story)
        await story.tries("user", who="mei", deleted=True)
        await clock_shows(story, 10, days=23)
        await story.reads("wang", HELP)
        await clock_shows(story, 17)
        assert not await to_admins(story)
        await clock_shows(story, 18)
        await story.reads("lin", TO_ADMINS, "已找过备用联系人 @wang，没有接手", channel="admins")
        await story.reads("wang", "「试用」已告诉管理员")
        await clock_shows(story, 19, days=6)
        assert len(await to_admins(story)) == 1


async def test_who_does_not_accept_does_not_count(database: str) -> None:
    """Asked or declined: the admins are told at once, as without anybody."""
    async with recorded(database) as story:
        await names(story)
        await story.presses_soon("wang", "婉拒")
        await story.reads("mei", "@wang 不能做「试用」的备用联系人")
        await story.presses("mei", "换一个人")
        await story.sees_form("mei", "不能做「试用」的备用联系人")
        await story.sends("mei", **{FIELD: "lin"})
        await story.reads("lin", ASKED)
        await story.tries("close", who="mei", all=True)
        await story.tries("user", who="mei", deleted=True)
        await clock_shows(story, 10, days=23)
        await story.reads("lin", TO_ADMINS, channel="admins")
        assert not [text for text in await story.texts("lin") if HELP in text]


@pytest.mark.parametrize("how", ["passes", "gives_up", "leaves", "unreached"])
async def test_from_the_backup_person_to_the_admins(story: Story, how: str) -> None:
    """Whoever passes it on, can't any more, leaves or is out of reach keeps nobody waiting."""
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "名字")
    await story.sends("mei", 名字="试用")
    await names(story)
    await accepts(story)
    await story.tries("user", who="mei", deleted=True)
    if how == "leaves":
        await story.tries("user", who="wang", deleted=True)
    await clock_shows(story, 10, days=22)
    if how == "unreached":
        await story.reads("lin", "周一小结", channel="admins")
        await story.goes_wrong("slack", "user_not_found", method="chat.postMessage", times=1)
    elif how == "gives_up":
        await story.presses("wang", "我不做了")
        await story.reads("wang", "你不是「试用」的备用联系人")
    await clock_shows(story, 10, days=1)
    if how == "passes":
        await story.reads("wang", HELP)
        await story.presses("wang", "交给管理员")
    said = {"passes": "@wang 交给了管理员", "unreached": "不做了，或者联系不上"}.get(how, TO_ADMINS)
    await story.reads("lin", TO_ADMINS, said, channel="admins")
    assert len(await to_admins(story)) == 1


async def test_silent_to_the_last_day_and_stopped(database: str) -> None:
    """The owner hears who has stopped it."""
    async with recorded(database) as story:
        await names(story)
        await accepts(story)
        await clock_shows(story, 9, days=30, minute=30)
        await story.reads("wang", HELP, "没有登记换新，也没有推迟", "10:00")
        await story.presses("wang", "不再需要")
        await story.reads("mei", "你的备用联系人 @wang 停掉了「试用」的提醒")
        await clock_shows(story, 19)
        assert not await to_admins(story)


async def test_a_renewed_token_keeps_its_backup_person(database: str) -> None:
    """Somebody else who is named closes the old one's card."""
    async with recorded(database) as story:
        await names(story)
        await accepts(story)
        await clock_shows(story, 10, days=23)
        await story.presses_soon("mei", "已换新")
        await story.sees_form("mei", "名字")
        await story.sends("mei", 名字="试用")
        await story.reads("mei", "「试用」已换新")
        await story.reads("mei", "「试用」已登记")
        await story.settles()
        await story.presses_soon("mei", "设备用联系人")
        await story.sees_form("mei", "✅ @wang 是「试用」的备用联系人")
        await story.sends("mei", **{FIELD: "lin"})
        await story.reads("mei", "你改请了别人，@wang 不再是")
        await story.reads("wang", "已改请别人")
        await story.presses_soon("lin", "答应")
        await story.reads("mei", "✅ @lin 是「试用」的备用联系人")


async def test_who_can_not_be_named(story: Story) -> None:
    """Said in the form, with what stands there: oneself, nobody, a guest, who was deactivated, an app, a stranger."""
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "名字")
    await story.sends("mei", 名字="试用")
    story.world.workspace.people["tom"].restricted = True  # of which the bot has not heard
    await story.presses_soon("mei", "设备用联系人")
    await story.sees_form("mei", "先找这个人")
    refused = await story.tries("submit", who="mei", fields={FIELD: "mei"})
    assert "请选别人" in str(refused["errors"])
    await story.sends("mei", **{FIELD: "tom"})
    await story.sees_form("mei", "访客不能做备用联系人")
    refused = await story.tries("submit", who="mei", fields={FIELD: "tom"})
    assert "访客不能做备用联系人" in str(refused["errors"]), "known by now, it is said at the field"
    await story.tries("user", who="wang", deleted=True)
    refused = await story.tries("submit", who="mei", fields={FIELD: "wang"})
    assert "停用" in str(refused["errors"])


@pytest.mark.parametrize("who", ["mei", "wang"])
async def test_deleting_the_data_of_either_removes_it(database: str, who: str) -> None:
    """Neither row nor message of it stays."""
    async with recorded(database) as story:
        await names(story)
        await accepts(story)
        form = await deletes(story, who)
        assert ("你是别人 1 个令牌的备用联系人" in form["plain"]) == (who == "wang")

        async def gone() -> bool:
            texts = [*await story.texts("mei"), *await story.texts("wang")]
            return not [text for text in texts if "备用联系人" in text]

        await story.waits(gone, "nothing tells of it")
        assert not dump(database)["backup"]
        assert not left(database, f"U0{who.upper()}").keys() - {"bucket"}
