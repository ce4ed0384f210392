"""The four ways out through a real proxy and past it, trusting a private CA and not: alike in each."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.coze.client import CozeClient, http_client
from bot.coze.errors import CozeUnreachable
from bot.demo.setup import setup
from bot.network import Network
from bot.playground.server import Options, Playground, serve
from bot.playground.slack.payloads import response_url
from bot.slack.connection import Connection, connected
from bot.slack.send import Sender
from bot.slack.socket import Socket
from bot.slack.views.parts import Card
from bot.store.database import Database
from tests.outside import Outside, Proxy, outside, tinyproxy
from tests.processes import Bot
from tests.stories.story import Story
from tests.waiting import eventually

WHO = "mei:CANARY0123456789"


@pytest.fixture
async def world() -> AsyncIterator[Playground]:
    """Slack and Coze, in this process."""
    playground = await serve(Options(), setup())
    yield playground
    await playground.stop()


@pytest.fixture
async def slack(world: Playground, tmp_path: Path) -> AsyncIterator[Outside]:
    """Slack, away from this machine."""
    (tmp_path / "slack").mkdir()
    async with outside(world._front, tmp_path / "slack") as there:
        world.workspace.base_url = f"{there.url}/"
        yield there


@pytest.fixture
async def coze(world: Playground, tmp_path: Path) -> AsyncIterator[Outside]:
    """Coze, away from this machine."""
    (tmp_path / "coze").mkdir()
    async with outside(world.coze.app, tmp_path / "coze") as there:
        yield there


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    """A proxy that wants a password."""
    async with tinyproxy(tmp_path, WHO) as proxy:
        yield proxy


def linked(world: Playground, network: Network) -> Any:
    """The bot's connection to Slack."""
    env = world.env()
    return connected(env["SLACK_BOT_TOKEN"], env["SLACK_API_URL"].rstrip("/"), SystemClock(), network)


async def web_api(world: Playground, network: Network) -> None:
    """Asks who the bot is, and what it is called."""
    async with linked(world, network) as found:
        assert found.team == world.workspace.team_id


async def socket_mode(world: Playground, network: Network) -> None:
    """Opens the websocket."""

    async def nothing(*_: object) -> Any:
        raise AssertionError("nobody has typed")

    async with linked(world, network) as found:
        socket = Socket(world.env()["SLACK_APP_TOKEN"], found, nothing)  # type: ignore[arg-type]  # takes no delivery
        await socket.connect()
        assert not await socket.trouble()
        await socket.close()


async def answer(world: Playground, network: Network) -> None:
    """Answers where somebody has typed."""
    mei = next(each for each in world.workspace.people.values() if each.handle == "mei")
    room = next(iter(world.workspace.channels.values()))
    async with linked(world, network) as found:
        await told(found, response_url(world.workspace, world.main_app, mei, room))


async def told(found: Connection, address: str) -> None:
    db = Database("sqlite:///unused.db")
    await Sender(db, found).respond(address, Card("hello", []))
    await db.close()


async def ask_coze(world: Playground, network: Network, coze: Outside) -> str:
    """Whose token it is."""
    async with http_client(network, coze.url) as http:
        client = CozeClient("https://api.coze.cn", http)
        client.base_url = coze.url  # away from this machine, else it would be let pass by the rule for loopback
        return (await client.me(SecretStr(world.coze.ready()["owner_token"]))).user_id


SLACK: dict[Callable[[Playground, Network], Awaitable[None]], tuple[str, int]] = {
    web_api: ("/api/bots.info", 1),
    socket_mode: ("/link", 2),  # the websocket has a connection, and a CONNECT, of its own
    answer: ("/response/", 1),
}


@pytest.mark.parametrize("way", SLACK)
async def test_slack_through_the_proxy_and_past_it(
    way: Callable[[Playground, Network], Awaitable[None]],
    world: Playground,
    slack: Outside,
    proxy: Proxy,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path, connections = SLACK[way]
    await way(world, Network(proxy.url, cert_file=str(slack.ca)))
    assert any(hit.startswith(path) for hit in slack.hits), slack.hits
    assert proxy.asked == [f"CONNECT {slack.url.split('/')[2]}"] * connections
    await way(world, Network(proxy.url, no_proxy=slack.host, cert_file=str(slack.ca)))
    assert len(proxy.asked) == connections
    assert [hit.startswith(path) for hit in slack.hits].count(True) == 2
    assert "CANARY" not in caplog.text


async def test_coze_through_the_proxy_and_past_it(world: Playground, coze: Outside, proxy: Proxy) -> None:
    through = await ask_coze(world, Network(proxy.url, cert_file=str(coze.ca)), coze)
    assert proxy.asked == [f"CONNECT {coze.url.split('/')[2]}"]
    past = Network(proxy.url, no_proxy=f"10.0.0.0/8,{coze.host}/31", cert_file=str(coze.ca))
    assert await ask_coze(world, past, coze) == through
    assert len(proxy.asked) == 1


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def wrong(proxy: Proxy) -> dict[str, Network]:
    """Ways that lead nowhere, by what is said of each."""
    return {
        "its certificate is not trusted here": Network(),
        "the proxy wants another user and password (HTTP 401)": Network(proxy.url.replace("0123", "3210")),
        "the proxy wants another user and password (HTTP 407)": Network(proxy.url.replace(f"{WHO}@", "")),
        "the proxy does not answer": Network(f"http://{WHO}@127.0.0.1:1"),
    }


async def test_a_way_that_leads_nowhere_to_slack_is_told_in_a_sentence(
    world: Playground, slack: Outside, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    """It waits for a better one. Neither the log nor an exception shows the proxy's password."""
    for said, network in wrong(proxy).items():
        caplog.clear()
        waiting = asyncio.create_task(web_api(world, network))
        await eventually(lambda: warned(caplog))
        waiting.cancel()
        assert f"Slack can't be reached: {said}" in warned(caplog)[0]
        assert "CANARY" not in caplog.text
    assert not slack.hits


async def test_a_response_address_behind_an_unknown_certificate_is_told(
    world: Playground, slack: Outside, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack itself was reached; what a certificate of another place's is worth is found out on the way."""
    async with linked(world, Network(cert_file=str(slack.ca))) as found, outside(world._front, tmp_path) as other:
        found.client.base_url = f"{other.url}/api/"
        await told(found, f"{other.url}/response/T1/x")
    (line,) = warned(caplog)
    assert line.startswith("answer not sent: its certificate is not trusted here")
    assert not other.hits


async def test_a_way_that_leads_nowhere_to_coze_is_told_in_a_sentence(
    world: Playground, coze: Outside, proxy: Proxy
) -> None:
    """And surely nothing was sent. httpx has one name for all hosts that don't answer."""
    for said, network in wrong(proxy).items():
        with pytest.raises(CozeUnreachable) as lost:
            await ask_coze(world, network, coze)
        assert said in str(lost.value) or (said == "the proxy does not answer" and str(lost.value) == "ConnectError")
        assert not lost.value.sent
        assert "CANARY" not in f"{lost.value!r} {lost.value}"
    assert not coze.hits


async def test_a_bot_behind_a_proxy_and_a_private_ca(
    world: Playground, slack: Outside, proxy: Proxy, tmp_path: Path
) -> None:
    """A whole process with what its environment says: somebody joins, and its playground's other parts are direct."""
    ways = {"https_proxy": proxy.url, "HTTP_PROXY": proxy.url, "NO_PROXY": "", "SSL_CERT_FILE": str(slack.ca)}
    env = {**world.env(), **ways, "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db", "LOG_LEVEL": "DEBUG"}
    async with (
        Bot(tmp_path, env).running() as bot,
        httpx.AsyncClient(base_url=world.ready()["human"], timeout=30, trust_env=False) as http,
    ):
        story = Story(http, world.ready(), world)
        await story.joins()
    assert {each.partition(" ")[2] for each in proxy.asked} == {slack.url.split("/")[2]}
    assert "CANARY" not in bot.log
    assert "Traceback" not in bot.log
