"""Uploaded files at the wire: the parts of a multipart/form-data body, byte by byte as they came (RFC 7578)."""

import mimetypes
from dataclasses import dataclass
from email.message import Message


@dataclass(frozen=True)
class Part:
    """One field of a form; `filename` is None for those that are no files."""

    name: str
    filename: str | None
    content: bytes


def boundary(content_type: str) -> bytes | None:
    """What separates the parts; None when the body is no multipart form."""
    header = Message()
    header["Content-Type"] = content_type
    found = header.get_param("boundary") if header.get_content_type() == "multipart/form-data" else None
    return str(found).encode("utf-8", "replace") if found else None


def parts(body: bytes, content_type: str) -> list[Part]:
    """All parts of a body. Raises ValueError for a body that is no multipart form."""
    mark = boundary(content_type)
    if mark is None:
        raise ValueError("not multipart/form-data")
    pieces = (b"\r\n" + body).split(b"\r\n--" + mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise ValueError("the last boundary is missing")
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, found, content = piece.partition(b"\r\n\r\n")
    if not found:
        raise ValueError("a part without headers")
    header = Message()
    for line in head.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            header["Content-Disposition"] = value.strip()
    field = header.get_param("name", header="Content-Disposition")
    if not field:
        raise ValueError("a part without a name")
    filename = header.get_param("filename", header="Content-Disposition")
    return Part(str(field), None if filename is None else str(filename), content)


def media_type(name: str) -> str:
    """The media type that a file's name speaks of."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
