"""Owner: the bot's own credential on Coze, as far as it is known. It is recognised, never kept."""

from dataclasses import dataclass
from datetime import datetime

NEVER_ENDS = "never"


@dataclass(frozen=True)
class OwnerCredential:
    """One value of the setting. `credential_id` is the row whose end is watched, None where nobody has told it;
    `dead_at` is when Coze refused it and has taken it never since. Times are simulated, UTC.
    """

    id: int
    team_id: str
    fingerprint: str
    known_since: datetime
    credential_id: int | None
    is_permanent: bool
    dead_at: datetime | None
    replaced_at: datetime | None
