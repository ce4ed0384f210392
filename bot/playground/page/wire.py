"""The page's side of HTTP: headers that keep everything on this machine, forms, and who may act."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from ..multipart import Part, boundary, parts

STATIC = Path(__file__).parent / "static"
Form = Mapping[str, list[str]]
Handler = Callable[[Request], Awaitable[Response]]
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def guarded(handler: Handler) -> Handler:
    """Only the page itself may act: another site's form can't set htmx's header without asking first."""

    async def checked(request: Request) -> Response:
        if "HX-Request" not in request.headers:
            return Response("only the page itself may do this", status_code=403)
        return await handler(request)

    return checked


async def favicon(_: Request) -> Response:
    """The page's icon, where browsers ask for it by themselves."""
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


async def read_form(request: Request) -> Form:
    """The fields of a submitted form, each with all its values; files left out."""
    found = await _parts(request)
    if found is None:
        return parse_qs((await request.body()).decode(), keep_blank_values=True)
    form: dict[str, list[str]] = {}
    for part in found:
        if part.filename is None:
            form.setdefault(part.name, []).append(part.content.decode())
    return form


async def read_files(request: Request) -> list[dict[str, Any]]:
    """The files of a submitted form, as people bring them along."""
    return [{"name": part.filename, "content": part.content} for part in await _parts(request) or () if part.filename]


async def _parts(request: Request) -> list[Part] | None:
    """The parts of a form that holds files; None for any other."""
    kind = request.headers.get("content-type", "")
    return parts(await request.body(), kind) if boundary(kind) else None


def last_of(form: Form, name: str, default: str = "") -> str:
    """A field's last value."""
    return (form.get(name) or [default])[-1]
