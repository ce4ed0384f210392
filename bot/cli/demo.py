"""`demo`."""

import asyncio
import sys
from typing import Annotated

import typer

from bot import logs
from bot.core.errors import StartError
from bot.demo.run import KEPT, run
from bot.demo.scenarios import SCENARIOS
from bot.playground.server import Options
from bot.settings import SettingsError

from .playground import ENDING, Calls, NoBrowser, Port, Rates, Ready, Seed, Transport
from .until import until_told


def main(
    *,
    port: Port = 0,
    no_browser: NoBrowser = False,
    ready: Ready = None,
    calls: Calls = None,
    seed: Seed = SCENARIOS[0].name,
    rates: Rates = "off",
    transport: Transport = "socket",
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="the bot's database; by default a fresh SQLite file")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help=f"keep the bot's data in ./{KEPT}")] = False,
    log: Annotated[str, typer.Option(metavar="LEVEL", help="the bot's log on the terminal")] = "WARNING",
) -> int:
    """A Slack workspace, a Coze platform and the bot, all on this machine."""
    logs.configure(log.upper(), "console")
    options = Options(port, ready, calls, seed, rates == "real", transport)

    async def work(stop: asyncio.Event, started: asyncio.Event) -> None:
        await run(options, database, stop, started, keep=keep, browser=not no_browser)

    try:
        asyncio.run(until_told(work, ENDING))
    except (OSError, ValueError, StartError, SettingsError) as problem:
        print(f"The demo can't start: {problem}", file=sys.stderr)
        return 1
    return 0
