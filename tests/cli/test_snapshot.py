"""`backup` and `restore`: whole copies, nothing overwritten, nothing half, and nothing while the bot runs."""

import json
import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from bot.store.schema import HEAD
from tests.command import command
from tests.databases import fresh
from tests.full_disk import small_disk


def change(file: Path, *statements: str) -> None:
    """By hand; nothing is left beside the file."""
    with closing(sqlite3.connect(file)) as conn:
        for each in statements:
            conn.execute(each)
        conn.commit()
        conn.execute("PRAGMA journal_mode=DELETE")


def asked(file: Path, statement: str) -> list[tuple[object, ...]]:
    """What stands there."""
    with closing(sqlite3.connect(file)) as conn:
        return conn.execute(statement).fetchall()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A SQLite database at head, in a folder of its own."""
    folder = tmp_path / "bot"
    folder.mkdir()
    with fresh("sqlite", folder) as url:
        return Path(url.removeprefix("sqlite:///"))


def env(database: Path) -> dict[str, str]:
    """The operator's settings."""
    return {"DATABASE_URL": f"sqlite:///{database}"}


PERSON = (
    "INSERT INTO person (team_id, user_id, name, locale, tz, standing, admin, seen_at, deputy) "
    "VALUES ('T1', '{}', 'x', 'en', 'UTC', 'member', 0, '2026-01-01', 0)"
)


def fill(database: Path, megabytes: int) -> None:
    """With somebody's table."""
    with closing(sqlite3.connect(database)) as conn:
        conn.execute("CREATE TABLE ballast (b BLOB)")
        conn.execute("INSERT INTO ballast VALUES (zeroblob(?))", (megabytes << 20,))
        conn.commit()


def test_a_copy_is_whole_while_somebody_writes_and_nobody_else_may_read_it(database: Path, tmp_path: Path) -> None:
    """Of one moment, with what is still beside the file; long work tells how far it is."""
    fill(database, 64)
    stop = threading.Event()

    def writes() -> None:
        with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as conn:
            conn.execute("PRAGMA journal_mode=WAL")
            number = 0
            while not stop.is_set():
                conn.execute("BEGIN IMMEDIATE")
                conn.execute(PERSON.format(f"A{number}"))
                conn.execute(PERSON.format(f"B{number}"))
                conn.execute("COMMIT")
                number += 1

    writer = threading.Thread(target=writes)
    writer.start()
    try:
        done = command(tmp_path, "backup", "copy.db", "--json", env=env(database))
    finally:
        stop.set()
        writer.join()
    copy = tmp_path / "copy.db"
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"file": "copy.db", "bytes": copy.stat().st_size}
    assert "90 % copied\n" in done.stderr
    assert copy.stat().st_mode & 0o777 == 0o600
    assert asked(copy, "PRAGMA integrity_check") == [("ok",)]
    halves = asked(copy, "SELECT substr(user_id, 1, 1), count(*) FROM person GROUP BY 1")
    assert len({count for _, count in halves}) <= 1  # of each pair both or none
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["copy.db"]


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_what_is_there_stays(kind: str, database: Path, tmp_path: Path) -> None:
    target = tmp_path / "there"
    if kind == "file":
        target.write_text("precious")
    elif kind == "link":
        target.symlink_to(tmp_path / "nowhere")
    else:
        target.mkdir()
    done = command(tmp_path, "backup", str(target), env=env(database))
    assert (done.returncode, done.stdout) == (2 if kind == "folder" else 1, "")
    assert "is a directory" in done.stderr if kind == "folder" else "stays as it is" in done.stderr
    assert target.is_symlink() if kind == "link" else target.exists()
    assert kind != "file" or target.read_text() == "precious"


def test_a_full_disk_is_named_and_keeps_no_half(database: Path, tmp_path: Path) -> None:
    """Of a backup; a restore leaves the database as it was."""
    fill(database, 40)
    with small_disk(tmp_path) as disk:
        full = command(tmp_path, "backup", str(disk.folder / "copy.db"), env=env(database))
        assert (full.returncode, full.stdout) == (1, "")
        assert f"no room for the copy in {disk.folder}" in full.stderr
        assert list(disk.folder.iterdir()) == []
        small = disk.folder / "bot.db"
        with fresh("sqlite", tmp_path) as url:
            shutil.copy(url.removeprefix("sqlite:///"), small)
        before = small.read_bytes()
        full = command(tmp_path, "restore", str(database), env=env(small))
        assert full.returncode == 1
        assert f"no room for the copy in {disk.folder}" in full.stderr
        assert [each.name for each in disk.folder.iterdir()] == ["bot.db"]
        assert small.read_bytes()[100:] == before[100:]  # a header of versions may have changed


def test_nothing_is_backed_up_where_there_is_nothing(tmp_path: Path) -> None:
    """A wrong path, an empty file, another program's database: an empty backup would be worse than none."""
    (tmp_path / "empty.db").touch()
    change(tmp_path / "other.db", "CREATE TABLE job (x)")
    for name, words in (
        ("none.db", "no file"),
        ("empty.db", "no database of this bot's"),
        ("other.db", "no database"),
    ):
        done = command(tmp_path, "backup", "copy.db", env=env(tmp_path / name))
        assert (done.returncode, (tmp_path / "copy.db").exists()) == (1, False)
        assert words in done.stderr
    assert not (tmp_path / "none.db").exists()


def test_what_was_replaced_stays_beside_it(database: Path, tmp_path: Path) -> None:
    """And is a whole database: what was still in its log too."""
    assert command(tmp_path, "backup", "copy.db", env=env(database)).returncode == 0
    change(database, PERSON.format("U1"))
    done = command(tmp_path, "restore", "copy.db", "--json", env=env(database))
    assert done.returncode == 0, done.stderr
    aside = Path(json.loads(done.stdout)["replaced"])
    assert (aside.parent, aside.name.startswith(f"{database.name}.replaced-")) == (database.parent, True)
    assert (asked(aside, "SELECT user_id FROM person"), asked(database, "SELECT user_id FROM person")) == (
        [("U1",)],
        [],
    )
    assert database.stat().st_mode & 0o777 == 0o600
    assert {each.name for each in database.parent.iterdir()} == {database.name, aside.name}


def test_a_damaged_database_is_replaced_and_a_missing_one_comes_back(database: Path, tmp_path: Path) -> None:
    assert command(tmp_path, "backup", "copy.db", env=env(database)).returncode == 0
    database.write_bytes(b"garbage" * 1000)
    assert command(tmp_path, "restore", "copy.db", env=env(database)).returncode == 0
    assert asked(database, "SELECT version_num FROM alembic_version") == [(HEAD,)]
    database.unlink()
    assert command(tmp_path, "restore", "copy.db", env=env(database)).returncode == 0
    assert asked(database, "PRAGMA integrity_check") == [("ok",)]


def spoiled(file: Path, how: str) -> None:
    """A backup that is none."""
    match how:
        case "newer":
            change(
                file,
                "UPDATE alembic_version SET version_num = '9999'",
                "INSERT INTO schema_version VALUES ('9999', '9999')",
            )
        case "text":
            file.write_text("no database at all")
        case "empty":
            file.write_bytes(b"")
        case "other":
            file.unlink()
            change(file, "CREATE TABLE person (x)")
        case "cut":
            file.write_bytes(file.read_bytes()[:-40_000])
        case "scratched":
            pages = bytearray(file.read_bytes())
            pages[8192:200_000] = bytes(200_000 - 8192)
            file.write_bytes(pages)
        case "missing":
            file.unlink()


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("newer", "has schema 9999, of a later version"),
        ("text", "no sound database"),
        ("empty", "no backup of this bot's database"),
        ("other", "no backup of this bot's database"),
        ("cut", "no sound database|damaged"),
        ("scratched", "no sound database|damaged"),
        ("missing", "There is no file"),
    ],
)
def test_what_is_no_backup_is_refused(how: str, words: str, database: Path, tmp_path: Path) -> None:
    """And nothing has changed."""
    copy = tmp_path / "copy.db"
    assert command(tmp_path, "backup", "copy.db", env=env(database)).returncode == 0
    change(database, PERSON.format("U1"))
    spoiled(copy, how)
    done = command(tmp_path, "restore", "copy.db", env=env(database))
    assert (done.returncode, done.stdout) == (1, "")
    assert any(each in done.stderr for each in words.split("|")), done.stderr
    assert asked(database, "SELECT user_id FROM person") == [("U1",)]
    assert [each.name for each in database.parent.iterdir()] == [database.name]


def test_the_database_itself_is_no_backup_of_it(database: Path, tmp_path: Path) -> None:
    done = command(tmp_path, "restore", str(database), env=env(database))
    assert (done.returncode, "is the database itself" in done.stderr) == (1, True)


@pytest.mark.parametrize("arguments", [["copy.db"], ["--mark"]])
def test_a_database_in_use_is_refused(arguments: list[str], database: Path, tmp_path: Path) -> None:
    """By whoever has it open, whether they are at it or not."""
    assert command(tmp_path, "backup", "copy.db", env=env(database)).returncode == 0
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("SELECT count(*) FROM job").fetchone()
        done = command(tmp_path, "restore", *arguments, env=env(database))
    assert (done.returncode, done.stdout) == (1, "")
    assert "is in use: stop every process of the bot" in done.stderr


def test_the_lines_of_postgresql_show_no_password(tmp_path: Path) -> None:
    """They are said without a server, and with exit code 1: nothing was done."""
    url = "postgresql://bot:s3cret@db.example:6432/concierge?sslmode=require&sslpassword=hush"
    saved = command(tmp_path, "backup", "a copy.dump", env={"DATABASE_URL": url})
    address = "postgresql://bot@db.example:6432/concierge?sslmode=require"
    assert saved.stdout == f"pg_dump --format=custom '--file=a copy.dump' '--dbname={address}'\n"
    put_back = command(tmp_path, "restore", "a copy.dump", "--json", env={"DATABASE_URL": url})
    lines = json.loads(put_back.stdout)["run"]
    assert lines[0].startswith("pg_restore --clean")
    assert lines[-1] == "python3 -m bot restore --mark"
    for done in (saved, put_back):
        assert done.returncode == 1
        assert "own tool" in done.stderr
        assert "s3cret" not in done.stdout + done.stderr
        assert "hush" not in done.stdout + done.stderr


def test_postgresql_goes_there_and_back(tmp_path: Path) -> None:
    """By the very lines that are said."""
    with fresh("postgresql", tmp_path) as url:
        plain = {"DATABASE_URL": url.replace("postgresql+psycopg", "postgresql")}
        for arguments in (("backup", "copy.dump"), ("restore", "copy.dump")):
            lines = command(tmp_path, *arguments, env=plain).stdout.splitlines()
            subprocess.run(lines[0], shell=True, cwd=tmp_path, check=True, capture_output=True)  # noqa: S602
        engine = create_engine(url)
        with engine.connect():
            done = command(tmp_path, "restore", "--mark", env=plain)
        engine.dispose()
        assert (done.returncode, "in use, by 1 other" in done.stderr) == (1, True)
        done = command(tmp_path, "restore", "--mark", env=plain)
        assert done.returncode == 0, done.stderr
        assert "0 open matters" in done.stdout


@pytest.mark.parametrize("arguments", [["restore"], ["restore", "x", "--mark"], ["backup"]])
def test_what_is_not_understood_is_named(arguments: list[str], tmp_path: Path) -> None:
    """By exit code 2, before anything is opened."""
    assert command(tmp_path, *arguments).returncode == 2
