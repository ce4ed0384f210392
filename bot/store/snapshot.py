"""A copy of a SQLite database: made while the bot runs, and put in the database's place while nothing uses it."""

import contextlib
import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from sqlalchemy.engine.url import URL

from bot.clock import utc_now
from bot.core.errors import StartError

from .database import normal

PAGES = 2_048  # at a time, 8 MB; others may write meanwhile
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file, by the end of its name."""
OURS = frozenset({"alembic_version", "job", "message", "person"})
"""Tables by which a database is known as the bot's."""
IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
STOPPING = "stop every process of the bot (Ctrl-C, or the service manager's stop), then run the same command again"

Progress = Callable[[int, int], None]
"""Hears how many pages are copied, and of how many."""


def unheard(_done: int, _of: int) -> None:
    """For whom progress is no matter."""


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL's."""
    address = normal(url)
    return Path(str(address.database)) if address.get_backend_name() == "sqlite" else None


def without_password(url: str) -> str:
    """The address as PostgreSQL's own tools take it, which get the password elsewhere."""
    address = normal(url)
    query = {name: value for name, value in address.query.items() if "password" not in name}
    bare = URL.create("postgresql", address.username, None, address.host, address.port, address.database, query)
    return bare.render_as_string(hide_password=False)


def save(database: Path, target: Path, progress: Progress = unheard) -> int:
    """Copy the database, as it is at one moment, to a new file that its owner alone may read; its size in bytes.

    Never over an existing file, and after a failure there is none. Raises StartError.
    """
    if not database.is_file():
        raise StartError(f"DATABASE_URL: there is no file {database} to back up.")
    if target.exists() or target.is_symlink():
        raise StartError(f"{target} is there already and stays as it is: choose another name.")
    with _beside(target) as part:
        _copy(database, part, progress)
        if not is_ours(part):
            raise StartError(f"DATABASE_URL: {database} is no database of this bot's: nothing was backed up.")
        _sync(part)
        size = part.stat().st_size
        _place(part, target)
    return size


@contextlib.contextmanager
def new_file(target: Path) -> Iterator[TextIO]:
    """What is written within the block stands in a new file then, which its owner alone may read.

    Never over an existing file, and after a failure there is none. Raises StartError.
    """
    if target.exists() or target.is_symlink():
        raise StartError(f"{target} is there already and stays as it is: choose another name.")
    with _beside(target) as part:
        with part.open("w", encoding="utf-8") as file:
            yield file
        _sync(part)
        _place(part, target)


def put_back(
    saved: Path, database: Path, prepare: Callable[[Path], None], progress: Progress = unheard
) -> Path | None:
    """Put a saved copy in the database's place once `prepare` has changed what it has to; where the replaced file
    is now, None where there was none. Until the last step nothing has changed. Raises StartError.
    """
    if not saved.is_file():
        raise StartError(f"There is no file {saved}.")
    if database.exists() and saved.samefile(database):
        raise StartError(f"{saved} is the database itself: name the file that `backup` has written.")
    with alone(database), _beside(database) as part:
        _copy(saved, part, progress)
        if not is_ours(part):
            raise StartError(f"{saved} is no backup of this bot's database: nothing was changed.")
        prepare(part)
        _into_one_file(part)
        _sync(part)
        return _exchange(part, database)


def is_ours(file: Path) -> bool:
    """Whether this is a sound database of the bot's, of whatever version. Raises StartError for a damaged one."""
    with contextlib.closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as conn:
        tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables >= OURS or not conn.execute("SELECT 1 FROM alembic_version").fetchone():
            return False
        try:
            sound = conn.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            raise StartError("The database is damaged, as SQLite's quick_check says: take an older backup.")
    return True


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """By SQLite's own online backup. What is read is held as of one moment: no writer makes it begin anew."""

    def tell(_status: int, remaining: int, total: int) -> None:
        progress(total - remaining, total)

    try:
        with (
            contextlib.closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=rw", uri=True)) as conn,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            conn.isolation_level = None
            conn.execute("PRAGMA busy_timeout=10000")
            conn.execute("BEGIN")
            conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
            conn.backup(copy, pages=PAGES, progress=tell)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise StartError(f"{_no_room(target)} ({error}).") from None
        if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            raise StartError(f"{source} is no sound database of SQLite's ({error}).") from None
        raise StartError(f"{source} can't be copied ({error}).") from None


def _no_room(target: Path) -> str:
    return f"There is no room for the copy in {target.parent}, and nothing of it is left there: free some"


@contextlib.contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new file in the same folder that its owner alone may read, gone afterwards unless it was moved."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise StartError(f"{target} can't be written ({error.strerror}).") from None
    os.close(handle)
    part = Path(name)
    try:
        yield part
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StartError(f"{_no_room(target)}.") from None
        raise StartError(f"{target} can't be written ({error.strerror}).") from None
    finally:
        for end in ("", *BESIDE):
            Path(name + end).unlink(missing_ok=True)


@contextlib.contextmanager
def alone(database: Path) -> Iterator[None]:
    """Nobody else uses the database for as long as the block lasts; nothing of it stands beside the file.

    A damaged one is used by nobody. Raises StartError.
    """
    if not database.exists():
        yield
        return
    address = f"{database.resolve().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(address, uri=True, timeout=0.5, isolation_level=None)) as conn:
        try:
            conn.execute("PRAGMA journal_mode=DELETE").fetchone()
            conn.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in IN_USE:
                raise StartError(f"The database {database} is in use: {STOPPING}.") from None
        yield


def _into_one_file(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")


def _place(part: Path, target: Path) -> None:
    """Under its own name; whoever was faster keeps theirs. Raises StartError."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise StartError(f"{target} is there already and stays as it is: choose another name.") from None
    except OSError:  # no file system of links
        part.rename(target)
    _sync(target.parent)


def _exchange(part: Path, database: Path) -> Path | None:
    """At no moment there is no database: a start would make a new one."""
    if not database.exists():
        part.rename(database)
        _sync(database.parent)
        return None
    aside = database.with_name(f"{database.name}.replaced-{utc_now():%Y%m%dT%H%M%S.%fZ}")
    for end in BESIDE:  # of a damaged one: what is beside it belongs to it alone
        with contextlib.suppress(FileNotFoundError):
            Path(f"{database}{end}").rename(f"{aside}{end}")
    try:
        os.link(database, aside)
    except OSError:  # no file system of links
        shutil.copy2(database, aside)
    part.replace(database)
    _sync(database.parent)
    return aside


def _sync(path: Path) -> None:
    """To the disk, whatever happens next."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
