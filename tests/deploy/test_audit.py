"""The audit of CI: what is found is told and fails, what could not be looked at is said."""

import importlib.util
import re
import tomllib
from types import ModuleType

import pytest

from tests.processes import ROOT

LOCK = (ROOT / ".ci" / "requirements.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_its_lock_has_what_is_asked_for_with_hashes() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]["audit"]
    locked = set(re.findall(r"^([\w.-]+)==", LOCK, re.MULTILINE))
    assert {re.split("[<>=]", each)[0] for each in wanted} <= locked
    assert LOCK.count("--hash=sha256:") >= len(locked)


def test_a_mistake_is_told_unless_its_line_says_that_somebody_has_looked(audit: ModuleType) -> None:
    about = {"filename": "bot/x.py", "line_number": 7, "test_id": "B608", "issue_text": "SQL"}
    told = {**about, "code": "7 execute(f'…')  # noqa: S608 (words of our own)\n"}
    other = {**about, "code": "7 execute(f'…')  # noqa: S603\n"}
    assert audit.mistakes({"results": [told], "errors": []}) == []
    assert audit.mistakes({"results": [other], "errors": []}) == ["bot/x.py:7: B608 SQL"]


def test_a_weakness_is_told_and_what_was_not_looked_at_too(audit: ModuleType) -> None:
    weak = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
    report = {"dependencies": [weak, {"name": "b", "version": "1", "vulns": []}, {"name": "c", "skip_reason": "404"}]}
    assert audit.weaknesses(report) == (["a 1: PYSEC-1, mended in 2"], ["c"])
