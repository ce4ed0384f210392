"""A port for those who watch the process, in threads of its own: metrics and health. A worker has no other.

It is served by the standard library, as Prometheus' own client does: a worker loads no web server.
"""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from bot.metrics import RENDERED_AS, rendered
from bot.web.ready import ReadinessChecks, answer

ARRIVAL = 10.0  # seconds in which a request has to be there
Start = Callable[[str, list[tuple[str, str]]], Any]


class _Threads(ThreadingMixIn, WSGIServer):
    """Takes the port of IPv6 addresses too; :: is that of IPv4 as well."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[WSGIRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Take the port, without asking anybody for this machine's name: that may take long."""
        if self.server_address[0] == "::" and socket.has_dualstack_ipv6():
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "", self.server_address[1]
        self.setup_environ()


class _Quiet(WSGIRequestHandler):
    timeout = ARRIVAL

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: somebody asks every few seconds."""


class MetricsPort:
    """`ready` answers /readyz and may be replaced while it is served."""

    def __init__(self, ready: ReadinessChecks) -> None:
        self.ready = ready

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        status, kind, body = self._answer(str(environ.get("PATH_INFO")))
        if environ.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            status, kind, body = "405 Method Not Allowed", "text/plain", b""
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, path: str) -> tuple[str, str, bytes]:
        match path:
            case "/metrics":
                return "200 OK", RENDERED_AS, rendered()
            case "/healthz" if "looked" not in self.ready():  # a thread answers, though all the rest may stand still
                return "200 OK", "text/plain", b"ok"
            case "/healthz":
                return "503 Stands Still", "text/plain", b"stands still"
            case "/readyz":
                status, found = answer(self.ready())
                return (
                    ("200 OK" if status == 200 else "503 Not Ready"),
                    "application/json",
                    json.dumps(found).encode(),
                )
        return "404 Not Found", "text/plain", b""

    @contextlib.contextmanager
    def served(self, host: str, port: int) -> Iterator[int]:
        """Served for as long as the block lasts; the port it has. Raises OSError where that can't be taken."""
        with make_server(host, port, self, _Threads, handler_class=_Quiet) as server:
            threading.Thread(target=server.serve_forever, args=[0.1], daemon=True).start()
            try:
                yield server.server_port
            finally:
                server.shutdown()
