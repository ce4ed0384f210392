"""Who does not get on: asks an admin, looks a question up, goes back, leaves and comes back, has an agent made."""

from tests.stories.story import Story, told
from tests.stories.test_guide import AGENT


async def begins(story: Story, who: str = "mei") -> None:
    """At the first step of the way by token."""
    await story.types(who, "/sharge start")
    await story.presses_soon(who, "先试试" if who == "mei" else "Just try it")
    await story.reads(who, "第 1 步，共 5 步" if who == "mei" else "Step 1 of 5")


async def test_an_address_in_the_chat_is_taken_by_a_press(story: Story) -> None:
    """Where a guide waits for an agent; else it leads into the guide. The form holds the address already."""
    await story.says("mei", f"<{AGENT}?foo=1&amp;bar=2>")
    await story.reads("mei", "智能体的页面", "引导会带你")
    await begins(story)
    await story.presses("mei", "令牌建好了")
    await story.presses_soon("mei", "登记到期日")
    await story.sends("mei", 名字="试用")
    await story.reads("mei", "第 3 步", "填智能体地址")
    await story.says("mei", f"这个： <{AGENT}>")
    await story.reads("mei", "智能体的页面", "只差名字")
    await story.presses("mei", "就用这个智能体")
    form = await story.sees_form("mei", "智能体页面的地址")
    assert {each["label"]: each["value"] for each in form["inputs"]} == {"智能体页面的地址": AGENT, "它的名字": None}
    await story.sends("mei", 名字="讲解员")
    await story.reads("mei", "第 4 步", "智能体「讲解员」")
    await story.presses("mei", "就用这个智能体")
    await story.reads("mei", "什么都没改")


async def test_an_admins_answer_comes_back_and_so_does_the_reply(story: Story) -> None:
    """What was asked, answered and written back stands in the thread; nothing secret is taken along."""
    await begins(story)
    await story.presses("mei", "遇到问题")
    await story.sees_form("mei", "你在哪一步")
    refused = await story.tries(
        "submit", who="mei", fields={"你的描述": f"我的令牌 {story.coze['pats']['mei']} 不行"}
    )
    assert "像是令牌，我没有保存" in str(refused["errors"])
    await story.sends("mei", 你的描述="找不到 **API** 在哪")
    await story.reads("mei", "第 1 步", "问题已交给管理员")
    card = await story.reads("lin", "有人在引导里遇到问题", "先试试", "创建令牌", "找不到", channel="admins")
    assert "pat_" not in card
    await story.presses("lin", "回答", channel="admins")
    await story.sees_form("lin", "找不到")
    await story.sends("lin", 你的回答="左下角，头像上面")
    await story.reads("mei", "管理员回答了你", "左下角")
    await story.reads("lin", "已回答", "@mei", channel="admins")
    await story.says("mei", "还是没有")
    await story.presses_soon("mei", "发给林经理")
    await story.reads("lin", "有人在引导里遇到问题", "还是没有", channel="admins")

    async def told() -> bool:
        return len(await story.thread("lin")) == 3

    await story.waits(told, "the thread tells all three", "lin")
    await story.presses("lin", "回答", channel="admins")
    await story.sends("lin", 你的回答="在这里改版了")
    await story.reads("mei", "改版了")
    await story.presses_soon("mei", "解决了")
    await story.reads("lin", "已解决", channel="admins")


async def test_who_was_invited_asks_without_a_guide(story: Story) -> None:
    """It begins where they are; a second press begins no other one, and the answer leads back to it."""
    await story.is_let_in()
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    for words in ("没有收到邀请", "还是没有"):
        await story.presses_soon("mei", "遇到问题")  # on their own card, then on the guide's that carries it
        await story.sees_form("mei", "你在哪一步")
        await story.sends("mei", 你的描述=words)
        await story.reads("lin", "有人在引导里遇到问题", "接受 ShargeAI 的邀请", words, channel="admins")
    await story.reads("mei", "接受 ShargeAI 的邀请", "问题已交给管理员")
    assert len([text for text in await story.texts("lin", "admins") if "遇到问题" in text]) == 1
    await story.presses("lin", "回答", channel="admins")
    await story.sends("lin", 你的回答="看扣子的通知")
    await story.reads("mei", "管理员回答了你", "看扣子的通知")
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=180)
    await story.reads("mei", "已加入 ShargeAI", "在团队空间里建智能体")


async def test_a_screen_that_differs_reaches_the_admins_with_its_date(story: Story) -> None:
    """The step and the month of its labels are all that is needed."""
    await begins(story)
    await story.presses("mei", "我的页面不一样")
    await story.sends("mei")
    await story.reads("lin", "扣子的页面不一样", "2025年12月", "a1", channel="admins")


async def test_only_an_admin_answers(story: Story) -> None:
    """A member who sees the card somewhere is told so."""
    await begins(story)
    await story.presses("mei", "遇到问题")
    await story.sends("mei", 你的描述="？")
    await story.reads("lin", "有人在引导里遇到问题", channel="admins")
    await story.says("tom", "hello")
    refused = await story.tries("click", who="tom", action_id="report.answer", channel="admins")
    assert not refused["ok"]


async def test_a_question_is_answered_on_the_spot(story: Story) -> None:
    """What the permissions are for stands in the menu of the step."""
    await begins(story)
    await story.presses("mei", "权限怎么勾")
    await story.reads("mei", "listWorkspace", "看你有哪些空间")


async def test_back_again_and_another_day(story: Story) -> None:
    """A step back, left for days, resumed at the end of the DM, begun anew."""
    await begins(story)
    await story.presses("mei", "令牌建好了")
    await story.reads("mei", "第 2 步")
    await story.presses("mei", "回到上一步")
    await story.reads("mei", "第 1 步，共 5 步", "创建令牌")
    await story.presses("mei", "令牌建好了")
    await story.reads("mei", "第 2 步")
    await story.passes(advance=5 * 86_400)
    await story.types("mei", "/sharge")
    await story.reads("mei", "下一步", "接着做引导", "第 2 步")
    await story.presses("mei", "接着做")
    await story.reads_last("mei", "第 2 步，共 5 步 · 先试试")
    await story.types("mei", "/sharge 开始")
    await story.reads("mei", "引导在我们的私信里", "第 2 步")
    await story.presses_soon("mei", "重新开始…")
    await story.sees_form("mei", "重新开始？")
    await story.sends("mei")
    await story.reads("mei", "第 1 步，共 5 步")


async def test_two_guides_side_by_side(story: Story) -> None:
    """Each keeps its own place, and the choice shows both."""
    await begins(story)
    await story.presses("mei", "令牌建好了")
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "换一条路")
    await story.presses_soon("mei", "用自己的服务器")
    await story.reads("mei", "第 1 步，共 9 步", "新建 OAuth 应用")
    await story.types("mei", "/sharge start")
    both = await story.reads("mei", "第 1 步，共 9 步", "第 2 步，共 5 步", "换一条路")
    assert both.index("第 1 步") < both.index("第 2 步")


async def test_help_with_choosing_leads_to_a_route(story: Story) -> None:
    """Three questions, one advice, one button that begins."""
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "帮我选")
    await story.sees_form("mei", "不超过 30 天")
    await story.sends("mei", **{"有人会写代码": "yes"})
    await story.sees_form("mei", "我的建议", "长期运行")
    await story.sends("mei")
    await story.reads("mei", "第 1 步，共 9 步")


async def test_apply_now_and_try_meanwhile(story: Story) -> None:
    """One press: the way by token begins and the form to join is open."""
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "先试，同时申请加入团队…")
    await story.sees_form("mei", "申请加入团队")
    await story.reads("mei", "第 1 步，共 5 步", "创建令牌")


async def test_the_agent_of_somebody_elses_space_is_taken_as_said(story: Story) -> None:
    """Without a look into that space the card claims no more than the person did."""
    await begins(story)
    await story.presses("mei", "令牌建好了")
    await story.presses_soon("mei", "登记到期日")
    await story.sends("mei", 名字="试用")
    await story.presses_soon("mei", "填智能体地址")
    refused = await story.tries("submit", who="mei", fields={"地址": "https://www.coze.cn/store", "名字": "讲解员"})
    assert "space/123/bot/456" in str(refused["errors"])
    await story.sends("mei", 地址=AGENT, 名字="讲解员")
    assert "智能体「讲解员」 · 已验证" not in await story.reads("mei", "第 4 步，共 5 步")


async def test_a_token_is_replaced_step_by_step(story: Story) -> None:
    """From the reminder: only the steps that change, and its own end; the old token's reminders stop."""
    await story.tries("reset", seed="token-expires-tomorrow")
    await story.presses_soon("mei", "带我换新")
    await story.reads("mei", "换新「拍拍镜-试用」", "第 1 步，共 3 步", "建一个新令牌，旧的先别删")
    await story.presses("mei", "新令牌建好了")
    await story.presses_soon("mei", "登记到期日")
    await story.sees_form("mei", "拍拍镜-试用")
    await story.sends("mei", 名字="拍拍镜-二代")
    asks = await story.reads(
        "mei", "第 3 步，共 3 步", "在 APP 里换掉旧令牌", "每个用旧令牌的智能体", "找（它的名字）"
    )
    assert "创建智能体" not in asks
    await story.presses("mei", "它回答了")
    await story.reads(
        "mei", "换好了，旧令牌可以删了", "「拍拍镜-试用」（尾号 a1b2）", "第一次提醒你", "3 步都已完成，由你确认"
    )
    await story.presses("mei", "旧的删掉了吗…")
    await story.sees_form("mei", "旧令牌", "尾号是 a1b2")
    await story.sends("mei", 旧令牌=f"pat_{'x' * 60}a1b2")
    await story.reads("mei", "扣子拒绝了你填的「拍拍镜-试用」（已验证）")
    await story.presses("mei", "删掉了", action_id="guide.next")
    assert "请在扣子上删掉" not in await story.reads(
        "mei", "也删了（你已确认）", "第一次提醒你", "3 步都已完成，由你确认"
    )
    await story.reads("mei", "拍拍镜-试用", "已换新")


async def test_a_renewal_names_the_agents_that_use_the_token(story: Story) -> None:
    """Those whose guides recorded it, also where it has taken the place of another; nobody makes one anew."""
    await begins(story)
    await story.presses("mei", "令牌建好了")
    await story.presses_soon("mei", "登记到期日")
    await story.sends("mei", 名字="试用")
    await story.reads("mei", "第 3 步", "填智能体地址")
    await story.presses("mei", "填智能体地址")
    await story.sends("mei", 地址=AGENT, 名字="讲解员")
    for old, new in (("试用", "二代"), ("二代", "三代")):
        await story.says("mei", "我的令牌过期了")
        await story.presses_soon("mei", f"{old}（")
        await story.reads("mei", f"换新「{old}」", "第 1 步，共 3 步")
        await story.presses("mei", "新令牌建好了")
        await story.reads("mei", "第 2 步，共 3 步")
        await story.presses("mei", "登记到期日")
        await story.sends("mei", 名字=new)
        await story.reads("mei", "第 3 步，共 3 步", "进入「讲解员」的设置", "找讲解员")
        await story.presses("mei", "它回答了")
        await story.reads("mei", "旧令牌可以删了", f"「{old}」留着没用")
        await story.presses("mei", "删掉了", action_id="guide.next")


async def test_a_token_replaced_by_its_reminder_takes_its_guide_along(database: str) -> None:
    """The guide goes on after what is done already, and nothing asks for the token or watches it a second time."""
    async with told(database) as story:
        await story.tries("reset", seed="token-expires-tomorrow")
        await story.presses_soon("mei", "带我换新")
        await story.reads("mei", "换新「拍拍镜-试用」", "第 1 步，共 3 步", "建一个新令牌")
        await story.presses("mei", "已换新")
        await story.sees_form("mei", "拍拍镜-试用")
        await story.sends("mei", 名字="拍拍镜-二代")
        await story.reads(
            "mei", "第 3 步，共 3 步", "在 APP 里换掉旧令牌", "新令牌已创建 · 你已确认", "新到期日已登记"
        )
        await story.presses("mei", "没反应")
        await story.presses_soon("mei", "用令牌查一下")
        await story.sends("mei", 令牌=story.coze["pats"]["mei"])
        await story.reads("mei", "扣子这边没有问题", "令牌有效（已验证）")  # of which agent, nobody knows
        await story.presses("mei", "回到这一步")
        await story.types("mei", "/sharge")
        await story.reads("mei", "接着做引导", "第 3 步，共 3 步")
        await story.types("mei", "/sharge remind")
        assert "拍拍镜-试用" not in await story.reads("mei", "跟踪 1 个令牌", "拍拍镜-二代")
        await story.presses("mei", "回到上一步")  # entered wrong: the form names what it takes the place of
        await story.reads("mei", "第 2 步，共 3 步")
        assert (await story.tries("click", who="mei", action_id="guide.record"))["ok"]
        await story.sees_form("mei", "它会接替「拍拍镜-二代」")
        await story.sends("mei", 名字="拍拍镜-三代")
        await story.reads("mei", "第 3 步，共 3 步")
        await story.types("mei", "/sharge remind")
        await story.reads("mei", "跟踪 1 个令牌", "拍拍镜-三代")


async def test_no_form_promises_to_replace_what_is_given_up(story: Story) -> None:
    """The token was needed no longer: its guide may still record a new one, in nobody's place."""
    await story.tries("reset", seed="token-expires-tomorrow")
    await story.presses_soon("mei", "带我换新")
    await story.presses_soon("mei", "新令牌建好了")
    await story.reads("mei", "第 2 步，共 3 步")
    await story.presses("mei", "不再需要")
    await story.reads("mei", "拍拍镜-试用", "不再需要")
    await story.presses("mei", "登记到期日")
    assert "接替" not in (await story.sees_form("mei", "登记到期日"))["plain"]


async def test_home_says_where_one_is_in_the_guide(story: Story) -> None:
    """The next step follows the guide, and its button leads to the card."""
    await begins(story)
    await story.tries("home", who="mei")
    await story.looks_home("mei", "接着做引导", "第 1 步，共 5 步")
    await story.presses("mei", "令牌建好了")
    await story.looks_home("mei", "第 2 步，共 5 步")
    await story.presses("mei", "接着做", channel="home")
    await story.reads_last("mei", "第 2 步，共 5 步 · 先试试")
    assert (await story.screen("mei"))["modal"] is None
