"""The one way through the bot: what holds for every command, button and form alike."""

import logging
import sqlite3
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import utc_now
from bot.core.people import Standing
from bot.slack.router import Access, Owner, Route
from bot.store.database import processed_delivery
from bot.store.tables import (
    audit,
    credential_,
    guide_,
    job,
    message,
    person,
    publication,
    report_,
    request,
)
from tests.databases import KINDS, fresh
from tests.slack.bot import LIN, MEI, TEAM, TOM, Bot, awake, awake_in, chat
from tests.slack.routes import routes, table

CONTRIBUTING = Path(__file__).parent.parent.parent / ".github" / "CONTRIBUTING.md"
MATTERS = (audit, request, credential_, guide_, publication, report_, job)
UID = "7530412083311050033"


on_both_databases = pytest.mark.parametrize("bot", KINDS, indirect=True)
"""Where a row, a key or a type decides. What is turned away before is turned away alike on each."""


@pytest.fixture
async def bot(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that knows mei, tom, and lin, who is an admin; on SQLite unless the test says otherwise."""
    with fresh(getattr(request, "param", "sqlite"), tmp_path) as url:
        async with awake(url) as bot:
            for user_id in (MEI, TOM):
                await bot.knows(user_id)
            await bot.knows(LIN, admin=True)
            yield bot


async def uses(bot: Bot, route: Route, user_id: str, row: str = "1") -> Any:
    """Somebody uses a route about this row."""
    match route.kind:
        case "command":
            return await bot.types(user_id, route.name)
        case "press":
            return await bot.presses(user_id, route.name, row)
        case "menu":
            return await bot.suggests(user_id, route.name, row)
    return await bot.sends(user_id, route.name, row, {"any.question": "some words"})


async def matters(bot: Bot) -> list[Any]:
    """Everything that a request might change, but for what tells admins that it was refused."""
    found = [await bot.rows(each) for each in MATTERS]
    told = {str(row["id"]) for row in await bot.rows(message) if row["subject"].startswith("refusal:")}
    return [[row for row in rows if row.get("kind") != "draw" or row["subject"] not in told] for rows in found]


async def asked(bot: Bot) -> int:
    """Mei has asked to join."""
    await bot.sends(MEI, "join.ask", "", {"join.uid": UID, "join.nick": "mei", "join.purpose": "a museum"})
    return int((await bot.rows(request))[-1]["id"])


async def test_the_table_of_routes_is_true(tmp_path: Path) -> None:
    """Who may do what stands in CONTRIBUTING as the code declares it; `python -m tests.slack.routes` prints it."""
    with fresh("sqlite", tmp_path) as url:
        assert table(await routes(url)) in CONTRIBUTING.read_text("utf-8")


async def test_nothing_is_open_to_those_who_are_no_members(bot: Bot) -> None:
    """A guest's old buttons are as dead as their commands: each route that is not for anyone refuses them."""
    await bot.knows(TOM, standing=Standing.GUEST)
    before = await matters(bot)
    for route in bot.app.router.routes:
        if route.access is not Access.ANYONE:
            reply = await uses(bot, route, TOM)
            assert reply.status == 200, route
            assert await bot.waiting() == []
    assert await matters(bot) == before


async def test_nothing_for_admins_is_open_to_others(bot: Bot) -> None:
    await asked(bot)
    before = await matters(bot)
    for route in bot.app.router.routes:
        if route.access is Access.ADMIN:
            await uses(bot, route, TOM)
    assert await matters(bot) == before


@on_both_databases
async def test_a_row_is_named_by_its_owner_alone(bot: Bot) -> None:
    """Whoever sends a button's or a form's id that is not theirs changes nothing and opens nothing."""
    await asked(bot)
    await bot.sends(MEI, "credential.record", "", {"credential.name": "trial"})
    await bot.presses(MEI, "guide.route", "pat")
    before = await matters(bot)
    for route in bot.app.router.routes:
        if route.owner is Owner.OWN:
            for row in ("1", "1:a1", "next:1:a1", "off:1"):
                reply = await uses(bot, route, TOM, row)
                assert reply.status == 200, route
                assert "callback_id" not in str(reply.body) or "'callback_id': 'told'" in str(reply.body), route
                assert await matters(bot) == before, (route, row)


@on_both_databases
async def test_the_same_delivery_counts_once(bot: Bot) -> None:
    """Whatever it is; also an unknown word, and `start`, which brings a guide's card to the end of the chat."""
    await bot.presses(MEI, "guide.route", "pat")
    for words in ("start", "foo", "", "help", "join", "lang zh"):
        trigger = bot.trigger()
        first = await bot.types(MEI, words, trigger)
        before = await matters(bot)
        again = await bot.types(MEI, words, trigger)
        assert (first.status, again.status, again.body, again.after) == (200, 200, {}, None), words
        assert await matters(bot) == before, words


@on_both_databases
@pytest.mark.parametrize("words", ["foo", "foo bar\0baz", "join", "\0"])
async def test_long_keys_and_nuls_are_no_trouble(bot: Bot, words: str) -> None:
    trigger = "9" * 200
    assert (await bot.types(MEI, words, trigger)).status == 200
    again = await bot.types(MEI, words, trigger)
    assert (again.status, again.body) == (200, {})


WRONG: list[dict[str, Any]] = [
    {"team": 5},
    {"team": {"id": 5}},
    {"user": "U0MEI"},
    {"user": {"id": "U0MEI' --"}},
    {"response_urls": 5},
    {"response_urls": [{"response_url": "a"}, {"response_url": "b"}]},
    {"trigger_id": None},
    {"view": {"id": "V1", "type": "modal", "callback_id": "join.ask", "blocks": [1]}},
    {"view": {"id": "V1", "type": "modal", "callback_id": "join.ask", "blocks": [{"block_id": "b"}]}},
    {"view": {"id": "V1", "type": "modal", "callback_id": "join.ask", "blocks": [{"type": "input"}]}},
    {"view": {"id": "V1", "type": "modal", "callback_id": "join.ask", "blocks": [], "state": {"values": []}}},
]


@pytest.mark.parametrize("part", WRONG)
async def test_what_has_no_known_shape_inside_is_turned_away(bot: Bot, part: dict[str, Any]) -> None:
    assert (await bot.sends(MEI, "join.ask", "", {}, **part)).status == 400


async def test_events_are_as_strict(bot: Bot) -> None:
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_home_opened"}}
    assert (await bot.delivered(event)).status == 200
    assert (await bot.delivered({**event, "authorizations": ["x"]})).status == 400


FOREIGN: list[dict[str, Any]] = [
    {"team_id": "T0OTHER", "team": {"id": "T0OTHER"}},
    {"api_app_id": "A0OTHER"},
    {"team_id": "T0OTHER", "team": {"id": "T0OTHER"}, "api_app_id": "A0OTHER"},
    {"team_id": None, "team": None, "api_app_id": "A0OTHER"},
]


@pytest.mark.parametrize("whose", FOREIGN, ids=str)
async def test_what_is_not_for_us_changes_nothing(bot: Bot, whose: dict[str, Any]) -> None:
    """Another workspace's or another app's: acknowledged, in whatever way it comes."""
    ours = {"user_id": MEI, "trigger_id": "1.2", "team_id": TEAM, **whose}
    event = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_uninstalled"}, **ours}
    for reply in (
        await bot.delivered({"command": "/sharge", "text": "join", **ours}),
        await bot.presses(LIN, "join.approve", "1", **whose),
        await bot.sends(LIN, "join.decline", "1", {"join.reason": "x"}, **whose),
        await bot.delivered(event),
    ):
        assert (reply.status, reply.body, reply.after) == (200, {}, None)
    assert await bot.rows(processed_delivery) == []
    assert [row["kind"] for row in await bot.rows(job)] == []


async def test_an_organisations_installation_names_the_app_alone(bot: Bot) -> None:
    nobody = {"team_id": None, "team": None, "api_app_id": bot.slack.main_app.id}
    assert (await bot.presses(MEI, "people.language", "en", **nobody)).status == 200
    assert await bot.rows(processed_delivery) != []


@on_both_databases
async def test_a_failing_database_gives_a_number_in_every_form(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    """Whether it has inputs or not; with inputs what was typed stays."""
    await bot.does("ALTER TABLE person RENAME TO away")
    for route in bot.app.router.routes:
        if route.kind == "form":
            kept = await bot.sends(MEI, route.name, "1", {"any.question": "some words"})
            assert "出错了（编号 " in str(kept.body["errors"]), route
            gone = await bot.sends(MEI, route.name, "1", {})
            assert (gone.status, gone.body["response_action"]) == (200, "update"), route
            assert "编号" in str(gone.body), route
    caplog.clear()


async def test_a_database_that_hangs_is_told_in_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Slack waits three seconds; that nothing was saved is told before, and the log says why."""
    with fresh("sqlite", tmp_path) as url:
        async with awake(url) as bot:
            await bot.knows(MEI)
            other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            started = time.monotonic()
            values = {"join.uid": UID, "join.nick": "mei", "join.purpose": "a museum"}
            reply = await bot.sends(MEI, "join.ask", "", values)
            assert time.monotonic() - started < 3  # of real time, which is what the bot promises here
            assert str(reply.body["errors"]["join.uid"]).startswith("Nothing was saved: my database")
            assert any("the database is away" in record.getMessage() for record in caplog.records)
            other.close()
            await bot.app.dispatch.drain(10)
    caplog.clear()


@on_both_databases
async def test_who_is_unknown_keeps_what_they_typed(bot: Bot) -> None:
    """A form is sent by somebody whose row is gone: it says so, and Slack is asked who they are."""
    await bot.does("DELETE FROM person")
    reply = await bot.sends(MEI, "join.ask", "", {"join.uid": UID})
    assert "join.uid" in reply.body["errors"]
    empty = await bot.sends(MEI, "publish.confirm", "1", {})
    assert empty.body["response_action"] == "update"
    assert empty.after is not None
    await empty.after()
    assert [row["user_id"] for row in await bot.rows(person)] == [MEI]
    assert await bot.waiting() == [], "what may hold a secret is stored nowhere"


async def stale(bot: Bot) -> None:
    """Nobody has asked Slack about lin for a while."""
    async with bot.app.db.write() as tx:
        await tx.conn.execute(person.update().values(seen_at=utc_now() - timedelta(hours=1)))


@on_both_databases
async def test_a_decision_that_waited_happens_once(bot: Bot) -> None:
    """The process ends between the handler's commit and the settling of its job, which so runs again."""
    request_id = await asked(bot)
    await stale(bot)
    reply = await bot.sends(LIN, "join.question", str(request_id), {"join.question": "Which museum?"})
    assert (reply.status, reply.body) == (200, {})
    (job,) = await bot.waiting()
    for _ in range(2):
        await bot.app.job_runner._handlers[job.kind](job)
    assert [row["action"] for row in await bot.rows(audit)].count("join.question") == 1


@on_both_databases
async def test_two_decisions_that_wait_are_two(bot: Bot) -> None:
    """What was typed differs: neither takes the other's place."""
    request_id = await asked(bot)
    await stale(bot)
    for words in ("Which museum?", "Which day?"):
        await bot.sends(LIN, "join.question", str(request_id), {"join.question": words})
    kept = [job.payload["fields"]["inputs"]["join.question"]["text"] for job in await bot.waiting() if job.payload]
    assert sorted(kept) == ["Which day?", "Which museum?"]


async def test_a_secret_is_never_stored_wherever_it_was_typed(bot: Bot) -> None:
    """The guard stands before every handler, and before what waits."""
    token = bot.slack.coze.ready()["pats"]["mei"]
    await stale(bot)
    for route in bot.app.router.routes:
        if route.kind == "form":
            reply = await bot.sends(MEI, route.name, "1", {"any.question": f"see {token}"})
            assert reply.body["errors"].keys() == {"any.question"}, route
            assert token not in str(reply.body)
    assert token not in str(await matters(bot))


async def test_a_refusal_of_slack_is_no_outage(bot: Bot) -> None:
    """Somebody whom Slack does not know is a stranger here, and a right that is missing is no reason to wait."""
    person = await bot.app.dispatch._pipeline._people.refresh("U0NOBODY")
    assert person.standing is Standing.STRANGER


async def test_a_strangers_form_leaves_no_traceback(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    reply = await bot.sends("U0NOBODY", "join.ask", "", {"join.uid": UID})
    assert reply.after is not None
    bot.app.dispatch.spawn(reply.after)
    await bot.app.dispatch.drain(5)
    assert not [record for record in caplog.records if record.exc_info and record.levelno >= logging.WARNING]


@on_both_databases
async def test_a_repeated_question_of_somebody_new_waits_once(bot: Bot) -> None:
    """Slack repeats events: who is asked about is answered once all the same."""
    trigger = bot.trigger()
    for _ in range(2):
        await bot.types("U0NOBODY", "status", trigger)
    assert [job.generation for job in await bot.waiting()] == [1]


async def test_without_our_apps_id_the_workspace_decides(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Slack did not tell it at the start, and no app-level token names it."""
    body = {"command": "/sharge", "text": "help", "user_id": MEI, "trigger_id": "1.2", "api_app_id": "A0ANY"}
    with fresh("sqlite", tmp_path) as url:
        async with chat() as slack:
            slack.world.faults["slack"].set("server_error", method="bots.info")
            async with awake_in(slack, url, SLACK_APP_TOKEN="") as bot:
                assert "our app's id is unknown" in caplog.text
                assert (await bot.delivered({**body, "team_id": TEAM})).after is None
                assert await bot.rows(job) != []
                assert (await bot.delivered({**body, "trigger_id": "2.2", "team_id": "T0OTHER"})).body == {}
                assert len(await bot.rows(job)) == 1
