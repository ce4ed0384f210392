"""What checks a change: the workflow and the hooks before a commit do what .ci/run does, and nothing of their own."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
CI = (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_workflow_calls_ci_run() -> None:
    (job,) = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"].values()
    last = job["steps"][-1]
    assert last["run"] == ".ci/run"
    assert set(last["env"]) == {"TEST_DATABASE_URL"}


def test_the_hooks_are_the_lint_and_types_of_ci_run() -> None:
    (here,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    hooks = {re.split(r" --| \.", hook["entry"].removeprefix(".venv/bin/"))[0] for hook in here["hooks"]}
    checks = re.findall(r"^check \.venv/bin/(python -m (?:ruff \w+|mypy))", CI, re.MULTILINE)
    assert hooks == set(checks)
