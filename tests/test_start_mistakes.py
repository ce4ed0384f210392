"""Mistakes that people make at the start: each ends it with sentences that name the setting and say what to do, with
the driver's reason, and never with a traceback or a part of a secret.

The command line runs in this process, as `python3 -m bot` does; `tests/test_startup.py` has real ones.
"""

import asyncio
import logging
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from bot import __main__
from bot.settings import Settings
from bot.store import schema

CANARY, PASSWORD = "CANARY0123456789", "hunter2SECRET"
KEY = "A" * 43 + "="
TOKENS = {"SLACK_BOT_TOKEN": f"xoxb-{CANARY}", "SLACK_APP_TOKEN": f"xapp-{CANARY}"}
BASE = {**TOKENS, "ADMIN_CHANNEL": "C0ADMINS", "ADMIN_USERS": "U0LIN", "PORT": "0"}
HTTP = {**BASE, "SLACK_TRANSPORT": "http", "SLACK_SIGNING_SECRET": CANARY}
APP = {
    **BASE,
    "COZE_WORKSPACE_ID": "7",
    "COZE_OWNER_APP_ID": "1",
    "COZE_OWNER_KID": "kid",
    "COZE_OWNER_ACCOUNT_ID": "42",
    "COZE_OWNER_KEY_FILE": "key.pem",
}
ENV_FILE = "\n".join(f"{name}={value}" for name, value in BASE.items())
UNSEEN = ["{}\n{}", "{} {}", "{}\u200b{}", "{}\x00{}", "{}林{}", "{}“{}"]


@dataclass
class Mistake:
    """What is wrong, and what the sentence has to say."""

    name: str
    says: str
    env: Mapping[str, str] = field(default_factory=lambda: BASE)
    makes: Callable[[Path], object] = lambda _folder: None
    command: str = "web"

    def __str__(self) -> str:
        return self.name


def file(name: str, content: bytes) -> Callable[[Path], object]:
    """A file with this in it."""
    return lambda folder: (folder / name).write_bytes(content)


def folder(name: str) -> Callable[[Path], object]:
    """A folder where a file should be."""
    return lambda where: (where / name).mkdir()


def link(name: str, to: str) -> Callable[[Path], object]:
    """A link; to itself it has no end."""
    return lambda where: (where / name).symlink_to(to)


def settings() -> Iterator[Mistake]:
    """Values of settings."""
    for name, value in [*TOKENS.items(), ("SLACK_SIGNING_SECRET", CANARY), ("COZE_OWNER_TOKEN", f"pat_{CANARY}")]:
        env = {**(HTTP if name == "SLACK_SIGNING_SECRET" else BASE), "COZE_WORKSPACE_ID": "7"}
        for shape in UNSEEN:
            if "\x00" not in shape:
                yield Mistake(f"{name} {shape!r}", name, {**env, name: shape.format(value[:9], value[9:])})
        for quotes in ('"{}"', "'{}'", "“{}”"):
            yield Mistake(
                f"{name} {quotes}", f"{name}: stands in quotation marks", {**env, name: quotes.format(value)}
            )
        if "SECRET" not in name:
            wide = "".join(chr(ord(letter) + 0xFEE0) for letter in value)
            yield Mistake(f"{name} full-width", name, {**env, name: wide})
            yield Mistake(f"{name} cut off", name, {**env, name: value[:5].rstrip("C")})
    swapped = {"SLACK_BOT_TOKEN": TOKENS["SLACK_APP_TOKEN"], "SLACK_APP_TOKEN": TOKENS["SLACK_BOT_TOKEN"]}
    yield Mistake("tokens swapped", "holds an app-level token (xapp-…)", {**BASE, **swapped})
    yield Mistake("no app-level token", "SLACK_APP_TOKEN: is missing", {**BASE, "SLACK_APP_TOKEN": ""})
    yield Mistake("no signing secret", "SLACK_SIGNING_SECRET: is missing", {**HTTP, "SLACK_SIGNING_SECRET": " \n"})
    yield Mistake("nothing", "ADMIN_USERS: is missing", {})
    yield Mistake(
        "a deputy's name", "DEPUTY_USERS: must be the ID of a person", {**BASE, "DEPUTY_USERS": "U0TOM,@mei"}
    )
    yield Mistake("self approval", "SELF_APPROVAL: must be yes or no", {**BASE, "SELF_APPROVAL": "sometimes"})
    twice = {**BASE, "DEPUTY_USERS": "U0TOM,U0LIN"}
    yield Mistake("an admin as deputy", "DEPUTY_USERS: names somebody whom ADMIN_USERS names too", twice)
    for name, value in OTHERS:
        yield Mistake(f"{name}={value[:20]}", f"{name}: ", {**BASE, name: value})


OTHERS = [
    ("ADMIN_CHANNEL", "#admins"),
    ("ADMIN_CHANNEL", "Ｃ0ADMINS"),
    ("ADMIN_USERS", "@lin"),
    ("ADMIN_GROUP", "admins"),
    ("PORT", "99999"),
    ("PORT", "-1"),
    ("METRICS_PORT", "99999"),
    ("METRICS_TOKEN", "too-short"),
    ("METRICS_TOKEN", f"{CANARY} of several words"),
    ("ALERT_WEBHOOK", CANARY),
    ("ALERT_WEBHOOK", f"ftp://hooks.example/{CANARY}"),
    ("ALERT_WEBHOOK", f"https://hooks.example:0/{CANARY}"),
    ("PORT", "http"),
    ("PORT", "1" * 5000),
    ("BIND", "localhost"),
    ("BIND", "0.0.0.0:80"),
    ("BIND", "[::]"),
    ("BIND", "203.0.113.7"),
    ("BOT_ENV", "staging"),
    ("SLACK_TRANSPORT", "pigeon"),
    ("PUBLIC_URL", "http://bot.example"),
    ("PUBLIC_URL", "https://bot.example/path"),
    ("PUBLIC_URL", "https://bot example"),
    ("PUBLIC_URL", f"https://bot:{PASSWORD}@bot.example"),
    ("CREDENTIAL_KEYS", CANARY),
    ("CREDENTIAL_KEYS", f"a：{KEY}"),
    ("CREDENTIAL_KEYS", f"a:{KEY},a:{KEY}"),
    ("DEFAULT_LANGUAGE", "fr"),
    ("WORK_ZONE", "Asia"),
    ("WORK_ZONE", "../../etc/passwd"),
    ("WORK_CALENDAR", "China"),
    ("REMIND_DAYS", "7,3"),
    ("REMIND_DAYS", "7,7,1"),
    ("REMIND_DAYS", "a week,1"),
    ("REMIND_DAYS", "-1,1"),
    ("REMIND_DAYS", "９,1"),
    ("REMIND_DAYS_LONG", "9999,1"),
    ("REMIND_DAYS_OWNER", "1.5,0"),
    ("REMIND_DAYS_OWNER", "11,10,9,8,7,6,5,4,3,2,1"),
    ("WORK_CALENDAR", "ZZ"),
    ("WORK_CALENDAR", "c\u043d"),
    ("EXPIRE_DAYS", "1e300"),
    ("ANSWER_HOURS", "inf"),
    ("BACKUP_HOURS", "nan"),
    ("LOG_LEVEL", "loud"),
    ("COZE_BASE_URL", "https://api.coze.example"),
    ("COZE_WORKSPACE_ID", "７"),
    ("SLACK_API_URL", "https://example.com/api"),
    ("GUIDE_DIR", "nowhere"),
]


def files() -> Iterator[Mistake]:
    """`.env`, key files, the guide's folder."""
    for name, content in {
        "UTF-16": ENV_FILE.encode("utf-16"),
        "UTF-16 without a mark": ENV_FILE.encode("utf-16-le"),
        "GBK": f"{ENV_FILE}\n# 林".encode("gbk"),
        "Latin-1": f"{ENV_FILE}\n# é".encode("latin-1"),
        "NUL": f"{ENV_FILE}\0".encode(),
    }.items():
        yield Mistake(f".env in {name}", ".env: is no text in UTF-8", {}, file(".env", content))
    yield Mistake(
        ".env open quotation", ".env: line 1", {}, file(".env", f'SLACK_BOT_TOKEN="xoxb-{CANARY}\n'.encode())
    )
    yield Mistake(".env of words", ".env: line 2", {}, file(".env", b"PORT=1\nhello world\n"))
    yield Mistake(".env empty", "SLACK_BOT_TOKEN: is missing", {}, file(".env", b""))
    yield Mistake(".env a folder", ".env: can't be read (Is a directory)", {}, folder(".env"))
    yield Mistake(".env a loop", ".env: can't be read (Too many levels", {}, link(".env", ".env"))
    yield Mistake(".env a link to nothing", ".env: can't be read (No such file", {}, link(".env", "nowhere"))
    for name, content in keys().items():
        yield Mistake(f"key {name}", "COZE_OWNER_KEY_FILE: ", APP, file("key.pem", content))
    yield Mistake("key a folder", "COZE_OWNER_KEY_FILE: can't be read (Is a dir", APP, folder("key.pem"))
    yield Mistake("key a loop", "COZE_OWNER_KEY_FILE: can't be read (Too many", APP, link("key.pem", "key.pem"))
    yield Mistake("key missing", "COZE_OWNER_KEY_FILE: can't be read (No such", APP)
    for name, content in {"UTF-16": b"\xff\xfe[", "no TOML": b"[[["}.items():
        yield Mistake(f"guide {name}", "(GUIDE_DIR): pat.toml", {**BASE, "GUIDE_DIR": "."}, file("pat.toml", content))
    yield Mistake("guide a file", "GUIDE_DIR: must be a folder", {**BASE, "GUIDE_DIR": "guide"}, file("guide", b""))


def secret_files() -> Iterator[Mistake]:
    """Secrets that stand in files of their own."""
    none = {**BASE, "SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": "secret"}
    said = "SLACK_BOT_TOKEN_FILE: "
    token = f"xoxb-{CANARY}".encode()
    both = {**none, "SLACK_BOT_TOKEN": TOKENS["SLACK_BOT_TOKEN"]}
    yield Mistake("secret twice", f"{said}is given together with SLACK_BOT_TOKEN", both, file("secret", token))
    yield Mistake("secret's file missing", f"{said}can't be read (No such file", none)
    yield Mistake("secret's file a folder", f"{said}can't be read (Is a directory", none, folder("secret"))
    yield Mistake("secret's file a loop", f"{said}can't be read (Too many levels", none, link("secret", "secret"))
    endless = {**none, "SLACK_BOT_TOKEN_FILE": "/dev/zero"}
    yield Mistake("secret's file without end", f"{said}is far too long", endless)
    for name, (content, says) in {
        "empty": (b"", "is empty"),
        "of blanks": (b" \r\n\n", "is empty"),
        "in UTF-16": (token.decode().encode("utf-16"), "is no text in UTF-8"),
        "of two lines": (token + b"\n" + token, "holds the end of a line"),
        "in quotation marks": (b"'" + token + b"'", "stands in quotation marks"),
        "another token's": (f"xapp-{CANARY}".encode(), "holds an app-level token (xapp-…)"),
    }.items():
        yield Mistake(f"secret's file {name}", f"{said}{says}", none, file("secret", content))
    address = {**BASE, "DATABASE_URL_FILE": "secret"}
    mysql = file("secret", f"mysql://bot:{PASSWORD}@host/db".encode())
    yield Mistake("address in a file", "DATABASE_URL_FILE: must begin", address, mysql, "migrate")


def keys() -> Mapping[str, bytes]:
    """Files that are no RSA key of use."""
    key, pem = rsa.generate_private_key(65537, 2048), (Encoding.PEM, PrivateFormat.PKCS8)
    whole = key.private_bytes(*pem, NoEncryption())
    return {
        "empty": b"",
        "public": b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "certificate": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "encrypted": key.private_bytes(*pem, BestAvailableEncryption(b"word")),
        "elliptic": ec.generate_private_key(ec.SECP256R1()).private_bytes(*pem, NoEncryption()),
        "small": rsa.generate_private_key(65537, 1024).private_bytes(*pem, NoEncryption()),  # noqa: S505 (that is the mistake)
        "cut": whole[: len(whole) // 2],
        "UTF-16": whole.decode().encode("utf-16"),
        "OpenSSH": key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()),
    }


def databases() -> Iterator[Mistake]:
    """Addresses of databases, and what stands there."""
    for name, (address, says) in {
        "port of words": ("postgresql://bot:{}@host:port/db", "host:5432"),
        "port out of range": ("postgresql://bot:{}@host:99999/db", "between 1 and 65535"),
        "@ in the password": ("postgresql://bot:{}@x@host/db", "%40"),
        ": in the password": ("postgresql://bot:{}:x@host/db", "%3A"),
        "/ in the password": ("postgresql://bot:12/{}@host/db", "%2F"),
        "full-width": ("postgresql://bot：{}@host/db", "not ASCII"),
        "driver": ("mysql://bot:{}@host/db", "must begin sqlite:/// or postgresql://"),
        "host": ("postgresql://bot:{}@nohost.invalid/db", "nohost.invalid"),
        "refused": ("postgresql://bot:{}@127.0.0.1:1/db", "Connection refused"),
        "option": ("postgresql://bot:{}@127.0.0.1:1/db?bogus=1", "bogus"),
        "password as an option": ("postgresql://bot@127.0.0.1:1/db?password={}", "Connection refused"),
    }.items():
        for command in ("web", "migrate"):
            env = {**BASE, "DATABASE_URL": address.format(PASSWORD)}
            yield Mistake(f"PostgreSQL {name}, {command}", says, env, command=command)
    for name, (address, says, makes) in {
        "folder missing": ("sqlite:///no/such/x.db", "unable to open", None),
        "a folder": ("sqlite:///x", "unable to open", folder("x")),
        "a loop": ("sqlite:///x", "unable to open", link("x", "x")),
        "read-only": ("sqlite:////proc/x.db", "unable to open", None),
        "a text": ("sqlite:///x", "file is not a database", file("x", b"hello world\n" * 100)),
        "full": ("sqlite:////dev/full", "full", None),
        "another program's": ("sqlite:///x", "already exists", another_programs),
        "in memory": ("sqlite:///:memory:", "names no file", None),
        "two slashes": ("sqlite://x.db", "names no file", None),
        "options": ("sqlite:///x.db?bogus=1", "options behind a ?", None),
    }.items():
        for command in ("run", "migrate"):
            yield Mistake(
                f"SQLite {name}, {command}",
                says,
                {**BASE, "DATABASE_URL": address},
                makes or (lambda _: None),
                command,
            )


def another_programs(where: Path) -> None:
    """A database with a table of a name that the bot's have."""
    made = sqlite3.connect(where / "x")
    made.execute("CREATE TABLE message (x)")
    made.close()


MISTAKES = [*settings(), *files(), *secret_files(), *databases()]


@pytest.fixture
def at_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own, no setting from outside, one look at a database, and the log as it was after."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_NO_BOOTSTRAP", "1")
    monkeypatch.setattr(schema, "LOOKS", 1)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield tmp_path
    root.handlers[:], root.level = handlers, level
    asyncio.set_event_loop(None)


def fails(command: str, capfd: pytest.CaptureFixture[str]) -> str:
    """What a start says that ends, the log's lines and sentences; it holds nothing that it must not."""
    assert __main__.main([command]) == 1
    said = capfd.readouterr().err
    for bad in ("Traceback", CANARY, CANARY[:9], PASSWORD, KEY, "Errno 21", "codec"):
        assert bad not in said
    sentences = [line for line in said.splitlines() if not line.startswith("{")]
    assert sentences
    assert sentences[-1].endswith((".", "?"))
    return "\n".join(sentences)


def test_there_are_sixty_and_more() -> None:
    assert len(MISTAKES) >= 60
    assert len({str(each) for each in MISTAKES}) == len(MISTAKES)


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_a_sentence(
    mistake: Mistake, at_start: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    mistake.makes(at_start)
    for name, value in mistake.env.items():
        monkeypatch.setenv(name, value)
    said = fails(mistake.command, capfd)
    assert mistake.says in said
    if "DATABASE_URL" in mistake.env:
        assert "DATABASE_URL: " in said


@pytest.mark.usefixtures("at_start")
@pytest.mark.parametrize(
    ("address", "says"),
    [("postgres:{}@{}/no_such_database", "no_such_database"), ("no_such_role:{}@{}/postgres", "no_such_role")],
)
def test_what_postgresql_refuses_is_said_in_its_words(
    address: str, says: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        pytest.skip("no PostgreSQL")
    where = server.rpartition("@")[2].partition("/")[0]
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{address.format(PASSWORD, where)}")
    for name, value in BASE.items():
        monkeypatch.setenv(name, value)
    for command in ("worker", "migrate"):
        said = fails(command, capfd)
        assert f'"{says}" does not exist' in said
        assert "DATABASE_URL: " in said


@pytest.mark.usefixtures("at_start")
def test_all_that_is_wrong_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    wrong = {
        **BASE,
        "SLACK_BOT_TOKEN": f'"xoxb-{CANARY}"',
        "PORT": "x",
        "ADMIN_CHANNEL": "admins",
        "WORK_ZONE": "Mars",
    }
    for name, value in {**wrong, "DATABASE_URL": f"mysql://bot:{PASSWORD}@host/db"}.items():
        monkeypatch.setenv(name, value)
    said = fails("run", capfd)
    assert all(f"  {name}: " in said for name in ("SLACK_BOT_TOKEN", "PORT", "ADMIN_CHANNEL", "WORK_ZONE"))
    assert "  DATABASE_URL: " in said


@pytest.mark.usefixtures("at_start")
def test_a_port_that_somebody_has_is_said_before_anything_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))  # noqa: S104 (as the bot does)
        taken.listen()
        for name, value in {**BASE, "PORT": str(taken.getsockname()[1])}.items():
            monkeypatch.setenv(name, value)
        assert "PORT: " in fails("run", capfd)
