"""Deciding in Slack: the admins' buttons and forms, and every card of a request."""

from bot.clock import Clock
from bot.core import join as rules
from bot.core.errors import InvalidFields, NotAdmin, Problem
from bot.services.invitation import Invitations
from bot.services.join import Join
from bot.services.people import People
from bot.slack.table import Accept, Call, Drawing, Open, Reply, Say, Table
from bot.slack.views import join as views
from bot.slack.views import join_admin, join_mine
from bot.slack.views.join_thread import Stage
from bot.slack.views.parts import Card
from bot.store import message
from bot.store.message import Message
from bot.texts import Reader

STAGES: tuple[Stage, ...] = ("w1", "w2", "backup")


class DecisionDesk:
    """What admins see and press about requests. `workspace_url` is the ShargeAI workspace's page on Coze."""

    def __init__(
        self, clock: Clock, people: People, join: Join, invitations: Invitations, workspace_url: str
    ) -> None:
        self._clock, self._people = clock, people
        self._join, self._invitations, self._workspace_url = join, invitations, workspace_url

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.action("join.show", self.show)
        table.action("join.approve", self.approve, writes=True, admin=True)
        table.action("join.question", self.open_question)
        table.form("join.question", self.question, views.problem, admin=True, check=_question)
        table.action("join.decline", self.open_decline)
        table.form("join.decline", self.decline, views.problem, admin=True, check=_reason)
        table.action("join.more", self.more)
        table.form("join.assign", self.assign, views.problem, admin=True)
        table.action("join.resend", self.resend, writes=True, admin=True)
        table.action("join.invited", self.invited, writes=True, admin=True)
        table.drawer("join", self.draw)

    async def show(self, call: Call) -> Reply:
        """The card, for this person alone: an admin's, or the requester's own."""
        request = await self._join.load(call.who.team_id, int(call.text))
        if request.user_id == call.who.user_id:
            may_nudge, agreed = self._join.may_nudge(request), self._join.agreed(request)
            return Say(join_mine.mine(request, call.reader, self._workspace_url, may_nudge=may_nudge, agreed=agreed))
        self._must_be_admin(call)
        return Say(await self._card(call.who.team_id, request.id, call.reader))

    async def approve(self, call: Call) -> Reply:
        """An admin lets them in."""
        seen = await self._join.seen(call.who, int(call.text), call.channel, call.ts)
        await self._join.approve(call.who, int(call.text), call.once, seen)
        return Accept()

    async def open_question(self, call: Call) -> Reply:
        """The form for a question; whether it may be sent is decided when it is."""
        self._must_be_admin(call)
        request = await self._join.load(call.who.team_id, int(call.text))
        rules.check_decision(request, call.who)
        return Open(views.question_form(request, call.reader))

    async def question(self, call: Call) -> Reply:
        """An admin asks the person."""
        await self._join.question(call.who, int(call.metadata), _question(call), call.once)
        return Accept()

    async def open_decline(self, call: Call) -> Reply:
        """The form for the reason; whether it may be sent is decided when it is."""
        self._must_be_admin(call)
        request = await self._join.load(call.who.team_id, int(call.text))
        rules.check_decision(request, call.who)
        return Open(views.decline_form(request, call.reader))

    async def decline(self, call: Call) -> Reply:
        """An admin declines, with a reason."""
        await self._join.decline(call.who, int(call.metadata), _reason(call), call.once)
        return Accept()

    async def more(self, call: Call) -> Reply:
        """The menu of a card: `assign:<id>`."""
        self._must_be_admin(call)
        request = await self._join.load(call.who.team_id, int(call.text.partition(":")[2]))
        rules.check_decision(request, call.who)
        return Open(views.assign_form(request, call.reader))

    async def assign(self, call: Call) -> Reply:
        """Handed on to a named admin."""
        to = views.read_assignee(call.values)
        person = await self._people.known(to) or await self._people.refresh(to)
        if not person.may_decide():
            raise InvalidFields([Problem("join.assignee", "not_admin")])
        await self._join.reassign(call.who, int(call.metadata), to, call.once)
        return Accept()

    async def resend(self, call: Call) -> Reply:
        """An admin has it sent again."""
        await self._invitations.resend(call.who, int(call.text), call.once)
        return Accept()

    async def invited(self, call: Call) -> Reply:
        """An admin invited them by hand."""
        await self._invitations.invited(call.who, int(call.text), call.once)
        return Accept()

    async def draw(self, copy: Message, reader: Reader) -> Drawing:
        """The admins' card and notices, the person's card and notices, or a line of the thread."""
        request = await self._join.load(copy.team_id, int(copy.subject.partition(":")[2]))
        is_open, agreed = request.state in rules.OPEN, self._join.agreed(request)
        if copy.thread is not None:
            return Drawing(join_admin.history(await self._join.line(copy), request, reader), False)
        if copy.audience != request.user_id:
            if copy.slot == message.CARD:
                card = await self._card(copy.team_id, request.id, reader)
                return Drawing(card, is_open, request.version)
            stage = next((each for each in STAGES if each == copy.slot), None)
            if stage:
                now = self._clock.now()
                return Drawing(join_admin.waiting_notice(request, reader, stage, now, agreed), False)
            return Drawing(join_admin.nudge_notice(request, reader), False)
        if copy.slot == message.CARD:
            may_nudge = self._join.may_nudge(request)
            card = join_mine.mine(request, reader, self._workspace_url, may_nudge=may_nudge, agreed=agreed)
            return Drawing(card, is_open)
        return Drawing(join_mine.notice(request, reader, copy.slot), False)

    async def _card(self, team_id: str, request_id: int, reader: Reader) -> Card:
        request = await self._join.load(team_id, request_id)
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

    def _must_be_admin(self, call: Call) -> None:
        if not call.who.may_decide():
            raise NotAdmin


def _reason(call: Call) -> str:
    return rules.read_reason(views.read_reason(call.values))


def _question(call: Call) -> str:
    return rules.read_words("question", views.read_question(call.values))
