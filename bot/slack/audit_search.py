"""The audit in Slack: admins look through it, by a form or by what follows the command."""

import re

from bot.services.audit_search import AuditSearch, Search
from bot.slack.desk import offset_in, shown
from bot.slack.router import (
    Access,
    Caller,
    DrawView,
    OpenModal,
    Press,
    Result,
    Router,
    Submission,
    UpdateModal,
    View,
)
from bot.slack.views import audit_search as views

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>", re.ASCII)
_DAYS = re.compile(r"(?:^|\s)([0-9]{1,3})$", re.ASCII)


class AuditSearchHandlers:
    """What admins ask of the audit."""

    def __init__(self, audit: AuditSearch) -> None:
        self._audit = audit

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("audit.search", self.open, access=Access.ADMIN)
        router.press("audit.page", self.page, access=Access.ADMIN)
        router.form("audit.search", self.search, access=Access.ADMIN)

    async def open(self, press: Press, caller: Caller) -> Result:
        """The form, with the newest lines below it."""
        return await shown(press, self._draw(caller, Search(), 0))

    async def page(self, press: Press, caller: Caller) -> Result:
        """Another page of the same search."""
        return await shown(press, self._draw(caller, views.unkept(press.place.metadata), offset_in(press.value)))

    async def search(self, form: Submission, caller: Caller) -> Result:
        """What was asked for."""
        return UpdateModal(await self._draw(caller, views.read(form.fields), 0)())

    async def typed(self, words: str, caller: Caller) -> Result:
        """What follows the command: a person, an agent's ID or name, a number of days, each or none."""
        return OpenModal(await self._draw(caller, search_in(words), 0)())

    def _draw(self, caller: Caller, search: Search, offset: int) -> DrawView:
        async def draw() -> View:
            found = await self._audit.find(caller.person, search, offset, views.PAGE)
            return views.form(search, caller.locale, found)

        return draw


def search_in(words: str) -> Search:
    """What these words ask for."""
    user = _MENTION.search(words)
    rest = _MENTION.sub(" ", words).strip()
    days = _DAYS.search(rest)
    agent = rest[: days.start()] if days else rest
    return views.searched(user[1] if user else "", agent.strip(), days[1] if days else "")
