"""What is true for a person now, help, and the language."""

from bot.clock import Clock
from bot.services.overview import Overview
from bot.services.people import People
from bot.slack.requests import Command
from bot.slack.router import Access, Caller, Ephemeral, Result, Router
from bot.slack.views import answers
from bot.slack.views.guide.start import place_in
from bot.slack.views.status import status
from bot.texts.catalogue import catalogues
from bot.texts.commands import commands
from bot.texts.guide import GuideTexts


class StatusHandlers:
    """The commands that answer and change next to nothing."""

    def __init__(self, clock: Clock, people: People, overview: Overview, texts: GuideTexts) -> None:
        self._clock, self._people, self._overview, self._texts = clock, people, overview, texts

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.command("status", self.status, reads=True)
        router.command("help", self.help, access=Access.ANYONE, reads=True)
        router.command("lang", self.lang, access=Access.ANYONE)

    async def status(self, command: Command, caller: Caller) -> Result:
        """The one next action, and what stands behind it. Raises NotAllowed."""
        facts = caller.facts or (await self._overview.of(caller.person.user_id))[1]
        trouble = await self._overview.trouble(caller.person)
        now, name = self._clock.now(), caller.person.name
        going = place_in(self._texts, facts.guide, caller.locale) if facts.guide else None
        own = (facts.request, facts.credentials, facts.publications)
        return Ephemeral(status(caller.locale, now, name, *own, trouble.dead, trouble.held, going))

    async def help(self, command: Command, caller: Caller) -> Result:
        """All commands; those of admins for admins alone."""
        admins = [text for text in commands() if text.admin] if caller.person.may_decide() else []
        everybody = [text for text in commands() if not text.admin]
        return Ephemeral(answers.help(caller.locale, everybody, admins))

    async def lang(self, command: Command, caller: Caller) -> Result:
        """A language's code, or auto for what Slack says."""
        wanted = command.text.casefold()
        chosen = next((each for each in catalogues() if each.casefold() == wanted), None)
        if chosen is None and wanted != "auto":
            return Ephemeral(answers.choose_language(caller.locale))
        who = await self._people.choose(caller.person, chosen)
        return Ephemeral(answers.lang_set(self._people.locale(who)))
