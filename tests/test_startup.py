"""Starts of real processes: what they load (`-X importtime` writes down every import), and what prevents them."""

import asyncio
import re
import signal
import socket
from pathlib import Path

from tests.databases import fresh
from tests.processes import PATIENCE, Bot, free_port, playground, spawn

IMPORTED = re.compile(r"^import time: .*\| +([\w.]+)$", re.MULTILINE)


async def test_a_start_with_the_schema_at_head_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    """Neither Alembic, the playground nor what reads options: they would cost every start time and memory."""
    with fresh("sqlite", tmp_path) as url:
        async with playground(tmp_path) as ready:
            env = {**ready["env"], "DATABASE_URL": url}
            async with Bot(tmp_path, env, arguments=("-X", "importtime", "-m", "bot", "run")).running() as bot:
                imported = set(IMPORTED.findall(bot.log))
    assert {"bot.slack.dispatch", "sqlalchemy", "slack_bolt"} <= imported, (
        "the log of imports is not what it should be"
    )
    assert not {name for name in imported if name.split(".")[0] in ("alembic", "mako", "htpy")}
    assert not {name for name in imported if name.startswith("bot.playground")}


async def ends(folder: Path, env: dict[str, str], *command: str) -> tuple[int, str]:
    """The exit code of a bot that can't start, and what it says."""
    process = await spawn(folder, "bot.log", "-m", "bot", *command, env=env)
    code = await asyncio.wait_for(process.wait(), PATIENCE)
    return code, (folder / "bot.log").read_text(encoding="utf-8")


async def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    """Two of the commands wait ten seconds for it, so all are tried at once."""
    commands = ("run", "web", "migrate")
    folders = [tmp_path / command for command in commands]
    for folder in folders:
        folder.mkdir()
    async with playground(tmp_path) as ready:
        env = {**ready["env"], "DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/none"}
        ended = await asyncio.gather(
            *(
                ends(folder, {**env, "PORT": str(free_port())}, command)
                for folder, command in zip(folders, commands, strict=True)
            )
        )
    for code, said in ended:
        assert code == 1
        assert "DATABASE_URL: the database does not answer" in said
        assert "Traceback" not in said


async def test_a_port_that_somebody_has_is_named(tmp_path: Path) -> None:
    with fresh("sqlite", tmp_path) as url, socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104
        async with playground(tmp_path) as ready:
            port = str(taken.getsockname()[1])
            code, said = await ends(tmp_path, {**ready["env"], "DATABASE_URL": url, "PORT": port}, "run")
    assert code == 1
    assert f"PORT: {port} can't be listened on" in said
    assert "Traceback" not in said


async def test_an_app_token_that_slack_refuses_is_named(tmp_path: Path) -> None:
    """It ends, as with a wrong bot token, instead of trying for ever."""
    with fresh("sqlite", tmp_path) as url:
        async with playground(tmp_path, "--transport", "socket") as ready:
            env = {**ready["env"], "DATABASE_URL": url, "SLACK_APP_TOKEN": "xapp-1-wrong", "PORT": str(free_port())}
            code, said = await ends(tmp_path, env, "run")
    assert code == 1
    assert "Slack refuses SLACK_APP_TOKEN: invalid_auth" in said
    assert "Traceback" not in said


async def test_it_can_be_stopped_while_it_waits_for_slack(tmp_path: Path) -> None:
    with fresh("sqlite", tmp_path) as url:
        async with playground(tmp_path) as ready:
            env = {**ready["env"], "DATABASE_URL": url, "SLACK_API_URL": f"http://127.0.0.1:{free_port()}/api"}
            process = await spawn(tmp_path, "bot.log", "-m", "bot", "run", env=env)
            async with asyncio.timeout(PATIENCE):
                while "Slack can't be reached" not in (tmp_path / "bot.log").read_text(encoding="utf-8"):
                    assert process.returncode is None
                    await asyncio.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), PATIENCE) == 0


async def test_what_a_bot_makes_is_its_owners_alone(tmp_path: Path) -> None:
    """The database and what SQLite keeps beside it, whatever the service manager's umask says."""
    async with playground(tmp_path) as ready:
        env = {**ready["env"], "DATABASE_URL": "sqlite:///concierge.db"}
        async with Bot(tmp_path, env).running():
            made = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.glob("concierge.db*")}  # noqa: ASYNC240
    assert made == dict.fromkeys(("concierge.db", "concierge.db-wal", "concierge.db-shm"), 0o600)
