"""What is in memory of a kept key: never the key, and its token no longer than the key is kept."""

import asyncio
import contextlib
import gc
import types
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy import select

from bot.core.secret_store import Consent, Kind
from bot.coze.errors import CozeError
from bot.coze.keys import trusted
from bot.services import access
from bot.services.erasure import drop_all
from bot.services.job_runner import Done, Handler
from bot.services.rotation import Deleted
from bot.services.secret_store import SecretStore
from bot.store.database import Database
from bot.store.job import Job
from bot.store.tables import job
from tests.secret_stores import TEAM, World
from tests.waiting import eventually

MEI = "U0MEI"
ELSEWHERE = (type, types.ModuleType, types.BuiltinFunctionType, asyncio.AbstractEventLoop)
"""What leads to everything: the playground's Coze, which has the key too, runs in the same loop."""


def held(root: object) -> list[str]:
    """The keys and the tokens of apps that can be reached from here, by what they are."""
    found, seen, rest = [], set[int](), [root]
    while rest:
        each = rest.pop()
        if id(each) in seen or isinstance(each, ELSEWHERE):
            continue
        seen.add(id(each))
        if isinstance(each, types.FunctionType):
            rest += each.__closure__ or ()
            continue
        if isinstance(each, RSAPrivateKey) or (isinstance(each, str) and "PRIVATE KEY" in each):
            found.append("key")
        elif isinstance(each, str) and each.startswith("czs_"):
            found.append("token")
        rest += gc.get_referents(each)
    return sorted(found)


@contextlib.asynccontextmanager
async def using(world: World) -> AsyncIterator[tuple[SecretStore, str]]:
    """A vault that has just used mei's kept key, and the key's id."""
    secret_store = world.secret_store()
    kept = await secret_store.keep(world.mei, world.key, world.pem)
    assert held(secret_store) == [], "keeping leaves nothing"
    await secret_store.use(TEAM, MEI, "publish:8")
    assert held(secret_store) == ["token"], "the key itself is let go of"
    yield secret_store, kept.id


def test_what_is_held_is_found(world: World) -> None:
    """Else the others could not fail."""
    pem = world.pem
    assert held({"deep": [pem, lambda: pem]}) == ["key"]
    assert held(lambda: pem) == ["key"]
    assert held([trusted(pem)]) == ["key"]


async def asked(world: World, secret_store: SecretStore, secret_id: str) -> None:
    await secret_store.forget(world.mei, secret_id)


async def replaced(world: World, secret_store: SecretStore, _: str) -> None:
    await secret_store.keep(world.mei, Consent(Kind.TOKEN, await world.recorded()), world.pat)


async def left(world: World, _store: SecretStore, _: str) -> None:
    async with world.db.write() as tx:
        await drop_all(tx, TEAM, MEI, world.clock)


async def uninstalled(world: World, secret_store: SecretStore, _: str) -> None:
    async with world.db.write() as tx:
        await secret_store.uninstalled(tx, TEAM)
    await done(world, "uninstalled", secret_store.forget_all)


async def ended(world: World, secret_store: SecretStore, _: str) -> None:
    world.clock.advance(timedelta(days=91))
    await done(world, "forget", secret_store.end)


async def done(world: World, kind: str, handler: Handler) -> None:
    """The work of this kind is done."""
    async with world.db.read() as conn:
        columns = [job.c[name] for name in Job.__dataclass_fields__]
        row = Job(*(await conn.execute(select(*columns).where(job.c.kind == kind))).one())
    outcome = await handler(row)
    assert isinstance(outcome, Done)
    assert outcome.save is not None
    async with world.db.write() as tx:
        await outcome.save(tx)


@pytest.mark.parametrize("way", [asked, replaced, left, uninstalled, ended])
async def test_every_deletion_empties_the_memory(
    world: World, way: Callable[[World, SecretStore, str], Awaitable[None]]
) -> None:
    async with using(world) as (secret_store, secret_id):
        await way(world, secret_store, secret_id)
        assert held(secret_store) == []


async def test_a_deletion_that_is_rolled_back_keeps_all(world: World) -> None:
    async with using(world) as (secret_store, _):
        with contextlib.suppress(RuntimeError):
            async with world.db.write() as tx:
                await drop_all(tx, TEAM, MEI, world.clock)
                raise RuntimeError
        assert held(secret_store) == ["token"]


async def test_what_another_process_deletes_is_used_no_more(world: World) -> None:
    async with using(world) as (secret_store, secret_id):
        other = Database(world.db.url.render_as_string(hide_password=False))
        await world.secret_store_on(other, world.keys, None).forget(world.mei, secret_id)
        await other.close()
        assert held(secret_store) == ["token"], "nobody has told us yet"
        with pytest.raises(Deleted):
            await secret_store.use(TEAM, MEI, "publish:8")
        assert held(secret_store) == []


async def test_what_another_process_replaces_is_minted_anew(world: World) -> None:
    async with using(world) as (secret_store, _):
        other = Database(world.db.url.render_as_string(hide_password=False))
        await world.secret_store_on(other, world.keys, None).keep(world.mei, world.key, world.pem)
        await other.close()
        before = len(world.coze.state.used_jti)
        await secret_store.use(TEAM, MEI, "publish:8")
        assert len(world.coze.state.used_jti) == before + 1
        assert held(secret_store) == ["token"]


async def test_nothing_outlives_its_life(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever another process has deleted, and nobody asks for."""
    monkeypatch.setattr(access, "KEPT", 0.05)
    secret_store = world.secret_store()
    await secret_store.keep(world.mei, world.key, world.pem)
    await secret_store.use(TEAM, MEI, "publish:8")
    await eventually(lambda: not held(secret_store))


async def test_a_refusal_leaves_no_key(world: World) -> None:
    """The failure's traceback knows it."""
    secret_store = world.secret_store()
    await secret_store.keep(world.mei, world.key, world.pem)
    world.coze.faults.set("unknown_kid", times=1)
    with pytest.raises(CozeError):
        await secret_store.use(TEAM, MEI, "publish:8")
    await asyncio.sleep(0)
    assert held(secret_store) == []
