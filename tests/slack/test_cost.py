"""What a message costs: statements, transactions and calls."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.services.job_runner import Backoff
from bot.slack import send
from bot.store import job
from bot.store.message import Message
from bot.store.tables import bucket, credential_, message
from tests.databases import KINDS, fresh
from tests.slack.bot import MEI, TEAM, Bot, Json, awake


@pytest.fixture(params=KINDS)
async def bot(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that knows mei."""
    with fresh(request.param, tmp_path) as url:
        async with awake(url) as bot:
            await bot.knows(MEI)
            yield bot


async def works(bot: Bot) -> None:
    """Until nothing is due."""
    runner = bot.app.job_runner
    while await runner._sweep() or runner._tasks:
        if runner._tasks:
            await asyncio.wait(list(runner._tasks))


async def records(bot: Bot) -> None:
    """Mei records a token of today."""
    now = int(bot.app.clock.now().timestamp())
    values: Json = {"credential.name": {"value": {"value": "trial"}}}
    values["credential.created"] = {"value": {"selected_date_time": now}}
    view = {"id": "V1", "type": "modal", "callback_id": "credential.record", "blocks": []}
    await bot.sends(MEI, "credential.record", "", {}, view={**view, "state": {"values": values}})
    await works(bot)
    assert len(await bot.rows(credential_)) == 1


async def test_a_reminder_is_drawn_and_sent_in_few_statements(bot: Bot) -> None:
    """One transaction that takes it up, one that takes its turn, one that says it is done."""
    await records(bot)
    async with bot.app.db.read() as conn:
        due = await job.next_due(conn)
    assert due
    bot.slack.clock.advance(due - bot.slack.clock.now())
    async with bot.app.db.write() as tx:
        await tx.conn.execute(message.delete())
    runner, db = bot.app.job_runner, bot.app.db
    await runner._sweep()  # it rings: the copy is written
    await asyncio.wait(list(runner._tasks))
    counts: Counter[str] = Counter()
    for engine in (db.writer.sync_engine, db.reader.sync_engine):
        event.listen(engine, "before_cursor_execute", lambda *_: counts.update(["statement"]))
    event.listen(db.writer.sync_engine, "begin", lambda _: counts.update(["transaction"]))
    await runner._sweep()
    await asyncio.wait(list(runner._tasks))
    assert counts["statement"] - counts["transaction"] <= 12  # BEGIN goes as a statement of its own
    assert counts["transaction"] <= 3
    (copy,) = await bot.rows(message)
    assert copy["kind"] == "t7"
    assert copy["ts"]


async def test_a_first_post_names_the_person(bot: Bot) -> None:
    """Slack's answer says which channel that is: nothing is opened before, and nothing looked up."""
    await records(bot)
    methods = Counter(call.method for call in bot.slack.world.chat.calls)
    assert methods["chat.postMessage"] == 1
    assert methods["conversations.open"] == methods["conversations.history"] == 0
    (copy,) = await bot.rows(message)
    assert copy["channel"].startswith("D")


async def test_a_look_into_the_history_goes_on_where_it_was(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack lets one page pass: the next one is read later, and the first not again."""
    await records(bot)
    (copy,) = await bot.rows(message)
    sender = bot.app.dispatch._replies._sender
    for _ in range(250):
        await sender._client.chat_postMessage(channel=copy["channel"], text="more")
    monkeypatch.setitem(send.PER_TEAM, "conversations.history", (30.0, 1))
    look = copy["channel"], Message(**copy), bot.app.clock.now() - timedelta(days=1)
    with pytest.raises(Backoff) as first:
        await sender.find(*look)
    assert first.value.keep
    async with bot.app.db.write() as tx:
        await tx.conn.execute(bucket.delete())
    assert await sender.find(*look, kept=first.value.keep) == copy["ts"]
    looks = [call for call in bot.slack.world.chat.calls if call.method == "conversations.history"]
    assert len(looks) == 2
    assert copy["team_id"] == TEAM


async def test_a_look_for_another_try_begins_anew(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look was interrupted behind the page on which the second try's post stands: it is not missed."""
    await records(bot)
    (copy,) = await bot.rows(message)
    sender, since = bot.app.dispatch._replies._sender, bot.app.clock.now() - timedelta(days=1)
    other = Message(**copy | {"id": 4711})
    for _ in range(250):
        await sender._client.chat_postMessage(channel=copy["channel"], text="more")
    monkeypatch.setitem(send.PER_TEAM, "conversations.history", (30.0, 1))
    with pytest.raises(Backoff) as first:
        await sender.find(copy["channel"], other, since)
    metadata = {"event_type": send.METADATA, "event_payload": {"message_id": 4711, "revision": 1}}
    told = await sender._client.chat_postMessage(channel=copy["channel"], text="later", metadata=metadata)
    async with bot.app.db.write() as tx:
        await tx.conn.execute(bucket.delete())
    again = since + timedelta(seconds=1)
    assert await sender.find(copy["channel"], other, again, kept=first.value.keep) == told["ts"]
