"""Signed payloads that are wrong somewhere inside: none makes the bot fail, hang up or write a traceback.

`python -m tests.drills.payloads --count N --seed S` runs it by hand, `--database postgresql` on a database there.
What the bot's own cards, forms and commands make Slack deliver is recorded on the way, then sent again with one to
three parts changed: other types, lengths, NULs, halves of surrogate pairs, parts that are missing or there twice.
"""

import argparse
import asyncio
import copy
import hashlib
import hmac
import json
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.playground.wire import Served
from tests.databases import KINDS, fresh
from tests.stories.story import Story, told

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SLOWEST = 3.0  # seconds that Slack waits
NASTY: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 5, 2**63, 1e308, "", " ", "\0", "a\0b", "\ud800", "x" * 300, "9" * 400, "é" * 5000),
    *(
        [],
        {},
        ["x"],
        [1],
        [[]],
        {"id": 5},
        {"value": []},
        "0",
        "17:a1",
        "9999-12-31",
        "2026-02-31",
        "<!channel>",
        "🦊",
    ),
)


@dataclass(frozen=True)
class Recorded:
    """One delivery as Slack made it."""

    content_type: str
    body: bytes

    @property
    def payload(self) -> dict[str, Any]:
        """What it holds."""
        if self.content_type.startswith(JSON):
            return dict(json.loads(self.body))
        form = dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        return dict(json.loads(form["payload"])) if "payload" in form else form

    def holding(self, payload: Any) -> bytes:
        """A body of the same kind with something else in it."""
        if self.content_type.startswith(JSON):
            return json.dumps(payload).encode()
        if "payload=" in self.body.decode():
            return urlencode({"payload": json.dumps(payload)}).encode()
        flat = payload if isinstance(payload, dict) else {"text": payload}
        return urlencode({key: str(value) for key, value in flat.items()}, errors="replace").encode()


@dataclass
class Tally:
    """What came of it."""

    seed: int
    statuses: Counter[int] = field(default_factory=Counter)
    dropped: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Answers of 500 and above."""
        return sum(count for status, count in self.statuses.items() if status >= 500)

    @property
    def wrong(self) -> int:
        """Everything that must not be."""
        return self.failed + len(self.dropped) + len(self.tracebacks) + len(self.slow)

    def __str__(self) -> str:
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return (
            f"seed {self.seed}: {self.statuses.total()} payloads, answers {answers}; 5xx {self.failed}, dropped "
            f"{len(self.dropped)}, tracebacks {len(self.tracebacks)}, over {SLOWEST:g} s {len(self.slow)}"
        )


class Loud(logging.Handler):
    """Keeps every traceback."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what tells of an exception."""
        if record.exc_info and record.exc_info[0]:
            self.heard.append(self.format(record))


def broken(payload: dict[str, Any], dice: random.Random) -> Any:
    """The payload with one to three parts changed."""
    changed: Any = copy.deepcopy(payload)
    for _ in range(dice.choice((1, 1, 2, 3))):
        places = list(_places(changed))
        if not places:
            return changed
        parent, key = dice.choice(places)
        match dice.randrange(6):
            case 0 if isinstance(parent, dict):
                del parent[key]
            case 1:
                parent[key] = [parent[key], parent[key]]
            case 2 if isinstance(parent[key], str):
                parent[key] = parent[key] + dice.choice(("\0", " ", "\ud800", "x" * 400, ":9"))
            case 3 if isinstance(parent, list):
                parent.append(copy.deepcopy(parent[key]))
            case _:
                parent[key] = copy.deepcopy(dice.choice(NASTY))
    return changed


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every part of a payload, as the container and the key there."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


class Recorder:
    """Stands between Slack and the bot, passes everything on and keeps it."""

    def __init__(self, bot: str) -> None:
        self.kept: list[Recorded] = []
        self._bot = bot
        self._http = httpx.AsyncClient(trust_env=False, timeout=10)
        self.served = Served(Starlette(routes=[Route("/slack/events", self._pass_on, methods=["POST"])]), 0)

    async def _pass_on(self, request: Request) -> Response:
        body = await request.body()
        self.kept.append(Recorded(request.headers["content-type"], body))
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
        answer = await self._http.post(self._bot, content=body, headers=headers)
        return Response(answer.content, answer.status_code, {"content-type": answer.headers.get("content-type", "")})

    async def close(self) -> None:
        """Let go of the connections."""
        await self.served.stop()
        await self._http.aclose()


async def lived(story: Story) -> list[Recorded]:
    """What Slack delivers while people live with the bot: commands, presses, forms, messages, Home."""
    recorder = Recorder(story.ready["bot_events_url"])
    await recorder.served.start()
    await story.world.connect(f"{recorder.served.url}slack/events")
    try:
        await _live(story)
    finally:
        await story.world.connect(story.ready["bot_events_url"])
        await recorder.close()
    return [each for each in recorder.kept if b"ssl_check" not in each.body and b"url_verification" not in each.body]


async def _live(story: Story) -> None:
    for text in ("", "help", "lang zh", "foo bar", "remind", "queue", "start"):
        await story.types("mei", f"/sharge {text}")
    await story.says("mei", "status")
    await story.tries("home", who="mei")
    await story.tries("shortcut", who="mei", callback_id="command.join")
    await story.asks_and_waits()
    await story.tries("click", who="mei", action_id="join.edit")
    await story.tries("submit", who="mei", fields={})
    await story.types("lin", "/sharge queue")
    for action in ("join.question", "join.decline", "join.show", "join.more"):
        await story.tries("click", who="lin", action_id=action, channel="admins")
    await story.tries("submit", who="lin", fields={"理由": "请写清楚"})
    await story.presses("lin", "批准", channel="admins")
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "登记到期日")
    await story.sends("mei", 名字="拍拍镜")
    await story.types("mei", "/sharge check")
    await story.sees_form("mei", "令牌或签名凭证")
    await story.tries("submit", who="mei", fields={"令牌": story.coze["pats"]["mei"]})
    await story.types("mei", "/sharge start")
    for action in ("guide.choose", "guide.route", "guide.next", "guide.more", "guide.record", "guide.paste"):
        await story.tries("click", who="mei", action_id=action)
    await story.tries("submit", who="mei", fields={})
    await story.types("tom", "/sharge publish")
    await story.tries("coze/user", name="mei", accept_invitation=True)


async def drill(database: str, count: int, seed: int) -> Tally:
    """Live a while, then send what was recorded, broken; the same for the same seed but for ids."""
    tally, loud = Tally(seed), Loud()
    async with told(database, "http") as story:
        recorded = await lived(story)
        with heard(loud):
            async with sending(story) as post:
                await _send(post, recorded, count, random.Random(seed), tally)  # noqa: S311
    tally.tracebacks = loud.heard
    return tally


@contextmanager
def heard(handler: logging.Handler) -> Iterator[None]:
    """Every log line of the block reaches the handler."""
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


class Post:
    """Sends bodies to the bot over one kept connection, signed as Slack does."""

    def __init__(self, story: Story, http: httpx.AsyncClient) -> None:
        self._url, self._secret, self._http = (
            story.ready["bot_events_url"],
            story.ready["slack"]["signing_secret"],
            http,
        )

    async def __call__(self, content_type: str, body: bytes) -> httpx.Response:
        """The bot's answer. Raises httpx.HTTPError where it hangs up."""
        stamp = str(int(time.time()))
        signed = hmac.new(self._secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={signed}"}
        return await self._http.post(self._url, content=body, headers={**headers, "content-type": content_type})


@asynccontextmanager
async def sending(story: Story) -> AsyncIterator[Post]:
    """One connection that is kept."""
    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(trust_env=False, timeout=20, limits=limits) as http:
        yield Post(story, http)


async def _send(post: Post, recorded: list[Recorded], count: int, dice: random.Random, tally: Tally) -> None:
    for number in range(count):
        one = dice.choice(recorded)
        payload = one.payload
        for name in ("trigger_id", "event_id"):
            if name in payload:
                payload[name] = f"{number}.{dice.random()}"  # news, else all that is seen is a repeat
        body = one.holding(broken(payload, dice))
        started = time.monotonic()
        try:
            answer = await post(one.content_type, body)
        except httpx.HTTPError as error:
            tally.dropped.append(f"{type(error).__name__}: {body[:300]!r}")
            continue
        tally.statuses[answer.status_code] += 1
        if time.monotonic() - started > SLOWEST:
            tally.slow.append(time.monotonic() - started)


def main() -> int:
    """Exit code 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, fresh(given.database, Path(folder)) as url:
        tally = asyncio.run(drill(url, given.count, given.seed))
    print(f"{given.database}, {tally}")
    for each in [*tally.dropped, *tally.tracebacks][:5]:
        print(each, file=sys.stderr)
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
