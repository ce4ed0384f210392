"""Keeping a secret in Slack: the agreement, the link, and letting go."""

import re

from bot.clock import Clock, real
from bot.core.credential import State
from bot.core.errors import InvalidFields, Problem
from bot.core.vault import Kind, LinkState, Wanted
from bot.coze.secret import Secret
from bot.services.credential import Credentials
from bot.services.people import must_be_member
from bot.services.vault import NotOffered, TooOften, Useless, Vault
from bot.slack.table import Accept, Call, Drawing, Open, Reply, Say, Table
from bot.slack.views import vault as views
from bot.slack.views.parts import Card
from bot.store.database import Database
from bot.store.message import Message
from bot.texts import Reader

_APP_ID = re.compile(r"[0-9]{1,20}")
_FINGERPRINT = re.compile(r"[A-Za-z0-9_-]{1,128}")


class VaultDesk:
    """What people see and press about what is kept."""

    def __init__(self, db: Database, clock: Clock, vault: Vault, credentials: Credentials) -> None:
        self._db, self._clock, self._vault, self._credentials = db, clock, vault, credentials

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.action("credential.keep", self.keep_token)
        table.action("credential.keep_key", self.keep_key)
        table.form("credential.keep", self.agree, views.problem)
        table.action("credential.cancel_link", self.cancel, writes=True)
        table.action("credential.forget", self.forget, writes=True)
        table.drawer("link", self.draw)

    async def keep_token(self, call: Call) -> Reply:
        """The agreement about a token."""
        return await self._agreement(call, Kind.TOKEN)

    async def keep_key(self, call: Call) -> Reply:
        """The agreement about a private key."""
        return await self._agreement(call, Kind.KEY)

    async def _agreement(self, call: Call, kind: Kind) -> Reply:
        """What would be kept, why, how long."""
        must_be_member(call.who)
        if not self._vault.offers(kind):
            raise NotOffered
        watched = await self._credentials.watched(call.who) if kind is Kind.TOKEN else []
        active = [each for each in watched if each.state is State.ACTIVE]
        if kind is Kind.TOKEN and not active:
            return Say(views.record_first(call.reader))
        return Open(views.agreement(kind, active, self._vault.has_pages, call.reader))

    async def agree(self, call: Call) -> Reply:
        """The person agreed: a page for it, or where there are no pages the token itself, checked after the ack."""
        kind, filled = Kind(call.metadata), views.read(call.values)
        wanted = _wanted(kind, filled)
        try:
            if self._vault.has_pages:
                await self._vault.invite(call.who, wanted, call.once)
                return Accept()
        except TooOften:
            raise InvalidFields([Problem("keep.consent", "too_often")]) from None
        except NotOffered:
            raise InvalidFields([Problem("keep.consent", "not_offered")]) from None
        token = Secret(filled["token"])
        if not token or len(token.reveal().split()) != 1:
            raise InvalidFields([Problem("keep.token", "help:E4")])
        await self._db.once(call.who.team_id, call.once)

        async def keep() -> Card:
            try:
                return views.stored(await self._vault.keep(call.who, wanted, token), call.reader)
            except Useless as useless:
                return views.useless(useless.problem, call.reader)

        return Accept(keep)

    async def cancel(self, call: Call) -> Reply:
        """This link shall not work any more."""
        await self._vault.cancel(call.who, int(call.text), call.once)
        return Accept()

    async def forget(self, call: Call) -> Reply:
        """Delete it now."""
        await self._vault.forget(call.who, call.text, call.once)
        return Say(views.forgotten(call.reader))

    async def draw(self, copy: Message, reader: Reader) -> Drawing:
        """The link, or what became of it."""
        link = await self._vault.find_link(copy.team_id, int(copy.subject.partition(":")[2]))
        is_open = link.state is LinkState.OPEN
        ends = self._clock.now() + (link.expires_at - real())  # the page's ten minutes are real ones
        url = self._vault.address(link) if is_open else ""
        return Drawing(views.page_link(link, url, ends, reader), is_open)


def _wanted(kind: Kind, filled: views.Filled) -> Wanted:
    """What the person agreed to. Raises InvalidFields."""
    problems = [] if filled["agreed"] else [Problem("keep.consent", "not_agreed")]
    if kind is Kind.KEY:
        if not _APP_ID.fullmatch(filled["app_id"]):
            problems.append(Problem("keep.app_id", "not_digits"))
        if not _FINGERPRINT.fullmatch(filled["fingerprint"]):
            problems.append(Problem("keep.fingerprint", "not_kid"))
    if problems:
        raise InvalidFields(problems)
    if kind is Kind.KEY:
        return Wanted(kind, app_id=filled["app_id"], fingerprint=filled["fingerprint"])
    return Wanted(kind, credential_id=int(filled["credential_id"]))
