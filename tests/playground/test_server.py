"""The servers and the command: who may talk to them, what the ready file says, and how they end."""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.cli.call import call
from bot.playground.server import Playground
from bot.playground.slack.manifests import app_from_manifest
from bot.playground.wire import Served
from bot.slack import manifest

from .conftest import Start

ROOT = Path(__file__).parents[2]


async def test_only_this_machine_is_answered(playground: Playground) -> None:
    """A foreign Host is refused everywhere, a foreign Origin where something would change."""
    port = playground.url.rsplit(":", 1)[1].strip("/")
    async with httpx.AsyncClient(base_url=playground.url, trust_env=False) as http:
        for headers in ({"Host": "evil.example"}, {"Host": f"evil.example:{port}"}):
            assert (await http.get("human/clock", headers=headers)).status_code == 403
            assert (await http.post("api/auth.test", headers=headers)).status_code == 403
        for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
            answer = await http.post("human/reset", json={}, headers={"Origin": origin})
            assert answer.status_code == 403, origin
            assert "other sites" in answer.json()["error"]
        own = await http.post("human/reset", json={}, headers={"Origin": playground.url.rstrip("/")})
        assert own.status_code == 200
        assert (await http.get("human/clock", headers={"Host": f"localhost:{port}"})).status_code == 200
    async with httpx.AsyncClient(base_url=playground.coze.base_url, trust_env=False) as http:
        assert (await http.get("/v1/users/me", headers={"Host": "evil.example"})).status_code == 403


async def test_the_page_is_there(playground: Playground) -> None:
    """GET / is HTML."""
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(playground.url)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


async def test_the_ready_file(start: Start, tmp_path: Path) -> None:
    """Written when everything answers, for its owner alone, with all that an app and the bot need."""
    file = tmp_path / "ready.json"
    playground = await start(ready=file)
    ready: dict[str, Any] = json.loads(file.read_text("utf-8"))
    assert file.stat().st_mode & 0o077 == 0
    assert os.listdir(tmp_path) == ["ready.json"]
    assert (ready["page"], ready["pid"], ready["bot_events_url"]) == (playground.url, os.getpid(), None)
    assert ready["slack"]["users"]["mei"] == "U0MEI"
    assert ready["slack"]["channels"]["admins"] == ready["env"]["ADMIN_CHANNEL"]
    assert ready["slack"]["usergroups"] == {"admins": ready["env"]["ADMIN_GROUP"]}
    assert ready["coze"]["base_url"] == ready["env"]["COZE_BASE_URL"]
    async with httpx.AsyncClient(trust_env=False) as http:
        headers = {"Authorization": f"Bearer {ready['coze']['owner_token']}"}
        assert (await http.get(f"{ready['coze']['base_url']}/v1/users/me", headers=headers)).status_code == 200
        assert (await http.get(ready["env"]["CLOCK_URL"])).json()["ok"]


def test_the_bots_own_manifest_makes_the_main_app() -> None:
    """Its command, scopes and events are those of manifest.yml."""
    app = app_from_manifest(manifest.read(), "socket")
    assert [command["command"] for command in app.commands] == ["/sharge"]
    assert "chat:write" in app.scopes
    assert "message.im" in app.events
    assert (app.bot_token[:5], app.app_token[:5]) == ("xoxb-", "xapp-")


async def test_open_streams_do_not_hold_up_the_end(start: Start) -> None:
    """A waiting poll is cut off, and all is over in far less than five seconds."""
    playground = await start()
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        url = f"{playground.url}human/clock?known=0&wait=30"
        waiting = asyncio.create_task(http.get(url))
        await asyncio.sleep(0.1)  # the poll has come: this can only be too short to show anything, never wrong
        started = time.monotonic()
        await playground.stop()
        assert time.monotonic() - started < 3  # of real time, which is the matter
        await asyncio.gather(waiting, return_exceptions=True)


def test_a_taken_port(capsys: pytest.CaptureFixture[str]) -> None:
    """One clear sentence, exit 1."""
    served = Served(seed_app, 0)
    try:
        served._socket.listen()
        assert call("playground", ["--no-browser", "--port", str(served.port)]) == 1
    finally:
        served._socket.close()
    [line] = capsys.readouterr().err.splitlines()
    assert "can't start" in line


async def test_an_unknown_scenario(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    """Named together with those that there are."""
    with pytest.raises(ValueError, match=r"chaos.*newcomer"):
        await start(seed="chaos")
    assert call("playground", ["--seed", "chaos"]) == 2
    assert "agent-ready" in capsys.readouterr().err


async def seed_app(scope: Any, receive: Any, send: Any) -> None:
    """Never called."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_command_ends_when_told(tmp_path: Path, number: signal.Signals) -> None:
    """Ready, then a signal: exit 0 within five seconds, nothing on stderr."""
    ready = tmp_path / "ready.json"
    program = "import sys; from bot.cli.call import call; sys.exit(call('playground', sys.argv[1:]))"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", program, "--no-browser", "--ready", str(ready)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(20):
            while not ready.exists():  # noqa: ASYNC110 (state of another program)
                await asyncio.sleep(0.05)
        page = json.loads(ready.read_text("utf-8"))["page"]
        process.send_signal(number)
        out, err = await asyncio.wait_for(process.communicate(), 5)
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.wait_for(process.communicate(), 5)
    assert (process.returncode, err) == (0, b"")
    assert page in out.decode()
