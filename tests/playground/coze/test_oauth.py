"""The token endpoint with real RS256 assertions, good and bad."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from bot.playground.coze.platform import CozePlatform
from tests.serving import add_agent

from .conftest import Ask

Facts = dict[str, Any]
PATH = "/api/permission/oauth2/token"
BODY = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "duration_seconds": 900}


@dataclass(frozen=True)
class FromNow:
    """A moment so many seconds from when the assertion is made, of a type that is right or wrong."""

    seconds: float
    kind: Callable[[float], object] = int


def claim(now: int, value: object) -> object:
    """What stands in the assertion for this value."""
    return value.kind(now + value.seconds) if isinstance(value, FromNow) else value


def assertion(coze: CozePlatform, app: dict[str, Any], **changes: Any) -> str:
    """A good assertion with some claims changed; None takes one away. `kid`, `typ`, `alg`, `key` change the rest."""
    header = {"kid": changes.pop("kid", app["kid"]), "typ": changes.pop("typ", "JWT")}
    algorithm, key = changes.pop("alg", "RS256"), changes.pop("key", None)
    now = int(time.time())
    claims = {
        "iss": app["client_id"],
        "aud": coze.base_url.removeprefix("http://"),
        "iat": now,
        "exp": now + 600,
        "jti": secrets.token_hex(24),
        **changes,
    }
    claims = {name: claim(now, value) for name, value in claims.items() if value is not None}
    key = Path(app["private_key_file"]).read_bytes() if key is None else key
    return jwt.api_jws.encode(json.dumps(claims).encode(), key, algorithm, header)


async def exchange(http: httpx.AsyncClient, value: str, path: str = PATH, **changes: Any) -> httpx.Response:
    """Ask for a token."""
    return await http.post(path, json=BODY | changes, headers={"Authorization": f"Bearer {value}"})


async def channel_token(coze: CozePlatform, facts: Facts, **changes: Any) -> str:
    """An access token of the channel's app."""
    async with httpx.AsyncClient(base_url=coze.base_url, trust_env=False) as http:
        answer = await exchange(http, assertion(coze, facts["channel"]), **changes)
    return str(answer.json()["access_token"])


async def test_success_is_bare_and_its_end_a_moment(
    coze: CozePlatform, http: httpx.AsyncClient, ask: Ask, facts: Facts
) -> None:
    answer = await exchange(http, assertion(coze, facts["jwt_app"]))
    assert set(answer.json()) == {"access_token", "expires_in"}
    assert 895 <= answer.json()["expires_in"] - time.time() <= 901
    _, body = await ask("GET", "/v1/users/me", token=answer.json()["access_token"])
    assert body["data"]["user_id"] == facts["users"]["mei"]


async def test_an_assertion_is_named_by_its_app(coze: CozePlatform, http: httpx.AsyncClient, facts: Facts) -> None:
    for value in (assertion(coze, facts["jwt_app"]), assertion(coze, facts["jwt_app"], kid="x"), "a.b.c"):
        await exchange(http, value)
    assert [(call.credential, call.status) for call in coze.state.calls] == [
        ("glasses-jwt", 200),
        (None, 401),
        (None, 401),
    ]


async def test_a_token_without_a_wish_lives_a_quarter_of_an_hour(
    coze: CozePlatform, http: httpx.AsyncClient, facts: Facts
) -> None:
    answer = await exchange(http, assertion(coze, facts["jwt_app"]), duration_seconds=None, scope=None)
    assert 895 <= answer.json()["expires_in"] - time.time() <= 901


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kid": "x" * 43}, "kid not been registred"),
        ({"kid": ""}, "kid not been registred"),
        ({"typ": "at+jwt"}, "typ"),
        ({"alg": "none", "key": ""}, "alg"),
        ({"alg": "HS256", "key": "secret" * 10}, "alg"),
        ({"alg": "RS512"}, "alg"),
        ({"iss": "1"}, "iss"),
        ({"iss": 1178531043225}, "iss"),
        ({"aud": "api.coze.com"}, "aud"),
        ({"aud": "http://127.0.0.1"}, "aud"),
        ({"iat": None}, "iat"),
        ({"iat": FromNow(0, str)}, "iat"),
        ({"exp": FromNow(600.5, float)}, "exp"),
        ({"exp": True}, "exp"),
        ({"iat": FromNow(-100), "exp": FromNow(-200)}, "exp"),
        ({"iat": FromNow(-700), "exp": FromNow(-100)}, "expired"),
        ({"iat": FromNow(1000), "exp": FromNow(2000)}, "future"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"jti": 5}, "jti"),
    ],
)
async def test_a_bad_assertion(
    coze: CozePlatform, http: httpx.AsyncClient, facts: Facts, changes: dict[str, Any], words: str
) -> None:
    answer = await exchange(http, assertion(coze, facts["jwt_app"], **changes))
    assert answer.status_code == 401
    assert answer.json()["error_code"] == answer.json()["error"] == "invalid_client"
    assert answer.json()["error_message"].startswith("invalid jwt: ")
    assert words in answer.json()["error_message"]


async def test_a_signature_of_somebody_else(coze: CozePlatform, http: httpx.AsyncClient, facts: Facts) -> None:
    app, other = facts["jwt_app"], facts["channel"]
    forged = assertion(coze, app, key=Path(other["private_key_file"]).read_bytes())  # noqa: ASYNC240 (a small file)
    assert "signature" in (await exchange(http, forged)).json()["error_message"]
    good = assertion(coze, app)
    head, claims, signature = good.split(".")
    tampered = f"{head}.{claims[:-4]}AAAA.{signature}"
    assert (await exchange(http, tampered)).status_code == 401


async def test_an_assertion_is_spent_by_its_use(coze: CozePlatform, http: httpx.AsyncClient, facts: Facts) -> None:
    value = assertion(coze, facts["jwt_app"])
    assert (await exchange(http, value, duration_seconds=0)).status_code == 400, "a bad request does not spend it"
    assert (await exchange(http, value)).status_code == 200
    assert "jti" in (await exchange(http, value)).json()["error_message"]


@pytest.mark.parametrize("value", ["x", "a.b.c", "Bearer x", "eyJhbGciOiJSUzI1NiJ9..", "😀".encode().hex()])
async def test_what_is_no_assertion(http: httpx.AsyncClient, value: str) -> None:
    answer = await exchange(http, value)
    assert (answer.status_code, answer.json()["error_code"]) == (401, "invalid_client")
    assert (await http.post(PATH, json=BODY)).json()["error_message"] == "verify jwt empty error"


@pytest.mark.parametrize("duration", [0, -1, 86_400, "900", 1.5, True, [], 10**30])
async def test_a_life_out_of_range(coze: CozePlatform, http: httpx.AsyncClient, facts: Facts, duration: Any) -> None:
    answer = await exchange(http, assertion(coze, facts["jwt_app"]), duration_seconds=duration)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "invalid_request")


async def test_other_grants_and_bodies(coze: CozePlatform, http: httpx.AsyncClient, facts: Facts) -> None:
    answer = await exchange(http, assertion(coze, facts["jwt_app"]), grant_type="password")
    assert answer.json()["error_message"] == "not supported grant type: password"
    for body in (b"", b"[]", b"{", b"[" * 100_000):
        answer = await http.post(PATH, content=body, headers={"Authorization": "Bearer x"})
        assert answer.status_code == 400
    answer = await exchange(http, assertion(coze, facts["jwt_app"]), scope={"account_permission": {}})
    assert answer.json()["error_code"] == "invalid_request", "scope is for channel apps"


async def test_apps_that_may_not(coze: CozePlatform, http: httpx.AsyncClient, facts: Facts) -> None:
    made = await coze.act("oauth_app", {"name": "tom", "authorise": False})
    app = {"client_id": made["client_id"], "kid": made["kid"], "private_key_file": "/dev/null"}
    key = made["private_key"].encode()
    answer = await exchange(http, assertion(coze, app, key=key))
    assert (answer.json()["error_code"], answer.status_code) == ("access_deny", 403)
    await coze.act("oauth_app", {"name": "tom", "client_id": app["client_id"], "authorise": True})
    assert (await exchange(http, assertion(coze, app, key=key))).status_code == 200
    await coze.act("oauth_app", {"name": "tom", "client_id": app["client_id"], "enabled": False})
    assert "deactivated" in (await exchange(http, assertion(coze, app, key=key))).json()["error_message"]
    coze.state.apps[facts["channel"]["client_id"]].connector_id = None
    answer = await exchange(http, assertion(coze, facts["channel"]))
    assert answer.json()["error_message"] == "connector app[闪极智能体] should bind connector id"


async def test_the_variant_for_another_account(
    coze: CozePlatform, http: httpx.AsyncClient, ask: Ask, facts: Facts
) -> None:
    owner, tom = facts["users"]["owner"], facts["users"]["tom"]
    path = f"/api/permission/oauth2/account/{owner}/token"
    token = (await exchange(http, assertion(coze, facts["jwt_app"]), path)).json()["access_token"]
    query = {"workspace_id": facts["workspace_id"]}
    assert (await ask("GET", "/v1/bots", token=token, params=query))[1]["code"] == 0
    plain = (await exchange(http, assertion(coze, facts["jwt_app"]))).json()["access_token"]
    assert (await ask("GET", "/v1/bots", token=plain, params=query))[1]["code"] == 4101
    answer = await exchange(http, assertion(coze, facts["jwt_app"]), path.replace(owner, tom))
    assert answer.json()["error_code"] == "access_deny"


async def test_a_channel_token_reaches_what_passed_its_review(coze: CozePlatform, ask: Ask, facts: Facts) -> None:
    agent, other = add_agent(coze, "owner", "A"), add_agent(coze, "owner", "B")
    body = {"connector_ids": ["1024", facts["connector_id"]]}
    for bot in (agent, other):
        await ask("POST", "/v1/bot/publish", json=body | {"bot_id": bot.id})
    token = await channel_token(coze, facts)
    chat = {"bot_id": agent.id, "user_id": "u", "stream": False}
    assert (await ask("POST", "/v3/chat", json=chat, token=token))[1]["code"] == 4006
    for bot in (agent, other):
        await coze.act("review", {"bot_id": bot.id, "verdict": "passed"})
    assert (await ask("POST", "/v3/chat", json=chat, token=token))[1]["code"] == 0
    assert (await ask("GET", "/v1/workspaces", token=token))[1]["code"] == 4101
    scope = {
        "account_permission": {"permission_list": ["Connector.botChat"]},
        "attribute_constraint": {"connector_bot_chat_attribute": {"bot_id_list": [other.id]}},
    }
    narrow = await channel_token(coze, facts, scope=scope)
    assert (await ask("POST", "/v3/chat", json=chat, token=narrow))[1]["code"] == 4006
    assert (await ask("POST", "/v3/chat", json=chat | {"bot_id": other.id}, token=narrow))[1]["code"] == 0
