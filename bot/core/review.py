"""Review: what Coze tells the owner of the channel, and the owner's verdict about what was published to it.

Coze's events come doubled and in any order: where a review stands follows from when they were made, not from when
they came (coze.cn/open/docs, receive_handle_callbacks).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from .errors import AlreadyDecided, BotError, NotAdmin, NotYours, OwnRequest, WrongState
from .leak import masked
from .people import Person
from .words import needed

WORDS = 300  # characters of what people write here
REASON = 600  # of a reason: what was ticked, and then words
NAME, DESCRIPTION = 200, 2000  # characters that are kept of Coze's
EARLIEST, LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class EventKind(StrEnum):
    """What an event tells."""

    PUBLISHED = "bot.published"
    UNPUBLISHED = "bot.unpublished"
    DELETED = "bot.deleted"


Order = tuple[datetime, bool, int, str]
"""What an agent's events are sorted by."""

ENDS = frozenset({EventKind.UNPUBLISHED, EventKind.DELETED})


class ReviewState(StrEnum):
    """Where a review stands. `superseded`: the agent was published anew before the verdict reached Coze."""

    WAITING = "waiting"
    ASKED = "asked"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    UNPUBLISHED = "unpublished"
    DELETED = "deleted"


UNDECIDED = frozenset({ReviewState.WAITING, ReviewState.ASKED})
DECIDED = frozenset({ReviewState.APPROVED, ReviewState.REJECTED})


class Audit(StrEnum):
    """The answer to a publication, as Coze numbers it."""

    REVIEWING = "1"
    PASSED = "2"
    REJECTED = "3"


class BadEvent(BotError):
    """What came is no event of Coze's; the text says why, with nothing of it."""


class NotAwaited(BotError):
    """A publication that Coze was told is not kept: it comes again, or has failed on Coze."""


@dataclass(frozen=True)
class Event:
    """One event. `at` is Coze's own time of it (UTC). What an end does not tell is empty."""

    id: str
    kind: EventKind
    at: datetime
    connector_id: str
    agent_id: str
    agent_name: str
    description: str = ""
    version: str = ""
    author_uid: str = ""
    author_name: str = ""

    @property
    def order(self) -> Order:
        """Which of an agent's events came first, at Coze: of the same moment the end, then the lower version."""
        return self.at, self.kind not in ENDS, len(self.version), self.version


@dataclass(frozen=True)
class Review:
    """A version that waits for a verdict, or has had one. `user_id` is the author in Slack, where that is proven.

    `published_at` is Coze's time, the others are simulated time, all UTC. `decided_by` is None where a rule has
    decided. `told_at`: since when Coze has the verdict; `error` is a key of the error help, while it has not taken
    it. `tools` is the hash of plugins, workflows and model; `note` what the author wrote about the version.
    """

    id: int
    team_id: str
    event_id: str
    agent_id: str
    agent_name: str
    connector_id: str
    version: str
    author_uid: str
    author_name: str
    description: str
    published_at: datetime
    received_at: datetime
    state: ReviewState
    user_id: str | None = None
    assignee: str | None = None
    question: str | None = None
    asked_by: str | None = None
    asked_at: datetime | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    told_at: datetime | None = None
    error: str | None = None
    log_id: str | None = None
    tools: str | None = None
    note: str | None = None

    @property
    def order(self) -> Order:
        """Which of the agent's events has begun it."""
        return self.published_at, True, len(self.version), self.version

    @property
    def audit(self) -> Audit:
        """What Coze is to be told."""
        return {ReviewState.APPROVED: Audit.PASSED, ReviewState.REJECTED: Audit.REJECTED}.get(
            self.state, Audit.REVIEWING
        )

    @property
    def waiting_since(self) -> datetime:
        """From when on an answer is owed: an author's answer begins it anew."""
        return self.answered_at or self.received_at

    @property
    def is_open(self) -> bool:
        """Whether somebody has something to do about it, or Coze has not got the verdict yet."""
        return self.state in UNDECIDED or (self.state in DECIDED and self.told_at is None)


def read_event(body: Mapping[str, Any]) -> Event | None:
    """The event in a callback's body, None for one of a kind that means nothing here. Raises BadEvent."""
    header, told = body.get("header"), body.get("event")
    if not isinstance(header, Mapping) or not isinstance(told, Mapping):
        raise BadEvent("no header or no event")
    known = {kind.value: kind for kind in EventKind}
    kind = header.get("event_type")
    if not isinstance(kind, str):
        raise BadEvent("no type")
    if kind not in known:
        return None
    event = Event(
        id=_word(header.get("event_id"), 100, "event_id"),
        kind=known[kind],
        at=_moment(header.get("created_at")),
        connector_id=_number(told.get("connector_id") or header.get("connector_id"), "connector_id"),
        agent_id=_number(told.get("bot_id_str") or told.get("bot_id"), "bot_id"),
        agent_name=_text(told.get("bot_name"), NAME),
    )
    if event.kind in ENDS:
        return event
    return Event(
        **{name: getattr(event, name) for name in ("id", "kind", "at", "connector_id", "agent_id", "agent_name")},
        description=_text(told.get("description"), DESCRIPTION),
        version=_word(told.get("version"), 40, "version"),
        author_uid=_number(told.get("user_id_str") or told.get("user_id"), "user_id"),
        author_name=_text(told.get("user_name"), NAME),
    )


def standing(order: Order, known: Iterable[Event]) -> ReviewState:
    """Where the review of a publication stands by all events of its agent: the one right after it has ended it."""
    later = [each for each in known if each.order > order]
    if not later:
        return ReviewState.WAITING
    match min(later, key=lambda event: event.order).kind:
        case EventKind.PUBLISHED:
            return ReviewState.SUPERSEDED
        case EventKind.UNPUBLISHED:
            return ReviewState.UNPUBLISHED
        case EventKind.DELETED:
            return ReviewState.DELETED


def _word(value: Any, longest: int, what: str) -> str:
    """Letters and digits without a blank, or a number. Raises BadEvent."""
    text = str(value) if type(value) is int and abs(value) < 10**30 else value
    if isinstance(text, str) and 0 < len(text) <= longest and all("!" <= sign <= "~" for sign in text):
        return text
    raise BadEvent(f"no {what}")


def _number(value: Any, what: str) -> str:
    """An id of Coze's: digits, as text or as a number. Raises BadEvent."""
    text = _word(value, 24, what)
    if not text.isdigit():
        raise BadEvent(f"no {what}")
    return text


def _moment(value: Any) -> datetime:
    """From milliseconds. Raises BadEvent."""
    text = _number(value, "created_at")
    try:
        at = datetime.fromtimestamp(int(text) / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        at = LATEST
    if not EARLIEST <= at < LATEST:
        raise BadEvent("no created_at")
    return at


def _text(value: Any, longest: int) -> str:
    """Somebody's words, without what no database takes, and without a secret."""
    text = value if isinstance(value, str) else ""
    return masked(text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:longest])


def check_decision(review: Review, by: Person, *, own: bool = False) -> None:
    """Whether `by` may decide about it now; `own` lets an admin decide about an agent of theirs.

    Raises NotAdmin, OwnRequest, AlreadyDecided (with who and when), WrongState (published anew, or gone).
    """
    if not by.may_decide():
        raise NotAdmin
    if by.user_id == review.user_id and not own:
        raise OwnRequest
    if review.state in DECIDED:
        raise AlreadyDecided(review.state, review.decided_by, review.decided_at)
    if review.state not in UNDECIDED:
        raise WrongState(review.state)


def check_author(review: Review, user_id: str) -> None:
    """Whether this person is asked just now. Raises NotYours, WrongState."""
    if review.user_id != user_id:
        raise NotYours
    if review.state is not ReviewState.ASKED:
        raise WrongState(review.state)


def read_words(field: str, words: str, longest: int = WORDS) -> str:
    """A reason, a question or an answer, trimmed. Raises InvalidFields."""
    return needed(f"review.{field}", words, longest)


def tools_hash(plugins: Iterable[Any] | None, workflows: Iterable[Any] | None, model: Any) -> str | None:
    """Recognises what an agent works with; None where Coze does not tell all three, so that nothing equals it."""
    if plugins is None or workflows is None or not model:
        return None
    parts = [sorted(json.dumps(each, sort_keys=True) for each in found) for found in (plugins, workflows)]
    return hashlib.sha256(json.dumps([*parts, model], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class AutoApproval:
    """The operator's rule: whose agents need nobody's look while they work with what they did when somebody looked.

    `owners` are accounts on Coze; `everybody` are all of them.
    """

    owners: frozenset[str] = frozenset()
    everybody: bool = False

    def approves(self, owner_uid: str, tools: str | None, approved: str | None) -> bool:
        """Whether the version of this owner's agent is approved; `approved` is the hash at the last approval."""
        return (self.everybody or owner_uid in self.owners) and tools is not None and tools == approved

    def __bool__(self) -> bool:
        return self.everybody or bool(self.owners)
