"""What a button or a form is about: a row's id, or nothing that we know."""

import pytest

from bot.core.errors import NotFound
from bot.slack.router import Delivery, Press, Submission

DELIVERY = Delivery("1.2", "T1", "A1")


@pytest.mark.parametrize(("value", "row", "version"), [("41", 41, None), ("41:3", 41, 3), ("assign:41", 41, None)])
def test_ours_name_a_row(value: str, row: int, version: int | None) -> None:
    press = Press(DELIVERY, "ULIN", "join.approve", value)
    assert (press.row, press.version) == (row, version)
    assert Submission(DELIVERY, "ULIN", "join.question", "V1", value).row == row


@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "1e9", "1.0", " 1", "١", "9" * 19, "1:1:1", "assign:", "1; DROP TABLE x", "\u202e1"],
)
def test_anything_else_names_nothing(text: str) -> None:
    """One answer for all garbage, before it reaches the database."""
    for request in (Press(DELIVERY, "ULIN", "x.y", text), Submission(DELIVERY, "ULIN", "x.y", "V1", text)):
        with pytest.raises(NotFound):
            _ = request.row
