"""The audit in Slack: admins look through it, by a form or by what follows the command."""

import logging
import re

from bot.core.errors import NotFound, SlackRefused, Unreachable
from bot.services.audit_search import AuditSearch, Search
from bot.services.job_runner import Backoff
from bot.slack.desk import offset_in, shown
from bot.slack.files import Files
from bot.slack.router import (
    Access,
    Caller,
    DrawView,
    OpenModal,
    Press,
    RedrawModal,
    Result,
    Router,
    Submission,
    UpdateModal,
    View,
)
from bot.slack.views import audit_search as views
from bot.slack.views.audit_csv import as_csv
from bot.slack.views.parts import Line

log = logging.getLogger(__name__)

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>", re.ASCII)
_DAYS = re.compile(r"(?:^|\s)([0-9]{1,3})$", re.ASCII)


class AuditSearchHandlers:
    """What admins ask of the audit."""

    def __init__(self, audit: AuditSearch, files: Files) -> None:
        self._audit, self._files = audit, files

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("audit.search", self.open, access=Access.ADMIN)
        router.press("audit.page", self.page, access=Access.ADMIN)
        router.press("audit.csv", self.export, access=Access.ADMIN)
        router.form("audit.search", self.search, access=Access.ADMIN)

    async def open(self, press: Press, caller: Caller) -> Result:
        """The form, with the newest lines below it."""
        return await shown(press, self._draw(caller, Search(), 0))

    async def page(self, press: Press, caller: Caller) -> Result:
        """Another page of the same search."""
        return await shown(press, self._draw(caller, views.unkept(press.place.metadata), offset_in(press.value)))

    async def export(self, press: Press, caller: Caller) -> Result:
        """All that the search finds comes as a file into their DM; the form says so. Raises NotFound."""
        if not press.target.modal_id:
            raise NotFound  # nothing of ours is pressed elsewhere
        search, offset = views.unkept(press.place.metadata), views.offset_kept(press.place.metadata)

        async def send() -> View:
            note = await self._sent(caller, search)
            return await self._draw(caller, search, offset_in(offset), note)()

        return RedrawModal(press.target.modal_id, send)

    async def _sent(self, caller: Caller, search: Search) -> Line:
        """What became of it."""
        deeds = await self._audit.export(caller.person, search)
        name = f"audit-{search.days}-days.csv"
        try:
            file_id = await self._files.share(caller.person.user_id, name, as_csv(deeds))
        except SlackRefused as error:
            log.info("no file of the audit: %s", error.code)
            return views.no_file(search, caller.locale)
        except (Unreachable, Backoff):
            return views.no_file_now(caller.locale)
        await self._audit.let_go(file_id)
        return views.sent(len(deeds), caller.locale)

    async def search(self, form: Submission, caller: Caller) -> Result:
        """What was asked for."""
        return UpdateModal(await self._draw(caller, views.read(form.fields), 0)())

    async def typed(self, words: str, caller: Caller) -> Result:
        """What follows the command: a person, an agent's ID or name, a number of days, each or none."""
        return OpenModal(await self._draw(caller, search_in(words), 0)())

    def _draw(self, caller: Caller, search: Search, offset: int, note: Line | None = None) -> DrawView:
        async def draw() -> View:
            found = await self._audit.find(caller.person, search, offset, views.PAGE)
            return views.form(search, caller.locale, found, note)

        return draw


def search_in(words: str) -> Search:
    """What these words ask for."""
    user = _MENTION.search(words)
    rest = _MENTION.sub(" ", words).strip()
    days = _DAYS.search(rest)
    agent = rest[: days.start()] if days else rest
    return views.searched(user[1] if user else "", agent.strip(), days[1] if days else "")
