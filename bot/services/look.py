"""Look: what a guide's step asks Coze with the bot's own credential, which costs nobody a call of theirs."""

from datetime import datetime, timedelta
from typing import Literal

from bot.core import guide as rules
from bot.core.guide import Check, Fact, Failed, Failure, Guide, Passed, Result, Route
from bot.core.people import Evidence
from bot.coze.errors import CozeError, MissingPermission
from bot.services.operator import Operator

ASKING = "asking"
"""The fact that Coze is asked just now, and the person waits for the answer. Its value is an `Calls`."""

Calls = Literal["", "token", "assertion"]
"""What takes several calls of the person's; empty for a single one, and for what the bot looks up itself."""

UNANSWERED = timedelta(minutes=2)
"""By then every call with what a person gave has answered or timed out."""

UID = "uid"
"""The fact that a token has proven which account on Coze is the person's."""

NOT_LISTED = "E13-list"  # key of the error help


async def agent(operator: Operator, guide: Guide, route: Route, now: datetime) -> Result:
    """The agent as the workspace's owner sees it: its draft, or its copy on the API channel. One call.

    Raises CozeError where a later attempt may succeed.
    """
    step = rules.standing(route, guide)
    try:
        found = await operator.agent(guide.value("agent_id"), published=step.check is Check.PUBLISHED)
    except CozeError as error:
        if error.retry:
            raise
        return Failed(failure(step.id, error, 0, now))
    name = Fact(found.name or guide.value("agent"), Evidence.VERIFIED)
    return Passed(Evidence.VERIFIED, {"agent": name})


async def member(operator: Operator, guide: Guide, route: Route, coze_uid: str, now: datetime) -> Result | None:
    """Whether the team's list has this account. None where it has not, or can't be read, and nobody waits for it.

    One call for each fifty members; it is not repeated, since the person may go on by their word meanwhile.
    """
    step = rules.standing(route, guide)
    try:
        if await operator.has_joined(coze_uid):
            return Passed(Evidence.VERIFIED, rules.inside(route, Evidence.VERIFIED))
        why = Failure(step.id, NOT_LISTED, now, {"uid": coze_uid})
    except CozeError as error:
        why = failure(step.id, error, 0, now)
    return Failed(why) if ASKING in guide.facts else None


def failure(step_id: str, error: CozeError, calls: int, now: datetime) -> Failure:
    """What Coze said no to, as the card shows it. `calls` is what it cost the person."""
    missing = {"key": error.key, "space": error.space} if isinstance(error, MissingPermission) else {}
    code = {} if error.code is None else {"code": str(error.code)}
    return Failure(step_id, error.help, now, {**code, "log_id": error.log_id, **missing}, calls)
