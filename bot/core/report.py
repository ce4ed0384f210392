"""Report: somebody is stuck in a guide, or Coze's screen looks different there; admins read it and answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .errors import InvalidFields, NotYours, Problem

WORDS_LENGTH = 300
LONGEST_TOLD = 1500
"""Characters of an admin's words that are handed on from a thread; a button carries them, and takes 2,000."""


class Kind(StrEnum):
    """What is reported."""

    STUCK = "stuck"
    DIFFERS = "differs"
    FEEDBACK = "feedback"
    QUESTION = "question"


class ReportState(StrEnum):
    """Whose turn it is: `open` waits for an admin, `answered` for the person, `solved` for nobody."""

    OPEN = "open"
    ANSWERED = "answered"
    SOLVED = "solved"


@dataclass(frozen=True)
class Report:
    """One report. Times are UTC. `error`, `code` and `log_id` are those of the last check that failed.

    `guide_id` is 0, `route`, `step` and `checked_on` are empty where nobody was in a guide.
    `words` are the person's newest, `answer` the admins' newest; what was said before stands in the thread.
    """

    id: int
    team_id: str
    user_id: str
    guide_id: int
    kind: Kind
    route: str
    step: str
    checked_on: str
    words: str
    error: str | None
    code: str | None
    log_id: str | None
    state: ReportState
    created_at: datetime
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


def read(words: str, *, required: bool) -> str:
    """What somebody wrote, trimmed. Raises InvalidFields."""
    words = words.strip()
    if required and not words:
        raise InvalidFields([Problem("guide.words", "empty")])
    if len(words) > WORDS_LENGTH:
        raise InvalidFields([Problem("guide.words", "over_limit", {"longest": WORDS_LENGTH})])
    return words


def check_owner(report: Report, user_id: str) -> None:
    """Whether it is the person's own. Raises NotYours."""
    if report.user_id != user_id:
        raise NotYours
