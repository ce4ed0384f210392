"""Whose sign-in it is, and what may still be done with it."""

from datetime import UTC, datetime

import pytest

from bot.core.errors import NotYours, WrongState
from bot.core.sign_in import OPEN, Purpose, SignIn, SignInState, check_owner

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def of_mei(state: SignInState) -> SignIn:
    return SignIn(7, "T1", "U0MEI", Purpose.JOIN, "", {"nick": "mei"}, state, NOW, in_modal=False)


@pytest.mark.parametrize("state", SignInState)
def test_only_who_began_it_goes_on_with_it(state: SignInState) -> None:
    """Whatever its state: that it is somebody else's comes first."""
    check_owner(of_mei(state), "U0MEI", state)
    with pytest.raises(NotYours):
        check_owner(of_mei(state), "U0TOM", state)


@pytest.mark.parametrize("state", sorted(set(SignInState) - OPEN))
def test_what_is_over_is_over(state: SignInState) -> None:
    with pytest.raises(WrongState):
        check_owner(of_mei(state), "U0MEI", *OPEN)


def test_what_was_typed_is_not_shown_where_it_is_logged() -> None:
    assert "nick" not in repr(of_mei(SignInState.SEEN))
