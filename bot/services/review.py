"""Review: the desk of the channel's owner. Coze tells what was published, admins decide, and Coze hears the verdict.

What Coze tells comes doubled, late and in any order; where a review stands follows from Coze's own times.
The verdict carries no version: one that was overtaken by the next publication is not sent.
"""

from collections.abc import Callable
from typing import Any

from bot.clock import Clock
from bot.core import review as rules
from bot.core.errors import InvalidFields, Problem, WrongState
from bot.core.people import Evidence, Person
from bot.core.publish import PublicationState
from bot.core.review import DECIDED, ENDS, Audit, Event, EventKind, NotAwaited, Review, ReviewState
from bot.store import account, audit, job, message
from bot.store import publish as publications
from bot.store import review as store
from bot.store.audit import AuditEntry
from bot.store.database import Database, Tx
from bot.store.message import Message

from .guide import carrying
from .join.requests import EscalationPolicy

WAIT, LOOK, VERDICT = "review_wait", "review_look", "verdict"
"""The kinds of job: reminding who decides, asking Coze what the agent works with, telling Coze."""

_ENDED = {EventKind.UNPUBLISHED: ReviewState.UNPUBLISHED, EventKind.DELETED: ReviewState.DELETED}


class Reviews:
    """The verbs. `channel` is where admins see the cards. `own` lets admins decide about agents of their own."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        team_id: str,
        channel: Callable[[], str],
        policy: Callable[[], EscalationPolicy],
        *,
        own: bool,
    ) -> None:
        self._db, self._clock, self._team, self._channel = db, clock, team_id, channel
        self._policy, self._own = policy, own

    @property
    def channel(self) -> str:
        """Where admins see the cards now."""
        return self._channel()

    async def hear(self, event: Event, is_awaited: Callable[[], bool]) -> tuple[Audit, str]:
        """Coze tells of the channel: kept in one transaction, once. What Coze is answered, and why.

        Whoever published waits for that answer: without it the publication fails on Coze, and is not kept here. An
        end is kept however late. Raises NotAwaited where nobody waits any more.
        """
        async with self._db.write() as tx:
            await store.lock(tx, self._team, event.agent_id)
            is_new = await store.note(tx, self._team, event)
            if is_new:
                await self._overtake(tx, event)
            if event.kind in ENDS:
                return Audit.REVIEWING, ""
            review = await store.of_event(tx.conn, self._team, event.id) or await self._published(tx, event)
            if not is_awaited():
                raise NotAwaited
            return review.audit, (review.reason or "" if review.state is ReviewState.REJECTED else "")

    async def _published(self, tx: Tx, event: Event) -> Review:
        now = self._clock.now()
        same = await store.of_agent(tx.conn, self._team, event.agent_id)
        state = rules.standing(event.order, await store.events(tx.conn, self._team, event.agent_id))
        if twin := next((each for each in same if each.version == event.version and each.is_open), None):
            return twin  # the same version once more, under another number
        publication = await store.publication_of(tx.conn, event, self._team)
        # Whoever had the bot publish it, or has proven that the account is theirs.
        whose = publication and publication.user_id
        author = whose or await account.owner(tx.conn, self._team, event.author_uid)
        values = {"user_id": author, "note": publication.note if publication else None}
        review = await store.add(tx, self._team, event, state, now, **values)
        if state is not ReviewState.WAITING:
            return review
        subject = store.subject(review.id)
        await audit.note(tx, self._team, now, None, "review.begin", subject)
        await message.show(tx, self._team, subject, self.channel, message.CARD, now)
        for kind, priority in ((LOOK, job.SOMEBODY_WAITS), (WAIT, job.SOON)):
            await job.enqueue(tx, self._team, kind, subject, now, priority)
        return review

    async def _overtake(self, tx: Tx, event: Event) -> None:
        """What was published before an event, and has no verdict that has reached Coze, is over: none is sent.

        What was taken off the channel is so for its author too, unless it was published again since.
        """
        known = await store.events(tx.conn, self._team, event.agent_id)
        for before in await store.untold(tx, self._team, event.agent_id):
            state = rules.standing(before.order, known)
            if state not in (ReviewState.WAITING, before.state) and await store.move(tx, before, state=state):
                await self._closed(tx, before, f"review.{state.value}")
        if event.kind in ENDS and known[-1].id == event.id:
            await self._taken_off(tx, event, _ENDED[event.kind])

    async def _taken_off(self, tx: Tx, event: Event, state: ReviewState) -> None:
        for publication in await store.standing_publications(tx.conn, self._team, event):
            now, to = self._clock.now(), PublicationState(state.value)
            values = {"state": to, "settled_at": now, "evidence": Evidence.VERIFIED}
            if await publications.move(tx, publication, **values):
                await settled(tx, publication.team_id, publication.id, to.value, self._clock)

    async def _closed(self, tx: Tx, review: Review, action: str) -> None:
        now, subject = self._clock.now(), store.subject(review.id)
        await audit.note(tx, self._team, now, None, action, subject)
        await message.redraw(tx, self._team, subject, now)
        for kind in (WAIT, LOOK, VERDICT):
            await job.cancel_all(tx, self._team, kind, subject, exact=True)

    async def load(self, team_id: str, review_id: int) -> Review:
        """One review. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load(conn, team_id, review_id)

    async def waiting(self, most: int) -> list[Review]:
        """What waits for a verdict, the longest first."""
        async with self._db.read() as conn:
            return await store.waiting(conn, self._team, most)

    async def history(self, review: Review) -> list[Review]:
        """All of the agent's, the newest first, twenty at most."""
        async with self._db.read() as conn:
            return await store.of_agent(conn, review.team_id, review.agent_id)

    async def line(self, copy: Message) -> AuditEntry:
        """The deed that a line of the thread tells. Raises NotFound."""
        async with self._db.read() as conn:
            return await audit.load(conn, copy.team_id, int(copy.kind[1:]))

    def agreed(self, review: Review) -> Any:
        """Until when (UTC) people may expect a verdict."""
        policy = self._policy()
        return policy.time.after(review.waiting_since, policy.second_hours)

    def first_reminder(self) -> float:
        """After how many working hours admins are reminded."""
        return self._policy().first_hours

    def check(self, review: Review, by: Person) -> None:
        """Whether this person may decide about it now. Raises NotAdmin, OwnRequest, AlreadyDecided, WrongState."""
        rules.check_decision(review, by, own=self._own)

    async def approve(self, by: Person, review_id: int) -> None:
        """Let it through. Raises NotAdmin, OwnRequest, AlreadyDecided, WrongState, NotFound."""
        await self._decide(by, review_id, ReviewState.APPROVED, None)

    async def reject(self, by: Person, review_id: int, reason: str) -> None:
        """Not this version; the reason goes to author and Coze. Raises as `approve` does, and InvalidFields."""
        await self._decide(by, review_id, ReviewState.REJECTED, rules.read_words("reason", reason, rules.REASON))

    async def _decide(self, by: Person, review_id: int, state: ReviewState, reason: str | None) -> None:
        async with self._db.write() as tx:
            review = await store.load(tx.conn, by.team_id, review_id)
            self.check(review, by)
            if not await store.move(tx, review, **decided(state, by.user_id, self._clock, reason)):
                self.check(await store.load(tx.conn, by.team_id, review_id), by)
                raise WrongState(review.state)
            await tell_coze(tx, review, by.user_id, state, self._clock)

    async def ask(self, by: Person, review_id: int, words: str) -> None:
        """An admin asks the author, who answers by a form. Raises as `approve` does, and InvalidFields."""
        words, now = rules.read_words("question", words), self._clock.now()
        async with self._db.write() as tx:
            review = await store.load(tx.conn, by.team_id, review_id)
            self.check(review, by)
            if not review.user_id:
                raise WrongState(review.state)  # nobody in Slack is known to be the author
            asked = {"state": ReviewState.ASKED, "question": words, "asked_by": by.user_id, "asked_at": now}
            await self._moved(tx, review, by.user_id, "review.ask", {**asked, "answer": None}, words)
            subject = store.subject(review.id)
            await message.show(tx, self._team, subject, review.user_id, f"q{now:%y%m%d%H%M%S}", now)

    async def answer(self, who: Person, review_id: int, words: str) -> None:
        """The author answers. Raises NotYours, WrongState, InvalidFields, NotFound."""
        words = rules.read_words("answer", words)
        async with self._db.write() as tx:
            review = await store.load(tx.conn, who.team_id, review_id)
            rules.check_author(review, who.user_id)
            values = {"state": ReviewState.WAITING, "answer": words, "answered_at": self._clock.now()}
            await self._moved(tx, review, who.user_id, "review.answer", values, words)
            await job.enqueue(tx, self._team, WAIT, store.subject(review.id), self._clock.now())

    async def reassign(self, by: Person, review_id: int, to: str) -> None:
        """A named admin gets a copy of the card. Raises as `approve` does, and InvalidFields."""
        async with self._db.write() as tx:
            review = await store.load(tx.conn, by.team_id, review_id)
            self.check(review, by)
            if to == review.user_id:
                raise InvalidFields([Problem("review.assignee", "own")])
            await self._moved(tx, review, by.user_id, "review.reassign", {"assignee": to}, to)
            now = self._clock.now()
            await message.show(tx, self._team, store.subject(review.id), to, message.CARD, now)

    async def send_again(self, by: Person, review_id: int) -> None:
        """The verdict that Coze has not taken goes once more. Raises WrongState, NotFound."""
        async with self._db.write() as tx:
            review = await store.load(tx.conn, by.team_id, review_id)
            if review.state not in DECIDED or review.told_at:
                raise WrongState(review.state)
            await self._moved(tx, review, by.user_id, "review.send", {"error": None, "log_id": None})
            subject = store.subject(review.id)
            await job.enqueue(tx, self._team, VERDICT, subject, self._clock.now(), job.SOMEBODY_WAITS)

    async def _moved(
        self, tx: Tx, review: Review, actor: str, action: str, values: dict[str, Any], words: str = ""
    ) -> None:
        """Raises WrongState where somebody was faster."""
        if not await store.move(tx, review, **values):
            raise WrongState((await store.load(tx.conn, review.team_id, review.id)).state)
        now, subject = self._clock.now(), store.subject(review.id)
        line = await audit.note(tx, self._team, now, actor, action, subject, **({"words": words} if words else {}))
        await message.redraw(tx, self._team, subject, now)
        if action in ("review.ask", "review.answer"):
            await message.reply_in_thread(tx, self._team, subject, self.channel, f"a{line}", now)


def decided(state: ReviewState, by: str | None, clock: Clock, reason: str | None = None) -> dict[str, Any]:
    """The values of a verdict."""
    return {"state": state, "decided_by": by, "decided_at": clock.now(), "reason": reason}


async def tell_coze(tx: Tx, review: Review, by: str | None, state: ReviewState, clock: Clock) -> None:
    """It is decided: written down, drawn, and sent to Coze by a job."""
    now, subject = clock.now(), store.subject(review.id)
    await audit.note(tx, review.team_id, now, by, f"review.{state.value}", subject)
    await message.redraw(tx, review.team_id, subject, now)
    await job.cancel_all(tx, review.team_id, WAIT, subject, exact=True)
    await job.enqueue(tx, review.team_id, VERDICT, subject, now, job.SOMEBODY_WAITS)


async def settled(tx: Tx, team_id: str, publication_id: int, kind: str, clock: Clock) -> None:
    """A publication has ended as Coze says: its cards follow, and its author is told."""
    now, subject = clock.now(), publications.subject(publication_id)
    publication = await publications.load(tx.conn, team_id, publication_id)
    await audit.note(tx, team_id, now, None, f"publish.{kind}", subject, evidence=Evidence.VERIFIED.value)
    await message.redraw(tx, team_id, subject, now)
    await carrying.tell(tx, publication, now, rings=True)
    await job.guides(tx, team_id, publication.user_id, now)
