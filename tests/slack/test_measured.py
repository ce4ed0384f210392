"""What is measured and logged of each delivery: what it was and what became of it, and nothing that it held."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from bot import logs, metrics
from bot.coze import errors
from bot.metrics import REGISTRY, Call, Kind, Outcome, rendered
from bot.playground.world.faults import SlackFault
from tests.databases import KINDS, fresh
from tests.prometheus import checked
from tests.slack.bot import LIN, MEI, TEAM, Bot, awake
from tests.stories.story import START

LONGEST_LINE = 250  # bytes
TYPED = "pat_AbCdEf0123456789AbCdEf0123456789"
METHOD = re.compile(r"[a-z]+(\.[a-zA-Z]+)+")


@pytest.fixture(params=KINDS)
async def bot(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bot]:
    """On each database; what other tests of this process have measured is forgotten."""
    for each in vars(metrics).values():
        if isinstance(each, MetricWrapperBase) and each._labelnames:
            each.clear()
    with fresh(request.param, tmp_path) as url:
        async with awake(url) as one:
            yield one


def counted(name: str, **labels: str) -> float:
    """How often, in this process."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def becomes(bot: Bot, kind: Kind, outcome: Outcome, *bodies: Any) -> None:
    """Each of these deliveries is counted so."""
    before = counted("sharge_deliveries_total", kind=kind, outcome=outcome)
    timed = counted("sharge_ack_seconds_count", kind=kind)
    for body in bodies:
        await body if asyncio.iscoroutine(body) else await bot.delivered(body)
    await asyncio.sleep(0)  # it is counted once the ack has left
    assert counted("sharge_deliveries_total", kind=kind, outcome=outcome) - before == len(bodies), (kind, outcome)
    assert counted("sharge_ack_seconds_count", kind=kind) - timed == len(bodies)


async def deliveries(bot: Bot) -> None:
    """One of each, with names and secrets in it."""
    command = {"command": "/sharge", "team_id": TEAM, "user_id": MEI, "api_app_id": bot.slack.main_app.id}
    await becomes(bot, Kind.COMMAND, Outcome.WAITS, bot.types(MEI, "status"))
    await bot.knows(MEI)
    await becomes(bot, Kind.COMMAND, Outcome.DONE, bot.types(MEI, "status", "9.9.9"), bot.types(MEI, "help"))
    await becomes(bot, Kind.COMMAND, Outcome.REPEATED, bot.types(MEI, "status", "9.9.9"))
    await becomes(bot, Kind.COMMAND, Outcome.REFUSED, bot.types(MEI, "queue"), bot.types(MEI, f"join {TYPED}"))
    await becomes(bot, Kind.PRESS, Outcome.REFUSED, bot.presses(MEI, "credential.forget", "77"))
    form = bot.sends(MEI, "join.ask", "", {"join.account": "mei@example.com", "join.purpose": ""})
    await becomes(bot, Kind.FORM, Outcome.INVALID, form)
    await becomes(bot, Kind.MENU, Outcome.DONE, bot.suggests(MEI, "publish.agent", "夜航员"))
    event = {"type": "event_callback", "team_id": TEAM, "event": {"type": "team_join", "user": {"id": LIN}}}
    heard = {"type": "app_home_opened", "user": MEI, "tab": "home"}
    await becomes(bot, Kind.EVENT, Outcome.DONE, {**event, "event_id": "Ev1", "event": heard})
    await becomes(bot, Kind.EVENT, Outcome.IGNORED, {**event, "event_id": "Ev2", "event": {"type": "wedding"}})
    await becomes(bot, Kind.COMMAND, Outcome.FOREIGN, {**command, "team_id": "T0OTHER", "trigger_id": "8.8.8"})
    await becomes(bot, Kind.OTHER, Outcome.MALFORMED, {"type": "mei", "user": {"id": TYPED}}, {"command": 3})
    await bot.does("ALTER TABLE processed_delivery RENAME TO away")
    await becomes(bot, Kind.COMMAND, Outcome.FAILED, bot.types(MEI, "status"))
    await becomes(bot, Kind.EVENT, Outcome.FAILED, {**event, "event_id": "Ev3", "event": heard})
    await bot.does("ALTER TABLE away RENAME TO processed_delivery")


async def test_each_delivery_is_counted_by_kind_and_outcome(bot: Bot) -> None:
    await deliveries(bot)


async def test_each_delivery_has_its_line(tmp_path: Path) -> None:
    """As short as promised, in the form of machines, with nothing that was typed and nobody's ID."""
    said = StringIO()
    root, ours = logging.getLogger(), logging.getLogger("bot")
    before = root.handlers[:], root.level
    with fresh("sqlite", tmp_path) as url:
        async with awake(url) as bot:
            try:
                logs.configure(stream=said)
                ours.setLevel(logging.INFO)
                await deliveries(bot)
            finally:
                root.handlers[:], root.level = before
    lines = [line for line in said.getvalue().splitlines() if json.loads(line)["event"] == "delivery"]
    assert len(lines) == 16
    for line in lines:
        assert len(line.encode()) <= LONGEST_LINE
        # the handlers of pytest leave `message` on the record
        assert set(json.loads(line)) - {"message"} == {
            "event",
            "kind",
            "outcome",
            "ms",
            "level",
            "logger",
            "timestamp",
        }
        assert json.loads(line)["level"] == "info"
    assert not {MEI, LIN, TEAM, TYPED, "夜航员", "mei@example.com"} & set(re.findall(r'"([^"]*)"', "".join(lines)))


async def test_no_label_holds_anything_but_a_word_of_ours(bot: Bot) -> None:
    """Whatever comes in and goes out: kinds, outcomes, methods, classes of errors, kinds of jobs and of checks."""
    await deliveries(bot)
    for fault in (SlackFault.RATE_LIMITED, SlackFault.TOKEN_REVOKED, SlackFault.CUT):
        bot.slack.world.faults["slack"].set(fault)
        await bot.app.health.look()
    await bot.does("UPDATE job SET kind = 'pat_mei', state = 'due', due_at = '2000-01-01 00:00:00+00:00'")
    running = asyncio.create_task(bot.app.job_runner.run())
    async with bot.app.watched():
        while not counted("sharge_jobs_total", kind="unknown", outcome="dead"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    bot.app.job_runner.stop()
    await running
    of_errors = {name for name, each in vars(errors).items() if isinstance(each, type)}
    known: dict[str, set[str]] = {
        "sharge_deliveries": {*Kind, *Outcome},
        "sharge_ack_seconds": {*Kind},
        "sharge_jobs": {*bot.app.job_runner._handlers, "unknown", "done", "again", "dead", "waits", "failed"},
        "sharge_slack_calls": set(Call),
        "sharge_coze_calls": {"ok", *of_errors},
        "sharge_ready": {"database", "schema", "write", "sweeper", "slack", "socket", "looked", "started"},
        "sharge_clock_skew_seconds": {"database", "slack", "coze"},
    }
    seen = 0
    for family in text_string_to_metric_families(rendered().decode()):
        for sample in family.samples:
            for label, value in sample.labels.items():
                seen += 1
                bound = label == "le" and float(value) >= 0
                assert bound or (label == "method" and METHOD.fullmatch(value)) or value in known[family.name], sample
    assert seen > 50
    text = rendered().decode()
    assert not [each for each in (MEI, LIN, TEAM, TYPED, "mei") if each in text]


async def test_promtool_finds_no_fault(bot: Bot) -> None:
    await deliveries(bot)
    await bot.app.health.look()
    await bot.app.gauges.measure()
    assert await checked(rendered()) == ""


async def test_what_a_look_has_found_is_measured(bot: Bot) -> None:
    await bot.app.health.look()
    await bot.app.gauges.measure()
    assert counted("sharge_ready", check="write") == 1
    assert abs(counted("sharge_clock_skew_seconds", of="database")) < 5
    assert counted("sharge_jobs_dead") == 0
    assert counted("sharge_coze_calls_left") == 500
    bot.slack.world.faults["slack"].set(SlackFault.TOKEN_REVOKED)
    refused = counted("sharge_slack_calls_total", method="auth.test", outcome=Call.REFUSED)
    await bot.app.health.look()
    await bot.app.gauges.measure()
    assert counted("sharge_ready", check="slack") == 0
    assert counted("sharge_slack_calls_total", method="auth.test", outcome=Call.REFUSED) == refused + 1


@pytest.mark.parametrize(("said", "ends"), [("2040-04-30", "2040-04-30"), ("never", "inf"), ("", "nan")])
async def test_the_end_of_the_bots_own_credential_is_measured(said: str, ends: str, tmp_path: Path) -> None:
    """By the settings; what Coze refuses as well, once it was used."""
    with fresh("sqlite", tmp_path) as url:
        async with awake(url, COZE_OWNER_TOKEN_ENDS=said) as bot:
            bot.slack.clock.move_to(START)
            await bot.app.housekeeping.plan()
            await bot.app.gauges.measure()
            found = counted("sharge_owner_credential_end_timestamp_seconds")
            if ends in ("inf", "nan"):
                assert str(found) == ends
            else:
                assert datetime.fromtimestamp(found, UTC).date().isoformat() == ends
            assert counted("sharge_owner_credential_refused") == 0
