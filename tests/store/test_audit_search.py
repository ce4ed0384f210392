"""The audit looked through, on both databases: who finds what, in which order, and by which index."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.core.publish import PublicationState
from bot.store import audit, audit_search
from bot.store.audit_search import Wanted
from bot.store.database import Database
from bot.store.tables import publication

TEAM = "T1"
NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
EVER = NOW - timedelta(days=30)


async def filled(db: Database) -> None:
    """Mei publishes one agent and Tom another; an admin does something about each, and something else."""
    async with db.write() as tx:
        for number, (user_id, agent_id, name) in enumerate(
            [("U0MEI", "75301", "博物馆讲解员"), ("U0TOM", "75302", "R&D_100%")], 1
        ):
            row: dict[str, Any] = {"id": number, "team_id": TEAM, "user_id": user_id, "agent_id": agent_id}
            where = {"workspace_id": "7", "connector_id": "1", "state": PublicationState.ONLINE, "created_at": NOW}
            await tx.conn.execute(insert(publication).values(**row, **where, agent_name=name))
            await audit.note(tx, TEAM, NOW, user_id, "publish.confirm", f"publish:{number}")
            await audit.note(tx, TEAM, NOW, "U0LIN", "publish.unpublish", f"publish:{number}")
        await audit.note(tx, TEAM, NOW - timedelta(days=40), "U0MEI", "join.ask", "join:1")
        await audit.note(tx, "T2", NOW, "U0MEI", "join.ask", "publish:1")
        await audit.note(tx, TEAM, NOW + timedelta(hours=1), None, "calls.stop", "calls:261201")


async def found(db: Database, wanted: Wanted, offset: int = 0, limit: int = 10) -> list[tuple[str | None, str]]:
    """Who did what, newest first."""
    async with db.read() as conn:
        deeds = await audit_search.find(conn, TEAM, wanted, offset, limit)
    return [(each.entry.actor, each.entry.action) for each in deeds]


async def test_everything_newest_first_by_pages(db: Database) -> None:
    """What is older than wanted, and another team's, is left out."""
    await filled(db)
    everything = await found(db, Wanted(EVER))
    assert everything[0] == (None, "calls.stop")
    assert len(everything) == 5
    pages = [await found(db, Wanted(EVER), offset, 2) for offset in (0, 2, 4, 6)]
    assert pages == [everything[:2], everything[2:4], everything[4:], []]
    assert len(await found(db, Wanted(EVER - timedelta(days=30)))) == 6


async def test_somebodys_own_deeds_and_what_was_done_about_their_matters(db: Database) -> None:
    """An admin's deed about Mei's agent is hers too, and stands once."""
    await filled(db)
    assert await found(db, Wanted(EVER, "U0MEI")) == [("U0LIN", "publish.unpublish"), ("U0MEI", "publish.confirm")]
    assert await found(db, Wanted(EVER, "U0LIN")) == [("U0LIN", "publish.unpublish")] * 2
    assert await found(db, Wanted(EVER, "U0NOBODY")) == []


async def test_an_agent_by_its_id_and_by_a_part_of_its_name(db: Database) -> None:
    """Signs of a pattern are letters; with a person besides, only what has both."""
    await filled(db)
    of_tom = [("U0LIN", "publish.unpublish"), ("U0TOM", "publish.confirm")]
    for agent in ("75302", "r&d_", "100%"):
        assert await found(db, Wanted(EVER, agent=agent)) == of_tom
    assert await found(db, Wanted(EVER, agent="d%1")) == []
    assert await found(db, Wanted(EVER, "U0LIN", "讲解")) == [("U0LIN", "publish.unpublish")]
    assert await found(db, Wanted(EVER, "U0TOM", "讲解")) == []


async def test_whose_matter_it_was_is_told(db: Database) -> None:
    """With the agent's name."""
    await filled(db)
    async with db.read() as conn:
        first, *_ = await audit_search.find(conn, TEAM, Wanted(EVER, agent="75301"), 0, 10)
    assert (first.about.user_id, first.about.name) == ("U0MEI", "博物馆讲解员")
