"""A served Coze platform, in both of its HTTP-status modes, and the bot's client for it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.coze.answers import Member
from bot.coze.client import CozeClient, http_client
from bot.playground.coze.platform import CozePlatform
from tests.serving import coze_platform, serving


@pytest.fixture(scope="session")
def platform() -> Iterator[CozePlatform]:
    """One platform for all tests: its RSA keys take time to make."""
    platform = coze_platform()
    yield platform
    platform.close()


@pytest.fixture(params=["mapped", "always200"])
async def coze(platform: CozePlatform, request: pytest.FixtureRequest) -> AsyncIterator[CozePlatform]:
    """The platform at the start of its story, reachable."""
    platform.reset()
    await platform.act("settings", {"invalid_token_code": 4100})
    platform.status_mode = request.param
    async with serving(platform.app) as platform.base_url:
        yield platform


@pytest.fixture
def facts(coze: CozePlatform) -> dict[str, Any]:
    """The `coze` part of the ready file."""
    return coze.ready()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """The pooled client as the bot uses it."""
    async with http_client() as http:
        yield http


@pytest.fixture
def client(coze: CozePlatform, http: httpx.AsyncClient) -> CozeClient:
    """The bot's client."""
    return CozeClient(coze.base_url, http, playground=True)


@pytest.fixture
def owner(facts: dict[str, Any]) -> SecretStr:
    """The token of the workspace's owner."""
    return SecretStr(facts["owner_token"])


@pytest.fixture
def mei(facts: dict[str, Any]) -> SecretStr:
    """A member's token."""
    return SecretStr(facts["pats"]["mei"])


async def find_member(client: CozeClient, token: SecretStr, workspace_id: str, user_id: str) -> Member | None:
    """One person of a workspace, read as far as they stand in the list; None if they have not joined."""
    async for member in client.members(token, workspace_id):
        if member.user_id == user_id:
            return member
    return None
