"""`migrate`."""

from bot.app import NO_DATABASE
from bot.configured import StartError
from bot.settings import Settings, revealed
from bot.store import schema

from .operate import operate


def main() -> int:
    """Bring the database schema to the newest version."""
    return operate(_migrate, slack=False)


def _migrate(settings: Settings) -> None:
    try:
        schema.migrate(revealed(settings.database_url))
    except schema.NoDatabase:
        raise StartError(NO_DATABASE) from None
