"""`person`."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from click import Argument, Choice, Option, UsageError
from click import Path as ClickPath

from bot.configured import network_of
from bot.core.errors import StartError
from bot.core.people import OPERATOR
from bot.opened import Opened, coze_of, opened
from bot.services.join.accounts import Accounts
from bot.services.personal_data import PersonalData
from bot.settings import Settings
from bot.store import forecast, job
from bot.store.personal_export import Exported

from .new_file import new_file
from .operate import operate

OPTIONS = (
    Argument(["deed"], type=Choice(["export", "delete"])),
    Argument(["user"], metavar="USER"),
    Argument(["file"], type=ClickPath(path_type=Path), metavar="[FILE]", required=False),
    Option(["--team"], metavar="ID", help="the Slack workspace (T…), where the database knows several"),
    Option(["--yes"], is_flag=True, help="delete: don't ask"),
    Option(["--json", "as_json"], is_flag=True, help="delete: as JSON; an export always is"),
)

STAYS: Mapping[str, str] = {
    "audit": "that something was decided, published or used, and when, without name and words: so that it can be "
    "accounted for",
    "others": "what they decided about others, with “deleted” in the place of the person: it is those others'",
    "channel": "what Coze told the owner of the channel about their agents: it is the channel's",
    "coze": "their tokens, agents and membership on Coze: the bot can't delete those",
    "slack": "for a week at most, which messages Slack is to delete: the running bot has them deleted within minutes",
    "backups": "backups that were made before: delete those, or delete the person anew after a restore",
}
"""What a deletion leaves, and why."""


@dataclass(frozen=True)
class Place:
    """Where somebody is, and who acts there."""

    it: Opened
    team: str
    data: PersonalData


def main(
    *, deed: Literal["export", "delete"], user: str, file: Path | None, team: str | None, yes: bool, as_json: bool
) -> int:
    """Hand over what is stored about the person USER (U…), or delete it, as “Delete my data” does. Both are audited.

    export: JSON to FILE, which must not be there yet and is its owner's alone, or to the output. Secrets that are
    kept for the person are named, and never shown. delete: says first what goes, and what stays and why; the bot may
    run meanwhile.
    """
    if deed == "delete" and file:
        raise UsageError("delete takes no FILE.")

    def run(settings: Settings) -> None:
        if deed == "export":
            asyncio.run(_export(settings, user, file, team))
        else:
            asyncio.run(_delete(settings, user, team, yes=yes, as_json=as_json))

    return operate(run, slack=False)


async def _export(settings: Settings, user: str, file: Path | None, team: str | None) -> None:
    async with _at(settings, team) as place:
        _known(await place.data.exported(place.team, user), user, place.team)
        if file is None:
            print(_as_text(await place.data.export(place.team, user)))
            return
        with new_file(file) as written:
            written.write(_as_text(await place.data.export(place.team, user)) + "\n")
    print(f"Written to {file}, which you alone may read.", file=sys.stderr)


async def _delete(settings: Settings, user: str, team: str | None, *, yes: bool, as_json: bool) -> None:
    async with _at(settings, team) as place:
        goes = _counts(_known(await place.data.exported(place.team, user), user, place.team))
        if not as_json:
            print(f"What goes: {', '.join(f'{count} × {name}' for name, count in goes.items())}.")
            print("\n".join(["What stays:", *(f"- {why}" for why in STAYS.values())]), flush=True)
        if not yes:
            _confirm(user)
        await place.data.delete(place.team, user, by=OPERATOR)
    if as_json:
        print(json.dumps({"team": place.team, "user": user, "deleted": goes, "stays": STAYS}, ensure_ascii=False))
    else:
        print(f"All of it about {user} is deleted.")


@contextlib.asynccontextmanager
async def _at(settings: Settings, team: str | None) -> AsyncIterator[Place]:
    """Raises StartError where nobody can tell which workspace is meant, or where admins are told."""
    if not settings.admin_channel:
        raise StartError("ADMIN_CHANNEL is missing: what a deletion means for the admins is told there.")
    async with contextlib.AsyncExitStack() as stack:
        it = await stack.enter_async_context(opened(settings))
        it.db.on_invalidated = job.homes
        coze = await coze_of(settings, network_of(settings), stack)
        async with it.db.read() as conn:
            teams = await forecast.teams(conn)
        if team is None and len(teams) != 1:
            raise StartError(f"The database knows {len(teams)} workspaces: name one with --team. {' '.join(teams)}")
        accounts = Accounts(it.db, it.clock, settings.admin_channel, coze)
        yield Place(it, team or teams[0], PersonalData(it.db, it.clock, settings.admin_channel, accounts))


def _known(found: Exported, user: str, team: str) -> Exported:
    if not found:
        raise StartError(f"Nothing is stored about {user} of {team}. It takes the ID of a person (U…), not a name.")
    return found


def _counts(found: Exported) -> dict[str, int]:
    """How many rows go, by table."""
    return {name: len(rows) for name, rows in found.items() if name not in ("named_in", "audit", "review")}


def _as_text(found: Mapping[str, Sequence[Mapping[str, object]]]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2)


def _confirm(user: str) -> None:
    """Raises StartError where nobody confirms."""
    if not sys.stdin.isatty():
        raise StartError("Nothing was deleted: confirm with --yes.")
    print(f"This can't be undone. Type {user} to delete all of it: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != user:
        raise StartError("Nothing was deleted.")
