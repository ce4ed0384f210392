"""What goes wrong at Coze's wire when a fault is switched on."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..world.faults import CozeFault, Faults

HTML_502 = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


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
        call = f"{scope['method']} {scope['path']}"
        if slow := self._faults.take(CozeFault.SLOW, call):
            send = _Late(send, self._faults, slow.delay)
        if self._faults.take(CozeFault.HTML_502, call):
            await _answer_502(send)
        elif self._faults.take(CozeFault.CUT, call):
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
