"""Drills run on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import KINDS, fresh


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database, of each kind."""
    with fresh(request.param, tmp_path) as url:
        yield url
