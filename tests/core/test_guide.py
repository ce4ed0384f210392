"""The guide's rules: places are names, so steps may come and go; going back forgets nothing but the step."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import guide as rules
from bot.core.errors import NotFound, NotYours, WrongState
from bot.core.guide import Failed, Failure, Guide, GuideState, Learned, Passed, Route, Shown, Step
from bot.core.people import Evidence

NOW = datetime(2026, 12, 2, 3, tzinfo=UTC)
SAID, VERIFIED = Evidence.CONFIRMED, Evidence.VERIFIED


def route(*names: str) -> Route:
    """A route of these steps, and a last card."""
    return Route("pat", (*(Step(name, "said") for name in names), Step("end", "done", closes=True)))


ABC = route("a", "b", "c")


def guide(step: str = "a", **values: object) -> Guide:
    """Somebody at this step."""
    return replace(Guide(1, "T1", "U0MEI", "pat", step, GuideState.OPEN, NOW, NOW), **values)  # type: ignore[arg-type]  # free values of a test


def walked(way: Route, one: Guide, times: int) -> Guide:
    """The guide after so many steps."""
    for _ in range(times):
        one = rules.settle(way, one, Passed(SAID))
    return one


def test_a_guide_is_walked_to_its_end() -> None:
    end = walked(ABC, guide(), 3)
    assert (end.state, end.step) == (GuideState.DONE, "end")
    assert [step.id for step, _ in rules.finished(ABC, end)] == ["a", "b", "c"]


def test_what_was_learned_keeps_its_evidence() -> None:
    one = rules.settle(ABC, guide(), Passed(VERIFIED, {"agent": Learned("R&D", VERIFIED)}))
    assert one.facts["agent"] == Learned("R&D", VERIFIED)
    assert rules.finished(ABC, one) == [(Step("a", "said"), VERIFIED)]


def test_a_failed_check_stays_until_something_else_is_true() -> None:
    failure = Failure("a", "E1", NOW, {"key": "listBot"}, 2)
    failed = rules.settle(ABC, guide(), Failed(failure))
    assert (failed.step, failed.failure) == ("a", failure)
    assert rules.settle(ABC, failed, Shown()).failure is None
    assert rules.settle(ABC, failed, Passed(SAID)).failure is None


def test_an_inserted_step_harms_nobody_half_way() -> None:
    """Who is past it goes on from where they were; who is before it meets it; the count follows."""
    longer = route("a", "new", "b", "c")
    at_b = walked(ABC, guide(), 1)
    assert rules.current_step(longer, at_b).id == "b"
    assert rules.number(longer, rules.current_step(longer, at_b)) == 3
    assert walked(longer, at_b, 2).state is GuideState.DONE
    assert walked(longer, guide(), 1).step == "new"


def test_a_removed_step_leads_to_the_first_that_is_not_done() -> None:
    shorter = route("a", "c")
    at_b = walked(ABC, guide(), 1)
    assert rules.current_step(shorter, at_b).id == "c"
    assert walked(shorter, at_b, 1).state is GuideState.DONE
    done_but_b = guide("b", facts={"a": Learned(), "c": Learned()})
    assert rules.current_step(shorter, done_but_b).closes


def test_back_opens_the_step_before_and_keeps_what_was_learned() -> None:
    at_c = walked(ABC, guide(facts={"agent": Learned("x")}), 2)
    back = rules.back(ABC, at_c)
    assert back.step == "b"
    assert "b" not in back.facts
    assert back.value("agent") == "x"
    assert rules.back(ABC, guide()).step == "a"
    assert rules.settle(ABC, back, Passed(SAID)).step == "c"


def test_back_from_the_end_opens_the_last_step() -> None:
    end = walked(ABC, guide(), 3)
    again = rules.back(ABC, end)
    assert (again.step, again.state) == ("c", GuideState.OPEN)


def test_who_went_back_does_not_walk_again_what_is_done() -> None:
    back = rules.back(ABC, rules.back(ABC, walked(ABC, guide(), 2)))
    assert back.step == "a"
    assert walked(ABC, back, 1).step == "b"


def test_starting_over_forgets_everything() -> None:
    anew = rules.restart(ABC, walked(ABC, guide(facts={"agent": Learned("x")}), 2))
    assert (anew.step, dict(anew.facts), anew.state) == ("a", {}, GuideState.OPEN)


@given(st.lists(st.sampled_from(["pass", "fail", "back", "over"]), max_size=30))
def test_whatever_people_press_there_is_always_one_open_step(presses: list[str]) -> None:
    one = guide()
    for press in presses:
        match press:
            case "pass":
                one = rules.settle(ABC, one, Passed(SAID)) if one.state is GuideState.OPEN else one
            case "fail":
                one = rules.settle(ABC, one, Failed(Failure(one.step, "E1", NOW)))
            case "back":
                one = rules.back(ABC, one)
            case _:
                one = rules.restart(ABC, one)
        step = rules.current_step(ABC, one)
        assert step.id == one.step
        assert step.closes == (one.state is GuideState.DONE)
        assert step.id not in {each.id for each, _ in rules.finished(ABC, one)}


def test_a_button_that_was_drawn_before_is_refused() -> None:
    with pytest.raises(WrongState):
        rules.check_open(ABC, walked(ABC, guide(), 1), "U0MEI", "a")
    with pytest.raises(WrongState):
        rules.check_open(ABC, walked(ABC, guide(), 3), "U0MEI", "c")
    with pytest.raises(NotYours):
        rules.check_open(ABC, guide(), "U0TOM", "a")
    assert rules.check_open(ABC, guide(), "U0MEI", "a").id == "a"
    assert rules.check_open(ABC, walked(ABC, guide(), 3), "U0MEI", "end").id == "end"  # what is left to do there


@pytest.mark.parametrize(
    "value", ["", "a1", ":a1", "-1:a1", "x:a1", "1.5:a1", "17:", "1" * 16 + ":a1", "\u0661:a1", "1:a1:b"]
)
def test_a_forged_value_names_nothing(value: str) -> None:
    with pytest.raises(NotFound):
        rules.pressed(value)


def test_a_button_names_guide_and_step() -> None:
    assert rules.pressed("17:a1") == (17, "a1")


def test_what_coze_says_is_verified() -> None:
    assert Passed.verified() == Passed(VERIFIED, {})
    facts = {"agent": Learned("R&D", VERIFIED)}
    assert Passed.verified(facts) == Passed(VERIFIED, facts)
    assert Passed() == Passed(SAID, {})
    assert Learned.verified("R&D") == Learned("R&D", VERIFIED)
    assert Learned("R&D").evidence is SAID


def test_one_step_is_the_first() -> None:
    assert [rules.is_first(ABC, step) for step in ABC.steps] == [True, False, False, False]
    assert not rules.is_first(Route("pat", (Step("end", "done", closes=True),)), Step("a", "said"))
