"""Writing `.env`: for its owner alone, never over another one, nothing of it lost half-way."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from . import Settings, secret_files

How = Literal["new", "adds", "replaces"]

PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=~?&-]*")  # docker run takes quotation marks for a part of the value


def text_of(values: Mapping[str, str], before: str = "") -> str:
    """A file with these values, by field; what stood `before` stays where it says nothing else of them."""
    lines, told = [], dict(values)
    for line in before.splitlines():
        name = line.partition("=")[0].removeprefix("export ").strip().lower()
        if "=" not in line or name not in values:
            lines.append(line)
        elif name in told:
            lines.append(_line(name, told.pop(name)))
    for name, value in told.items():
        field = name if name in Settings.model_fields else name.removesuffix(secret_files.END)
        lines += [f"# {Settings.model_fields[field].description}", _line(name, value)]
    return "\n".join(lines) + "\n"


def place(file: Path, text: str, how: How) -> tuple[Path, Path | None]:
    """Write the file with mode 0600: where it is, and where the replaced one is, if one was. A new one leaves another
    that is there already as it is: the text then is in a file of another name. A link stays one: the file to which it
    leads is written.

    Raises OSError.
    """
    named = file
    if how != "new" and file.is_symlink() and file.exists():
        file = file.resolve()
    handle, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".part", dir=file.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        aside = None
        if how == "replaces" and file.exists():
            aside = _linked(file, file.with_name(f"{file.name}.replaced"))
            aside.chmod(0o600)
        if how == "new":
            return _linked(part, file), None
        part.replace(file)
        return named, aside
    finally:
        part.unlink(missing_ok=True)


def _linked(part: Path, file: Path) -> Path:
    """Under this name too, or under the next one that nobody has taken."""
    number = 0
    while True:
        free = file.with_name(f"{file.name}.{number}") if number else file
        try:
            os.link(part, free)
        except FileExistsError:
            number += 1
            continue
        return free


def _line(name: str, value: str) -> str:
    if PLAIN.fullmatch(value):
        return f"{name.upper()}={value}"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name.upper()}='{escaped}'"
