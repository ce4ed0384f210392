"""Faults at the wire and in the answers."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from bot.playground.coze.platform import CozePlatform
from tests.serving import add_agent
from tests.waiting import eventually

from .conftest import Ask
from .test_oauth import assertion, exchange

Facts = dict[str, Any]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("rate_limited", 429, 4013),
        ("server_error", 500, 5000),
        ("wrong_host", 401, 4100),
        ("missing_permission", 403, 4101),
    ],
)
async def test_answers_that_any_call_may_get(coze: CozePlatform, ask: Ask, kind: str, status: int, code: int) -> None:
    coze.faults.set(kind, times=1)
    assert coze.faults.active == [{"kind": kind, "times": 1, "method": None, "delay": 30.0, "share": 1.0}]
    answer = await ask("GET", "/v1/workspaces")
    assert (answer[0], answer[1]["code"]) == (status, code)
    assert (await ask("GET", "/v1/workspaces"))[0] == 200
    assert coze.faults.active == []


@pytest.mark.parametrize(
    ("kind", "status", "word"),
    [
        ("unknown_kid", 401, "kid"),
        ("wrong_host", 401, "kid"),
        ("server_error", 500, "Service"),
        ("rate_limited", 429, ""),
    ],
)
async def test_answers_of_the_token_endpoint(
    coze: CozePlatform, http: httpx.AsyncClient, facts: Facts, kind: str, status: int, word: str
) -> None:
    coze.faults.set(kind)
    answer = await exchange(http, assertion(coze, facts["jwt_app"]))
    assert answer.status_code == status
    assert word in answer.json()["error_message"]


async def test_html_instead_of_json(coze: CozePlatform, http: httpx.AsyncClient) -> None:
    coze.faults.set("html_502", times=1)
    answer = await http.get("/v1/users/me")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")


async def test_a_cut_call_was_carried_out(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    coze.faults.set("cut", times=1)
    body = {"space_id": facts["workspace_id"], "name": "once"}
    with pytest.raises(httpx.RemoteProtocolError):
        await ask("POST", "/v1/bot/create", json=body)
    assert coze.state.find_bot("once")


async def test_slow_is_as_slow_as_told(coze: CozePlatform, ask: Ask) -> None:
    coze.faults.set("slow", times=1, delay=0.2)
    start = time.monotonic()
    await ask("GET", "/v1/users/me")
    assert time.monotonic() - start >= 0.2


async def test_a_slow_call_was_carried_out_and_is_let_go(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    coze.faults.set("slow", times=1)
    body = {"space_id": facts["workspace_id"], "name": "once"}
    call = asyncio.ensure_future(ask("POST", "/v1/bot/create", json=body))
    await eventually(lambda: "once" in {bot.name for bot in coze.state.bots.values()})
    assert not call.done()
    coze.faults.clear()
    assert (await call)[0] == 200


async def test_nobody_exists(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    coze.faults.set("member_not_found")
    mei = facts["users"]["mei"]
    users = {"users": [{"user_id": mei, "role_type": "member"}]}
    _, body = await ask("POST", f"/v1/workspaces/{facts['workspace_id']}/members", json=users)
    assert body["data"]["not_exist_user_ids"] == [mei]
    assert not coze.state.workspaces[facts["workspace_id"]].invitations


async def test_nothing_is_published(coze: CozePlatform, ask: Ask) -> None:
    bot = add_agent(coze, "owner", "A")
    await ask("POST", "/v1/bot/publish", json={"bot_id": bot.id, "connector_ids": ["1024"]})
    coze.faults.set("not_published", times=2)
    assert (await ask("GET", f"/v1/bots/{bot.id}"))[1]["code"] == 4015
    assert (await ask("POST", "/v3/chat", json={"bot_id": bot.id, "user_id": "u"}))[1]["code"] == 4015
    assert (await ask("GET", f"/v1/bots/{bot.id}"))[1]["code"] == 0


@pytest.mark.parametrize("method", ["POST", "post", "/v1/bot/create", "bot/create", "POST /v1/bot"])
async def test_a_fault_can_be_meant_for_some_calls(coze: CozePlatform, ask: Ask, method: str) -> None:
    coze.faults.set("server_error", method=method)
    assert (await ask("GET", "/v1/users/me"))[0] == 200
    assert (await ask("POST", "/v1/bot/create", json={}))[0] == 500
    coze.faults.clear()
    assert (await ask("POST", "/v1/bot/create", json={}))[0] == 400


async def test_a_fault_can_strike_a_share_of_the_calls(coze: CozePlatform, ask: Ask) -> None:
    coze.faults.set("server_error", share=0.3)
    statuses = [(await ask("GET", "/v1/users/me"))[0] for _ in range(60)]
    assert 8 <= statuses.count(500) <= 28
    assert set(statuses) == {200, 500}


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "flood"}, {"kind": "cut", "times": 0}, {"kind": "slow", "delay": -1}, {"kind": "cut", "share": 1.5}],
)
def test_a_fault_that_does_not_exist(coze: CozePlatform, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"unknown fault|times|delay|share"):
        coze.faults.set(**wrong)
    assert coze.faults.active == []
