"""An agent's address, as people paste and write it: of either platform of Coze's, and of its other site."""

from tests.stories.story import Story

NUMBERS = "7530412083311050001/bot/7530412083311059999"


async def test_the_address_of_the_other_platform_is_taken(story: Story) -> None:
    """code.coze.cn writes /w/ before the same number; the agent's page stays the one that is known to work."""
    await _asked_for_an_agent(story)
    await story.says("mei", f"<https://code.coze.cn/w/{NUMBERS}?tab=1|code.coze.cn/w/{NUMBERS}>")
    await story.presses_soon("mei", "就用这个")
    await story.sends("mei", 名字="晨间助手")
    await story.reads("mei", "智能体「晨间助手」 · 你已确认")


async def test_the_other_site_is_told_by_its_name(story: Story) -> None:
    """In the chat and at the field."""
    await _asked_for_an_agent(story)
    await story.says("mei", f"https://www.coze.com/space/{NUMBERS}")
    await story.reads("mei", "这是 coze.com 的页面", "coze.cn")
    await story.presses("mei", "填智能体地址")
    refused = await story.tries(
        "submit", who="mei", fields={"地址": f"https://www.coze.com/space/{NUMBERS}", "名字": "晨间助手"}
    )
    assert "coze.com" in str(refused)
    assert not refused["ok"]


async def _asked_for_an_agent(story: Story) -> None:
    await story.types("mei", "/sharge")
    await story.presses_soon("mei", "先试试")
    await story.presses_soon("mei", "令牌建好了")
    await story.presses_soon("mei", "登记到期日")
    await story.sends("mei", 名字="拍拍镜-试用")
    await story.reads("mei", "创建智能体")
