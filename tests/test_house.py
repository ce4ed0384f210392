"""The house's rules, read from the source: which room may import which, and which packages live where."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LEAVES = {"core", "texts", "clock", "logs", "metrics", "network", "traces"}
ROOMS = LEAVES | {"store", "coze", "services"}
OPERATED = {"settings", "workdays", "configured", "opened"}

# room → rooms of the bot that it may import. What isn't named here may import nothing and be imported by nobody.
ARROWS: dict[str, set[str]] = {
    "__init__": set(),
    "core": set(),
    "texts": set(),
    "network": set(),
    "clock": {"network"},
    "logs": set(),
    "metrics": set(),
    "traces": {"logs"},
    "workdays": set(),
    "settings": {"texts", "network", "workdays"},
    "playground": set(),
    "store": LEAVES,
    "coze": LEAVES,
    "services": LEAVES | {"store", "coze"},
    "slack": ROOMS,
    "web": ROOMS,
    "front": ROOMS | {"slack", "web", "settings", "workdays"},
    "configured": ROOMS | {"settings", "workdays"},
    "opened": ROOMS | {"settings", "workdays", "configured"},
    "app": ROOMS | OPERATED | {"slack", "web", "front"},
    "doctor": ROOMS | OPERATED | {"slack"},
    "demo": ROOMS | OPERATED | {"slack", "web", "front", "app", "playground"},
    "cli": ROOMS | OPERATED | {"slack", "web", "front", "app", "demo", "doctor", "playground"},
    "cli/bootstrap": set(),
    "cli/version": {"__version__", "store"},
    "__main__": {"__version__", "cli"},
}

# room → packages that it may import besides the standard library. Where secrets pass, pydantic for its SecretStr.
PACKAGES: dict[str, set[str]] = {
    "texts": {"babel", "pypinyin"},
    "network": {"certifi"},
    "clock": {"httpx"},
    "logs": {"structlog"},
    "metrics": {"prometheus_client"},
    "traces": {"opentelemetry"},
    "workdays": {"holidays", "babel"},
    "settings": {"pydantic", "pydantic_settings"},
    "store": {"sqlalchemy", "alembic", "cryptography"},
    "coze": {"httpx", "jwt", "cryptography", "pydantic"},
    "slack": {"slack_sdk", "slack_bolt", "aiohttp", "pydantic", "yaml"},
    "web": {"starlette", "uvicorn", "htpy", "markupsafe", "pydantic"},
    "services": {"apscheduler", "pydantic"},
    "front": {"starlette"},
    "configured": {"pydantic"},
    "doctor": {"httpx", "pydantic", "slack_sdk"},
    "demo": {"starlette"},
    "playground": {"aiohttp", "babel", "cryptography", "htpy", "httpx", "jwt", "markupsafe", "sse_starlette"}
    | {"starlette", "uvicorn", "websockets"},
    "cli": {"click", "yaml", "pytest"},
    "cli/version": {"click"},
}

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
SPEAKS_CHINESE = ("bot/texts/", "bot/playground/", "bot/demo/", "tests/")
CATALOGUE_CALLS = {"_", "ngettext", "mark"}
CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def sources(root: Path, *folders: str) -> list[Path]:
    """The project's own files: environments of the contract tests stand beside some of them."""
    found = (path for folder in folders for path in (root / folder).rglob("*.py"))
    return sorted(path for path in found if ".venv" not in path.parts and "node_modules" not in path.parts)


def imported(tree: ast.Module, package: list[str]) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import in a file of `package`, relative and by `import_module` too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            base = ".".join(above + ([node.module] if node.module else []))
            yield from ((node.lineno, f"{base}.{name.name}") for name in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            names = (arg.value for arg in node.args if isinstance(arg, ast.Constant))
            yield from ((node.lineno, name) for name in names if isinstance(name, str))


def wrong_arrows(root: Path) -> list[str]:
    """Every import below `root`/bot that the two tables don't allow, as `file:line: room imports name`."""
    wrong = []
    for path in sources(root, "bot"):
        parts = path.relative_to(root).with_suffix("").parts
        room = "/".join(parts[1:]) if "/".join(parts[1:]) in ARROWS else parts[1]
        for line, name in imported(ast.parse(path.read_text("utf-8")), list(parts[:-1])):
            if not _allowed(room, name.split(".")):
                wrong.append(f"{path.relative_to(root).as_posix()}:{line}: {room} imports {name}")
    return wrong


def _allowed(room: str, name: list[str]) -> bool:
    if name[0] != "bot":
        return name[0] in sys.stdlib_module_names or name[0] in PACKAGES.get(room, set())
    return len(name) > 1 and (name[1] == room or name[1] in ARROWS.get(room, set()))


def chinese_literals(path: Path) -> list[int]:
    """Lines of string literals with Chinese in them that go past the catalogues.

    Nobody is shown a docstring, and a message of the catalogue may quote a label as Coze's own pages show it.
    """
    tree = ast.parse(path.read_text("utf-8"))
    fine = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in CATALOGUE_CALLS:
            fine |= {id(argument) for argument in node.args}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in fine)
    return sorted(node.lineno for node in texts if isinstance(node.value, str) and CJK.search(node.value))


def test_every_import_follows_an_arrow() -> None:
    assert wrong_arrows(ROOT) == []


def test_every_room_is_in_the_picture() -> None:
    """A new room gets its arrows before it gets its first import."""
    there = {
        path.name.removesuffix(".py") for path in (ROOT / "bot").iterdir() if path.suffix == ".py" or path.is_dir()
    }
    assert there - {"__pycache__"} <= set(ARROWS)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("core/join.py", "import sqlalchemy"),
        ("core/join.py", "from bot.texts import catalogue"),
        ("core/join.py", "from ..store import tables"),
        ("store/join.py", "from ..coze.client import Coze"),
        ("coze/client.py", "from bot import store"),
        ("coze/client.py", "import slack_sdk"),
        ("services/join.py", "from bot.slack.draw import draw"),
        ("services/join.py", "import httpx"),
        ("services/join.py", "from .. import settings"),
        ("slack/views/join.py", "from ...web import door"),
        ("slack/join.py", "def late():\n    from bot.settings import load"),
        ("web/endpoints.py", "from bot.slack import commands"),
        ("web/endpoints.py", "import importlib\nimportlib.import_module('bot.app')"),
        ("playground/server.py", "from ..core import join"),
        ("playground/server.py", "from bot.demo.cast import TEAM"),
        ("app.py", "from bot.playground import server"),
        ("app.py", "import bot"),
        ("newroom/join.py", "import bot.core.join"),
        ("__init__.py", "from . import logs"),
        ("cli/bootstrap.py", "import yaml"),
        ("cli/bootstrap.py", "from . import call"),
    ],
)
def test_a_wrong_arrow_is_caught(tmp_path: Path, file: str, line: str) -> None:
    path = tmp_path / "bot" / file
    path.parent.mkdir(parents=True)
    path.write_text(f"import json\n{line}\n")
    (found,) = wrong_arrows(tmp_path)
    assert found.startswith(f"bot/{file}:")


def test_right_arrows_pass(tmp_path: Path) -> None:
    right = {
        "core/join.py": "from datetime import datetime\nfrom .errors import BotError",
        "store/join.py": "from ..core.join import Request\nfrom sqlalchemy import select\nfrom . import tables",
        "services/join.py": "from ..store import join\nfrom ..coze import client\nfrom bot.clock import Clock",
        "slack/views/join.py": "from ...texts import say\nfrom .parts import card\nimport slack_sdk.models",
        "app.py": "from . import settings\nfrom .slack import commands\nfrom bot.front import front",
        "demo/run.py": "from bot.app import build\nfrom bot.playground import server\nfrom .cast import TEAM",
    }
    for file, text in right.items():
        path = tmp_path / "bot" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert wrong_arrows(tmp_path) == []


def graph(root: Path) -> dict[str, set[str]]:
    """module of `root`/bot → modules of it that are imported there, for types too; a package stands for itself."""
    names = {".".join(path.relative_to(root).with_suffix("").parts): path for path in sources(root, "bot")}
    modules = {name.removesuffix(".__init__"): path for name, path in names.items()}
    return {
        name: {
            found
            for _, imports in imported(ast.parse(path.read_text("utf-8")), list(path.relative_to(root).parts[:-1]))
            if (found := _module(imports, modules)) and not f"{name}.".startswith(f"{found}.")
        }
        for name, path in modules.items()
    }


def _module(name: str, modules: Iterable[str]) -> str:
    """The module that an imported name is, or stands in; empty for another's."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def test_nothing_imports_in_a_circle() -> None:
    """Raises CycleError, which names the circle."""
    tuple(TopologicalSorter(graph(ROOT)).static_order())


def test_a_circle_is_caught(tmp_path: Path) -> None:
    for file, text in {"a.py": "from .b import B", "b.py": "from typing import TYPE_CHECKING\nimport bot.a"}.items():
        (tmp_path / "bot").mkdir(exist_ok=True)
        (tmp_path / "bot" / file).write_text(text)
    with pytest.raises(CycleError):
        tuple(TopologicalSorter(graph(tmp_path)).static_order())


def test_the_playground_knows_no_bot() -> None:
    """Nor a word of this one: what it must know is handed in by bot/demo."""
    settings = set(re.findall(r"^#? ?([A-Z]+_[A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.M))
    assert len(settings) > 10
    words = re.compile(rf"(?i:sharge)|\b(?:{'|'.join(settings)})\b")
    files = [path for path in (ROOT / "bot/playground").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    found = {path.relative_to(ROOT).as_posix(): words.findall(path.read_text("utf-8")) for path in files}
    assert {name: said for name, said in found.items() if said} == {}


def test_files_stay_short() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in sources(ROOT, "bot", "tests")}
    long = {path.relative_to(ROOT).as_posix(): lines for path, lines in lengths.items() if lines > LONGEST_FILE}
    assert long == {}


def test_functions_stay_short() -> None:
    """Migrations stay as they are."""
    kinds = ast.FunctionDef, ast.AsyncFunctionDef
    found = [(path, each) for path in sources(ROOT, "bot") for each in ast.walk(ast.parse(path.read_text("utf-8")))]
    functions = [(path, each) for path, each in found if isinstance(each, kinds)]
    long = [
        f"{path.name} {each.name}"
        for path, each in functions
        if (each.end_lineno or 0) - each.lineno >= LONGEST_FUNCTION and path.parent.name != "versions"
    ]
    assert len(functions) > 1000
    assert long == []


def test_what_people_read_is_kept_with_the_texts() -> None:
    others = [(path.relative_to(ROOT).as_posix(), path) for path in sources(ROOT, "bot", "tests")]
    found = {name: chinese_literals(path) for name, path in others if not name.startswith(SPEAKS_CHINESE)}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_chinese_past_the_catalogues_is_found(tmp_path: Path) -> None:
    lines = [
        '"""扣子"""',
        "# 扣子",
        "x = 1",
        'y = f"已提交 {x}"',
        'z = "full-width，"',
        'a = r._("**发布** (Publish)")',
    ]
    path = tmp_path / "view.py"
    path.write_text("\n".join([*lines, 'b = r._("{what}", what="发布")']), "utf-8")
    assert chinese_literals(path) == [4, 5, 7]
