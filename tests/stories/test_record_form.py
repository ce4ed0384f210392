"""The form for a token's end asks for dates only where no preset fits, and keeps what was typed."""

from tests.stories.story import Json, Story, told
from tests.stories.test_guide_help import begins

ASKED = ["credential.name", "credential.lifetime", "credential.last4"]
DATED = ["credential.name", "credential.lifetime", "credential.until", "credential.created", "credential.last4"]


def asked(form: Json) -> list[str]:
    """The questions of a form."""
    return [block["block_id"] for block in form["blocks"] if block["type"] == "input"]


async def asks(story: Story, questions: list[str]) -> Json:
    """The form that mei sees, once it asks this."""
    form: Json = {}

    async def drawn() -> bool:
        form.update(await story.sees_form("mei", "登记到期日"))
        return asked(form) == questions

    await story.waits(drawn, f"a form that asks {questions}", "mei")
    return form


async def test_dates_are_asked_only_where_no_preset_fits(story: Story) -> None:
    await story.types("mei", "/sharge remind add")
    await asks(story, ASKED)
    await story.picks("mei", "过期时间", "date")
    await asks(story, DATED)
    await story.picks("mei", "过期时间", "1")
    await asks(story, ASKED)
    await story.picks("mei", "过期时间", "date")
    await asks(story, DATED)
    refused = await story.tries("submit", who="mei", fields={"名字": "厨房", "credential.until": "2040-01-01"})
    assert "它已经到期了" in str(refused)
    await story.sends("mei", 名字="厨房", **{"credential.until": "2040-03-20"})
    await story.reads("mei", "厨房", "已登记", "3月20日")


async def test_a_guide_asks_the_same(story: Story) -> None:
    """Its form is its own, and the step is done by it; a renewal names the token that it replaces."""
    await begins(story)
    await story.presses("mei", "令牌建好了")
    await story.presses_soon("mei", "登记到期日", action_id="guide.record")
    await asks(story, ASKED)
    await story.picks("mei", "过期时间", "date")
    await asks(story, DATED)
    await story.sends("mei", 名字="厨房", **{"credential.until": "2040-03-20"})
    await story.reads("mei", "填智能体地址", "到期日已登记：3月20日")


async def test_what_was_sent_before_the_form_could_be_redrawn_asks_for_the_date(story: Story) -> None:
    """Slack shows the new form a moment after the choice."""
    await story.types("mei", "/sharge remind add")
    await asks(story, ASKED)
    await story.sends("mei", 名字="厨房", **{"credential.lifetime": "date"})
    form = await asks(story, DATED)
    assert form["state"]["values"]["credential.name"]["value"]["value"] == "厨房"
    await story.sends("mei", **{"credential.until": "2040-03-20"})
    await story.reads("mei", "厨房", "已登记", "3月20日")


async def test_replacing_keeps_what_it_replaces(story: Story) -> None:
    await story.types("mei", "/sharge remind add")
    await asks(story, ASKED)
    await story.sends("mei", 名字="厨房")
    await story.passes(advance=28 * 86400)
    await story.presses_soon("mei", "已换新")
    form = await asks(story, ASKED)
    assert "「厨房」" in form["plain"]
    await story.picks("mei", "过期时间", "date")
    form = await asks(story, DATED)
    assert "「厨房」" in form["plain"]
    await story.sends("mei", **{"credential.until": "2040-04-20"})
    await story.reads("mei", "厨房", "已登记", "4月20日")


async def test_a_correction_leaves_what_is_not_changed(database: str) -> None:
    """Twenty days on only the name is changed: the token ends when it did, to the second, and is told of as it was.
    With another date its reminders follow."""
    async with told(database) as story:
        await story.types("mei", "/sharge remind add")
        await asks(story, ASKED)
        await story.sends("mei", 名字="厨房", **{"credential.last4": "a1b2"})
        await story.reads("mei", "厨房", "已登记", "4月4日 10:0", "提醒：3月28日")
        await story.passes(advance=20 * 86400)
        await story.presses_soon("mei", "填错了")
        form = await story.sees_form("mei", "改名字或日期")
        assert asked(form) == ["credential.name", "credential.until", "credential.created", "credential.last4"]
        await story.sends("mei", 名字="厨房 2")
        card = await story.reads("mei", "厨房 2", "已登记", "4月4日 10:0", "提醒：3月28日", "a1b2")
        assert "23:59" not in card
        await story.settles()
        assert "「厨房 2」已更正" in "".join(await story.texts("mei"))
        await story.presses_soon("mei", "填错了")
        form = await story.sees_form("mei", "改名字或日期")
        assert form["state"]["values"]["credential.name"]["value"]["value"] == "厨房 2"
        await story.sends("mei", **{"credential.until": "2040-04-02"})
        await story.reads("mei", "厨房 2", "4月2日 23:59", "提醒：3月26日")
        await story.passes(advance=86400)
        await story.reads("mei", "换新「厨房 2」，还有 7 天")
        await story.presses_soon("mei", "日期不对")
        await story.sees_form("mei", "改名字或日期")
        refused = await story.tries("submit", who="mei", fields={"credential.until": "2040-03-01"})
        assert not refused["ok"]


async def test_two_tokens_have_two_names(database: str) -> None:
    """Refused at the field, with one that is free, and nothing typed is lost; a renewal may keep its own."""
    async with told(database) as story:
        await story.types("mei", "/sharge remind add")
        await asks(story, ASKED)
        await story.sends("mei", 名字="Kitchen")
        await story.reads("mei", "Kitchen", "已登记")
        await story.types("mei", "/sharge remind add")
        await asks(story, ASKED)
        refused = await story.tries(
            "submit", who="mei", fields={"名字": "ｋｉｔｃｈｅｎ", "credential.last4": "a1b2"}
        )
        assert refused["errors"] == {"名字": "你已有一个同名的令牌，可以用「ｋｉｔｃｈｅｎ 2」。"}
        values = (await story.sees_form("mei", "登记到期日"))["state"]["values"]
        typed = [values[each]["value"]["value"] for each in ("credential.name", "credential.last4")]
        assert typed == ["ｋｉｔｃｈｅｎ", "a1b2"]
        await story.sends("mei", 名字="Kitchen 2")
        await story.reads("mei", "Kitchen 2", "已登记")
        await story.presses("mei", "填错了")
        await story.sees_form("mei", "改名字或日期")
        await story.sends("mei")
        await begins(story)
        await story.presses("mei", "令牌建好了")
        await story.presses_soon("mei", "登记到期日", action_id="guide.record")
        refused = await story.tries("submit", who="mei", fields={"名字": "kitchen"})
        assert "kitchen 3" in refused["errors"]["名字"]
        await story.sends("mei", 名字="Kitchen 3")
        await story.reads("mei", "填智能体地址", "到期日已登记")
