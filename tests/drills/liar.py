"""A Coze that lies: what it does is true, what it answers is not. Each lie is a name and how an answer is bent."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Json = dict[str, Any]
OTHER = "7599999999999999999"  # an id that nobody has


@dataclass(frozen=True)
class Answer:
    """What goes over the wire. `data` is what the true answer held."""

    status: int
    body: bytes
    data: Any
    headers: tuple[tuple[bytes, bytes], ...] = ((b"content-type", b"application/json"),)

    def says(self, body: object, status: int = 200) -> "Answer":
        """Something else; bytes as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return replace(self, status=status, body=content)

    def holds(self, data: object) -> "Answer":
        """Success, with other data."""
        return self.says({"code": 0, "msg": "", "data": data, "detail": {"logid": "20261128"}})


Bend = Callable[[Answer], Answer]


def unbent(answer: Answer) -> Answer:
    """The truth."""
    return answer


def each(change: Callable[[str, Any], Any]) -> Bend:
    """Every field of the data, wherever it lies, by its name and value."""

    def walk(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: walk(change(key, inner), key) for key, inner in value.items()}
        return [walk(inner, name) for inner in value] if isinstance(value, list) else value

    return lambda answer: answer.holds(walk(answer.data))


def ids(change: Callable[[str], Any]) -> Bend:
    """Every id and version, alone and in lists."""

    def changed(name: str, value: Any) -> Any:
        if name.endswith("_ids") and isinstance(value, list):
            return [change(one) for one in value]
        is_id = name == "id" or name.endswith(("_id", "_uid")) or name == "version"
        return change(value) if is_id and isinstance(value, str) else value

    return each(changed)


def lists(change: Callable[[list[Any]], Any]) -> Bend:
    """Every list."""
    return each(lambda _, value: change(value) if isinstance(value, list) else value)


def times(value: object) -> Bend:
    """Every moment."""
    return each(lambda name, old: value if name.endswith(("_at", "_time")) else old)


def totals(value: object) -> Bend:
    """How many there are."""
    return each(lambda name, old: value if name.startswith("total") else old)


def in_every_list(answer: Answer) -> Answer:
    """Whoever stands in one of several lists stands in all of them."""
    if not isinstance(answer.data, dict):
        return answer.holds(answer.data)
    known = [one for value in answer.data.values() if isinstance(value, list) for one in value]
    names = {"already_joined_user_ids", "not_exist_user_ids", "removed_success_user_ids"}
    names |= {"owner_not_support_remove_user_ids", "invited_success_user_ids", *answer.data}
    return answer.holds({name: known if name.endswith("_ids") else answer.data.get(name) for name in names})


def with_code(code: object, status: int = 200, **more: object) -> Bend:
    """Another code beside the true data."""
    return lambda answer: answer.says({"code": code, "msg": "", "data": answer.data, **more}, status)


def says(body: object, status: int = 200) -> Bend:
    """The same whatever is true."""
    return lambda answer: answer.says(body, status)


def data(value: object) -> Bend:
    """Success, with this."""
    return lambda answer: answer.holds(value)


NO, YES = False, True
HTML = b"<!doctype html><title>Log in</title><h1>Please log in</h1>"
REFUSED = {"code": 4101, "msg": "Your token does not have permission to access space_id=1 publish."}
DEEP = b'{"code":0,"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
LIES: dict[str, Bend] = {
    "a page with 200": says(HTML),
    "a page with 404": says(HTML, 404),
    "a page with 403": says(HTML, 403),
    "nothing with 200": says(b""),
    "nothing with 204": says(b"", 204),
    "another place with 302": says({}, 302),
    "half an object": lambda answer: answer.says(answer.body[: len(answer.body) // 2]),
    "two objects": lambda answer: answer.says(answer.body + answer.body),
    "UTF-16": lambda answer: answer.says(answer.body.decode().encode("utf-16")),
    "bytes of no encoding": says(b'\xff\xfe\xfd{"code":0}'),
    "a list": says([]),
    "a text": says("ok"),
    "a number": says(0),
    "null": says(b"null"),
    "true": says(b"true"),
    "an empty object": says({}),
    "nested without end": says(DEEP),
    "no code": lambda answer: answer.says({"data": answer.data}),
    "code null": with_code(None),
    "code false": with_code(NO),
    "code true": with_code(YES),
    "code as text": with_code("0"),
    "code as a fraction": with_code(0.0),
    "code as a list": with_code([0]),
    "code twice": lambda answer: answer.says(answer.body[:-1] + b',"code":"0"}'),
    "success with 500": with_code(0, 500),
    "success with 404": with_code(0, 404),
    "failure with what success brings": with_code(4101),
    "refused though it was done": says(REFUSED, 403),
    "success without data": says({"code": 0, "msg": "success"}),
    "success with null": data(None),
    "success with a list": data([]),
    "success with a text": data("success"),
    "success with nothing in it": data({}),
    "lists that are null": lists(lambda _: None),
    "lists that are objects": lists(lambda value: dict(enumerate(value))),
    "lists of text": lists(lambda value: ["x"] * len(value)),
    "lists of lists": lists(lambda value: [value]),
    "pages without end": totals(10**9),
    "pages that promise and bring nothing": lambda answer: totals(99)(lists(lambda _: [])(answer)),
    "a total that is no number": totals("many"),
    "ids as fractions": ids(lambda value: float(value) if value.isdecimal() else 0.5),
    "ids of somebody else": ids(lambda _: OTHER),
    "ids that no database takes": ids(lambda value: f"{value}\0"),
    "ids without end": ids(lambda _: "9" * 500),
    "ids of half a character": ids(lambda _: "\ud800"),
    "ids that are empty": ids(lambda _: ""),
    "in every list at once": in_every_list,
    "times that lie ahead": times(32_503_680_000),
    "times that are none": times("yesterday"),
    "times before time": times(-(10**15)),
    "names of half a character": each(lambda name, value: "\ud800\0" if "name" in name else value),
}
"""By name, in the order in which they are told."""

ASK_BACK = {"proving an account", "checking a token", "looking a lost publish up"}
"""Flows in which ids of somebody else are no lie: whose token it is, and which version was made, Coze alone knows."""

WITHOUT_DATA = {"taking off", "telling the verdict"}
"""Flows whose answer is a code and nothing else: "done" about what was not done can't be told from the truth."""


@dataclass
class Liar:
    """In front of a Coze: passes calls on, and bends the answers to some. `told` counts the lies."""

    app: ASGIApp
    bend: Bend = unbent
    calls: str = ""
    left: int = 0
    told: int = 0
    is_done: bool = True
    meanwhile: Callable[[], None] = lambda: None

    def begin(
        self, bend: Bend, calls: str, count: int, *, is_done: bool, meanwhile: Callable[[], None] = lambda: None
    ) -> None:
        """The next `count` answers to these calls (a pattern of verb and path) are lies. With `is_done` the call was
        carried out all the same; else nothing was done, as far as it would have done anything. `meanwhile` happens
        before such a call comes to Coze.
        """
        self.bend, self.calls, self.left, self.is_done, self.told = bend, calls, count, is_done, 0
        self.meanwhile = meanwhile

    def end(self) -> None:
        """Nothing but the truth."""
        self.left = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        call = f"{scope.get('method')} {scope.get('path')}"
        if not (self.left and re.fullmatch(self.calls, call)):
            await self.app(scope, receive, send)
            return
        self.left, self.told = self.left - 1, self.told + 1
        self.meanwhile()
        answer = await self._asked(scope, receive) if self.is_done or scope["method"] == "GET" else UNDONE
        bent = self.bend(answer)
        length = (b"content-length", str(len(bent.body)).encode())
        await send({"type": "http.response.start", "status": bent.status, "headers": [*bent.headers, length]})
        await send({"type": "http.response.body", "body": b"" if bent.status == 204 else bent.body})

    async def _asked(self, scope: Scope, receive: Receive) -> Answer:
        """What Coze would say."""
        said: Json = {"status": 200, "body": b""}

        async def hear(message: Message) -> None:
            said["status"] = message.get("status", said["status"])
            said["body"] += message.get("body", b"")

        await self.app(scope, receive, hear)
        return Answer(said["status"], said["body"], json.loads(said["body"]).get("data"))


UNDONE = Answer(200, b'{"code":0,"msg":"","data":{}}', {})
"""Of a call that never came to anybody who could do something."""
