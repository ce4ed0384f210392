"""What Coze refuses, as a tree. One class for each thing that a person can be told.

CozeError
├── Unreachable         no usable answer for now: down, too slow, 5xx, not JSON
│   └── RateLimited     asked too often; the call was not carried out
├── LimitReached        risk control: later, not at once
├── Ambiguous           a write was sent and no answer came: it may have happened
├── InvalidToken        unknown, revoked or expired; Coze doesn't say which
│   ├── IncorrectToken  never was one here: cut off, deleted, or of the other host
│   └── NotAToken       could not even be sent: blanks, quotes, other letters
├── MissingPermission   valid token that lacks a permission or a workspace
├── NotFound            agent or other resource unknown, or not the token's to see
├── NotPublished        the agent is not on the API channel
├── Sensitive           publishing refused for its wording
├── Quota               the Coze account is out of calls or credit
├── CannotAdd           this person can't become a member
├── BadRequest          a parameter Coze didn't like
├── WrongAssertion      the signed JWT was refused
├── NotAuthorised       the OAuth app may not: not authorised, switched off, not bound, of a wrong kind, unknown
├── NotYet              nobody has answered the app's question on Coze yet
│   └── SlowDown        and it was asked too often
├── Declined            somebody has pressed "deny" on Coze
├── CodeExpired         nobody has answered in time
├── SignedOut           a code or refresh token was used, was taken back, or never was one
└── Unknown             a code nobody has described yet
"""

import re
from typing import ClassVar

from bot.core.errors import BotError

Code = int | str | None
"""Coze's number, the token endpoint's word, or None when no answer came."""


class CozeError(BotError):
    """Coze said no, or nothing.

    `help` is the key of the error help (E1…E18; after a dash one of several causes), `retry` whether a later attempt
    may succeed without anybody's doing, `log_id` what Coze's support asks for. The text is Coze's own sentence with
    anything like a token taken out: for logs, not for people.
    """

    help: str = "E18"
    retry: ClassVar[bool] = False

    def __init__(self, message: str = "", *, code: Code = None, log_id: str = "") -> None:
        super().__init__(scrub(message))
        self.code, self.log_id = code, log_id

    def __str__(self) -> str:
        facts = (f"code {self.code}" if self.code is not None else "", f"log id {self.log_id}" if self.log_id else "")
        return " · ".join(part for part in (super().__str__(), *facts) if part)


class CozeUnreachable(CozeError):
    """No usable answer for now. `sent` is False when the call surely never reached Coze."""

    help = "E15"
    retry = True

    def __init__(self, message: str = "", *, code: Code = None, log_id: str = "", sent: bool = True) -> None:
        super().__init__(message, code=code, log_id=log_id)
        self.sent = sent


class RateLimited(CozeUnreachable):
    """Asked too often; the call was not carried out."""


class LimitReached(CozeError):
    """Risk control."""

    help = "E15"
    retry = True


class Ambiguous(CozeError):
    """A write was sent and its outcome is not known: read the state before anything else."""

    help = "E15"


class InvalidToken(CozeError):
    """Unknown, revoked or expired; Coze doesn't say which."""

    help = "E3"


class IncorrectToken(InvalidToken):
    """Never was a token of this host."""

    help = "E2"


class NotAToken(InvalidToken):
    """Holds characters that no token has; it was not sent."""

    help = "E4"


class MissingPermission(CozeError):
    """`key`: the permission as Coze spells it; `space`: the workspace id if Coze named one; both may be empty."""

    help = "E1"

    def __init__(self, message: str = "", *, code: Code = None, log_id: str = "") -> None:
        super().__init__(message, code=code, log_id=log_id)
        self.key, self.space = missing_in(message)


class CozeNotFound(CozeError):
    """An agent or another resource is unknown, or not the token's to see."""

    help = "E8"


class NotPublished(CozeError):
    """The agent is not on the API channel."""

    help = "E6"


class Sensitive(CozeError):
    """Publishing was refused for the wording of prompt, opening or the like."""

    help = "E16"


class Quota(CozeError):
    """The Coze account is out of calls or credit, of this day or for good. Coze's code for used-up calls is not
    documented; one that nobody knows is taken for it by its words.
    """

    help = "E17"


class CannotAdd(CozeError):
    """This person can't become a member: the space is full, or they are outside of the organisation."""

    def __init__(self, message: str = "", *, code: Code = None, log_id: str = "") -> None:
        super().__init__(message, code=code, log_id=log_id)
        self.help = "E13-full" if code == WORKSPACE_FULL else "E13-org"


class RefusesInvitations(CozeError):
    """The account is set not to join other spaces. Coze documents no code for it; known by its words only."""

    help = "E13-no"


class BadRequest(CozeError):
    """Coze did not like a parameter."""


class WrongAssertion(CozeError):
    """The signed JWT was refused.

    `kind`: unknown_kid, signature, audience, expired, clock, replayed, wrong_app, empty or other.
    """

    help = "E12"

    def __init__(self, message: str = "", *, code: Code = None, log_id: str = "") -> None:
        super().__init__(message, code=code, log_id=log_id)
        self.kind = next((kind for words, kind in _ASSERTION_KINDS if re.search(words, message.lower())), "other")
        self.help = {"unknown_kid": "E11", "wrong_app": "E11", "replayed": "E12-used"}.get(self.kind, "E12")


class NotYet(CozeError):
    """Nobody has answered the app's question on Coze yet."""


class SlowDown(NotYet):
    """The same, and it was asked too often: five seconds more between two questions, from now on."""


class Declined(CozeError):
    """Somebody has refused on Coze."""


class CodeExpired(CozeError):
    """Nobody has answered in time: the code is over."""


class SignedOut(CozeError):
    """A device code or a refresh token is worth nothing: used, taken back, or never was one."""

    help = "E3-out"


class NotAuthorised(CozeError):
    """The OAuth app may not. `kind`: disabled, unbound or unauthorised."""

    help = "E12"

    def __init__(self, message: str = "", *, code: Code = None, log_id: str = "") -> None:
        super().__init__(message, code=code, log_id=log_id)
        lowered = message.lower()
        self.kind = "disabled" if "deactivated" in lowered else "unbound" if "bind connector" in lowered else ""
        self.kind = self.kind or "unauthorised"
        self.help = {"disabled": "E12-off", "unbound": "E12-bind"}.get(self.kind, "E12")


class Unknown(CozeError):
    """A code nobody has described yet."""


WORKSPACE_FULL, OUTSIDER = 702042018, 702042162

_CODES: dict[Code, type[CozeError]] = {
    **dict.fromkeys((4001, 4002, 4005, 4006, 4200, 404), CozeNotFound),
    **dict.fromkeys((4009, 4013, 4016, 4020, 429), RateLimited),
    **dict.fromkeys((4008, 4011, 4019, 4022, 4027, 4028), Quota),
    4102: LimitReached,
    **dict.fromkeys((4100, 700012006, 401), InvalidToken),
    **dict.fromkeys((5000, 702042078, 408), CozeUnreachable),
    **dict.fromkeys((WORKSPACE_FULL, OUTSIDER), CannotAdd),
    **dict.fromkeys((4101, 403), MissingPermission),
    4000: BadRequest,
    4015: NotPublished,
    4105: Sensitive,
}
"""Codes as the API's error page lists them, and the HTTP statuses that stand for them in answers without a code."""

_ASSERTION_KINDS = (
    (r"\bkid\b", "unknown_kid"),
    (r"signature", "signature"),
    (r"expire", "expired"),
    (r"\biat\b|future", "clock"),
    (r"\bjti\b|used", "replayed"),
    (r"\biss\b", "wrong_app"),
    (r"\baud\b|audience", "audience"),
    (r"\bempty\b", "empty"),
)
"""Documented is only the first (spelt "kid not been registred"); the others are what the words would be."""

_SECRETS = re.compile(r"\b(?:pat|sat|czs|czu)_\w+|eyJ[\w-]+\.[\w-]+\.?[\w-]*|-----BEGIN[\s\S]*")
_MISSING = re.compile(r"permission to access (?:(\w+)=(\d+) )?([A-Za-z][\w.]*\w)?")
_REFUSES = re.compile(r"not allow\w* (?:to join|joining) external", re.IGNORECASE)
_USED_UP = re.compile(r"\u989d\u5ea6|\u4f59\u989d|\bquota\b|\bbalance\b|\bcredits?\b|resource points?", re.IGNORECASE)
_LONGEST = 300


def scrub(message: str) -> str:
    """A foreign sentence, cut short and without anything that looks like a token or key."""
    return _SECRETS.sub("…", message[: 4 * _LONGEST])[:_LONGEST]


def missing_in(message: str) -> tuple[str, str]:
    """The permission key and the workspace id that a 4101 names; empty where it names none.

    The sentence runs "… permission to access space_id=<id> createBot. Please verify …".
    """
    found = _MISSING.search(message)
    if found is None:
        return "", ""
    resource, number, key = found.groups()
    return key or "", number if resource == "space_id" else ""


def refusal(code: int, message: str, log_id: str) -> CozeError:
    """The error for an answer of the Open API with this code (or, without one, this HTTP status)."""
    kind = _CODES.get(code, CozeUnreachable if 500 <= code <= 599 else Unknown)
    if kind in (InvalidToken, MissingPermission) and "incorrect" in message:
        kind = IncorrectToken
    if "has not been published to" in message:
        kind = NotPublished
    if _REFUSES.search(message):
        kind = RefusesInvitations
    if kind is Unknown and _USED_UP.search(message):
        kind = Quota
    return kind(message, code=code, log_id=log_id)


def exchange_refusal(status: int, code: str, message: str, log_id: str) -> CozeError:
    """The error for a bare answer of the token endpoint."""
    kind: type[CozeError] = {
        "invalid_client": WrongAssertion,
        "access_deny": NotAuthorised,
        "internal_error": CozeUnreachable,
        "invalid_request": BadRequest,
    }.get(code, Unknown)
    if status == 429:
        kind = RateLimited
    elif status >= 500:
        kind = CozeUnreachable
    return kind(message, code=code, log_id=log_id)


_SIGN_IN: dict[str, type[CozeError]] = {
    "authorization_pending": NotYet,
    "slow_down": SlowDown,
    "access_denied": Declined,
    "expired_token": CodeExpired,
    "invalid_request": SignedOut,
    "invalid_client": NotAuthorised,
    "access_deny": NotAuthorised,
    "internal_error": CozeUnreachable,
}


def sign_in_refusal(status: int, word: str, message: str, log_id: str) -> CozeError:
    """The error for what OAuth answers to an app that people sign in to. The word decides, whatever the status."""
    kind = _SIGN_IN.get(word, CozeUnreachable if not word or status >= 500 else Unknown)
    if status == 429 and kind is CozeUnreachable:
        kind = RateLimited
    return kind(message, code=word or status, log_id=log_id)
