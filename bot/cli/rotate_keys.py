"""`rotate-keys`."""

import asyncio

from bot.app import at_head
from bot.configured import StartError, keyring, keys_are_there
from bot.services.rotation import rotate
from bot.settings import Settings, revealed
from bot.store.database import Database

from .operate import operate


def main() -> int:
    """Encrypt what is kept with the first key of CREDENTIAL_KEYS.

    In small steps, each by itself: it may be stopped and run again, also while the bot runs.
    """
    return operate(_rotate, slack=False)


def _rotate(settings: Settings) -> None:
    print(f"{asyncio.run(_rotated(settings))} kept secrets are encrypted with the first key now.")


async def _rotated(settings: Settings) -> int:
    keys = keyring(settings)
    if keys is None:
        raise StartError("CREDENTIAL_KEYS is not set: there is nothing to rotate to.")
    db = Database(revealed(settings.database_url))
    try:
        await at_head(db, settings, "rotate-keys")
        await keys_are_there(db, settings)
        return await rotate(db, keys)
    finally:
        await db.close()
