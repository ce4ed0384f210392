"""Working time: evenings, nights and weekends don't count."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.worktime import after

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-12-02T10:00", 4, "2026-12-02T14:00"),  # a Wednesday
        ("2026-12-02T16:00", 4, "2026-12-03T11:00"),
        ("2026-12-02T05:00", 4, "2026-12-02T13:00"),
        ("2026-12-02T22:00", 4, "2026-12-03T13:00"),
        ("2026-12-04T17:00", 4, "2026-12-07T12:00"),  # over the weekend
        ("2026-12-05T12:00", 9, "2026-12-07T18:00"),
        ("2026-12-02T09:00", 18, "2026-12-03T18:00"),
        ("2026-12-02T18:00", 0.5, "2026-12-03T09:30"),
    ],
)
def test_only_working_hours_count(start: str, hours: float, end: str) -> None:
    assert after(at(start), hours, "Asia/Shanghai") == at(end)
