"""Keeping a secret in Slack: the agreement, the link, and letting go."""

import re

from bot.clock import Clock, utc_now
from bot.core.credential import CredentialState
from bot.core.errors import InvalidFields, NotFound, Problem
from bot.core.secret_store import Consent, Kind, LinkState
from bot.coze.secret import Secret
from bot.services.credential import Credentials
from bot.services.secret_store import NotOffered, SecretStore, TooOften, Useless
from bot.slack.requests import Press, Submission, row_in
from bot.slack.router import Ack, Caller, Drawing, Ephemeral, OpenModal, Owner, Result, Router
from bot.slack.views import secret_store as views
from bot.slack.views.parts import Card
from bot.store.database import Database
from bot.store.message import Message
from bot.texts import Locale

_APP_ID = re.compile(r"[0-9]{1,20}")
_FINGERPRINT = re.compile(r"[A-Za-z0-9_-]{1,128}")


class SecretHandlers:
    """What people see and press about what is kept."""

    def __init__(self, db: Database, clock: Clock, secret_store: SecretStore, credentials: Credentials) -> None:
        self._db, self._clock, self._secret_store, self._credentials = db, clock, secret_store, credentials

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("credential.keep", self.keep_token)
        router.press("credential.keep_key", self.keep_key)
        router.form("credential.keep", self.agree, secrets=("keep.token",))
        router.press("credential.cancel_link", self.cancel, owner=Owner.OWN)
        router.press("credential.forget", self.forget, owner=Owner.OWN)
        router.renderer("link", self.draw)

    async def keep_token(self, press: Press, caller: Caller) -> Result:
        """The agreement about a token."""
        return await self._agreement(caller, Kind.TOKEN)

    async def keep_key(self, press: Press, caller: Caller) -> Result:
        """The agreement about a private key."""
        return await self._agreement(caller, Kind.KEY)

    async def _agreement(self, caller: Caller, kind: Kind) -> Result:
        """What would be kept, why, how long."""
        if not self._secret_store.offers(kind):
            raise NotOffered
        watched = await self._credentials.watched(caller.person) if kind is Kind.TOKEN else []
        active = [each for each in watched if each.state is CredentialState.ACTIVE]
        if kind is Kind.TOKEN and not active:
            return Ephemeral(views.record_first(caller.locale))
        return OpenModal(views.agreement(kind, active, self._secret_store.has_pages, caller.locale))

    async def agree(self, form: Submission, caller: Caller) -> Result:
        """The person agreed: a page for it, or where there are no pages the token itself, checked after the ack."""
        kind, filled = _kind(form.metadata), views.read(form.fields)
        consent = _wanted(kind, filled)
        try:
            if self._secret_store.has_pages:
                await self._secret_store.invite(caller.person, consent)
                return Ack()
        except TooOften:
            raise InvalidFields([Problem("keep.consent", "too_often")]) from None
        except NotOffered:
            raise InvalidFields([Problem("keep.consent", "not_offered")]) from None
        token = Secret(filled["token"])
        if not token or len(token.reveal().split()) != 1:
            raise InvalidFields([Problem("keep.token", "help:E4")])

        async def keep() -> Card:
            try:
                return views.stored(await self._secret_store.keep(caller.person, consent, token), caller.locale)
            except Useless as useless:
                return views.useless(useless.problem, caller.locale)

        return Ack(keep)

    async def cancel(self, press: Press, caller: Caller) -> Result:
        """This link shall not work any more."""
        await self._secret_store.cancel(caller.person, press.row)
        return Ack()

    async def forget(self, press: Press, caller: Caller) -> Result:
        """Delete it now."""
        await self._secret_store.forget(caller.person, press.value)
        return Ephemeral(views.forgotten(caller.locale))

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The link, or what became of it."""
        link = await self._secret_store.find_link(copy.team_id, int(copy.subject.partition(":")[2]))
        is_open = link.state is LinkState.OPEN
        ends = self._clock.now() + (link.expires_at - utc_now())  # the page's ten minutes are real ones
        url = self._secret_store.address(link) if is_open else ""
        return Drawing(views.page_link(link, url, ends, locale), is_open)


def _kind(name: str) -> Kind:
    """What the agreement was about. Raises NotFound for what no form of ours holds."""
    if name not in set(Kind):
        raise NotFound
    return Kind(name)


def _wanted(kind: Kind, filled: views.Filled) -> Consent:
    """What the person agreed to. Raises InvalidFields, NotFound."""
    problems = [] if filled["agreed"] else [Problem("keep.consent", "not_agreed")]
    if kind is Kind.KEY:
        if not _APP_ID.fullmatch(filled["app_id"]):
            problems.append(Problem("keep.app_id", "not_digits"))
        if not _FINGERPRINT.fullmatch(filled["fingerprint"]):
            problems.append(Problem("keep.fingerprint", "not_kid"))
    if problems:
        raise InvalidFields(problems)
    if kind is Kind.KEY:
        return Consent(kind, app_id=filled["app_id"], fingerprint=filled["fingerprint"])
    return Consent(kind, credential_id=row_in(filled["credential_id"]))
