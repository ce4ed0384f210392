"""The forms of the settings keep what was typed, and the lists are never too long for Slack."""

from typing import Any

import pytest

from bot.configured import in_force
from bot.settings import load
from bot.slack.views import setting as views
from bot.texts.locale import Locale

LOCALE = Locale("en", "UTC")


def initial(view: dict[str, Any], question: str) -> Any:
    """What stands in the field of a question."""
    (element,) = (each["element"] for each in view["blocks"] if each.get("block_id") == question)
    return {name: value for name, value in element.items() if name.startswith("initial_")}


def test_what_is_no_id_stands_where_it_was_typed() -> None:
    """Below why it was not saved; Slack refuses a form whose menu holds what is nobody's ID."""
    now = in_force(load({}, slack=False), {})
    view = views.form("asking", now, LOCALE, 0, {"may_ask": "U0TOM,Uwe,marketing,S0MAKERS,C0GLASSES"})
    assert initial(view, views.PEOPLE) == {"initial_users": ["U0TOM"]}
    assert initial(view, views.CHANNEL) == {"initial_conversations": ["C0GLASSES"]}
    assert initial(view, views.GROUP) == {"initial_value": "Uwe,marketing,S0MAKERS"}


@pytest.mark.parametrize("name", ["may_ask", "admin_users"])
def test_an_id_that_is_far_too_long_is_none(name: str) -> None:
    """The list that shows it would be refused by Slack, and nobody could take it back."""
    wanted = {name: f"U{'0' * 2_990}"}
    assert in_force(load({}, slack=False), wanted).holdings[name].trouble
