"""Staying signed in: only for who reaches ShargeAI and agrees, for publishing alone; renewed, and its end told."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import fresh
from tests.stories.signing_in import AGAIN, YES, SigningIn, signing_in

OFFER = "可以保持登录"


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[SigningIn]:
    """The owner of ShargeAI is mei, and the bot has no credential of its own."""
    with fresh("sqlite", tmp_path) as url:
        async with signing_in(url, settings={"COZE_OWNER_TOKEN": ""}) as one:
            yield one


async def signs_in(story: SigningIn, account: str = "owner") -> None:
    """From Home, until the account is proven."""
    await story.at_home()
    await story.answers(account)
    await story.sees_form("mei", "登录了", story.coze["users"][account])
    await story.sends("mei")
    await story.tries("close", who="mei", all=True)


async def stays(story: SigningIn) -> None:
    """Agrees, in so many words."""
    await story.reads("mei", OFFER)
    await story.presses("mei", "保持登录…")
    await story.sees_form("mei", "保存什么", "用来做什么", "保存多久", "怎么停", "撤销授权")
    refused = await story.tries("submit", who="mei", fields={})
    assert not refused["ok"], "nothing without the tick"
    await story.sends("mei", 同意="yes")
    await story.reads("mei", "为发布保持登录")


async def is_in(story: SigningIn) -> None:
    """Mei has joined, by hand as the bot has no credential."""
    await story.types("mei", "/sharge join")
    await story.sees_form("mei", "申请加入团队")
    await story.sends("mei", 想做什么="念天气", 昵称="小美")
    await story.presses_soon("lin", "批准", channel="admins")
    await story.presses_soon("lin", "我已邀请", channel="admins")
    await story.presses_soon("mei", "我已接受")


async def publishes(story: SigningIn, name: str) -> None:
    """An agent in ShargeAI goes into review."""
    await story.on_coze("agent", name="owner", title=name, workspace="ShargeAI")
    await story.types("mei", f"/sharge publish {name}")
    await story.presses_soon("mei", "更新名单")  # whose calls are hers, and may be few
    await story.sees_form("mei", "确认发布", name)
    await story.sends("mei")


async def test_who_does_not_reach_shargeai_is_not_asked(story: SigningIn) -> None:
    """In the personal edition a member's token does not; the token is dropped at once."""
    story.space.members[story.coze["users"]["mei"]] = "member"
    await signs_in(story, "mei")
    card = await story.reads("mei", "是你的", "没有留下令牌")
    assert OFFER not in card
    assert story.column("sign_in", "secret") == [None]
    assert story.column("secret", "id") == []


async def test_in_an_organisation_a_member_is_asked(story: SigningIn) -> None:
    """There a member's token reaches the workspace."""
    story.space.enterprise_id = "7001"
    story.space.members[story.coze["users"]["mei"]] = "member"
    await signs_in(story, "mei")
    await stays(story)
    assert story.column("secret", "coze_uid") == [story.coze["users"]["mei"]]


async def test_kept_used_renewed_and_ended(story: SigningIn) -> None:
    """It publishes; twenty days later it is renewed; a press ends it."""
    await signs_in(story)
    await stays(story)
    await is_in(story)
    await publishes(story, "讲解员")
    await story.reads("mei", "讲解员", "审核")
    (sealed,) = story.column("secret", "value")
    assert str(sealed).startswith("v1|playground|")
    await story.passes(advance=21 * 86_400)

    async def renewed() -> bool:
        return story.column("secret", "value") != [sealed]

    await story.waits(renewed, "a new pair")
    await publishes(story, "导览员")
    await story.reads("mei", "导览员", "审核")
    await story.types("mei", "/sharge remind")
    await story.reads("mei", "为发布保持登录", "上次使用")
    await story.presses("mei", "删除")
    assert story.column("secret", "id") == []
    assert "czu_" not in story.dump() + repr(await story.screen("mei"))


async def test_taken_back_on_coze(story: SigningIn) -> None:
    """Found out on the next day: deleted, told at once, with the way to sign in again."""
    await signs_in(story)
    await stays(story)
    await is_in(story)
    client_id = story.coze["sign_in"]["client_id"]
    await story.on_coze("oauth_app", name="owner", client_id=client_id, authorise=False)
    await story.passes(advance=86_400)
    await story.reads("mei", "请重新登录扣子", "没法替你发布", "原来保存的已删除")
    assert story.column("secret", "id") == []
    await story.presses("mei", AGAIN)
    await story.reads("mei", "核对代码")
    await story.answers("owner")
    await story.reads("mei", "是你的账号吗")
    await story.presses("mei", YES)
    await stays(story)
    assert len(story.column("secret", "id")) == 1


async def test_no_answer_is_a_no(story: SigningIn) -> None:
    """What was held for the answer is dropped after a quarter of an hour, or by a press."""
    await signs_in(story)
    await story.reads("mei", OFFER)
    assert story.column("sign_in", "secret") != [None]
    await story.passes(advance=901)
    await story.reads("mei", "是你的", "没有留下令牌")
    assert story.column("sign_in", "secret") == [None]
    await signs_again(story)
    await story.presses("mei", "不用，退出登录")
    await story.reads("mei", "是你的", "没有留下令牌")
    assert story.column("sign_in", "secret") == [None, None]
    assert story.column("secret", "id") == []


async def signs_again(story: SigningIn) -> None:
    """From Home, which knows the account."""
    await story.sees_account("mei", "owner")
    await story.presses("mei", AGAIN, channel="home")
    await story.sees_form("mei", "核对代码")
    await story.answers("owner")
    await story.sees_form("mei", "登录了")
    await story.sends("mei")
    await story.tries("close", who="mei", all=True)
    await story.reads("mei", OFFER)


async def test_who_leaves_is_signed_out(story: SigningIn) -> None:
    """Deactivated in Slack: what was kept is deleted, and what was begun brings nothing."""
    await signs_in(story)
    await stays(story)
    await story.tries("user", who="mei", deleted=True)

    async def gone() -> bool:
        return story.column("secret", "id") == []

    await story.waits(gone, "nothing is kept any more")
