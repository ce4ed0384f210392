"""What else starts the bot: compose, systemd's units, the Slack CLI. None of it names what does not exist."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.__main__ import COMMANDS
from bot.settings import Settings, secret_files
from bot.slack import manifest
from tests.processes import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
SETTINGS = {name.upper() for name in secret_files.names(Settings.model_fields)} | {"BOT_NO_BOOTSTRAP", "PYTHONPATH"}
EXPOSURE = 20  # tenths, of a hundred: what `systemd-analyze security` calls OK ends at 50
SYSTEMD = shutil.which("systemd-analyze")


def bots(compose: dict[str, Any]) -> dict[str, Any]:
    """The services that are the bot."""
    return {name: each for name, each in compose["services"].items() if each["image"] == "sharge-concierge"}


def test_compose_starts_parts_that_exist_with_settings_that_exist() -> None:
    """After the migration; privileges are dropped, and each is given the time that it takes to end."""
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    parts = bots(compose)
    assert {each["command"][0] for each in parts.values()} == {"migrate", "web", "worker"} <= set(COMMANDS)
    for name, part in parts.items():
        assert set(part["environment"]) <= SETTINGS
        assert part["cap_drop"] == ["ALL"]
        assert part["read_only"]
        assert int(part["stop_grace_period"].removesuffix("s")) > 30
        (before,) = part["depends_on"]
        assert before == ("database" if name == "migrate" else "migrate")
    dockerfile = compose["x-bot"]["build"]["dockerfile"]
    assert (ROOT / "deploy" / compose["x-bot"]["build"]["context"] / dockerfile).is_file()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_part_that_exists_with_settings_that_exist(unit: Path) -> None:
    text = unit.read_text("utf-8")
    (command,) = re.findall(r"^ExecStart=.* -m bot (\w+)$", text, re.MULTILINE)
    assert command in COMMANDS
    given = [
        name.partition("=")[0]
        for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE)
        for name in shlex.split(line)
    ]
    assert set(given) <= SETTINGS
    loaded = set(re.findall(r"^LoadCredential=(\w+):", text, re.MULTILINE))
    assert loaded == set(re.findall(r"_FILE=%d/(\w+)", text))


def test_the_worker_differs_from_the_whole_in_its_part_alone() -> None:
    """Else a hardening of one would be forgotten in the other."""
    worker, whole = (
        [line for line in unit.read_text("utf-8").splitlines() if not line.startswith(("#", "Description", "After"))]
        for unit in UNITS
    )
    assert [line.replace("bot worker", "bot run") for line in worker] == whole


def test_all_units_are_one_user() -> None:
    """They share a folder, and systemd gives that to the user of whichever starts last."""
    users = {tuple(re.findall(r"^User=(.+)$", unit.read_text("utf-8"), re.MULTILINE)) for unit in UNITS}
    assert users == {("sharge-concierge",)}


@pytest.mark.skipif(SYSTEMD is None, reason="no systemd (Debian: apt install systemd)")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_unit_and_finds_it_hardened(unit: Path, tmp_path: Path) -> None:
    assert SYSTEMD
    copies = [tmp_path / each.name for each in UNITS]
    for each, copy in zip(UNITS, copies, strict=True):
        copy.write_text(each.read_text("utf-8").replace("/opt/sharge-concierge", str(ROOT)), "utf-8")
    mine = tmp_path / unit.name.replace("@", "@1")
    mine.write_text((tmp_path / unit.name).read_text("utf-8"), "utf-8")
    checks = (["verify", "--man=no"], ["security", "--offline=yes", f"--threshold={EXPOSURE}"])
    for check in checks:
        env = {"PATH": os.environ["PATH"], "SYSTEMD_PAGER": ""}
        done = subprocess.run([SYSTEMD, *check, str(mine)], capture_output=True, text=True, env=env)  # noqa: S603
        assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]


def test_the_slack_cli_finds_the_manifest_and_the_start() -> None:
    """`slack run` gives the tokens by their usual names, as its documentation says of the hook `start`."""
    hooks = json.loads((ROOT / ".slack" / "hooks.json").read_text("utf-8"))
    assert hooks["config"]["sdk-managed-connection-enabled"]
    starts = {name: shlex.split(command) for name, command in hooks["hooks"].items()}
    assert {command[3] for command in starts.values()} <= set(COMMANDS)
    done = subprocess.run(  # noqa: S603
        starts["get-manifest"], cwd=ROOT, capture_output=True, text=True, env={**os.environ, "BOT_NO_BOOTSTRAP": "1"}
    )
    assert json.loads(done.stdout) == manifest.read()
