"""The mutation score by hand: its groups name what is there, and a score counts what was tried alone."""

import importlib.util
import sys
from types import ModuleType

import pytest

from tests.processes import ROOT


@pytest.fixture(scope="module")
def mutation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutation", ROOT / ".ci" / "mutation.py")
    assert spec
    assert spec.loader
    sys.modules["mutation"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["mutation"])
    return sys.modules.pop("mutation")


def test_each_group_names_files_and_tests_that_are_there(mutation: ModuleType) -> None:
    for group in mutation.GROUPS.values():
        for pattern in group.files:
            assert list((ROOT / "bot").glob(pattern)), pattern
        for path in group.tests:
            assert (ROOT / "tests" / path).exists(), path


def test_a_score_is_of_what_was_tried(mutation: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        "bot.a.x_f__mutmut_1": 1,
        "bot.a.x_f__mutmut_2": 36,
        "bot.a.x_f__mutmut_3": 0,
        "bot.b.x_f__mutmut_1": None,
    }
    assert not mutation.judged("a", found)
    told = capsys.readouterr().out
    assert "bot.a.x_f__mutmut_3: not noticed" in told
    assert "a: 2 of 3 noticed, 1 of them by running too long, 66.7 %" in told
    assert "bot.b" not in told
    assert mutation.judged("a", {**found, "bot.a.x_f__mutmut_3": 1})
    assert not mutation.judged("a", {}), "nothing tried is no score"
