"""Assertions for Coze's OAuth JWT flow, and the access tokens that they bring, renewed in time.

Facts: https://www.coze.cn/open/docs/developer_guides/oauth_jwt
"""

import asyncio
import base64
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt import get_algorithm_by_name
from pydantic import SecretStr

from bot.clock import utc_now

from .answers import OAuthToken
from .client import CozeClient
from .errors import CozeUnreachable
from .oauth import MAX_DURATION, exchange

ASSERTION_SECONDS = 600
RS256 = get_algorithm_by_name("RS256")
MARGIN = timedelta(seconds=60)

Exchange = Callable[[], Awaitable[OAuthToken]]
"""Makes a new token. Raises CozeError."""


class Signer:
    """Signs assertions for one key of one OAuth app. `audience` is the API's host (`CozeClient.audience`).

    The parts that stay the same are made once and joined to the signature as RFC 7515 (§7.1) says: `jwt.encode` looks
    at all of them anew each time, which costs a tenth of the signature.
    """

    def __init__(self, app_id: str, kid: str, key: RSAPrivateKey, audience: str) -> None:
        self._header = _base64url(json.dumps({"alg": "RS256", "typ": "JWT", "kid": kid}).encode())
        self._fixed = json.dumps({"iss": app_id, "aud": audience}).removesuffix("}")
        self._key = key

    def assertion(self) -> SecretStr:
        """A fresh assertion: valid for ten minutes of real time, good for one exchange."""
        now, jti = int(utc_now().timestamp()), secrets.token_hex(24)
        claims = f'{self._fixed}, "iat": {now}, "exp": {now + ASSERTION_SECONDS}, "jti": "{jti}"}}'
        text = self._header + b"." + _base64url(claims.encode())
        return SecretStr((text + b"." + _base64url(RS256.sign(text, self._key))).decode())


def _base64url(value: bytes) -> bytes:
    return base64.urlsafe_b64encode(value).rstrip(b"=")


class HeldToken:
    """An app's access token, held until a minute before its end, whatever that is said to be for a day at most.

    However many ask at once, one exchange runs.
    """

    def __init__(self) -> None:
        self._token: OAuthToken | None = None
        self._end = 0.0  # of the token, by the clock that nobody sets
        self._flight: asyncio.Task[SecretStr] | None = None

    async def get(self, exchange: Exchange) -> SecretStr:
        """A token with at least a minute left. Nothing that `exchange` holds is held after it. Raises CozeError."""
        if self._token is not None and time.monotonic() < self._end - MARGIN.total_seconds():
            return self._token.value
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._renew(exchange))
            self._flight.add_done_callback(self._landed)
        # Shielded: whoever gives up waiting must not take the token from the others.
        return await asyncio.shield(self._flight)

    def forget(self) -> None:
        """The next `get` makes a new one."""
        self._token = None

    async def _renew(self, exchange: Exchange) -> SecretStr:
        try:
            self._token = await exchange()
        except CozeUnreachable:
            # Coze takes an assertion once, so the second try has one of its own.
            self._token = await exchange()
        life = (self._token.expires_at - utc_now()).total_seconds()
        self._end = time.monotonic() + min(life, MAX_DURATION)
        return self._token.value

    def _landed(self, flight: "asyncio.Task[SecretStr]") -> None:
        """Let go of it: a failure's traceback knows the key. One that nobody waits for any more is taken note of."""
        if self._flight is flight:
            self._flight = None
        if not flight.cancelled():
            flight.exception()


class AppToken:
    """Tokens of an OAuth app whose key is at hand.

    `duration`: life of a token in seconds, 120 to 86399. `account_id`: the account that authorised the app, if it is
    not the app's own.
    """

    def __init__(
        self, client: CozeClient, signer: Signer, account_id: str | None = None, duration: int = 3600
    ) -> None:
        if not 120 <= duration <= MAX_DURATION:
            raise ValueError(f"a token's life must be 120 to {MAX_DURATION} seconds")
        self._client, self._signer = client, signer
        self._account_id, self._duration, self._held = account_id, duration, HeldToken()

    async def get(self) -> SecretStr:
        """A token with at least a minute left. Raises CozeError."""
        return await self._held.get(self._exchange)

    def forget(self) -> None:
        """The next `get` makes a new one."""
        self._held.forget()

    async def _exchange(self) -> OAuthToken:
        return await exchange(self._client, self._signer.assertion(), self._duration, self._account_id)
