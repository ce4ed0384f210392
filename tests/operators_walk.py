"""Does what docs/operating.md tells operators to do, command by command, in a clone of the checkout."""

import asyncio
import os
import re
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.processes import ROOT, end

DOCUMENT = ROOT / "docs" / "operating.md"
PORT = "3000"  # as the document has it


def cloned(folder: Path) -> Path:
    """A clone, with what is not committed yet."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)  # noqa: S603, S607
    listed = ["git", "-C", str(ROOT), "ls-files", "--modified", "--others", "--exclude-standard"]
    changed = subprocess.run(listed, check=True, capture_output=True, text=True)  # noqa: S603
    for name in filter(os.path.isfile, changed.stdout.splitlines()):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_bytes((ROOT / name).read_bytes())
    return clone


def commands(step: str) -> str:
    """Those of one step."""
    (found,) = re.findall(rf"<!-- walk {step} -->\n```sh\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    return str(found)


@dataclass
class Walk:
    """In `folder`; `answers` is what an operator would give to `init`, `env` what is in their shell."""

    folder: Path
    answers: Mapping[str, str]
    env: Mapping[str, str]
    port: int

    async def does(self, step: str) -> str:
        """The commands of a step, one after another; what they print."""
        typed = "\n".join(f"{name}={value}" for name, value in {**self.answers, "PORT": str(self.port)}.items())
        process = await self._shell(commands(step))
        told, _ = await process.communicate(typed.encode())
        assert process.returncode == 0, f"{step}: {told.decode()[-2000:]}"
        return told.decode()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The bot, from its start to Ctrl-C."""
        process = await self._shell(f"exec {commands('start')}")
        try:
            yield
        finally:
            await end(process)

    async def _shell(self, words: str) -> asyncio.subprocess.Process:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return await asyncio.create_subprocess_exec(
            "/bin/sh",
            "-ec",
            words.replace(f":{PORT}/", f":{self.port}/"),
            cwd=self.folder,
            env={**kept, **self.env},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
