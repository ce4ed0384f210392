"""Access: the tokens that kept keys are exchanged for, in memory for a while. The keys themselves never are."""

import asyncio

from pydantic import SecretStr

from bot.core.secret_store import StoredSecret
from bot.coze.answers import OAuthToken
from bot.coze.client import CozeClient
from bot.coze.keys import trusted
from bot.coze.oauth import exchange
from bot.coze.tokens import HeldToken, Signer

LIFE = 900  # seconds of real time that a token lives on Coze
KEPT = float(LIFE)  # and in memory at most, whatever other processes delete


class Access:
    """One token for each person whose key is kept, dropped as soon as the key is deleted or another one."""

    def __init__(self, coze: CozeClient) -> None:
        self._coze = coze
        self._held: dict[tuple[str, str], tuple[str, HeldToken]] = {}

    def of(self, kept: StoredSecret) -> HeldToken:
        """The token of this key; a place for it where there is none."""
        owner = (kept.team_id, kept.user_id)
        secret_id, held = self._held.get(owner, ("", None))
        if held is None or secret_id != kept.id:
            held = HeldToken()
            self._held[owner] = kept.id, held
            asyncio.get_running_loop().call_later(KEPT, self.drop, *owner)
        return held

    def drop(self, team_id: str, user_id: str) -> None:
        """Let go of the person's token."""
        self._held.pop((team_id, user_id), None)

    async def exchange(self, app_id: str, fingerprint: str, pem: SecretStr) -> OAuthToken:
        """A new token for a key that was proven. One call. Raises CozeError."""
        signer = Signer(app_id, fingerprint, trusted(pem), self._coze.audience)
        return await exchange(self._coze, signer.assertion(), LIFE)
