"""Alerts: operators hear of what is wrong with the bot itself, by whichever process sees it, once."""

import asyncio
import random
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot import logs
from bot.clock import utc_now
from bot.core.alert import Alert, Phase, Trouble
from bot.store import alert as store
from bot.store import health as healths
from bot.store.database import Database

from .health import Health

SILENT = 120.0  # seconds without a sweep of any worker
UNWRITTEN = 30.0  # seconds for which the database has taken no write
MEGABYTE = 1024 * 1024
SHORT, ENOUGH = 100, 200  # megabytes that are left on SQLite's disk: told below the first, over above the second
REASONS = 3  # that are named of jobs that were given up
LONGEST = 160  # letters of each

SPREAD = 5.0  # seconds over which processes spread what no row can keep them from saying at once


class Teller(Protocol):
    """Who reaches operators."""

    async def say(self, alert: Alert) -> None:
        """Tell it. Raises BotError or Backoff where nobody could be told: it is tried again."""

    async def is_said(self, alert: Alert) -> bool:
        """Whether operators can read that it began, and not that it has ended. Raises nothing: False where nobody
        knows."""


class Alerts:
    """`is_let_in` says whether Slack takes the bot token, None while that is not known."""

    def __init__(
        self, db: Database, team_id: str, health: Health, teller: Teller, is_let_in: Callable[[], bool | None]
    ) -> None:
        self._db, self._team, self._health, self._is_let_in = db, team_id, health, is_let_in
        self._teller = teller
        self._unwritten: float | None = None  # since when, by the clock that nobody sets
        self._unkept: datetime | None = None  # since when what was said of it could not be kept
        self._free = 0

    async def look(self) -> None:
        """See what has begun or ended, and say what is to be said. Raises what the database or the teller raises."""
        found = await self._found()
        if found[Trouble.WRITE]:  # there may be no row of it
            await self._say_unkept()
            return
        async with self._db.read() as conn:
            known = await store.known(conn, self._team)
        open_ = {trouble for trouble, phase in known.items() if phase is not Phase.OVER}
        begun = {trouble for trouble, is_wrong in found.items() if is_wrong and known.get(trouble) is not Phase.LASTS}
        ended = {trouble for trouble, is_wrong in found.items() if is_wrong is False and trouble in open_}
        if self._unkept is None and not (begun or ended or {Phase.BEGINS, Phase.ENDS} & set(known.values())):
            return
        await self._tell(begun, ended)

    async def _tell(self, begun: set[Trouble], ended: set[Trouble]) -> None:
        async with self._db.write(apart=True) as tx:
            if self._unkept:
                await store.adopt(tx, self._team, Trouble.WRITE, self._unkept)
                ended = ended | {Trouble.WRITE}
            for trouble in sorted(begun):
                await store.begin(tx, self._team, trouble)
            for trouble in sorted(ended):
                await store.end(tx, self._team, trouble)
            claimed = await store.claim(tx, self._team)
        self._unkept = None
        for alert in claimed:
            await self._teller.say(await self._with_facts(alert))
            async with self._db.write(apart=True) as tx:
                await store.said(tx, self._team, alert)

    async def _say_unkept(self) -> None:
        """The database takes no row of it: who sees it looks whether it stands there already, and remembers it."""
        if self._unkept is None:
            alert = Alert(Trouble.WRITE, utc_now(), reasons=(str(self._health()["write"]),))
            await asyncio.sleep(random.uniform(0, SPREAD))  # noqa: S311  (guards nothing)
            if not await self._teller.is_said(alert):
                await self._teller.say(alert)
            self._unkept = alert.since

    async def _with_facts(self, alert: Alert) -> Alert:
        work = self._health.work
        if alert.until or work is None:
            return alert
        match alert.trouble:
            case Trouble.SWEEP:
                return replace(alert, count=work.due)
            case Trouble.DISK:
                return replace(alert, count=self._free)
            case Trouble.DEAD:
                async with self._db.read() as conn:
                    why = await healths.given_up(conn, self._team, REASONS)
                told = tuple(f"{many} × {kind}: {logs.redact(error)[:LONGEST]}" for kind, error, many in why)
                return replace(alert, count=work.dead, reasons=told)
        return alert

    async def _found(self) -> dict[Trouble, bool | None]:
        """What is wrong, what is not, and None for what can't be told just now."""
        let_in = self._is_let_in()
        dead = self._health.work.dead if self._health.work else None
        return {
            Trouble.WRITE: self._takes_no_writes(),
            Trouble.SWEEP: self._is_silent(),
            Trouble.DEAD: None if dead is None else dead > 0,
            Trouble.TOKEN: None if let_in is None else not let_in,
            Trouble.DISK: await self._is_nearly_full(),
        }

    def _takes_no_writes(self) -> bool | None:
        if self._health()["write"] is True:
            self._unwritten = None
            return False
        now = time.monotonic()
        self._unwritten = self._unwritten or now
        return True if now - self._unwritten >= UNWRITTEN else None

    def _is_silent(self) -> bool | None:
        """Not told of what the start of a worker mends at once."""
        if self._health()["sweeper"] is True:
            return False
        return True if self._health.silent >= SILENT else None

    async def _is_nearly_full(self) -> bool | None:
        """Whether SQLite's disk is; of PostgreSQL's nothing is known."""
        if self._db.dialect != "sqlite":
            return None
        try:
            self._free = await asyncio.to_thread(free, str(self._db.url.database))
        except OSError:
            return None
        return True if self._free < SHORT else False if self._free > ENOUGH else None


def free(file: str) -> int:
    """Megabytes that are left on the disk of a file."""
    return shutil.disk_usage(Path(file).resolve().parent).free // MEGABYTE
