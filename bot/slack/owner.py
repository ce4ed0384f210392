"""The bot's own credential on Coze, for admins: when it ends, and that it stopped working."""

from slack_sdk.models.blocks import Block

from bot.clock import Clock
from bot.core.owner import OwnerCredential
from bot.services.owner_credential import OwnerWatch
from bot.slack.router import Access, Ack, Caller, Drawing, OpenModal, Press, Result, Router, Submission
from bot.slack.views import owner as views
from bot.store.message import Message
from bot.texts.locale import Locale


class OwnerHandlers:
    """What admins see and press about it. `setting` is the one that holds it."""

    def __init__(self, clock: Clock, owner: OwnerWatch, setting: str) -> None:
        self._clock, self._owner, self._setting = clock, owner, setting

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("owner.ends", self.open_form, access=Access.ADMIN)
        router.form("owner.ends", self.tell, access=Access.ADMIN)
        router.renderer("owner", self.draw)

    async def at_home(self, locale: Locale) -> list[Block]:
        """What stands on the Home of admins; an OAuth app has no end."""
        mine, watched = await self._owner.of()
        if mine is None or self._setting != views.TOKEN:
            return []
        return views.at_home(mine, watched, locale, self._clock.now())

    async def open_form(self, _press: Press, caller: Caller) -> Result:
        """The form for its end."""
        return OpenModal(views.form(caller.locale))

    async def tell(self, form: Submission, caller: Caller) -> Result:
        """The form was sent."""
        until, is_permanent = views.read(form.fields)
        await self._owner.tell(caller.person, until, is_permanent=is_permanent)
        return Ack()

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """That Coze refuses it, or what became of that."""
        mine = await self._owner.find(int(copy.subject.partition(":")[2]))
        current = _is_current(copy, mine)
        return Drawing(views.dead(mine, self._setting, locale, current=current), is_open=current)


def _is_current(copy: Message, mine: OwnerCredential) -> bool:
    """Whether the message is about the death that it is in: a new one has a message of its own."""
    return mine.dead_at is not None and mine.replaced_at is None and copy.kind == f"d{mine.dead_at:%y%m%d%H%M%S}"
