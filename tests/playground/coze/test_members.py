"""Tokens, workspaces and members, asked over plain HTTP."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.playground.coze.platform import CozePlatform
from bot.playground.world.clock import SimulatedClock
from bot.playground.world.coze import Enterprise
from tests.serving import coze_platform

from .conftest import Ask

Facts = dict[str, Any]


async def test_the_envelope(ask: Ask, facts: Facts) -> None:
    status, body = await ask("GET", "/v1/users/me")
    assert (status, body["code"], body["msg"]) == (200, 0, "")
    assert body["data"]["user_id"] == facts["users"]["owner"]
    assert len(body["detail"]["logid"]) == 34


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/bot/delete", "/v2/users/me"])
@pytest.mark.parametrize("mode", ["mapped", "always200"])
async def test_an_unknown_path_is_404_in_json(coze: CozePlatform, ask: Ask, path: str, mode: Any) -> None:
    coze.status_mode = mode
    status, body = await ask("GET", path)
    assert status == 404
    assert body["code"] != 0


@pytest.mark.parametrize("scheme", ["", "bearer ", "Bearer  ", "Token ", "Bearer\t"])
async def test_the_header_is_taken_literally(http: httpx.AsyncClient, facts: Facts, scheme: str) -> None:
    answer = await http.get("/v1/users/me", headers={"Authorization": scheme + facts["owner_token"]})
    assert (answer.status_code, answer.json()["code"]) == (401, 4100)
    assert (await http.get("/v1/users/me")).json()["code"] == 4100


async def test_both_modes_and_both_codes_of_a_bad_token(coze: CozePlatform, ask: Ask) -> None:
    assert (await ask("GET", "/v1/users/me", token="pat_x"))[0] == 401
    coze.status_mode = "always200"
    await coze.act("settings", {"invalid_token_code": 700012006})
    status, body = await ask("GET", "/v1/users/me", token="pat_x")
    assert (status, body["code"], body["msg"]) == (200, 700012006, "access token invalid")


async def test_a_pat_dies_in_story_time(coze: CozePlatform, clock: SimulatedClock, ask: Ask) -> None:
    token = (await coze.act("token", {"name": "tom", "days": 2}))["token"]
    clock.advance(timedelta(days=2) - timedelta(seconds=30))
    assert (await ask("GET", "/v1/users/me", token=token))[0] == 200
    clock.advance(timedelta(seconds=31))
    assert (await ask("GET", "/v1/users/me", token=token))[1]["code"] == 4100


@pytest.mark.parametrize(
    "wish",
    [
        {"days": 0},
        {"days": 31},
        {"days": "30"},
        {"workspaces": ["ShargeAI"]},
        {"workspaces": ["nowhere"]},
        {"name": "x"},
    ],
)
async def test_a_pat_nobody_can_make(coze: CozePlatform, wish: dict[str, Any]) -> None:
    answer = await coze.act("token", {"name": "tom", **wish})
    assert answer["ok"] is False
    assert "token" not in answer


async def test_a_missing_permission_and_a_workspace_out_of_reach(ask: Ask, facts: Facts) -> None:
    mei, space = facts["pats"]["mei"], facts["workspace_id"]
    status, body = await ask("GET", f"/v1/workspaces/{space}/members", token=mei)
    assert (status, body["code"]) == (403, 4101)
    assert "permission to access readMember." in body["msg"]
    status, body = await ask("GET", "/v1/bots", token=mei, params={"workspace_id": space})
    assert (status, body["code"]) == (403, 4101)
    assert f"permission to access space_id={space} listBot." in body["msg"]


async def test_a_joined_workspace_is_listed_but_not_in_reach(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    mei, space = facts["pats"]["mei"], facts["workspace_id"]
    await coze.act("invite", {"name": "owner", "user": "mei"})
    await coze.act("user", {"name": "mei", "accept_invitation": True})
    _, body = await ask("GET", "/v1/workspaces", token=mei)
    assert body["data"]["total_count"] == 2
    (team,) = [item for item in body["data"]["workspaces"] if item["id"] == space]
    assert (team["role_type"], team["joined_status"], team["workspace_type"]) == ("member", "joined", "team")
    assert (await ask("GET", "/v1/bots", token=mei, params={"workspace_id": space}))[1]["code"] == 4101


async def test_invitations_in_the_personal_edition(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    path, tom = f"/v1/workspaces/{facts['workspace_id']}/members", facts["users"]["tom"]
    users = {"users": [{"user_id": tom, "role_type": "admin"}, {"user_id": "1", "role_type": "member"}]}
    _, body = await ask("POST", path, json=users)
    assert body["data"]["invited_success_user_ids"] == [tom]
    assert body["data"]["not_exist_user_ids"] == ["1"]
    assert (await coze.act("user", {"name": "tom", "decline_invitation": True}))["ok"]
    _, body = await ask("POST", path, json=users)
    assert body["data"]["invited_success_user_ids"] == [tom], "a declined invitation may be sent again"
    assert (await coze.act("user", {"name": "tom", "accept_invitation": "ShargeAI"}))["member"]
    _, body = await ask("GET", path)
    assert [item["role_type"] for item in body["data"]["items"]] == ["owner", "admin"]
    _, body = await ask("DELETE", path, json={"user_ids": [tom, facts["users"]["owner"], "1"]})
    assert body["data"] == {
        "removed_success_user_ids": [tom],
        "not_in_workspace_user_ids": ["1"],
        "owner_not_support_remove_user_ids": [facts["users"]["owner"]],
    }


async def test_an_enterprise_adds_at_once_but_its_own_people_only(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    state, owner, lin = coze.state, facts["users"]["owner"], facts["users"]["lin"]
    state.enterprises["7"] = Enterprise("7", "Sharge", {owner})
    space = state.add_workspace("Glasses", owner, enterprise_id="7")
    users = {"users": [{"user_id": lin, "role_type": "member"}]}
    path = f"/v1/workspaces/{space.id}/members"
    assert (await ask("POST", path, json=users))[1]["code"] == 702042162
    state.enterprises["7"].people.add(lin)
    _, body = await ask("POST", path, json=users)
    assert body["data"]["added_success_user_ids"] == [lin]
    assert lin in space.members


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"users": []}',
        b'{"users": [1]}',
        b'{"users": [{"user_id": 1, "role_type": "member"}]}',
        b'{"users": [{"user_id": "1", "role_type": "owner"}]}',
        b'{"users": [{"user_id": "1"}]}',
    ],
)
async def test_a_malformed_body_is_4000(ask: Ask, facts: Facts, body: bytes) -> None:
    status, answer = await ask("POST", f"/v1/workspaces/{facts['workspace_id']}/members", content=body)
    assert (status, answer["code"]) == (400, 4000)


@pytest.mark.parametrize("query", ["page_size=51", "page_size=0", "page_num=x", "page_num=-1", "page_size=１０"])
async def test_pages_have_limits(ask: Ask, facts: Facts, query: str) -> None:
    _, answer = await ask("GET", f"/v1/workspaces/{facts['workspace_id']}/members?{query}")
    assert answer["code"] == 4000


async def busy(coze: CozePlatform) -> None:
    """Something to do of each kind: an open invitation, an agent in review, one to publish."""
    await coze.act("invite", {"name": "owner", "user": "tom"})
    await coze.act("user", {"name": "tom", "accept_invitation": True})
    await coze.act("agent", {"name": "tom", "title": "Museum Guide"})
    await coze.act("publish", {"name": "owner", "bot_id": "Museum Guide"})
    await coze.act("invite", {"name": "owner", "user": "lin"})


async def test_every_action_offered_can_be_done(coze: CozePlatform) -> None:
    await busy(coze)
    names = {bot.id: bot.name for bot in coze.state.bots.values()}
    for action in coze.actions:
        coze.reset()
        await busy(coze)
        assert set(action["label"]) == {"zh", "en"}
        ids = {bot.id for bot in coze.state.bots.values()}
        parameters = dict(action["parameters"])
        if "bot_id" in parameters and parameters["bot_id"] not in ids:
            parameters["bot_id"] = coze.state.find_bot(names[parameters["bot_id"]]).id
        assert (await coze.act(action["path"], parameters))["ok"], action


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("nothing", {}),
        ("user", {}),
        ("user", {"name": "mei"}),
        ("user", {"name": "mei", "accept_invitation": True}),
        ("review", {"name": "晨间助手", "verdict": "passed"}),
        ("review", {"name": "nobody", "verdict": "passed"}),
        ("review", {"name": "晨间助手", "verdict": "maybe"}),
        ("publish", {"name": "tom", "bot_id": "晨间助手"}),
        ("publish", {"name": "mei", "bot_id": "晨间助手", "connectors": ["5"]}),
        ("agent", {"name": "tom", "title": "x"}),
        ("agent", {"name": "tom", "title": "", "workspace": "personal"}),
        ("invite", {"name": "mei", "user": "tom"}),
        ("workspace", {"name": "tom", "title": ""}),
        ("leave", {"name": "owner"}),
        ("revoke", {"token": "x"}),
        ("channel", {"callback_url": "http://127.0.0.1:1/"}),
        ("channel", {"callback_url": "no address"}),
        ("oauth_app", {"name": "mei", "client_id": "1"}),
        ("oauth_app", {"name": "mei", "kind": "robot"}),
    ],
)
async def test_what_the_website_refuses_is_said_in_words(coze: CozePlatform, path: str, body: dict[str, Any]) -> None:
    answer = await coze.act(path, body)
    assert answer["ok"] is False
    assert answer["error"]


async def test_changes_are_announced(
    coze: CozePlatform, ask: Ask, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(coze.state, "changed", lambda: seen.append(1))
    users = {"users": [{"user_id": facts["users"]["mei"], "role_type": "member"}]}
    for step in (
        ask("POST", f"/v1/workspaces/{facts['workspace_id']}/members", json=users),
        coze.act("user", {"name": "mei", "accept_invitation": True}),
        coze.act("agent", {"name": "mei", "title": "A"}),
    ):
        seen.clear()
        await step
        assert seen


async def test_a_new_start_keeps_the_secrets(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    await coze.act("agent", {"name": "mei", "title": "gone", "workspace": "personal"})
    coze.reset()
    assert coze.ready() == facts
    assert "gone" not in {bot.name for bot in coze.state.bots.values()}
    assert (await ask("GET", "/v1/users/me"))[0] == 200


def test_the_key_files_go_with_the_platform() -> None:
    platform = coze_platform()
    file = Path(platform.ready()["jwt_app"]["private_key_file"])
    assert file.stat().st_mode & 0o077 == 0
    assert file.read_text().startswith("-----BEGIN PRIVATE KEY-----")
    platform.close()
    assert not file.exists()


def test_ids_are_long_digits_in_text(coze: CozePlatform) -> None:
    assert all(space.isdigit() and len(space) == 19 for space in coze.state.workspaces)
