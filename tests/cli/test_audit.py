"""`audit`: anybody can see that nobody has changed who did what, and take it along."""

import asyncio
import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.clock import SystemClock, utc_now
from bot.core.people import OPERATOR
from bot.services.audit_chain import AuditChain, verify
from bot.store import audit
from bot.store.audit_chain import PAGE
from bot.store.database import Database
from bot.store.tables import audit as lines
from tests.command import command
from tests.databases import KINDS, fresh, locked

TEAM = "T1"


async def filled(url: str) -> None:
    """Old and new lines of two people, all of them sealed."""
    db, now = Database(url), utc_now()
    async with db.write() as tx:
        for number in range(3):
            await audit.note(
                tx, TEAM, now - timedelta(days=40), "U0LIN", "join.approved", f"join:{number}", words="好"
            )
        await audit.note(tx, TEAM, now, None, "join.invited", "join:1", to="U0MEI")
    await AuditChain(db, SystemClock(), 365).seal()
    await db.close()


async def change(url: str) -> None:
    """Somebody at the database."""
    db = Database(url)
    async with db.write() as tx:
        await tx.conn.execute(update(lines).where(lines.c.seq == 2).values(actor="U0EVE"))
    await db.close()


async def newest(url: str) -> tuple[str | None, str, str, dict[str, object] | None]:
    """The last line."""
    db = Database(url)
    async with db.read() as conn:
        row = (await conn.execute(select(lines).order_by(lines.c.id.desc()).limit(1))).one()
    await db.close()
    return row.actor, row.action, row.subject, row.detail


@pytest.mark.parametrize("kind", KINDS)
def test_the_chain_is_verified_and_the_first_wrong_place_named(kind: str, tmp_path: Path) -> None:
    """By the exit code too; an anchor has to stand in it."""
    with fresh(kind, tmp_path) as url:
        env = {"DATABASE_URL": url}
        asyncio.run(filled(url))
        plain = command(tmp_path, "audit", "verify", env=env)
        assert (plain.returncode, plain.stderr) == (0, "")
        told = json.loads(command(tmp_path, "audit", "verify", "--json", env=env).stdout)
        assert plain.stdout == f"4 links hold, up to {told['head']}.\n"
        assert (told["holds"], told["links"], told["unsealed"], told["wrong"]) == (True, 4, 0, None)
        assert command(tmp_path, "audit", "verify", "--anchor", told["head"], env=env).returncode == 0
        strange = command(tmp_path, "audit", "verify", "--anchor", "f" * 64, env=env)
        assert (strange.returncode, "nowhere in the chain" in strange.stdout) == (1, True)

        asyncio.run(change(url))
        plain = command(tmp_path, "audit", "verify", env=env)
        assert (plain.returncode, plain.stdout.startswith("Link 2 (line 2): what stands there")) == (1, True)
        told = json.loads(command(tmp_path, "audit", "verify", "--json", env=env).stdout)
        assert (told["holds"], told["wrong"]) == (False, {"what": "changed", "link": 2, "line": 2})


@pytest.mark.parametrize("kind", KINDS)
def test_lines_are_saved_to_a_file_of_ones_own(kind: str, tmp_path: Path) -> None:
    """All, those of some days, or a person's; never over another file, and that it was done is written down."""
    with fresh(kind, tmp_path) as url:
        env, file = {"DATABASE_URL": url}, tmp_path / "audit.jsonl"
        asyncio.run(filled(url))
        saved = command(tmp_path, "audit", "export", str(file), env=env)
        assert (saved.returncode, saved.stdout) == (0, f"Saved to {file}: 5 lines.\n")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        told = [json.loads(line) for line in file.read_text().splitlines()]
        assert [(each["actor"], each["seq"]) for each in told] == [
            ("U0LIN", 1),
            ("U0LIN", 2),
            ("U0LIN", 3),
            (None, 4),
            (OPERATOR, None),  # that they were handed out is written first
        ]
        assert told[0]["detail"] == {"words": "好"}
        assert (told[0]["at"][-6:], len(told[0]["hash"]), "salt" in told[0]) == ("+00:00", 64, False)
        assert asyncio.run(newest(url)) == (OPERATOR, "audit.export", "audit:all", {"days": None})

        before = file.read_bytes()
        again = command(tmp_path, "audit", "export", str(file), env=env)
        assert (again.returncode, "is there already" in again.stderr) == (1, True)
        assert file.read_bytes() == before

        recent = command(tmp_path, "audit", "export", "--days", "2", env=env).stdout.splitlines()
        assert [json.loads(line)["action"] for line in recent] == ["join.invited", "audit.export", "audit.export"]
        hers = command(tmp_path, "audit", "export", str(tmp_path / "mei"), "--person", "U0MEI", "--json", env=env)
        assert json.loads(hers.stdout)["lines"] == 2
        assert asyncio.run(newest(url))[2] == "person:U0MEI"


def test_what_does_not_go_together_is_said(tmp_path: Path) -> None:
    """Before anything is read."""
    for words in (
        ("verify", "file"),
        ("verify", "--days", "3"),
        ("verify", "--person", "U1"),
        ("export", "--anchor", "x"),
    ):
        said = command(tmp_path, "audit", *words)
        assert (said.returncode, "alone" in said.stderr) == (2, True), words


async def fill_long(url: str, count: int) -> None:
    """A long history, sealed."""
    db = Database(url)
    row = {"team_id": TEAM, "at": utc_now(), "actor": None, "action": "join.ask", "subject": "join:1", "detail": None}
    async with db.write() as tx:
        await tx.conn.execute(insert(lines), [row] * count)
    while (await verify(db, lambda _done, _of: None)).unsealed:
        await AuditChain(db, SystemClock(), 365).seal()
    await db.close()


def test_long_work_shows_how_far_it_is(tmp_path: Path) -> None:
    """A tenth at a time, beside what is printed."""
    with fresh("sqlite", tmp_path) as url:
        asyncio.run(fill_long(url, 4 * PAGE + 1))
        said = command(tmp_path, "audit", "verify", "--json", env={"DATABASE_URL": url})
        assert json.loads(said.stdout)["links"] == 4 * PAGE + 1
        assert said.stderr.splitlines() == [f"{part} % walked" for part in (20, 40, 70, 90, 100)]


def test_a_database_that_goes_away_over_the_work_is_named(tmp_path: Path) -> None:
    """It has answered, and does not take the line that says who was handed what: a sentence, as before the work."""
    with fresh("postgresql", tmp_path) as url, locked(url, "audit"):
        said = command(tmp_path, "audit", "export", env={"DATABASE_URL": url})
    assert said.returncode == 1
    assert said.stderr.startswith("DATABASE_URL: the database does not answer")
    assert said.stdout == ""
