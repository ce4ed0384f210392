"""The package: a wheel, installed in a fresh environment far from the checkout, does all that a checkout does.

The environment sees the libraries of this one, so nothing is downloaded.
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import __version__
from tests.processes import PATIENCE, end, free_port, is_ready

ROOT = Path(__file__).resolve().parent.parent
BASE_PYTHON = str(Path(sys.base_prefix) / "bin" / "python3")


class Installed:
    """The command of an installed wheel, started in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "elsewhere"
        self.folder.mkdir()
        self.command = str(folder / "fresh" / "bin" / "sharge-concierge")

    def env(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """No PYTHONPATH, and no virtual environment but its own."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        return {**kept, **(more or {})}

    def says(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """What it prints, where it ends by itself and well."""
        command = [self.command, *arguments]
        done = subprocess.run(command, cwd=self.folder, env=self.env(env), capture_output=True, encoding="utf-8")  # noqa: S603
        assert done.returncode == 0, done.stderr
        return done.stdout

    @asynccontextmanager
    async def running(self, *arguments: str, env: Mapping[str, str] | None = None) -> AsyncIterator[Process]:
        """It runs until it is asked to end, and then ends well."""
        process = await asyncio.create_subprocess_exec(
            self.command,
            *arguments,
            cwd=self.folder,
            env=self.env(env),
            stdout=PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
            assert process.returncode == 0, said
        finally:
            if process.returncode is None:
                await end(process)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel of this tree, built and installed."""
    folder = tmp_path_factory.mktemp("package")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)  # noqa: S603
    (wheel,) = folder.glob("sharge_concierge-*.whl")
    fresh = folder / "fresh"
    venv.create(fresh, with_pip=False)
    pip = [BASE_PYTHON, "-m", "pip", "--python", str(fresh / "bin" / "python"), "install", "--quiet", "--no-user"]
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True)  # noqa: S603
    (packages,) = fresh.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return Installed(folder)


def test_it_tells_its_version(installed: Installed) -> None:
    assert installed.says("--version") == f"sharge-concierge {__version__}\n"
    metadata = "import importlib.metadata as m; print(m.version('sharge-concierge'))"
    python = Path(installed.command).with_name("python")
    told = subprocess.run([python, "-c", metadata], cwd=installed.folder, capture_output=True, text=True, check=True)  # noqa: S603
    assert told.stdout.strip() == __version__


def test_the_changelog_has_this_version_on_top() -> None:
    newest = re.search(r"^## (\S+?),? ", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == __version__


def test_it_knows_the_manifest(installed: Installed) -> None:
    assert yaml.safe_load(installed.says("manifest")) == yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))


async def test_it_migrates_and_runs(installed: Installed) -> None:
    """With the playground of the package as Slack and Coze; the bot works from its own texts and migrations."""
    url = f"sqlite:///{installed.folder / 'run.db'}"
    installed.says("migrate", env={"DATABASE_URL": url})
    port = free_port()
    async with ready(installed, "playground") as facts:
        env = {**facts["env"], "DATABASE_URL": url, "PORT": str(port)}
        async with installed.running("run", env=env) as bot, asyncio.timeout(PATIENCE):
            while not await is_ready(port):
                assert bot.returncode is None
                await asyncio.sleep(0.05)


async def test_it_shows_the_demo(installed: Installed) -> None:
    """The page has its style, and the bot answers with a text of the catalogue."""
    async with ready(installed, "demo") as facts:
        page = await fetched(facts["page"])
        style = re.search(r'href="/?([^"]+\.css[^"]*)"', page)
        assert style
        assert "{" in await fetched(facts["page"] + style[1])
        await fetched(facts["human"] + "command", {"who": "mei", "text": "/sharge help"})
        async with asyncio.timeout(PATIENCE):
            while "下一步" not in await fetched(facts["human"] + "screen?who=mei"):  # noqa: ASYNC110 (over HTTP)
                await asyncio.sleep(0.05)


@asynccontextmanager
async def ready(installed: Installed, command: str) -> AsyncIterator[dict[str, Any]]:
    """`demo` or `playground`, and its ready file."""
    file = installed.folder / f"{command}.json"
    async with installed.running(command, "--ready", str(file), "--no-browser") as process:
        async with asyncio.timeout(PATIENCE):
            while not file.exists():
                assert process.returncode is None
                await asyncio.sleep(0.05)
        yield json.loads(file.read_text("utf-8"))


async def fetched(url: str, body: Any = None) -> str:
    """What this machine's own address answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310

    def ask() -> str:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return str(answer.read().decode())

    return await asyncio.to_thread(ask)
