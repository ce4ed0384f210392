"""`init`."""

import base64
import getpass
import json
import secrets
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from click import BadParameter, Context, Option, Parameter, UsageError

from bot.settings import Settings, SettingsError, from_file, load, secret_files
from bot.settings.env_file import How, place, text_of
from bot.settings.single import default_of, problem
from bot.slack import manifest

FILE = Path(".env")
NONE = "-"
ENDED = 130
NEW_KEY = f"Enter makes one, {NONE} leaves it out"

Values = dict[str, str]


def _address(_context: Context, _option: Parameter, text: str | None) -> str | None:
    if text and (why := problem("public_url", text)):
        raise BadParameter(why)
    return text


OPTIONS = (
    Option(
        ["--http"], metavar="URL", callback=_address, help="Slack reaches the bot at https://…, not by Socket Mode"
    ),
    Option(["--all", "asks_all"], is_flag=True, help="ask for every setting there is"),
    Option(["--add"], is_flag=True, help="keep the .env that is there, and ask for what is missing or wrong in it"),
    Option(["--force"], is_flag=True, help="begin anew; the .env that is there is kept under another name"),
    Option(["--json", "as_json"], is_flag=True, help="as JSON: the link, the file, what is wrong or missing"),
)


def _always(_given: Values) -> bool:
    return True


QUESTIONS: Mapping[str, Callable[[Values], bool]] = {
    "slack_bot_token": _always,
    "slack_app_token": lambda given: given.get("slack_transport") != "http",
    "slack_signing_secret": lambda given: given.get("slack_transport") == "http",
    "admin_channel": _always,
    "admin_users": _always,
    "admin_group": lambda given: "admin_users" not in given,
    "coze_workspace_id": _always,
    "coze_connector_id": _always,
    "coze_owner_token": lambda given: "coze_workspace_id" in given and "coze_owner_app_id" not in given,
    "coze_owner_app_id": lambda given: "coze_workspace_id" in given and "coze_owner_token" not in given,
    "coze_owner_kid": lambda given: "coze_owner_app_id" in given,
    "coze_owner_key_file": lambda given: "coze_owner_app_id" in given,
    "coze_owner_account_id": lambda given: "coze_owner_app_id" in given,
    "credential_keys": _always,
    "database_url": _always,
    "default_language": _always,
}
"""What is asked for, in this order, and when by what was given before."""


class Asker(Protocol):
    """Who gives the answers."""

    @property
    def named(self) -> Sequence[str]:
        """The fields that they have named beforehand."""

    def answer(self, name: str, *, hidden: bool) -> str:
        """What is given for a setting; "" for nothing. Raises EOFError where nothing comes any more."""

    @property
    def is_there(self) -> bool:
        """Whether they read what is asked, and are asked again after a bad answer."""


class Typing:
    """Somebody at a terminal. What is hidden is not shown while they type."""

    named: tuple[str, ...] = ()
    is_there = True

    def answer(self, name: str, *, hidden: bool) -> str:
        """Their next line."""
        if hidden:
            return getpass.getpass(f"{name} (is not shown): ", stream=sys.stderr)
        _say(f"{name}: ", end="")
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line


class Piped:
    """Lines that were piped in: NAME=value in any order, and bare answers in the order of the questions."""

    is_there = False

    def __init__(self, text: str) -> None:
        pairs = [line.partition("=") for line in text.splitlines() if not line.startswith("#")]
        known = secret_files.names(Settings.model_fields)
        self._named = {name.strip(): value for name, _, value in pairs if name.strip().lower() in known}
        self.named = tuple(name.lower() for name in self._named)
        self._bare = deque("".join(pair) for pair in pairs if pair[0].strip() not in self._named)

    def answer(self, name: str, *, hidden: bool) -> str:  # noqa: ARG002  (nothing is shown of any)
        """By its name, else the next one."""
        if name in self._named:
            return self._named[name]
        return self._bare.popleft() if self._bare else ""


def main(*, http: str | None, asks_all: bool, add: bool, force: bool, as_json: bool) -> int:
    """Write .env: asks for each setting that the bot needs, and says at once what is wrong with an answer.

    Secrets are not shown while they are typed. Answers may be piped in too: lines of NAME=value, or a line for each
    question. The file has mode 0600 and is never written over another one: --add completes that, --force begins anew.
    """
    if add and force:
        raise UsageError("--add and --force don't go together.")
    if (FILE.exists() or FILE.is_symlink()) and not (add or force):
        _say(f"{FILE} is there already and stays as it is: `init --add` completes it, `init --force` begins anew.")
        return 1
    try:
        before = FILE.read_text("utf-8") if add and FILE.exists() else ""
        known = {name: str(value) for name, value in from_file(FILE).items()} if before else {}
    except (SettingsError, OSError, UnicodeDecodeError) as error:
        _say(str(error))
        return 1
    names = secret_files.names(Settings.model_fields)
    given = {name: value for name, value in known.items() if name in names and not _said(name, value)}
    if http:
        given |= {"slack_transport": "http", "public_url": http}
    link = _link(given)
    _say("Create the Slack app with this link, install it, and invite the bot to a private channel for admins:\n")
    print(link, file=sys.stderr if as_json else sys.stdout, flush=True)
    _say("\nEnter leaves out what is optional. What is given is kept, should you stop half-way.")
    asker = Typing() if sys.stdin.isatty() else Piped(sys.stdin.read())
    code = _ask(asker, given, [*asker.named, *QUESTIONS, *(Settings.model_fields if asks_all else ())])
    changed = {name: value for name, value in given.items() if known.get(name) != value}
    written, problems = _write(given, text_of(changed, before), "adds" if add else "replaces" if force else "new")
    if as_json:
        print(json.dumps({"link": link, "file": str(written) if written else None, "problems": problems}))
    return max(code, int(written != FILE or bool(problems)))


def _said(name: str, value: str) -> str:
    """What is wrong with a value that stands in the file, said to who is asked for another one."""
    why = problem(name, value) if name in Settings.model_fields else ""
    if why:
        _say(f"{name.upper()} {why}")
    return why


def _link(given: Values) -> str:
    """The address that makes the Slack app."""
    app = manifest.read()
    is_over_http = given.get("slack_transport") == "http" and "public_url" in given
    return manifest.link(manifest.over_http(app, given["public_url"]) if is_over_http else app)


def _ask(asker: Asker, given: Values, names: Sequence[str]) -> int:
    """Ask for what is not given yet; the exit code: 1 where an answer was bad and no other came."""
    code = 0
    try:
        for name in dict.fromkeys(names):
            is_known = name in given or name + secret_files.END in given
            if name in asker.named or (not is_known and QUESTIONS.get(name, _always)(given)):
                code = max(code, _ask_one(asker, given, name))
    except (EOFError, KeyboardInterrupt):
        _say("")
        return ENDED
    return code


def _ask_one(asker: Asker, given: Values, name: str) -> int:
    if name not in Settings.model_fields:  # a secret in a file of its own, which the start reads
        given[name] = asker.answer(name.upper(), hidden=False).strip()
        return 0
    usual = NEW_KEY if name == "credential_keys" else default_of(name)
    if asker.is_there:
        _say(f"\n{Settings.model_fields[name].description}{f' [{usual}]' if usual else ''}")
    while True:
        value = asker.answer(name.upper(), hidden=name in secret_files.secrets(Settings.model_fields)).strip()
        if name == "credential_keys" and value in ("", NONE):
            value = "" if value else f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"
        why = problem(name, value) if value else ""
        if not why:
            if value:
                given[name] = value
            return 0
        _say(f"{name.upper()} {why}")
        if not asker.is_there:
            return 1


def _write(given: Values, text: str, how: How) -> tuple[Path | None, Mapping[str, str]]:
    """Where it is written, if it is, and what a start would find wrong or missing."""
    if not given:
        _say("Nothing was given, and nothing written.")
        return None, {}
    try:
        where, aside = place(FILE, text, how)
    except OSError as error:
        _say(f"{FILE} can't be written ({error.strerror}).")
        return None, {}
    _say(f"\nWritten to {where}, which you alone may read." + (f" What it replaces is {aside}." if aside else ""))
    if where != FILE:
        _say(f"{FILE} has come to be meanwhile and stays as it is.")
        return where, {}
    try:
        load(given)
    except SettingsError as error:
        _say(f"{error}\n`python3 -m bot init --add` asks for what is missing.")
        return where, error.problems
    _say("Next: `python3 -m bot doctor --online`, then `python3 -m bot run`.")
    return where, {}


def _say(line: str, end: str = "\n") -> None:
    print(line, end=end, file=sys.stderr, flush=True)
