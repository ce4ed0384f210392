"""Deciding in Slack: the admins' buttons and forms, and every card of a request."""

from bot.clock import Clock
from bot.core import join as rules
from bot.core.errors import InvalidFields, Problem
from bot.core.join import Request
from bot.services.invitation import Invitations
from bot.services.join import Join
from bot.services.people import People, must_be_admin
from bot.slack.leaving import LeavingDesk
from bot.slack.table import Accept, Below, Call, Drawing, Open, Redraw, Reply, Say, Table, View
from bot.slack.views import answers, join_admin, join_mine
from bot.slack.views import join as views
from bot.slack.views.join_thread import Stage
from bot.slack.views.parts import Card
from bot.store import message
from bot.store.message import Message
from bot.texts import Reader

STAGES: tuple[Stage, ...] = ("w1", "w2", "backup")


class DecisionDesk:
    """What admins see and press about requests. `workspace_url` is the ShargeAI workspace's page on Coze."""

    def __init__(
        self,
        clock: Clock,
        people: People,
        join: Join,
        invitations: Invitations,
        leaving: LeavingDesk,
        workspace_url: str,
    ) -> None:
        self._clock, self._people, self._leaving = clock, people, leaving
        self._join, self._invitations, self._workspace_url = join, invitations, workspace_url

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.action("join.show", self.show, today=True)
        table.action("join.approve", self.approve, writes=True, admin=True)
        table.action("join.question", self.open_question, today=True)
        table.form("join.question", self.question, views.problem, admin=True, check=_question)
        table.action("join.decline", self.open_decline, today=True)
        table.form("join.decline", self.decline, views.problem, admin=True, check=_reason)
        table.action("join.more", self.more, today=True)
        table.form("join.assign", self.assign, views.problem, admin=True)
        table.action("join.resend", self.resend, writes=True, admin=True)
        table.action("join.invited", self.invited, writes=True, admin=True)
        table.drawer("join", self.draw)

    async def show(self, call: Call) -> Reply:
        """The card, for this person alone: an admin's, or the requester's own."""
        request = await self._join.load(call.who.team_id, call.row)
        if request.user_id == call.who.user_id:
            return Say(self._mine(request, call.reader))
        must_be_admin(call.who)
        return Say(await self._card(request, call.reader))

    async def approve(self, call: Call) -> Reply:
        """An admin lets them in."""
        await self._join.approve(call.who, call.row, call.once, call.version)
        return await self._decided(call)

    async def open_question(self, call: Call) -> Reply:
        """The form for a question; whether it may be sent is decided when it is."""
        return Open(views.question_form(await self._decidable(call), call.reader))

    async def question(self, call: Call) -> Reply:
        """An admin asks the person."""
        await self._join.question(call.who, call.row, _question(call), call.once)
        return await self._decided(call)

    async def open_decline(self, call: Call) -> Reply:
        """The form for the reason; whether it may be sent is decided when it is."""
        return Open(views.decline_form(await self._decidable(call), call.reader))

    async def decline(self, call: Call) -> Reply:
        """An admin declines, with a reason."""
        await self._join.decline(call.who, call.row, _reason(call), call.once)
        return await self._decided(call)

    async def more(self, call: Call) -> Reply:
        """The menu of a card: `assign:<id>` while it is undecided, `remove:<id>` once they have joined."""
        if call.text.startswith("remove:"):
            return self._leaving.open_form(call, await self._seen(call))
        return Open(views.assign_form(await self._decidable(call), call.reader))

    async def assign(self, call: Call) -> Reply:
        """Handed on to a named admin, who has to be one this minute."""
        to = views.read_assignee(call.values)
        person = await self._people.known(to) or await self._people.refresh(to)
        if not person.may_decide():
            raise InvalidFields([Problem("join.assignee", "not_admin")])
        await self._join.reassign(call.who, call.row, to, call.once)
        return await self._decided(call)

    async def resend(self, call: Call) -> Reply:
        """An admin has it sent again."""
        await self._invitations.resend(call.who, call.row, call.once)
        return await self._decided(call)

    async def invited(self, call: Call) -> Reply:
        """An admin invited them by hand."""
        await self._invitations.invited(call.who, call.row, call.once)
        return await self._decided(call)

    async def _seen(self, call: Call) -> Request:
        """The request, for admins alone."""
        must_be_admin(call.who)
        return await self._join.load(call.who.team_id, call.row)

    async def _decidable(self, call: Call) -> Request:
        request = await self._seen(call)
        rules.check_decision(request, call.who)
        return request

    async def _decided(self, call: Call) -> Reply:
        """Rows draw the cards that others see; one that only this person sees is redrawn where it stands."""
        team_id, request_id, below = call.who.team_id, call.row, call.view.get("previous_view_id")
        if below:

            async def look() -> View:
                card = await self._card(await self._join.load(team_id, request_id), call.reader)
                return answers.told(card, call.reader)

            return Below(str(below), look)
        if call.fleeting:
            return Redraw(await self._card(await self._join.load(team_id, request_id), call.reader))
        return Accept()

    async def draw(self, copy: Message, reader: Reader) -> Drawing:
        """The admins' card and notices, the person's card and notices, or a line of the thread."""
        request = await self._join.load(copy.team_id, int(copy.subject.partition(":")[2]))
        is_open = request.state in rules.OPEN
        if copy.thread is not None:
            return Drawing(join_admin.history(await self._join.line(copy), request, reader), False)
        if copy.audience != request.user_id:
            if copy.slot == message.CARD:
                return Drawing(await self._card(request, reader), is_open)
            return Drawing(self._notice(request, copy.slot, reader), False)
        if copy.slot == message.CARD:
            return Drawing(self._mine(request, reader), is_open)
        return Drawing(join_mine.notice(request, reader, copy.slot), False)

    def _notice(self, request: Request, slot: str, reader: Reader) -> Card:
        stage = next((each for each in STAGES if each == slot), None)
        if stage is None:
            return join_admin.nudge_notice(request, reader)
        agreed = self._join.agreed(request)
        return join_admin.waiting_notice(request, reader, stage, self._clock.now(), agreed)

    def _mine(self, request: Request, reader: Reader) -> Card:
        may_nudge, agreed = self._join.may_nudge(request), self._join.agreed(request)
        return join_mine.mine(request, reader, self._workspace_url, may_nudge=may_nudge, agreed=agreed)

    async def _card(self, request: Request, reader: Reader) -> Card:
        person = await self._people.known(request.user_id)
        return join_admin.card(
            request,
            reader,
            self._workspace_url,
            earlier=await self._join.earlier(request),
            tz=person.tz if person else "",
            agreed=self._join.agreed(request),
            now=self._clock.now(),
        )


def _reason(call: Call) -> str:
    return rules.read_reason(views.read_reason(call.values))


def _question(call: Call) -> str:
    return rules.read_words("question", views.read_question(call.values))
