"""What comes over the wire from Coze: bytes become an object, and an object that is no success an error."""

import asyncio
import contextlib
import json
import random
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from bot import traces
from bot.metrics import COZE_CALLS
from bot.network import reason

from .answers import Envelope
from .errors import CozeError, CozeUnreachable, refusal

T = TypeVar("T")

MAX_ANSWER = 4 * 1024 * 1024  # bytes
_NUMBERED = re.compile(r"/(?!v[0-9]+/)[^/]*[0-9][^/]*")
_LOG_ID = re.compile(r"[0-9A-Za-z]{1,64}")


async def whole(answer: httpx.Response) -> bytes:
    """The body as it came, up to the size limit."""
    chunks, size = [], 0
    async for chunk in answer.aiter_raw():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_ANSWER:
            raise httpx.DecodingError("the answer is too large")
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def parsed(answer: httpx.Response, content: bytes) -> tuple[int, str, dict[str, Any]]:
    """Status, log id and object of an answer; one that isn't a JSON object counts as none."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    log_id = answer.headers.get("x-tt-logid", "")
    if not isinstance(found, dict):
        _count(CozeUnreachable.__name__)
        raise CozeUnreachable("the answer is no JSON object", code=answer.status_code, log_id=_checked(log_id))
    _count(_outcome(answer.status_code, found))
    detail = found.get("detail")
    if not log_id and isinstance(detail, dict):
        log_id = str(detail.get("logid") or "")
    return answer.status_code, _checked(log_id), found


def lost(error: httpx.HTTPError, *, sent: bool) -> CozeUnreachable:
    """No answer has come. The new error holds only the name of the other, which has the request with its headers."""
    _count(CozeUnreachable.__name__)
    return CozeUnreachable(reason(error), sent=sent)


def called(method: str, path: str) -> str:
    """A call by its method and path, without the numbers of anything in it."""
    return f"coze {method} {_NUMBERED.sub('/:id', path)}"


def _count(outcome: str) -> None:
    COZE_CALLS.labels(outcome).inc()
    traces.tell(outcome=outcome)


def _outcome(status: int, found: dict[str, Any]) -> str:
    """The class of what an answer says no with, a word of our own; ok for any other."""
    code = found.get("code", 0)
    if status < 400 and code in (0, None):
        return "ok"
    return type(refusal(code or status, "", "")).__name__ if isinstance(code, int) else CozeError.__name__


def refused(status: int, log_id: str, envelope: Envelope) -> CozeError:
    """What an answer that is no success says. One with neither a code nor a status that says so is unclear, as is one
    whose status says no to what it brings."""
    if envelope.code == 0 and envelope.data and status >= 400:
        return CozeUnreachable("the answer contradicts itself", log_id=log_id)
    if not envelope.code and status < 400:
        return CozeUnreachable("the answer has an unexpected shape", log_id=log_id)
    return refusal(envelope.code or status, envelope.msg, log_id)


def segment(part: str) -> str:
    """An id as a part of a path, whatever it holds."""
    return quote(part, safe="")


def _checked(log_id: str) -> str:
    """A log id goes into messages and logs: letters and digits, or nothing."""
    return log_id if _LOG_ID.fullmatch(log_id) else ""


async def twice(call: Callable[[], Awaitable[T]]) -> T:
    """A second try, a moment later, if the first found Coze unreachable or busy."""
    with contextlib.suppress(CozeUnreachable):
        return await call()
    await asyncio.sleep(random.uniform(0.1, 0.4))  # noqa: S311 (spreads the tries, guards nothing)
    return await call()
