"""Deciding: authority counts at the click. Who is not known to the minute is asked for before anything is done."""

import hashlib
from typing import Any

from bot.clock import Clock, real
from bot.core.errors import BotError, Unreachable
from bot.services.people import People
from bot.services.sweeper import Done, Outcome
from bot.slack.replies import Replies, Spot
from bot.slack.send import Sender
from bot.slack.table import Accept, Call, Entry, Reply, Say, Table
from bot.slack.views import answers
from bot.store import work
from bot.store.database import Database
from bot.store.work import Work
from bot.texts import Reader

ZONE = "Asia/Shanghai"
PLACE = ("id", "type", "previous_view_id")  # what is kept of the form that a button stands in


class Decide:
    """Runs what only admins may: at once if we know the person to the minute, else as work right after the ack."""

    def __init__(self, db: Database, clock: Clock, people: People, sender: Sender, table: Table) -> None:
        self._db, self._clock, self._people, self._table = db, clock, people, table
        self._replies = Replies(sender)

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
            "fleeting": call.fleeting,
            "view": {key: call.view[key] for key in PLACE if key in call.view},
        }
        about = hashlib.sha256(f"{call.text} {call.metadata}".encode()).hexdigest()[:12]
        subject = f"{name}:{about}:{call.who.user_id}"[:60]
        async with self._db.write(call.who.team_id, call.once) as tx:
            now = self._clock.now()
            await work.enqueue(tx, call.who.team_id, "decide", subject, now, work.SOMEBODY_WAITS, payload)
        return Accept()

    async def decide(self, row: Work) -> Outcome:
        """Work: ask Slack who this is today, then do what they pressed or say why not."""
        wanted: dict[str, Any] = row.payload or {}
        spot = Spot(url=wanted["response_url"], modal=_modal(wanted["view"]))
        try:
            who = await self._people.refresh(wanted["user"])
        except Unreachable as error:
            reader = Reader(self._people.default, ZONE)
            await self._replies.say(answers.refusal(error, reader), wanted["user"], reader, spot)
            return Done()
        reader = Reader(who.language(self._people.default), who.tz)
        call = Call(
            who,
            reader,
            "",
            wanted["text"],
            wanted["values"],
            wanted["metadata"],
            view=wanted["view"],
            fleeting=wanted["fleeting"],
        )
        table = self._table.forms if wanted["kind"] == "form" else self._table.actions
        try:
            reply = await table[wanted["name"]].handler(call)
        except BotError as error:
            reply = Say(answers.refusal(error, reader))
        if after := self._replies.after(reply, who, reader, spot):
            await after()
        return Done()


def _modal(view: dict[str, Any]) -> str:
    return str(view["id"]) if view.get("type") == "modal" else ""
