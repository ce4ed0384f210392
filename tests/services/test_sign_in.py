"""Signing in by several processes at once: one pair of tokens, whoever asks, and none that is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from bot.clock import utc_now
from bot.core.secret_store import Kind
from bot.core.sign_in import Purpose, SignIn, SignInState
from bot.coze import oauth
from bot.coze.errors import CozeUnreachable, SignedOut
from bot.services.guide.check import CheckTools
from bot.services.guide.wiring import GuideServices, texts_of
from bot.services.job_runner import Done, Reschedule
from bot.services.join.accounts import Accounts
from bot.services.kept_sign_in import KeptSignIns, Pair
from bot.services.rotation import Deleted, Rotated, rotate
from bot.services.sign_in import SignInApp, SignIns
from bot.services.token_checker import TokenChecker
from bot.store import sign_in as store
from bot.store.cipher import Keyring
from bot.store.database import Database
from bot.store.job import Job
from bot.store.tables import audit, message, secret, sign_in
from tests.secret_stores import TEAM, World, new_key

PROCESSES = 8


class Signing(World):
    """A world in which people sign in."""

    async def says_yes(self, who: str) -> None:
        """On Coze's page."""
        assert (await self.coze.act("sign_in", {"name": who, "approve": True}))["ok"]

    @property
    def pairs(self) -> int:
        """How many pairs Coze has given out."""
        return sum(token.kind == "user" for token in self.coze.state.tokens.values())

    async def one_more_answer(self) -> None:
        """Coze gives the next pair and nobody hears of it."""
        self.coze.faults.set("cut", 1, "/oauth2/token")


class Process:
    """One process of the bot, with a connection to the database of its own."""

    def __init__(self, world: Signing, db: Database) -> None:
        self.world, self.db = world, db
        client_id = world.facts["sign_in"]["client_id"]
        self.kept = KeptSignIns(db, world.clock, world.client, world.keys, client_id)
        app = SignInApp(client_id, world.keys, world.facts["workspace_id"])
        checker, secrets = TokenChecker(world.client), world.secret_store()
        accounts = Accounts(db, world.clock, "C0ADMINS", world.client)
        tools = CheckTools(world.clock, world.client, checker, world.credentials, accounts, secrets, None, "")
        guides = GuideServices(db, tools, texts_of(None)).guides
        self.sign_ins = SignIns(db, world.clock, world.client, app, "C0ADMINS", accounts, self.kept, guides)

    async def begins(self) -> SignIn:
        """Mei begins, and has a code."""
        begun = await self.sign_ins.start(self.world.mei, Purpose.ACCOUNT, "", {}, in_modal=False)
        await self.goes_on(begun.id)
        return await self.sign_ins.find(TEAM, begun.id)

    async def goes_on(self, sign_in_id: int) -> object:
        """The job's next turn, as the job runner does it."""
        outcome = await self.sign_ins.follow(job_of(store.subject(sign_in_id)))
        assert isinstance(outcome, Done | Reschedule)
        if outcome.save:
            async with self.db.write() as tx:
                await outcome.save(tx)
        return outcome

    async def signs_in(self, who: str = "mei") -> SignIn:
        """All the way, until the person is asked."""
        begun = await self.begins()
        await self.world.says_yes(who)
        await self.goes_on(begun.id)
        return await self.sign_ins.find(TEAM, begun.id)


def job_of(subject: str) -> Job:
    return Job(1, TEAM, "x", subject, utc_now(), 0, 1, 1, 1, None)


@asynccontextmanager
async def processes(world: Signing, count: int = PROCESSES) -> AsyncIterator[list[Process]]:
    """So many, on one database."""
    async with AsyncExitStack() as stack:
        many = [Process(world, Database(world.db.url.render_as_string(hide_password=False))) for _ in range(count)]
        for each in many:
            stack.push_async_callback(each.db.close)
        yield many


@pytest.fixture
async def signing(world: World) -> Signing:
    """Coze lets a device ask as often as it likes; the owner's account is asked about."""
    world.__class__ = Signing
    assert isinstance(world, Signing)
    await world.coze.act("settings", {"sign_in_interval": 0})
    return world


async def keeps(process: Process) -> str:
    """The owner of ShargeAI signs in and stays so; the id of what is kept."""
    seen = await process.signs_in("owner")
    assert seen.may_keep
    await process.sign_ins.confirm(process.world.mei, seen.id)
    await process.sign_ins.keep(process.world.mei, seen.id)
    (row,) = await process.world.rows(secret)
    return str(row["id"])


async def test_eight_redeem_at_once(signing: Signing) -> None:
    async with processes(signing) as many:
        begun = await many[0].begins()
        await signing.says_yes("mei")
        await asyncio.gather(*(each.goes_on(begun.id) for each in many))
        seen = await many[0].sign_ins.find(TEAM, begun.id)
        assert (seen.state, seen.account) == (SignInState.SEEN, "小美")
        assert signing.pairs == 1


async def test_eight_begin_at_once(signing: Signing) -> None:
    async with processes(signing) as many:
        begun = (each.sign_ins.start(signing.mei, Purpose.ACCOUNT, "", {}, in_modal=False) for each in many[:4])
        await asyncio.gather(*begun, return_exceptions=True)
        states = [row["state"] for row in await signing.rows(sign_in)]
        assert states.count(SignInState.STARTING) == 1


async def test_eight_renew_at_once(signing: Signing) -> None:
    async with processes(signing) as many:
        await keeps(many[0])
        kept = await signing.secret_store().find(TEAM, "U0MEI")
        assert kept is not None
        first = await many[0].kept.token(kept)
        tokens = await asyncio.gather(*(each.kept.token(kept, first) for each in many))
        assert len({token.get_secret_value() for token in tokens}) == 1
        assert tokens[0] != first
        assert signing.pairs == 2
        assert (await signing.client.me(tokens[0])).user_id == signing.facts["users"]["owner"]
        assert await many[1].kept.token(kept, first) == tokens[0], "another process has it too"


async def test_a_process_ends_between_the_code_and_the_tokens(signing: Signing) -> None:
    async with processes(signing, 2) as (first, second):
        begun = await first.begins()
        await first.goes_on(begun.id)
        await signing.says_yes("mei")
        await second.goes_on(begun.id)
        assert (await second.sign_ins.find(TEAM, begun.id)).state is SignInState.SEEN


async def test_a_process_ends_between_the_tokens_and_the_look(signing: Signing) -> None:
    """The pair is written before it is used."""
    async with processes(signing, 2) as (first, second):
        begun = await first.begins()
        await signing.says_yes("mei")
        signing.coze.faults.set("html_502", None, "/v1/users/me")
        with pytest.raises(CozeUnreachable):
            await first.goes_on(begun.id)
        signing.coze.faults.clear()
        assert (await first.sign_ins.find(TEAM, begun.id)).state is SignInState.LOOKING
        await second.goes_on(begun.id)
        assert (await second.sign_ins.find(TEAM, begun.id)).state is SignInState.SEEN
        assert signing.pairs == 1


async def test_a_renewal_whose_answer_was_lost_is_the_end(signing: Signing) -> None:
    async with processes(signing, 1) as (process,):
        secret_id = await keeps(process)
        kept = await signing.secret_store().find(TEAM, "U0MEI")
        assert kept is not None
        first = await process.kept.token(kept)
        await signing.one_more_answer()
        with pytest.raises(CozeUnreachable):
            await process.kept.token(kept, first)
        with pytest.raises(SignedOut):
            await process.kept.token(kept, first)
        with pytest.raises(Deleted):
            await process.kept.token(kept, first)
        assert await signing.rows(secret) == []
        assert [row["recipient"] for row in await signing.rows(message) if row["kind"] == "signed_out"] == ["U0MEI"]
        (line,) = [row for row in await signing.rows(audit) if row["action"] == "secret.forget"]
        assert (line["subject"], line["detail"]) == (f"secret:{secret_id}", {"why": "signed_out"})


async def test_a_renewal_that_coze_did_not_hear_is_tried_again(signing: Signing) -> None:
    async with processes(signing, 1) as (process,):
        await keeps(process)
        kept = await signing.secret_store().find(TEAM, "U0MEI")
        assert kept is not None
        first = await process.kept.token(kept)
        signing.coze.faults.set("html_502", 1, "/oauth2/token")
        with pytest.raises(CozeUnreachable):
            await process.kept.token(kept, first)
        assert await process.kept.token(kept, first) != first


async def test_a_dead_process_does_not_hold_it_for_ever(signing: Signing) -> None:
    async with processes(signing, 1) as (process,):
        await keeps(process)
        kept = await signing.secret_store().find(TEAM, "U0MEI")
        assert kept is not None
        first = await process.kept.token(kept)
        async with signing.db.write() as tx:
            await tx.conn.execute(update(secret).values(lease_until=1.0, fence=7))
        assert await process.kept.token(kept, first) != first


async def test_renewed_in_time_and_under_new_keys(signing: Signing) -> None:
    """Every twenty days, which moves its end; what is kept opens under the newest key."""
    async with processes(signing, 1) as (process,):
        secret_id = await keeps(process)
        (before,) = await signing.rows(secret)
        assert before["kind"] is Kind.SIGN_IN
        signing.clock.advance(timedelta(days=20))
        outcome = await process.kept.renew(job_of(f"secret:{secret_id}"))
        assert isinstance(outcome, Reschedule)
        (after,) = await signing.rows(secret)
        assert after["ends_at"] - before["ends_at"] >= timedelta(days=19)
        assert signing.pairs == 2
        signing.keys = Keyring({**dict([new_key("b")]), **signing.keys._keys})
        assert await rotate(signing.db, signing.keys) == Rotated(done=1)
        rotated = Process(signing, process.db)
        kept = await signing.secret_store().find(TEAM, "U0MEI")
        assert kept is not None
        assert kept.key_id == "b"
        await rotated.kept.token(kept)


async def test_what_is_sealed_says_nothing(signing: Signing) -> None:
    async with processes(signing, 1) as (process,):
        begun = await process.begins()
        async with signing.db.read() as conn:
            sealed = await store.secret(conn, begun)
        assert str(sealed).startswith("v1|a|")
        pair = Pair("czu_canary", "canary", utc_now())
        assert "canary" not in repr(pair)
        assert Pair.read(pair.written()) == pair
        assert not pair.is_good(None)
        assert not Pair("a", "b", utc_now() + timedelta(hours=1)).is_good(SecretStr("a"))
        assert oauth.ROOT not in repr(begun)
