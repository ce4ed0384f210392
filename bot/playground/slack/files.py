"""Files: the upload in three steps, what is known of a file, and its download.

As on https://docs.slack.dev/messaging/working-with-files; the content stays in memory.
"""

import base64
import secrets
from pathlib import PurePath
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from ..multipart import boundary, media_type, parts
from ..world.chat import Channel, File, Json, Message, SlackApp
from ..world.faults import Faults, SlackFault
from ..world.workspace import Workspace
from . import payloads
from .asking import Ask, Refused
from .forms import CannotEnter
from .offer import Method

PATH = "/files/"
FILE_BYTES = 50_000_000  # far below Slack's 1 GB, as it is all kept in memory
NAME_LENGTH = 255
DOWNLOAD = "url_private"  # what faults call a download


def new_file(workspace: Workspace, name: str, user: str, app_id: str | None = None) -> File:
    """A file that has no content yet."""
    file_id = f"F{next(workspace.numbers):08d}{secrets.token_hex(2).upper()}"
    file = File(file_id, PurePath(name).name[:NAME_LENGTH] or "file", user, workspace.now(), app_id=app_id)
    file.title = file.name
    workspace.files[file.id] = file
    return file


def file_of(workspace: Workspace, given: Json, user: str, app_id: str | None = None) -> File:
    """A file that somebody brings along whole. Raises CannotEnter for one that is too large."""
    file = new_file(workspace, given["name"], user, app_id)
    file.content, file.complete = _content(given), True
    if len(file.content) > FILE_BYTES:
        raise CannotEnter(f"{file.name} is larger than {FILE_BYTES // 1_000_000} MB")
    return file


def file_list(raw: Any) -> list[Json]:
    """Files as people bring them: [{"name": …, "content": text}], or with "base64". Raises CannotEnter."""
    given = raw or []
    if not isinstance(given, list) or not all(map(_is_file, given)):
        raise CannotEnter('files are given as [{"name": "a.txt", "content": "text"}] or with "base64"')
    return given


def _is_file(given: Any) -> bool:
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        return False
    try:
        _content(given)
    except (KeyError, TypeError, ValueError):
        return False
    return True


def _content(given: Json) -> bytes:
    """What a file holds; the page gives bytes as they are."""
    if "base64" in given:
        return base64.b64decode(given["base64"], validate=True)
    content = given["content"]
    return content if isinstance(content, bytes) else str.encode(content)


# The three steps


def get_upload_url(ask: Ask) -> Json:
    """Step one: announce a file by name and length."""
    name, length = ask.need("filename"), ask.need("length")
    if not length.isdecimal() or not 1 <= int(length) <= FILE_BYTES:
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] invalid length"]})
    file = new_file(ask.workspace, name, ask.app.bot_user, ask.app.id)
    secret = ask.workspace.uploads.issue(file.id, int(length))
    return {"upload_url": f"{ask.workspace.base_url}files/upload/{secret}", "file_id": file.id}


def complete_upload(ask: Ask) -> Json:
    """Step three: name what was uploaded and share it."""
    wanted = ask.json("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(each, dict) for each in wanted):
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: files"]})
    files = [_uploaded(ask, str(each.get("id"))) for each in wanted]
    channels = [ask.writable(name) for name in _channels(ask)]
    for file, each in zip(files, wanted, strict=True):
        file.complete, file.title = True, str(each.get("title") or file.name)
    for channel in channels:
        _share(ask, channel, files)
    ask.workspace.changed()
    return {"files": [payloads.file(ask.workspace, file) for file in files]}


def _uploaded(ask: Ask, file_id: str) -> File:
    file = ask.workspace.files.get(file_id)
    if file is None or file.app_id != ask.app.id or file.content is None:
        raise Refused("file_not_found")
    return file


def _channels(ask: Ask) -> list[str]:
    named = str(ask.args.get("channel_id") or ask.args.get("channels") or "")
    return [name.strip() for name in named.split(",") if name.strip()]


def _share(ask: Ask, channel: Channel, files: list[File]) -> None:
    message = Message(
        ask.workspace.new_ts(),
        channel.id,
        ask.app.bot_user,
        str(ask.args.get("initial_comment") or ""),
        app_id=ask.app.id,
        files=[file.id for file in files],
        thread_ts=str(ask.args["thread_ts"]) if ask.args.get("thread_ts") else None,
        subtype="file_share",
    )
    for file in files:
        file.channels.append(channel.id)
    ask.workspace.post(message)
    ask.announce(payloads.message_event(ask.workspace, channel, message))


# What is known


def _visible(workspace: Workspace, app: SlackApp, file_id: str) -> File:
    """The file, if the app uploaded it or is where it was shared. Raises Refused."""
    file = workspace.files.get(file_id)
    if file is None or not (file.complete or file.app_id == app.id):
        raise Refused("file_not_found")
    rooms = [workspace.channels[channel] for channel in file.channels]
    inside = any(app.bot_user in room.members or room.app_id == app.id for room in rooms)
    if file.app_id != app.id and not inside:
        raise Refused("file_not_found")
    return file


def info(ask: Ask) -> Json:
    file = _visible(ask.workspace, ask.app, ask.need("file"))
    return {"file": payloads.file(ask.workspace, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def delete(ask: Ask) -> Json:
    file = _visible(ask.workspace, ask.app, ask.need("file"))
    if file.app_id != ask.app.id:
        raise Refused("cant_delete_file")
    del ask.workspace.files[file.id]
    for channel in file.channels:
        for message in ask.workspace.conversation(channel):
            message.files = [name for name in message.files if name != file.id]
    ask.workspace.changed()
    return {}


# The wire


class Files:
    """Answers /files/upload/<secret> and /files/<id>/<name>."""

    def __init__(self, workspace: Workspace, faults: Faults) -> None:
        self._workspace, self._faults = workspace, faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        first, _, rest = scope["path"].removeprefix(PATH).partition("/")
        answer = await self._upload(request, rest) if first == "upload" else self._download(request, first)
        if first != "upload" and self._faults.take(SlackFault.CUT, DOWNLOAD):
            await scope["playground.drop"]()
        else:
            await answer(scope, receive, send)

    async def _upload(self, request: Request, secret: str) -> Response:
        """Step two: the bytes, bare or as a form's file."""
        body, announced = await request.body(), self._workspace.uploads.use(secret)
        file = self._workspace.files.get(announced[0]) if announced else None
        if file is None or announced is None:
            return PlainTextResponse("no such upload", 404)
        content_type = request.headers.get("content-type", "")
        try:
            content = parts(body, content_type)[0].content if boundary(content_type) else body
        except (ValueError, IndexError):
            return PlainTextResponse("the form can't be read", 400)
        if len(content) != announced[1]:
            return PlainTextResponse(f"announced {announced[1]} bytes, got {len(content)}", 400)
        file.content = content
        return PlainTextResponse(f"OK - {len(content)}")

    def _download(self, request: Request, file_id: str) -> Response:
        """The content, for an app with files:read; like Slack, anybody else is sent to the sign-in page."""
        if self._faults.take(SlackFault.SERVER_ERROR, DOWNLOAD):
            return PlainTextResponse("", 503)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        app = next((app for app in self._workspace.apps.values() if token == app.bot_token), None)
        try:
            if app is None or "files:read" not in app.scopes:
                raise Refused("missing_scope")
            file = _visible(self._workspace, app, file_id)
        except Refused:
            return RedirectResponse("/", 302)
        return Response(file.content or b"", media_type=media_type(file.name))


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(complete_upload, ("files:write",)),
    "files.info": Method(info, ("files:read",)),
    "files.delete": Method(delete, ("files:write",)),
}
