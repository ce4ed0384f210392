"""Tokens in Slack: recording one, its reminders, checking one once, and keeping a secret or letting it go."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from pydantic import SecretStr
from slack_sdk.models.blocks import ButtonElement

from bot.clock import Clock, utc_now
from bot.core import credential as rules
from bot.core.credential import Credential, CredentialState, Lifetime
from bot.core.errors import InvalidFields, NotFound, Problem, TooOften
from bot.core.limits import Costly
from bot.core.orphan import KIND, LAST
from bot.core.remind import ENDED
from bot.core.secret_store import HANDED_OVER, Consent, Kind, LinkState
from bot.services.credential import Credentials
from bot.services.renewal import Renewals
from bot.services.secret_store import NotOffered, SecretStore, Useless
from bot.services.token_checker import EXCHANGE, Refused, TokenChecker
from bot.slack import words
from bot.slack.oauth_key import OauthKeyHandlers
from bot.slack.pasted import kind_of
from bot.slack.router import (
    Access,
    Ack,
    Caller,
    Command,
    Drawing,
    Ephemeral,
    OpenModal,
    Owner,
    Press,
    RedrawModal,
    Renderer,
    ReplaceMessage,
    Result,
    Router,
    Submission,
    UpdateModal,
    View,
    row_in,
)
from bot.slack.views import credential as views
from bot.slack.views import credential_form as forms
from bot.slack.views import parts
from bot.slack.views import secret_store as secret_views
from bot.slack.views import talk as talk_views
from bot.slack.views.guide import token_check as check_views
from bot.slack.views.guide.lint import lint
from bot.slack.views.leak import mistaken
from bot.slack.views.outgrow import Ways
from bot.slack.views.parts import Card
from bot.store import message
from bot.store.credential import id_in
from bot.store.database import Database
from bot.store.message import Message
from bot.texts.locale import Locale


class CredentialHandlers:
    """What people see and press about tokens."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        credentials: Credentials,
        checker: TokenChecker,
        secret_store: SecretStore,
        orphan: Renderer,
        notice: Renderer,
        outgrow: Callable[[Credential], Awaitable[Ways | None]],
        renewals: Renewals,
        keys: OauthKeyHandlers,
    ) -> None:
        self._db, self._clock, self._credentials, self._checker = db, clock, credentials, checker
        self._secret_store, self._orphan, self._notice, self._outgrow = secret_store, orphan, notice, outgrow
        self._renewals, self._keys = renewals, keys
        self._router = Router()

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        self._router = router
        router.command("remind", self.listing)
        router.command("check", self.open_check)
        router.form("check.run", self.check, secrets=("check.text",), costs=Costly.CHECK)
        router.press("credential.record", self.open_form, owner=Owner.OWN)
        router.form("credential.record", self.record, owner=Owner.OWN)
        router.press("credential.edit", self.open_correction, owner=Owner.OWN)
        router.press("credential.lifetime", self.choose_lifetime)
        router.press("credential.not_a_token", self.not_a_token, access=Access.ANYONE)
        router.press("remind.snooze", self.snooze, owner=Owner.OWN)
        router.press("remind.more", self.more, owner=Owner.OWN)
        router.press("remind.stop", self.stop)
        router.renderer("credential", self.draw)

    async def listing(self, command: Command, caller: Caller) -> Result:
        """The tokens that are watched; with `add`, the form."""
        if words.is_add(command.text):
            return OpenModal(forms.form(caller.locale, self._clock.now()))
        watched = await self._credentials.watched(caller.person)
        found = await self._secret_store.find(caller.person.team_id, caller.person.user_id)
        kept = [*([secret_views.kept(found, caller.locale)] if found else []), *await self._keys.rows(caller)]
        offers = [] if found else self._offers(watched, caller.locale)
        return Ephemeral(views.listing(watched, caller.locale, self._clock.now(), kept, offers))

    def _offers(self, watched: Sequence[Credential], locale: Locale) -> list[ButtonElement]:
        """What may be kept: a token of which the end is known, a key."""
        some = any(each.state is CredentialState.ACTIVE for each in watched)
        kinds = [kind for kind in HANDED_OVER if self._secret_store.offers(kind) and (some or kind is Kind.KEY)]
        return [secret_views.offer(kind, locale) for kind in kinds]

    async def open_form(self, press: Press, caller: Caller) -> Result:
        """The form for a new token; with a value, for the one that takes that one's place."""
        old = await self._credentials.load(caller.person, press.row) if press.value else None
        return OpenModal(forms.form(caller.locale, self._clock.now(), old))

    async def open_correction(self, press: Press, caller: Caller) -> Result:
        """The form for what was entered wrong. Raises NotFound, NotYours."""
        wrong = await self._credentials.load(caller.person, press.row)
        return OpenModal(forms.correction(caller.locale, self._clock.now(), wrong))

    async def record(self, form: Submission, caller: Caller) -> Result:
        """The form was sent."""
        now = self._clock.now()
        replaces, opened_at = forms.kept(form.metadata, now)
        if forms.wants_date(form.fields):  # it was sent before it could be redrawn
            old = await self._replaced(caller, replaces)
            return UpdateModal(forms.form(caller.locale, opened_at, old, dated=True))
        tz = caller.person.tz
        record = rules.read(**forms.read(form.fields, form.metadata, now), tz=tz, now=now)
        corrects = forms.corrects(form.fields)
        if replaces and corrects:
            record = rules.corrected(record, await self._credentials.load(caller.person, replaces), tz)
        await self._credentials.record(caller.person, record, replaces, corrects=corrects)
        return Ack()

    async def choose_lifetime(self, press: Press, caller: Caller) -> Result:
        """Another lifetime was picked in the form: with a date to be told, or without."""
        guide = forms.guide_of(press.place)
        replaces, opened_at = forms.kept(press.place.metadata, self._clock.now())
        old = await self._replaced(caller, replaces)
        dated = press.value == Lifetime.DATE

        async def draw() -> View:
            return forms.form(caller.locale, opened_at, old, dated=dated, guide=guide)

        return RedrawModal(press.target.modal_id, draw)

    async def _replaced(self, caller: Caller, credential_id: int | None) -> Credential | None:
        return await self._credentials.load(caller.person, credential_id) if credential_id else None

    async def snooze(self, press: Press, caller: Caller) -> Result:
        """All that the card tells tomorrow again; it says so. Raises NotFound for what no button of ours holds."""
        named = press.value.split(",")
        if len(named) > views.LISTED:
            raise NotFound
        await self._credentials.snooze(caller.person, *(row_in(each) for each in named))
        return Ack()

    async def not_a_token(self, _press: Press, caller: Caller) -> Result:
        """What looked like a secret was none."""
        return Ephemeral(mistaken(caller.locale))

    async def more(self, press: Press, caller: Caller) -> Result:
        """The menu of a token: `renew:<id>`, `edit:<id>`, `correct:<id>`, `backup:<id>`, `ways:<id>`, `off:<id>`.

        At Home the row that is gone says enough. Raises NotFound.
        """
        verb, _, rest = press.value.partition(":")
        routes = {
            "renew": "remind.renew",
            "edit": "credential.record",
            "correct": "credential.edit",
            "ways": "remind.ways",
            "backup": "backup.open",
        }
        if verb in routes:
            return await self._router.pass_on(routes[verb], replace(press, value=rest), caller)
        if verb != "off":
            raise NotFound
        credential = await self._credentials.forget(caller.person, press.row)
        return Ack() if press.at_home else Ephemeral(views.off(credential, caller.locale))

    async def stop(self, _press: Press, caller: Caller) -> Result:
        """No more reminders at all."""
        return ReplaceMessage(talk_views.stopped(await self._credentials.forget_all(caller.person), caller.locale))

    async def open_check(self, _command: Command, caller: Caller) -> Result:
        """The form for one check."""
        return OpenModal(check_views.form(caller.locale))

    async def check(self, form: Submission, caller: Caller) -> Result:
        """The form was sent: what it holds lives in memory until Coze has answered, and nowhere else."""
        filled = check_views.read(form.fields)
        text, kid, app_id = SecretStr(filled["text"]), filled["kid"] or None, filled["app_id"] or None
        kind = kind_of(text)
        if kind == "token":
            _refuse(check_views.of_assertion(form.fields), "assertion_only")

        async def ask() -> Card:
            if kind == "token":
                return await self._token(text, caller.locale)
            return await self._assertion(text, kid, app_id, caller.locale)

        return Ack(ask)

    async def _token(self, token: SecretStr, locale: Locale) -> Card:
        found = await self._checker.token(token)
        if isinstance(found, Refused):
            return check_views.refused(found, locale)
        account = found.account.nickname or found.account.name
        return check_views.pat_ok(account, len(found.workspaces), locale, lists=found.lists, calls=found.calls)

    async def _assertion(self, text: SecretStr, kid: str | None, app_id: str | None, locale: Locale) -> Card:
        found = await self._checker.assertion(text, kid, app_id)
        if isinstance(found, Refused):
            return check_views.refused(found, locale)
        if found.account is None:
            return lint(found.report, locale)
        account = found.account.nickname or found.account.name
        return check_views.assertion_ok(account, EXCHANGE, found.report.findings, locale)

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The receipt, or a reminder."""
        if copy.kind in (KIND, LAST):
            return await self._orphan(copy, locale)
        if copy.kind != message.CARD:
            return await self._notice(copy, locale)
        team, now = copy.team_id, self._clock.now()
        credential, quiet = await self._credentials.with_quiet_hours(team, id_in(copy.subject))
        if credential.is_key:
            return await self._keys.draw(copy, locale)
        async with self._db.read() as conn:
            told = await message.last_told(conn, team, copy.recipient, [copy.subject])
        ladder = self._credentials.rungs(credential, locale.tz, quiet)
        before = [rung for rung in ladder if rung.due_at > now and rung.key != ENDED]
        about = await self._outgrow(credential), await self._renewals.of(credential)
        successor = await self._credentials.successor(credential)
        card = views.recorded(credential, before, locale, now, *about, successor)
        return Drawing(parts.quiet(card) if told else card, credential.state is CredentialState.ACTIVE)


def _refuse(questions: Sequence[str], code: str) -> None:
    """Raises InvalidFields with this code at each of the questions, if there is any."""
    if questions:
        raise InvalidFields([Problem(question, code) for question in questions])


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
        router.press("credential.keep_anew", self.keep_anew)
        router.form("credential.keep", self.agree, secrets=("keep.token",), costs=Costly.SIGN_IN)
        router.press("credential.cancel_link", self.cancel, owner=Owner.OWN)
        router.press("credential.forget", self.forget, owner=Owner.OWN)
        router.renderer("link", self.draw)

    async def keep_token(self, _press: Press, caller: Caller) -> Result:
        """The agreement about a token."""
        return await self._agreement(caller, Kind.TOKEN)

    async def keep_key(self, _press: Press, caller: Caller) -> Result:
        """The agreement about a private key."""
        return await self._agreement(caller, Kind.KEY)

    async def keep_anew(self, _press: Press, caller: Caller) -> Result:
        """The agreement about what is kept already: it does not open any more."""
        found = await self._secret_store.find(caller.person.team_id, caller.person.user_id)
        return await self._agreement(caller, found.kind if found else Kind.TOKEN)

    async def _agreement(self, caller: Caller, kind: Kind) -> Result:
        """What would be kept, why, how long."""
        if not self._secret_store.offers(kind):
            raise NotOffered
        watched = await self._credentials.watched(caller.person) if kind is Kind.TOKEN else []
        active = [each for each in watched if each.state is CredentialState.ACTIVE]
        if kind is Kind.TOKEN and not active:
            return Ephemeral(secret_views.record_first(caller.locale))
        return OpenModal(
            secret_views.agreement(kind, active, has_pages=self._secret_store.has_pages, locale=caller.locale)
        )

    async def agree(self, form: Submission, caller: Caller) -> Result:
        """The person agreed: a page for it, or where there are no pages the token itself, checked after the ack."""
        kind, filled = _kind(form.metadata), secret_views.read(form.fields)
        consent = _wanted(kind, filled)
        try:
            if self._secret_store.has_pages:
                await self._secret_store.invite(caller.person, consent)
                return Ack()
        except TooOften:
            raise InvalidFields([Problem("keep.consent", "too_often")]) from None
        except NotOffered:
            raise InvalidFields([Problem("keep.consent", "not_offered")]) from None
        token = SecretStr(filled["token"])
        if not rules.is_whole(token.get_secret_value()):
            raise InvalidFields([Problem("keep.token", "help:E4")])
        recorded = await self._credentials.load(caller.person, consent.credential_id or 0)
        if not rules.is_it(recorded, token.get_secret_value()):
            raise InvalidFields([Problem("keep.token", "last4")])

        async def keep() -> Card:
            try:
                return secret_views.stored(
                    await self._secret_store.keep(caller.person, consent, token), caller.locale
                )
            except Useless as useless:
                return secret_views.useless(useless.problem, caller.locale)

        return Ack(keep)

    async def cancel(self, press: Press, caller: Caller) -> Result:
        """This link shall not work any more."""
        await self._secret_store.cancel(caller.person, press.row)
        return Ack()

    async def forget(self, press: Press, caller: Caller) -> Result:
        """Delete it now."""
        await self._secret_store.forget(caller.person, press.value)
        return Ephemeral(secret_views.forgotten(caller.locale))

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The link, or what became of it."""
        link = await self._secret_store.find_link(copy.team_id, int(copy.subject.partition(":")[2]))
        url = self._secret_store.address(link) if link.state is LinkState.OPEN else ""
        ends = self._clock.now() + (link.expires_at - utc_now())  # the page's ten minutes are real ones
        return Drawing(secret_views.page_link(link, url, ends, locale), is_open=bool(url))


def _kind(name: str) -> Kind:
    """What the agreement was about. Raises NotFound for what no form of ours holds."""
    if name not in HANDED_OVER:
        raise NotFound
    return Kind(name)


def _wanted(kind: Kind, filled: secret_views.Filled) -> Consent:
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
