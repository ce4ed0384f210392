"""Replies: what is left to do once the ack is on its way. Losing one in a crash loses no fact."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from bot.core.errors import Unreachable
from bot.core.people import Person
from bot.slack.send import Refused, Sender
from bot.slack.table import Accept, Below, Open, Push, Reply, Say, View
from bot.slack.views import answers
from bot.slack.views.parts import Card
from bot.texts import Reader

log = logging.getLogger(__name__)

After = Callable[[], Coroutine[Any, Any, None]]


class Replies:
    """Carries out replies for one press or word: `trigger` opens forms, `url` answers where it was said."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def after(self, reply: Reply, who: Person, reader: Reader, trigger: str = "", url: str = "") -> After | None:
        """The coroutine that is left to run, if there is one."""
        match reply:
            case Say(card):
                return lambda: self.say(card, who.user_id, url)
            case Open() | Push():
                return lambda: self._open(reply, who, trigger, url, reader)
            case Below():
                return lambda: self._below(reply)
            case Accept(then) if then is not None:
                return lambda: self._tell(who.user_id, then)
        return None

    async def say(self, card: Card, user_id: str, url: str) -> None:
        """Answer where it was said; from Home or a form, which have no such place, in the DM."""
        if url:
            await self._sender.respond(url, card)
        else:
            await self._sender.tell(user_id, card)

    async def _tell(self, user_id: str, then: Callable[[], Coroutine[Any, Any, Card | None]]) -> None:
        if card := await then():
            await self._sender.tell(user_id, card)

    async def _open(self, reply: Open | Push, who: Person, trigger: str, url: str, reader: Reader) -> None:
        try:
            if isinstance(reply, Push):
                await self._sender.push_view(trigger, reply.view)
                return
            view_id = await self._sender.open_view(trigger, reply.view)
        except (Refused, Unreachable) as error:
            log.warning("form not opened: %s", error)
            await self.say(answers.form_expired(reply.view["callback_id"], reader), who.user_id, url)
            return
        if reply.then:
            await self._update(view_id, await reply.then())

    async def _below(self, reply: Below) -> None:
        await self._update(reply.view_id, await reply.then())

    async def _update(self, view_id: str, view: View) -> None:
        try:
            await self._sender.update_view(view_id, view)
        except (Refused, Unreachable) as error:
            log.info("form not redrawn: %s", error)  # closed meanwhile
