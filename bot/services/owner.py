"""The credential of the ShargeAI workspace's owner, from what the operator configured."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.core.errors import StartError
from bot.coze.client import CozeClient
from bot.coze.keys import BadKey, load_key
from bot.coze.oauth import MAX_DURATION
from bot.coze.tokens import AppToken, Signer
from bot.texts.catalogue import SOURCE
from bot.texts.keys import key_problem
from bot.texts.locale import Locale

from .workspace_client import FixedToken, OwnerToken

OPERATOR = Locale(SOURCE, "UTC")  # who reads what stops the start


@dataclass(frozen=True)
class OwnerApp:
    """An OAuth (JWT) app that the owner has authorised; `account_id` is the owner's or the organisation's."""

    app_id: str
    kid: str
    key_file: Path
    account_id: str | None


def owner_fingerprint(credential: SecretStr | OwnerApp | None) -> str:
    """Recognises a credential; "" for none."""
    if isinstance(credential, OwnerApp):
        return fingerprint(credential.kid, f"{credential.app_id} {credential.account_id}")
    return fingerprint(credential.get_secret_value(), "credential") if credential else ""


def fingerprint(secret: str, what: str) -> str:
    """Recognises a secret without keeping it: it is the key, from which nobody gets back to it, and the same value
    gives another fingerprint for another `what`. "" for no secret.
    """
    return hmac.new(secret.encode(), what.encode(), hashlib.sha256).hexdigest() if secret else ""


OwnerTokens = Callable[[CozeClient], OwnerToken]
"""Makes the tokens to act with from the client that asks for them."""


def channel_token(client: CozeClient, app: OwnerApp) -> OwnerToken:
    """Tokens of the channel's own app. The key is read now. Raises StartError for one of no use."""
    return AppToken(client, _signer(client.audience, app, "COZE_CHANNEL_KEY_FILE"), None, MAX_DURATION)


def owner_tokens(audience: str, credential: SecretStr | OwnerApp | None) -> OwnerTokens | None:
    """A fixed one, or those that this host gives the app, each as long-lived as Coze allows: asking is a call too.

    The key is read now. Raises StartError for one of no use.
    """
    if credential is None:
        return None
    if isinstance(credential, SecretStr):
        return lambda _: FixedToken(credential)
    signer, account_id = _signer(audience, credential), credential.account_id
    return lambda coze: AppToken(coze, signer, account_id, MAX_DURATION)


def _signer(audience: str, app: OwnerApp, setting: str = "COZE_OWNER_KEY_FILE") -> Signer:
    try:
        key = load_key(SecretStr(app.key_file.read_text(encoding="utf-8", errors="replace")))
    except BadKey as bad:
        raise StartError(f"{setting}: {key_problem(bad.reason, OPERATOR)}") from None
    except OSError as error:
        raise StartError(f"{setting}: can't be read ({error.strerror}).") from None
    return Signer(app.app_id, app.kid, key, audience)
