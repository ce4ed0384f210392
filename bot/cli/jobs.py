"""`jobs`."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from click import Argument, Choice, IntRange, Option, UsageError

from bot.core.people import OPERATOR
from bot.logs import redact
from bot.opened import opened
from bot.settings import Settings
from bot.store import job_desk
from bot.store.job_desk import StuckJob

from .operate import operate, printable

MOST = 1_000
OPTIONS = (
    Argument(["deed"], type=Choice(["list", "retry", "drop"])),
    Argument(["ids"], nargs=-1, type=IntRange(1, 2**63 - 1), metavar="[ID]..."),
    Option(["--kind"], metavar="KIND", help="list: those of one kind alone"),
    Option(["--json", "as_json"], is_flag=True, help="a line of JSON for each job, times in UTC"),
)


def main(*, deed: Literal["list", "retry", "drop"], ids: tuple[int, ...], kind: str | None, as_json: bool) -> int:
    """List the jobs that do not go on, try them again, or drop them.

    list: what is dead, failing or overdue, with its number, kind, subject, attempts, last error and since when.
    retry ID...: due again now, with fresh attempts. drop ID...: not wanted any more; what it was for stays as it is.
    A job that a worker is at just now is left alone. Both are audited.
    """
    if (deed == "list") == bool(ids):
        raise UsageError("list takes no ID." if ids else f"{deed} needs the ID of a job; `jobs list` shows them.")
    if kind and deed != "list":
        raise UsageError("--kind goes with list alone.")
    missed: list[int] = []

    def run(settings: Settings) -> None:
        found = asyncio.run(_done(settings, deed, ids, kind))
        _print(found, deed, as_json=as_json)
        missed.extend(sorted(set(ids) - {each.id for each in found}))

    code = operate(run, slack=False)
    if missed:
        print(f"Not dead and not waiting: {', '.join(map(str, missed))}. Nothing was done there.", file=sys.stderr)
    return 1 if missed else code


async def _done(settings: Settings, deed: str, ids: Sequence[int], kind: str | None) -> list[StuckJob]:
    async with opened(settings) as it:
        now = it.clock.now()
        if deed == "list":
            async with it.db.read() as conn:
                return await job_desk.stuck(conn, now, MOST, kind)
        change = job_desk.retry if deed == "retry" else job_desk.drop
        async with it.db.write() as tx:
            return await change(tx, ids, now, OPERATOR)


def _print(jobs: Sequence[StuckJob], deed: str, *, as_json: bool) -> None:
    for each in jobs:
        told = asdict(each) | {"last_error": redact(each.last_error), "due_at": each.due_at.isoformat()}
        print(json.dumps(told, ensure_ascii=False) if as_json else _as_text(told))
    if not as_json:
        done = {"list": "not going on", "retry": "due again", "drop": "dropped"}[deed]
        more = f", the first {MOST} of them" if deed == "list" and len(jobs) == MOST else ""
        print(f"{len(jobs)} job{'' if len(jobs) == 1 else 's'} {done}{more}")


def _as_text(told: dict[str, object]) -> str:
    tried = f"{told['attempts']} tr{'y' if told['attempts'] == 1 else 'ies'}"
    when = (
        f"{told['state']} since {told['due_at']}" if told["state"] == "dead" else f"{told['state']} {told['due_at']}"
    )
    error = f"  {told['last_error']}" if told["last_error"] else ""
    return printable(f"{told['id']}  {told['kind']} {told['subject']}  {when}  {tried}{error}")
