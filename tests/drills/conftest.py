"""What drills share."""

from collections.abc import Iterator

import pytest

from bot.playground.coze.platform import CozePlatform
from tests.serving import coze_platform


@pytest.fixture(scope="session")
def platform() -> Iterator[CozePlatform]:
    """One Coze for all drills: its RSA keys take time to make."""
    platform = coze_platform()
    yield platform
    platform.close()
