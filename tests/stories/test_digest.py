"""On Monday at 9:30 admins are told what waits and what ends: once, on Tuesday at the latest, and not of nothing."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.credential import CredentialState
from tests.stories.story import Story, told
from tests.stories.test_expiring import recorded

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUMMARY = "周一小结"


async def monday(story: Story, days: int = 0, clock: str = "09:31", weeks: int = 1) -> None:
    """Time jumps to next Monday, or so many days after it."""
    now = (await story.now()).astimezone(SHANGHAI)
    day = now.date() + timedelta(days=7 * weeks - now.weekday() + days)
    await story.passes(to=datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI).isoformat())
    await story.settles()


async def summaries(story: Story) -> list[str]:
    """What was told, in order."""
    return [text for text in await story.texts("lin", "admins") if SUMMARY in text]


async def test_what_waits_and_what_ends(database: str) -> None:
    """A request, an approval that was not accepted, tokens of two weeks, one of them of somebody who has left."""
    async with told(database) as story:
        await story.is_let_in("tom")
        await story.asks_and_waits("mei")
        await recorded(
            story, ("U0TOM", "demo", 9), ("U0MEI", "厨房", 15), ("U0MEI", "客厅", 15), ("U0GONE", "老的", 60)
        )
        await recorded(story, ("U0MEI", "上周的", 3), state=CredentialState.EXPIRED)
        await story.tries("home", who="lin")
        await monday(story, clock="09:29")
        assert not await summaries(story)
        await story.passes(advance=120)
        text = await story.reads("lin", f"{SUMMARY}：2 件事等处理", channel="admins")
        assert "1 份团队申请 最久的等了 6 天：@mei · 看卡片" in text
        assert "1 人已批准、还没加入 最久的已 6 天：@tom · 看卡片" in text
        assert "本周 1 个：周三 @tom「demo」" in text
        assert "下周 2 个：周二 @mei「厨房」、周二 @mei「客厅」" in text
        assert "上周有 1 个令牌到期没换新 · 没事就不发" in text
        await story.presses("lin", "看全部到期", channel="admins")
        await story.reads("lin", "14 天内有 3 个令牌到期", channel="admins")
        await story.passes(advance=timedelta(days=1).total_seconds())
        assert len(await summaries(story)) == 1


async def test_nothing_is_no_news(database: str) -> None:
    """Three Mondays without anything to say."""
    async with told(database) as story:
        await recorded(story, ("U0MEI", "厨房", 90))
        for _ in range(3):
            await monday(story)
        assert not await summaries(story)


async def test_who_has_left_is_told_of(database: str) -> None:
    """Their token runs on."""
    async with told(database) as story:
        await recorded(story, ("U0TOM", "hall-2", 60))
        await story.types("tom", "/sharge status")
        await story.tries("user", who="tom", deleted=True)
        await story.reads("lin", "hall-2", channel="admins")
        await monday(story)
        await story.reads("lin", f"{SUMMARY}：1 件事等处理", "1 人联系不上", "@tom", "看卡片", channel="admins")


@pytest.mark.parametrize(("days", "count"), [(1, 1), (2, 0), (6, 0)])
async def test_after_an_outage_it_is_told_on_tuesday_still(database: str, days: int, count: int) -> None:
    """Not later; and the next one comes as ever."""
    async with told(database) as story:
        await recorded(story, ("U0MEI", "厨房", 20))
        await monday(story, days, "12:00")
        if count:
            await story.reads("lin", SUMMARY, channel="admins")
        await monday(story)
        assert len(await story.waits(lambda: _many(story, count + 1), "the next one", "lin")) == count + 1


async def _many(story: Story, count: int) -> list[str]:
    found = await summaries(story)
    return found if len(found) >= count else []


async def test_weeks_of_outage_are_told_once(database: str) -> None:
    """Of the week that it is."""
    async with told(database) as story:
        await recorded(story, ("U0MEI", "厨房", 30))
        await monday(story, weeks=4, clock="15:00")
        await story.reads("lin", SUMMARY, "本周 1 个", channel="admins")
        assert len(await summaries(story)) == 1


@pytest.mark.loud
async def test_what_could_not_be_posted_in_time_is_not_posted(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    """The bot is out of the channel until Wednesday; and nothing counts as failed for it."""
    await recorded(story, ("U0MEI", "厨房", 20))
    await story.tries("membership", who="bot", channel="admins", inside=False)
    await monday(story)
    await story.passes(advance=timedelta(days=2).total_seconds())
    await story.tries("membership", who="bot", channel="admins", inside=True)
    await story.asks_and_waits("mei")
    assert not await summaries(story)
    await story.tries("home", who="lin")
    await story.looks_home("lin", "没有失败的任务")
    caplog.clear()
