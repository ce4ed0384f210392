"""Which rows of work each verb means: those of its team, kind, subject and state, and no others."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.core.people import Person, Standing
from bot.store import job, people
from bot.store.database import FORGOTTEN_AT_ONCE, Database, Tx
from bot.store.tables import job as table

NOW = datetime(2026, 12, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEAM, OTHER = "T1", "T2"

Verb = Callable[[Tx], Awaitable[Any]]


async def wants(
    db: Database,
    kind: str = "draw",
    subject: str = "1",
    due: datetime = NOW + HOUR,
    *,
    team: str = TEAM,
    priority: int = job.SOON,
    payload: dict[str, Any] | None = None,
    **values: Any,
) -> None:
    """One row, with other values than it would begin with."""
    async with db.write() as tx:
        await job.enqueue(tx, team, kind, subject, due, priority, payload)
        if values:
            whose = (table.c.team_id == team, table.c.kind == kind, table.c.subject == subject)
            await tx.conn.execute(update(table).where(*whose).values(**values))


async def does(db: Database, verb: Verb) -> bool:
    """Whether somebody is woken by it."""
    woken: list[bool] = []
    db.on_work = lambda: woken.append(True)
    async with db.write() as tx:
        await verb(tx)
    return bool(woken)


async def rows(db: Database) -> dict[str, Any]:
    """All of them by team, kind and subject."""
    async with db.read() as conn:
        found = await conn.execute(select(table).order_by(table.c.id))
        return {f"{row.team_id} {row.kind} {row.subject}": row for row in found}


async def changed(db: Database, verb: Verb) -> set[str]:
    """The rows that are another afterwards, or gone."""
    before = await rows(db)
    await does(db, verb)
    after = await rows(db)
    return {name for name in before if before[name] != after.get(name)}


async def test_what_is_wanted_stands_there_whole(db: Database) -> None:
    assert await does(db, lambda tx: job.enqueue(tx, TEAM, "draw", "1", NOW, job.WHENEVER, {"a": 1}))
    (row,) = (await rows(db)).values()
    assert (row.state, row.fence, row.generation, row.attempts) == ("due", 0, 1, 0)
    assert (row.due_at, row.priority, row.payload, row.last_error) == (NOW, job.WHENEVER, {"a": 1}, None)
    await does(db, lambda tx: job.enqueue(tx, TEAM, "draw", "1", NOW + HOUR, job.SOMEBODY_WAITS))
    (row,) = (await rows(db)).values()
    assert (row.due_at, row.priority, row.payload, row.generation) == (NOW + HOUR, job.SOMEBODY_WAITS, None, 2)


@pytest.mark.parametrize(("state", "priority"), [("due", job.SOON), ("leased", job.SOON), ("done", job.WHENEVER)])
async def test_a_wish_is_never_less_urgent_than_what_still_waits(db: Database, state: str, priority: int) -> None:
    await wants(db, priority=job.SOON, state=state, attempts=3, last_error="x")
    await does(db, lambda tx: job.enqueue(tx, TEAM, "draw", "1", NOW, job.WHENEVER))
    (row,) = (await rows(db)).values()
    assert (row.priority, row.attempts, row.last_error) == (priority, 0, None)
    assert row.state == ("leased" if state == "leased" else "due")


async def test_what_recurs_is_planned_once(db: Database) -> None:
    await does(db, lambda tx: job.ensure(tx, TEAM, "check", "weekly", NOW))
    (row,) = (await rows(db)).values()
    assert (row.state, row.fence, row.generation, row.attempts) == ("due", 0, 1, 0)
    assert (row.due_at, row.priority) == (NOW, job.WHENEVER)
    assert await changed(db, lambda tx: job.ensure(tx, TEAM, "check", "weekly", NOW + HOUR)) == set()
    await wants(db, "check", "weekly", NOW, state="dead", attempts=12)
    await does(db, lambda tx: job.ensure(tx, TEAM, "check", "weekly", NOW + HOUR))
    (row,) = (await rows(db)).values()
    assert (row.state, row.attempts, row.due_at) == ("due", 0, NOW + HOUR)


async def test_guides_look_again_at_once(db: Database) -> None:
    assert await does(db, lambda tx: job.guides(tx, TEAM, "U0MEI", NOW))
    ((name, row),) = (await rows(db)).items()
    assert (name, row.due_at, row.priority) == (f"{TEAM} guides U0MEI", NOW, job.SOMEBODY_WAITS)


async def lives(db: Database, user_id: str, *, team: str = TEAM, admin: bool = False) -> None:
    """Somebody with a Home that was drawn."""
    who = (team, user_id, user_id, "en-US", "UTC", Standing.MEMBER)
    async with db.write() as tx:
        await people.save(tx, Person(*who, admin=admin, seen_at=NOW))
    await wants(db, job.HOME, user_id, NOW - HOUR, team=team, state="done", attempts=2)


async def shows(db: Database, *users: str, at: datetime = NOW) -> bool:
    """These people's Homes show something else now; whether somebody is woken."""

    async def verb(tx: Tx) -> None:
        for user in users:
            tx.invalidate(TEAM, user, at)
        await job.homes(tx)

    return await does(db, verb)


async def test_homes_are_drawn_again_of_whom_it_is_about_and_of_admins(db: Database) -> None:
    for user in ("U0MEI", "U0TOM"):
        await lives(db, user)
    await lives(db, "U0LIN", admin=True)
    await lives(db, "U0MEI", team=OTHER)
    await lives(db, "U0ZOE", team=OTHER, admin=True)
    await wants(db, "draw", "U0MEI", state="done")
    before = await rows(db)
    assert await shows(db, "U0MEI", "U0NOBODY")
    after = await rows(db)
    drawn = {name for name in before if after[name] != before[name]}
    assert drawn == {f"{TEAM} home U0MEI", f"{TEAM} home U0LIN"}
    for name in drawn:
        row = after[name]
        assert (row.state, row.due_at, row.attempts) == ("due", NOW, 0)
        assert row.generation == before[name].generation + 1


async def test_a_home_that_is_drawn_just_now_is_drawn_once_more(db: Database) -> None:
    await lives(db, "U0MEI")
    await wants(db, job.HOME, "U0MEI", state="leased")
    await shows(db, "U0MEI")
    (row,) = (await rows(db)).values()
    assert (row.state, row.generation) == ("leased", 3)


async def test_where_nobody_has_opened_home_nobody_is_woken(db: Database) -> None:
    assert not await shows(db, "U0MEI")


async def test_what_nobody_wants_any_more_is_cancelled(db: Database) -> None:
    for subject in ("7:a", "7:b", "7", "71:a"):
        await wants(db, subject=subject)
    await wants(db, "other", "7:a")
    await wants(db, subject="7:a", team=OTHER)
    await wants(db, subject="7:leased", state="leased")
    assert await changed(db, lambda tx: job.cancel_all(tx, TEAM, "draw", "7:")) == {
        f"{TEAM} draw 7:a",
        f"{TEAM} draw 7:b",
    }
    assert await changed(db, lambda tx: job.cancel_all(tx, TEAM, "draw", "7", exact=True)) == {f"{TEAM} draw 7"}
    assert {row.state for name, row in (await rows(db)).items() if "7:b" in name} == {"cancelled"}


async def test_what_was_put_off_is_hastened(db: Database) -> None:
    await wants(db, "remind", "1")
    await wants(db, "check", "1")
    await wants(db, "draw", "1")
    await wants(db, "remind", "1", team=OTHER)
    await wants(db, "remind", "past", NOW - HOUR)
    await wants(db, "remind", "now", NOW)
    await wants(db, "remind", "over", state="done")
    before = await rows(db)
    hastened = {f"{TEAM} remind 1", f"{TEAM} check 1"}
    assert await changed(db, lambda tx: job.hasten(tx, TEAM, ["remind", "check"], NOW)) == hastened
    after = await rows(db)
    for name in hastened:
        assert (after[name].due_at, after[name].generation) == (NOW, before[name].generation + 1)
    assert await does(db, lambda tx: job.hasten(tx, TEAM, ["remind"], NOW)), "it can't tell whether there was any"


async def test_what_waits_is_released_in_its_team_alone(db: Database) -> None:
    for subject, team, error in (("1", TEAM, "no rights"), ("2", TEAM, "other"), ("1", OTHER, "no rights")):
        await wants(db, subject=subject, team=team, last_error=error)
    await wants(db, subject="dead", state="dead", last_error="no rights")
    async with db.read() as conn:
        assert await job.held(conn, TEAM, ["no rights"]) == 1
        assert await job.held(conn, TEAM, ["no rights", "other"]) == 2
        assert await job.held(conn, "T9", ["no rights"]) == 0
        assert (await job.dead(conn, TEAM), await job.dead(conn, OTHER)) == (1, 0)
    assert await changed(db, lambda tx: job.release(tx, TEAM, ["no rights"], NOW)) == {f"{TEAM} draw 1"}


async def test_what_a_job_has_to_know_is_told(db: Database) -> None:
    await wants(db, payload={"a": 1})
    await wants(db, subject="2")
    async with db.read() as conn:
        assert await job.payload(conn, TEAM, "draw", "1") == {"a": 1}
        for whose in ((TEAM, "draw", "2"), (TEAM, "draw", "3"), (OTHER, "draw", "1"), (TEAM, "other", "1")):
            assert await job.payload(conn, *whose) == {}


async def test_what_comes_next_is_the_earliest_that_somebody_would_notice(db: Database) -> None:
    """Also what is under way; not what is done whenever there is time, nor what is over."""

    async def due() -> datetime | None:
        async with db.read() as conn:
            return await job.next_due(conn)

    assert await due() is None
    await wants(db, "purge", "daily", NOW - HOUR, priority=job.WHENEVER)
    await wants(db, "purge", "now", NOW - HOUR, priority=job.WHENEVER, state="leased")
    await wants(db, "draw", "done", NOW - HOUR, state="done")
    assert await due() is None
    await wants(db, "draw", "later", NOW + 3 * HOUR)
    await wants(db, "draw", "soon", NOW + 2 * HOUR)
    assert await due() == NOW + 2 * HOUR
    await wants(db, "draw", "waited for", NOW + HOUR, priority=job.SOMEBODY_WAITS)
    assert await due() == NOW + HOUR
    await wants(db, "draw", "under way", NOW, state="leased")
    assert await due() == NOW


async def test_the_next_and_the_coming_are_of_one_team_and_kind(db: Database) -> None:
    await wants(db, subject="1:a", due=NOW)
    await wants(db, subject="1:b", due=NOW + HOUR)
    for team, kind in ((OTHER, "draw"), (TEAM, "other")):
        await wants(db, kind, "1:0", NOW - HOUR, team=team)
    for subject, state in (("1:c", "done"), ("1:d", "cancelled"), ("1:e", "dead")):
        await wants(db, subject=subject, due=NOW - HOUR, state=state)
    await wants(db, subject="1:f", due=NOW - HOUR, state="leased")
    async with db.read() as conn:
        assert await job.waiting(conn, TEAM, "draw", "1:") == NOW
        assert await job.planned(conn, TEAM, "draw", "1:") == {"1:a": NOW, "1:b": NOW + HOUR}
        assert await job.coming(conn, TEAM, "draw", ["1:"], NOW) == {"1:a": NOW, "1:f": NOW - HOUR}


async def test_what_is_over_is_forgotten_and_homes_later(db: Database) -> None:
    long_ago = NOW - job.HOMES_STAY - HOUR
    for number, state in enumerate(("done", "cancelled", "due", "leased", "dead")):
        await wants(db, subject=f"old {number}", due=NOW - HOUR, state=state)
    await wants(db, subject="new", due=NOW, state="done")
    await wants(db, job.HOME, "U0MEI", NOW - HOUR, state="done")
    await wants(db, job.HOME, "U0TOM", long_ago, state="done")
    assert await changed(db, lambda tx: job.purge(tx, NOW)) == {
        f"{TEAM} draw old 0",
        f"{TEAM} draw old 1",
        f"{TEAM} home U0TOM",
    }


async def test_only_so_many_are_forgotten_at_once(db: Database) -> None:
    row = {"team_id": TEAM, "kind": "draw", "priority": job.SOON, "fence": 0, "attempts": 0, "generation": 1}
    many = [
        {**row, "subject": str(number), "due_at": NOW - HOUR * number, "state": "done"}
        for number in range(1, FORGOTTEN_AT_ONCE + 2)
    ]
    async with db.write() as tx:
        await tx.conn.execute(table.insert(), many)
        assert await job.purge(tx, NOW), "there may be more"
    assert set(await rows(db)) == {f"{TEAM} draw 1"}, "the oldest first"
    async with db.write() as tx:
        assert not await job.purge(tx, NOW)
    assert await rows(db) == {}


async def test_each_lane_is_taken_from_its_earliest_on(db: Database) -> None:
    """The urgent lane first, then by time, then as they were wanted; never what another one has, or is to come."""
    for subject, due, priority in (
        ("c", NOW - HOUR, job.SOON),
        ("a", NOW, job.SOMEBODY_WAITS),
        ("e", NOW - 3 * HOUR, job.WHENEVER),
        ("b", NOW - 2 * HOUR, job.SOON),
        ("d", NOW - HOUR, job.SOON),
        ("later", NOW + timedelta(seconds=1), job.SOMEBODY_WAITS),
    ):
        await wants(db, subject=subject, due=due, priority=priority)
    async with db.write() as tx:
        first = await job.claim(tx, NOW, 2)
    assert [row.subject for row in first] == ["a", "b"]
    assert {(row.fence, row.attempts, row.team_id, row.kind) for row in first} == {(1, 1, TEAM, "draw")}
    async with db.write() as tx:
        assert [row.subject for row in await job.claim(tx, NOW, 10)] == ["c", "d", "e"]
        assert await job.claim(tx, NOW, 10) == []
