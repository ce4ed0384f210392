"""Personal data: what there is about a person, to hand over, and its deletion, all of it at once."""

from dataclasses import asdict

from bot.clock import Clock
from bot.core import join
from bot.core.people import DELETED, OPERATOR
from bot.services.join.accounts import Accounts
from bot.store import audit, audit_chain, message, personal_export, secret_store
from bot.store import personal_data as store
from bot.store.audit import AuditEntry
from bot.store.database import Database
from bot.store.personal_data import Held
from bot.store.personal_export import Exported

from .erasure import drop

SUBJECT = "erased"
"""The feature of the notice that tells the admins, `erased:<line of the audit>`."""

_CONCERNS = join.HOLDING | {join.JoinState.REMOVED}


class PersonalData:
    """Shows what there is, hands it over and deletes it."""

    def __init__(self, db: Database, clock: Clock, admin_channel: str, accounts: Accounts) -> None:
        self._db, self._clock, self._admins, self._accounts = db, clock, admin_channel, accounts

    async def held(self, team_id: str, user_id: str) -> Held:
        """What there is about somebody."""
        async with self._db.read() as conn:
            return await store.held(conn, team_id, user_id)

    async def exported(self, team_id: str, user_id: str) -> Exported:
        """All of it, row by row."""
        async with self._db.read() as conn:
            return await personal_export.exported(conn, team_id, user_id)

    async def export(self, team_id: str, user_id: str) -> Exported:
        """The same, handed over: that is written down."""
        async with self._db.write() as tx:
            await audit.note(tx, team_id, self._clock.now(), OPERATOR, "person.export", f"person:{user_id}")
            return await personal_export.exported(tx.conn, team_id, user_id)

    async def delete(self, team_id: str, user_id: str, by: str = DELETED) -> Held:
        """Everything goes in one transaction; what there was. Admins hear of it where something waited for them.

        What was deleted is written down without who it was, with what keeps the chain of the audit whole. `by` is
        `DELETED` for the person, or `OPERATOR`.
        """
        now = self._clock.now()
        async with self._db.write() as tx:
            held = await store.held(tx.conn, team_id, user_id)
            subjects = await store.subjects(tx.conn, team_id, user_id)
            for kept in await secret_store.listed(tx.conn, team_id, user_id):
                await drop(tx, kept, self._clock, OPERATOR if by == OPERATOR else user_id, "asked")
            for dispute_id in await store.disputes(tx.conn, team_id, user_id):
                await self._accounts.yield_to_other(tx, team_id, dispute_id, user_id)
            marks = await store.erase(tx, team_id, user_id, subjects, now)
            line = await audit_chain.bury(tx, team_id, now, by, marks, **asdict(held))
            if _concerns_admins(held):
                await message.show(tx, team_id, f"{SUBJECT}:{line}", self._admins, message.CARD, now)
        return held

    async def line(self, team_id: str, line_id: int) -> AuditEntry:
        """What is written down about a deletion. Raises NotFound."""
        async with self._db.read() as conn:
            return await audit.load(conn, team_id, line_id)


def _concerns_admins(held: Held) -> bool:
    return bool(held.request in _CONCERNS or held.reviews or held.questions or held.assigned)
