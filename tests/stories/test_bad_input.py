"""What people get wrong, and what fails outside: each a clear answer, nothing lost."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.databases import fresh
from tests.stories.story import Story, told
from tests.stories.test_main_story import assertion


async def test_an_unknown_verb_gets_the_closest_one_as_a_button(story: Story) -> None:
    """The button does what the right word would have done."""
    await story.types("mei", "/sharge ＰＵＢＬSH　博物馆")
    await story.reads("mei", "没有「ＰＵＢＬSH」这个命令", "publish")
    await story.presses("mei", "发布")
    await story.sees_form("mei", "ShargeAI")


async def test_words_without_any_likeness_lead_on(story: Story) -> None:
    """No guess is better than a wild one; what was typed is never parsed as markup."""
    await story.types("tom", "/sharge <!channel> *x*")
    await story.reads("tom", "I didn't get that")
    await story.presses("tom", "Ask an admin this")
    form = await story.sees_form("tom", "Ask an admin")
    assert form["inputs"][0]["value"] == "<!channel> *x*"


async def test_the_same_words_work_in_a_dm(story: Story) -> None:
    """A form needs a press, so a button opens it."""
    await story.says("mei", "状态")
    await story.reads("mei", "下一步")
    await story.says("mei", "申请")
    await story.presses_soon("mei", "申请加入")
    await story.sees_form("mei", "申请加入团队")


@pytest.mark.parametrize(
    ("said", "answer"), [("hello", "Hi, I'm ShargeAI"), ("你好", "Hi, I'm ShargeAI"), ("hellp", "Did you mean help")]
)
async def test_the_first_word_of_a_newcomer_is_answered(story: Story, said: str, answer: str) -> None:
    """A greeting is greeted; what is near to help gets that, with one button for it."""
    await story.says("tom", said)
    await story.reads("tom", answer)
    await story.types("tom", f"/sharge {said}")
    await story.reads("tom", answer)


async def test_a_secret_in_the_chat_is_answered_and_never_repeated(story: Story) -> None:
    """What to do now; the token stands nowhere but in the person's own message."""
    token = story.coze["pats"]["mei"]
    await story.says("mei", f"帮我看看 {token}")
    await story.reads("mei", "令牌", "删")
    assert sum(token in text for text in await story.texts("mei")) == 1


async def test_only_admins_decide(tmp_path: Path) -> None:
    """Wang sits in the channel, but is no admin here; pressing changes nothing and tells why."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"ADMIN_GROUP": "", "ADMIN_USERS": "U0LIN"}) as story:
            await story.asks_to_join("mei")
            await story.reads("wang", "等待审批", channel="admins")
            await story.presses("wang", "批准", channel="admins")
            await story.reads("wang", "由管理员决定", channel="admins")
            assert not any("由管理员决定" in text for text in await story.texts("lin", "admins"))
            await story.presses("lin", "批准", channel="admins")
            await story.reads("lin", "已批准", channel="admins")


async def test_nobody_decides_about_their_own_request(story: Story) -> None:
    """Another admin has to."""
    await story.asks_to_join("lin")
    await story.reads("lin", "等待审批", channel="admins")
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "不能审批自己的申请", channel="admins")
    await story.presses("wang", "批准", channel="admins")
    await story.reads("lin", "已批准", "@wang", channel="admins")


async def test_of_two_admins_one_wins_and_the_other_is_told(story: Story) -> None:
    """Both press at once: one decision, and the loser reads privately who won and when."""
    await story.asks_to_join("mei")
    await story.reads("lin", "等待审批", channel="admins")
    await asyncio.gather(*(story.presses(who, "批准", channel="admins") for who in ("lin", "wang")))
    told_: list[str] = []

    async def loser() -> bool:
        told_[:] = [
            text
            for who in ("lin", "wang")
            for text in await story.texts(who, "admins")
            if "已经有人" in text or "抢先" in text or "处理" in text
        ]
        return len(told_) == 1

    await story.waits(loser, "one admin is told", "wang")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")


async def test_who_asks_again_sees_the_card_of_the_first(story: Story) -> None:
    """One open request a person, and one card, which comes down; nothing new reaches the admins."""
    await story.asks_to_join("mei")
    await story.reads("mei", "等管理员审批")
    await story.types("mei", "/sharge join")
    await story.reads("mei", "卡片已经移到私信末尾")
    await story.reads_last("mei", "可以先用令牌试")
    await story.says("mei", "停")
    await story.presses_soon("mei", "我的申请")
    await story.reads_last("mei", "可以先用令牌试")
    await story.says("mei", "你好")
    await story.tries("home", who="mei")
    await story.looks_home("mei", "申请加入团队")
    await story.presses("mei", "看申请", channel="home")
    await story.reads_last("mei", "可以先用令牌试")
    await story.presses("mei", "撤回申请")
    await story.reads("lin", "撤回", channel="admins")
    assert len(await story.texts("lin", "admins")) == 1


async def test_declined_with_a_reason_and_asked_again(story: Story) -> None:
    """The reason reaches the person word for word; too short a reason stays in the form."""
    await story.asks_to_join("mei")
    await story.reads("lin", "等待审批", channel="admins")
    await story.presses("lin", "拒绝", channel="admins")
    await story.sees_form("lin", "拒绝")
    refused = await story.tries("submit", who="lin", fields={"理由": "不"})
    assert refused["errors"]
    await story.sends("lin", 理由="请写清楚 *场馆* & 日期")
    await story.reads("mei", "请写清楚 *场馆* & 日期")
    await story.reads("lin", "拒绝", "请写清楚", channel="admins")
    await story.asks_to_join("mei")
    await story.reads("lin", "等待审批", "1", channel="admins")


async def test_a_wrong_coze_id_is_mended_by_the_person(story: Story) -> None:
    """The invitation fails with its name; the right id is another account, which an admin approves too."""
    await story.asks_to_join("mei", **{"用户 ID": "1234567890"})
    await story.reads("lin", "1234567890", channel="admins")
    await story.presses("lin", "批准", channel="admins")
    await story.reads("mei", "用户 ID", "1234567890")
    await story.presses("mei", "用户 ID")
    form = await story.sees_form("mei", "改用户 ID")
    assert form["inputs"][0]["value"] == "1234567890"
    await story.sends("mei", **{"用户 ID": story.coze["users"]["mei"]})
    await story.reads("lin", "换了账号，要重新批准", "1234567890", story.coze["users"]["mei"], channel="admins")
    await story.reads("lin", "@mei 在批准后换了扣子账号", channel="admins")
    card = (await story.screen("lin"))["channels"]["admins"][0]["ts"]
    await story.presses("lin", "批准", ts=card)
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    await story.reads("lin", "等对方", story.coze["users"]["mei"], channel="admins")


@pytest.mark.parametrize(
    ("field", "wrong"), [("用户 ID", "mei@example.com"), ("用户 ID", "小梅小梅小梅"), ("想做什么", "  ")]
)
async def test_wrong_fields_keep_the_form_and_what_was_typed(story: Story, field: str, wrong: str) -> None:
    """The objection stands at its field."""
    await story.types("mei", "/sharge join")
    await story.sees_form("mei", "申请加入")
    filled = {"用户 ID": story.coze["users"]["mei"], "昵称": "小梅", "想做什么": "念天气", field: wrong}
    refused = await story.tries("submit", who="mei", fields=filled)
    assert any(field in label for label in refused["errors"])
    form = await story.sees_form("mei", "申请加入")
    typed = {entry["label"]: entry["value"] for entry in form["inputs"]}
    assert "小梅" in typed.values()


@pytest.mark.parametrize(
    "wrong", [{"到期日期": "2020-01-01"}, {"到期日期": "2099-01-01"}, {"到期日期": "2040-03-20", "最后 4 位": "!!!!"}]
)
async def test_wrong_dates_are_told_at_their_field(story: Story, wrong: dict[str, str]) -> None:
    """A past one, one too far, no four characters: the form stays."""
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "登记到期日")
    await story.picks("mei", "过期时间", "date")
    await story.sees_form("mei", "到期日期")
    refused = await story.tries("submit", who="mei", fields={"名字": "拍拍镜", **wrong})
    assert len(refused["errors"]) == 1
    await story.sees_form("mei", "登记到期日")


async def test_wrong_assertions_are_named_before_they_are_spent(story: Story) -> None:
    """Wrong kid, audience and lifetime at once; Coze is not asked."""
    app = story.coze["jwt_app"]
    bad = assertion(app, "api.coze.com", kid="x" * 43, exp=int(time.time()) - 10)
    await story.types("mei", "/sharge check")
    await story.sees_form("mei", "令牌或签名凭证")
    await story.sends("mei", 令牌=bad, 指纹=app["kid"])
    report = await story.reads("mei", "处，再签一次")
    assert all(word in report for word in ("kid", "aud", "exp"))


async def test_an_unknown_key_is_named_by_coze(story: Story) -> None:
    """What only Coze can tell is told by Coze, in words and with the way to mend it."""
    audience = story.coze["base_url"].removeprefix("http://")
    await story.types("mei", "/sharge check")
    await story.sees_form("mei", "令牌或签名凭证")
    await story.sends("mei", 令牌=assertion(story.coze["jwt_app"], audience, kid="x" * 43))
    await story.reads("mei", "指纹")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", ["server_error", "html_502", "cut", "slow"])
async def test_coze_down_is_told_calmly(story: Story, kind: str) -> None:
    """A check that Coze does not answer says so, and the next one works."""
    await story.goes_wrong("coze", kind)
    await story.types("mei", "/sharge check")
    await story.sees_form("mei", "令牌或签名凭证")
    await story.sends("mei", 令牌=story.coze["pats"]["mei"])
    await story.reads("mei", "扣子", "没")
    await story.works_again()
    await story.types("mei", "/sharge check")
    await story.sees_form("mei", "令牌或签名凭证")
    await story.sends("mei", 令牌=story.coze["pats"]["mei"])
    await story.reads("mei", "令牌可用")


async def test_an_invitation_outlasts_a_coze_that_is_down(story: Story) -> None:
    """Approved stays approved, nobody is told more than is true, and once Coze is back the invitation goes out."""
    await story.goes_wrong("coze", "server_error")
    await story.asks_to_join("mei")
    await story.reads("lin", "等待审批", channel="admins")
    await story.presses("lin", "批准", channel="admins")
    card = await story.reads("lin", "已批准", channel="admins")
    assert "邀请已发出" not in card
    await story.works_again()
    await story.reads_in_time("lin", "邀请已发出", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")


async def test_a_review_that_rejects_or_never_ends_is_never_called_online(story: Story) -> None:
    """Only what Coze lists is online."""
    await story.asks_to_join("mei")
    await story.reads("lin", "等待审批", channel="admins")
    await story.presses("lin", "批准", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.presses("mei", "我已接受")
    await story.reads("mei", "你已加入")
    await story.proves("mei")
    agent = await story.on_coze("agent", name="mei", title="博物馆讲解员", workspace="ShargeAI")
    await story.types("mei", "/sharge publish 博物馆")
    await story.sees_form("mei", "确认发布")
    await story.sends("mei")
    await story.reads("mei", "审核中")
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="rejected", reason="名称不合适")
    await story.passes(advance=8 * 86400)
    await story.reads("mei", "博物馆讲解员", "上线了吗")
    assert not any("已上线" in text for text in await story.texts("mei"))


async def test_who_has_not_joined_cannot_publish(story: Story) -> None:
    """The form says what is missing."""
    await story.types("tom", "/sharge publish")
    await story.sees_form("tom", "Only members of the ShargeAI team")
