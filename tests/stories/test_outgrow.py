"""Who has replaced a token three times is offered, once, the ways that need no renewal."""

from tests.stories.story import Story, told

DAY = 86400
OFFER = "换条路，不用再每月换"


async def records(story: Story, name: str) -> None:
    """A token of thirty days, made just now."""
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "登记到期日")
    await story.sends("mei", 名字=name)
    await story.reads("mei", f"「{name}」已登记")


async def renews(story: Story, old: str, new: str) -> None:
    """By the form, from the reminder."""
    await story.passes(advance=28 * DAY)
    await story.presses_soon("mei", "已换新")
    await story.sees_form("mei", f"它会接替「{old}」")
    await story.sends("mei", 名字=new)
    await story.reads("mei", f"「{new}」已登记")


async def renews_by_guide(story: Story, new: str) -> None:
    """From the reminder, step by step."""
    await story.passes(advance=28 * DAY)
    await story.presses_soon("mei", "带我换新")
    await story.presses_soon("mei", "新令牌建好了")
    await story.presses_soon("mei", "登记到期日", action_id="guide.record")
    await story.sends("mei", 名字=new)
    await story.presses_soon("mei", "它回答了")
    await story.reads("mei", "换好了，旧令牌可以删了")


async def offers(story: Story) -> list[str]:
    """The messages that ask."""
    await story.settles()
    return [text for text in await story.texts("mei") if OFFER in text]


async def test_after_three_renewals_the_receipt_tells_of_other_ways(database: str) -> None:
    """Each button leads where it says; declined, it asks no more, but the token's menu still has it."""
    async with told(database) as story:
        await records(story, "一代")
        await story.presses_soon("mei", "填错了")  # the same one, entered anew, is no renewal
        await story.sends("mei", 名字="头代")
        await renews(story, "头代", "二代")
        await renews(story, "二代", "三代")
        assert not await offers(story)
        await renews(story, "三代", "四代")
        await story.reads(
            "mei", OFFER, "「四代」换过 3 次了", "没有令牌", "还差：申请加入团队", "只问这一次", "「四代」已登记"
        )
        await story.presses("mei", "用自己的服务器", action_id="guide.route:jwt")
        await story.reads("mei", "新建 OAuth 应用", "第 1 步")
        await story.presses("mei", "上闪极智能体", action_id="guide.route:channel")
        await story.reads("mei", "你在 ShargeAI 团队里吗", "第 1 步")
        await story.presses("mei", "照旧每月换")
        assert not await offers(story)
        await story.reads("mei", "「四代」已登记", "提醒：")
        await renews_by_guide(story, "五代")
        assert not await offers(story)
        await story.tries("home", who="mei")
        await story.looks_home("mei", "五代")
        await story.presses("mei", "换条路，不用再每月换", channel="home")
        await story.sees_form("mei", OFFER, "「五代」换过 4 次了", "没有令牌", "用自己的服务器")


async def test_the_guide_asks_at_its_end(database: str) -> None:
    """Not in between: its steps come first."""
    async with told(database) as story:
        await records(story, "一代")
        await renews(story, "一代", "二代")
        await renews(story, "二代", "三代")
        await renews_by_guide(story, "四代")
        await story.reads("mei", OFFER, "「四代」换过 3 次了")
        assert len(await offers(story)) == 1
        await story.presses("mei", "删掉了", action_id="guide.next")
        assert len(await offers(story)) == 1
        await renews(story, "四代", "五代")
        assert not await offers(story), "asked once, answered or not"


async def test_it_knows_who_is_in_the_team(story: Story) -> None:
    await story.joins()
    await records(story, "一代")
    for old, new in (("一代", "二代"), ("二代", "三代"), ("三代", "四代")):
        await renews(story, old, new)
    await story.reads("mei", OFFER, "你已是团队成员，还差：")
