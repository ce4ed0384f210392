"""All blocks that the bot can send, in one file, and Slack asked what it thinks of them.

`python -m tests.slack.views.every_block write FILE` collects them from the samples of all views, in each language;
`python -m tests.slack.views.every_block ask FILE [API_URL]` asks Slack's blocks.validate, which wants no token, and
prints what it objects to (docs.slack.dev/reference/methods/blocks.validate).
"""

import asyncio
import json
import sys
from collections.abc import Hashable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from bot.texts.locale import Locale

from . import samples_join
from .samples import LONGEST, MEI, TOM, samples

Json = dict[str, Any]

SLACK = "https://slack.com/api/"
SILENT = 5.0  # seconds to wait where Slack asks to and does not say for how long


@cache
def collected() -> list[Json]:
    """Payloads that between them hold each kind of block, element and form, with the longest words."""
    return [one for locale in (MEI, TOM) for one in _of(locale)]


def _of(locale: Locale) -> Iterator[Json]:
    seen: set[Hashable] = set()
    for name, surface, payload in (*samples(locale, LONGEST), *samples_join.all_of_them(locale, LONGEST)):
        shapes = {(surface, payload.get("callback_id"), _shape(block)) for block in payload["blocks"]}
        if not shapes <= seen:
            seen |= shapes
            yield {"name": name, "language": locale.language, "surface": surface, "payload": payload}


def _shape(part: Any) -> Hashable:
    """What a block is made of, whatever it says."""
    if isinstance(part, dict):
        return frozenset((key, value if key == "type" else _shape(value)) for key, value in part.items())
    if isinstance(part, list):
        return frozenset(map(_shape, part))
    return type(part).__name__


async def objections(found: Sequence[Json], api_url: str = SLACK) -> list[str]:
    """What Slack says against each, with the place in it. Raises httpx.HTTPError."""
    said = []
    async with httpx.AsyncClient(base_url=api_url) as http:
        for one in found:
            answer = await _asked(http, one)
            if answer.get("ok") is not True:
                places = [f"{each.get('pointer')}: {each.get('message')}" for each in answer.get("errors") or []]
                where = f"{one['name']} ({one['language']}, {one['surface']})"
                said.append(f"{where}: {answer.get('error')} {'; '.join(places)}")
    return said


async def _asked(http: httpx.AsyncClient, one: Json) -> Json:
    kind = "message" if one["surface"] == "message" else "view"
    while True:
        payload = json.dumps(one["payload"], ensure_ascii=False)
        response = await http.post("blocks.validate", json={kind: payload})
        if response.status_code != httpx.codes.TOO_MANY_REQUESTS:
            answer: Json = response.json()
            return answer
        wait = response.headers.get("Retry-After", "")
        await asyncio.sleep(float(wait) if wait.isdecimal() else SILENT)


def main(words: Sequence[str]) -> int:
    """The command line; the number of objections, at most one."""
    match words:
        case ["write", path]:
            Path(path).write_text(json.dumps(collected(), ensure_ascii=False, indent=1), "utf-8")
        case ["ask", path, *urls] if len(urls) < 2:
            found = json.loads(Path(path).read_text("utf-8"))
            said = asyncio.run(objections(found, *urls))
            sys.stdout.write("\n".join([*said, f"{len(found)} asked about, {len(said)} refused"]) + "\n")
            return min(len(said), 1)
        case _:
            sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
