"""What the page never shows: tokens, signatures, keys."""

import re
from typing import Any

_SECRET_KEYS = frozenset(
    {"token", "trigger_id", "bot_access_token", "authorization", "client_secret", "private_key"}
    | {"refresh_token", "device_code"}
)
_SECRET = re.compile(
    r"(?:xox[a-z]-|xapp-|pat_|sat_|czs_|czu_|cztei_)[\w-]{4,}|eyJ[\w-]+\.[\w-]+\.[\w-]+|-----BEGIN [A-Z ]+-----.*",
    re.S,
)
_RESPONSE_URL = re.compile(r"^(https?://.{0,40}).*$")


def cut(value: Any, key: str = "") -> Any:
    """The value without secrets: tokens, signatures and keys are cut, wherever they stand."""
    if isinstance(value, dict):
        return {name: cut(inner, name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [cut(inner) for inner in value]
    if not isinstance(value, str):
        return value
    if key.lower() in _SECRET_KEYS:
        return f"{value[:4]}…" if value else value
    if key == "response_url":
        return _RESPONSE_URL.sub(r"\1…", value)
    return _SECRET.sub(lambda match: f"{match[0][:4]}…", value)
