"""`settings`."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Literal

from click import Argument, Choice, Option

from bot.core.setting import Change, Holding
from bot.opened import effective, opened
from bot.settings import Settings

from .operate import operate, printable

OPTIONS = (
    Argument(["deed"], type=Choice(["list", "history"])),
    Option(["--json", "as_json"], is_flag=True, help="a line of JSON for each, times in UTC"),
)


def main(*, deed: Literal["list", "history"], as_json: bool) -> int:
    """Show which settings hold that admins may change in Slack, or who changed what.

    list: each with its value and where it comes from; the database wins over the environment. history: the last
    changes of each Slack workspace, the newest first. Nothing is written.
    """

    def run(settings: Settings) -> None:
        for told in asyncio.run(_found(settings, deed)):
            print(json.dumps(told, ensure_ascii=False) if as_json else _as_text(told))

    return operate(run, slack=False)


async def _found(settings: Settings, deed: str) -> list[dict[str, Any]]:
    async with opened(settings) as it:
        found: list[dict[str, Any]] = []
        for team, running in (await effective(settings, it)).items():
            each = running.now.holdings.values() if deed == "list" else await running.history()
            found += _told(team, each)
    return found


def _told(team: str, found: Any) -> Iterator[dict[str, Any]]:
    each: Holding | Change
    for each in found:
        told = asdict(each) | {"team": team or None, "name": each.name.upper()}
        yield told | ({"at": each.at.isoformat()} if isinstance(each, Change) else {})


def _as_text(told: dict[str, Any]) -> str:
    if "source" in told:
        trouble = f"  {told['trouble']} It does not count." if told["trouble"] else ""
        return printable(f"{told['name']}={told['text']}  {told['source']}{trouble}")
    before, after = (
        "the environment" if each is None else each or "none" for each in (told["before"], told["after"])
    )
    reason = f"  {told['reason']}" if told["reason"] else ""
    return printable(f"{told['at']}  {told['by']}  {told['name']}: {before} -> {after}{reason}")
