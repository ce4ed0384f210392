"""How long something is kept, and when Coze is asked about it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.secret_store import AFTER_END, KEY_LIFE, SIGN_IN_LIFE, Kind, ends, next_look

NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
END = datetime(2026, 12, 20, 15, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "token_ends_at", "at"),
    [
        (Kind.TOKEN, END, END + AFTER_END),
        (Kind.TOKEN, None, NOW + KEY_LIFE),
        (Kind.KEY, None, NOW + KEY_LIFE),
        (Kind.KEY, END, NOW + KEY_LIFE),
        (Kind.SIGN_IN, None, NOW + SIGN_IN_LIFE),
        (Kind.SIGN_IN, END, NOW + SIGN_IN_LIFE),
    ],
)
def test_each_kind_has_its_end(kind: Kind, token_ends_at: datetime | None, at: datetime) -> None:
    assert ends(kind, token_ends_at, NOW) == at


@pytest.mark.parametrize(
    ("now", "tz", "at"),
    [
        (NOW, "Asia/Shanghai", datetime(2026, 12, 3, 1, tzinfo=UTC)),
        (NOW, "America/New_York", datetime(2026, 12, 2, 14, tzinfo=UTC)),  # there it is the evening of the first
        (datetime(2026, 12, 2, 15, 59, tzinfo=UTC), "Asia/Shanghai", datetime(2026, 12, 3, 1, tzinfo=UTC)),
        (datetime(2026, 12, 2, 16, 0, tzinfo=UTC), "Asia/Shanghai", datetime(2026, 12, 4, 1, tzinfo=UTC)),
        (datetime(2026, 3, 7, 12, tzinfo=UTC), "America/New_York", datetime(2026, 3, 8, 13, tzinfo=UTC)),  # in summer
    ],
)
def test_coze_is_asked_on_the_next_morning_of_its_owner(now: datetime, tz: str, at: datetime) -> None:
    found = next_look(now, tz)
    assert found == at
    assert found.utcoffset() == timedelta(0)
