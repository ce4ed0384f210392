"""What is kept and does not open: written down as refused, never as a use, and in nobody's way."""

import secrets
from collections.abc import Callable

import pytest
from sqlalchemy import update

from bot.core.errors import StartError
from bot.core.secret_store import Consent, Kind
from bot.services.rotation import Unopened, check_keys, rotate
from bot.store import people
from bot.store import secret_store as store
from bot.store.cipher import Keyring
from bot.store.tables import audit, secret
from tests.secret_stores import TEAM, World, person

Damage = Callable[[str], str]


def tampered(sealed: str) -> str:
    """One letter of the ciphertext is another one."""
    return sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]


def _part(number: int, value: str) -> Damage:
    def changed(sealed: str) -> str:
        parts = sealed.split("|")
        parts[number] = value
        return "|".join(parts)

    return changed


DAMAGES: dict[str, Damage] = {
    "tampered": tampered,
    "cut off": lambda sealed: sealed[:-9],
    "empty": lambda _: "",
    "not ours": lambda _: "v1|a|x",
    "another version": _part(0, "v2"),
    "a key that is missing": _part(1, "gone"),
    "another nonce": _part(2, "AAAAAAAAAAAAAAAA"),
    "a nonce of no length": _part(2, ""),
    "no base64": _part(3, "!!"),
    "not Latin": _part(3, "密"),
}


async def spoilt(world: World, damage: Damage) -> None:
    """What is kept is changed in its row."""
    for row in await world.rows(secret):
        async with world.db.write() as tx:
            same = update(secret).where(secret.c.id == row["id"])
            await tx.conn.execute(same.values(value=damage(row["value"])))


async def books(world: World) -> list[tuple[str, str | None, str]]:
    """What was done with secrets: the deed, by whom, what for."""
    rows = [row for row in await world.rows(audit) if row["action"] in ("secret.use", "secret.refused")]
    return [(row["action"], row["actor"], row["detail"]["purpose"]) for row in rows]


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("kind", Kind)
async def test_it_is_refused_and_not_used(world: World, damage: Damage, kind: Kind) -> None:
    secret_store = world.secret_store()
    if kind is Kind.KEY:
        await secret_store.keep(world.mei, world.key, world.pem)
        await secret_store.use(TEAM, "U0MEI", "before")  # its token is in memory
    else:
        await secret_store.keep(world.mei, Consent(Kind.TOKEN, await world.recorded()), world.pat)
    before = await books(world)
    (row,) = await world.rows(secret)
    await spoilt(world, damage)
    for _ in range(2):
        with pytest.raises(Unopened) as caught:
            await secret_store.use(TEAM, "U0MEI", "publish:8")
    assert (caught.value.help, caught.value.retry) == ("E3-kept", False)
    assert await books(world) == [*before, *[("secret.refused", "U0MEI", "publish:8")] * 2]
    (now,) = await world.rows(secret)
    assert now["used_at"] == row["used_at"]


async def test_a_changed_key_is_told_like_a_missing_one(world: World) -> None:
    await world.secret_store().keep(world.mei, Consent(Kind.TOKEN, await world.recorded()), world.pat)
    for keys in ({"a": secrets.token_bytes(32)}, {"b": secrets.token_bytes(32)}):
        world.keys = Keyring(keys)
        with pytest.raises(Unopened):
            await world.secret_store().use(TEAM, "U0MEI", "publish:8")
        with pytest.raises(StartError):
            await check_keys(world.db, world.keys)


async def test_stored_anew_it_is_used(world: World) -> None:
    secret_store, consent = world.secret_store(), Consent(Kind.TOKEN, await world.recorded())
    await secret_store.keep(world.mei, consent, world.pat)
    await spoilt(world, tampered)
    await secret_store.keep(world.mei, consent, world.pat)
    assert await secret_store.use(TEAM, "U0MEI", "publish:8") == world.pat


async def test_one_damaged_row_stops_neither_the_start_nor_the_rotation(world: World) -> None:
    """Of three that the old key encrypts the first does not open: it stays, is written down, and the others go on."""
    secret_store = world.secret_store()
    whose = [world.mei, person("U0TOM"), person("U0LIN")]
    async with world.db.write() as tx:
        await people.save(tx, whose[2])
    for who in whose:
        await secret_store.keep(who, Consent(Kind.TOKEN), world.pat)
    (first, *_) = sorted(await world.rows(secret), key=lambda row: row["id"])
    async with world.db.write() as tx:
        same = update(secret).where(secret.c.id == first["id"])
        await tx.conn.execute(same.values(value=tampered(first["value"])))
    await check_keys(world.db, world.keys)
    both = Keyring({"b": secrets.token_bytes(32), "a": world.keys._keys["a"]})
    rotated = await rotate(world.db, both)
    assert (rotated.done, rotated.unopened) == (2, 1)
    async with world.db.read() as conn:
        assert await store.key_ids(conn) == {"a": 1, "b": 2}
    assert await books(world) == [("secret.refused", None, "rotate")]


async def test_a_link_whose_key_is_gone_has_run_out(world: World) -> None:
    """Nobody can make its address any more; its card says so instead of failing."""
    await world.page_for(world.key)
    world.keys = Keyring({"b": secrets.token_bytes(32)})
    secret_store = world.secret_store()
    link = await secret_store.find_link(TEAM, 1)
    assert secret_store.address(link) == ""
