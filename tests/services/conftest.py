"""What is kept, on each database, with a Coze to try it on."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.playground.coze.platform import CozePlatform
from tests.databases import KINDS
from tests.secret_stores import World, told
from tests.serving import coze_platform


@pytest.fixture(scope="session")
def platform() -> Iterator[CozePlatform]:
    """One platform for all tests: its RSA keys take time to make."""
    platform = coze_platform()
    yield platform
    platform.close()


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest, tmp_path: Path, platform: CozePlatform) -> AsyncIterator[World]:
    """On each database."""
    async with told(request.param, tmp_path, platform) as world:
        yield world
