"""Scripts that people run on their own machine, so that their private key never leaves it.

The templates are in `scripts/`: `sign` prints one assertion, `service` is what stays in somebody's service. Rules of
the assertion: Coze's documentation of OAuth JWT (https://www.coze.cn/open/docs/developer_guides/oauth_jwt).
"""

import re
from functools import cache
from pathlib import Path
from typing import Literal

ScriptLanguage = Literal["python", "node", "shell"]
Purpose = Literal["sign", "service"]

FOLDER = Path(__file__).with_name("scripts")
SUFFIXES: dict[ScriptLanguage, str] = {"python": "py", "node": "mjs", "shell": "sh"}

_APP_ID = re.compile(r"[0-9]{1,20}")
_KID = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?(?::[0-9]{1,5})?")


def file_name(language: ScriptLanguage, purpose: Purpose = "sign") -> str:
    """Under which name the script's own text tells people to keep it."""
    name = {"sign": "sign", "service": "token" if language == "shell" else "coze_token"}[purpose]
    return f"{name}.{SUFFIXES[language]}"


def script(language: ScriptLanguage, app_id: str, kid: str, host: str, purpose: Purpose = "sign") -> str:
    """The script with a person's own ids in it. It holds no secret: the key's path is its only argument.

    `sign` prints an assertion, good for one exchange within ten minutes; `service` exchanges it, and keeps the token
    until a minute before its end. `host`: the API's host without scheme (`CozeClient.audience`). Raises ValueError
    for an id that could not be one: nothing else may enter a program that somebody runs.
    """
    for pattern, value, what in ((_APP_ID, app_id, "app id"), (_KID, kid, "fingerprint"), (_HOST, host, "host")):
        if not pattern.fullmatch(value):
            raise ValueError(f"not a possible {what}")
    scheme = "http" if host.partition(":")[0] == "127.0.0.1" else "https"  # the playground's
    values = {"__APP_ID__": app_id, "__KID__": kid, "__HOST__": host, "__BASE__": f"{scheme}://{host}"}
    return re.sub("|".join(values), lambda match: values[match[0]], _template(language, purpose))


@cache
def _template(language: ScriptLanguage, purpose: Purpose) -> str:
    return (FOLDER / f"{purpose}.{SUFFIXES[language]}.txt").read_text("utf-8")
