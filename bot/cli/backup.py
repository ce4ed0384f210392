"""`backup`, and what it shares with `restore`."""

import asyncio
import json
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path

from click import Argument, Option
from click import Path as ClickPath

from bot.core.errors import StartError
from bot.core.people import OPERATOR
from bot.opened import opened
from bot.settings import Settings, revealed
from bot.store import audit, forecast, health, snapshot
from bot.store.database import is_away

from .operate import operate

FILE = ClickPath(path_type=Path, dir_okay=False)
OPTIONS = (
    Argument(["file"], type=FILE, metavar="FILE"),
    Option(["--json", "as_json"], is_flag=True, help="as JSON"),
)
LONG = 4 * snapshot.PAGES  # pages of whose copying nothing is said
PASSWORD = "Its password is not shown: it comes from PGPASSWORD or ~/.pgpass."  # noqa: S105  (a sentence)


def main(*, file: Path, as_json: bool) -> int:
    """Copy the database to FILE, which must not be there yet; the bot may run meanwhile.

    SQLite is copied as it is at one moment, to a file that its owner alone may read. For PostgreSQL this names the
    command that does it, with exit code 1, since nothing was backed up.
    """

    def run(settings: Settings) -> None:
        url = revealed(settings.database_url)
        database = snapshot.file_of(url)
        if database is None:
            bare = snapshot.without_password(url)
            dump = shlex.join(["pg_dump", "--format=custom", f"--file={file}", f"--dbname={bare}"])
            print(json.dumps({"run": [dump]}) if as_json else dump)
            raise StartError(f"PostgreSQL is backed up by its own tool: run the line above. {PASSWORD}")
        size = snapshot.save(database, file, Heard().tell)
        asyncio.run(_noted(settings, size))
        print(json.dumps({"file": str(file), "bytes": size}) if as_json else f"Saved to {file}: {size:,} bytes.")

    return operate(run, slack=False)


async def _noted(settings: Settings, size: int) -> None:
    """The doctor tells how old the newest copy is. A database of another schema is copied all the same."""
    try:
        async with opened(settings) as it, it.db.write() as tx:
            for team in await forecast.teams(tx.conn):
                about = it.clock.now(), OPERATOR
                await audit.note(tx, team, *about, "database.backup", "database:all", bytes=size)
            await health.beat(tx, health.BACKUP)
    except StartError:
        return
    except Exception as error:
        if not is_away(error):
            raise


@dataclass
class Heard:
    """Tells of long work: a line for each tenth of it."""

    tenths: int = field(default=0)

    def tell(self, done: int, of: int) -> None:
        """So many pages are copied, of so many."""
        tenths = 10 * done // max(of, 1)
        if of > LONG and tenths > self.tenths:
            self.tenths = tenths
            print(f"{10 * tenths} % copied", file=sys.stderr, flush=True)
