"""What Slack says only once: it is kept with the ack, and done later whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.app import App, build
from bot.clock import utc_now
from bot.core.people import Person, Standing
from bot.core.secret_store import PUBLISH, Consent, Kind, LinkState, StoredSecret
from bot.demo.setup import setup
from bot.playground.server import Options, Playground, serve
from bot.settings import load
from bot.store import people
from bot.store import secret_store as store
from bot.store.cipher import Keyring
from bot.store.database import processed_delivery
from bot.store.tables import job, link, person, secret
from tests.databases import KINDS, fresh
from tests.waiting import eventually

Json = dict[str, Any]
TEAM, MEI = "T0PLAYGROUND", "U0MEI"
GONE = {"id": MEI, "deleted": True, "profile": {"display_name": "mei"}, "tz": "Asia/Shanghai"}
GUEST = {**GONE, "deleted": False, "is_restricted": True}
LAST_WORDS: dict[str, Json] = {
    "uninstalled": {"type": "app_uninstalled"},
    "revoked": {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}},
    "deactivated": {"type": "user_change", "user": GONE},
    "made a guest": {"type": "user_change", "user": GUEST},
}


@pytest.fixture(params=KINDS)
async def chat(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Playground, str]]:
    """A Slack, and the address of a database of each kind."""
    with fresh(request.param, tmp_path) as url:
        slack = await serve(Options(transport="http"), setup())
        yield slack, url
        await slack.stop()


@asynccontextmanager
async def process(chat: tuple[Playground, str]) -> AsyncIterator[App]:
    """A process of the bot that does nothing by itself: no work is done, nothing follows an ack."""
    slack, url = chat
    env = slack.env() | {"DATABASE_URL": url, "PORT": "0", "PUBLIC_URL": "http://127.0.0.1:1"}
    env.pop("CLOCK_URL")
    async with build(load(env), clock=slack.clock) as app:
        yield app


async def hears(app: App, event: Json, event_id: str = "Ev1") -> int:
    """The event arrives; the status of the ack. What follows the ack is lost."""
    body = {"type": "event_callback", "team_id": TEAM, "event_id": event_id, "event": event}
    return (await app.dispatch(body)).status


async def rows(app: App, table: Any) -> list[Json]:
    async with app.db.read() as conn:
        return [dict(row._mapping) for row in await conn.execute(select(table))]


async def wanted(app: App) -> list[str]:
    """The work that is due, but for the housekeeping."""
    return [row["kind"] for row in await rows(app, job) if row["state"] == "due"]


async def keeps(app: App, chat: tuple[Playground, str]) -> None:
    """Mei, an admin, has the bot keep a token, and an open page for another one."""
    keys = Keyring.parse(chat[0].env()["CREDENTIAL_KEYS"])
    mei = Person(TEAM, MEI, "mei", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=True, seen_at=utc_now())
    until = app.clock.now() + timedelta(days=9)
    times = (app.clock.now(), until, None)
    kept = StoredSecret(
        "s1", mei.team_id, MEI, PUBLISH, Kind.TOKEN, "小美", "1", None, None, None, "playground", *times
    )
    page = {
        "hash": "h",
        "nonce": "n",
        "key_id": "playground",
        "created_at": utc_now(),
        "expires_at": until,
        "tries": 0,
    }
    async with app.db.write() as tx:
        await people.save(tx, mei)
        await store.keep(tx, kept, keys.seal("x", store.place(mei.team_id, MEI, kept.id)))
        await store.add_link(tx, mei.team_id, MEI, PUBLISH, Consent(Kind.TOKEN), **page)


@pytest.mark.parametrize("event", LAST_WORDS.values(), ids=list(LAST_WORDS))
async def test_a_process_that_dies_after_the_ack_loses_nothing(chat: tuple[Playground, str], event: Json) -> None:
    """The next one deletes what was kept, once Slack lets it in no more; without Slack where a person left."""
    async with process(chat) as app:
        await keeps(app, chat)
        assert await hears(app, event) == 200
        assert [row["idempotency_key"] for row in await rows(app, processed_delivery)] == ["Ev1"]
        assert await wanted(app) == ["gone" if "user" in event else "uninstalled"]
        assert len(await rows(app, secret)) == 1, "nothing is done before the ack"
    async with process(chat) as app:
        if "user" in event:
            await chat[0].stop()
        else:
            chat[0].world.faults["slack"].set("token_revoked")
        sweeping = asyncio.create_task(app.job_runner.run(grace=0))

        async def forgotten() -> bool:
            return not await rows(app, secret)

        await eventually(forgotten)
        app.job_runner.stop()
        await sweeping
        assert [row["state"] for row in await rows(app, link)] == [LinkState.CANCELLED]


@pytest.mark.parametrize("foreign", [{"team_id": "T0SOMEOTHER"}, {"api_app_id": "A0OTHER"}], ids=str)
async def test_the_end_of_another_app_ends_nothing_here(chat: tuple[Playground, str], foreign: Json) -> None:
    """Another team's, another app's: acknowledged, and that is all."""
    async with process(chat) as app:
        await keeps(app, chat)
        chat[0].world.faults["slack"].set("token_revoked")
        body = {"type": "event_callback", "team_id": TEAM, "api_app_id": chat[0].main_app.id, "event_id": "Ev1"}
        ack = await app.dispatch({**body, "event": {"type": "app_uninstalled"}, **foreign})
        assert (ack.status, ack.after) == (200, None)
        assert await wanted(app) == []
        assert await rows(app, processed_delivery) == []


async def test_rights_that_are_not_gone_end_nothing(chat: tuple[Playground, str]) -> None:
    """Slack says so and takes the token as before: that is looked at twice, and nothing is deleted."""
    async with process(chat) as app:
        await keeps(app, chat)
        await hears(app, LAST_WORDS["uninstalled"])
        sweeping = asyncio.create_task(app.job_runner.run())
        for wait in (timedelta(), timedelta(minutes=6)):
            chat[0].clock.advance(wait)
            app.job_runner.wake()
            for _ in range(500):
                if all(row["state"] == "done" or row["due_at"] > app.clock.now() for row in await rows(app, job)):
                    break
                await asyncio.sleep(0.01)
        app.job_runner.stop()
        await sweeping
        looks = [row for row in await rows(app, job) if row["kind"] == "uninstalled"]
        assert {row["subject"]: row["state"] for row in looks} == {"vault": "done", "again": "done"}
        assert len(await rows(app, secret)) == 1


async def test_what_the_database_could_not_take_is_not_acknowledged(chat: tuple[Playground, str]) -> None:
    """Slack then tells it again; a repeat of what was taken changes nothing."""
    async with process(chat) as app:
        await renamed(app, "job", "away")
        assert await hears(app, {"type": "app_uninstalled"}) == 500
        await renamed(app, "away", "job")
        assert await rows(app, processed_delivery) == []
        for _ in range(2):
            assert await hears(app, {"type": "app_uninstalled"}) == 200
        assert [(row["kind"], row["generation"]) for row in await rows(app, job)] == [("uninstalled", 1)]


async def test_an_answer_whose_delivery_cannot_be_remembered_is_not_given(chat: tuple[Playground, str]) -> None:
    """It is drawn while its key is on the way to the database, and goes out only once it is there."""
    status = {"command": "/sharge", "text": "help", "user_id": MEI, "team_id": TEAM, "trigger_id": "1.2.3"}
    async with process(chat) as app:
        await keeps(app, chat)
        await renamed(app, "processed_delivery", "away")
        lost = await app.dispatch(status)
        assert lost.status == 200
        assert "我这边出错了" in str(lost.body)
        await renamed(app, "away", "processed_delivery")
        answers = [await app.dispatch(status) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert isinstance(answers[0].body, dict)
    assert answers[1].body == ""


async def renamed(app: App, name: str, other: str) -> None:
    async with app.db.write() as tx:
        await tx.conn.execute(text(f"ALTER TABLE {name} RENAME TO {other}"))


async def test_who_is_back_before_it_is_done_loses_nothing(chat: tuple[Playground, str]) -> None:
    """The last word counts; the event tells no locale and no authority, so both stay as they were."""
    async with process(chat) as app:
        await keeps(app, chat)
        await hears(app, LAST_WORDS["deactivated"], "Ev1")
        await hears(app, {"type": "user_change", "user": {**GONE, "deleted": False}}, "Ev2")
        (mei,) = await rows(app, person)
        assert (mei["standing"], mei["locale"], mei["admin"]) == (Standing.MEMBER, "zh-CN", True)
        sweeping = asyncio.create_task(app.job_runner.run())

        async def all_done() -> bool:
            return not await wanted(app)

        await eventually(all_done)
        app.job_runner.stop()
        await sweeping
        assert len(await rows(app, secret)) == 1


async def test_somebody_new_is_known_with_the_ack(chat: tuple[Playground, str]) -> None:
    """Whether they are an admin is asked after it."""
    async with process(chat) as app:
        assert await hears(app, {"type": "team_join", "user": {**GONE, "id": "U0LIN", "deleted": False}}) == 200
        (lin,) = await rows(app, person)
        assert (lin["user_id"], lin["admin"]) == ("U0LIN", False)
        body = {"type": "event_callback", "team_id": TEAM, "event_id": "Ev2"}
        event = {"type": "user_change", "user": {**GONE, "id": "U0LIN", "deleted": False}}
        ack = await app.dispatch({**body, "event": event})
        assert ack.after is not None
        await ack.after()
        (lin,) = await rows(app, person)
        assert (lin["admin"], utc_now() - lin["seen_at"] < timedelta(minutes=1)) == (True, True)
