"""Join in Slack: the form, the admins' buttons, the cards."""

from bot.core import join as rules
from bot.core.errors import NotAdmin
from bot.core.join import Request, State
from bot.services.invitation import Invitations
from bot.services.join import AlreadyOpen, Join
from bot.services.people import must_be_member
from bot.slack.table import Accept, Call, Drawing, Open, Reply, Say, Table
from bot.slack.views import join as views
from bot.slack.views import join_admin, join_mine
from bot.store import message
from bot.store.message import Message
from bot.texts import Reader


class JoinDesk:
    """What people see and press about joining. `workspace_url` is the ShargeAI workspace's page on Coze."""

    def __init__(self, join: Join, invitations: Invitations, workspace_url: str) -> None:
        self._join, self._invitations, self._workspace_url = join, invitations, workspace_url

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.command("join", self.open_form)
        table.form("join.ask", self.ask, views.problem)
        table.action("join.again", self.open_form)
        table.action("join.withdraw", self.withdraw, writes=True)
        table.action("join.fix", self.open_fix)
        table.form("join.fix", self.fix, views.problem)
        table.action("join.accepted", self.accepted, writes=True)
        table.action("join.approve", self.approve, writes=True, admin=True)
        table.action("join.decline", self.open_decline)
        table.form("join.decline", self.decline, views.problem, admin=True, check=_reason)
        table.action("join.resend", self.resend, writes=True, admin=True)
        table.action("join.invited", self.invited, writes=True, admin=True)
        table.drawer("join", self.draw)

    async def open_form(self, call: Call) -> Reply:
        """The form, or the request that is open already."""
        must_be_member(call.who)
        request = await self._join.current(call.who)
        if request:
            return Say(join_mine.mine(request, call.reader, self._workspace_url))
        last = await self._join.latest(call.who)
        return Open(views.form(call.reader, _kept(last) if last else None))

    async def ask(self, call: Call) -> Reply:
        """The form was sent."""
        try:
            await self._join.ask(call.who, rules.read(**views.read(call.values)), call.once)
        except AlreadyOpen as error:
            return Say(join_mine.mine(error.request, call.reader, self._workspace_url))
        return Accept()

    async def withdraw(self, call: Call) -> Reply:
        """The person takes it back."""
        await self._join.withdraw(call.who, int(call.text), call.once)
        return Accept()

    async def open_fix(self, call: Call) -> Reply:
        """The form to correct the account id."""
        request = await self._join.load(call.who.team_id, int(call.text))
        rules.check_owner(request, call.who.user_id, State.APPROVED)
        return Open(views.fix_form(request, call.reader))

    async def fix(self, call: Call) -> Reply:
        """The account id was corrected."""
        await self._invitations.fix(call.who, int(call.metadata), views.read(call.values)["coze_uid"], call.once)
        return Accept()

    async def accepted(self, call: Call) -> Reply:
        """The person says they accepted on Coze."""
        await self._invitations.accepted(call.who, int(call.text), call.once)
        return Accept()

    async def approve(self, call: Call) -> Reply:
        """An admin lets them in."""
        await self._join.approve(call.who, int(call.text), call.once)
        return Accept()

    async def open_decline(self, call: Call) -> Reply:
        """The form for the reason; whether it may be sent is decided when it is."""
        if not call.who.may_decide():
            raise NotAdmin
        request = await self._join.load(call.who.team_id, int(call.text))
        rules.check_decision(request, call.who)
        return Open(views.decline_form(request, call.reader))

    async def decline(self, call: Call) -> Reply:
        """An admin declines, with a reason."""
        await self._join.decline(call.who, int(call.metadata), _reason(call), call.once)
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
        """The admins' card, the person's card, or a notice to the person."""
        request = await self._join.load(copy.team_id, int(copy.subject.partition(":")[2]))
        is_open = request.state in rules.OPEN
        if copy.audience != request.user_id:
            return Drawing(join_admin.card(request, reader, self._workspace_url), is_open)
        if copy.slot == message.CARD:
            return Drawing(join_mine.mine(request, reader, self._workspace_url), is_open)
        return Drawing(join_mine.notice(request, reader, "joined" if copy.slot == "joined" else "decided"), is_open)


def _kept(request: Request) -> dict[str, str]:
    """What they wrote last time, so that asking again is adding to it."""
    return {
        "coze_uid": request.coze_uid,
        "nick": request.nick,
        "purpose": request.purpose,
        "email": request.email or "",
    }


def _reason(call: Call) -> str:
    return rules.read_reason(views.read_reason(call.values))
