"""`rotate-keys`."""

import asyncio

from bot.core.errors import StartError
from bot.services.rotation import Rotated, check_keys, rotate
from bot.settings import Settings, revealed
from bot.store import schema
from bot.store.cipher import Keyring
from bot.store.database import Database

from .operate import operate


def main() -> int:
    """Encrypt what is kept with the first key of CREDENTIAL_KEYS.

    In small steps, each by itself: it may be stopped and run again, also while the bot runs.
    """
    return operate(_rotate, slack=False)


def _rotate(settings: Settings) -> None:
    rotated = asyncio.run(_rotated(settings))
    print(f"{rotated.done} kept secrets are encrypted with the first key now.")
    if rotated.unopened:
        print(f"{rotated.unopened} open with no key and stay as they are; their owners are told at the next use.")


async def _rotated(settings: Settings) -> Rotated:
    if not settings.credential_keys:
        raise StartError("CREDENTIAL_KEYS is not set: there is nothing to rotate to.")
    keys, url = Keyring.parse(revealed(settings.credential_keys)), revealed(settings.database_url)
    db = Database(url)
    try:
        await schema.reach_head(db, url, migrates=False)
        await check_keys(db, keys)
        return await rotate(db, keys)
    finally:
        await db.close()
