"""A reminder that its owner does not read: the admins' channel hears, once, and nothing says that they were told."""

import pytest

from tests.stories.story import Story, told

HOUR = 3600  # seconds


async def records(story: Story, who: str = "tom", name: str = "hall-2") -> None:
    """A token of thirty days, made just now."""
    await story.types(who, "/sharge remind add")
    await story.sees_form(who, "Track an expiry date")
    await story.sends(who, Name=name)
    await story.reads(who, name, "expires")


async def days_pass(story: Story, days: int) -> None:
    """A day at a time, so that everything due on one of them is done on it: at ten in New York, and at nine in the
    evening there, when quiet hours begin.
    """
    for _ in range(days):
        for hours in (13, 11):
            await story.passes(advance=hours * HOUR)
            await story.settles()


async def told_of(story: Story, name: str = "hall-2") -> list[str]:
    """What the admins' channel holds about its reminders."""
    return [
        text
        for text in await story.texts("lin", "admins")
        if name in text and "🚪" not in text and "周一小结" not in text
    ]


async def to_tom(story: Story) -> list[object]:
    """What was posted to him."""
    return [call for call in await story.calls("chat.postMessage") if call["body"].get("channel") == "U0TOM"]


async def test_who_was_deactivated_is_not_reminded(database: str) -> None:
    """The channel is, once for all rungs; an admin takes it over, another one is told so, and it ends when nobody
    needs it.
    """
    async with told(database) as story:
        await records(story)
        await story.tries("user", who="tom", deleted=True)
        await story.reads("lin", "🚪", "hall-2", channel="admins")
        before = len(await to_tom(story))
        await days_pass(story, 24)
        await story.reads("lin", "「hall-2」快到期，没人换新", channel="admins")
        await story.reads("lin", "@tom 的 Slack 账号停用了，这次提醒没有发", channel="admins")
        await story.presses("lin", "我来处理", channel="admins")
        await story.reads("lin", "✅ @lin 在处理「hall-2」（@tom）", channel="admins")
        await days_pass(story, 5)
        for minutes in (13 * 60, 10 * 60 + 40):  # on the last day: in New York's morning, after Shanghai's night
            assert not [text for text in await story.texts("lin") if "由你处理" in text]
            await story.passes(advance=minutes * 60)
            await story.settles()
        await story.reads("lin", "@tom 的「hall-2」", "到期，由你处理")
        await days_pass(story, 2)
        await story.reads("lin", "@lin 在处理", "已到期", channel="admins")
        assert len([text for text in await story.texts("lin") if "由你处理" in text]) == 1
        assert len(await told_of(story)) == 1
        assert len(await to_tom(story)) == before
        await story.presses("wang", "不再需要", channel="admins")
        await story.reads("wang", "🔕", "「hall-2」", channel="admins")


async def test_who_became_a_guest_is_not_reminded(story: Story) -> None:
    """As little as anybody who has left."""
    await records(story)
    await story.tries("user", who="tom", restricted=True)
    await days_pass(story, 24)
    await story.reads("lin", "@tom 已不是正式成员，这次提醒没有发", channel="admins")
    assert not [text for text in await story.texts("tom") if "Replace" in text]


@pytest.mark.parametrize("code", ["user_not_found", "messages_tab_disabled"])
async def test_whom_slack_does_not_reach_is_told_of(story: Story, code: str) -> None:
    """The first rung says so; the second does not repeat it."""
    await records(story)
    await days_pass(story, 22)
    await story.reads("lin", "周一小结", channel="admins")  # the last post before the reminder
    await story.goes_wrong("slack", code, method="chat.postMessage", times=1)
    await days_pass(story, 2)
    await story.reads("lin", "Slack 发不到 @tom，对方没收到这次提醒", channel="admins")
    await days_pass(story, 4)
    assert len(await told_of(story)) == 1


async def test_who_does_nothing_to_the_last_day_is_told_of_on_it(database: str) -> None:
    """Not before; and not of who has put it off."""
    async with told(database) as story:
        await records(story)
        await days_pass(story, 1)
        await records(story, name="kitchen")
        await days_pass(story, 23)
        await story.presses_soon("tom", "Remind me tomorrow")
        await days_pass(story, 4)
        assert not await told_of(story)
        await days_pass(story, 2)
        await story.reads("lin", "已经提醒过 @tom，没有登记换新，也没有推迟", channel="admins")
        assert len(await told_of(story)) + len(await told_of(story, "kitchen")) == 1
