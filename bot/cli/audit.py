"""`audit`."""

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, TextIO

from click import Argument, Choice, IntRange, Option, UsageError
from click import Path as ClickPath

from bot.core.audit_chain import Fault, Wrong
from bot.core.people import OPERATOR
from bot.opened import opened
from bot.services.audit_chain import Report, verify
from bot.settings import Settings
from bot.store import audit, audit_export, forecast
from bot.store.audit_chain import PAGE
from bot.store.snapshot import new_file

from .operate import operate

MOST = 36_500  # days
LONG = 4 * PAGE  # links of whose walk nothing is said
OPTIONS = (
    Argument(["deed"], type=Choice(["verify", "export"])),
    Argument(["file"], required=False, type=ClickPath(path_type=Path, dir_okay=False), metavar="[FILE]"),
    Option(["--anchor"], metavar="HASH", help="verify: a head from the log, which has to stand in the chain"),
    Option(["--days"], type=IntRange(1, MOST), help="export: those of so many days alone"),
    Option(["--person"], metavar="ID", help="export: what somebody (U…) did, and what is about them"),
    Option(["--json", "as_json"], is_flag=True, help="what was found or saved, as JSON"),
)

WRONG = {
    Fault.MISSING: "the line of this link is missing",
    Fault.CHANGED: "what stands there is not what was sealed: it was changed, exchanged or put in",
    Fault.TOMBSTONE: "what stands for a deleted person does not fit the line that tells of the deletion",
    Fault.CUT_END: "the chain ends elsewhere than it says: what came last was cut off",
    Fault.CUT_START: "the chain begins here, and no line tells that what came before was let go of",
    Fault.ANCHOR: "the anchor stands nowhere in the chain: it is another one, or its line was let go of since",
}


def main(
    *,
    deed: Literal["verify", "export"],
    file: Path | None,
    anchor: str | None,
    days: int | None,
    person: str | None,
    as_json: bool,
) -> int:
    """See whether anybody has changed who did what, or save it.

    verify: walks along the chain of all lines, also while the bot runs; exit code 1 names the first wrong place.
    export: a line of JSON each, times in UTC, to FILE, which must not be there yet and its owner alone may read;
    without FILE they are printed. That is written down too.
    """
    if deed == "verify" and (file or days or person):
        raise UsageError("FILE, --days and --person go with export alone.")
    if deed == "export" and anchor:
        raise UsageError("--anchor goes with verify alone.")
    codes: list[int] = []

    def run(settings: Settings) -> None:
        if deed == "verify":
            report = asyncio.run(_verified(settings, anchor or ""))
            print(json.dumps(_as_dict(report)) if as_json else _as_text(report))
            codes.append(1 if report.wrong else 0)
        else:
            _export(settings, file, days, person, as_json=as_json)

    return max([operate(run, slack=False), *codes])


@dataclass
class Heard:
    """Tells of long work: a line for each tenth of it."""

    tenths: int = 0

    def tell(self, done: int, of: int) -> None:
        """So many links are walked, of so many."""
        tenths = min(10, 10 * done // max(of, 1))
        if of > LONG and tenths > self.tenths:
            self.tenths = tenths
            print(f"{10 * tenths} % walked", file=sys.stderr, flush=True)


async def _verified(settings: Settings, anchor: str) -> Report:
    async with opened(settings) as it:
        return await verify(it.db, Heard().tell, anchor)


def _as_dict(report: Report) -> dict[str, Any]:
    wrong = report.wrong
    return {
        "holds": wrong is None,
        "wrong": {"what": wrong.fault.value, "link": wrong.seq, "line": wrong.audit_id} if wrong else None,
        "links": report.count,
        "begins_behind": report.first.seq,
        "head": report.head.hash,
        "older": report.older,
        "tombstones": report.tombstones,
        "unsealed": report.unsealed,
    }


def _as_text(report: Report) -> str:
    if report.wrong:
        return f"{_place(report.wrong)}: {WRONG[report.wrong.fault]}."
    parts = [f"{report.count:,} links hold, up to {report.head.hash}."]
    if report.first.seq:
        parts.append(f"The first {report.first.seq:,} were let go of.")
    if report.older:
        parts.append(f"{report.older:,} lines are older than the chain and were sealed as they were found.")
    if report.tombstones:
        parts.append(f"{report.tombstones:,} tombstones stand for people who had their data deleted.")
    if report.unsealed:
        parts.append(f"{report.unsealed:,} lines have no link yet.")
    return " ".join(parts)


def _place(wrong: Wrong) -> str:
    return f"Link {wrong.seq}" + (f" (line {wrong.audit_id})" if wrong.audit_id is not None else "")


def _export(settings: Settings, file: Path | None, days: int | None, person: str | None, *, as_json: bool) -> None:
    if file is None:
        asyncio.run(_exported(settings, sys.stdout, days, person))
        return
    with new_file(file) as out:
        count = asyncio.run(_exported(settings, out, days, person))
    print(json.dumps({"file": str(file), "lines": count}) if as_json else f"Saved to {file}: {count:,} lines.")


async def _exported(settings: Settings, out: TextIO, days: int | None, person: str | None) -> int:
    """Note that they are handed out, whoever may stop that half-way, and write them; how many."""
    async with opened(settings) as it:
        now, count = it.clock.now(), 0
        async with it.db.read() as conn:
            teams = await forecast.teams(conn)
        async with it.db.write() as tx:
            about = f"person:{person}" if person else "audit:all"
            for team in teams or [""]:
                await audit.note(tx, team, now, OPERATOR, "audit.export", about, days=days)
        since = now - timedelta(days=days) if days else None
        async for each in audit_export.lines(it.db, since, person):
            out.write(json.dumps(each, ensure_ascii=False) + "\n")
            count += 1
        return count
