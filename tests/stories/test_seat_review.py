"""Who needs their seat: admins begin a review with one press, keep, ask or remove; answers are kept and hold."""

import asyncio
from datetime import timedelta

import httpx
from sqlalchemy import insert

from bot.core.account import Grade
from bot.core.join import JoinState
from bot.core.people import Evidence
from bot.store.database import Database
from bot.store.tables import audit, request, seat_doubt
from tests.filling import plain_engine
from tests.stories.story import Json, Story, told
from tests.stories.test_join_forged import Forger

LONG = timedelta(days=100)
"""Longer than a seat may be unused, or is kept."""


def doubts(database: str) -> list[Json]:
    """What is known of the seats, by Coze account."""
    engine = plain_engine(database)
    with engine.connect() as conn:
        found = [dict(row._mapping) for row in conn.execute(seat_doubt.select().order_by(seat_doubt.c.id))]
    engine.dispose()
    return found


def noted(database: str) -> list[str]:
    """What was decided about seats, oldest first."""
    engine = plain_engine(database)
    with engine.connect() as conn:
        mine = audit.c.action.startswith("seat.", autoescape=True)
        found = list(conn.scalars(audit.select().with_only_columns(audit.c.action).where(mine).order_by(audit.c.id)))
    engine.dispose()
    return found


async def joined(story: Story, who: str = "mei") -> None:
    """They have been in the team for long, and have done nothing here since."""
    at = await story.now() - LONG
    uid = story.coze["users"][who]
    known = {"team_id": "T0PLAYGROUND", "user_id": f"U0{who.upper()}", "name": who, "coze_uid": uid, "nick": who}
    rest = {"purpose": "x", "version": 1, "grade": Grade.PROVEN, "earlier": 0, "by_hand": False}
    times = {"created_at": at, "decided_at": at, "decided_by": "U0LIN", "joined_at": at}
    row = {**known, **rest, **times, "state": JoinState.JOINED, "joined_evidence": Evidence.VERIFIED}
    db = Database(story.database)
    async with db.write() as tx:
        await tx.conn.execute(insert(request).values(row))
    await db.close()
    story.space.members[uid] = "member"
    await story.types(who, "/sharge status")
    await story.reads(who, "ShargeAI")


async def reviews(story: Story, who: str = "lin", *words: str) -> Json:
    """From the desk, with one press."""
    await story.types(who, "/sharge admin")
    await story.sees_form(who, "管理台", "谁还需要名额")
    await story.presses(who, "看看", action_id="seat.review", channel="modal")
    return await story.sees_form(who, "谁还需要名额", "上次看是", *words)


async def test_one_press_finds_who_may_not_need_theirs(database: str) -> None:
    """A stranger, somebody who left Slack, somebody who uses nothing; who has a token is left in peace."""
    async with told(database) as story:
        await joined(story)
        await joined(story, "tom")
        await story.on_coze("leave", name="tom", workspace="ShargeAI")
        story.space.members[story.coze["users"]["lin"]] = "member"
        form = await reviews(story, "lin", "@mei", "这里没有令牌", "林姐", "没有在这里申请过")
        assert "@tom" not in form["plain"], "holds no seat any more"
        await story.types("mei", "/sharge remind add")
        await story.sees_form("mei", "登记到期日")
        await story.sends("mei", 名字="拍拍镜-试用")
        await story.reads("mei", "拍拍镜-试用", "已登记")
        await story.passes(advance=120)
        form = await reviews(story, "lin", "林姐")
        assert "@mei" not in form["plain"]


async def test_who_is_asked_keeps_it_and_the_answer_holds(database: str) -> None:
    """Until somebody answers that is said. The answer survives a review, is shown, and after its time it is over."""
    async with told(database) as story:
        await joined(story)
        await reviews(story, "lin", "@mei")
        await story.presses("lin", "问本人", channel="modal")
        await story.sees_form("lin", "已去问 @mei", "还没有回答")
        card = await story.reads("mei", "你还需要团队的名额吗", "@lin", "什么都不会自动发生")
        assert "90 天内没人再问" in card
        await story.passes(advance=8 * 86400)
        await reviews(story, "wang", "@mei", "还没有回答")
        await story.presses("wang", "再问一次", channel="modal")
        await story.sees_form("wang", "已去问 @mei", "@wang 3月")
        await story.presses("mei", "需要，保留")
        await story.reads("mei", "名额给你留着")
        form = await reviews(story, "wang", "没有存疑的名额", "保留了 1 个名额")
        assert "@mei" not in form["plain"]
        await story.presses("wang", "看保留的", channel="modal")
        await story.sees_form("wang", "@mei", "本人", "说还需要")
        await story.passes(advance=LONG.total_seconds())
        await reviews(story, "lin", "@mei")
        found = await asyncio.to_thread(noted, database)
        assert [each for each in found if each != "seat.review"] == ["seat.ask", "seat.ask", "seat.answer"]


async def test_who_does_not_need_it_is_taken_out_by_an_admin(database: str) -> None:
    """The admins hear of the answer; nobody is removed before one of them has said why."""
    async with told(database) as story:
        await joined(story)
        await reviews(story, "lin", "@mei")
        await story.presses("lin", "问本人", channel="modal")
        await story.presses_soon("mei", "不需要了，让出")
        await story.reads("mei", "谢谢，名额会让出来")
        await story.reads("lin", "@mei 不再需要名额了", channel="admins")
        assert story.coze["users"]["mei"] in story.space.members
        await story.presses("lin", "看看名额", channel="admins")
        await story.sees_form("lin", "本人说不再需要了")
        await story.presses("lin", "移出…", channel="modal")
        await story.sees_form("lin", "移出之后", "@mei")
        assert not (await story.tries("submit", who="lin", fields={"理由": ""}))["ok"]
        await story.sends("lin", 理由="名额让给下一批")
        await story.sees_form("lin", "谁还需要名额", "正在把 @mei 移出团队")
        await story.reads("mei", "管理员把你移出了", "名额让给下一批")
        assert story.coze["users"]["mei"] not in story.space.members
        [doubt] = await asyncio.to_thread(doubts, database)
        assert doubt["state"] == "over"


async def test_a_stranger_is_kept_or_taken_out(database: str) -> None:
    """Nobody can be asked or told; the owner of the space is in doubt for nobody."""
    async with told(database) as story:
        for name in ("tom", "mei"):
            story.space.members[story.coze["users"][name]] = "member"
        form = await reviews(story, "lin", "小美", "没有在这里申请过")
        assert "问本人" not in form["plain"]
        await story.presses("lin", "保留", channel="modal", value="1:1")
        await story.sees_form("lin", "名额保留")
        await story.presses("lin", "移出…", channel="modal", value="2:1")
        await story.sees_form("lin", "不会通知任何人")
        await story.sends("lin", 理由="不认识这个账号")
        await story.sees_form("lin", "正在把")

        async def is_out() -> bool:
            return "seat.removed" in await asyncio.to_thread(noted, database)

        await story.waits(is_out, "the account is out")
        states = {each["nick"]: each["state"] for each in await asyncio.to_thread(doubts, database)}
        assert sorted(states.values()) == ["kept", "over"]


async def test_of_two_admins_one_decides(database: str) -> None:
    """Both see the same list; who comes second reads what the first has decided, and nothing changes."""
    async with told(database) as story:
        await joined(story)
        await reviews(story, "lin", "@mei")
        await reviews(story, "wang", "@mei")
        await story.presses("lin", "保留", channel="modal")
        await story.sees_form("lin", "@mei 的名额保留")
        await story.presses("wang", "问本人", channel="modal")
        await story.sees_form("wang", "@lin 已经决定保留 @mei 的名额")
        assert not [text for text in await story.texts("mei") if "需要团队的名额吗" in text]
        await story.presses("wang", "看保留的", channel="modal")
        await story.sees_form("wang", "@lin 保留到")
        await story.presses("wang", "重新决定", channel="modal")
        await story.sees_form("wang", "@mei 的名额重新待定")
        found = await asyncio.to_thread(noted, database)
        assert [each for each in found if each != "seat.review"] == ["seat.keep", "seat.anew"]


async def test_who_has_left_meanwhile_is_not_asked(database: str) -> None:
    """A question that waits is over when they leave; removing is left, as is keeping."""
    async with told(database) as story:
        await joined(story)
        await reviews(story, "lin", "@mei")
        await reviews(story, "wang", "@mei")
        await story.presses("wang", "问本人", channel="modal")
        await story.reads("mei", "你还需要团队的名额吗")
        await story.tries("user", who="mei", deleted=True)
        await story.reads("lin", "@mei", "账号停用", channel="admins")
        await story.presses("lin", "问本人", channel="modal")
        form = await story.sees_form("lin", "@mei", "已离开 Slack", "没有去问")
        assert "还没有回答" not in form["plain"]
        assert not (await story.tries("click", who="lin", label="再问一次", channel="modal"))["ok"]


async def test_forged_presses_change_nothing(database: str) -> None:
    """Members see no list and decide nothing; nobody answers for somebody else; rows that there are not are none."""
    async with told(database, "http") as story, httpx.AsyncClient(trust_env=False) as http:
        await joined(story)
        await reviews(story, "lin", "@mei")
        forger = Forger(story, http)
        before = await asyncio.to_thread(doubts, database)
        for action, value in (
            ("seat.review", ""),
            ("seat.list", "open:0"),
            ("seat.keep", "1:1"),
            ("seat.ask", "1:1"),
            ("seat.remove", "1:1"),
            ("seat.anew", "1:1"),
            ("seat.needed", "1"),
            ("seat.release", "1"),
            ("seat.release", "99"),
        ):
            assert await forger.presses("U0TOM", action, value) == 200
        assert await forger.submits("U0TOM", "seat.remove", "1:1") == 200
        for value in ("x", "9" * 30, "1", "99:1"):
            assert await forger.presses("U0LIN", "seat.keep", value) == 200
        await story.settles()
        assert await asyncio.to_thread(doubts, database) == before
        assert not (await story.screen("tom"))["modal"]
        assert not [text for text in await story.texts("tom") if "mei" in text]


async def test_a_list_that_cannot_be_read_is_said(database: str) -> None:
    """What is known without it is looked at all the same, and of strangers nothing is forgotten."""
    async with told(database) as story:
        story.space.members[story.coze["users"]["lin"]] = "member"
        await reviews(story, "lin", "林姐")
        await story.passes(advance=120)
        await story.goes_wrong("coze", "missing_permission", method="GET", times=None)
        await story.types("lin", "/sharge admin")
        await story.sees_form("lin", "管理台", "1 个待决定")
        await story.presses("lin", "看看", action_id="seat.review", channel="modal")
        await story.sees_form("lin", "成员名单没读到", "林姐")
