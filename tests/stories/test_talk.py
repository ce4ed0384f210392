"""What people write is understood, in both languages; nothing irreversible happens by words; what is not understood
can be asked of an admin in the same words."""

from typing import Any

import pytest

from tests.stories.story import Story, told
from tests.stories.test_guide_help import begins

PICTURE = {"id": "F0PIC", "name": "Screenshot.png", "mimetype": "image/png"}


async def raw(story: Story, who: str, **event: Any) -> None:
    """A message as Slack tells of it."""
    world = story.world
    person = world.workspace.person(who)
    channel = world.workspace.dm(world.main_app, person.id)
    said = {"type": "message", "user": person.id, "channel": channel.id, "channel_type": "im", "ts": "1.0", **event}
    outcome = await world.slack.courier.event(world.main_app, {k: v for k, v in said.items() if v is not None}, who)
    assert outcome
    assert outcome.ok


async def reads_in_thread(story: Story, *words: str, who: str = "lin") -> str:
    """Waits until a line of a thread there holds all the words."""

    async def found() -> str | None:
        return next((each for each in await story.thread(who) if all(word in each for word in words)), None)

    return str(await story.waits(found, f"{who} reads {words} in a thread", who))


@pytest.mark.parametrize(
    ("who", "said", "answer", "button"),
    [
        ("mei", "怎么接入？", ("你好，我是闪极接入助手",), "先试试"),
        ("tom", "how do I conect?", ("Hi, I'm ShargeAI Concierge",), "Just try it"),
        ("mei", "我的token过期了", ("令牌不能延期",), "带我换新"),
        ("tom", "my tokn expird", ("can't be extended",), "Help me replace it"),
        ("mei", "删除我的数据", ("你确认了才删",), "看看会删什么…"),
        ("tom", "delete my data", ("Nothing is deleted until you confirm",), "See what goes…"),
        ("mei", "别再提醒我了", ("没什么要停的",), "看我的状态"),
        ("tom", "stop!!", ("There is nothing to stop",), "See my status"),
        ("mei", "谢谢", ("不客气",), ""),
        ("tom", "thx a lot", ("You're welcome",), ""),
        ("mei", "眼镜没反应", ("重启闪极 APP",), "拿这句话问管理员…"),
        ("tom", "error 4105 when publishing", ("sensitive wording",), "Ask an admin this…"),
        ("mei", "我的页面不一样，找不到按钮", ("扣子的页面时不时会改版",), "拿这句话问管理员…"),
        ("tom", "can I talk to a human", ("Sure. Write what it is about",), "Ask an admin this…"),
        ("mei", "我想加入ShargeAI团队", ("表单",), "申请加入…"),
        ("tom", "please speak chinese", ("以后我跟你说中文",), ""),
        ("mei", "`／sharge 状态`", ("下一步",), "开始接入"),
        ("tom", "what can you do?", ("/sharge start", "/sharge join"), "Show my next step"),
        ("mei", "https://www.coze.cn/space/7530412083311058052/bot/7523456789012345678", ("智能体",), "开始接入"),
        ("tom", "Can I change the voice on the glasses?", ("I didn't get that",), "Replace a token"),
    ],
)
async def test_words_are_understood(story: Story, who: str, said: str, answer: tuple[str, ...], button: str) -> None:
    await story.says(who, said)
    await story.reads(who, *answer)
    if button:
        assert button in str((await story.screen(who))["dm"][-1]["blocks"])


async def test_what_is_not_understood_reaches_the_admins_in_the_same_words(database: str) -> None:
    """By a press and a form, without a guide; the answer comes back, and what is typed then goes to the admin."""
    async with told(database) as story:
        await story.says("mei", "眼镜上能不能换一个声音？")
        await story.presses_soon("mei", "拿这句话问管理员")
        form = await story.sees_form("mei", "问管理员", "你的问题")
        assert form["inputs"][0]["value"] == "眼镜上能不能换一个声音？"
        await story.sends("mei")
        await story.reads("mei", "已经问了管理员")
        await story.reads("lin", "有人问管理员", "@mei", "换一个声音", channel="admins")
        await story.presses("lin", "回答", channel="admins")
        await story.sees_form("lin", "换一个声音")
        await story.sends("lin", 你的回答="在 APP 的设置里换")
        await story.reads("mei", "在 APP 的设置里换")
        await story.says("mei", "没有那个设置，是灰的")
        await story.reads("mei", "这是给林经理的回复吗", "在 APP 的设置里换", "没有那个设置，是灰的")
        await story.presses("mei", "发给林经理")
        await story.reads("mei", "已发给 @lin")
        await story.reads("lin", "有人问管理员", "没有那个设置，是灰的", channel="admins")
        await reads_in_thread(story, "没有那个设置，是灰的")


async def test_a_typed_answer_to_a_question_is_offered(database: str) -> None:
    """It is sent by a press, once; a command stays a command, and what is no reply means what it means."""
    async with told(database) as story:
        await story.asks_and_waits("mei")
        await story.presses("lin", "追问", channel="admins")
        await story.sees_form("lin", "追问")
        await story.sends("lin", 你的问题="给哪家博物馆？")
        await story.reads("mei", "给哪家博物馆？")
        await story.says("mei", "状态")
        await story.reads("mei", "下一步", "回答")
        await story.says("mei", "怎么接入？")
        await story.reads("mei", "这是给林经理的回复吗", "怎么接入？")
        await story.presses("mei", "不是回复")
        await story.reads("mei", "陪你一步步走完")
        await story.says("mei", "上海自然博物馆，第一批 30 人左右")
        await story.reads("mei", "这是给林经理的回复吗", "上海自然博物馆")
        await story.presses("mei", "改一改再发", ts=(await story.screen("mei"))["dm"][-1]["ts"])
        form = await story.sees_form("mei", "给哪家博物馆？")
        assert form["inputs"][0]["value"] == "上海自然博物馆，第一批 30 人左右"
        await story.sends("mei", 你的话="上海自然博物馆，30 人")
        await story.reads("lin", "等待审批", "上海自然博物馆，30 人", channel="admins")
        again = await story.tries("click", who="mei", label="发给林经理", confirm=True)
        assert again["ok"]
        await story.reads("mei", "已经有了新进展")


async def test_reminders_stop_after_a_press_and_a_confirmation(story: Story) -> None:
    """The word alone stops nothing."""
    await story.types("tom", "/sharge remind add")
    await story.sees_form("tom", "Track an expiry date")
    await story.sends("tom", Name="glasses-trial")
    await story.reads("tom", "glasses-trial")
    await story.says("tom", "don't remind me anymore")
    await story.reads("tom", "What shall I stop?")
    await story.types("tom", "/sharge remind")
    await story.reads("tom", "glasses-trial")
    unsure = await story.tries("click", who="tom", label="All reminders")
    assert unsure["error"] == "confirm_required"
    await story.presses("tom", "All reminders")
    await story.reads("tom", "no more reminders for 1 token")


async def test_who_has_a_guide_goes_on_with_it(story: Story) -> None:
    await begins(story)
    await story.says("mei", "继续上次的步骤")
    await story.reads("mei", "上次做到", "第 1 步")
    await story.says("mei", "我的页面不一样")
    await story.presses_soon("mei", "我的页面不一样…")
    await story.sees_form("mei", "页面不一样")


@pytest.mark.parametrize(
    "event",
    [
        {"text": "hello", "bot_id": "B0OTHER"},
        {"subtype": "message_changed", "message": {"user": "U0MEI", "text": "你好"}, "user": None},
        {"subtype": "message_deleted", "previous_message": {"user": "U0MEI", "text": "你好"}, "user": None},
        {"subtype": "bot_message", "text": "你好"},
        {"subtype": "channel_join", "text": "你好"},
    ],
)
async def test_what_nobody_says_is_not_answered(story: Story, event: dict[str, Any]) -> None:
    await raw(story, "mei", **event)
    await story.says("mei", "帮助")
    await story.reads("mei", "/sharge")
    assert len(await story.texts("mei")) == 2


@pytest.mark.parametrize(
    ("event", "answer"),
    [
        ({"text": "词 " * 5000}, "没看懂"),
        ({"text": ":tada: :rocket:"}, "没看懂"),
        ({"text": "```import os\nprint(1)```"}, "没看懂"),
        ({"text": "<@U0OTHERAPP> 在吗"}, "你好，我是闪极接入助手"),
        ({"text": "", "subtype": "file_share", "files": [PICTURE]}, "我看不了文件"),
        ({"text": "这是截图", "subtype": "file_share", "files": [PICTURE, {"id": "F0"}]}, "我看不了文件"),
        ({"text": "你好", "thread_ts": "0.5"}, "你好，我是闪极接入助手"),
        ({"text": "你好\0"}, "你好，我是闪极接入助手"),
        ({"text": None}, "没看懂"),
        ({"text": 5, "files": "?"}, "没看懂"),
    ],
)
async def test_odd_messages_are_answered(story: Story, event: dict[str, Any], answer: str) -> None:
    await raw(story, "mei", **event)
    await story.reads("mei", answer)


async def test_a_mention_is_understood(story: Story) -> None:
    """In a channel as in the DM; it is answered in the DM."""
    await story.says("wang", "@sharge 我的令牌过期了怎么办", channel="admins")
    await story.reads("wang", "令牌不能延期")
    await story.says("lin", "@sharge", channel="admins")
    await story.reads("lin", "/sharge")
