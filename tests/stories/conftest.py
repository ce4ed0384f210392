"""Stories run on both databases and over both transports where that matters."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.databases import KINDS, fresh
from tests.stories.story import Story, told


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database, of each kind."""
    with fresh(request.param, tmp_path) as url:
        yield url


@pytest.fixture(autouse=True)
def calm(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever people do and whatever fails outside, no story leaves an error or a traceback in the log."""
    yield
    loud = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not loud, [record.getMessage() for record in loud]


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    """A playground with the bot on SQLite over Socket Mode."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url) as one:
            yield one
