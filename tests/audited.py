"""Which routes leave a line in the audit, by walking the code from each handler to where lines are written.

What is called is found by the imports of the file, by the class that a method belongs to, and by the classes
that `__init__` and annotations name for attributes and parameters. What can't be told so is not followed. What is
handed on to be called later counts as called.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("services", "slack", "store", "web")


@dataclass
class Function:
    """A function or method, and the class that it belongs to."""

    file: str
    owner: str
    node: ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Kind:
    """A class: its methods, the classes of its attributes, and those it is made of."""

    bases: list[str] = field(default_factory=list)
    methods: dict[str, Function] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)


class Code:
    """The rooms in which lines are written."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self.kinds: dict[str, Kind] = {}
        self._plain: dict[tuple[str, str], Function] = {}
        self._imports: dict[str, dict[str, tuple[str, str]]] = {}
        for room in ROOMS:
            for path in sorted((root / "bot" / room).rglob("*.py")):
                self._read(path.relative_to(root).as_posix(), ast.parse(path.read_text()))

    def _read(self, file: str, tree: ast.Module) -> None:
        self._imports[file] = dict(_imported(file, tree, self._root))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self._plain[file, node.name] = Function(file, "", node)
            elif isinstance(node, ast.ClassDef):
                self.kinds[node.name] = _kind(file, node)

    def method(self, qualified: str) -> Function:
        """A handler by its qualified name."""
        owner, _, name = qualified.partition(".")
        found = self._method(owner, name)
        assert found, qualified
        return found

    def lines(self, start: Function) -> set[str]:
        """The actions of all lines that may be written from here on, as the code calls them."""
        waiting, seen, found = [start], {id(start.node)}, set(actions(start.node))
        while waiting:
            for each in self._called(waiting.pop()):
                if id(each.node) not in seen:
                    seen.add(id(each.node))
                    found |= set(actions(each.node))
                    waiting.append(each)
        return found

    def _called(self, caller: Function) -> Iterator[Function]:
        known = {each.arg: _named(each.annotation) for each in _arguments(caller.node)} | {"self": caller.owner}
        for part in ast.walk(caller.node):
            if isinstance(part, ast.Name):
                found = self._plain.get(self._imports[caller.file].get(part.id, (caller.file, part.id)))
                yield from [found] if found else []
            elif isinstance(part, ast.Attribute):
                yield from self._attribute(caller, part, known)

    def _attribute(self, caller: Function, part: ast.Attribute, known: dict[str, str]) -> Iterator[Function]:
        if isinstance(part.value, ast.Name) and part.value.id in self._imports[caller.file]:
            module, name = self._imports[caller.file][part.value.id]
            there = module.removesuffix(".py") + (f"/{name}.py" if name else ".py")
            found = self._plain.get((there, part.attr)) or self._plain.get((module, part.attr))
        elif kind := self._kind_of(part.value, known):
            found = self._method(kind, part.attr)
        else:
            found = None
        yield from [found] if found else []

    def _kind_of(self, value: ast.expr, known: dict[str, str]) -> str:
        if isinstance(value, ast.Name):
            return known.get(value.id, "") if known.get(value.id) in self.kinds else ""
        if isinstance(value, ast.Attribute) and (kind := self._kind_of(value.value, known)):
            found = self._attribute_kind(kind, value.attr)
            return found if found in self.kinds else ""
        return ""

    def _attribute_kind(self, kind: str, name: str) -> str:
        if kind not in self.kinds:
            return ""
        found = self.kinds[kind].attributes.get(name, "")
        return found or next(filter(None, (self._attribute_kind(each, name) for each in self.kinds[kind].bases)), "")

    def _method(self, kind: str, name: str) -> Function | None:
        if kind not in self.kinds:
            return None
        found = self.kinds[kind].methods.get(name)
        return found or next(filter(None, (self._method(each, name) for each in self.kinds[kind].bases)), None)


def actions(tree: ast.AST) -> Iterator[str]:
    """The actions of the lines that are written here, as the code calls them."""
    for part in ast.walk(tree):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            func = part.func
            if (
                isinstance(func.value, ast.Name)
                and func.attr in ("note", "note_all")
                and func.value.id in ("audit", "lines")
            ):
                yield ast.unparse(part.args[-2])  # before the subject


def _imported(file: str, tree: ast.Module, root: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each imported name: the file, and the name there; "" for the file itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("bot")):
            base = Path(file).parent
            for _ in range(node.level - 1):
                base = base.parent
            parts = (node.module or "").split(".") if node.module else []
            place = base.joinpath(*parts) if node.level else Path(*parts)
            for alias in node.names:
                is_file = (root / place / f"{alias.name}.py").exists()
                there = (place / f"{alias.name}.py", "") if is_file else (place.with_suffix(".py"), alias.name)
                yield alias.asname or alias.name, (there[0].as_posix(), there[1])


def _kind(file: str, node: ast.ClassDef) -> Kind:
    kind = Kind([_named(base) for base in node.bases])
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            kind.attributes[each.target.id] = _named(each.annotation)
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            kind.methods[each.name] = Function(file, node.name, each)
            if any(_named(decorator) == "property" for decorator in each.decorator_list):
                kind.attributes[each.name] = _named(each.returns)
    if init := kind.methods.get("__init__"):
        given = {each.arg: _named(each.annotation) for each in _arguments(init.node)}
        for part in ast.walk(init.node):
            if isinstance(part, ast.Assign):
                kind.attributes |= dict(_assigned(part, given))
    return kind


def _assigned(node: ast.Assign, given: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The attributes that get a value of a known class."""
    for target in node.targets:
        pairs = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=False))
        for each, value in pairs:
            if isinstance(each, ast.Attribute):
                made = value.func if isinstance(value, ast.Call) else value
                yield each.attr, given.get(_named(made), _named(made))


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def _named(node: ast.expr | None) -> str:
    """The class that an annotation or a call names, the first of several; "" for none."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Constant(value=str() as text):
            return _named(ast.parse(text, mode="eval").body)
        case ast.BinOp(left=left):
            return _named(left)
    return ""
