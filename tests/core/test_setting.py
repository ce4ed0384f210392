"""Who may ask to join, and why something was changed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.errors import InvalidFields
from bot.core.people import Person, Standing
from bot.core.setting import REASON, Askers, Change, MayNotAsk, Meanwhile, read_reason

NOW = datetime(2026, 12, 2, tzinfo=UTC)


def person(user_id: str = "U0MEI", *, admin: bool = False, may_ask: str = "") -> Person:
    """Somebody of the workspace."""
    who = ("T0", user_id, "Mei", "zh-CN", "Asia/Shanghai", Standing.MEMBER)
    return Person(*who, admin=admin, seen_at=NOW, may_ask=may_ask)


def test_without_a_rule_everybody_may() -> None:
    assert Askers().is_everybody
    assert not Askers().asks_slack
    Askers().check(person())


def test_people_by_name_and_admins_may() -> None:
    askers = Askers.of(("U0MEI", "W0ORG"))
    assert (askers.people, askers.asks_slack) == (("U0MEI", "W0ORG"), False)
    askers.check(person())
    askers.check(person("U0LIN", admin=True))
    with pytest.raises(MayNotAsk) as told:
        askers.check(person("U0TOM"))
    assert told.value.askers is askers


def test_members_of_groups_and_channels_may_by_the_rule_that_holds_now() -> None:
    """What Slack said by another rule counts no more."""
    askers = Askers.of(("S0MAKERS", "C0GLASSES", "G0LAB", "U0TOM"), ("U0LIN",))
    assert askers.ids == ("C0GLASSES", "G0LAB", "S0MAKERS", "U0TOM")
    assert (askers.asks_slack, askers.whom) == (True, ("U0LIN",))
    askers.check(person(may_ask=askers.name))
    for other in ("", Askers.of(("S0MAKERS",)).name):
        with pytest.raises(MayNotAsk):
            askers.check(person(may_ask=other))
    assert Askers.of(("S0MAKERS", "C0GLASSES", "G0LAB")).name == askers.name, "people are told by their id alone"


def test_a_reason_is_trimmed_and_never_endless() -> None:
    assert read_reason("  too few hands ") == "too few hands"
    with pytest.raises(InvalidFields):
        read_reason("x" * (REASON + 1))


def test_what_was_changed_meanwhile_is_told() -> None:
    assert Meanwhile([]).changes == []
    change = Change(3, "welcome", None, "Hello", "U0LIN", datetime(2026, 12, 2, tzinfo=UTC))
    meanwhile = Meanwhile([change, replace(change, name="may_ask")])
    assert [each.name for each in meanwhile.changes] == ["welcome", "may_ask"]
    assert str(meanwhile) == "welcome, may_ask"
