"""`jobs`: what does not go on is listed, tried again and dropped, and who said so is written down."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import utc_now
from bot.core.people import OPERATOR
from bot.store import job
from bot.store.database import Database
from bot.store.tables import audit
from bot.store.tables import job as table
from tests.command import command
from tests.databases import KINDS, fresh

TEAM = "T1"
PAT = "pat_" + "cAnArY7s" * 8


async def filled(url: str) -> dict[str, int]:
    """A dead job, a failing, an overdue and a leased one, one that is planned and one that is done; their ids."""
    db, now = Database(url), utc_now()
    states: dict[str, dict[str, Any]] = {
        "dead": {"state": "dead", "attempts": 12, "last_error": f"CozeError: 4101 {PAT}\x1b[2J"},
        "failing": {"last_error": "Unreachable: no answer", "attempts": 3, "due_at": now + timedelta(minutes=2)},
        "overdue": {"due_at": now - timedelta(hours=1)},
        "leased": {"state": "leased", "due_at": now - timedelta(hours=2)},
        "planned": {"due_at": now + timedelta(days=3)},
        "done": {"state": "done", "due_at": now - timedelta(hours=1)},
    }
    async with db.write() as tx:
        for name, values in states.items():
            await job.enqueue(tx, TEAM, "invite", name, now)
            await tx.conn.execute(update(table).where(table.c.subject == name).values(values))
        rows = await tx.conn.execute(select(table.c.subject, table.c.id))
        ids = {row.subject: row.id for row in rows}
    await db.close()
    return ids


async def read(url: str) -> tuple[dict[str, tuple[str, int, str | None]], list[tuple[str | None, str, str]]]:
    """The jobs' states, attempts and errors by subject, and the audit."""
    db = Database(url)
    async with db.read() as conn:
        jobs = {row.subject: (row.state, row.attempts, row.last_error) for row in await conn.execute(select(table))}
        lines = [(row.actor, row.action, row.detail["about"]) for row in await conn.execute(select(audit))]
    await db.close()
    return jobs, lines


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_go_on_is_listed_tried_again_and_dropped(kind: str, tmp_path: Path) -> None:
    """Nothing else is; a secret in an error is not shown."""
    with fresh(kind, tmp_path) as url:
        env = {"DATABASE_URL": url}
        ids = asyncio.run(filled(url))
        listed = command(tmp_path, "jobs", "list", "--json", env=env)
        told = [json.loads(line) for line in listed.stdout.splitlines()]
        assert [each["subject"] for each in told] == ["dead", "leased", "overdue", "failing"]
        assert (told[0]["kind"], told[0]["attempts"], told[0]["state"]) == ("invite", 12, "dead")
        plain = command(tmp_path, "jobs", "list", env=env)
        assert plain.stdout.splitlines()[-1] == "4 jobs not going on"
        for said in (listed, plain):
            assert (said.returncode, said.stderr) == (0, "")
            assert PAT not in said.stdout
            assert "\x1b" not in said.stdout
            assert "4101" in said.stdout
        assert command(tmp_path, "jobs", "list", "--kind", "draw", env=env).stdout == "0 jobs not going on\n"

        tried = command(tmp_path, "jobs", "retry", str(ids["dead"]), str(ids["leased"]), str(ids["done"]), env=env)
        assert (tried.returncode, tried.stdout.splitlines()[-1]) == (1, "1 job due again")
        assert f"waiting: {ids['leased']}, {ids['done']}." in tried.stderr
        dropped = command(tmp_path, "jobs", "drop", str(ids["overdue"]), "--json", env=env)
        assert (dropped.returncode, json.loads(dropped.stdout)["subject"]) == (0, "overdue")
        jobs, lines = asyncio.run(read(url))
        assert jobs["dead"] == ("due", 0, None)
        assert jobs["leased"][0] == "leased"
        assert "overdue" not in jobs
        assert lines == [(OPERATOR, "job.retry", "dead"), (OPERATOR, "job.drop", "overdue")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["retry"], "retry needs the ID of a job"),
        (["list", "3"], "list takes no ID"),
        (["drop", "0"], "0 is not in the range"),
        (["drop", "all"], "'all' is not a valid integer"),
        (["revive", "3"], "'revive' is not one of"),
        (["drop", "3", "--kind", "draw"], "--kind goes with list alone"),
        ([], "Missing argument"),
    ],
)
def test_what_is_not_understood_is_named(arguments: list[str], words: str, tmp_path: Path) -> None:
    """By exit code 2, before anything is opened."""
    done = command(tmp_path, "jobs", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
