"""Uploaded files: their bytes are counted, not kept."""

from ..multipart import Part
from ..world.coze import Json, UploadedFile
from . import errors
from .api import Call, Operation
from .errors import ApiError

MOST_BYTES = 512 * 1024 * 1024
TOO_LARGE = 4303  # 4300 to 4304 are upload problems; which one is which is not documented
FIELDS = ("file", "Data")  # the SDKs and the example say one, the table of parameters the other


def upload(call: Call) -> Json:
    """POST /v1/files/upload"""
    part = _file(call)
    if len(part.content) > MOST_BYTES:
        raise ApiError(TOO_LARGE, "The file is larger than 512 MB.")
    file = UploadedFile(
        call.state.new_id(), str(part.filename), len(part.content), call.state.now(), call.token.user_id
    )
    call.state.files[file.id] = file
    return _json(file)


def retrieve(call: Call) -> Json:
    """GET /v1/files/retrieve: one's own."""
    return _json(find(call, call.query.get("file_id", "")))


def find(call: Call, file_id: str) -> UploadedFile:
    """A file that the caller has uploaded. Raises 4200."""
    file = call.state.files.get(file_id)
    if file is None or file.user_id != call.token.user_id:
        raise errors.not_found(f"file_id={file_id}")
    return file


def _file(call: Call) -> Part:
    for part in call.parts:
        if part.name in FIELDS and part.filename:
            return part
    raise errors.bad_parameter("file")


def _json(file: UploadedFile) -> Json:
    return {"id": file.id, "bytes": file.size, "file_name": file.name, "created_at": int(file.at)}


OPERATIONS = [
    Operation("POST", "/v1/files/upload", "uploadFile", upload, form=True),
    Operation("GET", "/v1/files/retrieve", "uploadFile", retrieve),
]
