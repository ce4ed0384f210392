"""Signing in to an app with an account of Coze: what an app asked for, what the person said, what may be renewed.

Times are epoch seconds of simulated time unless said otherwise.
"""

from dataclasses import dataclass, field
from typing import Literal

Answer = Literal["open", "granted", "refused", "used"]


@dataclass
class SignIn:
    """An app's request to act for whoever says yes, on the page that `key` opens.

    A device shows a `user_code` and asks again and again; a browser comes with a `redirect_uri` and a challenge.
    """

    key: str  # the authorize_key
    app_id: str
    began_at: float
    ends_at: float
    workspace_id: str = ""  # the only space that it is for; empty for all
    user_code: str = ""
    redirect_uri: str = ""
    redirect_state: str = ""
    challenge: str = ""
    challenge_method: str = ""
    answer: Answer = "open"
    user_id: str = ""  # whoever answered
    asked_at: float | None = None  # when the device asked last; real, monotonic time


@dataclass(frozen=True)
class RefreshToken:
    """What renews an access token, once and for its own app. The token itself is not kept, only its SHA-256."""

    app_id: str
    user_id: str
    workspaces: frozenset[str] | None  # None: all that the account owns
    ends_at: float


@dataclass
class SignIns:
    """All that were begun, and the refresh tokens that are good. What is over stays known: it has an answer too."""

    by_key: dict[str, SignIn] = field(default_factory=dict)
    by_secret: dict[str, SignIn] = field(default_factory=dict)  # by digest of a device's or a browser's code
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)  # by digest

    def begin(self, sign_in: SignIn) -> None:
        """An app asks."""
        self.by_key[sign_in.key] = sign_in

    def open(self, now: float) -> list[SignIn]:
        """What somebody could answer now, oldest first."""
        return [one for one in self.by_key.values() if one.answer == "open" and now < one.ends_at]

    def typed(self, user_code: str, now: float) -> SignIn | None:
        """The open one with this code, as people type it: in any case, with or without its dash."""
        wanted = _letters(user_code)
        return next((one for one in self.open(now) if one.user_code and _letters(one.user_code) == wanted), None)

    def end(self, app_id: str, user_id: str) -> None:
        """An account takes its word back: nothing of it can be fetched or renewed any more."""
        self.refresh_tokens = {
            digest: token
            for digest, token in self.refresh_tokens.items()
            if (token.app_id, token.user_id) != (app_id, user_id)
        }
        for one in self.by_key.values():
            if (one.app_id, one.user_id, one.answer) == (app_id, user_id, "granted"):
                one.answer = "refused"

    def clear(self) -> None:
        """Forget everything."""
        for kept in (self.by_key, self.by_secret, self.refresh_tokens):
            kept.clear()


def _letters(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())
