"""What Coze tells the channel's owner: whatever else comes is turned away in words, and nothing is called *reviewing*
that is not kept."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Route

from bot.clock import SystemClock
from bot.core.review import Audit, Event, Review, ReviewState
from bot.services.join.requests import EscalationPolicy
from bot.services.review import Reviews
from bot.store.database import Database
from bot.store.review_tables import review
from bot.web.callback import PATIENCE, CallbackEndpoint, ChannelSignature, IsAwaited
from tests.databases import KINDS, fresh, locked
from tests.serving import serving
from tests.waiting import eventually

TOKEN, CONNECTOR, AGENT = "verify-token", "7530519246604500005", "7530000000000000001"
Json = dict[str, Any]
LONG = 30.0  # seconds that a busy machine gets
LITTLE = 0.02
NOW = 1_900_000_000_000  # milliseconds


def event(kind: str = "bot.published", number: int = 1, **changed: Any) -> Json:
    """One that Coze may send; `changed` parts of it by name."""
    header = {"event_type": kind, "event_id": f"e{number}", "created_at": NOW + number, "connector_id": CONNECTOR}
    told: Json = {"bot_id_str": AGENT, "bot_name": "讲解员", "description": "看到展品就讲"}
    if kind == "bot.published":
        told |= {"version": str(NOW + number), "user_id_str": "7530412083311050001", "user_name": "小美"}
    for name, value in changed.items():
        (header if name in header else told)[name] = value
    return {"header": header, "event": told}


class Callback:
    """The bot's address, and Coze's signature."""

    def __init__(self, http: httpx.AsyncClient, db: Database) -> None:
        self.http, self.db = http, db

    async def tells(
        self, body: Any, headers: dict[str, str] | None = None, *, ahead: float = 0, token: str = TOKEN
    ) -> httpx.Response:
        """An event, signed `ahead` seconds from now unless `headers` say otherwise."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        stamp, nonce = str(int((time.time() + ahead) * 1000)), "abc"
        signed = hashlib.sha1(f"{stamp}{nonce}{token}".encode() + raw, usedforsecurity=False).hexdigest()
        given = {"x-coze-timestamp": stamp, "x-coze-nonce": nonce, "x-coze-signature": signed}
        return await self.http.post("/coze/callback", content=raw, headers={**given, **(headers or {})})

    async def rows(self) -> list[Review]:
        """What is kept."""
        async with self.db.read() as conn:
            return [Review(**row._mapping) for row in await conn.execute(select(review).order_by(review.c.id))]


@pytest.fixture(params=KINDS)
async def coze(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Callback]:
    """The endpoint over HTTP, on each database."""
    with fresh(request.param, tmp_path) as url:
        db = Database(url)
        reviews = Reviews(db, SystemClock(), "T1", lambda: "C0ADMINS", EscalationPolicy, own=False)
        endpoint = CallbackEndpoint(ChannelSignature(SecretStr(TOKEN)), CONNECTOR, reviews.hear, LONG)
        app = Starlette(routes=[Route("/coze/callback", endpoint, methods=["POST"])])
        async with serving(app) as address, httpx.AsyncClient(base_url=address, trust_env=False) as http:
            yield Callback(http, db)
        await db.close()


REVIEWING = {"audit": {"audit_status": 1, "reason": ""}}


async def test_a_publication_is_kept_and_answered(coze: Callback) -> None:
    """As it came, also with older names, as numbers, and in seconds."""
    assert (await coze.tells(event())).json() == REVIEWING
    old = event(number=2, bot_id=int(AGENT) + 1, user_id=7)
    del old["event"]["bot_id_str"], old["event"]["user_id_str"]
    assert (await coze.tells(old)).json() == REVIEWING
    raw, stamp = json.dumps(event(number=3)).encode(), str(int(time.time()))
    signed = hashlib.sha1(f"{stamp}n{TOKEN}".encode() + raw, usedforsecurity=False).hexdigest()
    headers = {"x-coze-timestamp": stamp, "x-coze-nonce": "n", "x-coze-signature": signed}
    assert (await coze.tells(raw, headers)).json() == REVIEWING
    first, second, _ = await coze.rows()
    assert (first.agent_name, first.author_name, first.version) == ("讲解员", "小美", str(NOW + 1))
    assert (second.agent_id, second.author_uid) == (str(int(AGENT) + 1), "7")


async def test_a_new_address_is_verified(coze: Callback) -> None:
    """Whether that is signed Coze does not say: unsigned it is answered, wrongly signed it is not."""
    body = {"header": {"event_type": "url_verification", "event_id": "v", "created_at": NOW}}
    body["event"] = {"challenge": "c0ffee"}
    raw = json.dumps(body).encode()
    for answer in (await coze.tells(raw), await coze.http.post("/coze/callback", content=raw)):
        assert answer.json() == {"challenge": "c0ffee"}
    assert (await coze.tells(raw, token="another")).status_code == 401
    assert (await coze.http.post("/coze/callback", json=event())).status_code == 401
    assert await coze.rows() == []


@pytest.mark.parametrize("ahead", [-360, 360, -(10**9), 10**9])
async def test_a_clock_that_is_off(coze: Callback, ahead: float) -> None:
    assert (await coze.tells(event(), ahead=ahead)).status_code == 401
    assert await coze.rows() == []


FORGED: list[dict[str, str]] = [
    {"x-coze-signature": "0" * 40},
    {"x-coze-signature": "x" * 40},
    {"x-coze-signature": ""},
    {"x-coze-timestamp": "soon"},
    {"x-coze-timestamp": "9" * 30},
    {"x-coze-timestamp": "-1"},
    {"x-coze-nonce": "other"},
]


@pytest.mark.parametrize("headers", FORGED, ids=str)
async def test_what_is_forged(coze: Callback, headers: dict[str, str]) -> None:
    assert (await coze.tells(event(), headers)).status_code == 401
    assert (await coze.tells(event(), token="guessed")).status_code == 401
    assert await coze.rows() == []


async def test_another_channels(coze: Callback) -> None:
    for kind in ("bot.published", "bot.unpublished", "bot.deleted"):
        assert (await coze.tells(event(kind, connector_id="1"))).status_code == 403
    assert await coze.rows() == []


async def test_a_large_body(coze: Callback) -> None:
    """One megabyte, said or not."""
    large = json.dumps(event(description="x" * 2**20)).encode()
    assert (await coze.tells(large)).status_code == 413

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 2**14):
            yield large[start : start + 2**14]

    headers = {"x-coze-timestamp": str(int(time.time() * 1000)), "x-coze-signature": "0" * 40}
    assert (await coze.http.post("/coze/callback", content=parts(), headers=headers)).status_code == 413
    assert await coze.rows() == []


ODD: list[Callable[[], Any]] = [
    lambda: b"",
    lambda: b"[]",
    lambda: b"\xff{",
    lambda: b"[" * 60_000,
    lambda: {"header": [], "event": {}},
    lambda: event(event_type=5),
    lambda: event(event_id=""),
    lambda: event(event_id="x" * 200),
    lambda: event(created_at="soon"),
    lambda: event(created_at=10**23),
    lambda: event(created_at=-1),
    lambda: event(created_at=True),
    lambda: event(bot_id_str="1;DROP"),
    lambda: event(bot_id_str="٣"),
    lambda: event(version=None),
    lambda: event(version=1.5),
    lambda: event(user_id_str=None),
]


@pytest.mark.parametrize("body", ODD)
async def test_what_has_no_known_shape(coze: Callback, body: Callable[[], Any]) -> None:
    assert (await coze.tells(body())).status_code == 400
    assert await coze.rows() == []


async def test_what_means_nothing_here(coze: Callback) -> None:
    """Another kind of event, an end of an agent that nobody knows: taken, and nothing comes of it."""
    for body in (event("benefit.updated"), event("bot.unpublished"), event("bot.deleted", 2)):
        answer = await coze.tells(body)
        assert (answer.status_code, answer.json()) == (200, {})
    assert await coze.rows() == []


async def test_words_that_no_database_takes(coze: Callback) -> None:
    """A NUL, half a character, a secret, and more than anybody reads."""
    raw = json.dumps(event(bot_name="a\0b", user_name="\ud800", description=f"pat_{'a' * 64}")).encode()
    assert (await coze.tells(raw)).json() == REVIEWING
    assert (await coze.tells(event(number=2, bot_name="长" * 5000))).json() == REVIEWING
    first, second = await coze.rows()
    assert (first.agent_name, first.author_name) == ("a\ufffdb", "?")
    assert "pat_" not in first.description
    assert len(second.agent_name) == 200


async def test_doubled_and_replayed(coze: Callback) -> None:
    """Twenty at once, and the very same later: one row, and each is answered alike."""
    answers = await asyncio.gather(*(coze.tells(event()) for _ in range(20)))
    assert [each.json() for each in answers] == [REVIEWING] * 20
    assert (await coze.tells(event(event_id="other"))).json() == REVIEWING, "the same version under another number"
    assert len(await coze.rows()) == 1


async def test_reordered(coze: Callback) -> None:
    """What came last at Coze counts, however it comes here: only the newest version waits."""
    for number in (3, 1, 2):
        assert (await coze.tells(event(number=number))).json() == REVIEWING
    states = {int(each.version) - NOW: each.state for each in await coze.rows()}
    assert states == {
        1: ReviewState.SUPERSEDED,
        2: ReviewState.SUPERSEDED,
        3: ReviewState.WAITING,
    }
    await coze.tells(event("bot.unpublished", 6))
    await coze.tells(event(number=5))
    await coze.tells(event(number=7))
    states = {int(each.version) - NOW: each.state for each in await coze.rows()}
    assert [states[number] for number in (3, 5, 7)] == [
        ReviewState.SUPERSEDED,
        ReviewState.UNPUBLISHED,
        ReviewState.WAITING,
    ]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_locked_database_is_told_in_time(kind: str, tmp_path: Path) -> None:
    """503 within two seconds, never *reviewing* without a row, nor a row after the 503; once it is free, the same
    event is taken. What was taken off is kept late: that waits for nobody's answer."""
    with fresh(kind, tmp_path) as url:
        db = Database(url)
        reviews = Reviews(db, SystemClock(), "T1", lambda: "C0ADMINS", EscalationPolicy, own=False)
        over: list[str] = []

        async def hear(event: Event, is_awaited: IsAwaited) -> tuple[Audit, str]:
            try:
                return await reviews.hear(event, is_awaited)
            finally:
                over.append(event.id)

        endpoint = CallbackEndpoint(ChannelSignature(SecretStr(TOKEN)), CONNECTOR, hear)
        app = Starlette(routes=[Route("/coze/callback", endpoint, methods=["POST"])])
        async with serving(app) as address, httpx.AsyncClient(base_url=address, timeout=LONG) as http:
            coze = Callback(http, db)
            assert (await coze.tells(event(number=5))).json() == REVIEWING
            with locked(url, "review"):
                started = time.monotonic()
                first, second = await asyncio.gather(coze.tells(event()), coze.tells(event("bot.unpublished", 6)))
                assert time.monotonic() - started < PATIENCE + 1  # of real time, which is what is promised here
                assert (first.status_code, first.headers["retry-after"], second.status_code) == (503, "5", 503)
            await eventually(lambda: sorted(over) == ["e1", "e5", "e6"])
            (known,) = await coze.rows()
            assert (known.event_id, known.state) == ("e5", ReviewState.UNPUBLISHED)
            assert (await coze.tells(event())).json() == REVIEWING
            assert len(await coze.rows()) == 2
        await db.close()


async def test_a_commit_under_way_is_waited_for(tmp_path: Path) -> None:
    """What is being kept when the patience ends is answered as kept."""

    async def slow(_event: Event, is_awaited: IsAwaited) -> tuple[Audit, str]:
        assert is_awaited()
        await asyncio.sleep(LITTLE * 10)
        return Audit.REVIEWING, ""

    with fresh("sqlite", tmp_path) as url:
        endpoint = CallbackEndpoint(ChannelSignature(SecretStr(TOKEN)), CONNECTOR, slow, LITTLE)
        app = Starlette(routes=[Route("/coze/callback", endpoint, methods=["POST"])])
        async with serving(app) as address, httpx.AsyncClient(base_url=address, trust_env=False) as http:
            assert (await Callback(http, Database(url)).tells(event())).json() == REVIEWING


async def test_a_database_that_fails_is_no_500(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever it is; the log names it once."""

    async def fails(_event: Event, _is_awaited: IsAwaited) -> tuple[Audit, str]:
        raise RuntimeError("no table")

    endpoint = CallbackEndpoint(ChannelSignature(SecretStr(TOKEN)), CONNECTOR, fails)
    app = Starlette(routes=[Route("/coze/callback", endpoint, methods=["POST"])])
    async with serving(app) as address, httpx.AsyncClient(base_url=address, trust_env=False) as http:
        for _ in range(3):
            assert (await Callback(http, Database("sqlite:///x.db")).tells(event())).status_code == 503
    assert caplog.text.count("was not kept") == 1
