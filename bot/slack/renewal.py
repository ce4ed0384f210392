"""A token that was replaced, in Slack: the form that shows whether the old one still works."""

from pydantic import SecretStr

from bot.core.errors import InvalidFields, Problem
from bot.core.limits import Costly
from bot.services.renewal import ENTERED, Renewals, check_is_it
from bot.services.token_checker import Refused
from bot.slack.pasted import kind_of
from bot.slack.router import Ack, Caller, OpenModal, Owner, Press, Result, Router, Submission, row_in
from bot.slack.views import renewal as views
from bot.slack.views.guide.token_check import refused
from bot.slack.views.parts import Card


class RenewalHandlers:
    """What people see and press about an old token."""

    def __init__(self, renewals: Renewals) -> None:
        self._renewals = renewals

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("credential.gone", self.open_form, owner=Owner.OWN)
        router.form("credential.gone", self.look, owner=Owner.OWN, secrets=(ENTERED,), costs=Costly.CHECK)

    async def open_form(self, press: Press, caller: Caller) -> Result:
        """The form for the old token."""
        return OpenModal(views.form(await self._renewals.replaced(caller.person, press.row), caller.locale))

    async def look(self, form: Submission, caller: Caller) -> Result:
        """The form was sent: what it holds lives in memory until Coze has answered, and nowhere else."""
        old = await self._renewals.replaced(caller.person, row_in(form.metadata))
        token = SecretStr(form.fields.text(ENTERED).strip())
        if kind_of(token) != "token":
            raise InvalidFields([Problem(ENTERED, "help:E4")])
        check_is_it(old, token)

        async def ask() -> Card:
            found = await self._renewals.look(old, token)
            return (
                refused(found, caller.locale) if isinstance(found, Refused) else views.told(found, old, caller.locale)
            )

        return Ack(ask)
