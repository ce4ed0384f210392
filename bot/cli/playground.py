"""`playground`, and the options that it shares with `demo`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.demo.scenarios import SCENARIOS
from bot.demo.setup import setup
from bot.playground.server import Options, run

from .until import until_told

ENDING = 5.0  # seconds

Port = Annotated[int, typer.Option(help="the page's port; 0 takes any free one")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="don't open the page")]
Ready = Annotated[Path | None, typer.Option(metavar="FILE", help="written when everything answers")]
Calls = Annotated[Path | None, typer.Option(metavar="FILE", help="every Web API call, one JSON line each")]
Rates = Annotated[Literal["off", "real"], typer.Option(help="real: answer 429 at Slack's limits")]
Transport = Annotated[Literal["socket", "http"], typer.Option(help="how the bot is connected")]


def scenario(name: str) -> str:
    """One that there is."""
    try:
        return setup().scenario(name).name
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Seed = Annotated[str, typer.Option(callback=scenario, help="the scenario to begin with")]


def main(
    *,
    port: Port = 0,
    no_browser: NoBrowser = False,
    ready: Ready = None,
    calls: Calls = None,
    seed: Seed = SCENARIOS[0].name,
    rates: Rates = "off",
    transport: Transport = "socket",
    events_url: Annotated[
        str | None, typer.Option(metavar="URL", help="where the bot listens, with --transport http")
    ] = None,
) -> int:
    """A Slack workspace and a Coze platform in a box, for a bot that is started elsewhere."""
    options = Options(port, ready, calls, seed, rates == "real", transport, events_url)

    async def work(stop: asyncio.Event, started: asyncio.Event) -> None:
        await run(options, setup(), stop, started, browser=not no_browser)

    try:
        asyncio.run(until_told(work, ENDING))
    except (OSError, ValueError) as problem:
        print(f"The playground can't start: {problem}", file=sys.stderr)
        return 1
    return 0
