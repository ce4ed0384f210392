"""JSON at the wire: read with care, written compactly."""

import json
from typing import Any


def dump(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def load(raw: bytes | str) -> Any:
    """What a JSON text says. Raises ValueError when it isn't JSON, or nested beyond reason.

    JSON can name halves of surrogate pairs, which no UTF-8 can carry on; they are replaced here, at the entrance.
    """
    try:
        text = raw.decode() if isinstance(raw, bytes) else raw
        value = json.loads(text)
        if "\\ud" in text.lower():
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value
