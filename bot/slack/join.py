"""Join in Slack: asking, and what the person does until they have joined."""

import json
import logging
import secrets

from bot.core import join as rules
from bot.core.join import UNDECIDED, JoinState, Request
from bot.coze.errors import CozeError
from bot.coze.secret import Secret
from bot.services.join.invitations import Invitations
from bot.services.join.requests import AlreadyOpen, Join
from bot.slack.fields import MARK
from bot.slack.requests import Command, Press, Submission
from bot.slack.router import Ack, Caller, Ephemeral, OpenModal, Owner, Result, Router, UpdateParentModal, View
from bot.slack.views.join import forms as views
from bot.slack.views.join import mine as join_mine
from bot.slack.views.parts import Card
from bot.texts import Locale, error_help

log = logging.getLogger(__name__)

KEPT = ("nick", "purpose", "email")  # what was typed before a token is asked for


class JoinHandlers:
    """What members see and press about joining. `workspace_url` is the ShargeAI workspace's page on Coze."""

    def __init__(self, join: Join, invitations: Invitations, workspace_url: str) -> None:
        self._join, self._invitations, self._workspace_url = join, invitations, workspace_url

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.command("join", self.open_form)
        router.form("join.ask", self.ask)
        router.press("join.again", self.open_form)
        router.press("join.read_uid", self.open_token)
        router.form("join.read_uid", self.read_uid, secrets=("join.token",))
        router.press("join.edit", self.open_edit, owner=Owner.OWN)
        router.form("join.edit", self.edit, owner=Owner.OWN)
        router.press("join.withdraw", self.withdraw, owner=Owner.OWN)
        router.press("join.nudge", self.nudge, owner=Owner.OWN)
        router.press("join.answer", self.open_answer, owner=Owner.OWN)
        router.form("join.answer", self.answer, owner=Owner.OWN)
        router.press("join.fix", self.open_fix, owner=Owner.OWN)
        router.form("join.fix", self.fix, owner=Owner.OWN)
        router.press("join.accepted", self.accepted, owner=Owner.OWN)

    async def open_form(self, asked: Command | Press, caller: Caller) -> Result:
        """The form, or the request that is open already, or that they have joined."""
        last = await self._join.latest(caller.person)
        if last and last.state in rules.HOLDING:
            return Ephemeral(await self._mine(last, caller.locale))
        answers = _answers(last) if last else {}
        if caller.person.coze_uid:
            answers["coze_uid"] = caller.person.coze_uid
        return OpenModal(views.form(caller.locale, answers, verified=bool(caller.person.coze_uid)))

    async def ask(self, form: Submission, caller: Caller) -> Result:
        """The form was sent."""
        try:
            await self._join.ask(caller.person, rules.read(**views.read(form.fields)))
        except AlreadyOpen as error:
            return Ephemeral(await self._mine(error.request, caller.locale))
        return Ack()

    async def open_token(self, press: Press, caller: Caller) -> Result:
        """The form for a token, above the one that is being filled in; what was typed there comes along."""
        typed = views.read(press.place.fields)
        kept = {name: typed.get(name, "")[: rules.PURPOSE_LENGTH] for name in KEPT}
        kept["request"] = press.place.metadata
        return OpenModal(views.token_form(caller.locale, json.dumps(kept, ensure_ascii=False)))

    async def read_uid(self, form: Submission, caller: Caller) -> Result:
        """A token was sent: it is used for one look at whose it is, and dropped."""
        token, kept = Secret(views.read_token(form.fields)), _kept(form.metadata)
        request_id = kept.pop("request")

        async def look() -> View:
            try:
                account = await self._join.prove(caller.person, token)
            except CozeError as error:
                why = error_help(error.help, caller.locale).sentence(caller.locale)
                return views.form(caller.locale, kept, request_id=request_id, note=why)
            read = {**kept, "coze_uid": account.user_id, "nick": kept["nick"] or account.nickname or account.name}
            return views.form(caller.locale, read, request_id=request_id, verified=True, mark=_mark())

        return UpdateParentModal(form.parent_view_id, look)

    async def open_edit(self, press: Press, caller: Caller) -> Result:
        """The form with what was written, while nobody has decided."""
        request = await self._join.load(caller.person.team_id, press.row)
        rules.check_owner(request, caller.person.user_id, *UNDECIDED)
        verified = request.coze_uid == caller.person.coze_uid
        return OpenModal(views.form(caller.locale, _answers(request), request_id=str(request.id), verified=verified))

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

    async def open_fix(self, press: Press, caller: Caller) -> Result:
        """The form to correct the account id."""
        request = await self._join.load(caller.person.team_id, press.row)
        rules.check_owner(request, caller.person.user_id, JoinState.APPROVED)
        return OpenModal(views.fix_form(request, caller.locale))

    async def fix(self, form: Submission, caller: Caller) -> Result:
        """The account id was corrected."""
        await self._invitations.fix(caller.person, form.row, views.read(form.fields).get("coze_uid", ""))
        return Ack()

    async def accepted(self, press: Press, caller: Caller) -> Result:
        """The person says they accepted on Coze: if Coze does not list them yet, they are told."""
        request_id = press.row
        await self._invitations.accepted(caller.person, request_id)

        async def look() -> Card | None:
            try:
                return (
                    None
                    if await self._invitations.is_in(caller.person, request_id)
                    else join_mine.not_yet(caller.locale)
                )
            except CozeError as error:
                log.info("member list not read: %s", error)  # the watch goes on
                return None

        return Ack(look)

    async def _mine(self, request: Request, locale: Locale) -> Card:
        return join_mine.mine(
            request,
            locale,
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
