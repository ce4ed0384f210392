"""A served Coze platform and a plain HTTP client, as any program would talk to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from bot.playground.coze.platform import CozePlatform
from bot.playground.world.clock import SimulatedClock
from tests.serving import coze_platform, serving

from .desk import Desk, desk_of

PLAIN = {
    "status_mode": "mapped",
    "invalid_token_code": 4100,
    "edit_delay": 0,
    "sign_in_status": 400,
    "sign_in_interval": 5,
    "free_calls": 500,
    "used_up_code": 4028,
    "callback_names": "new",
    "callback_tries": 1,
    "verification_signed": True,
    "audit_seconds": 10,
    "late_verdict": "taken",
    "review_listed": False,
}
Answer = tuple[int, dict[str, Any]]
Ask = Callable[..., Awaitable[Answer]]


@pytest.fixture(scope="session")
def clock() -> SimulatedClock:
    """Story time."""
    return SimulatedClock()


@pytest.fixture(scope="session")
def platform(clock: SimulatedClock) -> Iterator[CozePlatform]:
    """One platform for all tests: its RSA keys take time to make."""
    platform = coze_platform(clock)
    yield platform
    platform.close()


@pytest.fixture
async def coze(platform: CozePlatform, clock: SimulatedClock) -> AsyncIterator[CozePlatform]:
    """The platform at the start of its story, reachable."""
    clock.reset()
    platform.reset()
    await platform.act("settings", PLAIN)
    async with serving(platform.app) as platform.base_url:
        yield platform


@pytest.fixture
def facts(coze: CozePlatform) -> dict[str, Any]:
    """The `coze` part of the ready file."""
    return coze.ready()


@pytest.fixture
async def http(coze: CozePlatform) -> AsyncIterator[httpx.AsyncClient]:
    """A client without any help of ours."""
    async with httpx.AsyncClient(base_url=coze.base_url, trust_env=False, verify=False) as http:  # noqa: S501 (http)
        yield http


@pytest.fixture
def ask(http: httpx.AsyncClient, facts: dict[str, Any]) -> Ask:
    """`ask(method, path, token=…, **httpx arguments)` → HTTP status and JSON; the owner's token unless told."""

    async def ask(method: str, path: str, *, token: str = facts["owner_token"], **arguments: Any) -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        answer = await http.request(method, path, headers=headers, **arguments)
        assert len(answer.headers["X-Tt-Logid"]) == 34
        return answer.status_code, answer.json()

    return ask


@pytest.fixture
async def desk(coze: CozePlatform) -> AsyncIterator[Desk]:
    """A server of the channel's owner."""
    async with desk_of(coze) as desk:
        yield desk
