"""Publish: an agent on its way to the glasses' own channel on Coze."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .errors import BotError, InvalidFields, Problem
from .people import Evidence
from .words import needed

API_CONNECTOR = "1024"
"""Coze's own API channel; a custom channel is only accepted together with it."""

FOLLOW = timedelta(days=7)
"""For so long the bot follows a review by itself; after that a person decides."""


CONFIRM_WITHIN = timedelta(minutes=10)
"""So long a confirmation counts; after that it is looked again at what it says."""

NOTE_LENGTH = 200
OFF_REASON = 300  # characters of why an agent is taken off
QUESTION = 300  # characters of what an agent is asked


class PublicationState(StrEnum):
    """Where a publication stands. `submitted` is written before the call, so a crash can't publish twice.

    `claimed`: published by hand on Coze, as the person says, and in review for all we know. `unpublished` and
    `deleted`: taken off the channel since, as Coze told the channel's owner.
    """

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    SUBMITTED = "submitted"
    CLAIMED = "claimed"
    REVIEWING = "reviewing"
    ONLINE = "online"
    REJECTED = "rejected"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNPUBLISHED = "unpublished"
    DELETED = "deleted"


OPEN = frozenset({PublicationState.CONFIRMED, PublicationState.SUBMITTED, PublicationState.REVIEWING})
"""One agent has at most one publication in these states."""

UNDER_WAY = OPEN | {PublicationState.CLAIMED}
"""What is on its way to the glasses. A mere word of somebody keeps nobody from publishing."""

GIVES_WAY = frozenset(
    {PublicationState.CLAIMED, PublicationState.REJECTED, PublicationState.FAILED, PublicationState.UNKNOWN}
)
"""What nobody needs to settle or try again any more once the agent's next attempt is on its way."""

STUCK = frozenset({PublicationState.UNKNOWN})
"""Nobody knows how it ended, until the author says so."""

UNDECIDED = frozenset({PublicationState.CLAIMED, PublicationState.UNKNOWN})
"""Something may lie with Coze, and its end be heard of yet."""

STOOD = frozenset({PublicationState.ONLINE, PublicationState.UNPUBLISHED, PublicationState.DELETED})
"""Has been online, and so has taken the place of what was before."""

BY_HAND = {
    PublicationState.REJECTED: frozenset(
        {PublicationState.CLAIMED, PublicationState.REVIEWING, PublicationState.UNKNOWN}
    ),
    PublicationState.ONLINE: frozenset({PublicationState.UNKNOWN}),
}
"""How a person says that it ended, and while it stands where.

What Coze lists is taken for online, which is less than "review passed": whether it lists a version that is still
reviewed is not documented (coze.cn/open/docs, list_bot_versions). The verdict goes to the channel's owner alone: to
anybody else, what is not listed is pending. The author has Coze's own notice.
"""


@dataclass(frozen=True)
class Publication:
    """One attempt to publish. Times are UTC. `error` is a key of the error help, while it has failed.

    `reason` are a reviewer's words, `note` the author's: what is new. `checks` is what was found before the call,
    where that kept it from being made (`publish_checks.from_rows`). `evidence` is how the end is known: Coze lists
    it, or a person said so; what was published by hand is known by their word from the beginning.
    `reviewed_at`: when the channel's owner decided here, so that the end is Coze's own; `reviewed_by` is who, None
    for a rule. `off_by` wants it off the channel since `off_at`, and `off_reason` is why; until Coze has done that it
    is online, and `error` tells why it still is. `announces`: its author wants it told once it is online.
    """

    id: int
    team_id: str
    user_id: str
    agent_id: str
    agent_name: str
    workspace_id: str
    connector_id: str
    state: PublicationState
    created_at: datetime
    submitted_at: datetime | None = None
    version: str | None = None
    checked_at: datetime | None = None
    settled_at: datetime | None = None
    reason: str | None = None
    error: str | None = None
    log_id: str | None = None
    evidence: Evidence | None = None
    note: str | None = None
    checks: Sequence[Mapping[str, object]] | None = None
    reviewed_at: datetime | None = None
    reviewed_by: str | None = None
    off_by: str | None = None
    off_at: datetime | None = None
    off_reason: str | None = None
    announces: bool | None = None

    @property
    def is_api_only(self) -> bool:
        """Whether it goes to Coze's API channel alone: online at once, without a review, and not in the glasses'."""
        return self.connector_id == API_CONNECTOR

    @property
    def is_being_taken_off(self) -> bool:
        """Whether Coze is asked to take it off the channel just now."""
        return self.state is PublicationState.ONLINE and self.off_at is not None and not self.error

    @property
    def by_hand(self) -> bool:
        """Whether the person published it on Coze and told us: no call of ours is behind it."""
        return self.submitted_at is None and self.evidence is not None


class NoCredential(BotError):
    """The operator has not given the bot a credential: publishing is done by hand on Coze."""


class NotJoined(BotError):
    """Only who has joined the ShargeAI team publishes to its channel."""


class NotProven(NotJoined):
    """Their account is in the team, but nobody has shown that it is theirs: another's agents might be published."""


class Late(BotError):
    """What was to be confirmed was looked at too long ago."""


def read_note(text: str) -> str | None:
    """What an author says of a version, trimmed; None for nothing. Raises InvalidFields."""
    note = text.strip()
    if len(note) > NOTE_LENGTH:
        raise InvalidFields([Problem("publish.note", "over_limit", {"longest": NOTE_LENGTH})])
    return note or None


def read_off_reason(text: str) -> str:
    """Why it is taken off, trimmed. Raises InvalidFields."""
    return needed("publish.off_reason", text, OFF_REASON)


def read_question(text: str) -> str:
    """What an agent is asked, trimmed. Raises InvalidFields."""
    return needed("publish.question", text, QUESTION)


class UnderWay(BotError):
    """Another publication of this agent is open."""
