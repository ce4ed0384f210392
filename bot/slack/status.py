"""What is true for a person now, help, and the language."""

from typing import get_args

from bot.clock import Clock
from bot.core.people import Language
from bot.services.overview import Overview
from bot.services.people import People, must_be_member
from bot.slack.table import Call, Reply, Say, Table
from bot.slack.views import answers
from bot.slack.views.guide_start import place_in
from bot.slack.views.status import status
from bot.texts import Reader
from bot.texts.commands import CommandText, commands
from bot.texts.guide import GuideTexts


class StatusDesk:
    """The commands that answer and change next to nothing."""

    def __init__(self, clock: Clock, people: People, overview: Overview, texts: GuideTexts) -> None:
        self._clock, self._people, self._overview, self._texts = clock, people, overview, texts

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.command("status", self.status)
        table.command("help", self.help)
        table.command("lang", self.lang, writes=True)

    async def status(self, call: Call) -> Reply:
        """The one next action, and what stands behind it. Raises NotAllowed."""
        must_be_member(call.who)
        facts = call.facts or (await self._overview.of(call.who.user_id))[1]
        trouble = await self._overview.trouble(call.who)
        now, name = self._clock.now(), call.who.name
        going = place_in(self._texts, facts.guide, call.reader) if facts.guide else None
        own = (facts.request, facts.credentials, facts.publications)
        return Say(status(call.reader, now, name, *own, trouble.dead, trouble.held, going))

    async def help(self, call: Call) -> Reply:
        """All commands; those of admins for admins alone."""
        admins = [_row(text, call.reader) for text in commands() if text.admin] if call.who.may_decide() else []
        everybody = [_row(text, call.reader) for text in commands() if not text.admin]
        return Say(answers.help(call.reader, everybody, admins))

    async def lang(self, call: Call) -> Reply:
        """zh, en, or auto for what Slack says."""
        wanted = call.text.casefold()
        chosen: Language | None = next((each for each in get_args(Language) if each == wanted), None)
        if chosen is None and wanted != "auto":
            return Say(answers.choose_language(call.reader))
        who = await self._people.choose(call.who, chosen, call.once)
        reader = Reader(who.language(self._people.default), who.tz)
        return Say(answers.lang_set(reader))


def _row(text: CommandText, reader: Reader) -> answers.CommandRow:
    return answers.CommandRow(text.verb, text.words, text.example, text.summary(reader.language))
