"""The command line, `python3 -m bot <command>`.

This file has to parse on Pythons older than the bot supports, so that they answer with a sentence and not with a
SyntaxError. Up to the moment the packages are there it imports the standard library alone.
"""

import os
import sys

from bot import __version__

OLDEST_PYTHON = (3, 11)

RUN_LOCK = "requirements.txt"
TEST_LOCK = "tests/requirements.txt"

COMMANDS = {
    "demo": "try everything in the browser: a Slack workspace, Coze and the bot, no accounts needed",
    "test": "run the checks, with --quick the fast ones alone; further arguments go to pytest",
    "run": "the bot, everything in one process",
    "web": "the bot's front door alone; any number of these",
    "worker": "the bot's later work alone; any number of these",
    "init": "make .env: asks for each setting without showing secrets, and links to Slack's form for the app",
    "migrate": "bring the database schema to the newest version",
    "doctor": "what is wrong with this deployment, and what to do: a line each; --online asks Slack and Coze too",
    "settings": "settings that admins change in Slack: which hold, and who changed what",
    "jobs": "jobs that do not go on: list them, retry or drop some",
    "audit": "who did what: verify that nobody has changed it since, or export it",
    "backup": "copy the database to a file, while the bot runs",
    "restore": "put the database back to what stands in such a file",
    "rotate-keys": "encrypt what is kept with the first key of CREDENTIAL_KEYS",
    "person": "what is stored about one person: export it, or delete it as the button in Slack does",
    "forecast": "which reminders will be sent to whom and when; --day replays a day that is past",
    "labels": "compare Coze's labels that the guide names with a folder of saved pages of Coze's",
    "playground": "the Slack workspace and Coze of the demo alone, for a bot started elsewhere",
    "version": "this version, its schema and its Python; --json for machines",
    "manifest": "the Slack app manifest as YAML; --json for JSON, --link for the address that creates the app",
}


def usage() -> str:
    """The help text, one line a command."""
    lines = ["Usage: python3 -m bot <command> [options]", ""]
    lines += ["  " + name.ljust(12) + about for name, about in COMMANDS.items()]
    lines += ["", "Exit codes: 0 done, 1 failed or something is wrong, 2 not understood, 130 interrupted by Ctrl-C."]
    lines += ["`python3 -m bot <command> --help` lists the options of a command, `--version` names this version."]
    lines += ["From a checkout everything is installed into .venv in its folder; BOT_NO_BOOTSTRAP=1 turns that off."]
    return "\n".join(lines)


def main(argv: "list[str] | None" = None) -> int:
    """Run one command and answer its exit code: 0 is success, 1 a failure, 2 a command line not understood,
    130 that Ctrl-C ended it.

    `argv` are the words after the program's name; by default those that the process was started with.
    """
    if argv is None:
        argv = sys.argv[1:]
    if tuple(sys.version_info[:2]) < OLDEST_PYTHON:
        return _fail(
            "The bot needs Python 3.11 or newer, and this is "
            + ".".join(str(part) for part in sys.version_info[:3])
            + ": start it with a newer one, for example `python3.11 -m bot demo`."
        )
    if argv and argv[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    if argv and argv[0] == "--version":
        print("sharge-concierge " + __version__)
        return 0
    if not argv or argv[0] not in COMMANDS:
        return _fail(_unknown(argv[0]) if argv else usage(), 2)
    try:
        return _start(argv[0], argv[1:])
    except KeyboardInterrupt:
        return 130


def _start(command: str, arguments: "list[str]") -> int:
    from bot.cli import bootstrap

    if os.environ.get("BOT_NO_BOOTSTRAP", "") in ("", "0"):
        try:
            bootstrap.enter([RUN_LOCK, TEST_LOCK] if command == "test" else [RUN_LOCK])
        except bootstrap.SetupError as error:
            return _fail(str(error))
    try:
        from bot.cli.call import call

        return call(command, arguments)
    except ModuleNotFoundError as error:
        if not error.name or error.name.split(".")[0] == "bot":
            raise
        lock = TEST_LOCK if command == "test" else RUN_LOCK
        return _fail(
            f"The package {error.name} is not installed for {sys.executable}: run `pip install -r {lock}` with it, "
            f"or start `python3 -m bot {command}` outside a virtual environment and without BOT_NO_BOOTSTRAP."
        )


def _unknown(word: str) -> str:
    import difflib

    near = difflib.get_close_matches(word, COMMANDS, n=1)
    meant = f"Did you mean `{near[0]}`? " if near else ""
    return f"There is no command `{word}`. {meant}`python3 -m bot --help` lists them all."


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _fail(line: str, code: int = 1) -> int:
    _say(line)
    return code


if __name__ == "__main__":
    sys.exit(main())
