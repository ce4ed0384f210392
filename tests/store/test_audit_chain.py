"""The chain of the audit in the database: sealed by several at once, cut, erased in, and tampered with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import OperationalError

from bot.clock import Clock, utc_now
from bot.core.audit_chain import Fault
from bot.core.people import DELETED
from bot.core.refusal import Reason
from bot.services.audit_chain import AuditChain, Report, verify
from bot.store import audit, audit_chain, refusal
from bot.store import personal_data as personal
from bot.store.database import Database, is_away
from bot.store.tables import audit as lines
from bot.store.tables import audit_chain as places
from bot.store.tables import audit_tombstone as tombstones
from tests.databases import KINDS, fresh

TEAM = "T1"
NOW = utc_now()


class Moved(Clock):
    """A clock that is set."""

    at = NOW

    def now(self) -> datetime:
        """Simulated time."""
        return self.at


@pytest.fixture(params=KINDS)
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An open database."""
    with fresh(request.param, tmp_path) as url:
        opened = Database(url)
        yield opened
        await opened.close()


async def note(db: Database, count: int, at: datetime = NOW, actor: str = "U0LIN", action: str = "join.ask") -> None:
    """So many lines of somebody's."""
    async with db.write() as tx:
        for number in range(count):
            await audit.note(tx, TEAM, at, actor, action, f"join:{number}", words="好", number=number)


def chain(db: Database, days: int = 365) -> AuditChain:
    """What seals."""
    return AuditChain(db, Moved(), days)


async def walked(db: Database, anchor: str = "") -> Report:
    """What a walk along the chain finds."""
    return await verify(db, lambda _done, _of: None, anchor)


async def found(db: Database) -> tuple[Fault, int] | None:
    """The first wrong place."""
    wrong = (await walked(db)).wrong
    return (wrong.fault, wrong.seq) if wrong else None


async def run(db: Database, *statements: Any) -> None:
    """Somebody at the database, past the bot."""
    async with db.write() as tx:
        for each in statements:
            await tx.conn.execute(each)


async def erase(db: Database, user_id: str) -> int:
    """The bot deletes a person from the audit; the line that tells of it."""
    async with db.write() as tx:
        marks = await personal.erase(tx, TEAM, user_id, set(), NOW)
        return await audit_chain.bury(tx, TEAM, NOW, DELETED, marks)


async def note_in_the_end(db: Database, count: int) -> None:
    """The same, however often SQLite is locked by others for longer than one waits: nothing was written then."""
    while True:
        try:
            return await note(db, count)
        except OperationalError as error:
            if not is_away(error):
                raise


async def test_lines_get_their_links_in_the_order_in_which_they_come(db: Database) -> None:
    """In bounded batches; what is committed later with a lower number gets the next link."""
    await note(db, audit_chain.BATCH + 3)
    async with db.write() as tx:
        assert await audit_chain.append(tx) == audit_chain.BATCH
    assert (await walked(db)).unsealed == 3
    await chain(db).seal()
    await run(db, insert(lines).values(id=-5, team_id=TEAM, at=NOW, actor=None, action="x", subject="late"))
    await chain(db).seal()
    async with db.read() as conn:
        late = await conn.scalar(select(lines.c.seq).filter_by(id=-5))
    report = await walked(db)
    assert (report.wrong, report.count, report.unsealed) == (None, audit_chain.BATCH + 4, 0)
    assert late == report.head.seq


async def test_several_seal_at_once(db: Database) -> None:
    """While others write: every line has one link, and the chain is whole."""
    async with AsyncExitStack() as stack:
        everybody = [db, *(Database(db.url.render_as_string(hide_password=False)) for _ in range(3))]
        for each in everybody[1:]:
            stack.push_async_callback(each.close)
        writing = [note_in_the_end(each, 40) for _ in range(5) for each in everybody]
        sealing = [chain(each).seal() for _ in range(5) for each in everybody]
        await asyncio.gather(*(each for pair in zip(writing, sealing, strict=True) for each in pair))
    await chain(db).seal()
    report = await walked(db)
    assert (report.wrong, report.count, report.unsealed) == (None, 800, 0)


async def test_what_somebody_is_changing_is_sealed_after(tmp_path: Path) -> None:
    """On PostgreSQL a deletion and a worker may be at one line: whoever is later sees what the other has done."""
    with fresh("postgresql", tmp_path) as url:
        db = Database(url)
        await note(db, 3)
        async with db.write() as tx:
            marks = await personal.erase(tx, TEAM, "U0LIN", set(), NOW)
            await chain(db).seal()
            assert (await walked(db)).count == 0
            await audit_chain.bury(tx, TEAM, NOW, DELETED, marks)
        await chain(db).seal()
        report = await walked(db)
        assert (report.wrong, report.count, report.tombstones) == (None, 4, 0)
        await db.close()


SEALED = 12


async def sealed(db: Database) -> None:
    """A chain with lines of two people, of whom one has been deleted."""
    await note(db, 6)
    await note(db, 4, actor="U0MEI")
    await chain(db).seal()
    await erase(db, "U0MEI")
    await note(db, 1)
    await chain(db).seal()
    report = await walked(db)
    assert (report.wrong, report.count, report.tombstones) == (None, SEALED, 4)


def at(seq: int) -> Any:
    """That link."""
    return lines.c.seq == seq


FIRST_ERASED = select(tombstones.c.id).order_by(tombstones.c.id).limit(1).scalar_subquery()
PUT_BACK = update(places).where(places.c.name == "head").values(seq=SEALED - 1)

TAMPERED: dict[str, tuple[tuple[Any, ...], Fault, int]] = {
    "who": ((update(lines).where(at(3)).values(actor="U0EVE"),), Fault.CHANGED, 3),
    "when": ((update(lines).where(at(3)).values(at=NOW - timedelta(hours=1)),), Fault.CHANGED, 3),
    "what was said": ((update(lines).where(at(3)).values(detail={"words": "坏"}),), Fault.CHANGED, 3),
    "what an erased line is": ((update(lines).where(at(8)).values(action="join.approved"),), Fault.CHANGED, 8),
    "who an erased line names": ((update(lines).where(at(8)).values(actor="U0EVE"),), Fault.TOMBSTONE, 8),
    "missing": ((delete(lines).where(at(3)),), Fault.MISSING, 3),
    "missing, closed up": (
        (delete(lines).where(at(3)), *(update(lines).where(at(n)).values(seq=n - 1) for n in range(4, SEALED + 1))),
        Fault.CHANGED,
        3,
    ),
    "made anew": ((update(lines).where(at(3)).values(seq=None, salt=None, hash=None),), Fault.MISSING, 3),
    "exchanged": (
        (
            update(lines).where(at(3)).values(seq=-1),
            update(lines).where(at(4)).values(seq=3),
            update(lines).where(at(-1)).values(seq=4),
        ),
        Fault.CHANGED,
        3,
    ),
    "inserted": (
        (
            *(update(lines).where(at(n)).values(seq=n + 1) for n in range(SEALED, 3, -1)),
            insert(lines).values(team_id=TEAM, at=NOW, action="x", subject="y", seq=4, salt="0" * 32, hash="0" * 64),
        ),
        Fault.CHANGED,
        4,
    ),
    "end cut": ((delete(lines).where(at(SEALED)),), Fault.CUT_END, SEALED),
    "end cut, head put back": ((delete(lines).where(at(SEALED)), PUT_BACK), Fault.CUT_END, SEALED),
    "head gone": ((delete(places).where(places.c.name == "head"),), Fault.CUT_END, 1),
    "start cut": ((delete(lines).where(lines.c.seq <= 2),), Fault.MISSING, 1),
    "start cut, place put on": (
        (
            update(places)
            .where(places.c.name == "cut")
            .values(seq=2, hash=select(lines.c.hash).where(at(2)).scalar_subquery()),
            delete(lines).where(lines.c.seq <= 2),
        ),
        Fault.CUT_START,
        3,
    ),
    "tombstone gone": ((delete(tombstones).where(tombstones.c.id == FIRST_ERASED),), Fault.CHANGED, 7),
    "tombstones gone": ((delete(tombstones),), Fault.CHANGED, 7),
    "tombstone changed": (
        (update(tombstones).where(tombstones.c.seq == 8).values(now="0" * 64),),
        Fault.TOMBSTONE,
        8,
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
async def test_what_is_done_behind_the_bot_is_found(db: Database, what: str) -> None:
    """At its first place."""
    await sealed(db)
    statements, fault, seq = TAMPERED[what]
    await run(db, *statements)
    assert await found(db) == (fault, seq)
    await note(db, 3)
    await chain(db).seal()  # raises nothing, whatever is there
    assert await found(db) == (fault, seq) or fault is Fault.CUT_END, "sealing what comes after mends nothing"


@pytest.mark.parametrize("detail", [None, [], "cut", {"seq": [1], "hash": {}}])
@pytest.mark.parametrize("action", [audit_chain.CUT, audit_chain.ERASE])
async def test_a_line_that_tells_nonsense_is_no_cut(db: Database, action: str, detail: Any) -> None:
    """Somebody put it in past the bot: the chain is looked at all the same."""
    await sealed(db)
    await run(db, insert(lines).values(team_id=TEAM, at=NOW, action=action, subject="audit:2", detail=detail))
    assert await found(db) is None


@pytest.mark.parametrize("told_by", ["the deletion there is", "a line like any", "nobody"])
async def test_a_forged_tombstone_is_found(db: Database, told_by: str) -> None:
    """A line is changed, and made to look as if its person had been deleted."""
    await sealed(db)
    async with db.write() as tx:
        row = (await tx.conn.execute(select(lines).where(at(3)))).one()
        mark = await audit_chain.erase(tx, row, {"actor": DELETED, "subject": row.subject, "detail": None})
        erase_id = await tx.conn.scalar(select(lines.c.id).filter_by(action=audit_chain.ERASE))
        teller = {"the deletion there is": erase_id, "a line like any": row.id, "nobody": 10**6}[told_by]
        assert mark is not None
        await tx.conn.execute(insert(tombstones).values({**mark._asdict(), "erase_id": teller}))
    assert await found(db) == (Fault.TOMBSTONE, 3)


async def test_an_anchor_of_the_log_has_to_stand_in_the_chain(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever makes a whole chain anew can't make the log anew."""
    await sealed(db)
    caplog.set_level("INFO")
    await chain(db).keep()
    [told] = [record for record in caplog.records if record.message == "the audit's chain"]
    anchor = vars(told)["head"]
    assert vars(told)["links"] == SEALED
    assert (await walked(db, anchor)).wrong is None
    await run(
        db,
        update(lines).values(seq=None, salt=None, hash=None),
        delete(tombstones),
        update(places).where(places.c.name != "older").values(seq=0, hash="0" * 64),
        delete(lines).where(lines.c.action == audit_chain.ERASE),
    )
    await chain(db).seal()
    assert (await walked(db)).wrong is None
    wrong = (await walked(db, anchor)).wrong
    assert wrong is not None
    assert wrong.fault is Fault.ANCHOR


async def test_two_people_on_one_line_are_deleted_one_after_the_other(db: Database) -> None:
    """Nothing of either is left, not in what keeps the chain whole either."""
    async with db.write() as tx:
        await audit.note(tx, TEAM, NOW, "U0LIN", "join.reassign", "person:U0MEI", to="U0LIN", by="U0MEI")
    await chain(db).seal()
    for each in ("U0LIN", "U0MEI"):
        await erase(db, each)
        await chain(db).seal()
    async with db.read() as conn:
        row = (await conn.execute(select(lines).where(at(1)))).one()
    assert (row.actor, row.subject) == (DELETED, f"person:{DELETED}")
    assert row.detail == {"to": DELETED, "by": DELETED}
    report = await walked(db)
    assert (report.wrong, report.count, report.tombstones) == (None, 3, 2)


async def test_a_line_of_somebodys_own_matter_is_deleted_in_two_steps(db: Database) -> None:
    """It has two tombstones of one deletion then, and they hold in whichever order the database keeps them."""
    await note(db, 1)
    await chain(db).seal()
    async with db.write() as tx:
        marks = await personal.erase(tx, TEAM, "U0LIN", {"join:0"}, NOW)
        await audit_chain.bury(tx, TEAM, NOW, DELETED, marks)
    async with db.read() as conn:
        newest_first = (await conn.execute(select(tombstones).order_by(tombstones.c.id.desc()))).all()
    await run(db, delete(tombstones), *(insert(tombstones).values(each._mapping) for each in newest_first))
    report = await walked(db)
    assert (report.wrong, report.tombstones) == (None, 2)


async def test_old_lines_go_and_the_chain_goes_on(db: Database) -> None:
    """The last link that goes is kept, and a line tells of it; again and again."""
    year_ago = NOW - timedelta(days=366)
    await note(db, audit_chain.BATCH + 2, at=year_ago)
    await note(db, 3)
    await chain(db).seal()
    before = (await walked(db)).head
    await chain(db).keep()
    await chain(db).seal()
    report = await walked(db, before.hash)
    assert (report.wrong, report.first.seq, report.count) == (None, audit_chain.BATCH + 2, 5)
    async with db.read() as conn:
        cuts = select(lines.c.detail).filter_by(action=audit_chain.CUT)
        told = list(await conn.scalars(cuts.order_by(lines.c.id)))
    assert [each["lines"] for each in told] == [audit_chain.BATCH, 2]
    assert (told[1]["seq"], told[1]["hash"]) == (report.first.seq, report.first.hash)
    await chain(db, days=-1).keep()
    report = await walked(db)
    assert (report.wrong, report.count, report.unsealed) == (None, 0, 1)


async def test_what_the_bot_works_with_stays(db: Database) -> None:
    """It gets a new link at the end; for as long as what it is about is there."""
    year_ago = NOW - timedelta(days=400)
    async with db.write() as tx:
        for actor, action, subject in (
            ("U0MEI", "agent.create", "agent:7"),
            (DELETED, "agent.create", "agent:8"),
            ("U0MEI", "remind.snooze", "credential:404"),
            ("U0MEI", "join.ask", "join:1"),
        ):
            await audit.note(tx, TEAM, year_ago, actor, action, subject)
    await chain(db).seal()
    await erase(db, "U0ELSE")
    await chain(db).keep()
    await chain(db).seal()
    async with db.read() as conn:
        assert await audit.subjects(conn, TEAM, "U0MEI", "agent.create") == ["agent:7"]
        assert set(await conn.scalars(select(lines.c.subject).filter_by(at=year_ago))) == {"agent:7"}
    await erase(db, "U0MEI")
    report = await walked(db)
    assert (report.wrong, report.first.seq, report.tombstones) == (None, 4, 1)


async def test_lines_older_than_the_chain_are_its_first_block(db: Database) -> None:
    """Its end is known once they are sealed; an erased person breaks it as little as any other link."""
    await note(db, 5)
    await run(db, update(places).where(places.c.name == "older").values(seq=5, hash=""))
    await note(db, 2)
    await chain(db).seal()
    async with db.read() as conn:
        block = await audit_chain.place(conn, "older")
        assert block.hash == await conn.scalar(select(lines.c.hash).where(at(5)))
    await erase(db, "U0LIN")
    report = await walked(db)
    assert (report.wrong, report.older, report.tombstones) == (None, 5, 7)


async def test_what_was_refused_stands_in_the_chain_when_its_hour_is_over(db: Database) -> None:
    """Once, however often it was tried."""
    async with db.write() as tx:
        for hours in (3, 3, 0):
            then = NOW - timedelta(hours=hours)
            await refusal.add(tx, TEAM, "U0MEI", "press:join.approve", Reason.NOT_ADMIN, "join:1", then)
    for _ in range(2):
        await chain(db).seal()
    async with db.read() as conn:
        [row] = (await conn.execute(select(lines))).all()
    assert (row.actor, row.action, row.subject) == ("U0MEI", refusal.REFUSED, "join:1")
    assert row.detail == {"kind": "press:join.approve", "why": "not_admin", "count": 2}
    assert row.seq == 1
