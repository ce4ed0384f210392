"""Replies: what is left to do once the ack is on its way. Losing one in a crash loses no fact."""

import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from bot.core.errors import SlackRefused, Unreachable
from bot.logs import Outages
from bot.slack.failures import card_of
from bot.slack.router import (
    Ack,
    Caller,
    DrawView,
    Ephemeral,
    EphemeralLater,
    OpenModal,
    RedrawModal,
    ReplaceMessage,
    ReplyTarget,
    Request,
    Result,
    Submission,
    UpdateModal,
    View,
)
from bot.slack.send import Sender
from bot.slack.views import answers
from bot.slack.views.parts import Card

log = logging.getLogger(__name__)

AnyCard = TypeVar("AnyCard", Card, Card | None)
PostAck = Callable[[], Coroutine[Any, Any, None]]


class Replies:
    """Carries out results for one request."""

    def __init__(self, sender: Sender) -> None:
        self._sender, self._outages = sender, Outages()

    def after(self, result: Result, request: Request, caller: Caller) -> PostAck | None:
        """The coroutine that is left to run, if there is one."""
        target = request.target
        match result:
            case Ephemeral(card):
                return lambda: self._say(card, caller, target)
            case EphemeralLater(draw):
                return partial(self._say_later, draw, caller, target)
            case OpenModal():
                return lambda: self._open(result, caller, target)
            case ReplaceMessage(instead):
                return lambda: self._replace(instead, caller, target)
            case UpdateModal(_, redrawn) if redrawn and isinstance(request, Submission):
                return partial(self._redraw, request.view_id, redrawn, caller)
            case RedrawModal(view_id, parent):
                return partial(self._redraw_other, view_id, parent, caller)
            case Ack(told) if told is not None:
                return partial(self._tell, caller, told)
        return None

    async def _say(self, card: Card, caller: Caller, target: ReplyTarget) -> None:
        """Answer where it was said; from Home or a form, which have no room for messages, in a modal, else by DM."""
        if target.response_url:
            await self._sender.respond(target.response_url, card)
            return
        try:
            if target.trigger_id:
                await self._show(answers.in_modal(card, caller.locale), target)
                return
        except (SlackRefused, Unreachable) as error:
            self._lost("answer not shown in a modal", error)
        await self._sender.tell(caller.person.user_id, card)

    async def _say_later(
        self, draw: Callable[[], Coroutine[Any, Any, Card]], caller: Caller, target: ReplyTarget
    ) -> None:
        await self._say(await _drawn(draw, caller), caller, target)

    async def _replace(self, card: Card | None, caller: Caller, target: ReplyTarget) -> None:
        if card is None:
            await self._sender.dismiss(target.response_url)
        elif target.modal_id:
            await self._update(target.modal_id, answers.in_modal(card, caller.locale))
        elif target.response_url:
            await self._sender.respond(target.response_url, card, replace=True)
        else:
            await self._sender.tell(caller.person.user_id, card)

    async def _tell(self, caller: Caller, then: Callable[[], Coroutine[Any, Any, Card | None]]) -> None:
        if card := await _drawn(then, caller):
            await self._sender.tell(caller.person.user_id, card)

    async def _show(self, view: View, target: ReplyTarget) -> str:
        """The view's id. A modal lies above the one in which the button stood."""
        show = self._sender.push_view if target.modal_id else self._sender.open_view
        return await show(target.trigger_id, view)

    async def _open(self, result: OpenModal, caller: Caller, target: ReplyTarget) -> None:
        callback_id = result.view["callback_id"]
        if not target.trigger_id:  # from a message that somebody wrote no form can open
            await self._sender.tell(caller.person.user_id, answers.open_form(callback_id, caller.locale))
            return
        try:
            view_id = await self._show(result.view, target)
        except (SlackRefused, Unreachable) as error:
            self._lost("form not opened", error)
            late = ReplyTarget(response_url=target.response_url)
            await self._say(answers.form_expired(callback_id, caller.locale), caller, late)
            return
        if result.then:
            await self._redraw(view_id, result.then, caller)

    async def _redraw(self, view_id: str, then: DrawView, caller: Caller) -> None:
        """What fails is said in the place of what was to come: no form says for ever that something is on its way."""
        try:
            view = await then()
        except Exception as error:
            view = answers.in_modal(card_of(error, caller.locale), caller.locale)
        await self._update(view_id, view)

    async def _redraw_other(self, view_id: str, then: DrawView, caller: Caller) -> None:
        """What fails is said in the DM: in the form below stands what was typed."""
        try:
            view = await then()
        except Exception as error:
            await self._sender.tell(caller.person.user_id, card_of(error, caller.locale))
            return
        await self._update(view_id, view)

    async def _update(self, view_id: str, view: View) -> None:
        try:
            await self._sender.update_view(view_id, view)
        except (SlackRefused, Unreachable) as error:
            self._lost("form not redrawn", error)  # or it was closed meanwhile

    def _lost(self, what: str, error: SlackRefused | Unreachable) -> None:
        """Log it. While Slack is away each press would say the same."""
        if isinstance(error, Unreachable):
            self._outages.tell(log, what, "%s: %s", what, error)
        else:
            log.info("%s: %s", what, error)


async def _drawn(draw: Callable[[], Coroutine[Any, Any, AnyCard]], caller: Caller) -> AnyCard | Card:
    """What it yields; what fails is a card of its own."""
    try:
        return await draw()
    except Exception as error:
        return card_of(error, caller.locale)
