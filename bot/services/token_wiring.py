"""The tokens and keys that people recorded, and their reminders, with what they need."""

from .backup import Backups
from .credential import Credentials
from .deployment import Deployment, Resources
from .expiring import ExpiringTokens
from .forecast import Forecasts
from .job_runner import Handler
from .oauth_key import OauthKeys
from .orphan import Orphans
from .overview import Overview
from .remind import Remind, Reminders
from .renewal import Renewals
from .token_checker import TokenChecker


class TokenServices:
    """What is recorded (`credentials`), when it is told (`remind`), what follows when nobody hears (`orphans`)."""

    def __init__(
        self, resources: Resources, deployment: Deployment, reminders: Reminders, overview: Overview
    ) -> None:
        db, clock = resources.db, resources.clock
        self.credentials, self.checker = Credentials(db, clock, reminders), TokenChecker(resources.coze)
        self.remind = Remind(db, clock, resources.team, reminders)
        self.oauth_keys = OauthKeys(db, clock, self.credentials)
        self.renewals = Renewals(db, clock, overview, self.checker)
        self.backups = Backups(db, clock)
        self.orphans = Orphans(db, clock, deployment.admin_channel, self.remind, self.credentials, self.backups)
        self.expiring = ExpiringTokens(db, clock)
        self.forecasts = Forecasts(db, clock, deployment.running.timetable, deployment.work_zone)

    def job_handlers(self) -> dict[str, Handler]:
        """What happens later, by the kind of job."""
        return {
            "remind": self.orphans.ring,
            "backup": self.orphans.unanswered,
            "replan": self.remind.replan,
        }
