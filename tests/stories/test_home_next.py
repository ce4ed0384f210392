"""Home's next step follows from all facts: tokens that end, guides that wait, guides that are finished."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.stories.story import Json, Story
from tests.stories.test_guide import AGENT
from tests.stories.test_guide_help import begins

DAY = 86_400
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def connects(story: Story, agent: str = "晨间助手", *, finishes: bool = True) -> None:
    """Mei goes the way by token, to its end or to its last step."""
    await begins(story)
    await story.presses("mei", "令牌建好了")
    await story.presses_soon("mei", "登记到期日", action_id="guide.record")
    await story.sees_form("mei", "登记到期日")
    await story.sends("mei", 名字="拍拍镜-试用")
    await story.presses_soon("mei", "填智能体地址")
    await story.sends("mei", 地址=AGENT, 名字=agent)
    await story.presses_soon("mei", "不查，直接下一步")
    await story.reads("mei", "第 5 步", f"找{agent}")
    if finishes:
        await story.presses("mei", "它回答了")
        await story.reads("mei", f"找{agent}」")


async def test_a_finished_guide_counts(story: Story) -> None:
    """Who has connected an agent is not told to begin, at Home and by command."""
    await connects(story)
    await story.tries("home", who="mei")
    home = await story.looks_home("mei", "「晨间助手」已接好")
    assert "开始接入" not in home["plain"]
    assert "开始接入" not in home["buttons"]
    assert "再接一个" in home["buttons"]
    await story.types("mei", "/sharge status")
    assert "「晨间助手」已接好" in await story.reads("mei", "下一步")
    await story.presses("mei", "English", channel="home")
    await story.looks_home("mei", "“晨间助手” is connected")


async def test_a_token_that_ends_comes_before_the_guide(story: Story) -> None:
    """It stands at the top with both ways on; the guide that waits comes then. While it is replaced, that goes on."""
    await connects(story, finishes=False)
    await story.tries("home", who="mei")
    home = await story.looks_home("mei", "接着做引导", "第 5 步，共 5 步")
    assert "然后" not in home["plain"]
    await story.passes(advance=27 * DAY)
    home = await story.looks_home("mei", "换新「拍拍镜-试用」，还有 3 天", "然后：第 5 步，共 5 步", "先试试")
    assert home["plain"].index("换新") < home["plain"].index("然后")
    await story.presses("mei", "带我换新", channel="home")
    await story.tries("close", who="mei")
    await story.looks_home("mei", "接着做引导", "第 1 步，共 3 步", "建一个新令牌")
    await story.presses("mei", "已换新")
    await story.sends("mei", 名字="拍拍镜-新")
    home = await story.looks_home("mei", "第 3 步，共 3 步")
    assert "换新「拍拍镜-试用」" not in home["plain"]


async def test_an_expired_token_is_still_first(story: Story) -> None:
    """And is said to have expired by the date that the person entered."""
    await connects(story)
    await story.tries("home", who="mei")
    await story.passes(advance=31 * DAY)
    home = await story.looks_home("mei", "换新「拍拍镜-试用」，它已到期")
    assert "已接好" not in home["plain"]


def buttons(view: Json) -> list[Json]:
    """All that stand in rows of their own."""
    return [each for block in view["blocks"] for each in block.get("elements", ()) if each["type"] == "button"]


async def records(story: Story, name: str, created: int) -> None:
    """A token of thirty days that was made so many days ago."""
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "登记到期日")
    dates: dict[str, str | int] = {}
    if created:
        made = await story.now() - timedelta(days=created)
        await story.picks("mei", "过期时间", "date")
        until = f"{(made + timedelta(days=30)).astimezone(SHANGHAI):%Y-%m-%d}"
        dates = {"credential.created": int(made.timestamp()), "credential.until": until}
    await story.sends("mei", 名字=name, **dates)
    await story.reads("mei", name, "已登记")


async def test_tokens_are_renewed_changed_and_given_up_at_home(story: Story) -> None:
    """The first five with what can be done about each, and a way to all of them."""
    await story.tries("home", who="mei")
    for number, created in enumerate((28, 0, 5, 10, 15, 20, 25)):
        await records(story, f"令牌 {number}", created)
    home = await story.looks_home("mei", "●○○○○○ 还有 2 天", "●●●●○○ 还有 20 天", "还有 2 个")
    assert "令牌 1" not in home["plain"]
    await story.presses("mei", "提醒", channel="home")
    await story.sees_form("mei", "先换新「令牌 0」", *(f"令牌 {number}" for number in range(7)))
    await story.tries("close", who="mei")
    spoken = [each["accessibility_label"] for each in buttons(home) if each["text"]["text"] == "换新"]
    assert spoken == ["换新「令牌 0」"]
    await story.presses("mei", "改名字或到期日", channel="home")
    await story.sees_form("mei", "改名字或日期")
    await story.tries("close", who="mei")
    await story.presses("mei", "不再需要它", channel="home")
    home = await story.looks_home("mei", "还有 1 个")
    assert (await story.screen("mei"))["modal"] is None
    assert "令牌 0" not in home["plain"]


async def test_what_still_lives_comes_before_what_has_ended(story: Story) -> None:
    """A token that ended long ago does not hide one that ends tomorrow."""
    await records(story, "旧展厅", 27)
    await records(story, "厨房", 20)
    await story.tries("home", who="mei")
    await story.looks_home("mei", "换新「旧展厅」")
    await story.passes(advance=8 * DAY)
    home = await story.looks_home("mei", "换新「厨房」，还有 2 天")
    rows = home["plain"].partition("令牌\n")[2]
    assert rows.index("厨房") < rows.index("旧展厅")
    await story.types("mei", "/sharge remind")
    await story.reads("mei", "先换新「厨房」")
    await story.passes(advance=4 * DAY)
    await story.looks_home("mei", "换新「厨房」，它已到期")


async def test_an_admin_without_anything_of_their_own_is_one_line(story: Story) -> None:
    """What waits comes first; a token of theirs is listed as for anybody."""
    await story.tries("home", who="lin")
    home = await story.looks_home("lin", "没有人在等", "我自己：没有令牌要换")
    assert "现在不用做什么" not in home["plain"]
    await story.presses("lin", "登记到期日", channel="home")
    await story.sends("lin", 名字="展馆-2")
    home = await story.looks_home("lin", "展馆-2", "还有 30 天")
    assert "我自己" not in home["plain"]
