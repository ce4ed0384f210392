"""A freeze: until when it keeps people from publishing, and what admins may say of it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import InvalidFields
from bot.core.freeze import LONGEST, WORDS, Freeze, read, read_reason

NOW = datetime(2026, 3, 5, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_it_is_on_until_it_ends_or_is_lifted() -> None:
    freeze = Freeze(1, "T1", "r", "U1", NOW, NOW + HOUR)
    assert freeze.is_on(NOW)
    assert not freeze.is_on(NOW + HOUR)
    assert not Freeze(1, "T1", "r", "U1", NOW, NOW + HOUR, "U2", NOW, "done").is_on(NOW)


def test_what_was_typed_is_trimmed() -> None:
    assert read("  firmware \n", NOW + LONGEST, NOW) == ("firmware", NOW + LONGEST)
    assert read_reason("x" * WORDS) == "x" * WORDS


@pytest.mark.parametrize(
    ("reason", "ends_at", "wrong"),
    [
        (" ", NOW + HOUR, {("freeze.reason", "empty")}),
        ("x" * (WORDS + 1), NOW + HOUR, {("freeze.reason", "too_long")}),
        ("r", NOW, {("freeze.until", "over")}),
        ("r", NOW - HOUR, {("freeze.until", "over")}),
        ("r", NOW + LONGEST + HOUR, {("freeze.until", "too_long_frozen")}),
        ("", NOW, {("freeze.reason", "empty"), ("freeze.until", "over")}),
    ],
)
def test_each_field_says_what_is_wrong(reason: str, ends_at: datetime, wrong: set[tuple[str, str]]) -> None:
    with pytest.raises(InvalidFields) as caught:
        read(reason, ends_at, NOW)
    assert {(each.where, each.code) for each in caught.value.problems} == wrong
