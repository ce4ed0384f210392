"""Sign-in: people show on Coze which account is theirs. They are shown a code, and Coze is asked until they answer.

What Coze gives for it is looked at once and dropped, unless it reaches the ShargeAI workspace and they have it kept.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from bot.clock import Clock
from bot.core import sign_in as rules
from bot.core.account import Proof
from bot.core.errors import WrongState
from bot.core.people import Person
from bot.core.sign_in import APP, LOST, OPEN, Purpose, SignIn, SignInState
from bot.coze import oauth
from bot.coze.answers import Account, TokenPair
from bot.coze.client import CozeClient
from bot.coze.errors import CodeExpired, CozeError, CozeUnreachable, Declined, NotYet, SignedOut, SlowDown
from bot.services.job_runner import Done, Outcome, Reschedule, on_commit
from bot.store import audit, job, message
from bot.store import sign_in as store
from bot.store.cipher import Keyring, Sealed
from bot.store.database import Database, Tx
from bot.store.job import Job

from .guide.guides import Guides
from .join.accounts import Accounts
from .kept_sign_in import KeptSignIns, Pair

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 1, 60  # seconds between two questions, whatever Coze says
LIFE = timedelta(minutes=30)  # of a code at most
LOOKED = timedelta(minutes=10)  # after a code's end: what it brought was looked at by then, or is given up
IN_MODAL = "sign_in_modal"
"""The kind of the jobs that redraw a sign-in in the form in which it was begun."""


@dataclass(frozen=True)
class SignInApp:
    """The operator's app on Coze that people sign in to, and the ShargeAI workspace. `keys` seal what is secret."""

    client_id: str
    keys: Keyring
    workspace_id: str


class SignIns:
    """The verbs of signing in. Without an `app` there is none. `admin_channel` hears when Coze refuses the app."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        coze: CozeClient,
        app: SignInApp | None,
        admin_channel: str,
        accounts: Accounts,
        kept: KeptSignIns,
        guides: Guides,
    ) -> None:
        self._db, self._clock, self._coze, self._app = db, clock, coze, app
        self._admins, self._accounts, self._kept, self._guides = admin_channel, accounts, kept, guides

    @property
    def offered(self) -> bool:
        """Whether people can sign in."""
        return self._app is not None

    async def start(
        self, who: Person, purpose: Purpose, about: str, typed: Mapping[str, str], *, in_modal: bool
    ) -> SignIn:
        """A card in the DM, and a code as soon as Coze gives one. What was open of theirs is over.

        Raises WrongState where there is no app.
        """
        if self._app is None:
            raise WrongState("off")
        now = self._clock.now()
        async with self._db.write() as tx:
            if before := await store.opened(tx.conn, who.team_id, who.user_id):
                await self._settle(tx, before, SignInState.CANCELLED)
            elif last := await store.newest(tx.conn, who.team_id, who.user_id):
                await message.redraw(tx, who.team_id, store.subject(last), now)
            sign_in_id = await store.add(tx, who, purpose, about, typed, now, in_modal=in_modal)
            if sign_in_id is None:  # two presses at once
                return await self._opened_by(tx, who)
            subject = store.subject(sign_in_id)
            await audit.note(tx, who.team_id, now, who.user_id, "sign_in.start", subject, purpose=purpose.value)
            await message.show(tx, who.team_id, subject, who.user_id, message.CARD, now)
            await job.enqueue(tx, who.team_id, "sign_in", subject, now, job.SOMEBODY_WAITS)
            return await store.load(tx.conn, who.team_id, sign_in_id)

    async def _opened_by(self, tx: Tx, who: Person) -> SignIn:
        """What they have just begun by another press. Raises WrongState where that is over already."""
        found = await store.opened(tx.conn, who.team_id, who.user_id)
        if found is None:
            raise WrongState(SignInState.CANCELLED)
        return found

    async def find(self, team_id: str, sign_in_id: int) -> SignIn:
        """Anybody's sign-in, to draw it. Raises NotFound."""
        async with self._db.read() as conn:
            return await store.load(conn, team_id, sign_in_id)

    async def is_overtaken(self, sign_in: SignIn) -> bool:
        """Whether the person has begun a newer one: this one is history, however it ended."""
        async with self._db.read() as conn:
            return await store.newest(conn, sign_in.team_id, sign_in.user_id) != sign_in.id

    async def load(self, who: Person, sign_in_id: int) -> SignIn:
        """The person's own. Raises NotFound, NotYours."""
        found = await self.find(who.team_id, sign_in_id)
        rules.check_owner(found, who.user_id, found.state)
        return found

    async def cancel(self, who: Person, sign_in_id: int) -> None:
        """They don't want to. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            sign_in = await self._own(tx, who, sign_in_id, *OPEN)
            await self._settle(tx, sign_in, SignInState.CANCELLED)

    async def not_mine(self, who: Person, sign_in_id: int) -> None:
        """Somebody else has signed in: nothing is bound. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            sign_in = await self._own(tx, who, sign_in_id, SignInState.SEEN)
            await self._settle(tx, sign_in, SignInState.NOT_MINE)

    async def confirm(self, who: Person, sign_in_id: int) -> SignIn:
        """The account is theirs, by Coze's word and now by their own. Raises NotFound, NotYours, WrongState."""
        now = self._clock.now()
        async with self._db.write() as tx:
            sign_in = await self._own(tx, who, sign_in_id, SignInState.SEEN)
            if sign_in.answer_by is None or now >= sign_in.answer_by:
                raise WrongState(SignInState.EXPIRED)
            account = Account(sign_in.coze_uid or "", nickname=sign_in.account or "")
            if await self._accounts.prove(tx, who.team_id, who.user_id, account) is Proof.DISPUTED:
                await self._settle(tx, sign_in, SignInState.TAKEN)
            else:
                await self._settle(tx, sign_in, SignInState.DONE, keeps=sign_in.may_keep)
                if sign_in.purpose is Purpose.GUIDE:
                    await self._guides.proven(tx, who, sign_in.about)
            return await store.load(tx.conn, who.team_id, sign_in_id)

    async def keep(self, who: Person, sign_in_id: int) -> None:
        """They agree to stay signed in, for publishing. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            sign_in = await self._own(tx, who, sign_in_id, SignInState.DONE)
            sealed = await store.take_secret(tx, sign_in)
            if sealed is None or sign_in.answer_by is None or self._clock.now() >= sign_in.answer_by:
                raise WrongState(SignInState.EXPIRED)
            await self._kept.keep(tx, sign_in, Pair.read(self._need_app().keys.open(sealed, store.place(sign_in))))
            await store.move(tx, sign_in, is_kept=True)
            await self._redraw(tx, sign_in)

    async def drop(self, who: Person, sign_in_id: int) -> None:
        """They don't. Raises NotFound, NotYours, WrongState."""
        async with self._db.write() as tx:
            sign_in = await self._own(tx, who, sign_in_id, SignInState.DONE)
            await store.take_secret(tx, sign_in)
            subject = store.subject(sign_in.id)
            await audit.note(tx, who.team_id, self._clock.now(), who.user_id, "sign_in.drop", subject)
            await self._redraw(tx, sign_in)

    async def follow(self, row: Job) -> Outcome:
        """Job: the next thing that a sign-in waits for."""
        sign_in, now = await self.find(row.team_id, int(row.subject.partition(":")[2])), self._clock.now()
        match sign_in.state:
            case SignInState.STARTING:
                return await self._begin(sign_in, now)
            case SignInState.WAITING:
                return await self._ask(sign_in, now)
            case SignInState.LOOKING:
                return await self._look(sign_in, now)
            case SignInState.SEEN | SignInState.DONE:
                return await self._end(sign_in, now)
        return Done()

    async def _begin(self, sign_in: SignIn, now: datetime) -> Outcome:
        """Ask Coze for a code. One call; while it does not answer, again for two minutes."""
        app = self._need_app()
        try:
            code = await oauth.device_code(self._coze, app.client_id)
        except CozeUnreachable as error:
            if now - sign_in.created_at < rules.STARTING:
                raise
            return Done(on_commit(self._failed, sign_in, error.help))
        except CozeError as error:
            return Done(on_commit(self._refused, sign_in, error))
        interval = min(max(code.interval, SHORTEST), LONGEST)
        values = {
            "state": SignInState.WAITING,
            "page": code.page,
            "user_code": code.user_code[:40],
            "interval": interval,
            "expires_at": now + min(timedelta(seconds=code.life), LIFE),
            "secret": app.keys.seal(code.value.get_secret_value(), store.place(sign_in)),
        }
        following = now + timedelta(seconds=interval)
        return Reschedule(following, on_commit(self._step, sign_in, **values))

    async def _ask(self, sign_in: SignIn, now: datetime) -> Outcome:
        """Ask whether the person has answered on Coze. One call."""
        if sign_in.expires_at is None or now >= sign_in.expires_at:
            return Done(on_commit(self._ends, sign_in, SignInState.EXPIRED))
        interval = sign_in.interval or rules.MORE
        try:
            pair = await oauth.redeem(self._coze, self._need_app().client_id, SecretStr(await self._opened(sign_in)))
        except SlowDown:
            slower = min(interval + rules.MORE, LONGEST)
            return Reschedule(now + timedelta(seconds=slower), on_commit(self._slower, sign_in, slower))
        except (NotYet, CozeUnreachable):
            return Reschedule(now + timedelta(seconds=interval))
        except Declined:
            return Done(on_commit(self._ends, sign_in, SignInState.DENIED))
        except CodeExpired:
            return Done(on_commit(self._ends, sign_in, SignInState.EXPIRED))
        except (SignedOut, Sealed):
            return Done(on_commit(self._failed, sign_in, LOST))
        except CozeError as error:
            return Done(on_commit(self._refused, sign_in, error))
        return await self._redeemed(sign_in, pair)

    async def _redeemed(self, sign_in: SignIn, pair: TokenPair) -> Outcome:
        """Written before it is used. Who comes with the pair wins over who found the code used up."""
        sealed = self._need_app().keys.seal(Pair.of(pair).written(), store.place(sign_in))
        async with self._db.write() as tx:
            states = (SignInState.WAITING, SignInState.FAILED)
            if not await store.move(tx, sign_in, states, state=SignInState.LOOKING, secret=sealed, error=None):
                return Done()  # cancelled meanwhile
            await self._redraw(tx, sign_in)
        return await self._look(await self.find(sign_in.team_id, sign_in.id), self._clock.now())

    async def _look(self, sign_in: SignIn, now: datetime) -> Outcome:
        """Whose account it is, and whether it reaches the ShargeAI workspace. Two calls for up to fifty spaces."""
        try:
            access = SecretStr(Pair.read(await self._opened(sign_in)).access)
            account = await self._coze.me(access)
            may_keep = await self._reaches(access)
        except Sealed:
            return Done(on_commit(self._failed, sign_in, LOST))
        except CozeError as error:
            late = sign_in.expires_at is not None and now >= sign_in.expires_at + LOOKED
            if error.retry and not late:
                raise
            return Done(on_commit(self._failed, sign_in, error.help))
        answer_by = now + rules.ANSWER
        values: dict[str, Any] = {
            "state": SignInState.SEEN,
            "coze_uid": account.user_id[:24],
            "account": account.nickname or account.name,
            "answer_by": answer_by,
            "may_keep": may_keep,
        }
        if not may_keep:
            values["secret"] = None
        return Reschedule(answer_by, on_commit(self._step, sign_in, **values))

    async def _reaches(self, access: SecretStr) -> bool:
        """Whether the account may open the ShargeAI workspace to us. Where Coze does not tell, it may not."""
        workspace_id = self._need_app().workspace_id
        if not workspace_id:
            return False
        try:
            spaces = await self._coze.workspaces(access)
        except CozeUnreachable:
            raise
        except CozeError as error:
            log.info("the workspaces of a sign-in are not told: %s", error)
            return False
        return any(space.id == workspace_id and space.opens for space in spaces)

    async def _end(self, sign_in: SignIn, now: datetime) -> Outcome:
        """Nobody has answered: nothing is bound, and what was held for the answer is dropped."""
        if sign_in.answer_by and now < sign_in.answer_by:
            return Reschedule(sign_in.answer_by)
        if sign_in.state is SignInState.SEEN:
            return Done(on_commit(self._ends, sign_in, SignInState.EXPIRED))
        return Done(on_commit(self._dropped, sign_in) if sign_in.may_keep else None)

    async def _dropped(self, tx: Tx, sign_in: SignIn) -> None:
        await store.take_secret(tx, sign_in)
        await self._redraw(tx, sign_in)

    async def _step(self, tx: Tx, sign_in: SignIn, **values: Any) -> None:
        """As a job goes on: what the person has done meanwhile stays."""
        if await store.move(tx, sign_in, **values):
            await self._redraw(tx, sign_in)

    async def _over(
        self, tx: Tx, sign_in: SignIn, state: SignInState, error: str | None = None, *, keeps: bool = False
    ) -> bool:
        """It is over, and unless it `keeps` that for a last question nothing secret is left of it; nor of an account
        that is not said to be theirs. False where somebody was faster.
        """
        is_theirs, now = state in (SignInState.DONE, SignInState.TAKEN), self._clock.now()
        dropped: dict[str, Any] = {} if keeps else {"secret": None, "may_keep": False}
        dropped |= {} if is_theirs else {"coze_uid": None, "account": None}
        if not await store.move(tx, sign_in, state=state, settled_at=now, error=error, **dropped):
            return False
        await self._redraw(tx, sign_in)
        subject, detail = store.subject(sign_in.id), {"uid": sign_in.coze_uid} if is_theirs else {}
        await audit.note(tx, sign_in.team_id, now, sign_in.user_id, f"sign_in.{state.value}", subject, **detail)
        return True

    async def _ends(self, tx: Tx, sign_in: SignIn, state: SignInState) -> None:
        await self._over(tx, sign_in, state)

    async def _slower(self, tx: Tx, sign_in: SignIn, interval: int) -> None:
        await store.move(tx, sign_in, interval=interval)

    async def _failed(self, tx: Tx, sign_in: SignIn, error: str) -> None:
        await self._over(tx, sign_in, SignInState.FAILED, error=error)

    async def _refused(self, tx: Tx, sign_in: SignIn, error: CozeError) -> None:
        """Nothing that a member could mend: the admins hear of it, once a day."""
        log.warning("Coze refuses the app that people sign in to: %s", error)
        await self._over(tx, sign_in, SignInState.FAILED, error=APP)
        now = self._clock.now()
        subject = f"sign_in_app:{now:%y%m%d}"
        await audit.note(tx, sign_in.team_id, now, None, "sign_in.refused", subject, code=error.code)
        await message.show(tx, sign_in.team_id, subject, self._admins, message.CARD, now)

    async def _settle(self, tx: Tx, sign_in: SignIn, state: SignInState, *, keeps: bool = False) -> None:
        """The same as somebody's deed. Raises WrongState where somebody was faster."""
        if not await self._over(tx, sign_in, state, keeps=keeps):
            raise WrongState(sign_in.state)

    async def _redraw(self, tx: Tx, sign_in: SignIn) -> None:
        now, subject = self._clock.now(), store.subject(sign_in.id)
        await message.redraw(tx, sign_in.team_id, subject, now)
        if sign_in.in_modal:
            await job.enqueue(tx, sign_in.team_id, IN_MODAL, subject, now, job.SOMEBODY_WAITS)

    async def _own(self, tx: Tx, who: Person, sign_in_id: int, *states: SignInState) -> SignIn:
        sign_in = await store.load(tx.conn, who.team_id, sign_in_id)
        rules.check_owner(sign_in, who.user_id, *states)
        return sign_in

    async def _opened(self, sign_in: SignIn) -> str:
        """What is secret of it. Raises Sealed."""
        async with self._db.read() as conn:
            sealed = await store.secret(conn, sign_in)
        return self._need_app().keys.open(sealed or "", store.place(sign_in))

    def _need_app(self) -> SignInApp:
        if self._app is None:
            raise WrongState("off")
        return self._app
