"""The port opens first: whoever watches the process hears at once that it lives, and what it still waits for."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.store import schema
from tests.databases import fresh
from tests.processes import PATIENCE, end, free_port, is_ready, playground, spawn
from tests.waiting import eventually

LONGEST = 2.0  # seconds that an answer about health may take
ENV = {
    "BOT_ENV": "playground",
    "SLACK_BOT_TOKEN": "xoxb-1-1-hang",
    "SLACK_APP_TOKEN": "xapp-1-A1-1-hang",
    "ADMIN_CHANNEL": "C0ADMINS",
    "ADMIN_USERS": "U0LIN",
}


@pytest.fixture
async def hanging() -> AsyncIterator[int]:
    """The port of something that takes connections and never answers."""
    taken: list[asyncio.StreamWriter] = []

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(writer)
        await reader.read()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    yield int(server.sockets[0].getsockname()[1])
    server.close()
    for each in taken:
        each.close()


class Watched:
    """A process of the bot that somebody watches by its port."""

    def __init__(self, base: str) -> None:
        self._http = httpx.AsyncClient(base_url=base, trust_env=False, timeout=PATIENCE)

    async def lives(self) -> bool:
        """Whether it says so; its port may not be open yet."""
        try:
            return (await self._http.get("/healthz")).text == "ok"
        except httpx.TransportError:
            return False

    async def lacks(self) -> dict[str, Any]:
        """What is missing; it answers in time and says no more than that it is not ready."""
        began = time.monotonic()
        answer = await self._http.get("/readyz")
        assert time.monotonic() - began < LONGEST
        assert answer.status_code == 503
        assert "xoxb" not in answer.text
        found: dict[str, Any] = answer.json()["missing"]
        assert all(answer.json()[what] is False for what in found)
        return found

    async def other(self) -> int:
        """The status of what the bot answers once it is there."""
        return (await self._http.post("/slack/events")).status_code

    async def close(self) -> None:
        """Ask no more."""
        await self._http.aclose()


@asynccontextmanager
async def watched(folder: Path, env: dict[str, str], command: str = "run") -> AsyncIterator[Watched]:
    """Started, with its port open."""
    port = free_port()
    process = await spawn(folder, "bot.log", "-m", "bot", command, env={**ENV, **env, "PORT": str(port)})
    one = Watched(f"http://127.0.0.1:{port}")
    try:
        await eventually(one.lives)
        yield one
    finally:
        await one.close()
        await end(process)
    assert process.returncode == 0
    assert "Traceback" not in (folder / "bot.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["run", "web"])
async def test_while_the_database_hangs(hanging: int, tmp_path: Path, command: str) -> None:
    url = f"postgresql://bot:secret@127.0.0.1:{hanging}/db"
    env = {"DATABASE_URL": url, "SLACK_API_URL": f"http://127.0.0.1:{hanging}/api"}
    async with watched(tmp_path, env, command) as bot:

        async def told() -> bool:
            return bool((await bot.lacks())["database"] == "no answer within 1 s")

        await eventually(told)
        assert set(await bot.lacks()) == {"database", "schema", "slack", "started"}
        assert await bot.other() == 503
        assert await bot.lives()


@pytest.mark.parametrize("command", ["run", "web"])
async def test_while_slack_hangs(hanging: int, tmp_path: Path, command: str) -> None:
    with fresh("sqlite", tmp_path) as url:
        env = {"DATABASE_URL": url, "SLACK_API_URL": f"http://127.0.0.1:{hanging}/api"}
        async with watched(tmp_path, env, command) as bot:

            async def asks() -> bool:
                return set(await bot.lacks()) == {"slack", "started"}

            await eventually(asks)
            assert (await bot.lacks())["slack"] == "not asked yet"


async def test_while_slack_refuses_connections_and_once_it_is_back(tmp_path: Path) -> None:
    """The reason stands there; over Socket Mode it is connected last."""
    with fresh("sqlite", tmp_path) as url:
        async with watched(tmp_path, {"DATABASE_URL": url, "SLACK_API_URL": "http://127.0.0.1:1/api"}) as bot:

            async def told() -> bool:
                return bool((await bot.lacks()).get("slack", "not asked yet") != "not asked yet")

            await eventually(told)


async def test_an_older_schema_is_told_while_the_process_runs(tmp_path: Path) -> None:
    """As it is after somebody has gone back to the copy that was taken before."""
    with fresh("sqlite", tmp_path) as url:
        async with playground(tmp_path) as ready:
            env = {**ready["env"], "DATABASE_URL": url}
            port = free_port()
            process = await spawn(tmp_path, "bot.log", "-m", "bot", "run", env={**env, "PORT": str(port)})
            one = Watched(f"http://127.0.0.1:{port}")
            try:
                await eventually(one.lives)

                await eventually(lambda: is_ready(port))
                await asyncio.to_thread(schema.migrate, url, "0010")

                async def told() -> bool:
                    return not await is_ready(port) and "bot migrate" in str((await one.lacks()).get("schema"))

                await eventually(told)
                await asyncio.to_thread(schema.migrate, url)
                await eventually(lambda: is_ready(port))
            finally:
                await one.close()
                await end(process)
