"""blocks.validate: what Slack would object to, without sending anything; nobody needs a token for it.

As on https://docs.slack.dev/reference/methods/blocks.validate: exactly one of three arguments, each JSON in a string.
"""

from typing import Any

from ..world.chat import Json
from .asking import Ask, Refused
from .checks import Problem, Surface
from .offer import Method
from .validate import validate

KINDS = ("blocks", "view", "message")
SURFACES: tuple[Surface, ...] = ("message", "modal", "home")
LONGEST = 100_000  # characters of an argument


def check(ask: Ask) -> Json:
    """Exactly one of blocks, a view or a message."""
    given = [kind for kind in KINDS if ask.args.get(kind) not in (None, "")]
    if len(given) != 1:
        messages = [f"[ERROR] provide exactly one of: {', '.join(KINDS)}"]
        raise Refused("invalid_arguments", response_metadata={"messages": messages})
    (kind,) = given
    if not isinstance(ask.args[kind], str) or len(ask.args[kind]) > LONGEST:
        messages = [f"[ERROR] must be a string of at most {LONGEST} characters [json-pointer:/{kind}]"]
        raise Refused("invalid_arguments", response_metadata={"messages": messages})
    payload = ask.json(kind, f"invalid_{kind}")
    if not isinstance(payload, list if kind == "blocks" else dict):
        raise Refused(f"invalid_{kind}")
    if problems := _problems(kind, payload):
        raise Refused(f"invalid_{kind}", errors=[_error(problem) for problem in problems])
    return {}


def _problems(kind: str, payload: Any) -> list[Problem]:
    """Blocks alone may be meant for any surface."""
    if kind == "message":
        return validate("message", payload)
    if kind == "view":
        return validate("home" if payload.get("type") == "home" else "modal", payload)
    title = {"type": "plain_text", "text": "x"}
    around: dict[Surface, Json] = {"message": {}, "modal": {"title": title, "submit": title}, "home": {}}
    found = [validate(each, {"type": each, "blocks": payload, **around[each]}) for each in SURFACES]
    problems = [] if [] in found else found[0]
    return [Problem(problem.pointer.removeprefix("/blocks"), problem.message) for problem in problems]


def _error(problem: Problem) -> Json:
    return {"code": "failed_constraint", "message": problem.message, "pointer": problem.pointer}


METHODS = {"blocks.validate": Method(check)}
