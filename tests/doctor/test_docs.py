"""What is written about the doctor is what it says."""

import re
from pathlib import Path

from bot.texts.doctor import CHECKS, OF_DOCTOR, PROBLEMS, RIGHT
from bot.texts.locale import Locale

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "doctor.md").read_text("utf-8")
EN = Locale("en", "UTC")
CODE = "\n".join(path.read_text("utf-8") for path in (ROOT / "bot" / "doctor").glob("*.py"))


def table() -> str:
    """All lines, as the page lists them."""
    rows = ["| line | looks at |", "|---|---|"]
    return "\n".join([*rows, *(f"| {EN._(name)} | {EN._(about)} |" for name, about in CHECKS.values())])


def test_the_lines_are_those_that_exist() -> None:
    found = re.search(r"<!-- doctor -->\n(.*?)\n<!-- /doctor -->", PAGE, re.DOTALL)
    assert found is not None
    assert found[1] == table()


def test_each_sentence_is_said_and_each_that_is_said_is_there() -> None:
    """By the names that stand in the code of the doctor."""
    said = set(re.findall(r'"([a-z_]+)"', CODE))
    assert OF_DOCTOR.keys() <= said
    assert {name for name in RIGHT if name not in CHECKS} <= said
    assert CHECKS.keys() <= RIGHT.keys()
    assert not set(OF_DOCTOR) & (set(PROBLEMS) - set(OF_DOCTOR))
