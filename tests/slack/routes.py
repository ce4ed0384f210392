"""The table of routes, as it stands in CONTRIBUTING: `python -m tests.slack.routes` prints it."""

import asyncio
import sys
import tempfile
from pathlib import Path

from bot.app import build
from bot.demo.setup import setup
from bot.playground.server import Options, serve
from bot.settings import load
from bot.slack.router import Route
from tests.databases import fresh

HEAD = "| kind | name | access | fresh | whose row | may hold a secret | costs |\n|---|---|---|---|---|---|---|"


async def routes(database: str) -> list[Route]:
    """Every route of a bot that is wired up."""
    slack = await serve(Options(transport="http"), setup())
    try:
        env = slack.env() | {"DATABASE_URL": database, "PORT": "0"}
        env.pop("CLOCK_URL")
        async with build(load(env), clock=slack.clock) as app:
            return app.router.routes
    finally:
        await slack.stop()


def table(found: list[Route]) -> str:
    """The routes in Markdown."""
    return "\n".join([HEAD, *map(_row, found)])


def _row(route: Route) -> str:
    fresh_, secrets = "yes" if route.fresh else "", ", ".join(f"`{each}`" for each in sorted(route.secrets))
    cells = route.kind, f"`{route.name}`", route.access, fresh_, route.owner, secrets, route.costs or ""
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, fresh("sqlite", Path(folder)) as url:
        sys.stdout.write(table(asyncio.run(routes(url))) + "\n")


if __name__ == "__main__":
    main()
