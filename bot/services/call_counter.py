"""The call counter: how often the operator's credential was used on Coze, and whether the bot may go on using it."""

import asyncio
import logging
from collections import Counter
from dataclasses import replace
from datetime import date

from bot.clock import Clock
from bot.core.calls import Edition, Usage
from bot.core.people import Person
from bot.store import audit, job, message
from bot.store import calls as store
from bot.store.database import Database, Reading, Tx

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds of real time until what could not be written is tried again
STOPPED = "calls_stopped"
"""Why a job waits that nobody has pressed: the account has no calls left, or only some for people."""

STATES = "%y%m%d%H%M%S"
"""How the kind of the notice that all is used up names the moment, after its s."""


class CallCounter:
    """Counts for one credential, named by its fingerprint. `stated` is the edition that a setting says.

    No call to Coze waits for the database: what was sent is written soon after, with what was sent meanwhile, and is
    kept until then.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        team_id: str,
        admin_channel: str,
        credential: str,
        stated: Edition | None = None,
    ) -> None:
        self._db, self._clock, self._team, self._admins = db, clock, team_id, admin_channel
        self.credential, self._stated = credential, stated
        self._waiting: Counter[date] = Counter()
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def sent(self) -> None:
        """One more call has left, whatever comes of it."""
        self._waiting[self._clock.now().date()] += 1
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def close(self) -> None:
        """All is written, or can't be."""
        self._closing.set()
        if self._writing:
            await self._writing
        if self._waiting:
            log.error("%s calls to Coze were not counted", self._waiting.total())

    async def usage(self) -> Usage:
        """What is known now, what is on its way to the database included."""
        async with self._db.read() as conn:
            found = await self._usage(conn)
        return replace(found, used=found.used + self._waiting.total())

    async def learn(self, tx: Tx, edition: Edition, account: str | None) -> None:
        """Coze was asked which edition it is, and whose."""
        now = self._clock.now()
        facts = {"edition": edition.value, "asked_at": now} | ({"account": account} if account else {})
        await store.learn(tx, self._team, self.credential, **facts)
        if not edition.is_limited:
            await job.release(tx, self._team, {STOPPED}, now)
        tx.invalidate(self._team, "", now)

    async def used_up(self) -> None:
        """Coze says that no calls are left: nothing is sent any more that nobody has pressed, and admins are told."""
        now = self._clock.now()
        async with self._db.write(apart=True) as tx:
            if not await store.stop(tx, self._team, self.credential, now):
                return
            subject = await self._subject(tx)
            await audit.note(tx, self._team, now, None, "calls.stop", subject)
            await message.redraw(tx, self._team, subject, now)
            await message.show(tx, self._team, subject, self._admins, f"s{now:{STATES}}", now)
        log.warning("the operator's account on Coze has no calls or credit left")

    async def retry(self, by: Person) -> None:
        """An admin wants it tried again: what waited goes on."""
        now = self._clock.now()
        async with self._db.write() as tx:
            if await store.resume(tx, self._team, self.credential):
                subject = await self._subject(tx)
                await audit.note(tx, self._team, now, by.user_id, "calls.retry", subject)
                await message.redraw(tx, self._team, subject, now)
            await job.release(tx, self._team, {STOPPED}, now)
            tx.invalidate(self._team, "", now)

    async def _write(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting, Counter()
            try:
                async with self._db.write(apart=True) as tx:
                    for day, count in sorted(taken.items()):
                        await store.add(tx, self._team, self.credential, day, count)
                    await self._tell(tx)
            except Exception as error:  # the database may be away for a while; what was sent was sent
                self._waiting.update(taken)
                self._db.log_failure(log, "calls to Coze are not counted yet", error)
                if self._closing.is_set():
                    return
                await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(PAUSE):
                await self._closing.wait()
        except TimeoutError:
            pass

    async def _tell(self, tx: Tx) -> None:
        """Admins hear of each mark once."""
        found = await self._usage(tx.conn)
        if found.told_at is None:
            return
        subject, kind, now = store.subject(self.credential, found.account), f"c{found.told_at}", self._clock.now()
        if not await message.is_there(tx.conn, self._team, subject, self._admins, kind):
            await message.redraw(tx, self._team, subject, now)
            await message.show(tx, self._team, subject, self._admins, kind, now)

    async def _subject(self, tx: Tx) -> str:
        return store.subject(self.credential, (await self._usage(tx.conn)).account)

    async def _usage(self, conn: Reading) -> Usage:
        found = await store.usage(conn, self._team, self.credential, self._clock.now().date())
        return replace(found, edition=self._stated, is_stated=True) if self._stated else found
