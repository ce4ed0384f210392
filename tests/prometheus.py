"""Prometheus itself, which reads what the bot measures, and its checker, promtool."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.processes import free_port
from tests.waiting import eventually

CONFIG = """
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
"""
JOB = """
  - job_name: "%s"
    static_configs: [{targets: ["127.0.0.1:%d"]}]
"""


def program(name: str) -> str:
    """Where it is. Skips where it is nowhere; fails there in CI."""
    found = shutil.which(name)
    if found is None:
        missing = f"no {name} (Debian: apt install prometheus)"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return str(found)


async def checked(metrics: bytes) -> str:
    """What promtool finds fault with; "" for nothing."""
    tool = await asyncio.create_subprocess_exec(
        program("promtool"),
        *("check", "metrics"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await tool.communicate(metrics)
    return said.decode() if tool.returncode else ""


class Prometheus:
    """One that scrapes every second."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def query(self, query: str) -> list[Any]:
        """What it answers now: labels and value of each series; [] while it is not there."""
        try:
            answer = (await self._http.get("/api/v1/query", params={"query": query})).json()
        except (httpx.TransportError, ValueError):
            return []
        return [(each["metric"], float(each["value"][1])) for each in answer.get("data", {}).get("result", [])]

    async def knows(self, query: str) -> list[Any]:
        """Its answer, once there is one."""
        found: list[Any] = await eventually(lambda: self.query(query))
        return found


@asynccontextmanager
async def prometheus(folder: Path, targets: Sequence[tuple[str, int]]) -> AsyncIterator[Prometheus]:
    """A Prometheus that scrapes these jobs at their ports."""
    port, config = free_port(), folder / "prometheus.yml"
    config.write_text(CONFIG + "".join(JOB % target for target in targets))
    with (folder / "prometheus.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            program("prometheus"),
            f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
            stdout=log,
            stderr=log,
        )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            yield Prometheus(http)
    finally:
        process.terminate()
        await process.wait()
