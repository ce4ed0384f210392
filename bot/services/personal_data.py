"""Personal data: what there is about a person, and its deletion at their own wish, all of it at once."""

from dataclasses import asdict

from bot.clock import Clock
from bot.core import join
from bot.core.people import DELETED, Person
from bot.services.join.accounts import Accounts
from bot.store import audit, message, secret_store
from bot.store import personal_data as store
from bot.store.audit import AuditEntry
from bot.store.database import Database
from bot.store.personal_data import Held

from .erasure import drop

SUBJECT = "erased"
"""The feature of the notice that tells the admins, `erased:<line of the audit>`."""

_CONCERNS = join.HOLDING | {join.JoinState.REMOVED}


class PersonalData:
    """Shows what there is, and deletes it."""

    def __init__(self, db: Database, clock: Clock, admin_channel: str, accounts: Accounts) -> None:
        self._db, self._clock, self._admins, self._accounts = db, clock, admin_channel, accounts

    async def held(self, who: Person) -> Held:
        """What there is about them."""
        async with self._db.read() as conn:
            return await store.held(conn, who.team_id, who.user_id)

    async def delete(self, who: Person) -> Held:
        """Everything goes in one transaction; what there was. Admins hear of it where something waited for them.

        What was deleted is written down without who it was.
        """
        now, team_id = self._clock.now(), who.team_id
        async with self._db.write() as tx:
            held = await store.held(tx.conn, team_id, who.user_id)
            subjects = await store.subjects(tx.conn, team_id, who.user_id)
            for kept in await secret_store.listed(tx.conn, team_id, who.user_id):
                await drop(tx, kept, self._clock, who.user_id, "asked")
            for dispute_id in await store.disputes(tx.conn, team_id, who.user_id):
                await self._accounts.yield_to_other(tx, team_id, dispute_id, who.user_id)
            await store.erase(tx, team_id, who.user_id, subjects, now)
            line = await audit.note(tx, team_id, now, DELETED, "person.erase", f"person:{DELETED}", **asdict(held))
            if _concerns_admins(held):
                await message.show(tx, team_id, f"{SUBJECT}:{line}", self._admins, message.CARD, now)
        return held

    async def line(self, team_id: str, line_id: int) -> AuditEntry:
        """What is written down about a deletion. Raises NotFound."""
        async with self._db.read() as conn:
            return await audit.load(conn, team_id, line_id)


def _concerns_admins(held: Held) -> bool:
    return bool(held.request in _CONCERNS or held.reviews or held.questions or held.assigned)
