"""A database filled by the version before: what was under way goes on, nothing is lost and nothing is doubled."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import and_, func, or_, select, update

from bot.core.remind import ENDED
from bot.demo.setup import setup
from bot.store import schema
from bot.store.database import Database
from bot.store.tables import job
from tests.databases import KINDS, fresh
from tests.slack.bot import LIN, MEI, awake
from tests.stories.story import Story, told
from tests.version_before import MESSAGES, NOW, also, as_it_stood, contents, fill, rows_before

Json = dict[str, Any]

HELD = next(row["id"] for row in rows_before("work") if row["lease_until"] == 9e9)  # the one that has not ended
DECIDED = ("join:3", "join:4")  # what waited for lin


def upgraded(url: str) -> None:
    """Filled by the version before, and brought to head."""
    fill(url)
    schema.migrate(url)


@pytest.fixture(params=KINDS)
def filled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of the version before, brought to head; it was left a moment ago."""
    with fresh(request.param, tmp_path, upgraded) as url:
        asyncio.run(lease_until(url, time.time() + 100.0))
        yield url


@asynccontextmanager
async def goes_on(database: str) -> AsyncIterator[Story]:
    """Today's bot starts on it, in the chat that the version before has written to."""
    async with told(database, start=NOW, about=replace(setup(), chat=as_it_stood)) as story:
        yield story


async def settles(story: Story) -> dict[str, list[Json]]:
    """Waits until nothing is due any more; all rows then."""
    db = Database(story.database)

    async def quiet() -> bool:
        due = and_(job.c.state == "due", job.c.due_at <= await story.now())
        held = and_(job.c.state == "leased", job.c.id != HELD)
        async with db.read() as conn:
            return not await conn.scalar(select(func.count()).where(or_(due, held)))

    try:
        await story.waits(quiet, "everything that was due is done")
    finally:
        await db.close()
    return contents(story.database)


async def lease_until(url: str, moment: float) -> None:
    """When the lease that has not ended will, in seconds since 1970."""
    db = Database(url)
    async with db.write() as tx:
        await tx.conn.execute(update(job).where(job.c.id == HELD).values(lease_until=moment))
    await db.close()


def picked(row: Json, *names: str) -> tuple[Any, ...]:
    """Some of a row."""
    return tuple(row[name] for name in names)


def deeds(rows: dict[str, list[Json]], subject: str) -> Counter[tuple[str, str | None]]:
    """How often who did what to a matter."""
    return Counter((row["action"], row["actor"]) for row in rows["audit"] if row["subject"] == subject)


async def test_decisions_that_waited_happen_once(filled: str) -> None:
    """Lin's approval and lin's refusal, each once and in lin's name; both people hear of it."""
    async with goes_on(filled) as story:
        await story.reads("lin", "@tom", "等对方", channel="admins")
        await story.reads("wang", "请先写清楚用途。")
        rows = await settles(story)
        assert deeds(rows, "join:3")["join.approved", LIN] == 1
        assert deeds(rows, "join:4")["join.declined", LIN] == 1
        fresh_ones = len(rows["message"]) - len(rows_before("message"))
        assert len(await story.calls("chat.postMessage")) == fresh_ones + len(await story.calls("chat.delete"))
        assert [row["state"] for row in rows["join_request"]] == ["joined", "info_requested", "invited", "declined"]
        assert list(story.space.invitations) == [story.coze["users"]["tom"]]


async def test_cards_are_redrawn_where_they_stand(filled: str) -> None:
    """Each kept its place, but those of whom something had to be heard; mei's read what mei chose last."""
    async with goes_on(filled) as story:
        rows = await settles(story)
        posted = [row["ts"] for row in rows["message"]]
        moved = {row["ts"] for row in rows_before("message")} - set(posted)
        assert len(moved) == len(await story.calls("chat.delete")) == 3, "mei's, tom's and wang's request"
        assert len(posted) == len(set(posted))
        chat = story.world.world.chat
        shown = [message.ts for conversation in chat.messages.values() for message in conversation]
        assert sorted(shown) == sorted(posted)
        (guide,) = (row["ts"] for row in rows["message"] if row["subject"] == "guide:1")
        (card,) = (each["plain"] for each in (await story.screen("mei"))["dm"] if each["ts"] == guide)
        assert "Step 1 of 5" in card


async def test_jobs_go_on(filled: str) -> None:
    """Whose lease has ended is taken up once, who holds one keeps it, the dead stay dead, the rest waits its time.

    That a token has ended is planned anew: for the morning after, in Shanghai.
    """
    before = rows_before("work")
    ended = [row for row in before if row["state"] == "leased" and row["id"] != HELD]
    untouched = [row for row in before if row["state"] in ("leased", "dead") and row not in ended]
    waiting = [row for row in before if row["state"] == "due" and row["kind"] in ("remind", "check", "wait")]
    ends = [row for row in waiting if row["subject"].endswith(f":{ENDED}")]
    planned = [row for row in waiting if row not in ends]
    async with goes_on(filled) as story:
        after = {row["id"]: row for row in (await settles(story))["job"]}
    assert [after[row["id"]]["due_at"][11:16] for row in ends] == ["01:30"]
    taken_up = [(row["id"], "done", row["fence"] + 1, row["attempts"] + 1) for row in ended]
    assert taken_up == [picked(after[row["id"]], "id", "state", "fence", "attempts") for row in ended]
    for rows, names in (
        (untouched, ("state", "fence")),  # a drawing of mei's is wanted anew: mei is asked for a proof
        ([row for row in planned if row["subject"] not in DECIDED], ("state", "fence", "due_at")),
    ):
        assert rows
        assert [picked(row, *names) for row in rows] == [picked(after[row["id"]], *names) for row in rows]


async def test_what_was_planned_comes_in_its_time(filled: str) -> None:
    """The review's end and the token's reminder, each once."""
    async with goes_on(filled) as story:
        await lease_until(story.database, 0.0)  # whoever held it has died, so that nothing is due for ever
        await story.on_coze("invite", name="owner", user="mei")
        await story.on_coze("user", name="mei", accept_invitation=True)
        publication = rows_before("publication")[0]
        state = story.world.coze.state
        agent = state.add_bot("夜航员", story.space, story.coze["users"]["mei"], bot_id=publication["agent_id"])
        made = state.publish(agent, story.coze["users"]["mei"], [publication["connector_id"]])
        reviewed = agent.publications[publication["connector_id"]]
        made.version = reviewed.version = publication["version"]  # the one that the bot waits for
        reviewed.state = "reviewing"
        await story.on_coze("review", bot_id=agent.id, verdict="passed")
        await story.reads_in_time("mei", "🎉", "夜航员", "live")
        await story.passes(to="2040-03-28T09:29+08:00")
        await story.passes(advance=120)
        await story.reads("mei", "拍拍镜-试用", "7 days")
        rows = await settles(story)
        assert [row["kind"] for row in rows["message"] if row["subject"] == "credential:1"] == ["card", "t7"]
        assert len([row for row in rows["message"] if row["subject"] == "publish:1"]) == 1


async def test_who_joined_without_a_proof_is_asked_once(filled: str) -> None:
    """Whoever accepted mei's invitation, nobody is removed; mei is asked for a proof, and admins read of how many."""
    async with goes_on(filled) as story:
        await story.reads("mei", "verify once that your Coze account is yours", "You stay in the team")
        await story.types("lin", "/sharge status")
        await story.reads("lin", "1 位成员还没验证扣子账号")
        await story.types("lin", "/sharge queue unproven")
        await story.reads("lin", "@mei", "账号由我们邀请，未验证", "共 1 份")
        await story.presses("mei", "Verify my account")
        await story.presses_soon("mei", "Use a token")
        await story.sees_form("mei", "Your own token")
        token = (await story.on_coze("token", name="mei"))["token"]
        await story.sends("mei", **{"account.token": token})
        await story.reads("mei", "You have joined ShargeAI", "account verified")
        rows = await settles(story)
        assert [row["grade"] for row in rows["join_request"] if row["id"] == 1] == ["proven"]
        before = len(await story.texts("lin"))
        await story.types("lin", "/sharge status")

        async def answered() -> bool:
            return len(await story.texts("lin")) > before

        await story.waits(answered, "lin reads the status")
        assert "还没验证" not in (await story.texts("lin"))[-1]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_claim_of_before_to_anothers_account_goes_back(kind: str, tmp_path: Path) -> None:
    """Somebody else had shown the account that mei joined with: mei is asked for her own, and publishes nothing."""
    owner = {**rows_before("person")[0], "user_id": "U0YAN", "coze_uid": rows_before("join_request")[0]["coze_uid"]}
    with fresh(kind, tmp_path, fill) as url:
        also(url, "person", owner)
        schema.migrate(url)
        async with goes_on(url) as story:
            await story.reads("mei", "Enter your own Coze account", "belongs to somebody else")
            await story.reads("lin", "等对方填账号", "@mei", channel="admins")
            await story.types("mei", "/sharge publish")
            await story.sees_form("mei", "Only members of the ShargeAI team")
            rows = await settles(story)
            assert picked(rows["join_request"][0], "state", "coze_uid", "grade") == ("pending", "", "typed")


async def test_a_button_of_before_acts(filled: str) -> None:
    """Lin's answer, by a button that the version before has drawn; its card is redrawn."""
    async with goes_on(filled) as story:
        await settles(story)
        await story.presses("lin", "回答")
        await story.sends("lin", 回答="念给奶奶听")
        await story.reads("lin", "@lin", "念给奶奶听", channel="admins")


async def test_a_repeated_delivery_is_still_known(filled: str) -> None:
    """What Slack brought before the upgrade and brings again changes nothing and is answered by nothing."""
    known = rows_before("seen")[-1]["key"]
    async with awake(filled) as bot:
        assert (await bot.types(MEI, "help", known)).body == {}
        assert (await bot.types(MEI, "help")).body
    assert len(MESSAGES) == len(rows_before("message"))
