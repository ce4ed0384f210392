"""Signing in to Coze: nothing is pasted, nothing is bound before the person has said so, and the token is dropped."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.world.chat import Transport
from tests.databases import fresh
from tests.stories.signing_in import AGAIN, NO, START, TOKENS, YES, SigningIn, signing_in
from tests.stories.story import told


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[SigningIn]:
    """On SQLite, over Socket Mode."""
    with fresh("sqlite", tmp_path) as url:
        async with signing_in(url) as one:
            yield one


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_from_the_form_to_the_request(database: str, transport: Transport) -> None:
    """The form waits below; the ID is filled in once the person has said whose it is. No token is left."""
    async with signing_in(database, transport) as story:
        await story.form()
        await story.answers()
        uid = story.coze["users"]["mei"]
        await story.sees_form("mei", "小美 登录了", uid)
        await story.reads("mei", "是你的账号吗", uid)
        await story.sends("mei")
        await story.sees_form("mei", "申请加入团队", "已验证")
        await story.sends("mei", 想做什么="念天气")
        await story.reads("lin", "等待审批", uid, "已验证", channel="admins")
        card = await story.reads("mei", "扣子账号「小美」是你的", "没有留下令牌")
        assert uid in card
        assert story.column("sign_in", "secret") == [None]
        assert "czu_" not in story.dump()


async def test_from_home(database: str) -> None:
    """The same beside what else is true there; Home then says whose account it is."""
    async with signing_in(database) as story:
        await story.at_home()
        await story.answers()
        await story.sees_form("mei", "小美 登录了")
        await story.sends("mei")
        await story.sees_account()
        await story.types("mei", "/sharge join")
        await story.sees_form("mei", "申请加入团队", "已验证")


async def test_from_the_guide(story: SigningIn) -> None:
    """Who says that they are in the team is looked up, since their account is known now."""
    story.space.members[story.coze["users"]["mei"]] = "member"
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "上闪极智能体")
    await story.reads("mei", "第 1 步，共 6 步", "你在 ShargeAI 团队里吗")
    await story.presses("mei", START)
    await story.reads("mei", "登录扣子，证明账号是你的", "核对代码")
    await story.answers()
    await story.reads("mei", "是你的账号吗")
    await story.presses("mei", YES)
    await story.reads("mei", "第 4 步", "已加入 ShargeAI · 已验证")


async def test_in_the_dm_and_on_with_the_request(story: SigningIn) -> None:
    """The form was closed meanwhile: the card in the DM leads back to it, with what was typed."""
    await story.form()
    await story.tries("close", who="mei", all=True)
    await story.answers()
    await story.reads("mei", "是你的账号吗")
    await story.presses("mei", YES)
    await story.reads("mei", "扣子账号「小美」是你的", "已验证")
    await story.presses("mei", "接着填申请")
    await story.sees_form("mei", "申请加入团队", "已验证")
    await story.sends("mei", 想做什么="念天气")
    await story.reads("lin", "等待审批", story.coze["users"]["mei"], "已验证", channel="admins")


async def test_a_link_that_was_passed_on(story: SigningIn) -> None:
    """Tom signs in with mei's code: she reads whose account it is, says no, and nothing is bound."""
    await story.at_home()
    await story.answers("tom")
    await story.sees_form("mei", "Tom 登录了", story.coze["users"]["tom"])
    await story.presses("mei", NO)
    await story.reads("mei", "不是你的账号", "没有绑定", "撤销授权")
    await story.tries("close", who="mei", all=True)
    await story.looks_home("mei", "扣子账号", "未验证")
    await story.presses("mei", AGAIN)
    await story.reads("mei", "核对代码")
    await story.answers()
    await story.reads("mei", "是你的账号吗", "小美")
    await story.presses("mei", YES)
    await story.sees_account()


async def test_nobody_says_whose_it_is(story: SigningIn) -> None:
    """Silence is no yes: after a quarter of an hour it is dropped, and the old button does nothing."""
    await story.form()
    await story.answers("tom")
    await story.reads("mei", "是你的账号吗", "Tom")
    await story.tries("close", who="mei", all=True)
    await story.passes(advance=901)
    await story.reads("mei", "没有人确认账号是谁的", "没有绑定")
    assert story.coze["users"]["tom"] not in story.dump(), "another's account is nobody's business"
    assert story.column("person", "coze_uid") in ([None], [None, None])


async def test_refused_expired_cancelled(story: SigningIn) -> None:
    """Each says so, keeps nothing, and offers the next way."""
    await story.form()
    await story.answers(approve=False)
    await story.reads("mei", "再登录一次，或手填 ID", "我什么也没读到")
    await story.tries("close", who="mei", all=True)
    await story.presses("mei", AGAIN)
    await story.reads("mei", "核对代码")
    await story.passes(advance=301)
    await story.reads("mei", "代码过期了", "没有等到授权")
    assert len([text for text in await story.texts("mei") if "再登录一次" in text]) == 0, "history has no buttons"
    await story.presses("mei", "换个代码")
    await story.reads("mei", "核对代码")
    await story.presses("mei", "取消")
    await story.reads("mei", "已取消登录，没有保存任何东西")
    refused = await story.tries("coze/sign_in", name="mei", approve=True)
    assert refused["ok"], "Coze does not know that nobody asks any more"
    await story.passes(advance=10)
    await story.types("mei", "/sharge join")
    assert "已验证" not in (await story.sees_form("mei", "申请加入团队"))["plain"]
    assert story.column("sign_in", "secret") == [None, None, None]
    await story.tries("close", who="mei", all=True)


async def test_an_account_that_somebody_else_has_proven(story: SigningIn) -> None:
    """Tom has shown it first: it stays his, and nothing of mei's is bound."""
    await story.on_coze("settings", sign_in_interval=1)
    await story.tries("home", who="tom")
    await story.looks_home("tom", "Coze account")
    await story.presses("tom", "Sign in to Coze", channel="home")
    await story.sees_form("tom", "check that the code is")
    await story.answers("tom")
    await story.sees_form("tom", "Tom has signed in")
    await story.sends("tom")
    await story.looks_home("tom", f"Coze account {story.coze['users']['tom']} · verified")
    await story.at_home()
    await story.answers("tom")
    await story.sees_form("mei", "Tom 登录了")
    await story.sends("mei")
    await story.reads("mei", "这个账号别人也验证过", "由管理员决定")
    await story.reads("tom", "@mei", "An admin decides whose it is")
    await story.reads("lin", "两个人", channel="admins")
    await story.tries("close", who="mei", all=True)
    await story.looks_home("mei", "扣子账号", "未验证")


async def test_an_admin_asks_for_it(story: SigningIn) -> None:
    """The ID was typed; lin asks mei to show it, and decides by what Coze says."""
    await story.asks_and_waits()
    await story.reads("lin", "账号未验证", channel="admins")
    await story.presses("lin", "请对方先验证", channel="admins")
    await story.reads("mei", "管理员请你验证扣子账号")
    await story.presses("mei", "验证我的账号")
    await story.reads("mei", "核对代码")
    await story.answers()
    await story.reads("mei", "是你的账号吗")
    await story.presses("mei", YES)
    await story.reads("mei", "扣子账号「小美」是你的", "没有留下令牌")
    await story.reads("lin", "等待审批", "账号已验证", channel="admins")


async def test_the_request_names_another_account(story: SigningIn) -> None:
    """It is offered the one that was shown; the person saves it."""
    await story.asks_and_waits(**{"用户 ID": "9999999999"})
    await story.presses_soon("mei", "验证我的账号")
    await story.reads("mei", "核对代码")
    await story.answers()
    await story.reads("mei", "是你的账号吗")
    await story.presses("mei", YES)
    await story.presses_soon("mei", "接着填申请")
    await story.sees_form("mei", "已验证")
    await story.sends("mei")
    await story.reads("lin", "等待审批", story.coze["users"]["mei"], "账号已验证", channel="admins")


async def test_an_id_that_nobody_has(story: SigningIn) -> None:
    """Approved, and the invitation fails: signing in gives the right one, which an admin approves too."""
    await story.asks_and_waits(**{"用户 ID": "9999999999"})
    await story.presses("lin", "批准", channel="admins")
    await story.reads("mei", "请改扣子用户 ID")
    await story.presses("mei", "验证我的账号")
    await story.reads("mei", "核对代码")
    await story.answers()
    await story.reads("mei", "是你的账号吗")
    await story.presses("mei", YES)
    await story.presses_soon("mei", "接着填申请")
    await story.sees_form("mei", "已验证")
    await story.sends("mei")
    await story.reads("lin", story.coze["users"]["mei"], "账号已验证", channel="admins")


async def test_whoever_merely_typed_it_loses_it(story: SigningIn) -> None:
    """Mei has typed tom's ID; tom signs in: it is his, and mei is asked for her own."""
    await story.asks_and_waits(**{"用户 ID": story.coze["users"]["tom"]})
    await story.tries("home", who="tom")
    await story.looks_home("tom", "Coze account")
    await story.presses("tom", "Sign in to Coze", channel="home")
    await story.sees_form("tom", "check that the code is")
    await story.answers("tom")
    await story.sees_form("tom", "Tom has signed in")
    await story.sends("tom")
    await story.reads("mei", "申请里的用户 ID 是别人的")


async def test_too_often(story: SigningIn) -> None:
    """Each costs calls: after five at once the person is asked to wait some seconds."""
    await story.tries("home", who="mei")
    await story.looks_home("mei", "未验证")
    for _ in range(5):
        await story.presses("mei", START, channel="home")
        await story.sees_form("mei", "核对代码")
        await story.tries("close", who="mei", all=True)
    await story.presses("mei", START, channel="home")
    await story.sees_form("mei", "先歇一下")
    assert story.column("sign_in", "state").count("cancelled") == 4
    await story.tries("close", who="mei", all=True)


@pytest.mark.parametrize("kind", ["server_error", "html_502", "rate_limited"])
async def test_coze_is_down_for_a_while(story: SigningIn, kind: str) -> None:
    """It is asked on; nobody has to begin again."""
    await story.form()
    await story.goes_wrong("coze", kind, method=TOKENS)
    await story.answers()
    await story.passes(advance=20)
    await story.works_again()
    await story.passes(advance=2)
    await story.sees_form("mei", "小美 登录了")
    await story.sends("mei")
    await story.sees_form("mei", "申请加入团队", "已验证")


async def test_an_answer_is_lost(story: SigningIn) -> None:
    """Coze has given the tokens and nobody has them: the code is used up, and a new one is offered."""
    await story.on_coze("settings", sign_in_interval=5)
    await story.form()
    await story.goes_wrong("coze", "cut", method=TOKENS, times=1)
    await story.on_coze("sign_in", name="mei", approve=True)
    await story.passes(advance=5)
    await story.passes(advance=5)
    await story.reads("mei", "没收到扣子的回应", "什么也没有保存")
    await story.tries("close", who="mei", all=True)
    await story.presses("mei", AGAIN)
    await story.reads("mei", "核对代码")


async def test_asked_too_often(story: SigningIn) -> None:
    """Coze says slow down: five seconds more between two questions, from then on."""
    await story.form()
    await story.on_coze("settings", sign_in_interval=30)
    for _ in range(2):
        await story.passes(advance=2)

    async def slower() -> bool:
        return story.column("sign_in", "interval") == [6]

    await story.waits(slower, "asked less often")
    await story.on_coze("settings", sign_in_interval=0)
    await story.on_coze("sign_in", name="mei", approve=True)
    await story.passes(advance=7)
    await story.sees_form("mei", "小美 登录了")


async def test_refusals_with_http_200(story: SigningIn) -> None:
    """The words decide: pending is no token."""
    await story.on_coze("settings", sign_in_status=200)
    await story.form()
    await story.passes(advance=3)
    await story.answers()
    await story.sees_form("mei", "小美 登录了")


async def test_the_app_is_switched_off(story: SigningIn) -> None:
    """Nothing that a member could mend: the admins are told, once a day."""
    client_id = story.coze["sign_in"]["client_id"]
    await story.on_coze("oauth_app", name="owner", client_id=client_id, enabled=False)
    for _ in range(2):
        await story.types("mei", "/sharge join")
        await story.sees_form("mei", "申请加入团队")
        await story.presses("mei", START)
        await story.sees_form("mei", "扣子不接受我的登录应用", "管理员已经知道")
        await story.tries("close", who="mei", all=True)
    await story.reads("mei", "暂时登录不了扣子")
    await story.reads("lin", "大家登录不了扣子", "COZE_SIGN_IN_CLIENT_ID", channel="admins")
    assert sum("大家登录不了扣子" in text for text in await story.texts("lin", "admins")) == 1


async def test_without_an_app_all_is_as_before(tmp_path: Path) -> None:
    """By a token, once."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"COZE_SIGN_IN_CLIENT_ID": ""}) as story:
            await story.tries("home", who="mei")
            home = await story.looks_home("mei", "令牌")
            assert START not in str(home)
            await story.types("mei", "/sharge join")
            form = await story.sees_form("mei", "我可以用令牌读一次")
            assert START not in str(form)
