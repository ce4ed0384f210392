"""Faults on demand: what goes wrong at the wire or in Coze's answers, so that a client can be tried against it."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

KINDS = (
    "missing_permission",
    "wrong_host",
    "unknown_kid",
    "not_published",
    "member_not_found",
    "review_rejected",
    "out_of_quota",
    "unknown_code",
    "rate_limited",
    "server_error",
    "slow",
    "html_502",
    "cut",
)
DEFAULT_DELAY = 30.0
HTML_502 = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


@dataclass
class Fault:
    """`left`: how often it still strikes (None: until cleared). `method`: an HTTP verb or a part of the path."""

    kind: str
    left: int | None = None
    method: str | None = None
    delay: float = DEFAULT_DELAY  # seconds of real time, for "slow"

    def fits(self, verb: str, path: str) -> bool:
        """Whether it is meant for this call."""
        return self.method is None or self.method.upper() == verb or self.method in f"{verb} {path}"


class Faults:
    """The faults that are switched on, at most one of each kind."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._faults: dict[str, Fault] = {}
        self._changed = changed
        self.on_set: Callable[[dict[str, Any] | None], None] = lambda fault: None  # None: all switched off
        self._cleared = asyncio.Event()

    @property
    def active(self) -> list[dict[str, Any]]:
        """What is switched on, for the page."""
        return [
            {"kind": fault.kind, "times": fault.left, "method": fault.method, "delay": fault.delay}
            for fault in self._faults.values()
        ]

    def set(self, kind: str, times: int | None = None, method: str | None = None, delay: float | None = None) -> None:
        """Switch `kind` on for the next `times` calls that fit. Raises ValueError for what can't be."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault {kind!r}; there are: {', '.join(KINDS)}")
        if times is not None and times < 1:
            raise ValueError("times must be at least 1")
        if delay is not None and delay < 0:
            raise ValueError("delay must not be negative")
        self.on_set({"kind": kind, "times": times, "method": method, "delay": delay})
        self._faults[kind] = Fault(kind, times, method, DEFAULT_DELAY if delay is None else delay)
        self._changed()

    def clear(self) -> None:
        """Switch everything off; answers that are held back leave now."""
        if self._faults:
            self.on_set(None)
        self._faults.clear()
        cleared, self._cleared = self._cleared, asyncio.Event()
        cleared.set()
        self._changed()

    def take(self, kind: str, verb: str, path: str) -> Fault | None:
        """The fault of this kind if it strikes this call; one stroke is used up."""
        fault = self._faults.get(kind)
        if fault is None or not fault.fits(verb, path):
            return None
        if fault.left is not None:
            fault.left -= 1
            if fault.left == 0:
                del self._faults[kind]
            self._changed()
        return fault

    async def hold(self, seconds: float) -> None:
        """Wait so long in real time, or until everything is switched off."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._cleared.wait()


class Wire:
    """The outermost layer: holds answers back, replaces them, or handles the call and then drops the connection.

    A slow or cut call has been carried out, so that a client can't take a missing answer for a missing deed.
    """

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app, self._faults = app, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        verb, path = scope["method"], scope["path"]
        if slow := self._faults.take("slow", verb, path):
            send = _Late(send, self._faults, slow.delay)
        if self._faults.take("html_502", verb, path):
            await _answer_502(send)
        elif self._faults.take("cut", verb, path):
            await self._app(scope, receive, _swallow)
            await _half_an_answer(send)
        else:
            await self._app(scope, receive, send)


class _Late:
    """Sends an answer after a delay before its first byte."""

    def __init__(self, send: Send, faults: Faults, delay: float) -> None:
        self._send, self._faults, self._delay = send, faults, delay

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._faults.hold(self._delay)
        await self._send(message)


async def _answer_502(send: Send) -> None:
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(HTML_502)).encode())]
    await send({"type": "http.response.start", "status": 502, "headers": headers})
    await send({"type": "http.response.body", "body": HTML_502})


async def _swallow(_: Message) -> None:
    """The call was handled; its answer goes nowhere."""


async def _half_an_answer(send: Send) -> None:
    """Promise more bytes than follow: the server then drops the connection."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"code":', "more_body": True})
