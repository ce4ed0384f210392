"""Files in messages: pictures are shown, of others their name and size stand there."""

from collections.abc import Iterator

import htpy
from htpy import Node
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..multipart import media_type
from ..world.chat import File, Message
from ..world.workspace import Workspace
from .icons import icon
from .wire import HEADERS

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")  # none of them can hold a program, as SVG can


def draw_files(message: Message, workspace: Workspace) -> Node:
    """What is attached to a message."""
    found = [workspace.files[name] for name in message.files if name in workspace.files]
    return htpy.ul(".files")[[htpy.li[list(_file(file))] for file in found]] if found else None


def _file(file: File) -> Iterator[Node]:
    name = file.title or file.name
    if media_type(file.name) in _PICTURES:
        address = f"/page/picture/{file.id}"
        yield htpy.a(".shot", href=address, target="_blank", rel="noopener")[htpy.img(src=address, alt=name)]
    yield htpy.p[icon("file"), htpy.b[name], htpy.small[_size(file)]]


def _size(file: File) -> str:
    size = len(file.content or b"")
    return f"{size} B" if size < 1024 else f"{size / 1024:.1f} kB"


def picture_route(workspace: Workspace) -> Route:
    """The address of pictures: their bytes, 404 for anything else."""

    async def picture(request: Request) -> Response:
        file = workspace.files.get(request.path_params["file"])
        kind = media_type(file.name) if file else ""
        if file is None or kind not in _PICTURES:
            return Response(status_code=404, headers=HEADERS)
        return Response(file.content or b"", media_type=kind, headers=HEADERS)

    return Route("/page/picture/{file}", picture)
