"""Kept sign-ins: the tokens of people who agreed that they stay signed in, renewed in time, by one process at a time.

Coze gives a new pair for a refresh token once, and the old one is dead from then on. So the pair is stored whole,
sealed; whoever renews it holds a lease on its row; and the new pair is written before it is used.
"""

import asyncio
import json
import logging
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import SecretStr

from bot.clock import Clock, utc_now
from bot.core import secret_store as rules
from bot.core.errors import NotFound
from bot.core.secret_store import PUBLISH, Kind, StoredSecret
from bot.core.sign_in import SignIn
from bot.coze import oauth
from bot.coze.answers import TokenPair
from bot.coze.client import CozeClient
from bot.coze.errors import CozeError, CozeUnreachable, SignedOut
from bot.coze.tokens import MARGIN
from bot.store import audit, job, message
from bot.store import secret_store as store
from bot.store.cipher import Keyring, Place, Sealed
from bot.store.database import Database, Tx
from bot.store.job import Job

from .erasure import drop, keep
from .job_runner import Done, Outcome, Reschedule
from .rotation import Deleted, Unopened

log = logging.getLogger(__name__)

LEASE = 20.0  # seconds of real time that a renewal may take: a call to Coze ends within ten
PAUSE, TURNS = 0.25, 100  # seconds between two looks at a pair that another process renews, and how many
SIGNED_OUT = "signed_out"
"""The kind of the notice that a kept sign-in has ended."""


@dataclass(frozen=True)
class Pair:
    """What is sealed of a sign-in. `ends_at` is the access token's, real time (UTC)."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends_at: datetime

    @classmethod
    def of(cls, tokens: TokenPair) -> "Pair":
        """As Coze gave it."""
        return cls(tokens.access.get_secret_value(), tokens.refresh.get_secret_value(), tokens.expires_at)

    @classmethod
    def read(cls, text: str) -> "Pair":
        """From what was sealed."""
        access, refresh, ends_at = json.loads(text)
        return cls(access, refresh, datetime.fromisoformat(ends_at))

    def written(self) -> str:
        """To be sealed."""
        return json.dumps([self.access, self.refresh, self.ends_at.isoformat()])

    def is_good(self, refused: SecretStr | None) -> bool:
        """Whether its access token has a minute left, and is not the one that Coze has refused."""
        known_bad = refused is not None and refused.get_secret_value() == self.access
        return not known_bad and utc_now() < self.ends_at - MARGIN


class KeptSignIns:
    """Keeps them, gives out their access tokens and renews them. Without `keys` and `client_id` there are none."""

    def __init__(self, db: Database, clock: Clock, coze: CozeClient, keys: Keyring | None, client_id: str) -> None:
        self._db, self._clock, self._coze = db, clock, coze
        self._keys, self._client_id = keys, client_id

    async def keep(self, tx: Tx, sign_in: SignIn, pair: Pair) -> None:
        """The person has agreed to stay signed in, for publishing."""
        keys, now, secret_id = self._need_keys(), self._clock.now(), str(uuid.uuid4())
        kept = StoredSecret(
            secret_id,
            sign_in.team_id,
            sign_in.user_id,
            PUBLISH,
            Kind.SIGN_IN,
            sign_in.account or "",
            sign_in.coze_uid or "",
            None,
            None,
            None,
            keys.newest,
            now,
            rules.ends(Kind.SIGN_IN, None, now),
            None,
        )
        await keep(tx, kept, keys.seal(pair.written(), _place(kept)), self._clock)
        await self._renew_later(tx, kept, now)

    async def token(self, kept: StoredSecret, refused: SecretStr | None = None) -> SecretStr:
        """An access token that is good for a minute at least; another one than Coze has `refused`.

        However many ask at once, in however many processes, one of them renews it. Raises Deleted, SignedOut,
        Unopened, CozeError.
        """
        for _ in range(TURNS):
            pair = self._opened(kept, await self._sealed(kept))
            if pair.is_good(refused):
                return SecretStr(pair.access)
            async with self._db.write() as tx:
                leased = await store.lease(tx, kept.id, LEASE)
            if leased is None:
                await asyncio.sleep(PAUSE)
                continue
            sealed, fence = leased
            return await self._renewed(kept, self._opened(kept, sealed), fence, refused)
        raise CozeUnreachable("another process is renewing it", sent=False)

    async def renew(self, row: Job) -> Outcome:
        """Job: a refresh token lives thirty days from its last use, so it is used well before that."""
        async with self._db.read() as conn:
            try:
                kept = await store.load(conn, row.team_id, row.subject.partition(":")[2])
            except NotFound:
                return Done()
        try:
            current = self._opened(kept, await self._sealed(kept))
            await self.token(kept, SecretStr(current.access))
        except (Deleted, SignedOut, Unopened):
            return Done()  # who needs it is told then
        return Reschedule(self._clock.now() + rules.RENEWED_AFTER)

    async def _renewed(self, kept: StoredSecret, pair: Pair, fence: int, refused: SecretStr | None) -> SecretStr:
        """With the lease in hand. Somebody else may have renewed it just before."""
        try:
            if not pair.is_good(refused):
                pair = Pair.of(await oauth.refresh(self._coze, self._client_id, SecretStr(pair.refresh)))
        except SignedOut:
            async with self._db.write() as tx:
                if await store.release(tx, kept.id, fence):
                    await signed_out(tx, kept, self._clock, SIGNED_OUT)
            raise
        except CozeError:
            async with self._db.write() as tx:
                await store.release(tx, kept.id, fence)
            raise
        keys, now = self._need_keys(), self._clock.now()
        values = {"key_id": keys.newest, "ends_at": rules.ends(Kind.SIGN_IN, None, now)}
        async with self._db.write() as tx:
            if not await store.release(tx, kept.id, fence, value=keys.seal(pair.written(), _place(kept)), **values):
                raise Deleted
            subject = store.secret_subject(kept.id)
            await audit.note(tx, kept.team_id, now, None, "secret.renew", subject, key_id=keys.newest)
            await self._renew_later(tx, kept, now)
        return SecretStr(pair.access)

    async def _renew_later(self, tx: Tx, kept: StoredSecret, now: datetime) -> None:
        subject = store.secret_subject(kept.id)
        await job.enqueue(tx, kept.team_id, "renew", subject, now + rules.RENEWED_AFTER, job.WHENEVER)

    async def _sealed(self, kept: StoredSecret) -> str:
        async with self._db.read() as conn:
            try:
                return await store.sealed(conn, kept.id)
            except NotFound:
                raise Deleted from None

    def _opened(self, kept: StoredSecret, sealed: str) -> Pair:
        try:
            return Pair.read(self._need_keys().open(sealed, _place(kept)))
        except Sealed:
            raise Unopened from None

    def _need_keys(self) -> Keyring:
        if self._keys is None:
            raise NotFound
        return self._keys


def _place(kept: StoredSecret) -> Place:
    return store.place(kept.team_id, kept.user_id, kept.id)


async def signed_out(tx: Tx, kept: StoredSecret, clock: Clock, why: str) -> None:
    """A kept sign-in has ended: it is deleted, and its owner is told at once."""
    log.info("a kept sign-in has ended: %s", why, extra={"secret": kept.id})
    await drop(tx, kept, clock, None, why)
    await message.show(tx, kept.team_id, store.secret_subject(kept.id), kept.user_id, SIGNED_OUT, clock.now())
