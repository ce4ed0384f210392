"""What is true for a person now, help, and the language."""

from typing import get_args

from bot.clock import Clock
from bot.core.people import Language, Person
from bot.services.credential import Credentials
from bot.services.join import Join
from bot.services.people import People, must_be_member
from bot.services.publish import Publish
from bot.slack.table import Call, Reply, Say, Table
from bot.slack.views import answers
from bot.slack.views.status import status
from bot.store import work
from bot.store.database import Database
from bot.texts import Reader
from bot.texts.commands import commands


class StatusDesk:
    """The commands that answer and change next to nothing."""

    def __init__(
        self, db: Database, clock: Clock, people: People, join: Join, credentials: Credentials, publish: Publish
    ) -> None:
        self._db, self._clock, self._people = db, clock, people
        self._join, self._credentials, self._publish = join, credentials, publish

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.command("status", self.status)
        table.command("help", self.help)
        table.command("lang", self.lang, writes=True)

    async def status(self, call: Call) -> Reply:
        """The one next action, and what stands behind it."""
        must_be_member(call.who)
        request = await self._join.latest(call.who)
        credentials = await self._credentials.watched(call.who)
        publications = await self._publish.latest(call.who)
        now = self._clock.now()
        dead = await self._dead(call.who)
        return Say(status(call.reader, now, call.who.name, request, credentials, publications, dead))

    async def _dead(self, who: Person) -> int:
        if not who.may_decide():
            return 0
        async with self._db.read() as conn:
            return await work.dead(conn, who.team_id)

    async def help(self, call: Call) -> Reply:
        """All commands."""
        language = call.reader.language
        rows = [
            answers.CommandRow(text.verb, text.words, text.example, text.summary(language)) for text in commands()
        ]
        return Say(answers.help(call.reader, rows))

    async def lang(self, call: Call) -> Reply:
        """zh, en, or auto for what Slack says."""
        wanted = call.text.casefold()
        chosen: Language | None = next((each for each in get_args(Language) if each == wanted), None)
        if chosen is None and wanted != "auto":
            return Say(answers.choose_language(call.reader))
        who = await self._people.choose(call.who, chosen, call.once)
        reader = Reader(who.language(self._people.default), who.tz)
        return Say(answers.lang_set(reader))
