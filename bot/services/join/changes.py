"""Changes: how a join request is loaded, changed and told about, whichever verb does it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.core.errors import WrongState
from bot.core.join import UNDECIDED, JoinState, Request
from bot.services.guide import carrying
from bot.store import audit, job, message
from bot.store import join as store
from bot.store.database import Database, Tx


class RequestChanges:
    """Shared by the verbs of joining: how a request is loaded, changed and told about."""

    def __init__(self, db: Database, clock: Clock, admin_channel: str) -> None:
        self.db, self.clock, self.admin_channel = db, clock, admin_channel

    async def load(self, team_id: str, request_id: int) -> Request:
        """One request. Raises NotFound."""
        async with self.db.read() as conn:
            return await store.load(conn, team_id, request_id)

    async def move(
        self,
        tx: Tx,
        request: Request,
        actor: str | None,
        action: str,
        values: Mapping[str, Any],
        *,
        matters: bool = False,
        words: str = "",
        note: str = "",
    ) -> None:
        """Change it if it is still as it was loaded; `words` and `note` are kept with the audit line.

        Raises WrongState if it is not, InvalidFields for a taken account.
        """
        if not await store.move(tx, request, matters=matters, **values):
            raise WrongState((await store.load(tx.conn, request.team_id, request.id)).state)
        await self.changed(tx, request, actor, action, words, **({"note": note} if note else {}))

    async def changed(
        self, tx: Tx, request: Request, actor: str | None, action: str, words: str = "", **more: str
    ) -> int:
        """The audit line, in the thread too, and every copy redrawn; the line's id. `more` is kept with it."""
        now, subject = self.clock.now(), store.subject(request.id)
        detail = {"words": words, **more} if words else more
        line = await audit.note(tx, request.team_id, now, actor, action, subject, **detail)
        await message.redraw(tx, request.team_id, subject, now)
        await job.guides(tx, request.team_id, request.user_id, now)
        await message.reply_in_thread(tx, request.team_id, subject, self.admin_channel, f"a{line}", now)
        return line

    async def redraw(self, tx: Tx, request: Request) -> None:
        """Every copy is drawn again, of which nobody needs to be told."""
        await message.redraw(tx, request.team_id, store.subject(request.id), self.clock.now(), planned=True)

    async def show(self, tx: Tx, request: Request, recipient: str, kind: str, *, planned: bool = False) -> None:
        """A copy for one of those who decide, or their channel: a new one rings."""
        subject, now = store.subject(request.id), self.clock.now()
        await message.show(tx, request.team_id, subject, recipient, kind, now, planned=planned)

    async def tell(self, tx: Tx, request: Request) -> None:
        """The person is to hear of it: the card that shows the request comes to the end of their DM."""
        await carrying.tell(tx, request, self.clock.now(), rings=True)

    async def soon(self, tx: Tx, request: Request, kind: str, at: datetime | None = None) -> None:
        """Work on this request: now, or at simulated time `at`."""
        priority = job.SOON if at else job.SOMEBODY_WAITS
        await job.enqueue(tx, request.team_id, kind, store.subject(request.id), at or self.clock.now(), priority)

    async def reopen(
        self, tx: Tx, request: Request, actor: str | None, action: str, values: Mapping[str, Any], words: str
    ) -> Request:
        """Another account than before: what was decided about the old one does not count for it.

        The decision stays with the request and in its thread. Raises WrongState, InvalidFields.
        """
        state = request.state if request.state in UNDECIDED else JoinState.PENDING
        fresh: dict[str, Any] = {"error": None, "log_id": None, "is_member": None, "watch_until": None}
        left = {"removed_by": None, "proof_asked_at": None, "state": state, "reopened_at": self.clock.now()}
        await self.move(tx, request, actor, action, {**fresh, **left, **values}, matters=True, words=words)
        await self.soon(tx, request, "wait")
        await self.soon(tx, request, "verify")
        return await store.load(tx.conn, request.team_id, request.id)
