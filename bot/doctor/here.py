"""What is looked at on this machine and in the database; nobody else is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import Clock
from bot.core.setting import NAMES, Change
from bot.services.alerts import SHORT, free
from bot.services.health import YOUNG, Health
from bot.settings import Settings, revealed
from bot.settings.laid import laid_over
from bot.store import forecast, health, preflight, schema, setting, snapshot
from bot.store.database import Database

from .line import Line, right, skipped, unknown, wrong

DAY = 86_400.0
STALE = 7 * DAY  # seconds after which a copy is old
EVERYBODY = 0o077
TRIES = 3
IN_DATABASE = ("schema", "write", "sweep", "jobs", "changes", "backup")
"""What is only seen in a database that answers."""


@dataclass
class Stored:
    """What the database tells. `teams` are the Slack workspaces that it knows, `skew` the seconds by which this
    machine's clock is ahead of its own; `is_usable` is whether the bot can work with it,
    and `first` the check that has to be right for that.
    """

    lines: list[Line] = field(default_factory=list)
    teams: Sequence[str] = ()
    skew: float | None = None
    is_usable: bool = False
    first: str = "database"


def settings_lines(settings: Settings | None, problems: Mapping[str, str], file: Path) -> Iterator[Line]:
    """Each that is wrong, in the words of a start."""
    for name, said in problems.items():
        yield wrong("settings", "setting_wrong", name, said=said)
    is_open = file.is_file() and file.stat().st_mode & EVERYBODY
    if is_open:
        yield wrong("settings", "env_open", file=file)
    if settings and not problems and not is_open:
        yield right("settings", count=len(settings.model_fields_set))


def disk_line(settings: Settings) -> Line:
    """Room for what SQLite writes."""
    file = snapshot.file_of(revealed(settings.database_url))
    if file is None:
        return unknown("disk", "disk_unseen")
    try:
        left = free(str(file))
    except OSError as error:
        return wrong("disk", "file_away", why=error.strerror)
    return wrong("disk", "disk_full", free=left, file=file, least=SHORT) if left < SHORT else right("disk", free=left)


async def stored(db: Database, url: str, clock: Clock, settings: Settings) -> Stored:
    """Look at the database, as far as it lets."""
    found = Stored()
    file = snapshot.file_of(url)
    if file and not file.exists() and file.parent.is_dir():
        found.lines = [unknown("database", "database_new", file=file), *skipped(*IN_DATABASE[:-1])]
        return found
    if why := await _away(db):
        problem = "file_away" if file else "database_away"
        found.lines = [wrong("database", problem, why=why), *skipped(*IN_DATABASE)]
        return found
    found.lines = [right("database", kind="SQLite" if file else "PostgreSQL")]
    look = await schema.look(db)
    if look.trouble:
        found.first = "schema"
        found.lines += [_schema_line(look), *skipped(*IN_DATABASE[1:], first="schema")]
        return found
    found.lines.append(right("schema", number=look.number))
    await _work(db, clock, found, settings, is_file=file is not None)
    return found


async def _away(db: Database) -> str:
    """Why the database does not answer; "" where it does. A busy machine may take longer than a look waits."""
    for _ in range(TRIES):
        if not (why := await schema.away(db)):
            break
    return why


async def _work(db: Database, clock: Clock, found: Stored, settings: Settings, *, is_file: bool) -> None:
    """By the same looks as /readyz. What takes no write may answer no read either."""
    async with db.read() as conn:
        found.teams = sorted({*await forecast.teams(conn), *await preflight.teams(conn)})
    looks = Health(db, clock, found.teams[0] if found.teams else "", None, {})
    for _ in range(TRIES):
        await looks.look()
        if (wrote := looks()["write"]) is True:
            break
    if wrote is not True:
        found.first = "write"
        found.lines += [
            wrong("write", "write_refused", why=wrote),
            *skipped(*IN_DATABASE[2:], first="write"),
        ]
        return
    found.is_usable, found.skew = True, looks.skew
    async with db.read() as conn:
        copied = await health.silence(conn, health.BACKUP)
        changed = [await setting.newest(conn, team_id) for team_id in await setting.teams(conn)]
    found.lines += [right("write"), *_sweep_lines(looks), _backup_line(copied, is_file=is_file)]
    found.lines += _changes_lines(changed, settings)


def _changes_lines(changed: Sequence[Mapping[str, Change]], settings: Settings) -> Iterator[Line]:
    """What admins have set in each workspace, and what of it the environment lets hold no more."""
    held = [
        {name: each.after for name, each in newest.items() if each.after is not None and name in NAMES}
        for newest in changed
    ]
    void = {name for changes in held for name in laid_over(settings, changes)[1]}
    names = {name for changes in held for name in changes} - void
    if void:
        yield wrong("changes", "changes_void", names=", ".join(sorted(void)).upper())
    if names:
        yield right("changes", names=", ".join(sorted(names)).upper())
    if not void and not names:
        yield right("changes", instead="changes_none")


def _sweep_lines(looks: Health) -> Iterator[Line]:
    work, seconds = looks.work, f"{looks.silent:.0f}"
    if work is None:
        yield from skipped("sweep", "jobs", first="write")
        return
    if work.swept_at is None and work.oldest is None:
        yield unknown("sweep", "sweep_never")
    else:
        is_old = looks.silent > YOUNG
        yield wrong("sweep", "sweep_old", seconds=seconds) if is_old else right("sweep", seconds=seconds)
    yield wrong("jobs", "jobs_dead", count=work.dead) if work.dead else right("jobs", due=work.due)


def _backup_line(copied: float | None, *, is_file: bool) -> Line:
    if not is_file:
        return unknown("backup", "backup_unseen")
    if copied is None:
        return unknown("backup", "backup_never")
    days = int(copied // DAY)
    return wrong("backup", "backup_old", days=days) if copied > STALE else right("backup", days=days)


def _schema_line(look: schema.Found) -> Line:
    if not look.number:
        return unknown("schema", "schema_none")
    problem = "schema_old" if look.number < schema.HEAD else "schema_new"
    return wrong("schema", problem, number=look.number, head=schema.HEAD)
