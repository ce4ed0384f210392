"""Replies: what is left to do once the ack is on its way. Losing one in a crash loses no fact."""

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot.core.errors import Unreachable
from bot.core.people import Person
from bot.slack.send import Refused, Sender
from bot.slack.table import Accept, Below, Open, Redraw, Reply, Say, View
from bot.slack.views import answers
from bot.slack.views.parts import Card
from bot.texts import Reader

log = logging.getLogger(__name__)

After = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Spot:
    """Where something was typed or pressed: `trigger` opens forms, `url` answers there, `modal` is the form there."""

    trigger: str = ""
    url: str = ""
    modal: str = ""


NOWHERE = Spot()


class Replies:
    """Carries out replies for one press or word."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def after(self, reply: Reply, who: Person, reader: Reader, spot: Spot = NOWHERE) -> After | None:
        """The coroutine that is left to run, if there is one."""
        match reply:
            case Say(card):
                return lambda: self.say(card, who.user_id, reader, spot)
            case Open():
                return lambda: self._open(reply, who, reader, spot)
            case Redraw(card):
                return lambda: self._redraw(card, who.user_id, reader, spot)
            case Below():
                return lambda: self._below(reply)
            case Accept(then) if then is not None:
                return lambda: self._tell(who.user_id, then)
        return None

    async def say(self, card: Card, user_id: str, reader: Reader, spot: Spot) -> None:
        """Answer where it was said; from Home or a form, which have no room for messages, in a modal, else by DM."""
        if spot.url:
            await self._sender.respond(spot.url, card)
            return
        try:
            if spot.trigger:
                await self._show(answers.told(card, reader), spot)
                return
        except (Refused, Unreachable) as error:
            log.info("answer not shown in a modal: %s", error)
        await self._sender.tell(user_id, card)

    async def _redraw(self, card: Card, user_id: str, reader: Reader, spot: Spot) -> None:
        if spot.modal:
            await self._update(spot.modal, answers.told(card, reader))
        elif spot.url:
            await self._sender.respond(spot.url, card, replace=True)
        else:
            await self._sender.tell(user_id, card)

    async def _tell(self, user_id: str, then: Callable[[], Coroutine[Any, Any, Card | None]]) -> None:
        if card := await then():
            await self._sender.tell(user_id, card)

    async def _show(self, view: View, spot: Spot) -> str:
        """The view's id. A modal lies above the one in which the button stood."""
        show = self._sender.push_view if spot.modal else self._sender.open_view
        return await show(spot.trigger, view)

    async def _open(self, reply: Open, who: Person, reader: Reader, spot: Spot) -> None:
        try:
            view_id = await self._show(reply.view, spot)
        except (Refused, Unreachable) as error:
            log.warning("form not opened: %s", error)
            card = answers.form_expired(reply.view["callback_id"], reader)
            await self.say(card, who.user_id, reader, Spot(url=spot.url))
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
