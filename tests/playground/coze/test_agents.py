"""Agents from draft to review, with the channel's signed callback, and chats."""

import hashlib
import json
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from bot.playground.coze.platform import CozePlatform
from bot.playground.world.coze import Publication
from tests.waiting import eventually

from .conftest import Ask
from .desk import Desk
from .test_oauth import channel_token

Facts = dict[str, Any]


async def draft(ask: Ask, facts: Facts, **fields: Any) -> str:
    """A new agent in ShargeAI."""
    _, body = await ask("POST", "/v1/bot/create", json={"space_id": facts["workspace_id"], "name": "A", **fields})
    return str(body["data"]["bot_id"])


async def publish(ask: Ask, bot_id: str, *connectors: str) -> dict[str, Any]:
    """Publish and hand the whole answer over."""
    return (await ask("POST", "/v1/bot/publish", json={"bot_id": bot_id, "connector_ids": list(connectors)}))[1]


def publication(coze: CozePlatform, bot_id: str, facts: Facts) -> Publication:
    """Where the agent stands on the channel."""
    return coze.state.bots[bot_id].publications[facts["connector_id"]]


async def test_a_draft_changes_and_the_published_copy_does_not(ask: Ask, facts: Facts) -> None:
    bot_id = await draft(ask, facts, description="first")
    assert (await ask("GET", f"/v1/bots/{bot_id}"))[1]["code"] == 4015
    first = (await publish(ask, bot_id, "1024"))["data"]["version"]
    assert (await ask("POST", "/v1/bot/update", json={"bot_id": bot_id, "description": "second"}))[1]["code"] == 0
    assert (await ask("GET", f"/v1/bots/{bot_id}"))[1]["data"]["description"] == "first"
    assert (await ask("GET", f"/v1/bots/{bot_id}?is_published=false"))[1]["data"]["description"] == "second"
    second = (await publish(ask, bot_id, "1024"))["data"]["version"]
    assert int(second) > int(first)
    assert (await ask("GET", f"/v1/bots/{bot_id}"))[1]["data"]["version"] == second


async def test_lists_obey_their_filters(ask: Ask, facts: Facts) -> None:
    online, fresh, changed = [await draft(ask, facts, name=name) for name in ("online", "fresh", "changed")]
    for bot_id in (online, changed):
        await publish(ask, bot_id, "1024")
    await ask("POST", "/v1/bot/update", json={"bot_id": changed, "name": "changed too"})

    async def listed(**query: str) -> set[str]:
        _, body = await ask("GET", "/v1/bots", params={"workspace_id": facts["workspace_id"], **query})
        assert body["data"]["total"] == len(body["data"]["items"])
        return {item["id"] for item in body["data"]["items"]}

    assert await listed() == {online, changed}
    assert await listed(publish_status="all") == {online, fresh, changed}
    assert await listed(publish_status="unpublished_draft") == {fresh}
    assert await listed(publish_status="published_draft") == {changed}
    assert await listed(connector_id="999") == set()
    _, body = await ask("GET", "/v1/bots", params={"workspace_id": facts["workspace_id"], "publish_status": "x"})
    assert body["code"] == 4000


async def test_versions_page(ask: Ask, facts: Facts) -> None:
    bot_id = await draft(ask, facts)
    published = [(await publish(ask, bot_id, "1024"))["data"]["version"] for _ in range(3)]
    path = f"/v1/bots/{bot_id}/versions"
    _, body = await ask("GET", path, params={"page_size": 2})
    assert body["data"]["has_more"] is True
    assert [item["version"] for item in body["data"]["items"]] == [published[2], published[1]]
    _, body = await ask("GET", path, params={"page_size": 2, "page_num": 2})
    assert (body["data"]["has_more"], len(body["data"]["items"])) == (False, 1)
    assert (await ask("GET", path, params={"page_size": 31}))[1]["code"] == 4000


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 21},
        {"name": 5},
        {"description": "x" * 501},
        {"prompt_info": {"prompt": "x" * 20_001}},
        {"prompt_info": "x"},
        {"onboarding_info": {"prologue": 5}},
    ],
)
async def test_fields_have_limits(ask: Ask, facts: Facts, fields: dict[str, Any]) -> None:
    body = {"space_id": facts["workspace_id"], "name": "A", **fields}
    assert (await ask("POST", "/v1/bot/create", json=body))[1]["code"] == 4000


async def test_where_publishing_is_refused(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    bot_id, channel = await draft(ask, facts), facts["connector_id"]
    assert (await publish(ask, bot_id, channel))["code"] == 4000, "a custom channel comes with 1024"
    assert (await publish(ask, bot_id, "1024", "123"))["code"] == 4000
    assert (await publish(ask, bot_id))["code"] == 4000
    assert (await publish(ask, "123", "1024"))["code"] == 4200
    bad = await draft(ask, facts, prompt_info={"prompt": "forbidden-word"})
    assert (await publish(ask, bad, "1024"))["code"] == 4105
    coze.state.channels[channel].creator_id = facts["users"]["lin"]
    assert (await publish(ask, bot_id, "1024", channel))["code"] == 4101, "the channel's creator publishes to it"
    coze.state.workspaces[facts["workspace_id"]].connectors.clear()
    assert (await publish(ask, bot_id, "1024", channel))["code"] == 4101, "it has to be installed"
    assert not coze.state.bots[bot_id].versions


async def test_installing_a_channel(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    space = coze.state.workspaces[facts["workspace_id"]]
    space.connectors.clear()
    path = f"/v1/connectors/{facts['connector_id']}/install"
    assert (await ask("POST", path, json={"workspace_id": space.id}))[1]["code"] == 0
    assert space.connectors == {facts["connector_id"]}
    assert (await ask("POST", "/v1/connectors/1/install", json={"workspace_id": space.id}))[1]["code"] == 4200


async def test_a_person_reviews_where_no_callback_is(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    bot_id, channel = await draft(ask, facts), facts["connector_id"]
    await publish(ask, bot_id, "1024", channel)
    assert publication(coze, bot_id, facts).state == "reviewing"
    await coze.act("review", {"bot_id": bot_id, "verdict": "rejected", "reason": "too short"})
    assert (publication(coze, bot_id, facts).state, publication(coze, bot_id, facts).reason) == (
        "rejected",
        "too short",
    )
    await publish(ask, bot_id, "1024", channel)
    await coze.act("review", {"name": "A", "verdict": "passed"})
    assert publication(coze, bot_id, facts).state == "online"
    online = publication(coze, bot_id, facts).online_version
    await publish(ask, bot_id, "1024", channel)
    again = publication(coze, bot_id, facts)
    assert (again.state, again.online_version) == ("reviewing", online), (
        "the old version stays while the new one waits"
    )


async def test_a_fault_rejects_the_next_publication(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    bot_id = await draft(ask, facts)
    coze.faults.set("review_rejected", times=1)
    await publish(ask, bot_id, "1024", facts["connector_id"])
    assert publication(coze, bot_id, facts).state == "rejected"
    assert coze.faults.active == []


async def test_unpublishing(ask: Ask, facts: Facts) -> None:
    bot_id = await draft(ask, facts)
    await publish(ask, bot_id, "1024")
    path = f"/v1/bots/{bot_id}/unpublish"
    assert (await ask("POST", path, json={"connector_id": "999"}))[1]["code"] == 4000
    assert (await ask("POST", path, json={"connector_id": "1024"}))[1]["code"] == 0
    chat = {"bot_id": bot_id, "user_id": "u", "stream": False}
    assert (await ask("POST", "/v3/chat", json=chat))[1]["code"] == 4015


async def test_a_chat_from_question_to_answer(ask: Ask, facts: Facts) -> None:
    bot_id = await draft(ask, facts)
    await publish(ask, bot_id, "1024")
    question = {"role": "user", "content": "你好", "content_type": "text"}
    body = {"bot_id": bot_id, "user_id": "smoke", "stream": False, "additional_messages": [question]}
    assert (await ask("POST", "/v3/chat", json=body | {"auto_save_history": False}))[1]["code"] == 4007
    assert (await ask("POST", "/v3/chat", json=body | {"bot_id": "1"}))[1]["code"] == 4006
    chat = (await ask("POST", "/v3/chat", json=body))[1]["data"]
    assert chat["status"] == "in_progress"
    query = {"chat_id": chat["id"], "conversation_id": chat["conversation_id"]}
    overlap = await ask("POST", "/v3/chat", json=body, params={"conversation_id": chat["conversation_id"]})
    assert overlap[1]["code"] == 4016
    seen = [(await ask("GET", "/v3/chat/retrieve", params=query))[1]["data"]["status"] for _ in range(2)]
    assert seen == ["in_progress", "completed"]
    (message,) = (await ask("GET", "/v3/chat/message/list", params=query))[1]["data"]
    assert (message["type"], message["role"]) == ("answer", "assistant")
    assert "你好" in message["content"]


async def test_a_chat_as_a_stream(http: httpx.AsyncClient, ask: Ask, facts: Facts) -> None:
    bot_id = await draft(ask, facts)
    body = {"bot_id": bot_id, "user_id": "smoke", "stream": True, "auto_save_history": False}
    assert (await ask("POST", "/v3/chat", json=body))[1]["code"] == 4015, "errors come as plain JSON"
    await publish(ask, bot_id, "1024")
    answer = await http.post("/v3/chat", json=body, headers={"Authorization": f"Bearer {facts['owner_token']}"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [line.removeprefix("event:") for line in answer.text.splitlines() if line.startswith("event:")]
    assert events[:2] == ["conversation.chat.created", "conversation.chat.in_progress"]
    assert events[-3:] == ["conversation.message.completed", "conversation.chat.completed", "done"]


async def test_what_older_sdks_ask(ask: Ask, facts: Facts) -> None:
    bot_id, fresh = await draft(ask, facts), await draft(ask, facts)
    await publish(ask, bot_id, "1024")
    _, body = await ask("GET", "/v1/bot/get_online_info", params={"bot_id": bot_id})
    assert body["data"]["bot_id"] == bot_id
    assert (await ask("GET", "/v1/bot/get_online_info", params={"bot_id": fresh}))[1]["code"] == 4015
    _, body = await ask("GET", "/v1/space/published_bots_list", params={"space_id": facts["workspace_id"]})
    assert (body["data"]["total"], [item["bot_id"] for item in body["data"]["space_bots"]]) == (1, [bot_id])


async def settled(coze: CozePlatform, bot_id: str, facts: Facts) -> Publication:
    """The publication once the channel was asked."""
    await eventually(lambda: publication(coze, bot_id, facts).state != "publishing")
    return publication(coze, bot_id, facts)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (JSONResponse({"audit": {"audit_status": 1}}), "reviewing"),
        (JSONResponse({"audit": {"audit_status": 2, "reason": ""}}), "online"),
        (JSONResponse({"audit": {"audit_status": 3, "reason": "brand"}}), "rejected"),
        (JSONResponse({"audit": {"audit_status": 4}}), "failed"),
        (JSONResponse({"audit": {"audit_status": 2}}, 500), "failed"),
        (Response(b"fine"), "failed"),
    ],
)
async def test_the_channel_is_asked(
    coze: CozePlatform, ask: Ask, facts: Facts, desk: Desk, answer: Response, state: str
) -> None:
    desk.answer = lambda: answer
    bot_id = await draft(ask, facts, name="讲解员")
    version = (await publish(ask, bot_id, "1024", facts["connector_id"]))["data"]["version"]
    assert (await settled(coze, bot_id, facts)).state == state
    headers, raw = desk.came[-1]
    signed = headers["x-coze-timestamp"] + headers["x-coze-nonce"] + facts["channel"]["callback_token"] + raw.decode()
    assert headers["x-coze-signature"] == hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()
    event = json.loads(raw)
    assert event["header"]["event_type"] == "bot.published"
    assert event["header"]["connector_id"] == facts["connector_id"]
    assert (event["event"]["bot_id_str"], event["event"]["bot_name"]) == (bot_id, "讲解员")
    assert event["event"]["version"] == version


@pytest.mark.parametrize(("verdict", "state"), [(2, "online"), (3, "rejected")])
async def test_a_late_verdict(coze: CozePlatform, ask: Ask, facts: Facts, verdict: int, state: str) -> None:
    bot_id = await draft(ask, facts)
    await publish(ask, bot_id, "1024", facts["connector_id"])
    assert (await settled(coze, bot_id, facts)).state == "reviewing"
    token, path = await channel_token(coze, facts), f"/v1/connectors/{facts['connector_id']}/bots/{bot_id}"
    body = {"audit_status": verdict, "reason": "because"}
    assert (await ask("PUT", path, json=body))[1]["code"] == 4101, "the owner's token is not the channel's"
    for bad in ({"audit_status": 4}, {"audit_status": True}, {}, {"audit_status": 2, "reason": 5}):
        assert (await ask("PUT", path, json=bad, token=token))[1]["code"] == 4000
    assert (await ask("PUT", path.replace(bot_id, "1"), json=body, token=token))[1]["code"] == 4200
    assert (await ask("PUT", path, json=body, token=token))[1]["code"] == 0
    assert (publication(coze, bot_id, facts).state, publication(coze, bot_id, facts).reason) == (state, "because")
