"""Snapshot: all that a guide's card is drawn from."""

from dataclasses import dataclass

from bot.core.guide import Guide, Route
from bot.core.join import Request
from bot.core.publish import Publication
from bot.core.remind import USUAL, USUAL_TIMES, Quiet, Timetable, quiet_of
from bot.core.report import Report
from bot.store import guide as store
from bot.store import people
from bot.store import report as reports
from bot.store.database import Database

from .carrying import Matter, is_history, shown
from .guides import Progress
from .rows import Replaced


@dataclass(frozen=True)
class GuideSnapshot:
    """`looks` says whether the bot itself can look the agent up, `waits` whether it asks Coze just now.

    `replaced` is the token that the guide replaces, with the agents that use it; `quiet` the hours in which the
    person wants no reminders, `timetable` when they come; `carried` what the card shows in the step's place.
    """

    guide: Guide
    route: Route
    request: Request | None
    publication: Publication | None
    report: Report | None
    looks: bool
    waits: bool
    replaced: Replaced | None = None
    quiet: Quiet | None = USUAL
    timetable: Timetable = USUAL_TIMES

    @property
    def carried(self) -> Matter | None:
        """The request or the publication that has no card of its own meanwhile."""
        return shown(self.guide, self.request, self.publication)


class Snapshots:
    """Reads them."""

    def __init__(self, db: Database, progress: Progress) -> None:
        self._db, self._progress = db, progress

    async def is_history(self, matter: Matter) -> bool:
        """Whether another card has the next act than its own."""
        async with self._db.read() as conn:
            return await is_history(conn, matter)

    async def of(self, team_id: str, guide_id: int) -> GuideSnapshot:
        """As things are now. Raises NotFound."""
        progress = self._progress
        async with self._db.read() as conn:
            guide = await store.load(conn, team_id, guide_id)
            at = await progress.context(conn, guide)
            report = await reports.waiting(conn, team_id, guide_id)
            who = await people.load(conn, team_id, guide.user_id)
        looks, waits = progress.res.looks(guide), progress.check(guide).is_waiting(guide)
        found = at.rows
        quiet = quiet_of(who.quiet) if who else USUAL
        known = found.request, found.publication, report, looks, waits, found.replaced, quiet
        timetable = progress.res.credentials.timetable
        return GuideSnapshot(guide, at.route, *known, timetable)
