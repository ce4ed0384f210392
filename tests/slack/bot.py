"""A bot that is wired up and does nothing by itself, and the payloads that Slack would deliver to it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from bot.app import App, build
from bot.clock import utc_now
from bot.core.people import Person, Standing
from bot.demo.setup import setup
from bot.playground.server import Options, Playground, serve
from bot.settings import load
from bot.slack.pipeline import KIND
from bot.slack.replies import PostAck
from bot.store import job, people
from bot.store.tables import job as jobs

Json = dict[str, Any]
TEAM, MEI, TOM, LIN = "T0PLAYGROUND", "U0MEI", "U0TOM", "U0LIN"


class Bot:
    """One process of the bot beside its Slack: no job runs unless told to, and what follows an ack waits."""

    def __init__(self, app: App, slack: Playground) -> None:
        self.app, self.slack = app, slack
        self._numbers: Iterator[int] = iter(range(1, 10_000))

    def trigger(self) -> str:
        """A new one."""
        return f"{next(self._numbers)}.2.3"

    async def knows(self, user_id: str, *, admin: bool = False, standing: Standing = Standing.MEMBER) -> Person:
        """Somebody whom Slack was asked about just now."""
        person = Person(TEAM, user_id, user_id[2:].lower(), "en-US", "Asia/Shanghai", standing, admin, utc_now())
        async with self.app.db.write() as tx:
            await people.save(tx, person)
        return person

    async def types(self, user_id: str, words: str, trigger: str = "") -> "Told":
        """A slash command."""
        body = {"command": "/sharge", "text": words, "user_id": user_id, "trigger_id": trigger or self.trigger()}
        return await self.delivered({**body, "team_id": TEAM, "api_app_id": self.slack.main_app.id})

    async def presses(self, user_id: str, action_id: str, value: str = "", **more: Any) -> "Told":
        """A button in a message in the DM."""
        body: Json = {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user_id},
            "trigger_id": self.trigger(),
            "actions": [{"type": "button", "block_id": "b", "action_id": action_id, "value": value}],
            "container": {"type": "message", "channel_id": "D1"},
        }
        return await self.delivered({**body, **more})

    async def sends(self, user_id: str, callback_id: str, metadata: str, values: Json, **more: Any) -> "Told":
        """A form; `values` by block id, as text."""
        blocks = [{"type": "input", "block_id": block} for block in values]
        state = {block: {"value": {"type": "plain_text_input", "value": typed}} for block, typed in values.items()}
        view = {"id": "V1", "type": "modal", "callback_id": callback_id, "private_metadata": metadata}
        body: Json = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": user_id},
            "trigger_id": self.trigger(),
            "view": {**view, "state": {"values": state}, "blocks": blocks},
        }
        return await self.delivered({**body, **more})

    async def suggests(self, user_id: str, question: str, typed: str, metadata: str = "", **more: Any) -> "Told":
        """Something is typed into a menu of a form whose options the bot gives."""
        form = {"callback_id": "publish.pick", "private_metadata": metadata, "blocks": []}
        body: Json = {
            "type": "block_suggestion",
            "team": {"id": TEAM},
            "user": {"id": user_id},
            "block_id": question,
            "action_id": "value",
            "value": typed,
            "view": {"id": "V1", "type": "modal", **form},
        }
        return await self.delivered({**body, **more})

    async def delivered(self, body: Json) -> "Told":
        """Whatever Slack delivers."""
        reply = await self.app.dispatch(body)
        return Told(reply.status, reply.body if isinstance(reply.body, dict) else {}, reply.after)

    async def rows(self, table: Any) -> list[Json]:
        """All rows of a table."""
        async with self.app.db.read() as conn:
            return [dict(row._mapping) for row in await conn.execute(select(table))]

    async def does(self, statement: str) -> None:
        """SQL straight on the database."""
        async with self.app.db.write() as tx:
            await tx.conn.execute(text(statement))

    async def waiting(self) -> list[job.Job]:
        """The jobs of requests that wait for Slack, claimed."""
        async with self.app.db.write() as tx:
            due = [each for each in await job.claim(tx, self.app.clock.now(), 100) if each.kind == KIND]
            await tx.conn.execute(jobs.update().values(state="due", lease_until=None))
        return due


@dataclass(frozen=True)
class Told:
    """What was sent back at once, {} for nothing, and what follows."""

    status: int
    body: Json
    after: PostAck | None


@asynccontextmanager
async def awake(database: str, **settings: str) -> AsyncIterator[Bot]:
    """A bot on this database, with a Slack of its own."""
    async with chat() as slack, awake_in(slack, database, **settings) as bot:
        yield bot


@asynccontextmanager
async def chat() -> AsyncIterator[Playground]:
    """A Slack."""
    slack = await serve(Options(transport="http"), setup())
    try:
        yield slack
    finally:
        await slack.stop()


@asynccontextmanager
async def awake_in(slack: Playground, database: str, **settings: str) -> AsyncIterator[Bot]:
    """A bot on this database, in a Slack that is there."""
    env = slack.env() | {"DATABASE_URL": database, "PORT": "0", "PUBLIC_URL": "http://127.0.0.1:1", **settings}
    env.pop("CLOCK_URL")
    async with build(load(env), clock=slack.clock) as app:
        yield Bot(app, slack)
