"""Settings in Slack: the form, and what was chosen in it."""

from bot.clock import Clock
from bot.core.errors import InvalidFields, Problem
from bot.core.remind import quiet_of, read_quiet
from bot.services.people import People
from bot.slack.router import Ack, Caller, OpenModal, Press, Result, Router, Submission
from bot.slack.views import preferences as views
from bot.texts.catalogue import catalogues


class PreferenceHandlers:
    """What people choose for themselves."""

    def __init__(self, clock: Clock, people: People) -> None:
        self._clock, self._people = clock, people

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("people.settings", self.open)
        router.form("people.settings", self.save)

    async def open(self, _press: Press, caller: Caller) -> Result:
        """What holds now."""
        who = caller.person
        return OpenModal(views.form(who.chosen, quiet_of(who.quiet), self._clock.now(), caller.locale))

    async def save(self, form: Submission, caller: Caller) -> Result:
        """The form was sent. Raises InvalidFields."""
        fields, language = form.fields, form.fields.text(views.LANGUAGE)
        quiet = read_quiet(fields.text(views.FROM), fields.text(views.TO), wanted=_wanted(fields.text(views.HOURS)))
        if language not in (*catalogues(), views.AUTO):
            raise InvalidFields([Problem(views.LANGUAGE, "unknown_choice")])
        chosen = None if language == views.AUTO else language
        await self._people.prefer(caller.person, chosen, quiet)
        return Ack()


def _wanted(choice: str) -> bool:
    if choice not in (views.ON, views.OFF):
        raise InvalidFields([Problem(views.HOURS, "unknown_choice")])
    return choice == views.ON
