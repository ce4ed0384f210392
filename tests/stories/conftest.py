"""Stories run on both databases and over both transports where that matters."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.coze.client import CozeClient
from bot.playground.coze import callbacks
from bot.playground.slack import delivery
from bot.playground.world import tickets
from bot.slack import pipeline, send
from bot.web import callback
from bot.web.callback import CallbackEndpoint
from tests.databases import KINDS, fresh
from tests.stories.story import Story, told

HERE = Path(__file__).parent
PLENTY = 1000  # calls that may leave at once
UNHURRIED = 5  # times as long as Slack waits


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A story that plays on any database plays on one of them, those of a file by turns; on each with
    EVERY_DATABASE=1, and the main story always.
    """
    if os.environ.get("EVERY_DATABASE"):
        return
    twins: dict[Path, dict[str, list[pytest.Item]]] = {}
    for item in items:
        if kind := _kind_of(item):
            twins.setdefault(item.path, {}).setdefault(item.nodeid.replace(kind, ""), []).append(item)
    spared = {
        twin
        for stories in twins.values()
        for number, both in enumerate(stories.values())
        for twin in both
        if twin is not both[number % len(both)]
    }
    config.hook.pytest_deselected(items=[each for each in items if each in spared])
    items[:] = [each for each in items if each not in spared]


def _kind_of(item: pytest.Item) -> str | None:
    """The database on which a story plays that would play on any."""
    if item.path.parent != HERE or item.path.name == "test_main_story.py" or not hasattr(item, "callspec"):
        return None
    return next((each for each in item.callspec.params.values() if each in KINDS), None)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database, of each kind."""
    with fresh(request.param, tmp_path) as url:
        yield url


@pytest.fixture(autouse=True)
def unpaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's pace is real time that no story is about: a story's bot may send a day's worth of cards at once.

    A bot in a process of its own keeps to it.
    """
    monkeypatch.setattr(send, "PER_CHANNEL", (1.0, PLENTY))
    monkeypatch.setattr(send, "PER_TEAM", {method: (step, PLENTY) for method, (step, _) in send.PER_TEAM.items()})


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine, too, what is asked is answered in time: Slack and Coze wait longer here, and so may the bot.

    Answers that come too late have tests of their own, in tests/slack and tests/web.
    """
    slack = ((pipeline, "PATIENCE"), (delivery, "ACK_SECONDS"), (tickets, "TRIGGER_SECONDS"))
    for module, name in (*slack, (callbacks, "HANDSHAKE_SECONDS")):
        monkeypatch.setattr(module, name, UNHURRIED * getattr(module, name))
    patient = partial(CallbackEndpoint, patience=UNHURRIED * callback.PATIENCE)  # Coze waits ten seconds as it is
    monkeypatch.setattr("bot.front.CallbackEndpoint", patient)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot waits for Coze as long as it has to for an answer here, and no longer: ten seconds are real time."""
    monkeypatch.setattr("bot.opened.CozeClient", partial(CozeClient, total=2.0))


@pytest.fixture(autouse=True)
def calm(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever people do and whatever fails outside, no story leaves an error or a traceback in the bot's log.

    Where operators have to be told of something the story is marked `loud`.
    """
    yield
    said = [record for record in caplog.get_records("call") if record.name.startswith("bot.")]
    loud = [
        each.getMessage() for each in said if each.levelno >= logging.ERROR or (each.exc_info and each.exc_info[1])
    ]
    assert not loud or request.node.get_closest_marker("loud"), loud


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    """A playground with the bot on SQLite over Socket Mode."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url) as one:
            yield one
