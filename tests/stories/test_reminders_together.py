"""Reminders of one person and one moment are one message: what is done about one token leaves its list."""

from datetime import timedelta

from tests.stories.story import Json, Story, told
from tests.stories.test_home_next import records
from tests.stories.test_orphan import days_pass, told_of
from tests.stories.test_orphan import records as records_for
from tests.stories.test_quiet_hours import at

DAY = timedelta(days=1).total_seconds()
WEEK_BEFORE, NEXT_DAY, THREE_BEFORE = "03-28T09:31", "03-29T09:31", "03-30T09:31"


async def both(story: Story) -> None:
    """Two tokens of one day."""
    for name in ("厨房", "客厅"):
        await records(story, name, 0)


async def both_of_tom(story: Story) -> None:
    """The same in New York; days begin at nine in the morning there."""
    for name in ("hall-2", "kitchen"):
        await records_for(story, name=name)
    await story.passes(advance=DAY / 2)


async def reminders(story: Story) -> list[Json]:
    """What Mei was reminded of and can act on, of several tokens or of one."""
    seen = (await story.screen("mei"))["dm"]
    return [each for each in seen if "已登记" not in each["plain"] and each["buttons"]]


async def test_two_of_one_moment_are_one_message(database: str) -> None:
    """With a row and a button each; the replaced one leaves, the last one is told by itself, then it is one line."""
    async with told(database) as story:
        await both(story)
        [text] = await at(story, WEEK_BEFORE)
        assert "2 个令牌 7 天内要换" in text
        assert text.index("厨房") < text.index("客厅")
        [shown] = await reminders(story)
        assert shown["buttons"].count("换新") == 2
        await story.presses("mei", "已换新「厨房」…")
        await story.sees_form("mei", "接替「厨房」")
        await story.sends("mei", 名字="厨房-新")
        await story.reads("mei", "换新「客厅」，还有 7 天")
        await story.settles()
        [shown] = await reminders(story)
        assert "厨房" not in shown["plain"]
        await story.presses("mei", "已换新…")
        await story.sees_form("mei", "接替「客厅」")
        await story.sends("mei", 名字="客厅-新")
        await story.reads("mei", "✅ 2 个令牌都处理好了")
        assert not await reminders(story)


async def test_a_backup_person_is_named_for_the_first(story: Story) -> None:
    """The menu of two tokens has room for one choice more."""
    await both(story)
    await at(story, WEEK_BEFORE)
    await story.presses("mei", "给「厨房」设备用联系人…")
    await story.sees_form("mei", "先找这个人", "备用联系人")


async def test_the_next_ones_are_one_message_too(story: Story) -> None:
    """That of a week before has no buttons any more. What is not needed leaves it as well."""
    await both(story)
    await at(story, WEEK_BEFORE)
    texts = await at(story, THREE_BEFORE)
    assert sum("2 个令牌" in text and "后面有更新的提醒" in text for text in await story.texts("mei")) == 1
    assert sum("2 个令牌 5 天内要换" in text for text in texts) == 1
    await story.presses("mei", "「客厅」不再需要")
    await story.reads("mei", "换新「厨房」，还有 5 天")
    await story.settles()
    [shown] = await reminders(story)
    assert "客厅" not in shown["plain"]


async def test_all_are_put_off_at_once(database: str) -> None:
    """They come back as one message, on the next morning."""
    async with told(database) as story:
        await both(story)
        await at(story, WEEK_BEFORE)
        await story.presses("mei", "明天再提醒")
        await story.reads("mei", "2 个令牌 7 天内要换", "💤 3月29日 09:30")
        await at(story, NEXT_DAY)
        [shown] = await reminders(story)
        assert "2 个令牌 6 天内要换" in shown["plain"]
        assert "明天再提醒" in shown["buttons"]


async def test_one_has_ended(story: Story) -> None:
    """What has ended comes first, and only what still lives can be put off."""
    await records(story, "客厅", 0)
    await records(story, "厨房", 8)  # until the end of 27 March
    await at(story, "03-28T09:29")
    await at(story, WEEK_BEFORE)
    [shown] = await reminders(story)
    assert "2 个令牌 7 天内要换" in shown["plain"]
    assert "已到期" in shown["plain"]
    await story.presses("mei", "明天再提醒")
    await story.reads("mei", "2 个令牌 7 天内要换", "💤")
    await story.settles()
    await at(story, NEXT_DAY)
    await story.reads("mei", "换新「客厅」，还有 6 天")
    await story.reads("mei", "换新「厨房」，它已到期")


async def test_what_was_not_said_in_time_is_said_as_one(story: Story) -> None:
    """Slack is away from before the first reminder until after the second: the second is posted, once for both."""
    await both(story)
    await at(story, "03-28T09:29")
    await story.goes_wrong("slack", "server_error", method="chat.postMessage")
    await story.passes(to=f"2040-{WEEK_BEFORE}+08:00")
    await story.passes(to=f"2040-{THREE_BEFORE}+08:00")
    await story.works_again()
    texts = await at(story, "03-30T12:00")
    assert len([text for text in texts if "个令牌" in text]) == 1
    [shown] = await reminders(story)
    assert "2 个令牌 5 天内要换" in shown["plain"]


async def test_admins_hear_of_each_that_slack_does_not_deliver(story: Story) -> None:
    """One message is refused, and tells of two tokens."""
    await both_of_tom(story)
    await days_pass(story, 21)
    await story.passes(to="2040-03-27T21:29+08:00")  # half past nine in New York is near
    await story.reads("lin", "周一小结", channel="admins")
    await story.settles()
    await story.goes_wrong("slack", "user_not_found", method="chat.postMessage", times=1)
    await story.passes(to="2040-03-27T21:31+08:00")
    await story.reads("lin", "hall-2", "Slack 发不到 @tom", channel="admins")
    await story.reads("lin", "kitchen", "Slack 发不到 @tom", channel="admins")


async def test_admins_hear_of_each_that_stays_until_the_last_day(database: str) -> None:
    """Both were reminded of and neither put off; and what admins ask for counts those reminders."""
    async with told(database) as story:
        await both_of_tom(story)
        await days_pass(story, 27)
        await story.types("lin", "/sharge expiring")
        await story.reads("lin", "hall-2、kitchen · @tom · 已提醒 2 次")
        assert not await told_of(story)
        await days_pass(story, 3)
        for name in ("hall-2", "kitchen"):
            assert len(await told_of(story, name)) == 1
