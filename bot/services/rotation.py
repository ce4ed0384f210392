"""Rotation: what is kept is encrypted anew when the keys change."""

from bot.store import vault as store
from bot.store.cipher import Keyring
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
