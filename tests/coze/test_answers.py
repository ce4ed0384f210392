"""An answer of another shape is no answer: unclear after a write, unreachable else, and none of its values told."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.coze import errors
from bot.coze.client import CozeClient
from bot.coze.oauth import exchange
from tests.serving import serving

from .test_client import _everything

CANARY = "canary-7742"

Call = Callable[[CozeClient, SecretStr], Awaitable[Any]]
Case = tuple[str, Any]
"""A call, and what Coze answers to it: bytes as they are, anything else as JSON."""


async def members(client: CozeClient, token: SecretStr) -> list[Any]:
    return [member async for member in client.members(token, "7")]


CALLS: dict[str, Call] = {
    "me": lambda client, token: client.me(token),
    "workspaces": lambda client, token: client.workspaces(token),
    "members": members,
    "invite": lambda client, token: client.invite(token, "7", ["1"]),
    "remove": lambda client, token: client.remove(token, "7", ["1"]),
    "bots": lambda client, token: client.bots(token, "7"),
    "bot": lambda client, token: client.bot(token, "7"),
    "versions": lambda client, token: client.versions(token, "7"),
    "publish": lambda client, token: client.publish(token, "7", ["1024"]),
    "create": lambda client, token: client.create_bot(token, "7", "x"),
    "copy": lambda client, token: client.copy_bot(token, "7", "8"),
    "copy_task": lambda client, token: client.copy_task(token, "7"),
    "ask": lambda client, token: client.ask(token, "7", "u", "?"),
    "exchange": lambda client, token: exchange(client, token),
}
WRITES = ("publish", "create", "copy")
UNCLEAR = errors.CozeUnreachable


class Coze:
    """Answers each token what it was told to."""

    def __init__(self, url: str, http: httpx.AsyncClient, told: dict[str, Response]) -> None:
        self._client, self._told = CozeClient(url, http, playground=True), told

    async def call(self, call: str, body: Any, status: int = 200) -> Any:
        """What the client makes of such an answer."""
        token = f"token-{len(self._told)}"
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._told[token] = Response(content, status, media_type="application/json")
        return await CALLS[call](self._client, SecretStr(token))

    async def refusal(self, call: str, body: Any, status: int = 200) -> type[errors.CozeError]:
        """What the call raises; it holds none of the answer's values."""
        with pytest.raises(errors.CozeError) as caught:
            await self.call(call, body, status)
        assert CANARY not in _everything(caught.value)
        return type(caught.value)

    async def clear(self, cases: Iterable[Case]) -> list[Case]:
        """Those of the cases that are not taken for unclear. All at once: reads get a second try."""
        cases = list(cases)
        found = await asyncio.gather(*(self.refusal(*case) for case in cases))
        return [case for case, kind in zip(cases, found, strict=True) if kind is not _unclear(case[0])]


def _unclear(call: str) -> type[errors.CozeError]:
    return errors.Ambiguous if call in WRITES else errors.CozeUnreachable


@pytest.fixture
async def coze(http: httpx.AsyncClient) -> AsyncIterator[Coze]:
    told: dict[str, Response] = {}

    async def answer(request: Request) -> Response:
        return told[request.headers["authorization"].removeprefix("Bearer ")]

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "DELETE"])])
    async with serving(app) as url:
        yield Coze(url, http, told)


WHOLE = {"version": "1", "bot_id": "1", "user_id": "1", "items": [], "total": 0}
CODES: list[Any] = [
    {"code": False, "data": WHOLE},
    {"code": "0", "data": WHOLE},
    {"code": 0.0, "data": WHOLE},
    {"code": True, "msg": CANARY},
    {"code": [0]},
    {"code": None},
    {"msg": CANARY},
    {},
]


async def test_a_code_that_is_no_number_tells_nothing(coze: Coze) -> None:
    assert await coze.clear((call, envelope) for call in CALLS for envelope in CODES) == []


async def test_a_status_decides_where_the_code_does_not(coze: Coze) -> None:
    assert await coze.refusal("me", {"code": "0"}, 403) is errors.MissingPermission
    assert await coze.refusal("bot", {"code": False, "msg": "no"}, 404) is errors.CozeNotFound
    assert await coze.refusal("bot", {"code": 0, "data": WHOLE}, 404) is errors.CozeUnreachable, (
        "what it brings says yes"
    )


CONTRADICTIONS = [
    ({"code": "0"}, 403),
    ({"code": False, "msg": "no"}, 404),
    ({}, 404),
    ({"code": 0, "data": WHOLE}, 404),
    ({"code": 0, "data": WHOLE}, 500),
    ({"code": 4101, "data": WHOLE}, 200),
]


@pytest.mark.parametrize(("body", "status"), CONTRADICTIONS, ids=str)
@pytest.mark.parametrize("call", WRITES)
async def test_a_write_is_neither_done_nor_refused_by_an_answer_that_contradicts_itself(
    coze: Coze, call: str, body: Any, status: int
) -> None:
    assert await coze.refusal(call, body, status) is errors.Ambiguous


@pytest.mark.parametrize("call", WRITES)
async def test_a_clear_refusal_is_one(coze: Coze, call: str) -> None:
    empty: list[Any] = [{}, None]
    for data in empty:
        assert await coze.refusal(call, {"code": 4200, "msg": "no", "data": data}, 404) is errors.CozeNotFound


async def test_pages_that_do_not_hold_together_are_no_list(coze: Coze) -> None:
    """Without end, without what was promised: neither is anybody's absence."""
    member = {"user_id": "9", "role_type": "member"}
    for items in ([], [member], [member] * 50):
        assert await coze.refusal("members", {"code": 0, "data": {"items": items, "total_count": 10**9}}) is UNCLEAR
    found = await coze.call("members", {"code": 0, "data": {"items": [member], "total_count": 0}})
    assert len(found) == 1


async def test_what_is_about_another_agent_is_no_answer(coze: Coze) -> None:
    assert await coze.refusal("bot", {"code": 0, "data": {"bot_id": "8"}}) is UNCLEAR
    assert await coze.refusal("publish", {"code": 0, "data": {"bot_id": "8", "version": "1"}}) is errors.Ambiguous
    assert await coze.call("publish", {"code": 0, "data": {"version": "1"}}) == "1"


async def test_what_no_database_takes_is_cut_out_or_no_answer(coze: Coze) -> None:
    account = {"user_id": "7", "nick_name": "a\0b\ud83d"}
    assert (await coze.call("me", {"code": 0, "data": account})).nickname == "a\ufffdb?"
    for user_id in ("7\0", "\ud800", "9" * 25, 10**30, "7 8", "７"):
        assert await coze.refusal("me", {"code": 0, "data": {"user_id": user_id}}) is UNCLEAR


DEEP: list[Case] = [
    ("me", None),
    ("me", []),
    ("me", {"user_id": True, "user_name": CANARY}),
    ("me", {"user_id": "", "user_name": CANARY}),
    ("me", {"user_id": [CANARY]}),
    ("me", {"user_name": CANARY}),
    ("workspaces", {"workspaces": {CANARY: 1}, "total_count": 1}),
    ("workspaces", {"workspaces": [{"id": "1"}, {"id": None, "name": CANARY}], "total_count": 2}),
    ("workspaces", {"workspaces": [{"id": "1", "owner_uid": CANARY, "enterprise_id": {}}], "total_count": 1}),
    ("workspaces", {"workspaces": [], "total_count": True}),
    ("workspaces", {"workspaces": [], "total_count": 1.5}),
    ("workspaces", {"workspaces": []}),
    ("members", {"items": [CANARY], "total_count": 1}),
    ("members", {"items": None, "total_count": 0}),
    ("members", {"items": [], "total_count": CANARY}),
    ("invite", {"added_success_user_ids": CANARY}),
    ("invite", {"added_success_user_ids": {"1": CANARY}}),
    ("invite", {"invited_success_user_ids": [1.0]}),
    ("invite", [CANARY]),
    ("remove", {"removed_success_user_ids": [None]}),
    ("remove", {"not_in_space_user_ids": 1}),
    ("bots", {"items": [{"id": {CANARY: 1}}], "total": 1}),
    ("bots", {"items": [{"id": "1", "owner_user_id": True}], "total": 1}),
    ("bots", {"items": [], "total": False}),
    ("bot", {"bot_id": 7.5}),
    ("bot", {"name": CANARY}),
    ("versions", {"items": [{"version": False, "changelog": CANARY}]}),
    ("versions", {"items": [{"version": "1", "created_at": CANARY}]}),
    ("versions", {"items": [{"version": "1", "created_at": True}]}),
    ("versions", {"items": [{"version": "1", "created_at": False}]}),
    ("versions", {"items": [{"version": "1", "created_at": []}]}),
    ("versions", {"items": [{"version": "1", "created_at": 10**30}]}),
    ("versions", {"items": CANARY}),
    ("publish", {"version": None, "bot_id": CANARY}),
    ("publish", {}),
    ("create", {"bot_id": 1.5}),
    ("create", CANARY),
    ("ask", {"id": "1", "status": "completed"}),
    ("ask", {"id": "1", "conversation_id": "2", "status": "failed", "last_error": {"code": CANARY}}),
    ("ask", {"id": "1", "conversation_id": "2", "status": "failed", "last_error": CANARY}),
]


async def test_wrong_types_in_depth_are_no_answer(coze: Coze) -> None:
    assert await coze.clear((call, {"code": 0, "data": data}) for call, data in DEEP) == []


TOKENS: list[Any] = [
    {"access_token": CANARY, "expires_in": True},
    {"access_token": CANARY, "expires_in": "soon"},
    {"access_token": CANARY, "expires_in": 1e300},
    {"access_token": CANARY},
    {"access_token": "", "expires_in": 1},
    {"access_token": [CANARY], "expires_in": 1},
]


async def test_a_token_without_its_end_is_none(coze: Coze) -> None:
    assert await coze.clear(("exchange", answer) for answer in TOKENS) == []


CUT = [b"", b'{"code": 0, "data": {"version": "canary-7742', b"\xff\xfe", b"null", b"0"]


async def test_a_cut_answer_is_none(coze: Coze) -> None:
    assert await coze.clear((call, body) for call in CALLS for body in CUT) == []


async def test_what_is_more_or_only_shown_does_not_matter(coze: Coze) -> None:
    data = {"user_id": 7411223344556677889, "user_name": 5, "new": {"deep": [1]}}
    account = await coze.call("me", {"code": 0, "data": data, "more": 1})
    assert (account.user_id, account.name, account.nickname) == ("7411223344556677889", "", "")


async def test_numbers_come_as_such_or_as_digits(coze: Coze) -> None:
    items = [{"version": 12, "created_at": "1764644521"}, {"version": "13", "created_at": 0}, {"version": "14"}]
    found = await coze.call("versions", {"code": 0, "data": {"items": items, "has_more": False}})
    moment = datetime(2025, 12, 2, 3, 2, 1, tzinfo=UTC)
    assert [(each.version, each.at) for each in found] == [("12", moment), ("13", None), ("14", None)]
    token = await coze.call("exchange", {"access_token": "x", "expires_in": "1764644521"})
    assert token.expires_at == moment


async def test_lists_may_be_null_and_spelt_in_two_ways(coze: Coze) -> None:
    data = {"added_success_user_ids": None, "not_exist_user_ids": [5]}
    assert (await coze.call("invite", {"code": 0, "data": data})).not_exist == ("5",)
    for name in ("not_in_workspace_user_ids", "not_in_space_user_ids"):
        removed = {"removed_success_user_ids": None, name: ["5"]}
        assert (await coze.call("remove", {"code": 0, "data": removed})).not_there == ("5",)
