"""Signing in by device code and staying signed in by refresh tokens, as strictly as Coze's own clients need it."""

import asyncio
import json
import re
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.playground.coze.platform import CozePlatform
from bot.playground.world.clock import SimulatedClock

from .conftest import Ask

Facts = dict[str, Any]
Json = dict[str, Any]
ROOT = "/api/permission/oauth2"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
NAMES = {"error_code", "error_message", "error", "error_description"}


class Device:
    """A device of the seeded app, without any help of ours."""

    def __init__(self, http: httpx.AsyncClient, client_id: str) -> None:
        self.http, self.client_id = http, client_id

    async def post(self, path: str, **body: Any) -> httpx.Response:
        """A call as coze-js makes it: with half an Authorization header."""
        body = {"client_id": self.client_id, **body}
        headers = {"Authorization": "Bearer", "Content-Type": "application/json"}
        answer = await self.http.post(f"{ROOT}{path}", content=json.dumps(body), headers=headers)
        assert len(answer.headers["X-Tt-Logid"]) == 34
        return answer

    async def begin(self) -> Json:
        """A new device code."""
        answer = await self.post("/device/code")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def poll(self, device_code: str, **more: Any) -> httpx.Response:
        """Ask for tokens."""
        return await self.post("/token", grant_type=DEVICE_CODE, device_code=device_code, **more)

    async def refresh(self, refresh_token: str, **more: Any) -> httpx.Response:
        """Ask for new tokens."""
        return await self.post("/token", grant_type="refresh_token", refresh_token=refresh_token, **more)


def refused(answer: httpx.Response, status: int = 400) -> str:
    """The code of a refusal, which has all four names and nothing else."""
    body = answer.json()
    assert answer.status_code == status, body
    assert set(body) == NAMES
    assert all(isinstance(value, str) and value for value in body.values())
    assert body["error"] == body["error_code"]
    assert body["error_description"] == body["error_message"]
    return str(body["error"])


def invalid(answer: httpx.Response) -> str:
    """What of the request is no good."""
    assert refused(answer) == "invalid_request"
    before, _, parameter = str(answer.json()["error_message"]).partition(": ")
    assert before == "invalid request"
    return parameter


@pytest.fixture
async def device(http: httpx.AsyncClient, facts: Facts) -> Device:
    """See `Device`."""
    return Device(http, facts["sign_in"]["client_id"])


@pytest.fixture
async def quick(coze: CozePlatform) -> CozePlatform:
    """The platform, which lets a device ask as often as it likes."""
    await coze.act("settings", {"sign_in_interval": 0})
    return coze


async def signed_in(coze: CozePlatform, device: Device, who: str) -> Json:
    """The tokens of somebody who said yes."""
    code = await device.begin()
    assert (await coze.act("sign_in", {"name": who, "user_code": code["user_code"], "approve": True}))["ok"]
    answer = await device.poll(code["device_code"])
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_device_code_is_bare_and_its_life_a_duration(coze: CozePlatform, device: Device) -> None:
    code = await device.begin()
    assert set(code) == {"device_code", "user_code", "verification_uri", "expires_in", "interval"}
    assert (code["expires_in"], code["interval"]) == (300, 5)
    assert re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", code["user_code"])
    assert code["verification_uri"].startswith(f"{coze.base_url}/")
    assert "?" not in code["verification_uri"]


async def test_yes(coze: CozePlatform, device: Device, ask: Ask, facts: Facts) -> None:
    code = await device.begin()
    assert refused(await device.poll(code["device_code"])) == "authorization_pending", "never slow_down at first"
    assert (await coze.act("sign_in", {"name": "mei", "user_code": code["user_code"], "approve": True})) == {
        "ok": True
    }
    other = await device.begin()
    assert refused(await device.poll(other["device_code"])) == "authorization_pending", "each code has its own answer"
    await coze.act("settings", {"sign_in_interval": 0})
    answer = await device.poll(code["device_code"])
    assert set(answer.json()) == {"access_token", "expires_in", "refresh_token"}
    assert answer.json()["access_token"].startswith("czu_")
    assert 895 <= answer.json()["expires_in"] - time.time() <= 901, "a moment, not a duration"
    _, body = await ask("GET", "/v1/users/me", token=answer.json()["access_token"])
    assert body["data"]["user_id"] == facts["users"]["mei"]
    assert invalid(await device.poll(code["device_code"])) == "device_code", "used up"


async def test_no(quick: CozePlatform, device: Device) -> None:
    code = await device.begin()
    answer = await quick.act("sign_in", {"name": "mei", "user_code": code["user_code"], "approve": False})
    assert answer == {"ok": True}
    for _ in range(2):
        assert refused(await device.poll(code["device_code"])) == "access_denied"
    again = await quick.act("sign_in", {"name": "mei", "user_code": code["user_code"], "approve": True})
    assert not again["ok"], "the answer stands"


async def test_too_late(coze: CozePlatform, device: Device, clock: SimulatedClock) -> None:
    """An end that follows the story; the answer says so ever after, and the person can't say yes any more."""
    code, late = await device.begin(), await device.begin()
    assert (await coze.act("sign_in", {"name": "mei", "user_code": late["user_code"], "approve": True}))["ok"]
    clock.advance(timedelta(seconds=301))
    for _ in range(2):
        assert refused(await device.poll(code["device_code"])) == "expired_token"
    assert refused(await device.poll(late["device_code"])) == "expired_token", "a yes that nobody fetched"
    assert not (await coze.act("sign_in", {"name": "mei", "user_code": code["user_code"], "approve": True}))["ok"]


async def test_too_often(coze: CozePlatform, device: Device, clock: SimulatedClock) -> None:
    """By real time; half a second too early is forgiven."""
    code = await device.begin()
    assert refused(await device.poll(code["device_code"])) == "authorization_pending"
    clock.advance(timedelta(seconds=30))
    assert refused(await device.poll(code["device_code"])) == "slow_down"
    assert (await coze.act("sign_in", {"name": "mei", "user_code": code["user_code"], "approve": True}))["ok"]
    assert refused(await device.poll(code["device_code"])) == "slow_down", "whatever the answer is"
    (waiting,) = coze.state.sign_ins.by_secret.values()
    assert waiting.asked_at is not None
    waiting.asked_at -= 4.6
    assert (await device.poll(code["device_code"])).status_code == 200


async def test_two_at_once(quick: CozePlatform, device: Device, ask: Ask, facts: Facts) -> None:
    """Each device gets the account of whoever typed its code, in any case, with or without the dash."""
    codes = await asyncio.gather(device.begin(), device.begin())
    typed = [codes[0]["user_code"].lower(), f" {codes[1]['user_code'].replace('-', '')} "]
    for who, user_code in zip(("mei", "tom"), typed, strict=True):
        assert (await quick.act("sign_in", {"name": who, "user_code": user_code, "approve": True}))["ok"]
    answers = await asyncio.gather(*(device.poll(code["device_code"]) for code in codes))
    for who, answer in zip(("mei", "tom"), answers, strict=True):
        _, body = await ask("GET", "/v1/users/me", token=answer.json()["access_token"])
        assert body["data"]["user_id"] == facts["users"][who]


async def test_exactly_one_of_many_gets_tokens(quick: CozePlatform, device: Device) -> None:
    code = await device.begin()
    await quick.act("sign_in", {"name": "mei", "user_code": code["user_code"], "approve": True})
    answers = await asyncio.gather(*(device.poll(code["device_code"]) for _ in range(8)))
    (pair,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert {invalid(answer) for answer in answers if answer.status_code != 200} == {"device_code"}
    refreshed = await asyncio.gather(*(device.refresh(pair["refresh_token"]) for _ in range(8)))
    (fresh,) = [answer.json() for answer in refreshed if answer.status_code == 200]
    assert {invalid(answer) for answer in refreshed if answer.status_code != 200} == {"refresh_token"}
    assert fresh["refresh_token"] != pair["refresh_token"]
    assert (await device.refresh(fresh["refresh_token"])).status_code == 200


async def test_who_stays_away_is_signed_out(
    quick: CozePlatform, device: Device, clock: SimulatedClock, ask: Ask
) -> None:
    """A quarter of an hour, thirty days: by the story's clock, and anew with each refresh."""
    pair = await signed_in(quick, device, "mei")
    clock.advance(timedelta(minutes=15))
    assert (await ask("GET", "/v1/users/me", token=pair["access_token"]))[1]["code"] == 4100
    clock.advance(timedelta(days=29))
    fresh = (await device.refresh(pair["refresh_token"])).json()
    assert abs(fresh["expires_in"] - quick.state.now() - 900) < 2
    assert (await ask("GET", "/v1/users/me", token=fresh["access_token"]))[1]["code"] == 0
    clock.advance(timedelta(days=29))
    fresh = (await device.refresh(fresh["refresh_token"])).json()
    clock.advance(timedelta(days=30))
    assert invalid(await device.refresh(fresh["refresh_token"])) == "refresh_token"


async def test_a_refresh_token_belongs_to_its_app(quick: CozePlatform, device: Device, facts: Facts) -> None:
    pair = await signed_in(quick, device, "mei")
    other = facts["sign_in"]["pkce"]["client_id"]
    assert invalid(await device.refresh(pair["refresh_token"], client_id=other)) == "refresh_token"
    assert (await device.refresh(pair["refresh_token"])).status_code == 200, "another app's try does not spend it"
    made = await quick.act("oauth_app", {"name": "tom", "kind": "device", "title": "another"})
    code = await device.begin()
    assert invalid(await device.poll(code["device_code"], client_id=made["client_id"])) == "device_code"


async def test_what_the_account_owns_is_reached(quick: CozePlatform, device: Device, ask: Ask, facts: Facts) -> None:
    """A member's word does not open the team's space to an app; the owner's does."""
    team = facts["workspace_id"]
    await quick.act("invite", {"name": "owner", "user": "mei"})
    await quick.act("user", {"name": "mei", "accept_invitation": True})
    for who, kinds, code in (("mei", ["personal"], 4101), ("owner", ["team"], 0)):
        token = (await signed_in(quick, device, who))["access_token"]
        _, body = await ask("GET", "/v1/workspaces", token=token)
        assert [space["workspace_type"] for space in body["data"]["workspaces"]] == kinds, who
        assert body["data"]["total_count"] == 1
        _, body = await ask("GET", "/v1/bots", token=token, params={"workspace_id": team})
        assert body["code"] == code, who
    _, body = await ask("GET", f"/v1/workspaces/{team}/members", token=token)
    assert facts["users"]["mei"] in [one["user_id"] for one in body["data"]["items"]]


async def test_the_apps_permissions_are_the_tokens(quick: CozePlatform, device: Device, ask: Ask) -> None:
    made = await quick.act("oauth_app", {"name": "tom", "kind": "device", "permissions": ["listWorkspace"]})
    device.client_id = made["client_id"]
    token = (await signed_in(quick, device, "mei"))["access_token"]
    assert (await ask("GET", "/v1/workspaces", token=token))[1]["code"] == 0
    _, body = await ask("POST", "/v1/bot/create", token=token, json={"space_id": "1", "name": "x"})
    assert (body["code"], "createBot" in body["msg"]) == (4101, True)


@pytest.mark.parametrize("space", ["team", "unknown"])
async def test_one_space_alone_needs_an_enterprise(device: Device, facts: Facts, space: str) -> None:
    path = f"/workspace_id/{facts['workspace_id'] if space == 'team' else '1'}/device/code"
    assert refused(await device.post(path)) == "access_deny"


async def test_one_space_of_an_enterprise(quick: CozePlatform, device: Device, ask: Ask, facts: Facts) -> None:
    team = quick.state.team
    team.enterprise_id = "1"
    team.members[facts["users"]["mei"]] = "member"
    code = (await device.post(f"/workspace_id/{team.id}/device/code")).json()
    stranger = await quick.act("sign_in", {"name": "tom", "user_code": code["user_code"], "approve": True})
    assert not stranger["ok"], "tom is not in the space"
    assert (await quick.act("sign_in", {"name": "mei", "user_code": code["user_code"], "approve": True}))["ok"]
    token = (await device.poll(code["device_code"])).json()["access_token"]
    _, body = await ask("GET", "/v1/workspaces", token=token)
    assert [space["id"] for space in body["data"]["workspaces"]] == [team.id]


async def test_an_unknown_app(device: Device, facts: Facts) -> None:
    device.client_id = "30367000000000000000000000000000.app.coze"
    assert refused(await device.post("/device/code"), 401) == "invalid_client"
    assert refused(await device.poll("x"), 401) == "invalid_client"
    assert refused(await device.refresh("x"), 401) == "invalid_client"
    device.client_id = facts["sign_in"]["pkce"]["client_id"]
    assert refused(await device.post("/device/code")) == "access_deny", "the other kind of app"
    device.client_id = facts["jwt_app"]["client_id"]
    assert refused(await device.post("/device/code")) == "access_deny"


@pytest.mark.parametrize("value", [None, "", 7, [], {}, "\ud800"])
async def test_what_is_missing_or_no_text(device: Device, value: Any) -> None:
    known = value == "\ud800"
    assert refused(await device.post("/device/code", client_id=value), 401 if known else 400)
    assert invalid(await device.poll(value)) == "device_code"
    assert invalid(await device.refresh(value)) == "refresh_token"
    answer = await device.post("/token", grant_type=value)
    assert refused(answer) == "unsupported_grant_type"
    for body in (b"[]", b"{", b"[" * 100_000):
        assert invalid(await device.http.post(f"{ROOT}/device/code", content=body)) == "body"


async def test_taking_it_back(quick: CozePlatform, device: Device, ask: Ask) -> None:
    """The person withdraws the app: tokens die, a yes that nobody fetched is a no, and a new yes revives nothing."""
    pair, other, code = (
        await signed_in(quick, device, "mei"),
        await signed_in(quick, device, "tom"),
        await device.begin(),
    )
    await quick.act("sign_in", {"name": "mei", "user_code": code["user_code"], "approve": True})
    withdrawn = {"name": "mei", "client_id": device.client_id, "authorise": False}
    assert (await quick.act("oauth_app", withdrawn))["ok"]
    assert refused(await device.poll(code["device_code"])) == "access_denied"
    await signed_in(quick, device, "mei")
    assert (await ask("GET", "/v1/users/me", token=pair["access_token"]))[1]["code"] == 4100
    assert invalid(await device.refresh(pair["refresh_token"])) == "refresh_token"
    assert (await ask("GET", "/v1/users/me", token=other["access_token"]))[1]["code"] == 0
    assert (await device.refresh(other["refresh_token"])).status_code == 200
    by_hand = await quick.act("oauth_app", withdrawn | {"authorise": True})
    assert not by_hand["ok"], "this app is authorised by signing in alone"


async def test_an_app_that_is_switched_off_is_suspended(quick: CozePlatform, device: Device, ask: Ask) -> None:
    pair, code = await signed_in(quick, device, "mei"), await device.begin()
    switch = {"name": "owner", "client_id": device.client_id}
    await quick.act("oauth_app", switch | {"enabled": False})
    for answer in (await device.post("/device/code"), await device.poll(code["device_code"])):
        assert refused(answer) == "access_deny"
        assert answer.json()["error_message"].endswith("is currently deactivated by the owner")
    assert refused(await device.refresh(pair["refresh_token"])) == "access_deny"
    assert (await ask("GET", "/v1/users/me", token=pair["access_token"]))[1]["code"] == 4100
    assert not (await quick.act("sign_in", {"name": "mei", "user_code": code["user_code"], "approve": True}))["ok"]
    await quick.act("oauth_app", switch | {"enabled": True})
    assert (await ask("GET", "/v1/users/me", token=pair["access_token"]))[1]["code"] == 0
    assert (await device.refresh(pair["refresh_token"])).status_code == 200


async def test_refusals_can_come_with_200(coze: CozePlatform, device: Device, http: httpx.AsyncClient) -> None:
    """A switch, to try a client of one's own: what is in the body stays the same."""
    await coze.act("settings", {"sign_in_status": 200})
    code = await device.begin()
    assert refused(await device.poll(code["device_code"]), 200) == "authorization_pending"
    assert refused(await device.poll(code["device_code"]), 200) == "slow_down"
    assert refused(await device.refresh("x"), 200) == "invalid_request"
    assert refused(await device.post("/device/code", client_id="x"), 200) == "invalid_client"
    jwt = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
    assert (await http.post(f"{ROOT}/token", json=jwt)).status_code == 401, "assertions are not touched by it"


async def test_what_people_can_answer_is_listed(coze: CozePlatform, device: Device) -> None:
    code = await device.begin()
    listed = [action for action in coze.actions if "sign" in action["name"]]
    assert {action["path"] for action in listed} == {"sign_in"}
    assert {action["parameters"]["user_code"] for action in listed} == {code["user_code"]}
    mine = [action for action in listed if action["parameters"]["name"] == "mei"]
    assert [action["parameters"]["approve"] for action in mine] == [True, False]
    assert (await coze.act(mine[0]["path"], mine[0]["parameters"]))["ok"]
    assert not [action for action in coze.actions if "sign" in action["name"]]
    for name in ("withdraw", "switch_app", "switch_app"):
        (action,) = (
            action
            for action in coze.actions
            if action["name"] == name and action["parameters"]["client_id"] == device.client_id
        )
        assert (await coze.act(action["path"], action["parameters"]))["ok"]
    assert not [action for action in coze.actions if action["name"] == "withdraw"]
    assert (await device.post("/device/code")).status_code == 200, "off and on again"


@pytest.mark.parametrize(
    "body",
    [
        {"name": "mei"},
        {"name": "mei", "approve": "yes"},
        {"name": "nobody", "approve": True},
        {"name": "mei", "approve": True, "user_code": "AAAA-AAAA"},
        {"name": "mei", "approve": True, "authorize_key": "x"},
        {"name": "mei", "approve": True},
    ],
)
async def test_what_nobody_can_answer(coze: CozePlatform, body: Json) -> None:
    assert (await coze.act("sign_in", body))["ok"] is False


async def test_the_pages_own_calls(device: Device, http: httpx.AsyncClient, ask: Ask) -> None:
    """The code leads to a key; the browser's session says who answers."""
    code = await device.begin()
    wrong = await http.post(f"{ROOT}/device/verification", json={"user_code": "AAAA-AAAA"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, 4000)
    right = (await http.post(f"{ROOT}/device/verification", json={"user_code": code["user_code"]})).json()
    url = httpx.URL(right["data"]["redirect_uri"])
    body = {"authorize_key": url.params["authorize_key"], "consent": True}
    assert (await http.post(f"{ROOT}/authorize_consent", json=body)).json()["code"] == 700012006
    http.cookies.set("coze_account", "tom")
    assert (await http.post(f"{ROOT}/authorize_consent", json=body | {"consent": 1})).json()["code"] == 4000
    done = (await http.post(f"{ROOT}/authorize_consent", json=body)).json()
    assert (done["code"], done["data"]) == (0, {})
    assert (await http.post(f"{ROOT}/authorize_consent", json=body)).json()["code"] == 4000, "answered already"
    token = (await device.poll(code["device_code"])).json()["access_token"]
    assert (await ask("GET", "/v1/users/me", token=token))[1]["data"]["user_name"] == "tom"
