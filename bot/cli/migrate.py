"""`migrate`."""

from bot.settings import revealed
from bot.store import schema

from .operate import operate


def main() -> int:
    """Bring the database schema to the newest version."""
    return operate(lambda settings: print(schema.migrate(revealed(settings.database_url))), slack=False)
