"""Who watches real processes: Prometheus scrapes each at a port of its own, a worker too, or with a token at PORT."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from tests.databases import fresh
from tests.processes import PATIENCE, Bot, Json, end, free_port, playground, spawn
from tests.prometheus import checked, prometheus
from tests.waiting import eventually

TOKEN = "a-token-of-those-who-watch"
WEB_LOADS = ("starlette", "uvicorn", "slack_bolt")


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Json]:
    """A playground, and the settings of a bot in it."""
    async with playground(tmp_path, "--transport", "http") as ready:
        with fresh("sqlite", tmp_path) as url:
            yield {**ready["env"], "DATABASE_URL": url}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """Who asks."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        yield client


async def test_prometheus_reads_a_web_and_a_worker(there: Json, tmp_path: Path) -> None:
    """The worker loads no web server for it, and the web hears of its sweeps by the database."""
    ports = {"web": free_port(), "worker": free_port()}
    async with AsyncExitStack() as stack:
        for part, port in ports.items():
            env = {**there, "PORT": str(free_port()), "METRICS_PORT": str(port)}
            process = await spawn(tmp_path, f"{part}.log", "-X", "importtime", "-m", "bot", part, env=env)
            stack.push_async_callback(end, process)
        there_is = await stack.enter_async_context(prometheus(tmp_path, list(ports.items())))

        async def scraped() -> bool:
            return sorted(value for _, value in await there_is.query("up")) == [1, 1]

        await eventually(scraped)
        for job in ports:
            await there_is.knows(f'sharge_ready{{job="{job}",check="sweeper"}} == 1')
            await there_is.knows(f'sharge_last_sweep_timestamp_seconds{{job="{job}"}} > 1e9')
            await there_is.knows(f'sharge_jobs_dead{{job="{job}"}} == 0')
            await there_is.knows(f'process_resident_memory_bytes{{job="{job}"}} > 1e6')
        await there_is.knows('sharge_jobs_total{job="worker",kind="purge",outcome="again"} >= 1')
        assert await there_is.query('sharge_jobs_total{job="web"}') == []
    loaded = (tmp_path / "worker.log").read_text(encoding="utf-8")
    assert " prometheus_client" in loaded
    assert not [name for name in WEB_LOADS if f" {name}\n" in loaded]
    assert "Traceback" not in loaded


async def test_a_port_of_its_own(there: Json, tmp_path: Path, http: httpx.AsyncClient) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with Bot(tmp_path, {**there, "METRICS_PORT": str(port)}).running() as bot:
        metrics = await http.get(f"{base}/metrics")
        assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert await checked(metrics.content) == ""
        assert (await http.get(f"{base}/healthz")).text == "ok"
        mine, its = await http.get(f"{base}/readyz"), await http.get(f"http://127.0.0.1:{bot.port}/readyz")
        assert (mine.status_code, mine.json()) == (its.status_code, its.json())
        assert mine.status_code == 200
        assert (await http.post(f"{base}/metrics")).status_code == 405
        assert (await http.get(f"{base}/slack/events")).status_code == 404
        assert (await http.get(f"http://127.0.0.1:{bot.port}/metrics")).status_code == 404
        slow = await asyncio.open_connection("127.0.0.1", port)
        slow[1].write(b"GET /met")
        assert (await http.get(f"{base}/healthz")).text == "ok", "who is slow holds up nobody"
        slow[1].close()


async def test_behind_a_token(there: Json, tmp_path: Path, http: httpx.AsyncClient) -> None:
    async with Bot(tmp_path, {**there, "METRICS_TOKEN": TOKEN}).running() as bot:
        url = f"http://127.0.0.1:{bot.port}/metrics"
        for wrong in (b"", b"Bearer x", TOKEN.encode(), b"Bearer \xe9"):
            answer = await http.get(url, headers=[(b"Authorization", wrong)])
            assert answer.status_code == 401
            assert "sharge" not in answer.text
        right = await http.get(url, headers={"Authorization": f"Bearer {TOKEN}"})
        assert await checked(right.content) == ""
        assert TOKEN not in bot.log


async def test_a_port_that_somebody_has(there: Json, tmp_path: Path) -> None:
    """Two processes of one machine, with the same settings."""
    async with await asyncio.start_server(lambda *_: None, "0.0.0.0", 0) as taken:  # noqa: S104
        port = taken.sockets[0].getsockname()[1]
        process = await spawn(tmp_path, "bot.log", "-m", "bot", "worker", env={**there, "METRICS_PORT": str(port)})
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 1
    said = (tmp_path / "bot.log").read_text(encoding="utf-8")
    assert f"METRICS_PORT: {port} can't be listened on" in said
    assert "Traceback" not in said
