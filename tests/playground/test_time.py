"""Story time: where it begins, how it moves, and how dates are read in it."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground
from bot.playground.world.chat import Json

from .conftest import Start


async def test_the_clock(playground: Playground, human: httpx.AsyncClient) -> None:
    """It moves forward for everything; a poll waits for a move; a bot outside reports what is next."""
    before = (await human.get("clock")).json()
    assert (before["offset"], before["next"]) == (0, None)
    waiting = asyncio.create_task(human.get("clock", params={"known": "0", "wait": "5"}))
    await asyncio.sleep(0.05)  # nothing happens: this can only be too short to show anything, never wrong
    assert not waiting.done()
    moved = (await human.post("clock", json={"advance": 86_400})).json()
    assert moved["offset"] == 86_400
    assert (await asyncio.wait_for(waiting, 1)).json()["offset"] == 86_400

    due = datetime.now(UTC) + timedelta(days=3)
    reported = await human.get("clock", params={"next_due": due.isoformat()})
    assert datetime.fromisoformat(reported.json()["next"]) == due
    there = (await human.post("clock", json={"to": "next"})).json()
    assert abs(datetime.fromisoformat(there["now"]) - due) < timedelta(seconds=2)
    assert (await human.get("clock", params={"next_due": ""})).json()["next"] is None
    moment = due + timedelta(days=1)
    await human.post("clock", json={"to": moment.isoformat()})
    ts = playground.workspace.new_ts()
    assert abs(float(ts) - moment.timestamp()) < 2, "messages are dated by the story"


async def test_the_chats_own_clock_may_be_wrong(
    playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient
) -> None:
    """What it dates follows it: messages, and the answers by which an app can tell."""
    for ahead in (86_400, -90):
        told = (await human.post("clock", json={"chat_ahead": ahead})).json()
        assert (told["ok"], told["chat_ahead"]) == (True, ahead)
        answer = await web.auth_test()
        date = parsedate_to_datetime(answer.headers["Date"])
        ahead_of_story = playground.clock.now() + timedelta(seconds=ahead)
        assert abs(date - ahead_of_story) < timedelta(seconds=2)
        assert abs(float(playground.workspace.new_ts()) - ahead_of_story.timestamp()) < 2
    await human.post("reset", json={})
    assert (await human.get("clock")).json()["chat_ahead"] == 0


async def test_dates_are_read_in_the_readers_zone_and_language(
    playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient
) -> None:
    """The same message for mei in Shanghai and for tom in New York, who read it in the same year, days before."""
    playground.clock.move_to(datetime(2040, 11, 20, tzinfo=UTC))
    moment = int(datetime(2040, 12, 2, 1, 12, tzinfo=UTC).timestamp())
    date = {"type": "date", "timestamp": moment, "format": "{date_short_pretty} {time}", "fallback": "x"}
    blocks: list[Json] = [
        {
            "type": "section",
            "text": {
                "type": "mrkdwn",
                "text": f"*until* <!date^{moment}^{date['format']}|x> &amp; more",
            },
        },
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [date]}]},
    ]
    await web.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks)

    async def reads(who: str) -> str:
        shown = (await human.get("screen", params={"who": who})).json()
        return str(shown["channels"]["general"][0]["plain"])

    assert await reads("mei") == "until 12月2日 09:12（上海） & more\n12月2日 09:12（上海）"
    assert await reads("tom") == "until Dec 1, 20:12 (New York) & more\nDec 1, 20:12 (New York)"


async def test_a_story_may_begin_on_any_day(start: Start) -> None:
    """And after a reset it begins there anew."""
    begins = datetime(2040, 3, 5, 2, tzinfo=UTC)
    playground = await start(start=begins)
    assert timedelta() <= playground.clock.now() - begins < timedelta(minutes=1)
    playground.clock.advance(timedelta(days=9))
    await playground.director.reset()
    assert timedelta() <= playground.clock.now() - begins < timedelta(minutes=1)
