"""How many of the operator's calls to Coze are left, and when admins are told."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.calls import FREE_CALLS, INVITATION, ONLY_PRESSED, TOLD_AT, Edition, Usage, edition_of, next_look


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


@pytest.mark.parametrize("edition", Edition)
def test_an_edition_is_known_by_cozes_own_word(edition: Edition) -> None:
    assert edition_of(str(edition)) is edition
    assert edition_of(f"{edition}x") is edition_of("") is Edition.UNKNOWN


@pytest.mark.parametrize("edition", Edition)
def test_few_calls_are_kept_for_people(edition: Edition) -> None:
    is_limited = edition in (Edition.FREE, Edition.UNKNOWN)
    assert Usage(edition, used=ONLY_PRESSED - 1).may_look
    assert Usage(edition, used=ONLY_PRESSED).may_look is not is_limited
    assert [Usage(edition, used=mark).told_at for mark in TOLD_AT] == [
        mark if is_limited else None for mark in TOLD_AT
    ]
    assert Usage(edition, used=TOLD_AT[0] - 1).told_at is None
    assert Usage(edition, used=TOLD_AT[1] - 1).told_at == (TOLD_AT[0] if is_limited else None)


def test_where_none_is_left_the_bot_asks_nothing_by_itself() -> None:
    assert not Usage(Edition.TEAM, stopped_at=datetime(2026, 12, 1, tzinfo=UTC)).may_look


def test_a_plan_is_looked_at_until_its_end() -> None:
    since = datetime(2026, 12, 1, tzinfo=UTC)
    end = since + timedelta(hours=48)
    now, looks = since, []
    while (look := next_look(INVITATION, since, now, end)) is not None:
        looks.append(look - since)
        now = look
    assert looks == [*INVITATION, timedelta(hours=48)]
    assert next_look(INVITATION, since, since + INVITATION[-1], None) is None
    assert next_look((), since, since, None) is None
