"""Keeping and letting go, on both databases, against a real Coze."""

import asyncio
import base64
import secrets
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from bot.clock import utc_now
from bot.core.credential import CredentialState, Record
from bot.core.errors import NotYours, TooOften, WrongState
from bot.core.secret_store import AFTER_END, KEY_LIFE, Consent, Kind, LinkState
from bot.services.erasure import drop_all
from bot.services.job_runner import Done, Handler, Reschedule
from bot.services.rotation import Deleted, Unopened, rotate
from bot.services.secret_store import NotOffered, Useless
from bot.services.workspace_client import DelegatedClients
from bot.store import secret_store as store
from bot.store.cipher import Keyring
from bot.store.job import Job
from bot.store.tables import audit, job, link, secret
from bot.store.tables import person as people
from tests.secret_stores import TEAM, World, person


async def test_a_token_is_kept_sealed_and_used(world: World) -> None:
    token_id = await world.recorded()
    secret_store, part = await world.page_for(Consent(Kind.TOKEN, token_id))
    page = await secret_store.page(part)
    assert page is not None
    assert page.locale.language == "zh"
    taken = await secret_store.receive(part, world.pat)
    assert taken is not None
    kept = taken[1]
    assert kept is not None
    assert (kept.account, kept.coze_uid) == ("小美", world.facts["users"]["mei"])
    assert {who["user_id"]: who["coze_uid"] for who in await world.rows(people)}["U0MEI"] == kept.coze_uid
    (row,) = await world.rows(secret)
    assert row["value"].startswith("v1|a|")
    assert await secret_store.use(TEAM, "U0MEI", "publish:8") == world.pat
    lines = [(line["action"], line["actor"], line["detail"]) for line in await world.rows(audit)]
    assert ("secret.use", "U0MEI", {"purpose": "publish:8", "key_id": "a"}) in lines
    for table in (secret, link, audit, job):
        assert world.pat.get_secret_value() not in repr(await world.rows(table))
        assert part not in repr(await world.rows(table)), "only its hash"
    end = (await world.credentials.load(world.mei, token_id)).ends_at + AFTER_END
    assert abs(kept.ends_at - end) < timedelta(seconds=1)


async def test_a_key_is_kept_and_signs(world: World) -> None:
    secret_store, part = await world.page_for(world.key)
    taken = await secret_store.receive(part, world.pem)
    assert taken is not None
    kept = taken[1]
    assert kept is not None
    assert abs(kept.ends_at - (world.clock.now() + KEY_LIFE)) < timedelta(minutes=1)
    before = len(world.coze.state.used_jti)
    tokens = await asyncio.gather(*(secret_store.use(TEAM, "U0MEI", "publish:8") for _ in range(5)))
    assert (await world.client.me(tokens[0])).user_id == world.facts["users"]["mei"]
    assert len({token.get_secret_value() for token in tokens}) == 1
    assert len(world.coze.state.used_jti) == before + 1
    (row,) = await world.rows(secret)
    assert "PRIVATE" not in repr(row)


async def test_a_page_works_once(world: World) -> None:
    secret_store, part = await world.page_for(world.key)
    assert await secret_store.page(part), "looking spends nothing"
    assert await secret_store.page(part)
    answers = await asyncio.gather(*(secret_store.receive(part, world.pem) for _ in range(5)))
    assert sum(answer is not None for answer in answers) == 1
    assert await secret_store.page(part) is None
    assert await secret_store.receive(part, world.pem) is None
    assert await secret_store.receive("x" * 43, world.pem) is None
    assert len(await world.rows(secret)) == 1


@pytest.mark.parametrize(
    ("handed", "problem"),
    [
        ("", "key:empty"),
        ("pat_" + "a" * 64, "key:token"),
        ("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", "key:public_key"),
    ],
)
async def test_what_is_no_use_gets_a_new_page(world: World, handed: str, problem: str) -> None:
    secret_store, part = await world.page_for(world.key)
    taken = await secret_store.receive(part, SecretStr(handed))
    assert taken is not None
    page, kept = taken
    assert kept is None
    assert (page.link.problem, page.link.state) == (problem, LinkState.OPEN)
    assert await secret_store.page(part) is None, "the old address is spent"
    taken = await secret_store.receive(await world.part(secret_store), world.pem)
    assert taken is not None
    assert taken[1] is not None


async def test_after_a_few_tries_there_is_no_new_page(world: World) -> None:
    secret_store, _ = await world.page_for(Consent(Kind.TOKEN, await world.recorded()))
    for _ in range(5):
        assert await secret_store.receive(await world.part(secret_store), SecretStr("canary"))
    (row,) = await world.rows(link)
    assert (row["state"], row["problem"]) == (LinkState.REFUSED, "help:E4")
    with pytest.raises(TooOften):
        await secret_store.invite(world.mei, world.key)


async def test_coze_has_the_last_word(world: World) -> None:
    secret_store = world.secret_store()
    token_id = await world.recorded()
    for handed, problem in ((world.facts["pats"]["expired"], "help:E3"), ("canary", "help:E4")):
        with pytest.raises(Useless, match=problem):
            await secret_store.keep(world.mei, Consent(Kind.TOKEN, token_id), SecretStr(handed))
    stranger = Consent(Kind.KEY, app_id=world.key.app_id, fingerprint="k" * 43)
    with pytest.raises(Useless, match="help:E11"):
        await secret_store.keep(world.mei, stranger, world.pem)
    assert await world.rows(secret) == []


async def test_only_ones_own(world: World) -> None:
    secret_store, tom = world.secret_store(), person("U0TOM")
    token_id = await world.recorded()
    with pytest.raises(NotYours):
        await secret_store.invite(tom, Consent(Kind.TOKEN, token_id))
    kept = await secret_store.keep(world.mei, Consent(Kind.TOKEN, token_id), world.pat)
    with pytest.raises(NotYours):
        await secret_store.forget(tom, kept.id)
    with pytest.raises(Deleted):
        await secret_store.use(TEAM, "U0TOM", "publish:8")
    await secret_store.invite(world.mei, world.key)
    (row,) = await world.rows(link)
    with pytest.raises(NotYours):
        await secret_store.cancel(tom, row["id"])
    part = await world.part(secret_store)
    await secret_store.cancel(world.mei, row["id"])
    assert await secret_store.receive(part, world.pem) is None
    with pytest.raises(WrongState):
        await secret_store.cancel(world.mei, row["id"])


async def test_a_copied_row_opens_for_nobody(world: World) -> None:
    secret_store = world.secret_store()
    kept = await secret_store.keep(world.mei, Consent(Kind.TOKEN, await world.recorded()), world.pat)
    async with world.db.write() as tx:
        await tx.conn.execute(update(secret).where(secret.c.id == kept.id).values(user_id="U0TOM"))
    with pytest.raises(Unopened):
        await secret_store.use(TEAM, "U0TOM", "publish:8")


@pytest.mark.parametrize("way", ["asked", "replaced", "given up", "renewed", "left", "uninstalled", "end"])
async def test_every_way_to_be_forgotten(world: World, way: str) -> None:
    secret_store, token_id = world.secret_store(), await world.recorded()
    kept = await secret_store.keep(world.mei, Consent(Kind.TOKEN, token_id), world.pat)
    record = Record("neu", world.clock.now(), world.clock.now() + timedelta(days=9), None)
    if way == "asked":
        await secret_store.forget(world.mei, kept.id)
    elif way == "replaced":
        await secret_store.keep(world.mei, world.key, world.pem)
    elif way == "given up":
        assert (await world.credentials.forget(world.mei, token_id)).state is CredentialState.ACTIVE
    elif way == "renewed":
        await world.credentials.record(world.mei, record, token_id)
    elif way == "left":
        async with world.db.write() as tx:
            await drop_all(tx, TEAM, "U0MEI", world.clock)
    elif way == "uninstalled":
        async with world.db.write() as tx:
            await secret_store.uninstalled(tx, TEAM)
        assert await _done(world, secret_store.forget_all, await _row(world, "uninstalled"))
    else:
        row = await _row(world, "forget")
        world.clock.advance(timedelta(days=30))
        assert await _done(world, secret_store.end, row) is False, "a token that has ended may still be asked about"
        world.clock.advance(timedelta(days=7))
        assert await _done(world, secret_store.end, row) is True
    assert [row["kind"] for row in await world.rows(secret)] == ([Kind.KEY] if way == "replaced" else [])
    forgets = [line for line in await world.rows(audit) if line["action"] == "secret.forget"]
    assert [line["subject"] for line in forgets] == [f"secret:{kept.id}"]


async def _row(world: World, kind: str) -> Job:
    """The work of this kind."""
    found = next(row for row in await world.rows(job) if row["kind"] == kind)
    return Job(**{name: found[name] for name in Job.__dataclass_fields__})


async def _done(world: World, handler: Handler, row: Job) -> bool:
    """Let the work be done; whether it is."""
    outcome = await handler(row)
    if isinstance(outcome, Done) and outcome.save:
        async with world.db.write() as tx:
            await outcome.save(tx)
    return isinstance(outcome, Done)


async def test_nothing_is_offered_without_its_settings(world: World) -> None:
    bare = world.secret_store_on(world.db, None, "https://bot.example")
    assert not any(bare.offers(kind) for kind in Kind)
    with pytest.raises(NotOffered):
        await bare.invite(world.mei, world.key)
    with pytest.raises(NotOffered):
        await bare.keep(world.mei, world.key, world.pem)
    no_pages = world.secret_store_on(world.db, world.keys, None)
    assert no_pages.offers(Kind.TOKEN)
    assert not no_pages.offers(Kind.KEY)


@pytest.mark.parametrize("ends_in", [timedelta(seconds=-1), timedelta(days=300)], ids=["over", "made ahead of time"])
async def test_a_link_runs_out_in_real_time(world: World, ends_in: timedelta) -> None:
    """One that ends later than any can was made while the machine's clock was ahead."""
    secret_store, part = await world.page_for(world.key)
    row = await _row(world, "lapse")
    world.clock.advance(timedelta(days=1))
    assert isinstance(await secret_store.lapse(row), Reschedule), "simulated time alone ends nothing"
    async with world.db.write() as tx:
        await tx.conn.execute(update(link).values(expires_at=utc_now() + ends_in))
    assert await secret_store.page(part) is None
    assert await secret_store.receive(part, world.pem) is None
    outcome = await secret_store.lapse(row)
    assert isinstance(outcome, Done)
    assert outcome.save is not None
    async with world.db.write() as tx:
        await outcome.save(tx)
    assert [row["state"] for row in await world.rows(link)] == [LinkState.EXPIRED]


async def test_rotation_is_resumable_and_reads_nothing_twice(world: World) -> None:
    secret_store = world.secret_store()
    kept = await secret_store.keep(world.mei, Consent(Kind.TOKEN, await world.recorded()), world.pat)
    raw = world.keys._keys["a"]
    both = Keyring({"b": secrets.token_bytes(32), "a": raw})
    assert (await rotate(world.db, both)).done == 1
    assert (await rotate(world.db, both)).done == 0
    async with world.db.read() as conn:
        assert await store.key_ids(conn) == {"b": 1}
        found = await store.find(conn, TEAM, "U0MEI", "publish")
    assert found is not None
    only = Keyring({"b": both._keys["b"]})
    assert only.open(found[1], store.place(TEAM, "U0MEI", kept.id)) == world.pat.get_secret_value()
    assert base64.b64encode(raw).decode() not in repr(await world.rows(secret))


async def test_a_stand_in_acts_with_what_is_kept(world: World) -> None:
    secret_store = world.secret_store()
    delegated_clients = DelegatedClients(
        world.client, secret_store, world.facts["workspace_id"], world.facts["connector_id"]
    )
    assert await delegated_clients.of(TEAM, "U0MEI", "publish:8") is None
    await secret_store.keep(world.mei, world.key, world.pem)
    workspace_client = await delegated_clients.of(TEAM, "U0MEI", "publish:8")
    assert workspace_client is not None
    first = await workspace_client.token.get()
    workspace_client.token.forget()
    assert await workspace_client.token.get() != first
    uses = [line for line in await world.rows(audit) if line["action"] == "secret.use"]
    assert len(uses) == 2
    await secret_store.forget(world.mei, uses[0]["subject"].partition(":")[2])
    with pytest.raises(Deleted) as caught:  # in the middle of what it was asked for
        await workspace_client.publish("7530000000000000001")
    assert (caught.value.help, caught.value.retry) == ("E3-gone", False)
