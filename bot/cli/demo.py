"""`demo`."""

import asyncio
import sys
from pathlib import Path
from typing import Literal

from click import Option

from bot import logs
from bot.core.errors import StartError
from bot.demo.run import KEPT, run
from bot.playground.server import Options
from bot.settings import SettingsError

from .playground import ENDING, SHARED
from .until import until_told

OPTIONS = (
    *SHARED,
    Option(["--database"], metavar="URL", help="the bot's database; by default a fresh SQLite file"),
    Option(["--keep"], is_flag=True, help=f"keep the bot's data in ./{KEPT}"),
    Option(["--log"], metavar="LEVEL", default="WARNING", show_default=True, help="the bot's log on the terminal"),
)


def main(
    *,
    port: int,
    no_browser: bool,
    ready: Path | None,
    calls: Path | None,
    seed: str,
    rates: str,
    transport: Literal["socket", "http"],
    database: str | None,
    keep: bool,
    log: str,
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
