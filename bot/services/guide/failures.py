"""What Coze said no to, as a guide's card shows it."""

from bot.core.guide import Failed, Failure
from bot.coze.errors import CozeError, MissingPermission

from .check import StepContext


def failed(at: StepContext, error: CozeError, calls: int) -> Failed:
    """`calls` is what it cost the person; where it cost any, the end of the token is told."""
    missing = {"key": error.key, "space": error.space} if isinstance(error, MissingPermission) else {}
    code = {} if error.code is None else {"code": str(error.code)}
    ends = at.guide.value("ends")
    date = {"date": ends[:10]} if ends and calls else {}
    values = {**code, "log_id": error.log_id, **missing, **date}
    return Failed(Failure(at.step.id, error.help, at.now, values, calls))
