"""Failed jobs in Slack: admins look at them, have them tried again or give them up."""

from bot.core.errors import NotFound
from bot.services.failed_jobs import FailedJobs
from bot.slack.desk import offset_in, shown
from bot.slack.router import (
    Access,
    Caller,
    DrawView,
    OpenModal,
    Owner,
    Press,
    RedrawModal,
    Result,
    Router,
    Submission,
    UpdateModal,
    View,
)
from bot.slack.views import failed_jobs as views
from bot.slack.views.parts import Line
from bot.store.job_desk import COUNTED


class FailedJobHandlers:
    """What admins see and press about what could not be done."""

    def __init__(self, failed: FailedJobs) -> None:
        self._failed = failed

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("work.stuck", self.stuck, access=Access.ADMIN)
        router.press("work.retry", self.retry, access=Access.ADMIN, owner=Owner.ANY)
        router.press("work.retry_all", self.retry_all, access=Access.ADMIN)
        router.press("work.drop", self.open_drop, access=Access.ADMIN, owner=Owner.ANY)
        router.form("work.drop", self.drop, access=Access.ADMIN, owner=Owner.ANY)

    async def stuck(self, press: Press, caller: Caller) -> Result:
        """A page of what failed."""
        return await shown(press, self._page(caller, offset_in(press.value)))

    async def retry(self, press: Press, caller: Caller) -> Result:
        """One is tried again; the list says so, or who was faster. Raises NotFound."""
        done = await self._failed.retry(caller.person, press.row, _seen(press))
        return await self._redrawn(press, caller, views.settled(done, caller.locale))

    async def retry_all(self, press: Press, caller: Caller) -> Result:
        """All are."""
        count = await self._failed.retry_all(caller.person, COUNTED)
        return await self._redrawn(press, caller, views.all_tried(count, caller.locale))

    async def open_drop(self, press: Press, caller: Caller) -> Result:
        """What won't happen then. Raises NotFound where it has moved on."""
        found = await self._failed.load(caller.person, press.row, _seen(press))
        return OpenModal(views.drop_form(found, caller.locale))

    async def drop(self, form: Submission, caller: Caller) -> Result:
        """It is given up, unless somebody was faster; the list says which. Raises NotFound."""
        done = await self._failed.drop(caller.person, form.row, _seen(form))
        draw = self._page(caller, 0, views.settled(done, caller.locale))
        return RedrawModal(form.parent_view_id, draw) if form.parent_view_id else UpdateModal(await draw())

    async def _redrawn(self, press: Press, caller: Caller, note: Line) -> Result:
        return await shown(press, self._page(caller, offset_in(press.place.metadata), note))

    def _page(self, caller: Caller, offset: int, note: Line | None = None) -> DrawView:
        async def draw() -> View:
            return views.page(await self._failed.listed(caller.person, offset, views.PAGE), caller.locale, note)

        return draw


def _seen(asked: Press | Submission) -> int:
    """The mark of the job as it was shown. Raises NotFound."""
    if asked.version is None:
        raise NotFound
    return asked.version
