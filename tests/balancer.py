"""What stands before several web processes: it asks /readyz, and hands each request to one that is ready."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import httpx
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from tests.processes import is_ready
from tests.serving import serving

EVERY = 0.1  # seconds between two looks
STARTING = 503  # says a process that takes nothing yet
TRIES = 5  # of a request that nobody has begun to read
HOP = frozenset({"connection", "host", "content-length", "transfer-encoding", "keep-alive"})

ONCE = {"connection": "close"}
"""A kept connection may end while the next request is on its way."""


class Balancer:
    """`ports` are those of the processes; each request has a connection of its own."""

    def __init__(self, http: httpx.AsyncClient, ports: Sequence[int]) -> None:
        self._http, self._ports = http, tuple(ports)
        self.ready: set[int] = set()
        self.taken: Counter[int] = Counter()
        self.unserved = 0
        self._turn = itertools.count()
        self.app = Starlette(routes=[Route("/{path:path}", self._hand_on, methods=["POST"])])

    async def watch(self) -> None:
        """Look who is ready, for ever."""
        while True:
            looked = await asyncio.gather(*map(is_ready, self._ports))
            self.ready = {port for port, is_well in zip(self._ports, looked, strict=True) if is_well}
            await asyncio.sleep(EVERY)

    async def _hand_on(self, request: Request) -> Response:
        headers = {name: value for name, value in request.headers.items() if name not in HOP}
        try:
            body = await request.body()
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        for _ in range(TRIES):
            # Where nobody is ready all are tried, as usual: an outside that is slow takes every process out at once.
            if ready := sorted(self.ready) or self._ports:
                port = ready[next(self._turn) % len(ready)]
                with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                    try:
                        answer = await self._http.post(
                            f"http://127.0.0.1:{port}{request.url.path}", content=body, headers=headers
                        )
                    except (httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError):
                        return Response(status_code=502, headers=ONCE)  # it died over it, and may have done it
                    if answer.status_code == STARTING and not self.ready:
                        continue
                    self.taken[port] += 1
                    kept = {name: value for name, value in answer.headers.items() if name not in HOP}
                    return Response(answer.content, answer.status_code, {**kept, **ONCE})
            await asyncio.sleep(EVERY)
        self.unserved += 1
        return Response(status_code=503, headers=ONCE)


@asynccontextmanager
async def balanced(ports: Sequence[int]) -> AsyncIterator[tuple[Balancer, int]]:
    """The balancer, and its own port."""
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, timeout=10, trust_env=False) as http:
        balancer = Balancer(http, ports)
        async with serving(balancer.app) as address:
            watching = asyncio.create_task(balancer.watch())
            try:
                yield balancer, int(address.rpartition(":")[2])
            finally:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching
