"""Every process ends when it is told, whatever it waits for, in a few seconds and with exit code 0."""

import asyncio
import json
import signal
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, LiteralString

import httpx
import psycopg
import pytest

from bot.store.schema import LOCK
from tests.databases import fresh
from tests.processes import PATIENCE, free_port, playground, spawn
from tests.test_settings import SOCKET
from tests.waiting import eventually

FEW = 8.0  # seconds, on a busy machine too
SIGNALS = (signal.SIGTERM, signal.SIGINT)
NOWHERE = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}


class Silent:
    """Somebody who lets others connect and says nothing."""

    def __init__(self) -> None:
        self.port, self.called = 0, asyncio.Event()

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take what comes, to its end."""
        self.called.set()
        await reader.read()
        writer.close()


@asynccontextmanager
async def silent() -> AsyncIterator[Silent]:
    """Such a one at a port of 127.0.0.1."""
    there = Silent()
    async with await asyncio.start_server(there.hear, "127.0.0.1", 0) as server:
        there.port = server.sockets[0].getsockname()[1]
        yield there


@asynccontextmanager
async def running(folder: Path, env: Mapping[str, str], *command: str) -> AsyncIterator[Process]:
    """A process of the bot; nothing of it stays."""
    process = await spawn(folder, "bot.log", "-m", "bot", *command, env=env)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def ends(process: Process, number: signal.Signals, folder: Path) -> None:
    """It does, in time, and says nothing of a mistake."""
    told = time.monotonic()
    process.send_signal(number)
    try:
        code = await asyncio.wait_for(process.wait(), PATIENCE)
    finally:
        log = (folder / "bot.log").read_text(encoding="utf-8")
    assert code == 0, log
    assert time.monotonic() - told < FEW
    assert "Traceback" not in log
    assert "exception" not in log


def written(ready: Path) -> Any:
    """What stands in the ready file; None while it is not there."""
    return json.loads(ready.read_text(encoding="utf-8")) if ready.exists() else None


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("command", ["demo", "playground"])
async def test_with_a_browser_open_and_a_proxy_that_is_nowhere(
    command: str, number: signal.Signals, tmp_path: Path
) -> None:
    """Everything is on this machine, so nothing asks the proxy. The page hears of what is new all the time."""
    ready = tmp_path / "ready.json"
    async with running(tmp_path, NOWHERE, command, "--no-browser", "--ready", str(ready)) as process:
        facts = await eventually(lambda: written(ready))
        async with (
            httpx.AsyncClient(base_url=facts["page"], timeout=PATIENCE, trust_env=False) as http,
            http.stream("GET", "page/events") as events,
        ):
            await anext(events.aiter_raw())
            polling = asyncio.create_task(http.get("human/clock", params={"known": "0", "wait": "60"}))
            await ends(process, number, tmp_path)
            await asyncio.wait([polling])
            polling.exception()


@pytest.mark.parametrize("number", SIGNALS)
async def test_a_demo_whose_database_says_nothing(number: signal.Signals, tmp_path: Path) -> None:
    async with silent() as database:
        url = f"postgresql://nobody@127.0.0.1:{database.port}/none"
        async with running(tmp_path, NOWHERE, "demo", "--no-browser", "--database", url) as process:
            await database.called.wait()
            await ends(process, number, tmp_path)


async def test_a_start_that_waits_for_another_to_migrate(tmp_path: Path) -> None:
    """In a thread, which can't be cancelled and waits for as long as the other holds the lock: it is left behind."""
    with fresh("postgresql", tmp_path, make=None) as url:
        async with await psycopg.AsyncConnection.connect(url.replace("+psycopg", ""), autocommit=True) as other:
            await other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            env = {**SOCKET, "DATABASE_URL": url, "PORT": "0"}
            async with running(tmp_path, env, "run") as process:
                waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                await eventually(lambda: _answer(other, waits))
                await ends(process, signal.SIGTERM, tmp_path)


async def _answer(conn: psycopg.AsyncConnection[Any], query: LiteralString) -> Any:
    return await (await conn.execute(query)).fetchone()


@pytest.mark.parametrize("command", ["run", "web", "worker"])
async def test_a_start_whose_slack_or_proxy_says_nothing(command: str, tmp_path: Path) -> None:
    """A proxy between the bot and the real Slack, which is never reached; then a Slack of the playground's."""
    with fresh("sqlite", tmp_path) as url:
        async with silent() as proxy, silent() as slack, playground(tmp_path) as ready:
            env = {"DATABASE_URL": url, "PORT": str(free_port())}
            production = {**SOCKET, **env, "HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}
            there = {**ready["env"], **env, "SLACK_API_URL": f"http://127.0.0.1:{slack.port}/api"}
            for whom, settings in ((proxy, production), (slack, there)):
                async with running(tmp_path, settings, command) as process:
                    await whom.called.wait()
                    await ends(process, signal.SIGTERM, tmp_path)


async def test_a_bot_whose_socket_says_nothing(tmp_path: Path) -> None:
    """Slack answers who the bot is, and then no more: it waits for the address of its websocket."""
    with fresh("sqlite", tmp_path) as url:
        async with playground(tmp_path) as ready:
            slow = {"kind": "slow", "method": "apps.connections.open", "delay": 60, "target": "slack"}
            async with httpx.AsyncClient(base_url=ready["human"], timeout=PATIENCE, trust_env=False) as http:
                assert (await http.post("fault", json=slow)).json()["ok"]
                env = {**ready["env"], "DATABASE_URL": url, "PORT": str(free_port())}
                async with running(tmp_path, env, "run") as process:
                    await eventually(lambda: _asked(http, "bots.info"))
                    await ends(process, signal.SIGTERM, tmp_path)


async def _asked(http: httpx.AsyncClient, method: str) -> bool:
    return any(call["method"] == method for call in (await http.get("calls")).json()["calls"])
