"""What a button or a form is about: a row's id, or nothing that we know."""

from datetime import UTC, datetime

import pytest

from bot.core.errors import NotFound
from bot.core.people import Person, Standing
from bot.slack.table import Call
from bot.texts import Reader

LIN = Person("T1", "ULIN", "lin", "zh-CN", "Asia/Shanghai", Standing.MEMBER, True, datetime.now(UTC))
READER = Reader("zh", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "metadata", "row", "version"),
    [("41", "", 41, None), ("41:3", "", 41, 3), ("assign:41", "", 41, None), ("", "41", 41, None)],
)
def test_ours_name_a_row(text: str, metadata: str, row: int, version: int | None) -> None:
    call = Call(LIN, READER, "", text, metadata=metadata)
    assert (call.row, call.version) == (row, version)


@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "1e9", "1.0", " 1", "١", "9" * 19, "1:1:1", "assign:", "1; DROP TABLE x", "\u202e1"],
)
def test_anything_else_names_nothing(text: str) -> None:
    """One answer for all garbage, before it reaches the database."""
    for call in (Call(LIN, READER, "", text), Call(LIN, READER, "", metadata=text)):
        with pytest.raises(NotFound):
            _ = call.row
