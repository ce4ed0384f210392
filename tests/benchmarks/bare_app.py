"""The least that can be asked of a server: aiohttp, one route, an empty answer. It is the floor, and the app.

`python -m tests.benchmarks.bare_app PORT`.
"""

import sys

from aiohttp import web


async def answer(request: web.Request) -> web.Response:
    """Read the request and answer 200; Slack's challenge is given back."""
    body = await request.read()
    if request.content_type == "application/json" and b'"challenge"' in body:
        return web.json_response({"challenge": (await request.json())["challenge"]})
    return web.Response()


if __name__ == "__main__":
    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None)
