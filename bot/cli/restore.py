"""`restore`."""

import asyncio
import json
import shlex
from dataclasses import asdict, dataclass
from pathlib import Path

from click import Argument, Option, UsageError

from bot.core.errors import StartError
from bot.core.people import OPERATOR
from bot.opened import opened
from bot.settings import Settings, revealed
from bot.store import forecast, job, restored, schema, snapshot

from .backup import FILE, PASSWORD, Heard
from .operate import operate

OPTIONS = (
    Argument(["file"], type=FILE, metavar="[FILE]", required=False),
    Option(["--mark"], is_flag=True, help="the database was put back by other means: only mark what may be done"),
    Option(["--json", "as_json"], is_flag=True, help="as JSON"),
)


@dataclass(frozen=True)
class Restored:
    """What came of it. `replaced` is where the file that stood there before is."""

    matters: int = 0
    publications: int = 0
    replaced: str | None = None


def main(*, file: Path | None, mark: bool, as_json: bool) -> int:
    """Put the database back to what stands in FILE, which `backup` has written. The bot must not run.

    It gets this version's schema, and what may have been done after the backup is marked: the bot then looks before
    it posts, invites or publishes. The file that it replaces is kept beside it. For PostgreSQL this names the
    commands that do it, with exit code 1; the last of them is `restore --mark`.
    """
    if mark == (file is not None):
        raise UsageError("Name the FILE to restore, or --mark where that was done by other means.")

    def run(settings: Settings) -> None:
        url = revealed(settings.database_url)
        database = snapshot.file_of(url)
        if file is None:
            done = asyncio.run(_marked_in_place(settings))
        elif database:
            done = _put_back(settings, file, database)
        else:
            _tell_how(file, snapshot.without_password(url), as_json=as_json)
            raise StartError(f"PostgreSQL is restored by its own tool: stop the bot, run the lines above. {PASSWORD}")
        print(json.dumps(asdict(done)) if as_json else _as_text(done))

    return operate(run, slack=False)


def _tell_how(file: Path, url: str, *, as_json: bool) -> None:
    how = ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", f"--dbname={url}", str(file)]
    lines = [shlex.join(how), "python3 -m bot migrate", "python3 -m bot restore --mark"]
    print(json.dumps({"run": lines}) if as_json else "\n".join(lines))


def _put_back(settings: Settings, file: Path, database: Path) -> Restored:
    found: list[Restored] = []

    def prepare(part: Path) -> None:
        url = f"sqlite:///{part}"
        try:
            schema.migrate(url)
        except schema.NewerSchema as error:
            raise StartError(f"{file}: {error} Nothing was changed.") from None
        copy = settings.model_copy(update={"database_url": type(settings.database_url)(url)})
        found.append(asyncio.run(_marked(copy)))

    aside = snapshot.put_back(file, database, prepare, Heard().tell)
    return Restored(found[0].matters, found[0].publications, str(aside) if aside else None)


async def _marked_in_place(settings: Settings) -> Restored:
    """On SQLite nobody else may have the file, on PostgreSQL no other connection may be there."""
    url = revealed(settings.database_url)
    if database := snapshot.file_of(url):
        with snapshot.alone(database):
            pass
    elif others := await restored.others(url):
        raise StartError(f"The database is in use, by {others} other connections: {snapshot.STOPPING}.")
    return await _marked(settings)


async def _marked(settings: Settings) -> Restored:
    async with opened(settings) as it:
        it.db.on_invalidated = job.homes
        async with it.db.read() as conn:
            teams = await forecast.teams(conn)
        now, matters, publications = it.clock.now(), 0, 0
        async with it.db.write() as tx:
            await restored.jump(tx, now, OPERATOR)
            for team in teams:
                marked = await restored.mark(tx, team, now, OPERATOR)
                matters, publications = matters + marked.matters, publications + marked.publications
    return Restored(matters, publications)


def _as_text(done: Restored) -> str:
    said = [f"{done.matters} open matters are drawn again, and {done.publications} publications looked up on Coze."]
    said.append(
        "For a week new posts are looked for in Slack first. What was decided since the backup has to be again."
    )
    if done.replaced:
        said.insert(0, f"Restored. What stood there before is {done.replaced}.")
    return "\n".join(said)
