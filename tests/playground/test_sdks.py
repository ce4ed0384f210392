"""The official clients of other lands, unmodified, each in a process of its own: Node's for Slack and Coze, cozepy.

They are installed from the locks in `js` and `py`; where they are not, these tests are left out, in CI they fail.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.coze.client import CozeClient, http_client
from bot.coze.keys import load_key
from bot.coze.oauth import exchange
from bot.coze.tokens import Signer
from bot.playground.server import Playground
from tests.waiting import eventually

Json = dict[str, Any]
HERE = Path(__file__).parent
PATIENCE = 30.0


def need(*paths: Path | str | None) -> None:
    """Leave a test out where something isn't installed; fail in CI."""
    if missing := [str(path) for path in paths if path is None or not Path(path).exists()]:
        words = f"not installed: {', '.join(missing)}; .ci/run installs it"
        pytest.fail(words) if os.environ.get("CI") else pytest.skip(words)


def node() -> str:
    """Where node is."""
    found = shutil.which("node")
    need(found, HERE / "js" / "node_modules" / "@slack" / "bolt", HERE / "js" / "node_modules" / "@coze" / "api")
    return str(found)


def cozepy() -> str:
    """The Python that has cozepy."""
    python = HERE / "py" / ".venv" / "bin" / "python"
    need(python)
    return str(python)


@asynccontextmanager
async def program(*command: str) -> AsyncIterator[Process]:
    """A client in a process of its own, without the machine's proxies; ended at the end of the block with all that
    it has started, as a child that lives on would hold the pipes open.
    """
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {"PYTHONWARNINGS": "ignore"}
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=env, start_new_session=True
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.wait_for(process.communicate(), PATIENCE)


async def told(facts: Json, *command: str) -> Json:
    """What a client prints that reads these facts."""
    async with program(*command) as process, asyncio.timeout(PATIENCE):
        out, err = await process.communicate(json.dumps(facts).encode())
    assert process.returncode == 0, err.decode()
    answer: Json = json.loads(out)
    return answer


async def exchanged(facts: Json) -> str:
    """A token for an assertion that the bot has signed."""
    app = facts["jwt_app"]
    key = load_key(SecretStr(Path(app["private_key_file"]).read_text()))  # noqa: ASYNC240 (a small file)
    async with http_client() as http:
        client = CozeClient(facts["base_url"], http, playground=True)
        signer = Signer(app["client_id"], app["kid"], key, client.audience)
        return (await exchange(client, signer.assertion())).value.get_secret_value()


@pytest.mark.parametrize("client", ["py", "js"])
@pytest.mark.parametrize("mode", ["mapped", "always200"])
async def test_a_coze_client_goes_all_the_way(playground: Playground, client: str, mode: str) -> None:
    """Files, agents, publishing, chats by asking and as a stream, JWT; errors come with Coze's codes."""
    await playground.coze.act("settings", {"status_mode": mode})
    facts = playground.coze.ready()
    facts["exchanged"] = await exchanged(facts)
    script = str(HERE / "py" / "client.py") if client == "py" else str(HERE / "js" / "coze.mjs")
    seen = await told(facts, cozepy() if client == "py" else node(), script)
    assert seen["me"] == facts["users"]["owner"]
    assert seen["jwt"] == facts["users"]["mei"]
    assert seen["exchanged"] == facts["users"]["mei"], "what the bot signs is good for others' clients too"
    assert facts["workspace_id"] in seen["workspaces"]
    assert seen["published"] == "SDK"
    assert seen["file"] == ["a.txt", 5]
    assert seen["answer"] == ["「SDK」收到：hi"]
    assert seen["events"] == {"py": "conversation.chat.completed", "js": "done"}[client]
    assert seen["refused"] == [4100, 4101, 4200]
    assert playground.coze.state.find_bot("SDK").id == seen["bot"]
    if client == "py":
        assert seen["invited"] == [facts["users"]["mei"]]
        assert seen["listed"] == [seen["bot"]]


async def test_slacks_node_client(playground: Playground) -> None:
    """Messages, pages, an upload, errors."""
    ready = playground.ready()["slack"]
    seen = await told(ready, node(), str(HERE / "js" / "web-api.mjs"))
    assert (seen["me"], seen["metadata"], seen["file"]) == ("echo", 1, "n.txt")
    assert seen["people"] == [3, 3, 2]
    assert seen["texts"] == ["", "from Node, edited"]
    assert seen["refused"] == ["channel_not_found", "invalid_auth", "unknown_method"]


@asynccontextmanager
async def node_app(human: httpx.AsyncClient, transport: str) -> AsyncIterator[Json]:
    """The small Bolt app for JavaScript, registered and connected."""
    wanted = {"name": "node", "commands": ["/node"], "transport": transport}
    mine: Json = (await human.post("apps", json=wanted)).json()
    async with program(node(), str(HERE / "js" / "echo.mjs")) as process, asyncio.timeout(PATIENCE):
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(json.dumps({**mine, "transport": transport}).encode() + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        assert line, (await process.stderr.read()).decode()
        if transport == "http":
            url = f"http://127.0.0.1:{json.loads(line)['port']}/slack/events"
            again = (await human.post("apps", json={**wanted, "events_url": url})).json()
            assert again["ok"], again
        yield mine


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_an_app_with_bolt_for_javascript(human: httpx.AsyncClient, transport: str) -> None:
    """A command, a button, a modal with an error, an event, and the Home tab's event."""

    async def does(call: str, **body: Any) -> Json:
        answer: Json = (await human.post(call, json={"who": "mei", **body})).json()
        return answer

    async def dm() -> list[str]:
        shown = (await human.get("screen", params={"who": "mei"})).json()
        return [message["plain"] for message in shown["dms"].get("node", [])]

    async with node_app(human, transport) as mine:

        async def connected() -> bool:
            return bool((await does("command", text="/node hi"))["ok"])

        await eventually(connected)
        assert (await dm())[-1] == "you said hi"
        assert (await does("click", label="Again"))["ok"]

        async def opened() -> bool:
            return bool((await human.get("screen", params={"who": "mei"})).json()["modal"])

        await eventually(opened)
        refused = await does("submit", fields={"Name": "no"})
        assert refused["errors"] == {"Name": "not that"}
        assert (await does("submit", fields={"Name": "Mei"}))["ok"]

        async def posted() -> bool:
            return (await dm())[-1] == "hi for Mei"

        await eventually(posted)
        said = await does("say", text=f"<@{mine['bot_user']}> hello", channel="general")
        assert said["ok"] or said["status"] == "no_app", said

        async def heard() -> bool:
            shown = (await human.get("screen", params={"who": "mei"})).json()["channels"]["general"]
            return any(m["plain"] == "heard @mei" and m["thread_ts"] == said["ts"] for m in shown)

        await eventually(heard)
