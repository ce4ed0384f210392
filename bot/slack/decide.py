"""Deciding: authority counts at the click. Who is not known to the minute is asked for before anything is done."""

from typing import Any

from bot.clock import Clock, real
from bot.core.errors import BotError, Unreachable
from bot.services.people import People
from bot.services.sweeper import Done, Outcome
from bot.slack.send import Sender
from bot.slack.table import Accept, Call, Entry, Reply, Say, Table
from bot.slack.views import answers
from bot.slack.views.parts import Card
from bot.store import work
from bot.store.database import Database
from bot.store.work import Work
from bot.texts import Reader

ZONE = "Asia/Shanghai"


class Decide:
    """Runs what only admins may: at once if we know the person to the minute, else as work right after the ack."""

    def __init__(self, db: Database, clock: Clock, people: People, sender: Sender, table: Table) -> None:
        self._db, self._clock, self._people, self._sender, self._table = db, clock, people, sender, table

    async def run(self, kind: str, name: str, entry: Entry, call: Call) -> Reply:
        """Decide now or leave durable work behind. `kind` is "action" or "form". Raises BotError."""
        if call.who.fresh(real()):
            return await entry.handler(call)
        if entry.check:
            entry.check(call)  # a form's problems are told while it is open
        payload = {
            "kind": kind,
            "name": name,
            "user": call.who.user_id,
            "text": call.text,
            "values": call.values,
            "metadata": call.metadata,
            "response_url": call.response_url,
        }
        subject = f"{name}:{call.text or call.metadata}:{call.who.user_id}"[:60]
        async with self._db.write(call.who.team_id, call.once) as tx:
            now = self._clock.now()
            await work.enqueue(tx, call.who.team_id, "decide", subject, now, work.SOMEBODY_WAITS, payload)
        return Accept()

    async def decide(self, row: Work) -> Outcome:
        """Work: ask Slack who this is today, then do what they pressed or say why not."""
        wanted: dict[str, Any] = row.payload or {}
        try:
            who = await self._people.refresh(wanted["user"])
        except Unreachable as error:
            await self._tell(wanted, answers.refusal(error, Reader(self._people.default, ZONE)))
            return Done()
        reader = Reader(who.language(self._people.default), who.tz)
        call = Call(who, reader, "", wanted["text"], wanted["values"], wanted["metadata"])
        table = self._table.forms if wanted["kind"] == "form" else self._table.actions
        try:
            reply = await table[wanted["name"]].handler(call)
        except BotError as error:
            reply = Say(answers.refusal(error, reader))
        if isinstance(reply, Say):
            await self._tell(wanted, reply.card)
        return Done()

    async def _tell(self, wanted: dict[str, Any], card: Card) -> None:
        if wanted["response_url"]:
            await self._sender.respond(wanted["response_url"], card)
            return
        await self._sender.tell(wanted["user"], card)
