"""Accounts in Slack: people show whose a Coze account is, admins ask them to, and decide where two have."""

import logging

from pydantic import SecretStr

from bot.core.account import DisputeState, Proof
from bot.core.join import OPEN, UNDECIDED, Request
from bot.core.limits import Costly
from bot.coze.errors import CozeError
from bot.services.join.accounts import Accounts
from bot.services.join.requests import Join
from bot.services.people import People
from bot.slack.pasted import token_in
from bot.slack.router import (
    Access,
    Ack,
    Caller,
    Drawing,
    OpenModal,
    Owner,
    Press,
    Result,
    Router,
    Submission,
    UpdateModal,
    View,
)
from bot.slack.views import account as views
from bot.slack.views.join import forms
from bot.store import message
from bot.store.message import Message
from bot.texts.locale import Locale, error_help

log = logging.getLogger(__name__)


class AccountHandlers:
    """What people see and press about whose an account is."""

    def __init__(self, accounts: Accounts, join: Join, people: People, admin_channel: str) -> None:
        self._accounts, self._join, self._people, self._admins = accounts, join, people, admin_channel

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.form("account.prove", self.prove, secrets=("account.token",), costs=Costly.SIGN_IN)
        router.press("account.keep", self.keep, access=Access.ADMIN, owner=Owner.ANY)
        router.press("account.move", self.move, access=Access.ADMIN, owner=Owner.ANY)
        router.renderer("account", self.draw)

    async def open_form(self, _press: Press, caller: Caller) -> Result:
        """The form for a token of the account."""
        return OpenModal(views.form(caller.locale))

    async def prove(self, form: Submission, caller: Caller) -> Result:
        """A token was sent: it is used for one look at whose it is, and dropped."""
        token, locale = token_in(SecretStr(views.read(form.fields)), "account.token"), caller.locale

        async def look() -> View:
            try:
                account, proof = await self._accounts.read(caller.person, token)
            except CozeError as error:
                log.info("account not shown: %s", error)
                return views.form(locale, error_help(error.help, locale).sentence(locale))
            if proof is Proof.DISPUTED:
                return views.disputed(locale)
            nick = account.nickname or account.name
            return following(await self._join.latest(caller.person), account.user_id, nick, locale)

        return UpdateModal(views.asking(locale), look)

    async def keep(self, press: Press, caller: Caller) -> Result:
        """It stays with who has shown it first."""
        return await self._decide(press, caller, DisputeState.KEPT)

    async def move(self, press: Press, caller: Caller) -> Result:
        """It belongs to who has shown it last."""
        return await self._decide(press, caller, DisputeState.MOVED)

    async def _decide(self, press: Press, caller: Caller, state: DisputeState) -> Result:
        await self._accounts.decide(caller.person, press.row, state)
        return Ack()

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The admins' card, or what one of the two reads."""
        dispute = await self._accounts.find(copy.team_id, int(copy.subject.partition(":")[2]))
        is_open = dispute.state is DisputeState.OPEN
        if copy.recipient != self._admins:
            decided = copy.kind != message.CARD
            return Drawing(views.party(dispute, copy.recipient, locale, decided=decided), is_open)
        names = await self._name(dispute.holder), await self._name(dispute.claimant)
        return Drawing(views.card(dispute, locale, names), is_open)

    async def _name(self, user_id: str) -> str:
        person = await self._people.known(user_id)
        return person.name if person else user_id


def following(request: Request | None, uid: str, nick: str, locale: Locale) -> View:
    """What is said once an account was shown; a request that names another one is offered it."""
    if request and names_another(request, uid):
        if request.state in UNDECIDED:
            filled = forms.answers(request) | {"coze_uid": uid}
            note = locale._("You verified another account than the one in your request. Save to use it.")
            return forms.form(locale, filled, request_id=str(request.id), verified=True, note=note)
        return forms.fix_form(request, locale, uid)
    return views.proven(locale, nick, uid)


def names_another(request: Request, uid: str) -> bool:
    """Whether the request stands for another account than this one, and could still be changed."""
    return request.state in OPEN and request.coze_uid not in ("", uid)
