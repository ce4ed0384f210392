"""Talk: what people and admins say to each other about a request or a question, beyond its forms."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.core import report as report_rules
from bot.core.errors import NotFound, NotYours, WrongState
from bot.core.join import JoinState, Request
from bot.core.people import Person
from bot.store import report as reports
from bot.store.database import Database

from .join.requests import Join
from .report import Reports

AT_ONCE = timedelta(days=1)
"""So long after an admin's words whatever the person writes is taken for a reply to them."""
LATER = timedelta(days=30)
"""And so long what is not understood otherwise."""


@dataclass(frozen=True)
class Waiting:
    """An admin's words that the person may reply to. `by` is the admin's user id; `at` is simulated time, UTC."""

    subject: str
    by: str
    words: str
    at: datetime


class Talk:
    """The verbs of talking."""

    def __init__(self, db: Database, clock: Clock, join: Join, reports: Reports) -> None:
        self._db, self._clock, self._join, self._reports = db, clock, join, reports

    async def waiting(self, who: Person, request: Request | None) -> Waiting | None:
        """The newest words of an admin that may still be replied to; `request` is the person's newest."""
        async with self._db.read() as conn:
            report = await reports.answered(conn, who.team_id, who.user_id)
        found = [_asked(request)] if request else []
        if report and report.answer and report.answered_by and report.answered_at:
            answer = report.answer, report.answered_at
            found.append(Waiting(reports.subject(report.id), report.answered_by, *answer))
        newest = max((each for each in found if each), key=lambda each: each.at, default=None)
        return newest if newest and self._clock.now() - newest.at <= LATER else None

    def is_fresh(self, waiting: Waiting) -> bool:
        """Whether whatever the person writes now is taken for a reply."""
        return self._clock.now() - waiting.at <= AT_ONCE

    async def about(self, who: Person, subject: str) -> Waiting:
        """The admin's words about this matter of the person's own. Raises NotFound, NotYours, WrongState."""
        feature, row = _row(subject)
        if feature == "join":
            request = await self._join.load(who.team_id, row)
            owner, found, state = request.user_id, _asked(request), request.state.value
        else:
            report = await self._reports.find(who.team_id, row)
            owner, at = report.user_id, report.answered_at or report.created_at
            found, state = Waiting(subject, report.answered_by or "", report.answer or "", at), report.state.value
        if owner != who.user_id:
            raise NotYours
        if found is None:
            raise WrongState(state)
        return found

    async def reply(self, who: Person, subject: str, words: str) -> Waiting:
        """The person replies to an admin's words. Raises NotFound, NotYours, WrongState, InvalidFields."""
        feature, row = _row(subject)
        told = await self.about(who, subject)
        if feature == "join":
            await self._join.answer(who, row, words)
        else:
            await self._reports.reply(who, row, report_rules.read(words, required=True))
        return told


def _asked(request: Request) -> Waiting | None:
    if request.state is not JoinState.INFO_REQUESTED or not (request.asked_by and request.asked_at):
        return None
    return Waiting(f"join:{request.id}", request.asked_by, request.question or "", request.asked_at)


def _row(subject: str) -> tuple[str, int]:
    """The feature and the row of a subject. Raises NotFound for what no button of ours carries."""
    feature, _, row = subject.partition(":")
    if feature not in ("join", "report") or not (row.isascii() and row.isdigit()) or len(row) > 18:
        raise NotFound
    return feature, int(row)
