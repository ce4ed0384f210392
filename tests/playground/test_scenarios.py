"""Scenarios where the bot is not: what happens on Coze's own site happens all the same, and nothing hangs."""

import copy
from datetime import datetime, time, timedelta

import httpx
import pytest

from bot.demo.scenarios import COLLEAGUES, NEW_YORK, SCENARIOS, SHANGHAI
from bot.playground.server import Playground
from tests.playground.conftest import MANIFEST, Start


@pytest.mark.parametrize("seed", [scenario.name for scenario in SCENARIOS])
async def test_an_app_without_the_command_is_no_obstacle(
    playground: Playground, human: httpx.AsyncClient, seed: str
) -> None:
    """Nobody types what no app here knows."""
    assert (await human.post("reset", json={"seed": seed})).json() == {"ok": True, "seed": seed}
    assert playground.workspace.deliveries == [] or seed == "busy-admin"


async def test_coze_is_where_the_scenario_says(playground: Playground, human: httpx.AsyncClient) -> None:
    """Tom has joined by an invitation from hand to hand, and his agent is in review."""
    await human.post("reset", json={"seed": "busy-admin"})
    state = playground.coze.state
    assert state.user("tom").id in state.find_workspace("ShargeAI").members
    assert {p.state for p in state.find_bot("Museum Guide").publications.values()} == {"online", "reviewing"}
    begun = playground.clock.now() - playground.clock.offset
    ten = datetime.combine(begun.astimezone(NEW_YORK).date() + timedelta(days=27), time(10), NEW_YORK)
    next_day = ten.astimezone(SHANGHAI).date() + timedelta(days=1)
    arrived = datetime.combine(next_day, time(10), SHANGHAI) + len(COLLEAGUES) * timedelta(minutes=20)
    assert timedelta() <= playground.clock.now() - arrived < timedelta(minutes=5), "whatever the hour it began at"


async def test_a_bot_that_is_not_connected_is_named(start: Start) -> None:
    """The scenario stops at its first step and says so; nothing waits for ever."""
    manifest = copy.deepcopy(MANIFEST)
    manifest["features"]["slash_commands"].append({"command": "/sharge", "description": "the bot"})
    playground = await start(manifest=manifest)
    stopped = await playground.director.reset("join-waiting")
    assert stopped == "mei types /sharge join: the app did not take it: no_app"
