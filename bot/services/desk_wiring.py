"""The admins' desk, with what it needs."""

from .audit_search import AuditSearch
from .deployment import Resources
from .desk import AdminDesk
from .failed_jobs import FailedJobs
from .seats import SeatCount
from .stuck import StuckPlaces


class DeskServices:
    """What wants an admin's hand (`front`), and each of its parts."""

    def __init__(self, resources: Resources) -> None:
        db, clock, team = resources.db, resources.clock, resources.team
        self.front, self.failed_jobs = AdminDesk(db, clock, team), FailedJobs(db, clock, team)
        self.seats = SeatCount(db, clock)
        self.audit, self.stuck = AuditSearch(db, clock, team), StuckPlaces(db, clock, team)
