"""Rotation: what is kept is encrypted anew when the keys change, and opens with those that there are."""

from bot.core.errors import StartError
from bot.store import secret_store as store
from bot.store.cipher import Keyring, Sealed
from bot.store.database import Database

BATCH = 100  # values that are encrypted anew in one transaction


async def rotate(db: Database, keys: Keyring) -> int:
    """Encrypt with the newest key what others encrypt; how many that were. Raises Sealed.

    In batches, each value by compare-and-set: it may be stopped and begun again, also while the bot runs.
    """
    count = 0
    while True:
        async with db.read() as conn:
            rows = await store.sealed_by_others(conn, keys.newest, BATCH)
        if not rows:
            return count
        async with db.write() as tx:
            for row in rows:
                place = store.place(row.team_id, row.user_id, row.id)
                sealed = keys.seal(keys.open(row.value, place), place)
                count += await store.reseal(tx, row.id, row.value, sealed, keys.newest)


async def check_keys(db: Database, keys: Keyring | None) -> None:
    """See that every kept secret can be read. Raises StartError naming keys that are missing or changed."""
    async with db.read() as conn:
        used = await store.key_ids(conn)
        samples = await store.one_of_each(conn)
    if missing := sorted(used.keys() - (keys.ids if keys else frozenset())):
        count = sum(used[key_id] for key_id in missing)
        raise StartError(
            f"CREDENTIAL_KEYS: {count} kept secrets need the keys named {', '.join(missing)}, which are missing. "
            "Add them after the first one."
        )
    if wrong := sorted(key_id for key_id, row in samples.items() if keys and not _opens(keys, row)):
        raise StartError(
            f"CREDENTIAL_KEYS: the keys named {', '.join(wrong)} are not those with which secrets were kept. "
            "Put their old values back, under the same names."
        )


def _opens(keys: Keyring, row: store.SealedRow) -> bool:
    try:
        keys.open(row.value, store.place(row.team_id, row.user_id, row.id))
    except Sealed:
        return False
    return True
