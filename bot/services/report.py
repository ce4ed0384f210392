"""Report: who is stuck asks the admins without leaving the guide, and the answer comes back the same way."""

from bot.clock import Clock
from bot.core import report as rules
from bot.core.errors import NotAdmin, NotFound, OwnRequest, WrongState
from bot.core.guide import LINT, Guide, GuideState
from bot.core.people import Person
from bot.core.report import Kind, Report, ReportState
from bot.store import audit, job, message
from bot.store import guide as guides
from bot.store import report as store
from bot.store.audit import AuditEntry
from bot.store.database import Database, Tx
from bot.store.message import CARD, Message


class Reports:
    """The verbs about being stuck. What is told of a check is its code and log id, never what was pasted."""

    def __init__(self, db: Database, clock: Clock, admin_channel: str) -> None:
        self._db, self._clock, self._admins = db, clock, admin_channel

    async def find(self, team_id: str, report_id: int) -> Report:
        """One report. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load(conn, team_id, report_id)

    async def line(self, copy: Message) -> AuditEntry:
        """The deed that a line of the thread, or a notice, tells. Raises NotFound."""
        async with self._db.read() as conn:
            return await audit.load(conn, copy.team_id, int(copy.kind[1:]))

    async def is_newest(self, copy: Message) -> bool:
        """Whether it is the notice that still carries the buttons."""
        async with self._db.read() as conn:
            newest = await message.newest(conn, copy.team_id, copy.subject, copy.recipient)
        return newest is not None and newest.id == copy.id

    async def open_guide(self, report: Report) -> str:
        """The open guide from which it was asked, whose card has the next act: its subject; "" without one."""
        try:
            async with self._db.read() as conn:
                guide = await guides.load(conn, report.team_id, report.guide_id)
        except NotFound:
            return ""
        return guides.subject(guide.id) if guide.state is GuideState.OPEN else ""

    async def ask(
        self, who: Person, guide: Guide | None, kind: Kind, checked_on: str, words: str, picture: str = ""
    ) -> int:
        """A card for the admins; a report that is open already gets the new words. A `picture`, by its id at Slack,
        follows.
        """
        guide_id, step = (guide.id, guide.step) if guide else (0, "")
        async with self._db.write() as tx:
            known = await store.waiting(tx.conn, who.team_id, guide_id, who.user_id)
            if known and known.kind is kind and known.step == step:
                await self._said(tx, known, who.user_id, words)
                await self._follows(tx, known, picture)
                return known.id
            report_id = await store.add(tx, self._clock.now(), **_row(who, guide, kind, checked_on, words))
            report = await store.load(tx.conn, who.team_id, report_id)
            await self._told(tx, report, who.user_id, f"report.{kind.value}", words)
            await self._follows(tx, report, picture)
            return report_id

    async def _follows(self, tx: Tx, report: Report, picture: str) -> None:
        if picture:
            subject = f"{store.subject(report.id)}:{picture}"
            await job.enqueue(tx, report.team_id, "picture", subject, self._clock.now(), job.SOMEBODY_WAITS)

    async def admin_card(self, report: Report) -> Message | None:
        """Where the admins' card stands."""
        async with self._db.read() as conn:
            return await message.card(conn, report.team_id, store.subject(report.id), self._admins)

    async def handed_picture(self, tx: Tx, team_id: str, report_id: int, file_id: str) -> None:
        """A picture stands below the card; it goes when the person has their data deleted, or at once if they did."""
        now = self._clock.now()
        try:
            report = await store.lock(tx, team_id, report_id)
        except NotFound:
            await job.enqueue(tx, team_id, "unfile", file_id, now, job.SOON)
            return
        await audit.note(tx, team_id, now, report.user_id, audit.PICTURE, store.subject(report_id), file=file_id)

    async def kept_picture(self, tx: Tx, team_id: str, report_id: int, why: str) -> None:
        """A picture could not follow: the admins read that below their card, the person why."""
        now, subject = self._clock.now(), store.subject(report_id)
        report = await store.load(tx.conn, team_id, report_id)
        line = await audit.note(tx, team_id, now, report.user_id, "report.no_picture", subject, why=why)
        await message.reply_in_thread(tx, team_id, subject, self._admins, f"a{line}", now)
        await message.show(tx, team_id, f"picture:{report_id}", report.user_id, f"p{line}", now)

    async def reply(self, who: Person, report_id: int, words: str) -> None:
        """The person writes back. Raises NotYours, NotFound, WrongState."""
        async with self._db.write() as tx:
            report = await store.load(tx.conn, who.team_id, report_id)
            rules.check_owner(report, who.user_id)
            await self._said(tx, report, who.user_id, words)

    async def solve(self, who: Person, report_id: int) -> None:
        """It helped. Raises NotYours, NotFound, WrongState."""
        async with self._db.write() as tx:
            report = await store.load(tx.conn, who.team_id, report_id)
            rules.check_owner(report, who.user_id)
            await self._move(tx, report, state=ReportState.SOLVED)
            await self._told(tx, report, who.user_id, "report.solve", "")

    async def answer(self, by: Person, report_id: int, words: str, ts: str = "") -> None:
        """An admin answers; it reaches the person in their DM. `ts` is where it stands in the thread.

        Raises NotAdmin, NotFound, OwnRequest, WrongState (it went before).
        """
        if not by.may_decide():
            raise NotAdmin
        now = self._clock.now()
        async with self._db.write() as tx:
            report = await store.load(tx.conn, by.team_id, report_id)
            if ts and by.user_id == report.user_id:
                raise OwnRequest
            if ts and await audit.is_told(tx.conn, by.team_id, store.subject(report_id), ts):
                raise WrongState(report.state)
            values = {"answer": words, "answered_by": by.user_id, "answered_at": now}
            await self._move(tx, report, state=ReportState.ANSWERED, **values)
            action, more = ("report.told", {"ts": ts}) if ts else ("report.answer", {})
            line = await self._told(tx, report, by.user_id, action, words, **more)
            subject = store.subject(report.id)
            await message.show(tx, report.team_id, subject, report.user_id, f"n{line}", now)

    async def _said(self, tx: Tx, report: Report, user_id: str, words: str) -> None:
        await self._move(tx, report, state=ReportState.OPEN, words=words or report.words)
        await self._told(tx, report, user_id, "report.reply", words)

    async def _move(self, tx: Tx, report: Report, **values: object) -> None:
        if not await store.move(tx, report, **values):
            raise WrongState(report.state)

    async def _told(self, tx: Tx, report: Report, actor: str, action: str, words: str, **more: str) -> int:
        """The audit line, in the thread too; the card, the notices and the person's guide are redrawn."""
        now, subject = self._clock.now(), store.subject(report.id)
        detail = {"words": words, **more} if words else more
        line = await audit.note(tx, report.team_id, now, actor, action, subject, **detail)
        await message.show(tx, report.team_id, subject, self._admins, CARD, now)
        await message.redraw(tx, report.team_id, subject, now)
        await message.reply_in_thread(tx, report.team_id, subject, self._admins, f"a{line}", now)
        if report.guide_id:
            await message.redraw(tx, report.team_id, guides.subject(report.guide_id), now)
        return line


def _row(who: Person, guide: Guide | None, kind: Kind, checked_on: str, words: str) -> dict[str, object]:
    failure = guide.failure if guide else None
    known = failure.values if failure and failure.error != LINT else {}
    return {
        "team_id": who.team_id,
        "user_id": who.user_id,
        "guide_id": guide.id if guide else 0,
        "kind": kind,
        "route": guide.route if guide else "",
        "step": guide.step if guide else "",
        "checked_on": checked_on,
        "words": words,
        "error": failure.error if failure else None,
        "code": str(known.get("code") or "")[:40] or None,
        "log_id": str(known.get("log_id") or "")[:80] or None,
    }
