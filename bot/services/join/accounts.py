"""Accounts: whose a Coze account is. Each way of showing it ends in one verb; a proven owner beats any claim."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import SecretStr

from bot.clock import Clock
from bot.core import account as rules
from bot.core import join
from bot.core.account import Dispute, DisputeState, Grade, Proof, grade_of
from bot.core.errors import InvalidFields, Problem, WrongState
from bot.core.join import UNDECIDED, JoinState, Request
from bot.core.people import Person
from bot.coze.answers import Account
from bot.coze.client import CozeClient
from bot.services.job_runner import Done, Outcome, on_commit
from bot.services.join.changes import RequestChanges
from bot.store import account as store
from bot.store import audit, job, message
from bot.store import join as requests
from bot.store.database import Database, Tx
from bot.store.job import Job


class Accounts:
    """The verbs about whose an account is."""

    def __init__(self, db: Database, clock: Clock, admin_channel: str, coze: CozeClient) -> None:
        self._db, self._clock, self._admins, self._coze = db, clock, admin_channel, coze
        self._changes = RequestChanges(db, clock, admin_channel)

    async def read(self, who: Person, token: SecretStr) -> tuple[Account, Proof]:
        """Prove by a token, which is dropped then. One call. Raises CozeError."""
        account = await self._coze.me(token)
        async with self._db.write() as tx:
            return account, await self.prove(tx, who.team_id, who.user_id, account)

    async def prove(self, tx: Tx, team_id: str, user_id: str, account: Account) -> Proof:
        """Coze says that this person holds this account, by whatever way they have shown it.

        What they have asked for goes on with it. Whoever merely claimed it loses it; where somebody else has shown it
        too, nothing changes until admins have decided.
        """
        await store.lock(tx, team_id, account.user_id)
        owner = await store.owner(tx.conn, team_id, account.user_id)
        if owner not in (None, user_id):
            await self._dispute(tx, team_id, account, str(owner), user_id)
            return Proof.DISPUTED
        subject = f"person:{user_id}"
        await audit.note(tx, team_id, self._clock.now(), user_id, "account.prove", subject, uid=account.user_id)
        await self._belongs(tx, team_id, user_id, account.user_id)
        return Proof.PROVEN

    async def claim(self, tx: Tx, who: Person, coze_uid: str) -> Grade:
        """The account is about to stand in a request of this person's: how surely it is theirs.

        Raises InvalidFields where somebody else has proven it.
        """
        await store.lock(tx, who.team_id, coze_uid)
        owner = await store.owner(tx.conn, who.team_id, coze_uid)
        if owner not in (None, who.user_id):
            raise InvalidFields([Problem("join.uid", "proven")])
        return grade_of(is_proven=owner is not None)

    async def ask(self, by: Person, request_id: int) -> None:
        """An admin asks somebody to show whose their account is. Raises NotAdmin, WrongState, NotFound."""
        async with self._db.write() as tx:
            request = await requests.load(tx.conn, by.team_id, request_id)
            join.check_asking(request, by)
            asked = {"proof_asked_at": self._clock.now()}
            await self._changes.move(tx, request, by.user_id, "join.ask_proof", asked)
            await self._changes.tell(tx, request)

    async def find(self, team_id: str, dispute_id: int) -> Dispute:
        """One dispute. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load(conn, team_id, dispute_id)

    async def decide(self, by: Person, dispute_id: int, state: DisputeState) -> None:
        """An admin says whose it is: it stays (`kept`) or goes to who has shown it later (`moved`).

        Raises NotAdmin, OwnRequest, AlreadyDecided, NotFound.
        """
        async with self._db.write() as tx:
            seen = await store.load(tx.conn, by.team_id, dispute_id)
            await store.lock(tx, seen.team_id, seen.coze_uid)
            dispute, now = await store.load(tx.conn, by.team_id, dispute_id), self._clock.now()
            rules.check_dispute(dispute, by)
            await self._decided(tx, dispute, by.user_id, state, now, [dispute.holder, dispute.claimant])

    async def yield_to_other(self, tx: Tx, team_id: str, dispute_id: int, user_id: str) -> None:
        """One of the two gives up all of theirs: the account is the other one's, who is told."""
        await store.lock(tx, team_id, (await store.load(tx.conn, team_id, dispute_id)).coze_uid)
        dispute, now = await store.load(tx.conn, team_id, dispute_id), self._clock.now()
        state = DisputeState.MOVED if dispute.holder == user_id else DisputeState.KEPT
        if dispute.state is DisputeState.OPEN:
            other = dispute.claimant if state is DisputeState.MOVED else dispute.holder
            await self._decided(tx, dispute, user_id, state, now, [other])

    async def _decided(
        self, tx: Tx, dispute: Dispute, by: str, state: DisputeState, now: datetime, told: Sequence[str]
    ) -> None:
        """Raises WrongState."""
        if not await store.move(tx, dispute, state=state, decided_by=by, decided_at=now):
            raise WrongState(dispute.state)
        subject = store.subject(dispute.id)
        await audit.note(tx, dispute.team_id, now, by, f"account.{state.value}", subject, uid=dispute.coze_uid)
        if state is DisputeState.MOVED:
            await self._belongs(tx, dispute.team_id, dispute.claimant, dispute.coze_uid)
        await message.redraw(tx, dispute.team_id, subject, now)
        for user_id in told:
            await message.show(tx, dispute.team_id, subject, user_id, "decided", now)

    async def settle(self, row: Job) -> Outcome:
        """Job: a request from before accounts had grades. Its account may be another's; else its owner is asked once.

        Where the bot publishes nothing, by hand that is, nobody is asked.
        """
        return Done(on_commit(self._settled, row.team_id, int(row.subject.partition(":")[2])))

    async def _settled(self, tx: Tx, team_id: str, request_id: int) -> None:
        coze_uid = (await requests.load(tx.conn, team_id, request_id)).coze_uid
        await store.lock(tx, team_id, coze_uid)
        owner = await store.owner(tx.conn, team_id, coze_uid)
        request = await requests.load(tx.conn, team_id, request_id)
        if owner not in (None, request.user_id):
            await self._follows(tx, team_id, str(owner), coze_uid)
        elif request.wants_proof and not request.by_hand:
            await message.redraw(tx, team_id, requests.subject(request.id), self._clock.now())
            await self._changes.tell(tx, request)

    async def _belongs(self, tx: Tx, team_id: str, user_id: str, coze_uid: str) -> None:
        await store.give(tx, team_id, user_id, coze_uid)
        await self._follows(tx, team_id, user_id, coze_uid)

    async def _follows(self, tx: Tx, team_id: str, user_id: str, coze_uid: str) -> None:
        """What it means for the requests that the account is this person's."""
        for request in await store.concerned(tx, team_id, user_id, coze_uid):
            if request.user_id != user_id:
                await self._displace(tx, request)
            elif request.coze_uid == "":
                proven = {"coze_uid": coze_uid, "grade": Grade.PROVEN}
                await self._changes.reopen(tx, request, user_id, "join.fix", proven, coze_uid)
            elif request.coze_uid == coze_uid and request.grade is not Grade.PROVEN:
                await self._upgrade(tx, request)
        await job.guides(tx, team_id, user_id, self._clock.now())

    async def _displace(self, tx: Tx, request: Request) -> None:
        """The account in this request was somebody else's: the person gives their own, and an admin decides again."""
        without = {"coze_uid": "", "grade": Grade.TYPED}
        lost = await self._changes.reopen(tx, request, None, "join.displaced", without, request.coze_uid)
        await self._changes.tell(tx, lost)

    async def _upgrade(self, tx: Tx, request: Request) -> None:
        """What their account was in doubt for goes on: Coze is asked where it stands."""
        mended = {"error": None, "log_id": None} if request.error == join.WHOSE else {}
        await self._changes.move(
            tx, request, request.user_id, "join.proven", {"grade": Grade.PROVEN, **mended}, words=request.coze_uid
        )
        if request.state in UNDECIDED:
            await self._changes.soon(tx, request, "verify")
        elif request.state is JoinState.INVITED:
            await self._changes.soon(tx, request, "watch")
        elif mended:
            await self._changes.soon(tx, request, "invite")

    async def _dispute(self, tx: Tx, team_id: str, account: Account, holder: str, claimant: str) -> None:
        if await store.is_disputed(tx.conn, team_id, account.user_id):
            return
        now, nick = self._clock.now(), account.nickname or account.name
        dispute_id = await store.add(tx, team_id, account.user_id, nick, holder, claimant, now)
        subject = store.subject(dispute_id)
        await audit.note(tx, team_id, now, claimant, "account.dispute", subject, uid=account.user_id)
        for recipient in (self._admins, holder, claimant):
            await message.show(tx, team_id, subject, recipient, message.CARD, now)
