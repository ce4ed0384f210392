"""The guide: each route walked to its end by somebody who reads nothing else, with what it takes counted."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.stories.story import Story, told

AGENT = "https://www.coze.cn/space/7530412083311050001/bot/7530412083311059999"


async def test_route_a_a_token_to_try_with(story: Story) -> None:
    """From the first word to the glasses' answer; the token is tried once on the way."""
    await story.types("mei", "/sharge")
    await story.reads("mei", "选一条路", "先试试", "长期运行", "闪极智能体")
    await story.presses("mei", "先试试")
    await story.reads("mei", "第 1 步，共 5 步", "创建令牌", "listBot")
    await story.presses("mei", "令牌建好了")
    await story.reads("mei", "第 2 步，共 5 步", "令牌已创建 · 你已确认")
    await story.presses("mei", "顺便检查")
    await story.sees_form("mei", "只用这一次")
    await story.sends("mei", 令牌=story.coze["pats"]["mei"])
    tried = await story.reads("mei", "令牌可用", "已验证", "3 次")
    assert "pat_" not in tried
    await story.presses("mei", "登记到期日")
    await story.sees_form("mei", "登记到期日")
    await story.sends("mei", 名字="拍拍镜-试用")
    await story.reads("mei", "第 3 步", "令牌有效 · 已验证", "你填的")
    await story.presses("mei", "填智能体地址")
    await story.sends("mei", 地址=AGENT, 名字="晨间助手")
    await story.reads("mei", "第 4 步", "智能体「晨间助手」 · 你已确认")
    await story.presses("mei", "不查，直接下一步")
    await story.reads("mei", "第 5 步", "找晨间助手", "7530412083311059999", "你保存的那个令牌")
    await story.presses("mei", "它回答了")
    await story.reads("mei", "找晨间助手」", "第一次提醒你", "找晨间助手")
    print(f"route A: {story.interactions} interactions")
    assert story.interactions <= 11


async def test_route_b_a_key_on_ones_own_server(story: Story) -> None:
    """The key is made on Coze, its assertion signed by the very script that the bot hands out, and exchanged."""
    await story.types("tom", "/sharge")
    await story.presses_soon("tom", "Use my server")
    await story.reads("tom", "Step 1 of 9", "Create the OAuth app", "服务类应用")
    app = await story.on_coze("oauth_app", name="tom", title="glasses-acme")
    await story.presses("tom", "App created")
    await story.reads("tom", "Step 2 of 9", "private_key.pem")
    await story.presses("tom", "Got both")
    await story.reads("tom", "Step 3 of 9", "Authorise the app")
    await story.presses("tom", "Authorised")
    await story.reads("tom", "Step 4 of 9", "Enter app ID and fingerprint")
    await story.presses("tom", "Enter both values")
    await story.sees_form("tom", "Two values")
    await story.sends("tom", **{"App ID": app["client_id"], "kid": app["kid"]})
    await story.reads("tom", "Step 5 of 9", "Sign once on your own machine", app["client_id"])
    await story.presses("tom", "Copy script")
    script = await story.reads("tom", "sign.py", app["kid"])
    await story.presses("tom", "Paste assertion")  # beside the script
    await story.sends("tom", printed=signed(script, app["private_key"]))
    await story.reads("tom", "Step 6 of 9", "Assertion exchanged for a token · verified")
    await story.presses("tom", "Done")
    await story.reads("tom", "Step 7 of 9", "Create the agent", "6 steps done")
    await story.presses("tom", "Enter address")
    await story.sends("tom", Address=AGENT, name="Museum Guide")
    await story.reads("tom", "Step 8 of 9", "Publish to the API channel")
    await story.presses("tom", "I published it")
    await story.reads("tom", "Step 9 of 9", "找 Museum Guide", app["client_id"], "oauth2/token")
    await story.presses("tom", "It answered")
    await story.reads("tom", "Say 找 Museum Guide", "signs for its own")
    print(f"route B: {story.interactions} interactions")
    assert story.interactions <= 15


def signed(message: str, private_key: str) -> str:
    """What the script prints when it is run as the message shows it, with the key beside it."""
    code = message[message.index("#!") :] if "#!" in message else message[message.index('"""') :]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "sign.py").write_text(code, "utf-8")
        (place / "private_key.pem").write_text(private_key, "utf-8")
        command = [sys.executable, "sign.py", "private_key.pem"]
        run = subprocess.run(command, cwd=place, capture_output=True, encoding="utf-8", check=False, timeout=30)  # noqa: S603
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


async def test_route_c_the_glasses_own_channel(database: str) -> None:
    """Approved, invited, joined and online tick by themselves; only the newest copy of the card is alive."""
    async with told(database) as story:
        await goes_by_the_channel(story)


async def goes_by_the_channel(story: Story) -> None:
    """From the first word to the glasses' answer, by an admin, Coze and a review."""
    await story.types("mei", "/sharge")
    await story.presses_soon("mei", "上闪极智能体")
    await story.reads("mei", "第 1 步，共 6 步", "你在 ShargeAI 团队里吗")
    await story.presses("mei", "没有，去申请")
    await story.sees_form("mei", "申请加入团队")
    await story.sends("mei", 用户=story.coze["users"]["mei"], 昵称="小梅", 想做什么="念天气")
    await story.reads("mei", "第 2 步，共 6 步", "等管理员审批")
    mine = story.interactions
    await story.presses_soon("lin", "批准", channel="admins")
    story.interactions = mine  # the admin's are not the newcomer's
    await story.reads("mei", "第 3 步，共 6 步", "去扣子接受 ShargeAI 的邀请")
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=180)
    await story.reads("mei", "第 4 步，共 6 步", "已加入 ShargeAI · 已验证", "在团队空间里建智能体")
    agent = await story.on_coze("agent", name="mei", title="博物馆讲解员", workspace="ShargeAI")
    await story.presses("mei", "填智能体地址")
    address = f"https://www.coze.cn/space/{agent['workspace_id']}/bot/{agent['bot_id']}"
    await story.sends("mei", 地址=address, 名字="讲解员")
    await story.reads("mei", "第 5 步，共 6 步", "智能体「博物馆讲解员」 · 已验证", "发布到「闪极智能体」")
    await story.presses("mei", "帮我发布")
    await story.sees_form("mei", "请先验证你的")
    await story.proves("mei")
    await story.tries("close", who="mei")
    await story.presses("mei", "帮我发布")
    await story.sees_form("mei", "确认发布", "博物馆讲解员")
    await story.sends("mei")
    await story.reads("mei", "第 5 步", "审核中")
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
    await story.passes(advance=600)
    await story.reads("mei", "第 6 步，共 6 步", "已发布到「闪极智能体」 · 扣子已列出", "找博物馆讲解员")
    await story.presses("mei", "它回答了")
    await story.reads("mei", "找博物馆讲解员」", "没有令牌，什么都不用管")
    print(f"route C: {story.interactions} interactions")
    assert story.interactions <= 15  # three of them show whose the account is
    guides = [text for text in await story.texts("mei") if "没有令牌，什么都不用管" in text or "●" in text]
    assert len(guides) == 1
