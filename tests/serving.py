"""Real HTTP servers on free ports of 127.0.0.1, for as long as a test needs them."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Serve `app` and hand its base URL over.

    Without uvicorn's main loop, which would only cost a tenth of a second at each end. The log is silent: faults make
    the server complain on purpose.
    """
    config = uvicorn.Config(app, log_level=60, lifespan="off", timeout_graceful_shutdown=0)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        await server.startup(sockets=[listener])
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.force_exit = True
            await server.shutdown(sockets=[listener])
