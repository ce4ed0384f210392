"""Vault: keep a secret that its owner agreed to hand over, use it when they say so, and let go of it.

Check once and forget is the rule; keeping is the exception, for one purpose, encrypted, with an end.
"""

import logging
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from pydantic import SecretStr

from bot.clock import Clock, utc_now
from bot.core import secret_store as rules
from bot.core.credential import CredentialState, is_it, is_whole
from bot.core.errors import BotError, NotFound, NotYours, TooOften, WrongState
from bot.core.people import Person, Standing
from bot.core.ringing import FALLBACK_ZONE
from bot.core.secret_store import LOOK, PUBLISH, Consent, Kind, LinkState, OneTimeLink, StoredSecret
from bot.coze.answers import Account
from bot.coze.client import CozeClient
from bot.coze.errors import CozeError
from bot.coze.keys import BadKey, KeyProof
from bot.coze.tokens import HeldToken
from bot.store import audit, job, message, people
from bot.store import credential as credentials
from bot.store import secret_store as store
from bot.store.cipher import Keyring, Sealed
from bot.store.database import Database, Reading, Tx
from bot.store.job import Job
from bot.texts.catalogue import Language
from bot.texts.locale import Locale

from . import rotation
from .access import Access
from .erasure import close, drop, drop_all, keep
from .job_runner import Done, Outcome, Reschedule, on_commit
from .join.accounts import Accounts
from .kept_sign_in import KeptSignIns, signed_out
from .people import locale_of
from .rotation import Deleted, Unopened

log = logging.getLogger(__name__)

MOST_TRIES = 6  # within ten minutes, links and what is entered on them together
KEPT_LINKS = timedelta(days=7)
GONE = "gone"
"""The problem that is nobody's typing: what the page was for is not there any more."""


class NotOffered(BotError):
    """The operator has not set up what keeping needs."""


class Useless(BotError):
    """What was handed over can't be used. `problem` names why (`texts.keys.refusal`), and says nothing of it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class OneTimePage:
    """A one-time page that still takes something, and who reads it."""

    link: OneTimeLink
    locale: Locale


class SecretStore:
    """The verbs of keeping. Without `keys` nothing can be kept; without `public_url` there are no one-time pages."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        coze: CozeClient,
        proof: KeyProof,
        accounts: Accounts,
        keys: Keyring | None,
        public_url: str | None,
        default: Language,
        sign_ins: KeptSignIns,
    ) -> None:
        self._db, self._clock, self._coze, self._proof, self._accounts = db, clock, coze, proof, accounts
        self._keys, self._public_url, self._default = keys, public_url, default
        self._access, self._sign_ins = Access(coze), sign_ins
        db.on_erased = self._access.drop  # whoever deletes in this process

    def offers(self, kind: Kind) -> bool:
        """Whether handing this over may be offered. A key only ever comes by the one-time page."""
        return self._keys is not None and (kind is Kind.TOKEN or (kind is Kind.KEY and self.has_pages))

    @property
    def has_pages(self) -> bool:
        """Whether there are one-time pages."""
        return self._keys is not None and self._public_url is not None

    async def find(self, team_id: str, user_id: str) -> StoredSecret | None:
        """What the person has us keep for publishing."""
        async with self._db.read() as conn:
            found = await store.find(conn, team_id, user_id, PUBLISH)
        return found[0] if found else None

    async def invite(self, who: Person, consent: Consent) -> None:
        """The person has agreed: send them a page for it; an older one of theirs stops working.

        Raises NotOffered, TooOften, NotFound, NotYours, WrongState.
        """
        keys, now = self._need_keys(), utc_now()
        if not self.has_pages:
            raise NotOffered
        async with self._db.write() as tx:
            await self._check_token(tx.conn, who, consent)
            if await store.recent_links(tx.conn, who.team_id, who.user_id, now) >= MOST_TRIES:
                raise TooOften
            for link in await store.open_links(tx.conn, who.team_id, who.user_id):
                await self._close(tx, link, LinkState.CANCELLED)
            fresh = self._fresh(keys, who.team_id, who.user_id)
            link_id = await store.add_link(
                tx, who.team_id, who.user_id, PUBLISH, consent, created_at=now, tries=0, **fresh
            )
            subject = store.subject(link_id)
            await audit.note(tx, who.team_id, self._clock.now(), who.user_id, "secret.agree", subject)
            await message.show(tx, who.team_id, subject, who.user_id, message.CARD, self._clock.now())
            await self._lapse_later(tx, who.team_id, link_id)

    async def find_link(self, team_id: str, link_id: int) -> OneTimeLink:
        """Anybody's link, to draw it. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load_link(conn, team_id, link_id)

    def address(self, link: OneTimeLink) -> str:
        """The page's address, "" where the key that makes it is gone. It is made again each time: what is stored does
        not lead there.
        """
        keys = self._need_keys()
        return f"{self._public_url}/once/{self._secret_part(keys, link)}" if link.key_id in keys.ids else ""

    async def page(self, secret_part: str) -> OneTimePage | None:
        """The page at an address if it still takes something; changes nothing."""
        async with self._db.read() as conn:
            link = await store.open_link(conn, secret_part, utc_now())
            return OneTimePage(link, await self._locale(link)) if link else None

    async def receive(self, secret_part: str, handed: SecretStr) -> tuple[OneTimePage, StoredSecret | None] | None:
        """Something was entered: the page is spent first, then looked at, checked with Coze and kept.

        None for a page that takes nothing (any more). What was no use is named in the link, which gets a new address.
        """
        async with self._db.write() as tx:
            link = await store.burn(tx, secret_part, utc_now())
        if link is None:
            return None
        page = OneTimePage(link, await self._locale(link))
        try:
            who = await self._owner(link)
            return page, await self._keep(who, link.consent, handed, link)
        except Useless as useless:
            problem = useless.problem
        except (NotFound, NotYours, WrongState):
            problem = GONE
        async with self._db.write() as tx:
            await self._renew(tx, link, problem)
        async with self._db.read() as conn:
            return OneTimePage(await store.load_link(conn, link.team_id, link.id), page.locale), None

    async def keep(self, who: Person, consent: Consent, handed: SecretStr) -> StoredSecret:
        """Check with Coze and keep, for the person who agreed. Two calls at most.

        Raises NotOffered, NotFound, NotYours, Useless.
        """
        return await self._keep(who, consent, handed, None)

    async def cancel(self, who: Person, link_id: int) -> None:
        """This link shall not work any more. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            link = await store.load_link(tx.conn, who.team_id, link_id)
            if link.user_id != who.user_id:
                raise NotYours
            if link.state is not LinkState.OPEN or not await self._close(tx, link, LinkState.CANCELLED):
                raise WrongState(link.state)
            now = self._clock.now()
            await audit.note(tx, who.team_id, now, who.user_id, "secret.cancel", store.subject(link.id))

    async def forget(self, who: Person, secret_id: str) -> None:
        """Delete it now. Raises NotFound (also when it is gone already), NotYours."""
        async with self._db.write() as tx:
            kept = await store.load(tx.conn, who.team_id, secret_id)
            if kept.user_id != who.user_id:
                raise NotYours
            await drop(tx, kept, self._clock, who.user_id, "asked")

    async def uninstalled(self, tx: Tx, team_id: str) -> None:
        """The bot's rights were taken away: what follows is a job, so that no crash loses it."""
        await job.enqueue(tx, team_id, "uninstalled", "vault", self._clock.now())

    async def forget_all(self, row: Job) -> Outcome:
        """Job: without its rights in Slack the bot keeps nothing."""
        return Done(on_commit(drop_all, row.team_id, None, self._clock))

    async def use(self, team_id: str, user_id: str, what_for: str, refused: SecretStr | None = None) -> SecretStr:
        """A token to act with for this person. Each use is written down. Raises Deleted, Unopened, CozeError.

        `what_for` is what the use is about, "publish:8"; `refused` the last token, where Coze no longer accepts it.
        """
        async with self._db.write() as tx:
            found = await store.find(tx.conn, team_id, user_id, PUBLISH)
            value = await self._opened(tx, *found, what_for) if found else None
        if found is None or value is None:
            self._access.drop(team_id, user_id)
            raise Unopened if found else Deleted
        kept = found[0]
        if kept.kind is Kind.TOKEN:
            return value
        if kept.kind is Kind.SIGN_IN:
            return await self._sign_ins.token(kept, refused)
        held, app = self._access.of(kept), (kept.app_id or "", kept.fingerprint or "")
        if refused:
            held.forget()
        return await held.get(lambda: self._access.exchange(*app, value))

    async def ask(self, kept: StoredSecret) -> None:
        """See whether Coze takes what was handed over. One call. Raises Deleted, NotFound, Unopened, CozeError."""
        value = await self.use(kept.team_id, kept.user_id, LOOK)
        if kept.kind is Kind.TOKEN:  # what a key is exchanged for says it already
            await self._coze.me(value)

    async def _opened(self, tx: Tx, kept: StoredSecret, sealed: str, what_for: str) -> SecretStr | None:
        """What is kept, its use written down; None where it does not open, which is written down as refused."""
        now = self._clock.now()
        try:
            value = SecretStr(self._need_keys().open(sealed, store.place(kept.team_id, kept.user_id, kept.id)))
        except Sealed:
            await rotation.refused(tx, kept.team_id, kept.user_id, kept.id, kept.key_id, now, what_for)
            return None
        if what_for != LOOK and not await store.used(tx, kept.id, now):
            self._access.drop(kept.team_id, kept.user_id)
            raise NotFound
        subject, detail = store.secret_subject(kept.id), {"purpose": what_for, "key_id": kept.key_id}
        await audit.note(tx, kept.team_id, now, kept.user_id, "secret.use", subject, **detail)
        return value

    async def end(self, row: Job) -> Outcome:
        """Job: delete what has come to its end."""
        async with self._db.read() as conn:
            try:
                kept = await store.load(conn, row.team_id, row.subject.partition(":")[2])
            except NotFound:
                return Done()
        if self._clock.now() < kept.ends_at:
            return Reschedule(kept.ends_at)
        if kept.kind is Kind.SIGN_IN:
            return Done(on_commit(signed_out, kept, self._clock, "end"))
        return Done(on_commit(drop, kept, self._clock, None, "end"))

    async def lapse(self, row: Job) -> Outcome:
        """Job: say that a link has run out. Its ten minutes are real ones, whatever simulated time does."""
        async with self._db.read() as conn:
            try:
                link = await store.load_link(conn, row.team_id, int(row.subject.partition(":")[2]))
            except NotFound:
                return Done()
        if link.state not in (LinkState.OPEN, LinkState.SPENT):
            return Done()
        if timedelta() < (left := link.expires_at - utc_now()) <= rules.LINK_LIFE:
            return Reschedule(self._clock.now() + left)
        return Done(on_commit(self._expire, link))

    async def purge(self) -> None:
        """Let go of old links."""
        async with self._db.write() as tx:
            await store.purge(tx, utc_now() - KEPT_LINKS)

    async def _keep(self, who: Person, consent: Consent, handed: SecretStr, link: OneTimeLink | None) -> StoredSecret:
        keys = self._need_keys()
        async with self._db.read() as conn:
            await self._check_token(conn, who, consent, handed)
        value, account = await self._proven(consent, handed)
        secret_id, now = str(uuid.uuid4()), self._clock.now()
        async with self._db.write() as tx:
            kept = StoredSecret(
                secret_id,
                who.team_id,
                who.user_id,
                PUBLISH,
                consent.kind,
                account.nickname or account.name,
                account.user_id,
                consent.app_id,
                consent.fingerprint,
                consent.credential_id,
                keys.newest,
                now,
                rules.ends(consent.kind, await self._check_token(tx.conn, who, consent), now),
                None,
            )
            if link and not await self._close(tx, link, LinkState.USED):
                raise Useless(GONE)
            await self._accounts.prove(tx, who.team_id, who.user_id, account)
            sealed = keys.seal(value.get_secret_value(), store.place(who.team_id, who.user_id, secret_id))
            await keep(tx, kept, sealed, self._clock, who.tz)
        return kept

    async def _proven(self, consent: Consent, handed: SecretStr) -> tuple[SecretStr, Account]:
        """What may be kept, and whose Coze account it opens. Raises Useless."""
        try:
            if consent.kind is Kind.KEY:
                pem = await self._proof.prove(handed)
                exchange = partial(self._access.exchange, consent.app_id or "", consent.fingerprint or "", pem)
                return pem, await self._coze.me(await HeldToken().get(exchange))
            token = SecretStr(handed.get_secret_value().strip())
            value = token.get_secret_value()
            if not (value.startswith(("pat_", "sat_")) and is_whole(value)):
                raise Useless("help:E4")
            return token, await self._coze.me(token)
        except BadKey as bad:
            problem = f"key:{bad.reason}"
        except CozeError as error:
            log.info("what was handed over does not work: %s", error)
            problem = f"help:{error.help}"
        raise Useless(problem)

    async def _check_token(
        self, conn: Reading, who: Person, consent: Consent, handed: SecretStr | None = None
    ) -> datetime | None:
        """The end of the watched token that is to be kept, if it is one.

        Raises NotFound, NotYours, WrongState; Useless where what was `handed` over is another one.
        """
        if consent.credential_id is None:
            return None
        credential = await credentials.load_own(conn, who.team_id, who.user_id, consent.credential_id)
        if credential.state is not CredentialState.ACTIVE:
            raise WrongState(credential.state)
        if handed and not is_it(credential, handed.get_secret_value().strip()):
            raise Useless("last4")
        return credential.ends_at

    def _fresh(self, keys: Keyring, team_id: str, user_id: str) -> dict[str, object]:
        """A new address for a link, ten minutes from now."""
        nonce = secrets.token_hex(16)
        part = keys.derive(keys.newest, f"once|{team_id}|{user_id}|{nonce}")
        ends = utc_now() + rules.LINK_LIFE
        return {"nonce": nonce, "key_id": keys.newest, "hash": store.hashed(part), "expires_at": ends}

    def _secret_part(self, keys: Keyring, link: OneTimeLink) -> str:
        return keys.derive(link.key_id, f"once|{link.team_id}|{link.user_id}|{link.nonce}")

    async def _renew(self, tx: Tx, link: OneTimeLink, problem: str) -> None:
        """What came was no use: the same card gets a new address, a few times."""
        if link.tries >= rules.TRIES or problem == GONE:
            await self._close(tx, link, LinkState.REFUSED, problem=problem)
            return
        fresh = self._fresh(self._need_keys(), link.team_id, link.user_id)
        await self._close(tx, link, LinkState.OPEN, problem=problem, **fresh)
        await self._lapse_later(tx, link.team_id, link.id)

    async def _close(self, tx: Tx, link: OneTimeLink, state: LinkState, **values: object) -> bool:
        return await close(tx, link, state, self._clock.now(), **values)

    async def _expire(self, tx: Tx, link: OneTimeLink) -> None:
        await self._close(tx, link, LinkState.EXPIRED)

    async def _lapse_later(self, tx: Tx, team_id: str, link_id: int) -> None:
        due = self._clock.now() + rules.LINK_LIFE
        await job.enqueue(tx, team_id, "lapse", store.subject(link_id), due, job.WHENEVER)

    async def _owner(self, link: OneTimeLink) -> Person:
        """Whose link it is, still a member. Raises Useless."""
        async with self._db.read() as conn:
            who = await people.load(conn, link.team_id, link.user_id)
        if who is None or who.standing is not Standing.MEMBER:
            raise Useless(GONE)
        return who

    async def _locale(self, link: OneTimeLink) -> Locale:
        async with self._db.read() as conn:
            who = await people.load(conn, link.team_id, link.user_id)
        return locale_of(who, self._default) if who else Locale(self._default, FALLBACK_ZONE)

    def _need_keys(self) -> Keyring:
        if self._keys is None:
            raise NotOffered
        return self._keys
