"""`init`: asks for settings, says at once what is wrong, and writes `.env` for its owner alone."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import SettingsError, from_file, load
from bot.settings.env_file import text_of
from bot.slack import manifest
from tests.command import ROOT, command

BOT, APP, PAT = "xoxb-1-cAnArY7s", "xapp-1-A1-cAnArY7s", "pat_" + "cAnArY7s" * 4
NAMED = f"SLACK_BOT_TOKEN={BOT}\nSLACK_APP_TOKEN={APP}\nADMIN_CHANNEL=C0ADMINS\nADMIN_USERS=U0LIN,U0WANG\n"
MISSED = 5  # seconds after which ^C was not heard


def test_answers_come_by_a_pipe_in_the_order_of_the_questions(tmp_path: Path) -> None:
    """Empty ones leave out; what is written is what a start reads, and its owner alone may read it."""
    done = command(tmp_path, "init", typed=f"{BOT}\n{APP}\nC0ADMINS\nU0LIN\n7351\n7352\n{PAT}\n-\n\nen\n")
    file = tmp_path / ".env"
    assert done.returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert from_file(file) == {
        "slack_bot_token": BOT,
        "slack_app_token": APP,
        "admin_channel": "C0ADMINS",
        "admin_users": "U0LIN",
        "coze_workspace_id": "7351",
        "coze_connector_id": "7352",
        "coze_owner_token": PAT,
        "default_language": "en",
    }
    assert "cAnArY7s" not in done.stdout + done.stderr


def test_answers_come_by_a_pipe_with_their_names(tmp_path: Path) -> None:
    """In any order, others than those that are asked for too; a key is made where none is given."""
    done = command(tmp_path, "init", typed=f"# mine\nLOG_FORMAT=console\n{NAMED}")
    assert done.returncode == 0
    settings = load({name: str(value) for name, value in from_file(tmp_path / ".env").items()})
    assert (settings.log_format, settings.admin_users) == ("console", ("U0LIN", "U0WANG"))
    assert settings.credential_keys is not None


def test_the_link_makes_the_app(tmp_path: Path) -> None:
    """Alone on the output; over HTTP with the bot's address in it."""
    assert command(tmp_path, "init", typed=NAMED).stdout.strip() == manifest.link(manifest.read())
    over = command(
        tmp_path, "init", "--force", "--http", "https://bot.example", typed="SLACK_SIGNING_SECRET=" + "a" * 32
    )
    assert over.stdout.strip() == manifest.link(manifest.over_http(manifest.read(), "https://bot.example"))
    written = from_file(tmp_path / ".env")
    assert (written["slack_transport"], written["public_url"]) == ("http", "https://bot.example")


BAD = {
    "SLACK_BOT_TOKEN": APP,
    "SLACK_APP_TOKEN": "xapp-",
    "ADMIN_CHANNEL": "#admins",
    "ADMIN_USERS": "lin",
    "COZE_WORKSPACE_ID": "https://www.coze.cn/space/7351/develop",
    "CREDENTIAL_KEYS": "k1:short",
    "DATABASE_URL": "mysql://u:cAnArY7s@h/n",
    "DEFAULT_LANGUAGE": "tlh",
    "PORT": "many",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_is_said_as_a_start_says_it_and_loses_no_other(name: str, tmp_path: Path) -> None:
    done = command(tmp_path, "init", typed=f"{NAMED.replace(name, '# ' + name)}{name}={BAD[name]}\n")
    assert done.returncode == 1
    with pytest.raises(SettingsError) as found:
        load({name: BAD[name]}, slack=False)
    assert f"{name} {found.value.problems[name]}" in done.stderr
    assert "cAnArY7s" not in done.stderr
    kept = from_file(tmp_path / ".env")
    assert {each for each in NAMED.replace("=", "\n").split("\n") if each.isupper() and "_" in each} - {name} <= {
        each.upper() for each in kept
    }
    assert name.lower() not in kept or name == "CREDENTIAL_KEYS"


def test_one_that_is_there_stays_until_it_is_told_otherwise(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# by hand\nSLACK_BOT_TOKEN=wrong\nADMIN_CHANNEL=C0OTHER # kept\n")
    before = file.read_text()
    refused = command(tmp_path, "init", typed=NAMED)
    assert (refused.returncode, file.read_text()) == (1, before)
    assert "init --add" in refused.stderr

    added = command(tmp_path, "init", "--add", typed=f"{BOT}\n{APP}\nU0LIN\n")
    assert added.returncode == 0
    assert "SLACK_BOT_TOKEN holds something else" in added.stderr
    assert file.read_text().startswith(f"# by hand\nSLACK_BOT_TOKEN={BOT}\nADMIN_CHANNEL=C0OTHER # kept\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [".env"]

    completed = file.read_text()
    anew = command(tmp_path, "init", "--force", typed=NAMED)
    assert anew.returncode == 0
    assert from_file(file)["admin_channel"] == "C0ADMINS"
    assert (tmp_path / ".env.replaced").read_text() == completed
    assert command(tmp_path, "init", "--force", "--add").returncode == 2


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    done = command(tmp_path, "init", typed=f"{BOT}\n")
    assert done.returncode == 1
    for name in ("SLACK_APP_TOKEN", "ADMIN_CHANNEL", "ADMIN_USERS"):
        assert f"{name}: is missing" in done.stderr
    assert from_file(tmp_path / ".env")["slack_bot_token"] == BOT
    told = json.loads(command(tmp_path, "init", "--add", "--json").stdout)
    assert (told["file"], told["link"]) == (".env", manifest.link(manifest.read()))
    assert [*told["problems"]] == ["SLACK_APP_TOKEN", "ADMIN_CHANNEL", "ADMIN_USERS"]


@pytest.mark.parametrize("how", ["--add", "--force"])
def test_a_link_stays_one(tmp_path: Path, how: str) -> None:
    """Where the settings lie elsewhere, as releases share them, they go on lying there."""
    (tmp_path / "shared").mkdir()
    kept = tmp_path / "shared" / "settings"
    kept.write_text(f"SLACK_BOT_TOKEN={BOT}\n")
    (tmp_path / ".env").symlink_to(kept)
    done = command(tmp_path, "init", how, typed=NAMED)
    assert (tmp_path / ".env").is_symlink(), done.stderr
    assert from_file(kept)["admin_channel"] == "C0ADMINS"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "shared" / "settings.replaced").exists() is (how == "--force")


def test_a_folder_that_takes_no_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").symlink_to(tmp_path / "nowhere" / "file")
    done = command(tmp_path, "init", "--force", typed=NAMED)
    assert done.returncode == 0
    assert not (tmp_path / ".env").is_symlink()


START = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell runs in the background is deaf to ^C
os.execv(sys.executable, sys.argv[1:])
"""


@contextmanager
def terminal(folder: Path) -> Iterator["Terminal"]:
    """`init` at a terminal of its own."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", START, sys.executable, "-m", "bot", "init"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "BOT_NO_BOOTSTRAP": "1"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(ours, process)
    finally:
        os.close(ours)
        process.kill()
        process.wait()


class Terminal:
    """What somebody sees there, and types."""

    def __init__(self, handle: int, process: "subprocess.Popen[bytes]") -> None:
        self._handle, self._process, self.screen = handle, process, ""

    def answers(self, prompt: str, text: str) -> None:
        """Waits for the prompt and types."""
        self.sees(prompt)
        os.write(self._handle, text.encode())

    def sees(self, words: str) -> None:
        """Reads on until these words are there."""
        before = len(self.screen)
        while words not in self.screen[before:]:
            self.screen += os.read(self._handle, 4096).decode()

    def is_left(self, prompt: str) -> int:
        """Waits for the prompt and presses ^C; the exit code.

        Once more where it goes on: Python misses one that comes between what it prints and the call that waits, 20 of
        15,213 beside four programs that kept two cores busy.
        """
        self.sees(prompt)
        while self._process.poll() is None:
            os.write(self._handle, b"\x03")
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(MISSED)
        return self.ends()

    def ends(self) -> int:
        """The exit code."""
        try:
            while more := os.read(self._handle, 4096):
                self.screen += more.decode()
        except OSError:  # the terminal is gone with the process
            pass
        return self._process.wait(30)


def test_at_a_terminal_no_secret_is_shown_and_a_bad_answer_is_asked_for_again(tmp_path: Path) -> None:
    with terminal(tmp_path) as here:
        here.answers("SLACK_BOT_TOKEN (is not shown): ", f"{APP}\n")
        here.answers("SLACK_BOT_TOKEN (is not shown): ", f"{BOT}\n")
        here.answers("SLACK_APP_TOKEN (is not shown): ", f"{APP}\n")
        assert here.is_left("ADMIN_CHANNEL: ") == 130
    assert "holds an app-level token (xapp-…); it must be a bot token" in here.screen
    assert "in the app's OAuth & Permissions" in here.screen
    assert "cAnArY7s" not in here.screen
    assert from_file(tmp_path / ".env") == {"slack_bot_token": BOT, "slack_app_token": APP}


def test_a_secret_in_a_file_of_its_own_is_not_asked_for(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(BOT)
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN_FILE=token\n")
    done = command(tmp_path, "init", "--add", typed=f"{APP}\nC0ADMINS\nU0LIN\n")
    assert (done.returncode, done.stderr.count("SLACK_")) == (0, 0)
    assert "slack_bot_token" not in from_file(tmp_path / ".env")


def test_a_file_of_a_secret_may_be_piped_in(tmp_path: Path) -> None:
    """By its name, as the environment has it; the secret itself is not asked for then."""
    token = tmp_path / "token"
    token.write_text(BOT)
    done = command(tmp_path, "init", typed=NAMED.replace(f"SLACK_BOT_TOKEN={BOT}", f"SLACK_BOT_TOKEN_FILE={token}"))
    written = from_file(tmp_path / ".env")
    assert (done.returncode, written["slack_bot_token_file"], "slack_bot_token" in written) == (0, str(token), False)


def test_an_address_is_written_without_quotation_marks() -> None:
    """`docker run --env-file` takes them for a part of the value."""
    url = "postgresql://bot:p%40ss@db.example:6432/concierge?sslmode=require&connect_timeout=5"
    text = text_of({"database_url": url})
    assert f"\nDATABASE_URL={url}\n" in text
    with _file(text) as file:
        assert from_file(file) == {"database_url": url}


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60)


@given(WORDS.filter(lambda text: "${" not in text and text[0] not in "\"'`‘’“”"))
def test_what_is_written_is_what_is_read(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            patch.delenv(name, raising=False)
        with _file(text_of({"coze_owner_kid": text, "admin_channel": "C0ADMINS"})) as file:
            assert from_file(file) == {"coze_owner_kid": text, "admin_channel": "C0ADMINS"}


@contextmanager
def _file(text: str) -> Iterator[Path]:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        file = Path(folder) / ".env"
        file.write_text(text, "utf-8")
        yield file
