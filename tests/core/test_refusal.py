"""Why something is refused, as it is counted: each error by the nearest word for it, and by the hour."""

from datetime import UTC, datetime

import pytest

from bot.core.errors import (
    AlreadyDecided,
    BotError,
    Duplicate,
    HasJoined,
    InvalidFields,
    Lapsed,
    NotAdmin,
    NotAllowed,
    NotFound,
    NotYours,
    Outdated,
    Overtaken,
    OwnRequest,
    Problem,
    SlackRefused,
    Throttled,
    TooOften,
    Unreachable,
    WrongState,
)
from bot.core.refusal import Reason, hour_of, reason_of
from bot.core.setting import Askers, MayNotAsk, Meanwhile


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotAdmin(), Reason.NOT_ADMIN),
        (OwnRequest(), Reason.OWN_REQUEST),
        (NotYours(), Reason.NOT_YOURS),
        (MayNotAsk(Askers()), Reason.NO_ASKER),
        (NotAllowed(), Reason.NO_MEMBER),
        (AlreadyDecided("approved", "U0LIN", None), Reason.DECIDED),
        (WrongState("done"), Reason.MOVED_ON),
        (HasJoined("joined"), Reason.MOVED_ON),
        (Overtaken("done"), Reason.MOVED_ON),
        (Outdated(), Reason.MOVED_ON),
        (Meanwhile([]), Reason.MOVED_ON),
        (NotFound(), Reason.NOT_FOUND),
        (Lapsed(), Reason.NOT_FOUND),
        (InvalidFields([Problem("a", "empty"), Problem("b", "unknown_choice")]), Reason.FORGED),
    ],
)
def test_what_is_refused_has_its_reason(error: BotError, reason: Reason) -> None:
    assert reason_of(error) is reason


@pytest.mark.parametrize(
    "error",
    [
        InvalidFields([Problem("a", "empty")]),
        InvalidFields([]),
        Throttled(3.0),
        TooOften(),
        Duplicate(),
        SlackRefused("message_not_found"),
        Unreachable(),
        BotError(),
    ],
)
def test_what_is_no_want_of_a_right_is_not_counted(error: BotError) -> None:
    assert reason_of(error) is None


def test_an_error_carries_what_is_told_of_it() -> None:
    assert (Throttled(2.25).seconds, str(Throttled(2.25))) == (2.25, "2.2 s")
    refused = SlackRefused("invalid_blocks", ("must be shorter",))
    assert (refused.code, refused.hints, str(refused)) == ("invalid_blocks", ("must be shorter",), "invalid_blocks")
    assert SlackRefused("ratelimited").hints == ()


def test_an_hour_begins_at_its_first_moment() -> None:
    first = datetime(2026, 12, 2, 3, tzinfo=UTC)
    assert hour_of(first) == hour_of(datetime(2026, 12, 2, 3, 59, 59, 999_999, tzinfo=UTC)) == first
