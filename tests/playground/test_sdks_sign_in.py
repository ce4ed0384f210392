"""Coze's official clients sign in, unmodified: cozepy, its asynchronous half, and @coze/api; all three at once.

Each polls in a process of its own: the asynchronous half of cozepy stops its whole loop while it waits.
"""

import asyncio
import json
import re
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.playground.server import Playground

from .test_sdks import HERE, PATIENCE, Json, cozepy, node, program

WHO = {"py": "mei", "py-async": "tom", "js": "lin"}
BOTH = ("py", "js")
OFTEN = [0.05] * 100


@dataclass
class Client:
    """One of them; `seen` is what it has told so far."""

    process: Process
    seen: list[Json] = field(default_factory=list)

    async def says(self, line: str) -> None:
        """Write to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        await self.process.stdin.drain()

    async def tells(self, name: str) -> Any:
        """The value of the next line with this name."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        while line := await self.process.stdout.readline():
            self.seen.append(json.loads(line))
            if name in self.seen[-1]:
                return self.seen[-1][name]
        raise AssertionError((self.seen, (await self.process.stderr.read()).decode()))

    def told(self, name: str) -> list[Any]:
        """All values with this name so far."""
        return [line[name] for line in self.seen if name in line]


@asynccontextmanager
async def signing_in(
    playground: Playground, kind: str, flow: str, waits: list[float], **more: Any
) -> AsyncIterator[Client]:
    """A client that has been told what to do."""
    script = HERE / "js" / "sign-in.mjs" if kind == "js" else HERE / "py" / "sign_in.py"
    facts = {name: playground.coze.ready()[name] for name in ("base_url", "sign_in")}
    async with program(node() if kind == "js" else cozepy(), str(script)) as process, asyncio.timeout(PATIENCE):
        client = Client(process)
        await client.says(json.dumps({**facts, "flow": flow, "async": kind == "py-async", "waits": waits, **more}))
        yield client


async def at_once(live: Callable[[str], Coroutine[Any, Any, None]], kinds: tuple[str, ...] = BOTH) -> None:
    """The same with several clients. What the two halves of cozepy share is tried with one of them."""
    async with asyncio.TaskGroup() as group:
        for kind in kinds:
            group.create_task(live(kind))


@pytest.fixture
async def quick(playground: Playground) -> Playground:
    """A playground that lets devices ask as often as they like."""
    await playground.coze.act("settings", {"sign_in_interval": 0})
    return playground


async def renewed(client: Client, user_id: str) -> None:
    """Signed in as this account, before and after a refresh; what was refreshed is dead."""
    assert await client.tells("me") == [user_id, user_id]
    assert 890 <= await client.tells("lives") <= 901
    assert await client.tells("refused") == "refresh"
    assert "invalid request: refresh_token" in client.seen[-1]["words"]


async def test_yes(quick: Playground) -> None:
    """Three people at three devices: each gets their own account, and a code is good once."""
    users = quick.coze.ready()["users"]

    async def live(kind: str) -> None:
        async with signing_in(quick, kind, "device", OFTEN) as client:
            user_code = await client.tells("user_code")
            assert (client.seen[-1]["interval"], client.seen[-1]["expires_in"]) == (0, 300)
            query = f"?user_code={user_code}" if kind != "js" else ""
            assert client.seen[-1]["url"] == f"{quick.coze.base_url}/oauth2/device{query}"
            assert await client.tells("waits") == 5, "the first answer is pending"
            who = {"name": WHO[kind], "user_code": user_code, "approve": True}
            assert (await quick.coze.act("sign_in", who))["ok"]
            await renewed(client, users[WHO[kind]])
            assert set(client.told("waits")) == {5}, "never told to slow down"
            assert await client.tells("refused") == "used"
            assert "invalid request: device_code" in client.seen[-1]["words"]

    await at_once(live, tuple(WHO))


async def test_no(quick: Playground) -> None:
    async def live(kind: str) -> None:
        async with signing_in(quick, kind, "device", OFTEN) as client:
            user_code = await client.tells("user_code")
            await quick.coze.act("sign_in", {"name": "mei", "user_code": user_code, "approve": False})
            assert await client.tells("ends") == "access_denied"

    await at_once(live)


async def test_too_late(quick: Playground) -> None:
    ready = asyncio.Barrier(len(BOTH))

    async def live(kind: str) -> None:
        async with signing_in(quick, kind, "device", OFTEN) as client:
            await client.tells("waits")
            if await ready.wait() == 0:
                quick.clock.advance(timedelta(seconds=300))
            assert await client.tells("ends") == "expired_token"

    await at_once(live)


async def test_too_often(playground: Playground) -> None:
    """Five seconds that are none: the clients wait longer, and are let in when they do."""
    await playground.coze.act("settings", {"sign_in_interval": 1})
    users = playground.coze.ready()["users"]

    async def live(kind: str) -> None:
        async with signing_in(playground, kind, "device", [0, 0.6]) as client:
            user_code = await client.tells("user_code")
            assert await client.tells("waits") == 5
            who = {"name": WHO[kind], "user_code": user_code, "approve": True}
            assert (await playground.coze.act("sign_in", who))["ok"]
            assert await client.tells("waits") == 10
            await renewed(client, users[WHO[kind]])

    await at_once(live)


async def test_one_space_of_the_personal_edition(quick: Playground) -> None:
    async def live(kind: str) -> None:
        space = quick.coze.ready()["workspace_id"]
        async with signing_in(quick, kind, "device", OFTEN, workspace_id=space) as client:
            assert "is not available to app" in await client.tells("fails")

    await at_once(live)


async def test_with_a_browser(quick: Playground) -> None:
    """Plain and S256, with an empty state; a wrong verifier is named and spends nothing."""
    users = quick.coze.ready()["users"]

    async def live(kind: str) -> None:
        async with signing_in(quick, kind, "pkce", []) as client, httpx.AsyncClient(trust_env=False) as http:
            url = await client.tells("url")
            assert re.search(r"[?&]state=(&|$)", url)
            assert ("S256" in url) is (kind != "py")
            key = httpx.URL((await http.get(url)).headers["location"]).params["authorize_key"]
            answer = await quick.coze.act("sign_in", {"name": WHO[kind], "authorize_key": key, "approve": True})
            await client.says(httpx.URL(answer["redirect_url"]).params["code"])
            assert await client.tells("refused") == "verifier"
            assert "invalid request: code_verifier" in client.seen[-1]["words"]
            await renewed(client, users[WHO[kind]])

    await at_once(live, tuple(WHO))
