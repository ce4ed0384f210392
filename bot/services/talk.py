"""Talk: what people and admins say to each other about a request or a question, beyond its forms."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.core import report as report_rules
from bot.core.errors import NotFound, NotYours, WrongState
from bot.core.join import JoinState, Request
from bot.core.people import Person
from bot.core.report import LONGEST_TOLD
from bot.store import audit, message
from bot.store import report as reports
from bot.store.database import Database, Reading

from .join.requests import Join
from .report import Reports

FEATURES = ("join", "report")
"""The features whose cards in the admin channel people are talked with about."""
INTERNAL = "thread.internal"

AT_ONCE = timedelta(days=1)
"""So long after an admin's words whatever the person writes is taken for a reply to them."""
LATER = timedelta(days=30)
"""And so long what is not understood otherwise."""


@dataclass(frozen=True)
class Waiting:
    """An admin's words that the person may reply to. `by` is the admin's user id; `at` is simulated time, UTC.

    `is_question`: their request waits for an answer.
    """

    subject: str
    by: str
    words: str
    at: datetime
    is_question: bool = False


@dataclass(frozen=True)
class Matter:
    """What a card in the admin channel is about, and whose it is."""

    subject: str
    user_id: str


class Talk:
    """The verbs of talking."""

    def __init__(self, db: Database, clock: Clock, join: Join, reports: Reports) -> None:
        self._db, self._clock, self._join, self._reports = db, clock, join, reports

    async def matter(self, team_id: str, channel: str, ts: str) -> Matter | None:
        """What the card is about that stands there; None where it is none of these, or admins want to be among
        themselves below it.
        """
        async with self._db.read() as conn:
            card = await message.at(conn, team_id, channel, ts)
            if card is None or card.subject.partition(":")[0] not in FEATURES:
                return None
            if await audit.is_noted(conn, team_id, card.subject, INTERNAL):
                return None
        return Matter(card.subject, await self.owner(team_id, card.subject))

    async def tell(self, by: Person, subject: str, ts: str, words: str) -> None:
        """What an admin wrote in the thread, at `ts`, goes to the person, under the admin's name.

        Raises NotAdmin, OwnRequest, WrongState (it went before), NotFound.
        """
        feature, row = _row(subject)
        if not words.strip() or not ts:
            raise NotFound
        if feature == "join":
            await self._join.tell(by, row, words[:LONGEST_TOLD], ts)
        else:
            await self._reports.answer(by, row, words[:LONGEST_TOLD], ts)

    async def leave(self, by: Person, subject: str) -> None:
        """Nobody is asked any more whether to hand on what is written below this card."""
        await self.owner(by.team_id, subject)
        async with self._db.write() as tx:
            await audit.note(tx, by.team_id, self._clock.now(), by.user_id, INTERNAL, subject)

    async def owner(self, team_id: str, subject: str) -> str:
        """Whose matter it is. Raises NotFound."""
        feature, row = _row(subject)
        return (await (self._join.load if feature == "join" else self._reports.find)(team_id, row)).user_id

    async def waiting(self, who: Person, request: Request | None) -> Waiting | None:
        """The newest words of an admin that may still be replied to; `request` is the person's newest."""
        async with self._db.read() as conn:
            report = await reports.answered(conn, who.team_id, who.user_id)
            found = [await self._asked(conn, request)] if request else []
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
            async with self._db.read() as conn:
                owner, found, state = request.user_id, await self._asked(conn, request), request.state.value
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
        if feature == "join" and told.is_question:
            await self._join.answer(who, row, words)
        elif feature == "join":
            await self._join.say(who, row, words)
        else:
            await self._reports.reply(who, row, report_rules.read(words, required=True))
        return told

    async def _asked(self, conn: Reading, request: Request) -> Waiting | None:
        """What an admin has asked or written about the request, whichever is newer."""
        subject, asked = f"join:{request.id}", None
        if request.state is JoinState.INFO_REQUESTED and request.asked_by and request.asked_at:
            asked = Waiting(subject, request.asked_by, request.question or "", request.asked_at, is_question=True)
        told = await audit.last_told(conn, request.team_id, subject)
        if told is None or (asked and asked.at > told.at):
            return asked
        words = str(told.detail.get("words") or "")
        return Waiting(subject, told.actor or "", words, told.at, is_question=asked is not None)


def _row(subject: str) -> tuple[str, int]:
    """The feature and the row of a subject. Raises NotFound for what no button of ours carries."""
    feature, _, row = subject.partition(":")
    if feature not in FEATURES or not (row.isascii() and row.isdigit()) or len(row) > 18:
        raise NotFound
    return feature, int(row)
