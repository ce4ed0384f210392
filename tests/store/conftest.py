"""A migrated database of each kind."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.database import Database
from tests.databases import KINDS, fresh


@pytest.fixture(params=KINDS)
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database at head."""
    with fresh(request.param, tmp_path) as url:
        database = Database(url)
        yield database
        await database.close()
