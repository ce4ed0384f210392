"""Leaving in Slack: admins remove somebody, and see what somebody holds who has gone."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from bot.core import join as rules
from bot.core.join import Request
from bot.coze.errors import CozeError
from bot.services.leaving import Leaving
from bot.services.overview import Overview
from bot.slack.table import Accept, Call, Drawing, Open, Reply, Table, View
from bot.slack.views import drift as drift_views
from bot.slack.views import join as views
from bot.slack.views import leaving as leaving_views
from bot.store.message import Message
from bot.texts import Reader

log = logging.getLogger(__name__)


class LeavingDesk:
    """What admins see and press about people who leave."""

    def __init__(self, leaving: Leaving, overview: Overview) -> None:
        self._leaving, self._overview = leaving, overview

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.form("join.remove", self.remove, views.problem, admin=True)
        table.action("join.remove_again", self.remove, writes=True, admin=True)
        table.action("join.removed", self.removed, writes=True, admin=True)
        table.drawer("left", self.draw_left)
        table.drawer("drift", self.draw_drift)

    def open_form(self, call: Call, request: Request) -> Reply:
        """What will happen, before it does. The names of the person's agents come once Coze has told them."""
        rules.check_removal(request, call.who)
        return Open(views.remove_form(request, [], call.reader), self._with_agents(request, call.reader))

    def _with_agents(self, request: Request, reader: Reader) -> Callable[[], Coroutine[Any, Any, View]]:
        async def look() -> View:
            try:
                return views.remove_form(request, await self._leaving.agents(request), reader)
            except CozeError as error:
                log.warning("agents not looked up: %s", error)
                return views.remove_form(request, [], reader, unknown=True)

        return look

    async def remove(self, call: Call) -> Reply:
        """An admin wants them out, for the first time or again."""
        await self._leaving.remove(call.who, call.row, call.once)
        return Accept()

    async def removed(self, call: Call) -> Reply:
        """An admin removed them by hand."""
        await self._leaving.removed(call.who, call.row, call.once)
        return Accept()

    async def draw_left(self, copy: Message, reader: Reader) -> Drawing:
        """What somebody holds who was deactivated in Slack."""
        user_id = copy.subject.partition(":")[2]
        _, facts = await self._overview.of(user_id)
        left = leaving_views.left(reader, user_id, facts.request, facts.credentials, facts.publications)
        return Drawing(left, False)

    async def draw_drift(self, copy: Message, reader: Reader) -> Drawing:
        """Where Slack's and Coze's lists differ."""
        found = (await self._leaving.found(copy.team_id, copy.subject)).detail
        return Drawing(drift_views.drift(reader, found["gone"], found["unknown"], found["left"]), False)
