"""Signing in to Coze in Slack: a card in the DM, and the same above the form or the page in which it was begun."""

import re
import secrets
from dataclasses import replace

from bot.core import join as join_rules
from bot.core.errors import InvalidFields, NotFound, Problem, SlackRefused
from bot.core.limits import Costly
from bot.core.sign_in import OPEN, Purpose, SignIn, SignInState
from bot.services.job_runner import Done, Outcome
from bot.services.join.requests import Join
from bot.services.people import People
from bot.services.sign_in import IN_MODAL, SignIns
from bot.slack.account import AccountHandlers, following, names_another
from bot.slack.fields import MARK
from bot.slack.router import (
    Ack,
    Caller,
    Drawing,
    OpenModal,
    Owner,
    Press,
    RedrawModal,
    Result,
    Router,
    Submission,
    UpdateModal,
    View,
)
from bot.slack.send import Sender
from bot.slack.views import sign_in as views
from bot.slack.views.join import forms as join_forms
from bot.store import audit
from bot.store.database import Database
from bot.store.job import Job
from bot.store.message import Message
from bot.texts.locale import Locale

_ABOUT = re.compile(r"([a-z]+):([0-9]{0,18}(?::[A-Za-z0-9_-]{1,20})?)", re.ASCII)
KEPT = ("nick", "purpose", "email")  # what stands in the form that waits


class SignInHandlers:
    """What people see and press. Where there is no app to sign in to, `account` takes a token instead."""

    def __init__(
        self, db: Database, people: People, sender: Sender, sign_ins: SignIns, account: AccountHandlers, join: Join
    ) -> None:
        self._db, self._people, self._sender = db, people, sender
        self._sign_ins, self._account, self._join = sign_ins, account, join
        self.job_handlers = {IN_MODAL: self.redraw}

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("account.prove", self.prove, costs=Costly.SIGN_IN)
        router.press("account.by_token", self.by_token, owner=Owner.OWN)
        router.press("signin.start", self.start, costs=Costly.SIGN_IN)
        router.press("signin.cancel", self.cancel, owner=Owner.OWN)
        router.press("signin.confirm", self.confirm, owner=Owner.OWN)
        router.form("signin.confirm", self.answer, owner=Owner.OWN)
        router.press("signin.not_mine", self.not_mine, owner=Owner.OWN)
        router.press("signin.resume", self.resume, owner=Owner.OWN)
        router.press("signin.keep", self.open_keep, owner=Owner.OWN)
        router.form("signin.keep", self.keep, owner=Owner.OWN)
        router.press("signin.drop", self.drop, owner=Owner.OWN)
        router.renderer("sign_in", self.draw)
        router.renderer("sign_in_app", self.draw_refused)

    async def prove(self, press: Press, caller: Caller) -> Result:
        """Whoever is asked whose their account is: by signing in, or else by a token."""
        if not self._sign_ins.offered:
            return await self._account.open_form(press, caller)
        return await self.start(replace(press, value=f"{Purpose.ACCOUNT.value}:"), caller)

    async def by_token(self, press: Press, caller: Caller) -> Result:
        """They would rather show it by a token."""
        if (await self._sign_ins.load(caller.person, press.row)).state in OPEN:
            await self._sign_ins.cancel(caller.person, press.row)
        return await self._account.open_form(press, caller)

    async def start(self, press: Press, caller: Caller) -> Result:
        """Begin. In a form what was typed is kept for it; outside the DM the same is shown where the press was."""
        purpose, about = _about(press.value)
        outside = bool(press.target.modal_id) or press.place.outside_dm
        typed = _typed(press) if press.target.modal_id and purpose is Purpose.JOIN else {}
        sign_in = await self._sign_ins.start(caller.person, purpose, about, typed, in_modal=outside)
        if not outside:
            return Ack()

        async def look() -> View:
            return views.view(await self._sign_ins.find(sign_in.team_id, sign_in.id), caller.locale)

        return OpenModal(views.view(sign_in, caller.locale), look)

    async def cancel(self, press: Press, caller: Caller) -> Result:
        """They don't want to any more."""
        await self._sign_ins.cancel(caller.person, press.row)
        return Ack()

    async def confirm(self, press: Press, caller: Caller) -> Result:
        """The account is theirs."""
        await self._sign_ins.confirm(caller.person, press.row)
        return Ack()

    async def answer(self, form: Submission, caller: Caller) -> Result:
        """The same above a form, which is filled in; or it was said in the DM before."""
        sign_in = await self._sign_ins.load(caller.person, form.row)
        if sign_in.state is SignInState.SEEN:
            sign_in = await self._sign_ins.confirm(caller.person, form.row)
        if sign_in.state is not SignInState.DONE:
            return UpdateModal(views.view(sign_in, caller.locale))
        if sign_in.typed and form.parent_view_id:

            async def fill() -> View:
                return _filled(sign_in, (sign_in.typed or {}).get("request", ""), caller.locale)

            return RedrawModal(form.parent_view_id, fill)
        return UpdateModal(await self._following(sign_in, caller))

    async def _following(self, sign_in: SignIn, caller: Caller) -> View:
        """A request that names another account is offered this one; else the sign-in tells what came of it."""
        last, uid = await self._join.latest(caller.person), sign_in.coze_uid or ""
        if last and names_another(last, uid):
            return following(last, uid, sign_in.account or "", caller.locale)
        return views.view(sign_in, caller.locale)

    async def not_mine(self, press: Press, caller: Caller) -> Result:
        """Somebody else has signed in."""
        await self._sign_ins.not_mine(caller.person, press.row)
        return Ack()

    async def resume(self, press: Press, caller: Caller) -> Result:
        """On with the request for which the account was wanted: a new one, or one that names another account."""
        sign_in = await self._sign_ins.load(caller.person, press.row)
        last = await self._join.latest(caller.person)
        if last and last.state in join_rules.HOLDING:
            uid, nick = sign_in.coze_uid or "", sign_in.account or ""
            return OpenModal(following(last, uid, nick, caller.locale))
        return OpenModal(_filled(sign_in, "", caller.locale, last))

    async def open_keep(self, press: Press, caller: Caller) -> Result:
        """What staying signed in means."""
        return OpenModal(views.agreement(await self._sign_ins.load(caller.person, press.row), caller.locale))

    async def keep(self, form: Submission, caller: Caller) -> Result:
        """They agreed."""
        await self._sign_ins.load(caller.person, form.row)  # whose it is comes before what is ticked
        if not views.agreed(form.fields):
            raise InvalidFields([Problem("signin.consent", "not_agreed")])
        await self._sign_ins.keep(caller.person, form.row)
        return Ack()

    async def drop(self, press: Press, caller: Caller) -> Result:
        """They don't agree."""
        await self._sign_ins.drop(caller.person, press.row)
        return Ack()

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The card as the sign-in stands."""
        sign_in = await self._sign_ins.find(copy.team_id, int(copy.subject.partition(":")[2]))
        how = {"is_overtaken": await self._sign_ins.is_overtaken(sign_in), "leads_on": await self._leads_on(sign_in)}
        return Drawing(views.card(sign_in, locale, **how), sign_in.state in OPEN)

    async def _leads_on(self, sign_in: SignIn) -> bool:
        """Whether a request waits for the account, or stands for another one."""
        who = await self._people.known(sign_in.user_id)
        last = await self._join.latest(who) if who else None
        if last and last.state in join_rules.HOLDING:
            return names_another(last, sign_in.coze_uid or "")
        return sign_in.purpose is Purpose.JOIN

    async def draw_refused(self, copy: Message, locale: Locale) -> Drawing:
        """For the admins: the operator's app is refused."""
        return Drawing(views.app_refused(str((await self._newest(copy)).get("code", "")), locale), is_open=False)

    async def _newest(self, copy: Message) -> dict[str, object]:
        async with self._db.read() as conn:
            return (await audit.latest(conn, copy.team_id, copy.subject)).detail

    async def redraw(self, row: Job) -> Outcome:
        """Job: the sign-in has moved on, and it may be open in a form too."""
        sign_in = await self._sign_ins.find(row.team_id, int(row.subject.partition(":")[2]))
        if who := await self._people.known(sign_in.user_id):
            try:
                view = views.view(sign_in, self._people.locale(who))
                await self._sender.update_external(views.external_id(sign_in), view)
            except SlackRefused:
                pass  # closed meanwhile: the card in the DM tells
        return Done()


def _about(value: str) -> tuple[Purpose, str]:
    """What a button begins a sign-in for. Raises NotFound for what no button of ours holds."""
    found = _ABOUT.fullmatch(value)
    if found is None or found[1] not in set(Purpose):
        raise NotFound
    return Purpose(found[1]), found[2]


def _typed(press: Press) -> dict[str, str]:
    """What stands in the form in which the button was pressed, and which request it changes."""
    typed = join_forms.read(press.place.fields)
    kept = {name: typed.get(name, "")[: join_rules.PURPOSE_LENGTH] for name in KEPT}
    return {**kept, "request": press.place.metadata[:20]}


def _filled(sign_in: SignIn, request_id: str, locale: Locale, last: join_rules.Request | None = None) -> View:
    """The form of a request with the account that was shown, and with what was typed or stood in it before."""
    before = join_forms.answers(last) if last else {}
    typed = {**before, **{name: each for name, each in (sign_in.typed or {}).items() if name in KEPT and each}}
    answers = {**typed, "coze_uid": sign_in.coze_uid or "", "nick": typed.get("nick") or sign_in.account or ""}
    mark = f"{MARK}{secrets.token_hex(3)}"
    return join_forms.form(locale, answers, request_id=request_id, verified=True, mark=mark, signs_in=True)
