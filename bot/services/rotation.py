"""Rotation: what is kept is encrypted anew when the keys change, and opens with those that there are."""

import logging
from dataclasses import dataclass
from datetime import datetime

from bot.clock import utc_now
from bot.core.errors import StartError
from bot.core.people import OPERATOR
from bot.coze.errors import CozeError
from bot.store import audit, forecast
from bot.store import secret_store as store
from bot.store.cipher import Keyring, Sealed
from bot.store.database import Database, Tx

log = logging.getLogger(__name__)

BATCH = 100  # values that are encrypted anew in one transaction
SAMPLES = 20  # values of each key that are tried at the start


class Unopened(CozeError):
    """What somebody had us keep does not open with any of our keys, so nothing can be asked of Coze with it.

    Their key is gone or was changed, or the row was. Only storing it anew helps.
    """

    help = "E3-kept"


class Deleted(CozeError):
    """What somebody had us keep was deleted before the work with it was done; Coze may have been asked already."""

    help = "E3-gone"


@dataclass
class Rotated:
    """How many values are encrypted anew, and how many could not be, since no key opens them."""

    done: int = 0
    unopened: int = 0


async def rotate(db: Database, keys: Keyring) -> Rotated:
    """Encrypt with the newest key what others encrypt. What does not open stays as it is, and is written down.

    In batches, each value by compare-and-set: it may be stopped and begun again, also while the bot runs.
    """
    rotated, last = Rotated(), ""
    while True:
        async with db.read() as conn:
            rows = await store.sealed_by_others(conn, keys.newest, last, BATCH)
        if not rows:
            await _note_rotated(db, keys.newest, rotated)
            return rotated
        async with db.write() as tx:
            for row in rows:
                await _reseal(tx, keys, row, rotated)
        last = rows[-1].id


async def _note_rotated(db: Database, key_id: str, rotated: Rotated) -> None:
    if rotated.done or rotated.unopened:
        async with db.write() as tx:
            for team in await forecast.teams(tx.conn):
                detail = {"key_id": key_id, "done": rotated.done, "unopened": rotated.unopened}
                await audit.note(tx, team, utc_now(), OPERATOR, "secret.rotate", "secret:all", **detail)


async def _reseal(tx: Tx, keys: Keyring, row: store.SealedRow, rotated: Rotated) -> None:
    place = store.place(row.team_id, row.user_id, row.id)
    try:
        sealed = keys.seal(keys.open(row.value, place), place)
    except Sealed:
        rotated.unopened += 1
        await refused(tx, row.team_id, None, row.id, row.key_id, utc_now(), "rotate")
    else:
        rotated.done += await store.reseal(tx, row.id, row.value, sealed, keys.newest)


async def refused(
    tx: Tx, team_id: str, actor: str | None, secret_id: str, key_id: str, now: datetime, what_for: str
) -> None:
    """What is kept does not open: written down as that, never as a use. `actor` is None for the bot itself."""
    log.error("a kept secret does not open: %s", secret_id, extra={"key_id": key_id, "what_for": what_for})
    subject = store.secret_subject(secret_id)
    await audit.note(tx, team_id, now, actor, "secret.refused", subject, purpose=what_for, key_id=key_id)


async def check_keys(db: Database, keys: Keyring | None) -> None:
    """See that what is kept can be read. Raises StartError naming keys that are missing or changed.

    A single value that does not open, among others of its key that do, was changed itself: its owner is told when it
    is to be used.
    """
    async with db.read() as conn:
        used = await store.key_ids(conn)
        samples = {key_id: await store.some_of(conn, key_id, SAMPLES) for key_id in used}
    if missing := sorted(used.keys() - (keys.ids if keys else frozenset())):
        count = sum(used[key_id] for key_id in missing)
        raise StartError(
            f"CREDENTIAL_KEYS: {count} kept secrets need the keys named {', '.join(missing)}, which are missing. "
            "Add them after the first one."
        )
    opened = {key_id: any(_opens(keys, row) for row in rows) for key_id, rows in samples.items() if keys}
    if wrong := sorted(key_id for key_id, opens in opened.items() if not opens):
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
