"""`rotate-keys`."""

import asyncio
import json
from dataclasses import asdict

from click import Option

from bot.core.errors import StartError
from bot.services.rotation import Rotated, check_keys, rotate
from bot.settings import Settings, revealed
from bot.store import schema
from bot.store.cipher import Keyring
from bot.store.database import Database

from .operate import operate

OPTIONS = (Option(["--json", "as_json"], is_flag=True, help="as JSON"),)


def main(*, as_json: bool) -> int:
    """Encrypt what is kept with the first key of CREDENTIAL_KEYS.

    In small steps, each by itself: it may be stopped and run again, also while the bot runs.
    """

    def run(settings: Settings) -> None:
        rotated = asyncio.run(_rotated(settings))
        print(json.dumps(asdict(rotated)) if as_json else _as_text(rotated))

    return operate(run, slack=False)


def _as_text(rotated: Rotated) -> str:
    said = f"{rotated.done} kept secrets are encrypted with the first key now."
    if rotated.unopened:
        said += f"\n{rotated.unopened} open with no key and stay as they are; their owners are told at the next use."
    return said


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
