"""Taking an account out of the workspace on Coze: by one call, and a look where nobody can tell what it did."""

from dataclasses import dataclass
from datetime import datetime

from bot.coze.errors import CozeError
from bot.services.workspace_client import WorkspaceClient
from bot.store.job import Job

UNKNOWN = "E18"  # keys of the error help
OWNER = "E13-own"  # whom nobody can remove


@dataclass(frozen=True)
class Expelled:
    """Whether the account is out, and where it is not why, as a key of the error help."""

    is_out: bool
    error: str = ""
    log_id: str = ""


async def expel(client: WorkspaceClient, coze_uid: str, row: Job, now: datetime) -> Expelled:
    """Try it for this job at simulated time `now`. Raises CozeError where the job is to try again."""
    error, log_id = UNKNOWN, ""
    try:
        answer = await client.remove(coze_uid)
        is_out, is_owner = coze_uid in (*answer.removed, *answer.not_there), coze_uid in answer.owners
        if is_owner != is_out:
            return Expelled(is_out, "" if is_out else OWNER)
    except CozeError as refused:
        if refused.retry and row.attempts < await client.tries():
            raise
        error, log_id = refused.help, refused.log_id
    return await _looked(client, coze_uid, row, now, error, log_id)


async def _looked(
    client: WorkspaceClient, coze_uid: str, row: Job, now: datetime, error: str, log_id: str
) -> Expelled:
    """Refused, or unclear: before that is told, the list of members is asked whether it is so."""
    try:
        return Expelled(not await client.has_joined(coze_uid, now, afresh=True), error, log_id)
    except CozeError as unknown:
        if unknown.retry and row.attempts < await client.tries():
            raise
    return Expelled(is_out=False, error=error, log_id=log_id)
