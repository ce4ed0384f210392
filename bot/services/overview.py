"""Overview: everything that is true for one person, seen at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.credential import Credential
from bot.core.guide import CurrentStep, Guide, GuideState
from bot.core.join import Request
from bot.core.people import Person
from bot.core.publish import Publication
from bot.core.refusal import DAY, Attempts
from bot.store import credential, guide, job, job_desk, join, refusal
from bot.store import overview as store
from bot.store.database import Database
from bot.store.job import CARDLESS

from .call_counter import STOPPED
from .people import must_be_admin

SHOWN = 10  # requests of a kind; the list has the others
ENDING, ENDING_SHOWN = timedelta(days=14), 50
REFUSED_SHOWN = 3
WALKED, REPLACED = 50, 100

AWAY = frozenset({"not_in_channel", "channel_not_found", "is_archived"})
"""Slack's words for a channel in which the bot can't post. Cards wait until it can."""
WAITS = AWAY | {STOPPED, CARDLESS}
"""Why a job may wait with nothing to mend about it: Home and its own notice say what for."""
EVERYBODYS = ""
"""The workspace of what the bot does for itself, such as clearing up."""


@dataclass(frozen=True)
class PersonFacts:
    """What stands behind a person's next action. `request` is the newest, open or not; `guide` is open, and where
    none is, `finished` is the last that was walked to its end."""

    request: Request | None
    credentials: list[Credential]
    publications: list[Publication]
    guide: CurrentStep | None = None
    finished: CurrentStep | None = None


@dataclass(frozen=True)
class Trouble:
    """For admins: `failed` counts what the bot has given up on or fails at, `held` the cards that wait until it is
    back in their channel, `unproven` the members who have yet to show that their Coze account is theirs; `refused`
    are those whose refusals have piled up since yesterday."""

    failed: int = 0
    held: int = 0
    unproven: int = 0
    refused: Sequence[Attempts] = ()


@dataclass(frozen=True)
class Board:
    """What waits for admins, of `total` the first: undecided requests and decided ones that want a hand. And tokens
    that end soon."""

    waiting: list[Request]
    unfinished: list[Request]
    total: int
    ending: list[Credential]


class Overview:
    """Who somebody is and what is true for them, read together."""

    def __init__(self, db: Database, team_id: str) -> None:
        self._db, self._team = db, team_id

    async def of(self, user_id: str) -> tuple[Person | None, PersonFacts]:
        """The person as last seen, None for somebody we never met, and their facts."""
        async with self._db.read() as conn:
            who, request, credentials, publications, place = await store.of(conn, self._team, user_id)
        is_open = place is not None and place.state is GuideState.OPEN
        guides = (place, None) if is_open else (None, place)
        return who, PersonFacts(request, credentials, publications, *guides)

    async def walked(self, user_id: str) -> tuple[list[Guide], dict[int, int]]:
        """The guides that somebody has walked last, and which of their tokens took which one's place."""
        async with self._db.read() as conn:
            guides = await guide.recent(conn, self._team, user_id, WALKED)
            if not any(each.value("credential") for each in guides):
                return guides, {}
            return guides, await credential.successors(conn, self._team, user_id, REPLACED)

    async def trouble(self, who: Person, now: datetime) -> Trouble:
        """What needs an admin's hand at simulated time `now`; nothing for anybody else."""
        if not who.may_decide():
            return Trouble()
        async with self._db.read() as conn:
            failed = await job_desk.count_failed(conn, (self._team, EVERYBODYS), WAITS)
            held = await job.held(conn, self._team, AWAY)
            unproven = await join.unproven(conn, self._team)
            refused = await refusal.piled(conn, self._team, now - DAY, REFUSED_SHOWN)
            return Trouble(failed, held, unproven, refused)

    async def board(self, who: Person, now: datetime) -> Board:
        """What waits for admins at simulated time `now`. Raises NotAdmin, Unreachable."""
        must_be_admin(who)
        async with self._db.read() as conn:
            total, waiting = await join.listed(conn, who.team_id, "undecided", 0, SHOWN, who.user_id, now)
            more, unfinished = await join.listed(conn, who.team_id, "unfinished", 0, SHOWN, who.user_id, now)
            tokens = await credential.ending(conn, who.team_id, now + ENDING, ENDING_SHOWN)
        return Board(waiting, unfinished, total + more, [each for each in tokens if not each.is_operators])
