"""The stored list of agents, on both databases: who finds what, and what a renewal adds, keeps and takes away."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.agent_list import GIVEN_UP, Reading, plain
from bot.store import agent_list as store
from bot.store.agent_list import Own, Place
from bot.store.database import Database

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)
HERE = Place("T1", "75", "")
OTHERS = (Place("T2", "75", ""), Place("T1", "76", ""), Place("T1", "75", "U0MEI"))


def row(agent_id: str, name: str, owner: str = "7", changed: datetime | None = NOW) -> dict[str, Any]:
    facts = {"updated_at": changed, "published_at": None}
    return {"agent_id": agent_id, "name": name, "plain": plain(name), "owner_uid": owner, **facts}


async def kept(db: Database, place: Place, rows: list[dict[str, Any]], at: datetime = NOW) -> None:
    async with db.write() as tx:
        await store.keep(tx, place, rows, at)


async def finished(db: Database, at: datetime, total: int, *, is_steady: bool = True) -> None:
    async with db.write() as tx:
        await store.finish(tx, HERE, Reading(at, 2, total, total, is_steady))


async def found(db: Database, text: str = "", own: Own | None = None, most: int = 100) -> list[str]:
    async with db.read() as conn:
        return [each.agent_id for each in await store.search(conn, HERE, own, plain(text), most)]


async def test_parts_of_names_are_found_however_written(db: Database) -> None:
    """Whole names first, then beginnings, then what was changed last; signs of a pattern are letters here."""
    old, new = NOW - timedelta(days=1), NOW
    rows = [
        row("1", "大博物馆讲解员", changed=new),
        row("2", "讲解员", changed=old),
        row("3", "讲解员二代", changed=None),
        row("4", "讲解员三代", changed=old),
        row("5", "100%_Ｍｕｓｅｕｍ"),
    ]
    await kept(db, HERE, rows)
    for place in OTHERS:
        await kept(db, place, [row("9", "讲解员")])
    assert await found(db, "讲解员") == ["2", "4", "3", "1"]
    assert await found(db, "MUSEUM") == await found(db, "0%_m") == ["5"]
    assert await found(db, "0__m") == await found(db, "讲%员") == []
    assert await found(db, "3") == ["3"]
    assert await found(db) == ["1", "5", "2", "4", "3"]
    assert await found(db, most=2) == ["1", "5"]


async def test_who_sees_which(db: Database) -> None:
    """Those of the account and those made for somebody; an agent without an owner is nobody's."""
    await kept(db, HERE, [row("1", "a", "7"), row("2", "b", "8"), row("3", "c", ""), row("4", "d", "9")])
    assert await found(db, own=Own("7")) == ["1"]
    assert await found(db, own=Own("7", frozenset({"4"}))) == ["1", "4"]
    assert await found(db, own=Own("", frozenset())) == []
    assert len(await found(db)) == 4


async def test_a_renewal_takes_away_what_is_gone(db: Database) -> None:
    """Only one that has seen all that one list promised; and none takes what a later one has listed."""
    await kept(db, HERE, [row("1", "a"), row("2", "b")])
    await finished(db, NOW, 2)
    await kept(db, HERE, [row("2", "b, renamed")], LATER)
    await finished(db, LATER, 2)
    assert await found(db) == ["1", "2"]
    await finished(db, LATER, 1, is_steady=False)
    assert await found(db) == ["1", "2"]
    await kept(db, HERE, [row("2", "b of an older page")], NOW)
    await finished(db, LATER, 1)
    assert await found(db) == ["2"]
    async with db.read() as conn:
        state, agent = await store.load(conn, HERE), await store.find(conn, HERE, "2")
    assert (state.agents, state.listed_at, state.begun_at, state.error) == (1, LATER, None, None)
    assert agent
    assert agent.name == "b, renamed"


async def test_what_broke_off_leaves_all(db: Database) -> None:
    """It says why, and somebody else may begin."""
    await kept(db, HERE, [row("1", "a"), row("2", "b")])
    await finished(db, NOW, 2)
    async with db.write() as tx:
        assert await store.begin(tx, HERE, LATER)
        assert not await store.begin(tx, HERE, LATER)
        await store.keep(tx, HERE, [row("3", "c")], LATER)
        await store.fail(tx, HERE, "E17")
    assert await found(db) == ["1", "2", "3"]
    async with db.write() as tx:
        state = await store.load(tx.conn, HERE)
        assert (state.listed_at, state.begun_at, state.error) == (NOW, None, "E17")
        assert await store.begin(tx, HERE, LATER)
        assert await store.begin(tx, HERE, LATER + GIVEN_UP)


async def test_a_page_with_one_agent_twice_is_kept(db: Database) -> None:
    await kept(db, HERE, [row("1", "a"), row("1", "a again")])
    await kept(db, HERE, [])
    assert await found(db) == ["1"]
