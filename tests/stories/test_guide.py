"""The guide: each route walked to its end by somebody who reads nothing else, with what it takes counted."""

from tests.stories.story import Story

AGENT = "https://www.coze.cn/space/7530412083311050001/bot/7530412083311059999"


async def test_route_a_a_token_to_try_with(story: Story) -> None:
    """From the first word to the glasses' answer; the token is tried once on the way."""
    await story.types("mei", "/sharge")
    await story.reads("mei", "下一步", "接到眼镜")
    await story.presses("mei", "开始接入")
    await story.reads("mei", "你打算怎么用", "先试试", "长期运行", "闪极智能体")
    await story.presses("mei", "用令牌试")
    await story.reads("mei", "第 1 步，共 5 步", "创建令牌", "listBot")
    await story.presses("mei", "令牌建好了")
    await story.reads("mei", "第 2 步，共 5 步", "令牌已创建 · 你已确认")
    await story.presses("mei", "顺便检测")
    await story.sees_form("mei", "只用这一次")
    await story.sends("mei", 令牌=story.coze["pats"]["mei"])
    tried = await story.reads("mei", "令牌可用", "已验证", "3 次")
    assert "pat_" not in tried
    await story.presses("mei", "登记到期日")
    await story.sees_form("mei", "登记令牌到期日")
    await story.sends("mei", 名称="拍拍镜-试用")
    await story.reads("mei", "第 3 步", "令牌已保存", "已验证")
    await story.presses("mei", "填智能体地址")
    await story.sends("mei", 地址=AGENT, 名称="晨间助手")
    await story.reads("mei", "第 4 步", "智能体「晨间助手」 · 你已确认")
    await story.presses("mei", "我已发布")
    await story.reads("mei", "第 5 步", "找晨间助手", "7530412083311059999", "你保存的那个令牌")
    await story.presses("mei", "它回答了")
    await story.reads("mei", "晨间助手 已接入", "第一次提醒你", "找晨间助手")
    print(f"route A: {story.interactions} interactions")
    assert story.interactions <= 12
