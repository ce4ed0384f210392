"""Nothing in the bot is kept for the tests alone: each public name is used by the bot itself.

Module-level names are followed through imports to where they are defined; a method counts as used where anybody asks
any object for an attribute of its name. (vulture matches all names so, and overlooks a `log` or an `of` that nobody
uses because there is another.)
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

Name = tuple[str, str]
"""A module and a name in it."""

STARTED = {"main", "OPTIONS", "CHECK", "STEP"}
"""What is found by its module's name: by the command line, or by the package of a guide's check or its face."""

OVERRIDDEN = {
    "capture_signals",
    "log_message",
    "main_loop",
    "emit",
    "process_bind_param",
    "process_result_value",
    "settings_customise_sources",
}
"""Methods that a library calls."""


@dataclass
class Module:
    """One file: what it defines and which names it has from elsewhere."""

    name: str
    package: str
    tree: ast.Module
    imported: dict[str, Name] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                base = _absolute(node, self.package)
                self.imported |= {each.asname or each.name: (base, each.name) for each in node.names}

    @cached_property
    def defined(self) -> dict[str, ast.stmt]:
        """The functions, classes and constants at its top, with the statements that make them."""
        found: dict[str, ast.stmt] = {}
        for node in self.tree.body:
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    found[node.name] = node
                case ast.Assign(targets=targets):
                    named = (each for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
                    found |= {each.id: node for each in named}
                case ast.AnnAssign(target=ast.Name(id=name)):
                    found[name] = node
        return found

    @cached_property
    def methods(self) -> dict[str, str]:
        """Public methods and properties by `Class.name`."""
        return {
            f"{owner.name}.{node.name}": node.name
            for owner in self.tree.body
            if isinstance(owner, ast.ClassDef)
            for node in owner.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
        }


def _absolute(node: ast.ImportFrom, package: str) -> str:
    above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
    return ".".join([*above, *([node.module] if node.module else [])])


class House:
    """All modules below `root`/bot but the migrations, which Alembic reads."""

    def __init__(self, root: Path) -> None:
        self.modules = {module.name: module for module in _modules(root)}

    def home(self, name: Name) -> Name | None:
        """Where a name is defined that is had from there; None for a module or a stranger."""
        seen = set()
        while name not in seen:
            seen.add(name)
            module = self.modules.get(name[0])
            if module is None or name[1] in module.defined:
                return name if module else None
            name = module.imported.get(name[1], name)
        return None

    def used(self) -> Iterator[Name]:
        """Every module-level name that something else than its own definition reads."""
        for module in self.modules.values():
            for node in module.tree.body:
                own = {name for name, made_by in module.defined.items() if made_by is node}
                if own != {"__all__"}:
                    yield from self._read(module, node, own)

    def _read(self, module: Module, top: ast.stmt, own: set[str]) -> Iterator[Name]:
        for node in ast.walk(top):
            match node:
                case ast.Name(id=name, ctx=ast.Load()) | ast.Constant(value=str(name)) if name not in own:
                    here = (module.name, name) if name in module.defined else module.imported.get(name)
                    found = self.home(here) if here else None
                case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in module.imported:
                    found = self.home((".".join(module.imported[name]), attribute))
                case _:
                    found = None
            if found:
                yield found

    def attributes(self) -> set[str]:
        """Every name by which anybody asks an object for something."""
        trees = (module.tree for module in self.modules.values())
        return {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}

    def dead(self) -> list[str]:
        """`module.name` of what nobody uses."""
        used, attributes = set(self.used()), self.attributes()
        names = [(module.name, name) for module in self.modules.values() for name in module.defined]
        found = [".".join(each) for each in names if each not in used and not each[1].startswith("_")]
        for module in self.modules.values():
            found += [f"{module.name}.{path}" for path, name in module.methods.items() if name not in attributes]
        return sorted(each for each in found if each.rpartition(".")[2] not in STARTED | OVERRIDDEN)


def _modules(root: Path) -> Iterator[Module]:
    for path in sorted((root / "bot").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if "versions" not in parts and "migrations" not in parts:
            package = ".".join(parts[:-1])
            yield Module(
                package if parts[-1] == "__init__" else ".".join(parts), package, ast.parse(path.read_text())
            )


def test_each_public_name_is_used_by_the_bot() -> None:
    assert House(ROOT).dead() == []


def test_what_is_dead_is_found_and_what_lives_is_not(tmp_path: Path) -> None:
    files = {
        "a/__init__.py": "from .b import shown\n__all__ = ['shown']",
        "a/b.py": "def shown(): return LIMIT\ndef of(): return of()\nLIMIT = 1\nDEAD: int = 2\n_own = 3",
        "a/c.py": "class Kept:\n    def go(self): ...\n    def stays(self): ...\n"
        "def of() -> 'Kept': return Kept().go()",
        "d.py": "from bot.a import c, shown\nfrom .a.b import of\nprint(c.of(), shown)\ndef main(): ...",
    }
    for name, text in files.items():
        path = tmp_path / "bot" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert House(tmp_path).dead() == ["bot.a.b.DEAD", "bot.a.b.of", "bot.a.c.Kept.stays"]
