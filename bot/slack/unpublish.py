"""Taking an agent off the channel in Slack: from its author's card, and for admins from the release history."""

from functools import partial

from bot.core.publish import NoCredential
from bot.services.unpublish import Unpublish
from bot.slack.router import Access, Ack, Caller, OpenModal, Owner, Press, Result, Router, Submission
from bot.slack.views import publish_forms as forms
from bot.slack.views import unpublish as views


class UnpublishHandlers:
    """The form, for an author and for an admin."""

    def __init__(self, unpublish: Unpublish) -> None:
        self._unpublish = unpublish

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("publish.unpublish", partial(self.open, as_admin=False), owner=Owner.OWN)
        router.form("publish.unpublish", partial(self.take_off, as_admin=False), owner=Owner.OWN)
        router.press("publish.take_off", partial(self.open, as_admin=True), access=Access.ADMIN, owner=Owner.ANY)
        router.form("publish.take_off", partial(self.take_off, as_admin=True), access=Access.ADMIN, owner=Owner.ANY)

    async def open(self, press: Press, caller: Caller, *, as_admin: bool) -> Result:
        """What it means, and why it is to be so."""
        try:
            publication = await self._unpublish.load(caller.person, press.row, as_admin=as_admin)
        except NoCredential:
            return OpenModal(forms.cannot("no_credential", caller.locale))
        return OpenModal(views.form(publication, caller.locale, views.ANY if as_admin else views.OWN))

    async def take_off(self, form: Submission, caller: Caller, *, as_admin: bool) -> Result:
        """It is taken off by a job; its card says how far that is. Raises InvalidFields."""
        await self._unpublish.take_off(caller.person, form.row, views.read(form.fields), as_admin=as_admin)
        return Ack()
