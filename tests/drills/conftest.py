"""What drills share."""

from collections.abc import Iterator

import pytest

from bot.playground.clock import StoryClock
from bot.playground.coze import CozePlatform


@pytest.fixture(scope="session")
def platform() -> Iterator[CozePlatform]:
    """One Coze for all drills: its RSA keys take time to make."""
    platform = CozePlatform(StoryClock())
    yield platform
    platform.close()
