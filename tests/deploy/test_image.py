"""The Dockerfile's steps, one by one, in a fresh folder that stands for the image's root.

No image can be built where the tests run. So what is not seen here: the base image, its user, the layers.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.processes import PATIENCE, POLL, ROOT, end, free_port, is_ready, playground

DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
OURS = r"(?<![\w:/.])/(?=(?:venv|app|data|build)\b)"
"""Where a path of the image begins."""


@dataclass
class Image:
    """A folder for the root of the last stage, and what the Dockerfile says of processes."""

    root: Path
    stages: dict[str, Path] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def inside(self, text: str) -> str:
        """The same with the image's paths as they are here."""
        return re.sub(OURS, f"{self.root}/", text)

    def build(self) -> None:
        """Do every step."""
        for instruction, rest in steps():
            match instruction:
                case "FROM":
                    name = rest.partition(" AS ")[2] or "last"
                    self.root = self.stages[name] = self.root.parent / name
                    self.root.mkdir()
                case "RUN":
                    self._run(rest)
                case "COPY":
                    self._copy(rest)
                case "ENV":
                    name, _, value = rest.partition("=")
                    self.env[name] = self.inside(value)
                case _:
                    self.told[instruction] = rest

    def _run(self, command: str) -> None:
        if command.startswith("useradd"):  # it would change this machine
            (self.root / "data").mkdir()
            return
        done = subprocess.run(["sh", "-ec", self.inside(command)], capture_output=True, text=True)  # noqa: S603, S607
        assert done.returncode == 0, done.stderr[-2000:]

    def _copy(self, rest: str) -> None:
        *flags, source, target = rest.split()
        stage = next((each.partition("=")[2] for each in flags if each.startswith("--from=")), "")
        origin = self.stages[stage] / source.lstrip("/") if stage else ROOT / source
        goal = Path(self.inside(target))
        goal.parent.mkdir(parents=True, exist_ok=True)
        if origin.is_dir():
            shutil.copytree(origin, goal, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(origin, goal)

    async def starts(self, *command: str, env: Mapping[str, str]) -> asyncio.subprocess.Process:
        """A container's process: the image's environment, and what is given with `-e`."""
        log = (self.root / "log").open("ab")
        words = [*json.loads(self.told["ENTRYPOINT"]), *(command or json.loads(self.told["CMD"]))]
        folder = self.inside(self.told["WORKDIR"])
        with log:
            return await asyncio.create_subprocess_exec(
                *words, cwd=folder, env={**self.env, **env}, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )

    async def is_healthy(self, env: Mapping[str, str]) -> bool:
        """What Docker asks every few seconds."""
        check = json.loads(self.told["HEALTHCHECK"].partition(" CMD ")[2])
        asking = await asyncio.create_subprocess_exec(*check, env={**self.env, **env}, stderr=subprocess.DEVNULL)
        return await asyncio.wait_for(asking.wait(), PATIENCE) == 0


def steps() -> Iterator[tuple[str, str]]:
    """Each instruction, and what stands behind it."""
    for line in DOCKERFILE.splitlines():
        if line and not line.startswith("#"):
            instruction, _, rest = line.partition(" ")
            yield instruction, rest


def test_what_is_copied_is_sent_to_the_builder_and_its_user_is_no_root() -> None:
    """All else stays outside: a `.env` above all."""
    ignored = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    copied = {rest.split()[0] for what, rest in steps() if what == "COPY" and "--from" not in rest}
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    said = list(steps())
    (user,) = [rest for what, rest in said if what == "USER"]
    assert any(what == "RUN" and rest.startswith("useradd") and f" {user} " in rest for what, rest in said)
    assert not [rest for what, rest in said if re.search(r"(?i)token|secret|password", rest)]


@pytest.fixture
def image(tmp_path: Path) -> Image:
    """Built, however long the packages take to come."""
    if not os.environ.get("CI"):
        pytest.skip("it installs every package anew: CI=1 does")
    made = Image(tmp_path / "none")
    made.build()
    return made


async def test_the_steps_make_a_bot_that_works_is_healthy_and_ends_in_order(image: Image, tmp_path: Path) -> None:
    """The whole bot, and a worker, which is asked at the same address."""
    base = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    base["PATH"] = f"{image.inside('/venv/bin')}:{Path(sys.executable).parent}:/usr/bin:/bin"
    async with playground(tmp_path) as ready:
        for command in ((), ("worker",)):
            env = {**ready["env"], **base, "PORT": str(free_port()), "METRICS_PORT": str(free_port())}
            env |= {"LEAVE_SECONDS": "0", "DATABASE_URL": f"sqlite:///{image.root}/data/concierge.db"}
            process = await image.starts(*command, env=env)
            try:
                while not await is_ready(int(env["METRICS_PORT"])):
                    assert process.returncode is None, (image.root / "log").read_text()
                    await asyncio.sleep(POLL)
                assert await image.is_healthy(env)
            finally:
                await end(process)
            assert process.returncode == 0
            assert not await image.is_healthy(env)
