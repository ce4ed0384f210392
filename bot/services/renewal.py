"""Renewal: what is left to do once a new token took an old one's place, and the look that shows the old one dead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import SecretStr

from bot.clock import Clock
from bot.core.agents import users_of
from bot.core.credential import Credential, CredentialState, is_it, renewals
from bot.core.errors import InvalidFields, Problem, WrongState
from bot.core.people import Person
from bot.store import audit, message
from bot.store import credential as store
from bot.store.database import Database, Tx

from .overview import Overview
from .owner_credential import is_dead
from .token_checker import Refused, TokenChecker

GONE, ALIVE = "credential.gone", "credential.alive"
"""What is noted of a token that was replaced: Coze refuses it; and that Coze takes it all the same."""

ENTERED = "gone.token"
"""The question at which the old token is entered."""


@dataclass(frozen=True)
class Renewal:
    """The `old` token that was replaced. `agents` are those that use it, as far as guides know them; at `gone_at`
    (UTC) Coze refused what its owner entered as it, with its last four characters.
    """

    old: Credential
    agents: Sequence[str]
    gone_at: datetime | None


class Standing(StrEnum):
    """What one look says of what was entered as an old token: Coze refuses it, or takes it."""

    GONE = "gone"
    ALIVE = "alive"


class Renewals:
    """What is known of a token that took another one's place."""

    def __init__(self, db: Database, clock: Clock, overview: Overview, checker: TokenChecker) -> None:
        self._db, self._clock, self._overview, self._checker = db, clock, overview, checker

    async def of(self, new: Credential) -> Renewal | None:
        """What the token replaced; None where it is the first, or an old one was only entered anew."""
        async with self._db.read() as conn:
            owned = await store.owned(conn, new.team_id, new.user_id)
            old = next((each for each in owned if each.superseded_by == new.id), None)
            if old is None or not renewals([old, new]):
                return None
            gone_at = await audit.since_when(conn, new.team_id, store.subject(old.id), GONE, ALIVE)
        used_by = users_of(*await self._overview.walked(new.user_id))
        return Renewal(old, used_by.get(old.id, ()), gone_at)

    async def replaced(self, who: Person, credential_id: int) -> Credential:
        """The person's old token. Raises NotFound, NotYours, WrongState (nothing took its place)."""
        async with self._db.read() as conn:
            old = await store.load_own(conn, who.team_id, who.user_id, credential_id)
        if old.state is not CredentialState.SUPERSEDED:
            raise WrongState(old.state)
        return old

    async def look(self, old: Credential, token: SecretStr) -> Standing | Refused:
        """Ask Coze once whether it takes this; what it says is noted of the old token where the last four characters
        are known, and so fit.

        `Refused` where Coze said nothing of that kind.
        """
        found = await self._checker.account(token)
        if isinstance(found, Refused) and not is_dead(found.error):
            return found
        is_gone = isinstance(found, Refused)
        if old.last4:
            async with self._db.write() as tx:
                await self._note(tx, old, is_gone=is_gone)
        return Standing.GONE if is_gone else Standing.ALIVE

    async def _note(self, tx: Tx, old: Credential, *, is_gone: bool) -> None:
        """Written down where it is news."""
        now, team, subject = self._clock.now(), old.team_id, store.subject(old.id)
        known = await audit.since_when(tx.conn, team, subject, GONE, ALIVE) is not None
        if known == is_gone:
            return
        await audit.note(tx, team, now, old.user_id, GONE if is_gone else ALIVE, subject)
        if old.superseded_by:
            await message.redraw(tx, team, store.subject(old.superseded_by), now)


def check_is_it(old: Credential, token: SecretStr) -> None:
    """Whether this may be the old token, by the last four characters if these are known. Raises InvalidFields."""
    if not is_it(old, token.get_secret_value()):
        raise InvalidFields([Problem(ENTERED, "not_old")])
