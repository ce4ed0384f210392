"""How many of the operator's calls to Coze are left, and when admins are told."""

from datetime import UTC, datetime

import pytest

from bot.core.calls import FREE_CALLS, Edition, Usage


@pytest.mark.parametrize(
    ("usage", "left"),
    [
        (Usage(Edition.TEAM, used=9), None),
        (Usage(Edition.FREE, used=9), FREE_CALLS - 9),
        (Usage(Edition.UNKNOWN, used=FREE_CALLS + 9), 0),
    ],
)
def test_what_is_left_is_known_where_there_is_an_end(usage: Usage, left: int | None) -> None:
    assert usage.left == left


def test_what_coze_calls_used_up_is_used_up() -> None:
    assert Usage(Edition.FREE, stopped_at=datetime(2026, 12, 1, tzinfo=UTC)).left == 0
