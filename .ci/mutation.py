"""Mutation score of a group of files: how many small changes of them its tests notice, with mutmut.

`PYTHONPATH=.mutmut .venv/bin/python .ci/mutation.py core`, where mutmut is installed in `.mutmut`. It works in a copy
of the checkout. mutmut changes what stands in functions and methods, but for decorated ones. The exit code is 1 where
less than 80 % are noticed. What was not is named, and `mutmut show NAME` shows it in the folder of `--keep`.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED = 80.0  # percent


@dataclass(frozen=True)
class Group:
    """Files below bot/, the tests below tests/ that have to notice, and names of what is tried, where not all is."""

    files: tuple[str, ...]
    tests: tuple[str, ...]
    names: tuple[str, ...] = ()


GROUPS = {
    "core": Group(("core/*.py",), ("core",)),
    "access": Group(
        ("services/access.py", "slack/router.py", "slack/pipeline.py"),
        ("services/test_access.py", "slack/test_router.py"),
        ("bot.services.access.*", "bot.slack.router.*", "bot.slack.pipeline.x__check__*"),
    ),
    "signature": Group(("web/signature.py",), ("web/test_signature.py",)),
    "cipher": Group(("store/cipher.py",), ("store/test_cipher.py",)),
    "jobs": Group(
        ("store/job.py", "services/job_runner.py"),
        (
            "store/test_job.py",
            "store/test_job_rows.py",
            "services/test_job_runner.py",
            "services/test_job_runner_outlives.py",
        ),
    ),
}

SETTINGS = """
[tool.mutmut]
source_paths = ["bot"]
only_mutate = {files}
also_copy = ["manifest.yml"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = {tests}
"""

UNCACHED = """

@pytest.fixture(scope="session", autouse=True)
def uncached() -> None:
    '''What was computed before a change was made is computed anew.'''
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper) and str(each.__module__).startswith("bot."):
            each.cache_clear()
"""

UNDECIDED = {2, None}
TOO_LONG = {24, 36, 152, 255, -24}
NOTICED = {1, 3, *TOO_LONG}
"""Exit codes of mutmut's list: a test failed, or went on for ever; a machine that is too busy makes some of those."""


def copied(folder: Path, group: Group) -> None:
    """A copy of the checkout, with the settings of this group."""
    for name in ("bot", "tests"):
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules", ".venv")
        )
    for name in ("manifest.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    files, tests = [f"bot/{each}" for each in group.files], [f"tests/{each}" for each in group.tests]
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS.format(files=json.dumps(files), tests=json.dumps(tests)))
    with (folder / "tests" / "conftest.py").open("a", encoding="utf-8") as fixtures:
        fixtures.write(f"\nimport gc\n{UNCACHED}")


def results(folder: Path) -> dict[str, int | None]:
    """Each change by its name, and how its tests ended."""
    found: dict[str, int | None] = {}
    for path in sorted((folder / "mutants").rglob("*.meta")):
        found |= json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return found


def score(found: dict[str, int | None]) -> float:
    """Percent of what was tried that the tests noticed."""
    tried = [code for code in found.values() if code not in UNDECIDED]
    return 100 * sum(code in NOTICED for code in tried) / len(tried) if tried else 0.0


def judged(name: str, found: dict[str, int | None]) -> bool:
    """Print it; whether enough is noticed."""
    for change, code in found.items():
        if code not in NOTICED | UNDECIDED:
            print(f"  {change}: not noticed")
    tried, noticed = Counter(), Counter()
    for change, code in found.items():
        module = change.rpartition(".")[0]
        tried[module] += code not in UNDECIDED
        noticed[module] += code in NOTICED
    for module in filter(tried.__getitem__, tried):
        print(f"{module}: {noticed[module]} of {tried[module]}")
    long = sum(code in TOO_LONG for code in found.values())
    print(
        f"{name}: {noticed.total()} of {tried.total()} noticed, {long} of them by running too long, "
        f"{score(found):.1f} %, wanted {WANTED:.0f} %"
    )
    return score(found) >= WANTED


def mutmut(folder: Path, names: Sequence[str], at_once: int, *, check: bool = True) -> None:
    """Try these changes, all where there is no name. Raises CalledProcessError."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(at_once), *names]
    subprocess.run(command, cwd=folder, env=os.environ, check=check)  # noqa: S603


def main() -> int:
    """0 when enough is noticed."""
    parser = argparse.ArgumentParser(prog=".ci/mutation.py", description=__doc__)
    parser.add_argument("group", choices=GROUPS)
    parser.add_argument("names", nargs="*", help="only these changes, as `bot.core.join*`")
    parser.add_argument(
        "--keep", type=Path, help="a folder for the copy, which stays; what was tried is not tried again"
    )
    parser.add_argument("--sample", type=int, default=0, help="so many changes alone, drawn by --seed; default all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=1, help="processes; default 1")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sharge-mutation-") as place:
        folder = given.keep or Path(place)
        if not (folder / "bot").exists():
            copied(folder, GROUPS[given.group])
        names, found = given.names or GROUPS[given.group].names, results(folder)
        if given.sample and not found:
            mutmut(folder, ["none.of.them"], given.at_once, check=False)  # makes the changes, and tries none
            found = results(folder)
        chosen = random.Random(given.seed).sample(sorted(found), given.sample) if given.sample else []  # noqa: S311
        if not chosen or (names := [each for each in chosen if found[each] in UNDECIDED]):
            mutmut(folder, names, given.at_once)
        found = results(folder)
        return 0 if judged(given.group, {each: found[each] for each in chosen} or found) else 1


if __name__ == "__main__":
    sys.exit(main())
