"""A keep-alive HTTP connection that signs as Slack does: bare streams, so that what is timed is the server."""

import asyncio
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.playground.slack.delivery import encode, signature

EVENTS = "/slack/events"
FORM = "application/x-www-form-urlencoded"
Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """`seconds` from the first byte sent to the last one read."""

    status: int
    body: str
    seconds: float


class Line:
    """One connection to a server on 127.0.0.1."""

    def __init__(self, locale: asyncio.StreamReader, writer: asyncio.StreamWriter, secret: str) -> None:
        self._locale, self._writer, self._secret = locale, writer, secret

    @classmethod
    async def open(cls, port: int, secret: str) -> "Line":
        """Connect; `secret` is the app's signing secret."""
        return cls(*await asyncio.open_connection("127.0.0.1", port), secret)

    async def post(self, body: bytes, path: str = EVENTS, content_type: str = FORM) -> Answer:
        """Send one request as Slack signs it, and read the answer whole."""
        stamp = str(int(time.time()))
        signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(self._secret, stamp, body)}
        return await self.brings(body, path, {"Content-Type": content_type, **signed})

    async def brings(self, body: bytes, path: str, headers: Mapping[str, str]) -> Answer:
        """Send one request with these headers, and read the answer whole."""
        lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
        request = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body
        started = time.perf_counter()
        self._writer.write(request)
        answered = (await self._locale.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(answered.partition("content-length:")[2].partition("\r\n")[0])
        content = await self._locale.readexactly(length)
        seconds = time.perf_counter() - started
        return Answer(int(answered.split(" ", 2)[1]), content.decode(), seconds)

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()


class Typist:
    """Makes payloads as the chat would, each with a key of its own. `ready` is a playground's ready file."""

    def __init__(self, ready: Json) -> None:
        self._slack, self._numbers = ready["slack"], itertools.count(1)
        self._page = str(ready["page"])

    def command(self, who: str, text: str) -> bytes:
        """A slash command."""
        number = next(self._numbers)
        payload = {
            "command": "/sharge",
            "text": text,
            "user_id": self._slack["users"][who],
            "user_name": who,
            "team_id": self._slack["team_id"],
            "team_domain": "playground",
            "channel_id": self._slack["channels"]["general"],
            "channel_name": "general",
            "api_app_id": self._slack["app_id"],
            "trigger_id": f"{number}.{time.time_ns()}.benchmark",
            "response_url": f"{self._page}response/none",
            "token": "unused",
        }
        return urlencode(payload).encode()

    def check(self, who: str, pasted: str) -> bytes:
        """The form of `/sharge check`, sent."""
        number = next(self._numbers)

        def typed(block: str, value: str) -> Json:
            return {block: {"value": {"type": "plain_text_input", "value": value}}}

        view = {
            "id": f"V{number}",
            "hash": str(number),
            "type": "modal",
            "callback_id": "check.run",
            "private_metadata": "",
            "blocks": [{"type": "input", "block_id": "check.text"}],
            "state": {"values": typed("check.text", pasted)},
        }
        payload = {
            "type": "view_submission",
            "team": {"id": self._slack["team_id"], "domain": "playground"},
            "user": {"id": self._slack["users"][who], "name": who, "team_id": self._slack["team_id"]},
            "api_app_id": self._slack["app_id"],
            "trigger_id": f"{number}.{time.time_ns()}.benchmark",
            "view": view,
        }
        return encode("view_submission", payload)[0]


async def met(line: Line, typist: Typist, who: str) -> None:
    """See that the bot knows this person: it asks about somebody new after its first, empty answer."""
    for _ in range(100):
        if (await line.post(typist.command(who, "status"))).body:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"the bot does not know {who}")
