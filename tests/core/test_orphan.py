"""Whom no reminder is sent to, and why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.orphan import Reason, unheard
from bot.core.people import Person, Standing

MEI = Person(
    "T0SHARGE",
    "U0MEI",
    "小美",
    "zh-CN",
    "Asia/Shanghai",
    Standing.MEMBER,
    admin=False,
    seen_at=datetime(2026, 12, 2, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing.MEMBER, None),
        (Standing.GUEST, Reason.GUEST),
        (Standing.STRANGER, Reason.GUEST),
        (Standing.DEACTIVATED, Reason.DEACTIVATED),
    ],
)
def test_only_full_members_are_told(standing: Standing, reason: Reason | None) -> None:
    assert unheard(replace(MEI, standing=standing)) is reason


def test_of_whom_nothing_is_known_nothing_is_claimed() -> None:
    assert unheard(None) is None
