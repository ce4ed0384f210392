"""The admins' desk, with what it needs."""

from .audit_search import AuditSearch
from .deployment import Deployment, Resources
from .desk import AdminDesk
from .failed_jobs import FailedJobs
from .job_runner import Handler
from .join.leaving import Leaving
from .seat_review import KIND, SeatReviews
from .seats import SeatCount
from .stuck import StuckPlaces
from .workspace_client import WorkspaceClient


class DeskServices:
    """What wants an admin's hand (`front`), and each of its parts."""

    def __init__(
        self,
        resources: Resources,
        deployment: Deployment,
        workspace_client: WorkspaceClient | None,
        leaving: Leaving,
    ) -> None:
        db, clock, team = resources.db, resources.clock, resources.team
        self.front, self.failed_jobs = AdminDesk(db, clock, team), FailedJobs(db, clock, team)
        self.seats = SeatCount(db, clock)
        self.seat_reviews = SeatReviews(db, clock, deployment.admin_channel, workspace_client, leaving)
        self.audit, self.stuck = AuditSearch(db, clock, team), StuckPlaces(db, clock, team)

    def job_handlers(self) -> dict[str, Handler]:
        """What happens later, by the kind of job."""
        return {KIND: self.seat_reviews.take_out}
