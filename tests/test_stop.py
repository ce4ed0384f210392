"""A process that is told to stop says first that it is not ready, takes what still comes meanwhile, answers what is
under way, and then is gone: real processes, with requests of Slack's under way.
"""

import asyncio
import hashlib
import hmac
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from tests.databases import fresh
from tests.processes import PATIENCE, Bot, Json, free_port, is_ready, playground
from tests.waiting import eventually

LEAVES = 2.0  # seconds


class Slack:
    """Somebody who delivers commands."""

    def __init__(self, ready: Json, port: int) -> None:
        self._secret, self._team, self._port = ready["slack"]["signing_secret"], "T0PLAYGROUND", port
        self._number = 0

    def request(self) -> tuple[bytes, bytes]:
        """Head and body of one."""
        self._number += 1
        form = {"command": "/sharge", "text": "help", "user_id": "U0MEI", "team_id": self._team}
        body = urlencode({**form, "trigger_id": f"{self._number}.2.3"}).encode()
        stamp = str(int(time.time())).encode()
        signed = hmac.new(self._secret.encode(), b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest()
        head = (
            "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\nX-Slack-Request-Timestamp: {stamp.decode()}\r\n"
            f"X-Slack-Signature: v0={signed}\r\nConnection: close\r\n\r\n"
        )
        return head.encode(), body

    async def begins(self) -> "UnderWay":
        """A request whose body has come by half."""
        head, body = self.request()
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        half = len(body) // 2
        writer.write(head + body[:half])
        await writer.drain()
        return UnderWay(reader, writer, body[half:])

    async def delivers(self) -> int:
        """One command; the HTTP status of its ack, 0 where nobody takes it."""
        try:
            return await (await self.begins()).ends()
        except OSError:
            return 0


class UnderWay:
    """A request that has not wholly come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rest: bytes) -> None:
        self._reader, self._writer, self._rest = reader, writer, rest

    async def ends(self) -> int:
        """The rest of it; the HTTP status of what is answered, 0 for nothing."""
        self._writer.write(self._rest)
        answer = await self._reader.read()
        self._writer.close()
        return int(answer.split()[1]) if answer else 0


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Json]:
    """A playground."""
    async with playground(tmp_path, "--transport", "http") as ready:
        with fresh("sqlite", tmp_path) as url:
            ready["env"]["DATABASE_URL"] = url
            yield ready


async def test_not_ready_first_then_drained_then_closed(there: Json, tmp_path: Path) -> None:
    bot = Bot(tmp_path, {**there["env"], "LEAVE_SECONDS": str(LEAVES)})
    slack = Slack(there, bot.port)
    async with bot.running():
        assert await slack.delivers() == 200
        waiting = [await slack.begins() for _ in range(10)]
        bot.process.send_signal(signal.SIGTERM)

        async def told() -> bool:
            return not await is_ready(bot.port)

        began = time.monotonic()
        await eventually(told)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{bot.port}", trust_env=False) as http:
            answer = await http.get("/readyz")
            assert answer.status_code == 503
            assert answer.json()["missing"] == {"started": "was told to stop"}
            assert (await http.get("/healthz")).status_code == 200
        acks = []
        while time.monotonic() - began < LEAVES / 2:  # whoever has not heard of it yet still sends
            acks.append(await slack.delivers())
        assert acks
        assert set(acks) == {200}
        late = waiting.pop()
        assert {await each.ends() for each in waiting} == {200}

        async def closed() -> bool:
            return await slack.delivers() == 0

        await eventually(closed)
        assert bot.process.returncode is None, "one is still under way"
        assert await late.ends() == 200
        assert await asyncio.wait_for(bot.process.wait(), PATIENCE) == 0
    assert "Traceback" not in bot.log


async def test_with_socket_mode_nobody_has_to_notice(tmp_path: Path) -> None:
    """Slack hears by the connection itself."""
    async with playground(tmp_path, "--transport", "socket") as ready:
        with fresh("sqlite", tmp_path) as url:
            env = {**ready["env"], "DATABASE_URL": url, "LEAVE_SECONDS": "60"}
            async with Bot(tmp_path, env).running() as bot:
                bot.process.send_signal(signal.SIGTERM)
                assert await asyncio.wait_for(bot.process.wait(), PATIENCE) == 0


async def test_a_worker_tells_that_it_stops(there: Json, tmp_path: Path) -> None:
    """By its metrics port, which closes last."""
    port = free_port()
    env = {**there["env"], "METRICS_PORT": str(port)}
    bot = Bot(tmp_path, env, port, ("-m", "bot", "worker"))
    async with bot.running():
        bot.process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(bot.process.wait(), PATIENCE) == 0
        assert not await is_ready(port)
    assert "Traceback" not in bot.log
