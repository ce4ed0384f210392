"""What a channel's owner binds, hears and is told, and what surrounds publishing: files, options, settings."""

import json
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from bot.playground.coze.platform import CozePlatform
from tests.waiting import eventually

from .conftest import Ask
from .desk import Desk
from .test_agents import draft, publish
from .test_oauth import assertion, exchange

Facts = dict[str, Any]


async def test_a_channel_hears_of_the_end(coze: CozePlatform, ask: Ask, facts: Facts, desk: Desk) -> None:
    """Unpublished by the API and by hand, and deleted; whatever it answers, it is done."""
    desk.answer = lambda: Response(status_code=500)
    bot_id, connector = await draft(ask, facts, name="讲解员"), facts["connector_id"]
    await publish(ask, bot_id, "1024", connector)
    body = {"connector_id": connector}
    assert (await ask("POST", f"/v1/bots/{bot_id}/unpublish", json=body))[1]["code"] == 0
    await eventually(lambda: len(desk.events("bot.unpublished")) == 1)
    assert (await coze.act("unpublish", {"name": "owner", "bot_id": bot_id}))["ok"]
    await eventually(lambda: len(desk.events("bot.unpublished")) == 2)
    assert not (await coze.act("delete", {"name": "mei", "bot_id": bot_id}))["ok"]
    assert (await coze.act("delete", {"name": "owner", "bot_id": bot_id}))["ok"]
    await eventually(lambda: len(desk.events("bot.deleted")) == 1)
    [deleted] = desk.events("bot.deleted")
    assert (deleted["event"]["bot_id"], deleted["header"]["connector_id"]) == (bot_id, connector)
    ids = [event["header"]["event_id"] for event in desk.events("bot.unpublished")]
    assert len(set(ids)) == 2
    assert (await ask("GET", f"/v1/bots/{bot_id}"))[1]["code"] == 4200


async def test_options_of_a_channel(ask: Ask, facts: Facts) -> None:
    """What its owner has bound can be chosen when publishing, and nothing else."""
    connector, bot_id = facts["connector_id"], await draft(ask, facts)
    path = f"/v1/connectors/{connector}/user_configs"
    configs = [{"key": "device_id", "enums": [{"label": "拍拍镜", "value": "d1"}]}]
    assert (await ask("POST", path, json={"configs": configs}))[1]["code"] == 0
    for bad in ([], [{"key": "x"}], [{"key": "x", "enums": []}], "x", None):
        assert (await ask("POST", path, json={"configs": bad}))[1]["code"] == 4000
    assert (await ask("POST", path.replace(connector, "1"), json={"configs": configs}))[1]["code"] == 4200
    assert (await ask("POST", path, json={"configs": configs}, token=facts["pats"]["mei"]))[1]["code"] == 4101
    for chosen, code in (('["d1"]', 0), ('["d2"]', 4000), (["d1"], 4000), ("[", 4000), ("5", 4000)):
        body = {"bot_id": bot_id, "connector_ids": ["1024", connector]}
        body["connectors"] = {connector: {"device_id": chosen}}  # type: ignore[assignment]
        assert (await ask("POST", "/v1/bot/publish", json=body))[1]["code"] == code, chosen
    odd = {"bot_id": bot_id, "connector_ids": ["1024", connector], "connectors": []}
    assert (await ask("POST", "/v1/bot/publish", json={**odd, "connectors": [1]}))[1]["code"] == 4000


async def test_a_file_goes_up(ask: Ask, facts: Facts) -> None:
    """It can be looked up by who sent it, and be an agent's icon."""
    content = b"\x89PNG\r\n--\r\n"
    _, body = await ask("POST", "/v1/files/upload", files={"file": ("图.png", content)})
    file = body["data"]
    assert (file["file_name"], file["bytes"], len(file["id"])) == ("图.png", len(content), 19)
    query = {"file_id": file["id"]}
    assert (await ask("GET", "/v1/files/retrieve", params=query))[1]["data"] == file
    assert (await ask("GET", "/v1/files/retrieve", params=query, token=facts["pats"]["mei"]))[1]["code"] == 4200
    await draft(ask, facts, icon_file_id=file["id"])
    _, body = await ask(
        "POST", "/v1/bot/create", json={"space_id": facts["workspace_id"], "name": "B", "icon_file_id": "1"}
    )
    assert body["code"] == 4200
    wrong: list[Facts] = [{"json": {}}, {"data": {"file": "x"}}, {"files": {"other": ("a", b"")}}]
    for bad in wrong:
        assert (await ask("POST", "/v1/files/upload", **bad))[1]["code"] == 4000


@pytest.mark.parametrize("body", [b"", b"--b", b"--b\r\n\r\nx\r\n--b--", b"--b\r\nA: b\r\n\r\nx\r\n--b--"])
async def test_a_broken_form_is_4000(http: httpx.AsyncClient, facts: Facts, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Authorization": f"Bearer {facts['owner_token']}"}
    answer = await http.post("/v1/files/upload", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, 4000)


async def test_an_edited_app_takes_its_time(coze: CozePlatform, http: httpx.AsyncClient, facts: Facts) -> None:
    """As on Coze, what is saved on the page is felt a moment later."""
    app = facts["jwt_app"]
    await coze.act("settings", {"edit_delay": 0.2})
    await coze.act("oauth_app", {"name": "mei", "client_id": app["client_id"], "enabled": False})
    assert (await exchange(http, assertion(coze, app))).status_code == 200

    await eventually(lambda: not coze.state.apps[app["client_id"]].enabled)
    assert (await exchange(http, assertion(coze, app))).status_code == 403


async def test_where_the_documentation_is_silent(coze: CozePlatform, http: httpx.AsyncClient) -> None:
    """How errors show in HTTP and what a bad token is called can be chosen."""
    await coze.act("settings", {"status_mode": "always200", "invalid_token_code": 700012006})
    answer = await http.get("/v1/users/me", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["code"]) == (200, 700012006)
    await coze.act("settings", {"status_mode": "mapped"})
    assert (await http.get("/v1/users/me", headers={"Authorization": "Bearer x"})).status_code == 401
    for bad in ({"status_mode": "x"}, {"invalid_token_code": 1}, {"edit_delay": 6}, {"edit_delay": True}):
        assert not (await coze.act("settings", bad))["ok"]


async def test_every_answer_is_json_with_a_log_id(http: httpx.AsyncClient) -> None:
    """Wrong verbs, unknown paths and garbage included."""
    for verb, path in (("GET", "/v1/bot/publish"), ("POST", "/nothing"), ("DELETE", "/v1/bots/1/versions")):
        answer = await http.request(verb, path, content=b"\xff{")
        assert len(answer.headers["X-Tt-Logid"]) == 34
        assert json.loads(answer.content)["code"] == 4200
