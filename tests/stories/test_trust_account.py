"""Whose a Coze account is: nobody joins, publishes or is removed with what somebody else has."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.playground.world.coze import Bot
from bot.store.database import Database
from bot.store.tables import request
from tests.stories.story import Story, told
from tests.stories.test_join_read_uid import reads_uid

GUIDE = "Museum Guide"


async def tom_is_in(story: Story) -> Bot:
    """Tom came by Coze's own invitation, and has an agent live on both channels."""
    story.space.members[story.coze["users"]["tom"]] = "member"
    made = await story.on_coze("agent", name="tom", title=GUIDE, workspace="ShargeAI")
    await story.on_coze("publish", name="tom", bot_id=made["bot_id"])
    return story.world.coze.state.bots[made["bot_id"]]


async def approves(story: Story) -> None:
    """Lin, by the card, though the account is not verified."""
    cards = (await story.screen("lin"))["channels"]["admins"]
    (card,) = (each["ts"] for each in cards if "请对方先验证" in each["buttons"])
    await story.presses("lin", "照样批准", ts=card)


async def rows(story: Story) -> list[Any]:
    """The requests, oldest first."""
    db = Database(story.database)
    try:
        async with db.read() as conn:
            return list((await conn.execute(select(request).order_by(request.c.id))).all())
    finally:
        await db.close()


async def corrects(story: Story, uid: str) -> None:
    """The approved mei names another account."""
    await story.presses_soon("mei", "改用户 ID")
    await story.sees_form("mei", "改用户 ID", "先由管理员批准")
    await story.sends("mei", **{"用户 ID": uid})


@pytest.mark.parametrize("first", ["9999999999", "tom"])
async def test_anothers_agent_is_neither_offered_nor_published(story: Story, first: str) -> None:
    """Mei names Tom's account, at once or after a failed invitation; approved twice, it is still not mei's."""
    bot = await tom_is_in(story)
    versions, tom = len(bot.versions), story.coze["users"]["tom"]
    await story.asks_and_waits(**{"用户 ID": tom if first == "tom" else first})
    await approves(story)
    if first != "tom":
        await corrects(story, tom)
        await story.reads("lin", "换了账号，要重新批准", first, tom, "已经是扣子成员", channel="admins")
        await approves(story)
    card = await story.reads("lin", "账号未验证", tom, "没人验证过是谁的", "不算加入", channel="admins")
    assert "已加入" not in card
    await story.reads("mei", "请验证账号是你的", tom)
    await story.types("mei", "/sharge publish")
    form = await story.sees_form("mei", "请先验证你的")
    assert GUIDE not in form["plain"]
    await story.tries("close", who="mei", all=True)
    await story.shows_account("mei")
    await story.sees_form("mei", "你验证的账号和申请里的不同")
    await story.sends("mei")
    await story.reads("lin", "换了账号，要重新批准", "账号已验证", channel="admins")
    await story.presses_soon("lin", "批准新账号", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")
    assert len(bot.versions) == versions
    assert tom in story.space.members


async def test_a_claim_falls_when_the_owner_shows_the_account(database: str) -> None:
    """Mei waits with Tom's ID; Tom shows that it is his and asks; mei is told kindly and enters another."""
    async with told(database) as story:
        tom = story.coze["users"]["tom"]
        await story.asks_and_waits(**{"用户 ID": tom})
        await story.types("tom", "/sharge join")
        await story.sees_form("tom", "Join ShargeAI")
        await story.presses("tom", "Read ID from a token")
        await story.sends("tom", **{"join.token": (await story.on_coze("token", name="tom"))["token"]})
        await story.sees_form("tom", "Join ShargeAI", "verified")
        await story.reads("mei", "请填你自己的扣子账号", "对方已经验证过")
        await story.reads("lin", "等对方填账号", "@mei", channel="admins")
        await story.sends("tom", **{"What will you build": "Museum tours"})
        await story.reads("lin", "@tom", tom, "账号已验证", channel="admins")
        await story.presses("mei", "填我的账号")
        await story.sees_form("mei", "修改申请")
        refused = await story.tries("submit", who="mei", fields={"用户 ID": tom})
        assert "已由别人验证过" in str(refused["errors"])
        await story.sends("mei", **{"用户 ID": story.coze["users"]["mei"]})
        await story.reads("lin", "等待审批", story.coze["users"]["mei"], "账号未验证", channel="admins")
        assert [(row.coze_uid, row.grade) for row in await rows(story)] == [
            (story.coze["users"]["mei"], "typed"),
            (tom, "proven"),
        ]


async def test_who_has_shown_an_account_is_not_kept_from_it(story: Story) -> None:
    """The other way round: Tom has shown it, so mei can't name it, and Tom asks without hearing of anybody."""
    await reads_uid(story, story.coze["pats"]["mei"])
    await story.sees_form("mei", "已验证", "申请加入团队")
    await story.types("tom", "/sharge join")
    await story.sees_form("tom", "Join ShargeAI")
    filled = {"user ID": story.coze["users"]["mei"], "nickname": "tom", "What will": "Museum tours"}
    refused = await story.tries("submit", who="tom", fields=filled)
    assert "Somebody else has verified" in str(refused["errors"])
    await story.sends("mei", 想做什么="念天气")
    await story.reads("lin", "@mei", "账号已验证", channel="admins")


async def test_who_joined_with_anothers_account_is_asked_for_their_own(database: str) -> None:
    """Tom accepted the invitation that was meant for mei; once he shows whose it is nobody is removed on Coze."""
    async with told(database) as story:
        tom = story.coze["users"]["tom"]
        await story.is_let_in(**{"用户 ID": tom})
        await story.on_coze("user", name="tom", accept_invitation=True)
        await story.passes(advance=180)
        await story.reads("lin", "@mei 已加入", "账号由我们邀请，未验证", channel="admins")
        await story.presses("lin", "移出团队", channel="admins")
        await story.sees_form("lin", "扣子账号「Tom」", tom, "未验证")
        await story.tries("close", who="lin")
        await story.asks_to_join("tom", **{"user ID": story.coze["users"]["mei"]})
        await story.reads("tom", "Account not verified yet")
        await story.shows_account("tom")
        await story.sees_form("tom", "You verified another account", "Edit your request")
        await story.reads("mei", "请填你自己的扣子账号")
        await story.reads("lin", "等对方填账号", "@mei", channel="admins")
        await story.sends("tom")
        await story.reads("tom", "You have joined ShargeAI · verified")
        assert [(row.state, row.coze_uid) for row in await rows(story)] == [("pending", ""), ("joined", tom)]
        assert tom in story.space.members


@pytest.mark.parametrize(("press", "owner"), [("是小美的", "mei"), ("是 Tom Baker 的", "tom")])
async def test_admins_decide_between_two_who_have_shown_one_account(database: str, press: str, owner: str) -> None:
    """Mei has shown hers and joins; Tom shows the same; until lin decides nothing changes, and both hear of it."""
    async with told(database) as story:
        await story.joins()
        await story.proves()
        await story.asks_to_join("tom")
        await story.shows_account("tom", whose="mei")
        await story.sees_form("tom", "An admin decides")
        await story.tries("close", who="tom")
        await story.reads("mei", "@tom", "小美", "在那之前什么都不变")
        await story.reads("tom", "@mei", "小美", "An admin decides")
        await story.reads("lin", "一个扣子账号，两个人", "@mei", "@tom", channel="admins")
        await story.types("mei", "/sharge publish")
        await story.sees_form("mei", "ShargeAI 空间里还没有你的智能体")
        await story.tries("close", who="mei")
        await story.presses("lin", press, channel="admins")
        await story.reads("lin", f"扣子账号「小美」是 @{owner} 的", "@lin", channel="admins")
        await story.reads("mei", "小美", "是你的账号" if owner == "mei" else "是 @tom 的")
        await story.reads("tom", "小美", "is your account" if owner == "tom" else "is @mei's")
        if owner == "tom":
            await story.reads("mei", "请填你自己的扣子账号")
        by_person = {row.user_id: (row.state, row.coze_uid) for row in await rows(story)}
        uids = story.coze["users"]
        assert by_person["U0MEI"] == (("joined", uids["mei"]) if owner == "mei" else ("pending", ""))
        assert by_person["U0TOM"] == ("pending", uids["tom"])
        assert uids["mei"] in story.space.members


async def test_another_account_than_the_approved_one_is_approved_anew(database: str) -> None:
    """Invited already, mei names another account: the first decision stays in the thread, the second one counts."""
    async with told(database) as story:
        state, other = story.world.coze.state, "7530412083311057001"
        state.add_user("mei2", other, "小美 2")
        await story.is_let_in()
        await story.presses_soon("mei", "我已接受")
        await story.reads("mei", "成员名单里还没有你")
        await corrects(story, f" {other[:4]} {other[4:]}")
        card = await story.reads("lin", "换了账号，要重新批准", other, story.coze["users"]["mei"], channel="admins")
        assert "那个账号已收到邀请" in card
        await story.reads("lin", "@mei 在批准后换了扣子账号", channel="admins")
        await story.reads("mei", "要由管理员重新批准")
        assert other not in story.space.invitations
        await approves(story)
        await story.reads("lin", "等对方", other, channel="admins")
        assert other in story.space.invitations

        async def told_twice() -> bool:
            lines = "\n".join(await story.thread("lin"))
            return lines.count("@lin 批准了") == 2 and f"@mei 把用户 ID 改成了 {other}" in lines

        await story.waits(told_twice, "the thread has both decisions and the change", "lin")
        assert (await rows(story))[0].approved_uid == other


async def test_an_admin_asks_for_a_proof_before_deciding(story: Story) -> None:
    """Mei gets it with the button, and the card changes by itself; IDs are read as they are pasted."""
    uid = story.coze["users"]["mei"]
    wide = uid.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    await story.asks_and_waits(**{"用户 ID": f" {wide[:5]} {wide[5:]} "})
    await story.presses("lin", "请对方先验证", channel="admins")
    await story.reads("lin", uid, "已请对方验证账号", channel="admins")
    await story.reads("mei", "管理员请你验证扣子账号")
    await story.proves()
    await story.reads("lin", "等待审批", uid, "账号已验证", "还不是成员", channel="admins")
    await story.reads("mei", "你的扣子账号已验证")
    await story.presses("lin", "批准并邀请", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")


async def test_a_token_that_shows_nothing_changes_nothing(story: Story) -> None:
    """Words, a key, a token of nobody: each is answered where it was typed, and none is kept."""
    await story.asks_and_waits()
    await story.presses_soon("mei", "验证我的账号")
    await story.presses_soon("mei", "用令牌…")
    await story.sees_form("mei", "验证我的账号")
    for wrong in ("my password", "-----BEGIN PRIVATE KEY-----"):
        assert (await story.tries("submit", who="mei", fields={"account.token": wrong}))["errors"]
    await story.sends("mei", **{"account.token": "pat_" + "x" * 64})
    await story.sees_form("mei", "令牌无效")
    assert [(row.grade, row.version) for row in await rows(story)] == [("typed", 1)]
