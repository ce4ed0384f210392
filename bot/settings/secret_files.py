"""Secrets in files of their own, as hosts hand them over: NAME_FILE is the path of a file that holds NAME's value."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo

END = "_file"
LARGEST = 65_536
"""Bytes: far above any secret, and little enough for a device without end."""

Problems = dict[str, str]


def secrets(fields: Mapping[str, FieldInfo]) -> tuple[str, ...]:
    """The settings that are secrets, by field."""
    return tuple(name for name, field in fields.items() if _holds_secret(field.annotation))


def names(fields: Mapping[str, FieldInfo]) -> frozenset[str]:
    """Every setting, and each secret's file."""
    return frozenset(fields) | {name + END for name in secrets(fields)}


def opened(given: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> tuple[dict[str, Any], Problems]:
    """The values with those that stand in files, and what is wrong with files, by the name of their setting."""
    values, problems = dict(given), Problems()
    for name in secrets(fields):
        if (path := values.pop(name + END, None)) is None:
            continue
        if name in values:
            problems[name] = f"is given together with {name.upper()}: keep one of the two."
            continue
        try:
            values[name] = _content(Path(path))
        except ValueError as error:
            problems[name] = str(error)
    return values, problems


def _content(path: Path) -> str:
    """What the file holds, without what stands around it. Raises ValueError with nothing of it."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise ValueError(f"can't be read ({error.strerror}): give the path of a file with the value alone.") from None
    except UnicodeDecodeError:
        raise ValueError("is no text in UTF-8: write the value alone to it, in that encoding.") from None
    if len(content) > LARGEST:
        raise ValueError("is far too long: write the value alone to it.")
    if not text.strip():
        raise ValueError("is empty: write the value alone to it.")
    return text


def _holds_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(map(_holds_secret, get_args(annotation)))
