"""Drawing: one handler brings every copy of every card to what its row says now."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.core.errors import Lapsed, NotFound, SlackRefused, Unreachable
from bot.services.job_runner import Backoff, Dead, Done, Outcome, Reschedule, on_commit
from bot.services.overview import AWAY
from bot.services.people import NEVER, People
from bot.slack.router import Drawing, Router, TooLate
from bot.slack.send import UNSHOWN, UNSHOWN_PAUSE, Sender
from bot.store import job, restored
from bot.store import message as store
from bot.store.database import Database, Tx
from bot.store.job import Job
from bot.store.message import Message
from bot.texts.locale import Locale

log = logging.getLogger(__name__)

GONE = frozenset({"message_not_found", "edit_window_closed", "block_mismatch"})
"""Slack's words for a copy that can't be redrawn, and is posted anew where its matter is open."""
DONE = frozenset({"cant_update_message", "is_inactive"})
OVERLAP = timedelta(seconds=60)
SETTLES = timedelta(seconds=60)
"""So long Slack may still do what nobody waits for any more: four times as long as we have waited."""
PAUSE = 300.0  # seconds until a channel without the bot is tried again
CARD_PAUSE = 30.0  # seconds until a line below a card that is not there yet is tried again
NOBODY = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "messages_tab_disabled",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)
"""Slack's words for somebody whom no message reaches."""

Unreached = Callable[[Tx, Message], Awaitable[None]]
"""What becomes of a copy that does not reach whom it is for."""


class Draw:
    """The job of drawing. The row is loaded after the claim, so what is drawn is never stale."""

    def __init__(
        self, db: Database, clock: Clock, people: People, sender: Sender, router: Router, unreached: Unreached
    ) -> None:
        self._db, self._clock, self._people, self._sender, self._router = db, clock, people, sender, router
        self._unreached = unreached
        self._away: set[str] = set()  # channels whose loss this process has logged
        self._forgotten: tuple[datetime | None, set[tuple[int, int]]] | None = (
            None  # since when, and what is looked up
        )

    async def draw(self, row: Job) -> Outcome:
        """Job: post the copy, or redraw it where it was posted."""
        async with self._db.read() as conn:
            copy = await store.load(conn, int(row.subject))
        if copy is None:
            return Done()
        try:
            if copy.ts and copy.channel:
                return await self._update(row, copy, copy.channel, copy.ts)
            return await self._post(row, copy)
        except (TooLate, Lapsed):  # what told of a deed that is let go of by now stays as it was posted
            return Done()
        except NotFound:
            return Dead("nothing to draw")
        except SlackRefused as error:
            return self._refused(copy, error.code)

    def _refused(self, copy: Message, code: str) -> Outcome:
        """A channel without the bot keeps its cards until it is back; who can't be reached breaks nothing."""
        if code == UNSHOWN:
            raise Backoff(UNSHOWN_PAUSE, code)
        if _is_person(copy.recipient):
            if code in NOBODY:
                log.warning("nobody to tell: %s: %s", copy.recipient, code)
                return Done(on_commit(self._unreached, copy))
        elif copy.thread is not None and code in ("thread_not_found", "message_not_found"):
            return Done()  # its card was deleted by hand, and the history with it
        elif code in AWAY:
            if copy.recipient not in self._away:
                log.error("the bot can't post in channel %s (%s): invite it there", copy.recipient, code)
                self._away.add(copy.recipient)
            raise Backoff(PAUSE, code)
        return Dead(code)

    async def back(self) -> None:
        """The bot is in a channel again: what waited for that need not wait any more."""
        self._away.clear()
        async with self._db.write() as tx:
            await job.release(tx, self._sender.team_id, [*AWAY, job.CARDLESS], self._clock.now())

    async def _drawing(self, copy: Message) -> Drawing:
        return await self._router.drawing(copy, await self._locale(copy))

    async def _locale(self, copy: Message) -> Locale:
        """A person's own language in their DM, the operator's choice in a channel."""
        if not _is_person(copy.recipient):
            return self._people.common_locale()
        try:
            person = await self._people.known(copy.recipient) or await self._people.refresh(copy.recipient)
        except Unreachable:
            return self._people.common_locale()
        return self._people.locale(person)

    async def _post(self, row: Job, copy: Message) -> Outcome:
        thread = await self._thread(copy)
        if found := await self._earlier(row, copy, thread):
            return await self._update(row, copy, *found)
        if copy.posting and (found := await self._lost(row, copy, thread)):
            return await self._update(row, copy, *found)
        return await self._sent(row, copy, thread)

    async def _lost(self, row: Job, copy: Message, thread: str | None) -> tuple[str, str] | None:
        """Where an earlier try has arrived; None if it has not, and then nobody has to look again."""
        channel = await self._place(copy)
        ts = await self._sender.find(channel, copy, copy.created_at - OVERLAP, thread, row.payload)
        if ts is None:
            self._settled(copy.settles_at)
            await self._not_posted(copy)
            return None
        return channel, ts

    def _unsettled(self, at: datetime | None) -> timedelta:
        """How long Slack may still do what it gave no answer to; nothing where it won't, or has not told its time."""
        now = self._sender.time.now()
        return min(max(at - now, timedelta()), SETTLES) if at and now else timedelta()

    def _settled(self, at: datetime | None) -> None:
        """That nothing was found counts from then on. Raises Backoff, and then all is looked through anew."""
        if left := self._unsettled(at):
            raise Backoff(left.total_seconds(), keep={})

    async def _earlier(self, row: Job, copy: Message, thread: str | None) -> tuple[str, str] | None:
        """Where it was posted already, as the database was put back to a moment before that; None if it was not.

        That only happens while no bot runs, so it is asked once; what was looked up is so once.
        """
        if self._forgotten is None:
            async with self._db.read() as conn:
                self._forgotten = await restored.since(conn, copy.team_id), set()
        since, done = self._forgotten
        if since is None or (copy.id, copy.revision) in done:
            return None
        channel = await self._place(copy)
        ts = await self._sender.find(channel, copy, since, thread, row.payload, forgotten=True)
        done.add((copy.id, copy.revision))
        return (channel, ts) if ts else None

    async def knows_all(self, _row: Job) -> Outcome:
        """Job: whatever was posted by a bot whose database was put back since has been found by now."""
        if self._forgotten:
            self._forgotten = None, set()
        return Done()

    async def _sent(self, row: Job, copy: Message, thread: str | None) -> Outcome:
        """The post, once it is its turn. Where Slack gave no answer it may have arrived; else it did not."""
        await self._sender.turn("chat.postMessage", copy.recipient, row, on_commit(self._posting, copy))
        try:
            drawing = await self._drawing(copy)
            if (outcome := self._unsaid(copy, drawing)) is not None:
                await self._not_posted(copy)
                return outcome
            channel, ts = await self._sender.post(copy.channel or copy.recipient, drawing.card, copy, thread)
        except Unreachable as error:
            await (self._save(copy, settles_at=None) if error.is_over else self._doubt(copy))
            raise
        except Exception:
            await self._not_posted(copy)
            raise
        return Done(on_commit(store.posted, copy, channel, ts, self._clock.now()))

    def _unsaid(self, copy: Message, drawing: Drawing) -> Outcome | None:
        """What becomes of a new copy that is not to be posted, now or at all; None for one that is."""
        now = self._clock.now()
        if drawing.is_overtaken:
            return Done(on_commit(store.withdraw, copy.team_id, copy.subject, copy.recipient, copy.kind, now))
        is_early = drawing.not_before is not None and drawing.not_before > now
        return Reschedule(drawing.not_before or now, keep={}) if is_early else None

    async def _posting(self, tx: Tx, copy: Message) -> None:
        """It is tried from now on. When that began is kept as Slack has it, since Slack dates what arrives: where
        Slack has not told the time, all that ever stood there will be looked through."""
        began = self._sender.time.now()
        settles_at = began and began + SETTLES
        await store.save(tx, copy, posting=True, created_at=began or NEVER, settles_at=settles_at)

    async def _doubt(self, copy: Message) -> None:
        """No answer came to what was tried: until when Slack may do it all the same, if Slack has told its time."""
        now = self._sender.time.now()
        await self._save(copy, settles_at=now and now + SETTLES)

    async def _not_posted(self, copy: Message) -> None:
        await self._save(copy, posting=False, settles_at=None)

    async def _save(self, copy: Message, **values: Any) -> None:
        async with self._db.write() as tx:
            await store.save(tx, copy, **values)

    async def _thread(self, copy: Message) -> str | None:
        """The ts below which this one stands; waits for the card if it was not posted yet."""
        if copy.thread is None:
            return None
        async with self._db.read() as conn:
            card = await store.load(conn, copy.thread)
        if card is None or card.ts is None:
            young = card is not None and timedelta() <= self._clock.now() - card.created_at < OVERLAP
            raise Backoff(1.0 if young else CARD_PAUSE, job.CARDLESS)
        return card.ts

    async def _place(self, copy: Message) -> str:
        """The channel to look it up in."""
        if copy.channel or not _is_person(copy.recipient):
            return copy.channel or copy.recipient
        return await self._sender.open_dm(copy.recipient)

    async def _update(self, row: Job, copy: Message, channel: str, ts: str) -> Outcome:
        await self._sender.turn("chat.update", row=row)
        drawing = await self._drawing(copy)
        try:
            await self._sender.update(channel, ts, drawing.card, copy)
        except asyncio.CancelledError:  # who stops here leaves it to another process, which has to know
            await self._doubt(copy)
            raise
        except Unreachable as error:
            if not error.is_over:  # what was tried before may be in doubt all the same
                await self._doubt(copy)
            raise
        except SlackRefused as error:
            if error.code in GONE and drawing.is_open:
                return Reschedule(self._clock.now(), on_commit(store.post_anew, copy))
            if error.code in GONE | DONE:
                return Done()
            raise
        now, stands = self._clock.now(), (copy, channel, ts, self._clock.now())
        if left := self._unsettled(copy.settles_at):  # what was drawn before may still come, and stand over this
            return Reschedule(now + left, on_commit(store.posted, *stands, copy.settles_at), keep={})
        return Done(on_commit(store.posted, *stands))

    async def unpost(self, row: Job) -> Outcome:
        """Job: delete what was posted anew elsewhere, or whose matter is over. Whatever Slack says of it, it is not
        ours to show any more.
        """
        try:
            if (found := await self._leftover(row)) is None:
                return Done()
            await self._sender.turn("chat.delete", row=row)
            await self._sender.delete(*found)
        except Backoff as wait:
            sought = {name: each for name, each in (row.payload or {}).items() if name in (store.LOST, store.BELOW)}
            raise Backoff(wait.seconds, wait.because, {**sought, **(wait.keep or {})}) from None
        except SlackRefused as error:  # nobody is there any more, or no card: nor is what stood below
            if error.code != "message_not_found":
                log.warning("an older copy stays: %s", error.code)
        return Done()

    async def _leftover(self, row: Job) -> tuple[str, str] | None:
        """Where it stands; None where it has not arrived, and won't any more."""
        lost = store.lost(row.team_id, row.payload)
        if lost is None:
            channel, _, stands = row.subject.partition(":")
            return channel, stands
        place, since = await self._place(lost.copy), lost.copy.created_at - OVERLAP
        ts = await self._sender.find(place, lost.copy, since, lost.below, row.payload)
        if ts is None:
            self._settled(lost.copy.settles_at)
            return None
        return place, ts


def _is_person(recipient: str) -> bool:
    return recipient.startswith(("U", "W"))
