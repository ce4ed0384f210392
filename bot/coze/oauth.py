"""Coze's OAuth: an assertion for a token, and signing in by a code that a device shows.

It answers bare, without the envelope of all other calls. Facts:
https://www.coze.cn/open/docs/developer_guides/oauth_jwt and …/oauth_device_code
"""

from typing import TypeVar

from pydantic import SecretStr

from .answers import BareRefusal, DeviceCode, Envelope, OAuthToken, TokenPair, read
from .client import CozeClient
from .errors import exchange_refusal, sign_in_refusal
from .site import is_coze_page
from .wire import refused, segment

T = TypeVar("T")

ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
MAX_DURATION = 86_399  # seconds: the longest life of an OAuth token by Coze's documentation
ROOT = "/api/permission/oauth2"


async def exchange(
    client: CozeClient, assertion: SecretStr, duration: int = 3600, account_id: str | None = None
) -> OAuthToken:
    """An access token for an assertion, which Coze accepts once: a new try needs a new one.

    `duration`: its life in seconds, at most 86399. `account_id`: for resources of another account, which has to
    have authorised the app. Raises CozeError.
    """
    account = "" if account_id is None else f"account/{segment(account_id)}/"
    body = {"grant_type": ASSERTION, "duration_seconds": duration}
    status, log_id, answer = await client.bare(f"{ROOT}/{account}token", body, assertion)
    if "access_token" in answer:
        return read(OAuthToken, answer)
    refusal = read(BareRefusal, answer)
    if refusal.word:
        raise exchange_refusal(status, refusal.word, refusal.sentence, log_id)
    raise refused(status, log_id, read(Envelope, answer))


async def device_code(client: CozeClient, client_id: str) -> DeviceCode:
    """A new code for somebody to sign in with. Raises CozeError; Unreachable where its page is not one of Coze's."""
    code = await _signing_in(client, "device/code", {"client_id": client_id}, DeviceCode, "device_code")
    if not is_coze_page(code.page, client.base_url):
        raise sign_in_refusal(200, "", "the page to sign in on is not one of Coze's", "")
    return code


async def redeem(client: CozeClient, client_id: str, code: SecretStr) -> TokenPair:
    """The tokens of whoever has signed in with a device code, once.

    Raises NotYet, SlowDown, Declined, CodeExpired; SignedOut for a code that is used; and what else CozeError is.
    """
    body = {"grant_type": DEVICE_CODE, "client_id": client_id, "device_code": code.get_secret_value()}
    return await _signing_in(client, "token", body, TokenPair, "access_token")


async def refresh(client: CozeClient, client_id: str, token: SecretStr) -> TokenPair:
    """New tokens for a refresh token, which is dead from then on, whether or not the answer arrives.

    Raises SignedOut where it was dead before; and what else CozeError is.
    """
    body = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": token.get_secret_value()}
    return await _signing_in(client, "token", body, TokenPair, "access_token")


async def _signing_in(client: CozeClient, path: str, body: dict[str, str], kind: type[T], proof: str) -> T:
    """One call without a credential. Success is a body that holds `proof`, whatever the HTTP status."""
    status, log_id, answer = await client.bare(f"{ROOT}/{path}", body)
    if answer.get(proof):
        return read(kind, answer)
    refusal = read(BareRefusal, answer)
    raise sign_in_refusal(status, refusal.word, refusal.sentence, log_id)
