"""Join in Slack: asking, and what the person does until they have joined."""

import json
import logging
import secrets

from bot.core import join as rules
from bot.core.join import UNDECIDED, Request, State
from bot.coze.errors import CozeError
from bot.coze.secret import Secret
from bot.services.invitation import Invitations
from bot.services.join import AlreadyOpen, Join
from bot.services.people import must_be_member
from bot.slack.table import Accept, Below, Call, Open, Reply, Say, Table, View
from bot.slack.views import join as views
from bot.slack.views import join_mine
from bot.slack.views.parts import MARK, Card
from bot.texts import Reader, error_help

log = logging.getLogger(__name__)

KEPT = ("nick", "purpose", "email")  # what was typed before a token is asked for


class JoinDesk:
    """What members see and press about joining. `workspace_url` is the ShargeAI workspace's page on Coze."""

    def __init__(self, join: Join, invitations: Invitations, workspace_url: str) -> None:
        self._join, self._invitations, self._workspace_url = join, invitations, workspace_url

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.command("join", self.open_form)
        table.form("join.ask", self.ask, views.problem)
        table.action("join.again", self.open_form)
        table.action("join.read_uid", self.open_token)
        table.form("join.read_uid", self.read_uid, views.problem)
        table.action("join.edit", self.open_edit)
        table.form("join.edit", self.edit, views.problem)
        table.action("join.withdraw", self.withdraw, writes=True)
        table.action("join.nudge", self.nudge, writes=True)
        table.action("join.answer", self.open_answer)
        table.form("join.answer", self.answer, views.problem)
        table.action("join.fix", self.open_fix)
        table.form("join.fix", self.fix, views.problem)
        table.action("join.accepted", self.accepted, writes=True)

    async def open_form(self, call: Call) -> Reply:
        """The form, or the request that is open already, or that they have joined."""
        must_be_member(call.who)
        last = await self._join.latest(call.who)
        if last and last.state in rules.HOLDING:
            return Say(await self._mine(last, call.reader))
        answers = _answers(last) if last else {}
        if call.who.coze_uid:
            answers["coze_uid"] = call.who.coze_uid
        return Open(views.form(call.reader, answers, verified=bool(call.who.coze_uid)))

    async def ask(self, call: Call) -> Reply:
        """The form was sent."""
        try:
            await self._join.ask(call.who, rules.read(**views.read(call.values)), call.once)
        except AlreadyOpen as error:
            return Say(await self._mine(error.request, call.reader))
        return Accept()

    async def open_token(self, call: Call) -> Reply:
        """The form for a token, above the one that is being filled in; what was typed there comes along."""
        typed = views.read(call.view.get("state", {}).get("values", {}))
        kept = {name: typed.get(name, "")[: rules.PURPOSE_LENGTH] for name in KEPT}
        kept["request"] = str(call.view.get("private_metadata", ""))
        return Open(views.token_form(call.reader, json.dumps(kept, ensure_ascii=False)))

    async def read_uid(self, call: Call) -> Reply:
        """A token was sent: it is used for one look at whose it is, and dropped."""
        token, kept = Secret(views.read_token(call.values)), _kept(call.metadata)
        request_id = kept.pop("request")
        await self._join.once(call.who, call.once)

        async def look() -> View:
            try:
                account = await self._join.prove(call.who, token)
            except CozeError as error:
                why = error_help(error.help, call.reader).sentence(call.reader)
                return views.form(call.reader, kept, request_id=request_id, note=why)
            read = {**kept, "coze_uid": account.user_id, "nick": kept["nick"] or account.nickname or account.name}
            return views.form(call.reader, read, request_id=request_id, verified=True, mark=_mark())

        return Below(str(call.view.get("previous_view_id") or call.view.get("root_view_id", "")), look)

    async def open_edit(self, call: Call) -> Reply:
        """The form with what was written, while nobody has decided."""
        request = await self._join.load(call.who.team_id, call.row)
        rules.check_owner(request, call.who.user_id, *UNDECIDED)
        verified = request.coze_uid == call.who.coze_uid
        return Open(views.form(call.reader, _answers(request), request_id=str(request.id), verified=verified))

    async def edit(self, call: Call) -> Reply:
        """The changed form was sent."""
        answers = rules.read(**views.read(call.values))
        await self._join.edit(call.who, call.row, answers, call.once)
        return Accept()

    async def withdraw(self, call: Call) -> Reply:
        """The person takes it back."""
        await self._join.withdraw(call.who, call.row, call.once)
        return Accept()

    async def nudge(self, call: Call) -> Reply:
        """The person reminds the admins."""
        await self._join.nudge(call.who, call.row, call.once)
        return Accept()

    async def open_answer(self, call: Call) -> Reply:
        """The form for the answer to an admin's question."""
        request = await self._join.load(call.who.team_id, call.row)
        rules.check_owner(request, call.who.user_id, State.INFO_REQUESTED)
        return Open(views.answer_form(request, call.reader))

    async def answer(self, call: Call) -> Reply:
        """The answer was sent."""
        await self._join.answer(call.who, call.row, views.read_answer(call.values), call.once)
        return Accept()

    async def open_fix(self, call: Call) -> Reply:
        """The form to correct the account id."""
        request = await self._join.load(call.who.team_id, call.row)
        rules.check_owner(request, call.who.user_id, State.APPROVED)
        return Open(views.fix_form(request, call.reader))

    async def fix(self, call: Call) -> Reply:
        """The account id was corrected."""
        await self._invitations.fix(call.who, call.row, views.read(call.values).get("coze_uid", ""), call.once)
        return Accept()

    async def accepted(self, call: Call) -> Reply:
        """The person says they accepted on Coze: if Coze does not list them yet, they are told."""
        request_id = call.row
        await self._invitations.accepted(call.who, request_id, call.once)

        async def look() -> Card | None:
            try:
                return None if await self._invitations.is_in(call.who, request_id) else join_mine.not_yet(call.reader)
            except CozeError as error:
                log.info("member list not read: %s", error)  # the watch goes on
                return None

        return Accept(look)

    async def _mine(self, request: Request, reader: Reader) -> Card:
        return join_mine.mine(
            request,
            reader,
            self._workspace_url,
            may_nudge=self._join.may_nudge(request),
            agreed=self._join.agreed(request),
        )


def _mark() -> str:
    return f"{MARK}{secrets.token_hex(3)}"


def _kept(metadata: str) -> dict[str, str]:
    """What came along with the form for a token; nothing of it where somebody made it up."""
    try:
        kept = json.loads(metadata)
    except ValueError:
        kept = None
    kept = kept if isinstance(kept, dict) else {}
    return {name: str(kept.get(name, "")) for name in (*KEPT, "request")}


def _answers(request: Request) -> dict[str, str]:
    """What they wrote, so that asking again is adding to it."""
    return {
        "coze_uid": request.coze_uid,
        "nick": request.nick,
        "purpose": request.purpose,
        "email": request.email or "",
    }
