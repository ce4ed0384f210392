"""One card for one story: a guide's card carries the request and the publication, which have no card of their own."""

from tests.stories.signing_in import START, SigningIn, signing_in
from tests.stories.story import Json, Story, told
from tests.stories.test_verdict_by_hand import publishes_by_hand

POSTS = 5
"""The bot's, in the whole route to the channel."""
PRESSES = 9
"""All that somebody does in Slack on it, signing in included."""


async def posts(story: Story, who: str = "mei") -> list[str]:
    """What the bot has posted in somebody's DM, by its first words."""
    person = story.world.workspace.people[who].id
    dm = next(room.id for room in story.world.workspace.rooms(person) if room.kind == "im")
    calls = await story.calls("chat.postMessage")
    return [call["body"]["text"] for call in calls if call["body"]["channel"] in (dm, person)]


async def with_buttons(story: Story, who: str = "mei") -> list[Json]:
    """The messages in somebody's DM that can be pressed; what only they see passes."""
    return [each for each in (await story.screen(who))["dm"] if each["buttons"] and not each["ephemeral"]]


async def reads_alone(story: Story, *words: str, who: str = "mei") -> None:
    """The one message with buttons holds all the words."""

    async def found() -> bool:
        live = await with_buttons(story, who)
        return len(live) == 1 and all(word in live[0]["plain"] for word in words)

    await story.waits(found, f"{who} can press one message alone, with {words}", who)


async def asks(story: SigningIn) -> None:
    """From the first word to the request, signed in to Coze on the way."""
    await story.types("mei", "/sharge")
    await story.presses_soon("mei", "上闪极智能体")
    await reads_alone(story, "第 1 步，共 6 步")
    await story.presses("mei", "没有，去申请")
    await story.sees_form("mei", "申请加入团队")
    await story.presses("mei", START)
    await story.sees_form("mei", START, "核对代码")
    await story.answers()
    await story.sees_form("mei", "小美 登录了")
    await story.sends("mei")
    await story.sees_form("mei", "申请加入团队", "已验证")
    await story.sends("mei", 想做什么="念天气")
    await reads_alone(story, "第 2 步，共 6 步", "等管理员审批", "账号已验证")


async def test_the_whole_route_has_one_card(database: str) -> None:
    """It moves where the person must hear of something, and is edited where they have just pressed."""
    async with signing_in(database) as story:
        await asks(story)
        mine = story.interactions
        await story.presses_soon("lin", "批准", channel="admins")
        story.interactions = mine  # the admin's are not the newcomer's
        await reads_alone(story, "第 3 步，共 6 步", "去扣子接受 ShargeAI 的邀请")
        await story.on_coze("user", name="mei", accept_invitation=True)
        await story.passes(advance=180)
        await reads_alone(story, "第 4 步，共 6 步", "已加入 ShargeAI · 已验证")
        agent = await story.on_coze("agent", name="mei", title="博物馆讲解员", workspace="ShargeAI")
        await story.presses("mei", "帮我发布")
        await story.sees_form("mei", "确认发布", "博物馆讲解员")
        await story.sends("mei")
        await reads_alone(story, "第 5 步，共 6 步", "「博物馆讲解员」审核中")
        await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
        await story.passes(advance=600)
        await reads_alone(story, "第 6 步，共 6 步", "已发布到「闪极智能体」 · 扣子已列出")
        await story.presses("mei", "它回答了")
        await reads_alone(story, "找博物馆讲解员」", "没有令牌，什么都不用管")
        print(f"route C: {story.interactions} interactions")
        assert story.interactions <= PRESSES
        await story.settles()
        assert len(said := await posts(story)) <= POSTS, said


async def test_what_rings_moves_the_card(database: str) -> None:
    """A question and a refusal stand on the guide's card, which comes below whatever was said meanwhile."""
    async with signing_in(database) as story:
        await asks(story)
        await story.says("mei", "谢谢")
        await story.presses("lin", "追问", channel="admins")
        await story.sees_form("lin", "追问")
        await story.sends("lin", 你的问题="给哪家博物馆？")
        await story.reads_last("mei", "回答管理员的问题", "第 2 步", "给哪家博物馆？")
        await reads_alone(story, "回答管理员的问题")
        await story.presses("mei", "回答问题")
        await story.sees_form("mei", "给哪家博物馆？")
        await story.sends("mei", 你的回答="省博")
        await reads_alone(story, "等管理员审批", "已回答")
        await story.says("mei", "谢谢")
        await story.presses("lin", "拒绝", channel="admins")
        await story.sees_form("lin", "拒绝")
        await story.sends("lin", 理由="请写上线时间")
        await story.reads_last("mei", "补充一点，再申请一次", "第 1 步", "请写上线时间")
        await story.presses("mei", "补充")
        await story.sees_form("mei", "申请加入团队")
        await story.sends("mei", 想做什么="念天气，三月上线")
        await reads_alone(story, "第 2 步", "等管理员审批")


async def test_a_guide_takes_over_and_lets_go(database: str) -> None:
    """A request asked without a guide has its own card; it goes with the guide's first, and is back behind it."""
    async with told(database) as story:
        await story.asks_and_waits()
        await reads_alone(story, "等管理员审批，你先不用做什么")
        await story.types("mei", "/sharge start")
        await story.presses_soon("mei", "上闪极智能体")
        await reads_alone(story, "第 2 步", "等管理员审批，你先不用做什么")


async def test_what_a_guide_lets_go_of_has_its_own_card(database: str) -> None:
    """Who starts over while the review is under way finds it beside the guide; the way back carries it again."""
    async with told(database) as story:
        agent = await publishes_by_hand(story, "夜航员")
        await story.reads("mei", "第 5 步", "「夜航员」审核中")
        assert len([text for text in await story.texts("mei") if "「夜航员」审核中" in text]) == 1
        await story.presses("mei", "重新开始…")
        await story.sees_form("mei", "重新开始？")
        await story.sends("mei")
        await story.reads("mei", "第 4 步")
        await story.reads("mei", "「夜航员」审核中", "手动发布")
        await story.presses("mei", "填智能体地址")
        await story.sees_form("mei", "智能体")
        address = f"https://www.coze.cn/space/{agent['workspace_id']}/bot/{agent['bot_id']}"
        await story.sends("mei", 地址=address, 名字="夜航员")
        await story.reads("mei", "第 5 步", "「夜航员」审核中")

        async def gone() -> bool:
            return len([text for text in await story.texts("mei") if "「夜航员」审核中" in text]) == 1

        await story.waits(gone, "its own card is gone", "mei")


async def test_a_request_typed_beside_the_guide_brings_its_card(story: Story) -> None:
    """The form was called by words, so what comes of it stands where they were written."""
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "上闪极智能体")
    await story.reads("mei", "第 1 步")
    await story.says("mei", "谢谢")
    await story.asks_to_join("mei")
    await story.reads_last("mei", "第 2 步", "等管理员审批")
