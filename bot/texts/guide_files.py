"""The guide's files as they are read: one TOML file a route, an operator's own laid over ours key by key."""

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("guide")
SHARED = "shared"
TABLES = ("route", "links", "permissions", "fields")
"""What else stands in a file; every other table is a step."""

Row = dict[str, Any]
Files = dict[str, Row]
"""Each file's content by its name without `.toml`."""


class BrokenGuide(ValueError):
    """The guide's files lack something or disagree. Raised at load, naming every fault."""


def read(folder: Path | None) -> Files:
    """Every file by its name, the operator's over ours. Raises BrokenGuide for one that can't be parsed."""
    files = {path.stem: _parsed(path) for path in sorted(FOLDER.glob("*.toml"))}
    for path in sorted(folder.glob("*.toml")) if folder else ():
        files[path.stem] = _over(files.get(path.stem, {}), _parsed(path))
    return files


def _parsed(path: Path) -> Row:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BrokenGuide(f"{path.name}: can't be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise BrokenGuide(f"{path.name}: is no text in UTF-8: save it in that encoding.") from None
    except tomllib.TOMLDecodeError as error:
        raise BrokenGuide(f"{path.name}: {error}.") from None


def _over(below: Any, above: Any) -> Any:
    """Tables are merged key by key; anything else is replaced."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {**below, **{key: _over(below.get(key), value) for key, value in above.items()}}


def routes_in(files: Files) -> dict[str, Row]:
    """Each route's own table by the route's key, which is its file's name."""
    return {key: file.get("route", {}) for key, file in files.items() if key != SHARED}


def steps_in(files: Files) -> dict[str, Row]:
    """Every step of every file by its name; one that is `like` another says only what is different."""
    rows = {name: row for file in files.values() for name, row in _own_steps(file).items()}
    return {name: _over(rows.get(row.get("like", ""), {}), row) for name, row in rows.items()}


def file_of(files: Files, step_id: str) -> str:
    """The name of the file in which a step stands."""
    return next((f"{key}.toml" for key, file in files.items() if step_id in _own_steps(file)), "")


def set_of(files: Files, kind: str, name: str) -> list[Any] | None:
    """The `permissions` or `fields` of this name, from whichever file; None if there are none."""
    return next((file[kind][name] for file in files.values() if name in file.get(kind, {})), None)


def _own_steps(file: Row) -> dict[str, Row]:
    return {name: row for name, row in file.items() if isinstance(row, dict) and name not in TABLES}
