"""Tokens in Slack: recording one, its reminders, and checking one once."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.clock import Clock
from bot.core import credential as rules
from bot.core.credential import Credential, CredentialState
from bot.core.remind import ENDED
from bot.core.secret_store import Kind
from bot.coze.errors import MissingPermission
from bot.coze.secret import Secret
from bot.services.credential import Credentials
from bot.services.remind import rungs_of
from bot.services.secret_store import SecretStore
from bot.services.token_checker import EXCHANGE, Refused, TokenChecker
from bot.slack import words
from bot.slack.pasted import kind_of
from bot.slack.requests import Command, Press, Submission
from bot.slack.router import Access, Ack, Caller, Drawing, Ephemeral, OpenModal, Owner, Result, Router
from bot.slack.views import credential as views
from bot.slack.views import secret_store as secret_views
from bot.slack.views.guide import token_check as check_views
from bot.slack.views.leak import mistaken
from bot.slack.views.parts import Card
from bot.store import message
from bot.store.database import Database
from bot.store.message import Message
from bot.texts import Locale


class CredentialHandlers:
    """What people see and press about tokens."""

    def __init__(
        self, db: Database, clock: Clock, credentials: Credentials, checker: TokenChecker, secret_store: SecretStore
    ) -> None:
        self._db, self._clock, self._credentials, self._checker = db, clock, credentials, checker
        self._secret_store = secret_store

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.command("remind", self.listing)
        router.command("check", self.open_check)
        router.form("check.run", self.check, secrets=("check.text",))
        router.press("credential.record", self.open_form, owner=Owner.OWN)
        router.form("credential.record", self.record, owner=Owner.OWN)
        router.press("credential.not_a_token", self.not_a_token, access=Access.ANYONE)
        router.press("remind.snooze", self.snooze, owner=Owner.OWN)
        router.press("remind.more", self.more, owner=Owner.OWN)
        router.renderer("credential", self.draw)

    async def listing(self, command: Command, caller: Caller) -> Result:
        """The tokens that are watched; with `add`, the form."""
        if words.is_add(command.text):
            return OpenModal(views.form(caller.locale, self._clock.now()))
        watched = await self._credentials.watched(caller.person)
        found = await self._secret_store.find(caller.person.team_id, caller.person.user_id)
        kept = [secret_views.kept(found, caller.locale)] if found else []
        offers = [] if found else self._offers(watched, caller.locale)
        return Ephemeral(views.listing(watched, caller.locale, self._clock.now(), kept, offers))

    def _offers(self, watched: Sequence[Credential], locale: Locale) -> list[ButtonElement]:
        """What may be kept: a token of which the end is known, a key."""
        some = any(each.state is CredentialState.ACTIVE for each in watched)
        kinds = [kind for kind in Kind if self._secret_store.offers(kind) and (some or kind is Kind.KEY)]
        return [secret_views.offer(kind, locale) for kind in kinds]

    async def open_form(self, press: Press, caller: Caller) -> Result:
        """The form for a new token; with a value, for the one that takes that one's place."""
        old = await self._credentials.load(caller.person, press.row) if press.value else None
        return OpenModal(views.form(caller.locale, self._clock.now(), old))

    async def record(self, form: Submission, caller: Caller) -> Result:
        """The form was sent."""
        record = rules.read(**views.read(form.fields), tz=caller.person.tz, now=self._clock.now())
        await self._credentials.record(caller.person, record, form.row if form.metadata else None)
        return Ack()

    async def snooze(self, press: Press, caller: Caller) -> Result:
        """Tomorrow again."""
        credential = await self._credentials.load(caller.person, press.row)
        rung = await self._credentials.snooze(caller.person, credential.id)
        return Ephemeral(views.snoozed(credential, rung.due_at, caller.locale))

    async def not_a_token(self, press: Press, caller: Caller) -> Result:
        """What looked like a secret was none."""
        return Ephemeral(mistaken(caller.locale))

    async def more(self, press: Press, caller: Caller) -> Result:
        """The menu of a reminder: `off:<id>`."""
        credential = await self._credentials.forget(caller.person, press.row)
        return Ephemeral(views.off(credential, caller.locale))

    async def open_check(self, command: Command, caller: Caller) -> Result:
        """The form for one check."""
        return OpenModal(check_views.form(caller.locale))

    async def check(self, form: Submission, caller: Caller) -> Result:
        """The form was sent: what it holds lives in memory until Coze has answered, and nowhere else."""
        filled = check_views.read(form.fields)
        text, kid, app_id = Secret(filled["text"]), filled["kid"] or None, filled["app_id"] or None
        kind = kind_of(text)

        async def ask() -> Card:
            if kind == "token":
                return await self._token(text, caller.locale)
            return await self._assertion(text, kid, app_id, caller.locale)

        return Ack(ask)

    async def _token(self, token: Secret, locale: Locale) -> Card:
        found = await self._checker.token(token)
        if isinstance(found, Refused):
            return _failed(found, locale)
        account = found.account.nickname or found.account.name
        return check_views.pat_ok(account, len(found.workspaces), locale, lists=found.lists, calls=found.calls)

    async def _assertion(self, text: Secret, kid: str | None, app_id: str | None, locale: Locale) -> Card:
        found = await self._checker.assertion(text, kid, app_id)
        if isinstance(found, Refused):
            return _failed(found, locale)
        if found.account is None:
            return check_views.lint(found.report, locale)
        account = found.account.nickname or found.account.name
        return check_views.assertion_ok(account, EXCHANGE, found.report.findings, locale)

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The receipt, or the reminder of one rung; only the newest reminder carries buttons."""
        team, now = copy.team_id, self._clock.now()
        credential = await self._credentials.find(team, int(copy.subject.partition(":")[2]))
        async with self._db.read() as conn:
            newest = await message.newest(conn, team, copy.subject, copy.recipient)
        rungs = [rung for rung in rungs_of(credential, locale.tz) if rung.due_at > now]
        is_open = credential.state is CredentialState.ACTIVE
        if copy.kind == message.CARD:
            before = [rung for rung in rungs if rung.key != ENDED]
            return Drawing(views.recorded(credential, before, locale, now), is_open)
        current = newest is not None and newest.id == copy.id
        next_rung = rungs[0] if rungs else None
        quiet_until = await self._credentials.quiet_until(credential)
        new_id = credential.superseded_by
        replaced_by = await self._credentials.find(team, new_id) if new_id else None
        card = views.notice(credential, copy.kind, locale, now, next_rung, current, replaced_by, quiet_until)
        return Drawing(card, is_open and current)


def _failed(found: Refused, locale: Locale) -> Card:
    error = found.error
    missing = {"key": error.key, "space": error.space} if isinstance(error, MissingPermission) else {}
    facts = {"code": error.code, "log_id": error.log_id, "calls": found.calls, **missing}
    return check_views.failed(error.help, locale, **facts)
