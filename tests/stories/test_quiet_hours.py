"""Settings at Home: the language, and the hours without reminders, which hold no token's end back."""

from typing import Any

from sqlalchemy import text

from tests.filling import plain_engine
from tests.stories.story import Story
from tests.stories.test_home_next import connects, records

LATE = {"people.quiet_from": "23:00", "people.quiet_to": "12:00"}


async def chooses(story: Story, **fields: Any) -> None:
    """Mei opens the settings from Home and sends them so."""
    await story.tries("home", who="mei")
    await story.looks_home("mei", "/sharge help")
    await story.presses("mei", "设置", channel="home")
    await story.sees_form("mei", "免打扰", "按你的时区：上海")
    await story.sends("mei", **fields)


async def at(story: Story, moment: str) -> list[str]:
    """What Mei has read of the token by this moment, in Shanghai; what is due then is done."""
    await story.passes(to=f"2040-{moment}+08:00")
    await story.settles()
    return [message for message in await story.texts("mei") if "厨房" in message and "已登记" not in message]


async def test_reminders_wait_for_the_end_of_quiet_hours_but_not_past_the_tokens(story: Story) -> None:
    """Until noon nobody writes. What ends at ten is told at noon of the day before, that it has ended on the next."""
    await records(story, "厨房", 0)  # ends on 4 April at 10:00
    await chooses(story, **LATE)
    await story.looks_home("mei", "提醒按你的时区（上海）发，23:00–12:00 不打扰")
    assert not await at(story, "03-28T11:59")
    assert len(await at(story, "03-28T12:00")) == 1
    assert len(await at(story, "03-30T12:00")) == 2  # the 1st is a Sunday
    told = await at(story, "04-03T12:00")
    assert len(told) == 3
    assert "还有 1 天" in told[-1]
    assert len(await at(story, "04-04T11:59")) == 3
    assert "已到期" in (await at(story, "04-04T12:00"))[-1]


async def test_what_would_be_missed_by_new_hours_comes_at_once(story: Story) -> None:
    """Chosen in the evening: the last reminder of a token that ends within them would have come an hour ago."""
    await records(story, "厨房", 0)
    before = len(await at(story, "04-03T21:30"))
    await chooses(story, **{"people.quiet_from": "22:00", "people.quiet_to": "10:30"})
    assert len(await at(story, "04-03T21:35")) == before + 1
    await story.looks_home("mei", "22:00–10:30 不打扰")


async def test_what_slack_kept_back_until_night_waits_for_the_morning(story: Story) -> None:
    """Slack is away from before the reminder until after nine in the evening; then nothing is said before 9:30."""
    await records(story, "厨房", 0)
    assert not await at(story, "03-28T09:29")
    await story.goes_wrong("slack", "server_error", method="chat.postMessage")
    await story.passes(to="2040-03-28T09:31+08:00")
    await story.passes(to="2040-03-28T22:00+08:00")
    await story.works_again()
    assert not await at(story, "03-28T23:00")
    assert not await at(story, "03-29T09:29")
    assert len(await at(story, "03-29T09:31")) == 1


async def test_after_days_without_slack_one_reminder_comes(story: Story) -> None:
    """The newest, in the morning; those before it were never said, and need not be."""
    await records(story, "厨房", 0)
    await story.goes_wrong("slack", "server_error", method="chat.postMessage")
    for day in ("03-28", "03-30", "04-03"):
        await story.passes(to=f"2040-{day}T09:31+08:00")
    await story.passes(to="2040-04-03T10:00+08:00")
    await story.works_again()
    told = await at(story, "04-03T11:00")
    assert len(told) == 1
    assert "还有 1 天" in told[0]


async def test_reminders_travel_with_their_person(story: Story) -> None:
    """From Shanghai to New York on the day before: what was planned for that morning comes in the morning there. The
    last one, for the night there, is told the evening before."""
    await records(story, "厨房", 0)  # ends on 4 April at 10:00, 3 April 22:00 in New York
    assert len(await at(story, "03-28T09:31")) == 1
    assert len(await at(story, "03-30T09:31")) == 2
    await story.tries("user", who="mei", tz="America/New_York")
    await story.tries("home", who="mei")
    await story.looks_home("mei", "提醒按你的时区（纽约）发")
    assert len(await at(story, "04-02T21:29")) == 2
    assert len(await at(story, "04-02T21:30")) == 3
    await story.tries("user", who="mei", tz="Australia/Sydney")
    assert "还有 2 天" in (await at(story, "04-03T07:29"))[-1]
    told = await at(story, "04-03T07:31")  # 09:31 in Sydney, a day before the end there: they know it already
    assert len(told) == 3
    assert "还有 1 天" in told[-1]


async def test_at_any_hour_and_as_usual_again(story: Story) -> None:
    """Without quiet hours the end is told when it comes, at night too; a form without a change changes nothing."""
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "登记到期日")
    await story.picks("mei", "过期时间", "date")
    await story.sends("mei", 名字="厨房", **{"credential.until": "2040-03-20"})
    await story.reads("mei", "厨房", "已登记")
    await chooses(story, **{"people.quiet": "off"})
    await story.looks_home("mei", "提醒按你的时区（上海）发，不设免打扰")
    assert "已到期" in (await at(story, "03-21T00:00"))[-1]
    await chooses(story)
    await story.looks_home("mei", "不设免打扰")
    await chooses(story, **{"people.quiet": "on"})
    await story.looks_home("mei", "21:00–09:30 不打扰")


async def test_what_promises_a_reminder_knows_them(story: Story) -> None:
    """The last card of the guide names the moment."""
    await chooses(story, **LATE)
    await connects(story)
    assert "3月28日 12:00" in await story.reads("mei", "找晨间助手」", "第一次提醒你")


async def test_the_language_is_chosen_as_by_command(story: Story) -> None:
    """A language, then Slack's again; the hours stay."""
    await chooses(story, **LATE, **{"people.language": "en"})
    await story.looks_home("mei", "Reminders in your own time zone", "23:00–12:00")
    await story.presses("mei", "Settings", channel="home")
    form = await story.sees_form("mei", "Quiet hours", "Same as Slack")
    assert {each["block_id"]: each["value"] for each in form["inputs"]}["people.quiet_to"] == "12:00"
    await story.sends("mei", **{"people.language": "auto"})
    await story.looks_home("mei", "23:00–12:00 不打扰")


async def test_hours_that_are_none_are_refused_in_the_form(story: Story) -> None:
    """At their question, and what was chosen stays there; to who wants none they don't matter."""
    same = {"people.quiet_from": "08:00", "people.quiet_to": "08:00"}
    await story.tries("home", who="mei")
    await story.looks_home("mei", "/sharge help")
    await story.presses("mei", "设置", channel="home")
    await story.sees_form("mei", "免打扰")
    answer = await story.tries("submit", who="mei", fields=same)
    assert "两个时间一样" in str(answer)
    assert (await story.screen("mei"))["modal"] is not None
    await story.sends("mei", **same, **{"people.quiet": "off"})
    await story.looks_home("mei", "不设免打扰")


async def test_deleting_ones_data_deletes_them_too(story: Story) -> None:
    """Nothing is left of what was chosen."""
    await chooses(story, **LATE)
    await story.looks_home("mei", "23:00–12:00 不打扰")
    await story.presses("mei", "删除我的数据", channel="home")
    await story.sees_form("mei", "删除")
    await story.sends("mei", 确认=["yes"])
    await story.looks_home("mei", "21:00–09:30 不打扰")
    engine = plain_engine(story.database)
    with engine.connect() as conn:
        assert (
            conn.execute(text("SELECT quiet FROM person WHERE user_id = 'U0MEI' AND quiet IS NOT NULL")).all() == []
        )
    engine.dispose()
