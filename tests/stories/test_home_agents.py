"""Home lists the agents of all routes, each with what is known of it and no more."""

from tests.stories.story import Story
from tests.stories.test_guide import goes_by_the_channel
from tests.stories.test_home_next import DAY, connects


async def test_an_agent_by_token_is_listed_with_what_uses_which(story: Story) -> None:
    """Not in the glasses yet, then in them, as Mei says; her token names it, also after it was replaced."""
    await connects(story, finishes=False)
    await story.tries("home", who="mei")
    home = await story.looks_home("mei", "晨间助手", "✅ 已发布到 API（你已确认） · ⏳ 还没加到眼镜里")
    assert "已验证" not in home["plain"].partition("智能体")[2].partition("团队")[0]
    await story.looks_home("mei", "拍拍镜-试用", "还有 30 天", "用它的：晨间助手")
    await story.presses("mei", "它回答了")
    await story.looks_home("mei", "✅ 已发布到 API（你已确认） · ✅ 已加到眼镜（你已确认）")
    await story.passes(advance=28 * DAY)
    await story.looks_home("mei", "换新「拍拍镜-试用」")
    await story.presses("mei", "已换新", channel="home")
    await story.sends("mei", 名字="拍拍镜-新")
    home = await story.looks_home("mei", "拍拍镜-新", "用它的：晨间助手")
    assert "拍拍镜-试用" not in home["plain"]


async def test_an_agent_of_the_channel_is_listed_once(story: Story) -> None:
    """Its guide and its publication are one row, which goes by what Coze lists and what Mei says."""
    await goes_by_the_channel(story)
    await story.tries("home", who="mei")
    home = await story.looks_home("mei", "✅ 闪极智能体：已上线", "✅ 已加到眼镜（你已确认）")
    assert home["plain"].partition("团队")[0].count("*博物馆讲解员*") + home["plain"].count("博物馆讲解员\n") == 1
    assert "API" not in home["plain"]
