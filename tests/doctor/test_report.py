"""The report: each call that only reads, sent once; shapes and no values; each assumption with its line."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import utc_now
from bot.demo.setup import setup
from bot.doctor.assumptions import ASSUMPTIONS
from bot.doctor.examine import asked
from bot.doctor.probes import PROBES, Answer
from bot.doctor.report import written
from bot.doctor.shape import shape
from bot.playground.server import Options, serve
from bot.settings import load
from tests.command import command
from tests.databases import fresh
from tests.processes import playground

BOT = Path(__file__).resolve().parents[2] / "bot"
SECRET = st.text(min_size=8).map(lambda text: f"cAnArY{text}")
VALUES = st.recursive(
    SECRET | st.integers(10**9) | st.none() | st.booleans() | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "name", "items"]), inner),
)


@given(VALUES)
def test_a_shape_holds_no_value(answer: object) -> None:
    """Keys and types alone."""
    told = json.dumps({path: sorted(kinds) for path, kinds in shape(answer).items()})
    assert "cAnArY" not in told
    assert not re.search(r"\d", told)


def test_what_a_shape_tells() -> None:
    found = shape(
        {"ok": True, "items": [{"id": "7351", "x": None}, {"id": 7}], "users": {"U0123MEI9": {"a": ""}}, "l": []}
    )
    assert {path: sorted(kinds) for path, kinds in found.items()} == {
        ".": ["object"],
        "ok": ["boolean"],
        "items": ["list"],
        "items[]": ["object"],
        "items[].id": ["integer", "string of digits"],
        "items[].x": ["null"],
        "users": ["object"],
        "users.<id>": ["object"],
        "users.<id>.a": ["string, empty"],
        "l": ["list, empty"],
    }


def test_what_differs_is_marked() -> None:
    """Not what an empty list hides."""
    real = Answer(200, shape=shape({"id": 7, "more": 1, "items": []}))
    ours = Answer(200, shape=shape({"id": "7", "items": [{"a": 1}]}))
    nothing = {probe.name: Answer(why="no answer") for probe in PROBES}
    text = written({**nothing, PROBES[0].name: real}, {**nothing, PROBES[0].name: ours}, utc_now())
    assert re.findall(r"^\| ≠ \| `(.+?)` \|", text, re.MULTILINE) == ["id", "more"]


def test_each_assumption_has_its_line() -> None:
    """Of a call that is sent, or of how to see it; and the file that builds on it is there."""
    names = {probe.name for probe in PROBES}
    assert len(names) == len(PROBES)
    for each in ASSUMPTIONS:
        assert bool(each.probe) != bool(each.how), each.says
        assert each.probe in {"", *names}
        assert (BOT / each.file).exists(), each.file
    nothing = {name: Answer(why="no answer") for name in names}
    lines = written(nothing, nothing, utc_now()).splitlines()
    for each in ASSUMPTIONS:
        (row,) = [line for line in lines if line.startswith(f"| {each.says} |")]
        if each.probe:
            number = re.search(r"line (\d+): ", row)
            assert number is not None
            assert lines[int(number[1]) - 1] == f"## {each.probe}"


async def test_each_call_is_sent_once_and_reads(tmp_path: Path) -> None:
    """Of what the playground's Slack and Coze were asked none changes anything."""
    calls = tmp_path / "calls"
    world = await serve(Options(calls=calls), setup())
    try:
        env = world.env()
        found = await asked(load(env))
        coze = [call for call in world.coze.state.calls if call.credential == "concierge"]
    finally:
        await world.stop()
    methods = [json.loads(line)["method"] for line in calls.read_text("utf-8").splitlines()]
    assert sorted(methods) == sorted(
        {probe.path[1:] for probe in PROBES if probe.side == "slack"} - {"conversations.replies"}
    )
    assert len(coze) == len([probe for probe in PROBES if probe.side == "coze"]) - 2  # there is no agent
    assert {answer.status for answer in found.values() if not answer.why} == {200}
    text = written(found, found, utc_now())
    assert "≠ |" not in text
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "COZE_OWNER_TOKEN", "ADMIN_CHANNEL", "COZE_WORKSPACE_ID"):
        assert env[name] not in text


@pytest.mark.parametrize("broken", [{"SLACK_API_URL": "http://127.0.0.1:1/api"}, {"COZE_OWNER_TOKEN": "pat_wrong"}])
async def test_what_does_not_come_says_why(broken: dict[str, str]) -> None:
    world = await serve(Options(), setup())
    try:
        found = await asked(load(world.env() | broken))
    finally:
        await world.stop()
    if "COZE_OWNER_TOKEN" in broken:
        assert {answer.code for name, answer in found.items() if name.startswith("Coze GET w")} == {"4100"}
    else:
        assert found["Slack auth.test"].why.startswith("no answer")
        assert "no bot" in found["Slack bots.info"].why


async def test_the_command_writes_it(tmp_path: Path) -> None:
    """Beside the emulator's answers, never over another file; what Coze was asked is counted."""
    with fresh("sqlite", tmp_path) as url:
        async with playground(tmp_path) as ready:
            env = ready["env"] | {"DATABASE_URL": url}

            async def run(*arguments: str) -> tuple[int, str]:
                done = await asyncio.to_thread(command, tmp_path, "doctor", "--lang", "en", *arguments, env=env)
                return done.returncode, done.stdout + done.stderr

            code, said = await run("--report", "report.md")
            file = tmp_path / "report.md"
            assert (code, file.stat().st_mode & 0o777) == (0, 0o600), said
            text = file.read_text("utf-8")
            assert "`data.items[].owner_user_id`" in text, "the emulator has an agent"
            assert env["COZE_OWNER_TOKEN"] not in text
            code, said = await run("--report", "report.md")
            assert (code, "is there already" in said) == (1, True)
            assert file.read_text("utf-8") == text
