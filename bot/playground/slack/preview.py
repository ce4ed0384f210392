"""blocks.validate: what Slack would object to, without sending anything.

As on https://docs.slack.dev/reference/methods/blocks.validate.
"""

from ..world.chat import Json
from .asking import Ask, Refused
from .checks import Problem, Surface
from .offer import Method
from .validate import validate

KINDS = ("blocks", "view", "message")


def check(ask: Ask) -> Json:
    """Exactly one of blocks, a view or a message."""
    given = [kind for kind in KINDS if ask.args.get(kind) not in (None, "")]
    if len(given) != 1:
        messages = [f"[ERROR] provide exactly one of: {', '.join(KINDS)}"]
        raise Refused("invalid_arguments", response_metadata={"messages": messages})
    (kind,) = given
    payload = ask.json(kind, f"invalid_{kind}")
    if kind == "blocks":
        payload = {"blocks": payload}
    if not isinstance(payload, dict):
        raise Refused(f"invalid_{kind}")
    surface: Surface = "message"
    if kind == "view":
        surface = "home" if payload.get("type") == "home" else "modal"
    if problems := validate(surface, payload):
        raise Refused(f"invalid_{kind}", errors=[_error(problem) for problem in problems])
    return {}


def _error(problem: Problem) -> Json:
    return {"code": "invalid_value", "message": problem.message, "pointer": problem.pointer}


METHODS = {"blocks.validate": Method(check)}
