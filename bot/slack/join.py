"""Join in Slack: asking, and what the person does until they have joined."""

import json
import secrets
from functools import partial

from pydantic import SecretStr

from bot.core import join as rules
from bot.core.account import Grade, Proof
from bot.core.errors import OwnRequest
from bot.core.join import UNDECIDED, JoinState, Request
from bot.core.limits import Costly
from bot.coze.errors import CozeError
from bot.services.join.accounts import Accounts
from bot.services.join.alone import Alone
from bot.services.join.membership import Invitations
from bot.services.join.requests import AlreadyOpen, Join
from bot.slack.fields import MARK
from bot.slack.leaving import reason_in
from bot.slack.router import (
    Access,
    Ack,
    Caller,
    Command,
    Ephemeral,
    OpenModal,
    Owner,
    Press,
    RedrawModal,
    ReplaceMessage,
    Result,
    Router,
    Submission,
    View,
)
from bot.slack.views.account import disputed_text
from bot.slack.views.join import alone
from bot.slack.views.join import forms as views
from bot.slack.views.join import mine as join_mine
from bot.texts.locale import error_help

KEPT = ("nick", "purpose", "email")  # what was typed before a token is asked for


class JoinHandlers:
    """What members see and press about joining. `workspace_url` is the ShargeAI workspace's page on Coze.

    `signs_in`: whether people can sign in to Coze, instead of typing their ID. `chat` is the address of the chat that
    Home's buttons open, if it is known.
    """

    def __init__(
        self,
        join: Join,
        accounts: Accounts,
        invitations: Invitations,
        alone: Alone,
        workspace_url: str,
        *,
        signs_in: bool,
        chat: str,
    ) -> None:
        self._chat = chat
        self._join, self._accounts, self._signs_in = join, accounts, signs_in
        self._invitations, self._alone, self._workspace_url = invitations, alone, workspace_url

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.command("join", self.open_form, asks=True)
        router.form("join.ask", self.ask, costs=Costly.CHECK)
        router.press("join.again", self.open_form, asks=True)
        router.press("join.mine", self.recall, owner=Owner.OWN)
        router.press("join.read_uid", self.open_token)
        router.form("join.read_uid", self.read_uid, secrets=("join.token",), costs=Costly.SIGN_IN)
        router.press("join.edit", self.open_edit, owner=Owner.OWN)
        router.form("join.edit", self.edit, owner=Owner.OWN, costs=Costly.CHECK)
        router.press("join.withdraw", self.withdraw, owner=Owner.OWN)
        router.press("join.nudge", self.nudge, owner=Owner.OWN)
        router.press("join.answer", self.open_answer, owner=Owner.OWN)
        router.form("join.answer", self.answer, owner=Owner.OWN)
        router.press("join.approve_own", self.open_own, access=Access.ADMIN, owner=Owner.OWN)
        router.form("join.approve_own", self.approve_own, access=Access.ADMIN, owner=Owner.OWN, precheck=reason_in)
        router.press("join.fix", self.open_fix, owner=Owner.OWN)
        router.form("join.fix", self.fix, owner=Owner.OWN, costs=Costly.CHECK)

    async def open_form(self, asked: Command | Press, caller: Caller) -> Result:
        """The form; or the card of the request that is open already comes down, or that they have joined.

        Raises MayNotAsk.
        """
        last = await self._join.latest(caller.person)
        if last and last.state in rules.OPEN:
            return await self._recalled(last, caller)
        if last and last.state in rules.HOLDING:
            return Ephemeral(join_mine.mine(last, caller.locale, self._workspace_url))
        self._join.check_asker(caller.person)
        if isinstance(asked, Command) and asked.way != "button":
            await self._join.called(caller.person)
        answers = views.answers(last) if last else {}
        if caller.person.coze_uid:
            answers["coze_uid"] = caller.person.coze_uid
        verified = bool(caller.person.coze_uid)
        return OpenModal(views.form(caller.locale, answers, verified=verified, signs_in=self._signs_in))

    async def ask(self, form: Submission, caller: Caller) -> Result:
        """The form was sent."""
        try:
            await self._join.ask(caller.person, rules.read(**views.read(form.fields)))
        except AlreadyOpen as error:
            return await self._recalled(error.request, caller)
        return Ack()

    async def recall(self, press: Press, caller: Caller) -> Result:
        """The card comes to the end of the DM, where Home's own button has led already."""
        request = await self._join.load(caller.person.team_id, press.row)
        pointer = await self._recalled(request, caller)
        if press.at_home and self._chat:
            return Ack()
        return ReplaceMessage(pointer.card) if press.place.only_theirs and press.target.response_url else pointer

    async def _recalled(self, request: Request, caller: Caller) -> Ephemeral:
        """A request has one card: it comes down, and a line says so."""
        await self._join.recall(caller.person, request.id)
        return Ephemeral(join_mine.recalled(caller.locale))

    async def open_token(self, press: Press, caller: Caller) -> Result:
        """The form for a token, above the one that is being filled in; what was typed there comes along."""
        typed = views.read(press.place.fields)
        kept = {name: typed.get(name, "")[: rules.PURPOSE_LENGTH] for name in KEPT}
        kept["request"] = press.place.metadata
        return OpenModal(views.token_form(caller.locale, json.dumps(kept, ensure_ascii=False)))

    async def read_uid(self, form: Submission, caller: Caller) -> Result:
        """A token was sent: it is used for one look at whose it is, and dropped."""
        token, kept = SecretStr(views.read_token(form.fields)), _kept(form.metadata)
        request_id, again = kept.pop("request"), partial(views.form, signs_in=self._signs_in)

        async def look() -> View:
            try:
                account, proof = await self._accounts.read(caller.person, token)
            except CozeError as error:
                why = error_help(error.help, caller.locale).sentence(caller.locale)
                return again(caller.locale, kept, request_id=request_id, note=why)
            if proof is Proof.DISPUTED:
                why = disputed_text(caller.locale)
                return again(caller.locale, kept, request_id=request_id, note=why)
            read = {**kept, "coze_uid": account.user_id, "nick": kept["nick"] or account.nickname or account.name}
            return again(caller.locale, read, request_id=request_id, verified=True, mark=_mark())

        return RedrawModal(form.parent_view_id, look)

    async def open_edit(self, press: Press, caller: Caller) -> Result:
        """The form with what was written, while nobody has decided."""
        request = await self._join.load(caller.person.team_id, press.row)
        rules.check_owner(request, caller.person.user_id, *UNDECIDED)
        form = partial(views.form, signs_in=self._signs_in, verified=request.grade is Grade.PROVEN)
        return OpenModal(form(caller.locale, views.answers(request), request_id=str(request.id)))

    async def edit(self, form: Submission, caller: Caller) -> Result:
        """The changed form was sent."""
        answers = rules.read(**views.read(form.fields))
        await self._join.edit(caller.person, form.row, answers)
        return Ack()

    async def withdraw(self, press: Press, caller: Caller) -> Result:
        """The person takes it back."""
        await self._join.withdraw(caller.person, press.row)
        return Ack()

    async def nudge(self, press: Press, caller: Caller) -> Result:
        """The person reminds the admins."""
        await self._join.nudge(caller.person, press.row)
        return Ack()

    async def open_answer(self, press: Press, caller: Caller) -> Result:
        """The form for the answer to an admin's question."""
        request = await self._join.load(caller.person.team_id, press.row)
        rules.check_owner(request, caller.person.user_id, JoinState.INFO_REQUESTED)
        return OpenModal(views.answer_form(request, caller.locale))

    async def answer(self, form: Submission, caller: Caller) -> Result:
        """The answer was sent."""
        await self._join.answer(caller.person, form.row, views.read_answer(form.fields))
        return Ack()

    async def open_own(self, press: Press, caller: Caller) -> Result:
        """The only admin wants to let themselves in: Slack is asked first whether they are that."""
        team_id = caller.person.team_id
        request = await self._join.load(team_id, press.row)
        rules.check_owner(request, caller.person.user_id, *UNDECIDED)
        if not (await self._alone.instead(request)).themself:
            raise OwnRequest

        async def look() -> View:
            asked = await self._alone.asked(team_id, request.id)
            return alone.own_form(asked, caller.locale) if asked.alone_at else alone.not_alone(caller.locale)

        return OpenModal(alone.asking(caller.locale), look)

    async def approve_own(self, form: Submission, caller: Caller) -> Result:
        """They have, with a reason."""
        await self._join.approve_own(caller.person, form.row, reason_in(form), form.version)
        return Ack()

    async def open_fix(self, press: Press, caller: Caller) -> Result:
        """The form for another account than the approved one."""
        request = await self._join.load(caller.person.team_id, press.row)
        rules.check_owner(request, caller.person.user_id, JoinState.APPROVED, JoinState.INVITED)
        return OpenModal(views.fix_form(request, caller.locale))

    async def fix(self, form: Submission, caller: Caller) -> Result:
        """Another account was named; an admin decides about it."""
        await self._invitations.fix(caller.person, form.row, views.read(form.fields).get("coze_uid", ""))
        return Ack()


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
