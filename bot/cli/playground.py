"""`playground`, and the options that it shares with `demo`."""

import asyncio
import sys
from pathlib import Path
from typing import Literal

from click import BadParameter, Choice, Context, Option, Parameter
from click import Path as ClickPath

from bot.demo.scenarios import SCENARIOS
from bot.demo.setup import setup
from bot.playground.server import Options, run

from .until import until_told

ENDING = 5.0  # seconds


def scenario(_context: Context, _option: Parameter, name: str) -> str:
    """One that there is."""
    try:
        return setup().scenario(name).name
    except ValueError as error:
        raise BadParameter(str(error)) from None


FILE = ClickPath(path_type=Path)
SHARED = (
    Option(["--port"], default=0, show_default=True, help="the page's port; 0 takes any free one"),
    Option(["--no-browser"], is_flag=True, help="don't open the page"),
    Option(["--ready"], type=FILE, metavar="FILE", help="written when everything answers"),
    Option(["--calls"], type=FILE, metavar="FILE", help="every Web API call, one JSON line each"),
    Option(
        ["--seed"], default=SCENARIOS[0].name, show_default=True, callback=scenario, help="the scenario to begin with"
    ),
    Option(
        ["--rates"],
        type=Choice(["off", "real"]),
        default="off",
        show_default=True,
        help="real: answer 429 at Slack's limits",
    ),
    Option(
        ["--transport"],
        type=Choice(["socket", "http"]),
        default="socket",
        show_default=True,
        help="how the bot is connected",
    ),
)
OPTIONS = (*SHARED, Option(["--events-url"], metavar="URL", help="where the bot listens, with --transport http"))


def main(
    *,
    port: int,
    no_browser: bool,
    ready: Path | None,
    calls: Path | None,
    seed: str,
    rates: str,
    transport: Literal["socket", "http"],
    events_url: str | None,
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
