"""Every check of the guide has its two faces under one name, and each can do what the other counts on."""

import pytest

from bot.services.guide.check import Check
from bot.services.guide.checks import CHECKS, KINDS
from bot.slack.views.guide.steps import STEPS
from bot.slack.views.guide.view import VERBS, StepView

COMMANDS = {"join", "accepted", "channel"}
"""Buttons of other features, which a step only shows."""


def test_each_check_has_a_face_of_the_same_name_and_each_face_a_check() -> None:
    assert CHECKS.keys() == STEPS.keys()
    assert {"said", "token", "agent", "published", "ids", "assertion"} <= CHECKS.keys()
    assert {"member", "asked", "joined", "channel", "done"} <= CHECKS.keys()


@pytest.mark.parametrize("name", CHECKS)
def test_whatever_a_step_may_offer_somebody_answers(name: str) -> None:
    """A press of the check, a form or a message of the face; a link or another feature's button otherwise."""
    check, face = CHECKS[name], STEPS[name]
    answered = check.presses | check.opens | face.says
    wanted = {VERBS.get(each, each) for each in check.buttons} - {"open"} - COMMANDS
    assert wanted <= answered
    assert check.menu <= check.buttons - {"open"} - COMMANDS


@pytest.mark.parametrize("name", CHECKS)
def test_what_opens_a_form_or_takes_one_stands_in_both_faces(name: str) -> None:
    """The face draws and reads what the check prepares and takes."""
    check, face = CHECKS[name], STEPS[name]
    assert not check.presses or check.press is not Check.press
    assert not check.opens or type(face).open is not StepView.open
    assert not check.forms or (check.enter is not Check.enter and type(face).read is not StepView.read)
    assert not face.says or type(face).say is not StepView.say
    assert check.anywhere <= check.presses | check.opens | check.forms


def test_no_two_kinds_of_answer_share_a_name() -> None:
    """A press, a form and a message are registered under the button's name, whatever the step."""
    presses = frozenset[str]().union(*(check.presses for check in CHECKS.values()))
    opens = frozenset[str]().union(*(check.opens for check in CHECKS.values()))
    says = frozenset[str]().union(*(face.says for face in STEPS.values()))
    assert not presses & opens
    assert not says & (presses | opens)


def test_only_the_last_card_closes() -> None:
    assert [name for name, kind in KINDS.items() if kind.closes] == ["done"]
