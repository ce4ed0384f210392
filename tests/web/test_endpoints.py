"""The front door: what is not signed, stale, malformed or too large is turned away in words, never with a 500."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.databases import fresh
from tests.stories.story import Story, told

FORM = "application/x-www-form-urlencoded"


class Door:
    """The bot's own address, and the secret with which the chat signs."""

    def __init__(self, story: Story, http: httpx.AsyncClient) -> None:
        self.story, self._http = story, http
        self._url, self._secret = story.ready["bot_events_url"], story.ready["slack"]["signing_secret"]

    async def knocks(self, body: bytes, kind: str = FORM, when: int | None = None, **headers: str) -> httpx.Response:
        """Sends a delivery, signed as Slack does unless `headers` say otherwise."""
        stamp = str(int(time.time()) if when is None else when)
        signed = hmac.new(self._secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        given = {"content-type": kind, "x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={signed}"}
        return await self._http.post(self._url, content=body, headers={**given, **headers})

    def command(self, text: str, trigger: str = "1.2.3") -> bytes:
        """A slash command as Slack posts it."""
        slack = self.story.ready["slack"]
        who = {"user_id": slack["users"]["mei"], "team_id": slack["team_id"], "api_app_id": slack["app_id"]}
        return urlencode({"command": "/sharge", "text": text, "trigger_id": trigger, **who}).encode()


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    """The bot behind HTTP; mei is known to it."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient(trust_env=False) as http:
            await story.types("mei", "/sharge status")
            await story.reads("mei", "下一步")
            yield Door(story, http)


async def test_a_signed_command_is_answered(door: Door) -> None:
    answer = await door.knocks(door.command("help"))
    assert answer.status_code == 200
    assert answer.json()["response_type"] == "ephemeral"


async def test_a_command_may_hold_the_word_payload(door: Door) -> None:
    answer = await door.knocks(door.command("help payload=1&payload", "p.1"))
    assert answer.json()["response_type"] == "ephemeral"


async def test_the_same_delivery_twice_counts_once(door: Door) -> None:
    body = door.command("help", "same.1")
    assert (await door.knocks(body)).json()
    again = await door.knocks(body)
    assert again.status_code == 200
    assert not again.content


@pytest.mark.parametrize(
    "headers",
    [
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-signature": ""},
        {"x-slack-signature": "v0=ü"},
        {"x-slack-signature": "v1=" + "0" * 64},
        {"x-slack-request-timestamp": "soon"},
        {"x-slack-request-timestamp": "9" * 30},
        {"x-slack-request-timestamp": "-1"},
        {"x-slack-request-timestamp": ""},
    ],
)
async def test_what_slack_has_not_signed_is_turned_away(door: Door, headers: dict[str, str]) -> None:
    raw: Any = {name: value.encode("utf-8") for name, value in headers.items()}
    assert (await door.knocks(door.command("help"), **raw)).status_code == 401


@pytest.mark.parametrize("age", [-301, 310])  # the second that passes meanwhile brings what is ahead nearer
async def test_a_stale_signature_is_turned_away(door: Door, age: int) -> None:
    assert (await door.knocks(door.command("help"), when=int(time.time()) + age)).status_code == 401


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b"null"),
        ("application/json", b"[" * 100_000),
        ("application/json", b"\xff\xfe"),
        (FORM, b"payload=%7B"),
        (FORM, b"payload=[]"),
        (FORM, b"\xff\xfe"),
        (FORM, b"&".join(b"a=1" for _ in range(1000))),
    ],
)
async def test_what_is_malformed_is_turned_away(door: Door, kind: str, body: bytes) -> None:
    assert (await door.knocks(body, kind)).status_code == 400


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "block_actions"},
        {"type": "block_actions", "actions": [], "user": {}},
        {"type": "view_submission", "view": {}},
        {"type": "event_callback", "event": {}},
        {"type": "nonsense"},
    ],
)
async def test_a_signed_payload_of_no_known_shape_does_no_harm(door: Door, payload: dict[str, Any]) -> None:
    answer = await door.knocks(json.dumps(payload).encode(), "application/json")
    assert answer.status_code in (400, 404)
    assert b"Traceback" not in answer.content


async def test_too_much_is_turned_away(door: Door) -> None:
    assert (await door.knocks(b"a" * (1024 * 1024 + 1))).status_code == 413


async def test_only_posts_are_taken(door: Door) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(door.story.ready["bot_events_url"])).status_code == 405


async def test_slacks_own_questions_are_answered(door: Door) -> None:
    challenge = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    assert (await door.knocks(challenge, "application/json")).json() == {"challenge": "abc"}
    assert (await door.knocks(b"ssl_check=1&token=x")).status_code == 200
    limited = json.dumps({"type": "app_rate_limited"}).encode()
    assert (await door.knocks(limited, "application/json")).status_code == 200


async def test_health_is_told(door: Door) -> None:
    base = door.story.ready["bot_events_url"].removesuffix("/slack/events")
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"{base}/healthz")).text == "ok"
        ready = await http.get(f"{base}/readyz")
    assert ready.status_code == 200
    assert all(ready.json().values())
