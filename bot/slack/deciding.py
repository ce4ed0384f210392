"""Deciding in Slack: what admins see and press about requests to join."""

from bot.clock import Clock
from bot.core import join as rules
from bot.core.errors import NotAdmin
from bot.core.join import Request
from bot.services.guide.snapshot import Snapshots
from bot.services.join.accounts import Accounts
from bot.services.join.alone import Alone
from bot.services.join.membership import Invitations
from bot.services.join.requests import OWN, Join
from bot.services.join.taking_back import ARRIVED, TakingBack
from bot.services.people import People
from bot.slack.handing import HandingOn
from bot.slack.leaving import LeavingHandlers, reason_in
from bot.slack.links import Links
from bot.slack.router import (
    Access,
    Ack,
    Caller,
    Drawing,
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
from bot.slack.views import answers
from bot.slack.views.join import admin as join_admin
from bot.slack.views.join import approving, taking_back, thread
from bot.slack.views.join import forms as views
from bot.slack.views.join import mine as join_mine
from bot.slack.views.join.alone import own_notice
from bot.slack.views.join.thread import Stage
from bot.slack.views.parts import Card, quiet
from bot.slack.views.talk import told_notice
from bot.store import message
from bot.store.message import Message
from bot.texts.locale import Locale

STAGES: tuple[Stage, ...] = ("w1", "w2", "backup", "alone")


class DecisionHandlers:
    """What admins see and press about requests. `workspace_url` is the ShargeAI workspace's page on Coze."""

    def __init__(
        self,
        clock: Clock,
        people: People,
        join: Join,
        accounts: Accounts,
        invitations: Invitations,
        leaving: LeavingHandlers,
        handing: HandingOn,
        undoing: TakingBack,
        alone: Alone,
        snapshots: Snapshots,
        links: Links,
        workspace_url: str,
    ) -> None:
        self._clock, self._people, self._accounts = clock, people, accounts
        self._leaving, self._handing, self._taking_back, self._alone = leaving, handing, undoing, alone
        self._join, self._invitations, self._workspace_url = join, invitations, workspace_url
        self._snapshots, self._links = snapshots, links

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("join.show", self.show, fresh=True, owner=Owner.ANY)
        router.press("join.approve", self.approve, access=Access.DECIDER, owner=Owner.ANY)
        router.form("join.approve", self.approve_noting, access=Access.DECIDER, owner=Owner.ANY, precheck=_note)
        router.press("join.question", self.open_question, access=Access.DECIDER, owner=Owner.ANY)
        router.form("join.question", self.question, access=Access.DECIDER, owner=Owner.ANY, precheck=_question)
        router.press("join.decline", self.open_decline, access=Access.DECIDER, owner=Owner.ANY)
        router.form("join.decline", self.decline, access=Access.DECIDER, owner=Owner.ANY, precheck=reason_in)
        router.press("join.ask_proof", self.ask_proof, access=Access.DECIDER, owner=Owner.ANY)
        router.press("join.more", self.more, access=Access.DECIDER, owner=Owner.ANY)
        router.form("join.assign", self.assign, access=Access.ADMIN, owner=Owner.ANY, named="join.assignee")
        router.form("join.undo", self.undo, access=Access.DECIDER, owner=Owner.ANY, precheck=reason_in)
        router.press("join.resend", self.resend, access=Access.ADMIN, owner=Owner.ANY)
        router.press("join.invited", self.invited, access=Access.ADMIN, owner=Owner.ANY)
        router.renderer("join", self.draw)

    async def show(self, press: Press, caller: Caller) -> Result:
        """The card, for this person alone: an admin's, or the requester's own."""
        request = await self._join.load(caller.person.team_id, press.row)
        if request.user_id == caller.person.user_id:
            return Ephemeral(await self._mine(request, caller.locale))
        if not rules.may_decide(request, caller.person):
            raise NotAdmin
        return Ephemeral(await self._card(request, caller.locale))

    async def approve(self, press: Press, caller: Caller) -> Result:
        """An admin lets them in."""
        await self._join.approve(caller.person, press.row, press.version)
        return await self._decided(press, caller)

    async def approve_noting(self, form: Submission, caller: Caller) -> Result:
        """The same, with words for the person."""
        await self._join.approve(caller.person, form.row, form.version, _note(form))
        return await self._decided(form, caller)

    async def open_question(self, press: Press, caller: Caller) -> Result:
        """The form for a question; whether it may be sent is decided when it is."""
        return OpenModal(views.question_form(await self._decidable(press, caller), caller.locale))

    async def question(self, form: Submission, caller: Caller) -> Result:
        """An admin asks the person."""
        await self._join.question(caller.person, form.row, _question(form))
        return await self._decided(form, caller)

    async def open_decline(self, press: Press, caller: Caller) -> Result:
        """The form for the reason; whether it may be sent is decided when it is."""
        return OpenModal(views.decline_form(await self._decidable(press, caller), caller.locale))

    async def decline(self, form: Submission, caller: Caller) -> Result:
        """An admin declines, with a reason."""
        await self._join.decline(caller.person, form.row, reason_in(form))
        return await self._decided(form, caller)

    async def ask_proof(self, press: Press, caller: Caller) -> Result:
        """An admin asks the person to show whose the account is."""
        await self._accounts.ask(caller.person, press.row)
        return await self._decided(press, caller)

    async def more(self, press: Press, caller: Caller) -> Result:
        """The menu of a card: `verb:<id>`."""
        verb = press.value.partition(":")[0]
        if verb == "remove":
            return self._leaving.open_form(caller, await self._join.load(caller.person.team_id, press.row))
        if verb == "prove":
            return await self.ask_proof(press, caller)
        if verb == "undo":
            request = await self._join.load(caller.person.team_id, press.row)
            rules.check_taking_back(request, caller.person)
            return OpenModal(taking_back.undo_form(request, caller.locale))
        if verb == "question":
            return await self.open_question(press, caller)
        if verb == "back" and await self._handing.back(caller, press.row):
            return await self._decided(press, caller)
        if verb == "note":
            return OpenModal(approving.note_form(await self._approvable(press, caller), caller.locale))
        return await self._handing.open_form(caller, await self._decidable(press, caller))

    async def assign(self, form: Submission, caller: Caller) -> Result:
        """Handed on to a named admin."""
        await self._handing.assign(form, caller)
        return await self._decided(form, caller)

    async def undo(self, form: Submission, caller: Caller) -> Result:
        """An admin takes the approval back, with a reason."""
        await self._taking_back.take_back(caller.person, form.row, reason_in(form))
        return await self._decided(form, caller)

    async def resend(self, press: Press, caller: Caller) -> Result:
        """An admin has it sent again."""
        await self._invitations.resend(caller.person, press.row)
        return await self._decided(press, caller)

    async def invited(self, press: Press, caller: Caller) -> Result:
        """An admin invited them by hand."""
        await self._invitations.invited(caller.person, press.row)
        return await self._decided(press, caller)

    async def _decidable(self, press: Press, caller: Caller) -> Request:
        request = await self._join.load(caller.person.team_id, press.row)
        rules.check_decision(request, caller.person)
        return request

    async def _approvable(self, press: Press, caller: Caller) -> Request:
        request = await self._join.load(caller.person.team_id, press.row)
        rules.check_approval(request, caller.person, press.version)
        return request

    async def _decided(self, asked: Press | Submission, caller: Caller) -> Result:
        """Rows draw the cards that others see; one that only this person sees is redrawn where it stands.

        A button stands in the card itself, a form lies above it.
        """
        team_id, request_id = caller.person.team_id, asked.row
        if isinstance(asked, Press):
            if not asked.place.only_theirs:
                return Ack()
            return ReplaceMessage(await self._card(await self._join.load(team_id, request_id), caller.locale))
        if not asked.parent_view_id:
            return Ack()

        async def look() -> View:
            card = await self._card(await self._join.load(team_id, request_id), caller.locale)
            return answers.in_modal(card, caller.locale)

        return RedrawModal(asked.parent_view_id, look)

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The admins' card and notices, the person's card and notices, or a line of the thread."""
        request = await self._join.load(copy.team_id, int(copy.subject.partition(":")[2]))
        is_open = request.state in rules.OPEN
        if copy.thread is not None:
            return Drawing(thread.history(await self._join.line(copy), request, locale), is_open=False)
        if copy.recipient != request.user_id:
            if copy.kind == message.CARD:
                return Drawing(await self._card(request, locale, copy.recipient), is_open)
            card = self._notice(request, copy.kind, await self._links.to(copy), locale)
            return Drawing(card, is_open=False)
        if copy.kind == message.CARD:
            card = await self._mine(request, locale)
            return Drawing(quiet(card) if await self._snapshots.is_history(request) else card, is_open)
        if copy.kind.startswith("m") and copy.kind[1:].isdigit():
            deed = await self._join.line(copy)
            return Drawing(told_notice(deed.actor or "", str(deed.detail.get("words") or ""), locale), is_open=False)
        return Drawing(join_mine.notice(request, locale), is_open=False)

    def _notice(self, request: Request, kind: str, place: str, locale: Locale) -> Card:
        """What rings in the admin channel; the card stands at `place`."""
        name = kind.partition("-")[0]
        if name == "changed":
            return thread.changed_notice(request, locale, kind, place)
        if name == OWN:
            return own_notice(request, locale)
        if name == ARRIVED:
            return taking_back.arrived_notice(request, locale, place)
        stage = next((each for each in STAGES if each == name), None)
        if stage is None:
            return thread.nudge_notice(request, locale, place)
        agreed = self._join.agreed(request)
        return thread.waiting_notice(request, locale, stage, self._clock.now(), agreed, place)

    async def _mine(self, request: Request, locale: Locale) -> Card:
        may_nudge, agreed = self._join.may_nudge(request), self._join.agreed(request)
        rarely, url = await self._invitations.looks_rarely(), self._workspace_url
        instead = await self._alone.instead(request)
        late = request.watch_until is not None and self._clock.now() >= request.watch_until
        how = {"may_nudge": may_nudge, "rarely": rarely, "late": late}
        return join_mine.mine(request, locale, url, agreed=agreed, instead=instead, **how)

    async def _card(self, request: Request, locale: Locale, reader: str = "") -> Card:
        """The admins' card; `reader` is whose copy it is, where it is one person's."""
        return join_admin.card(
            request,
            locale,
            self._workspace_url,
            earlier=await self._join.earlier(request),
            agreed=self._join.agreed(request),
            now=self._clock.now(),
            rarely=await self._invitations.looks_rarely(),
            handed_on=await self._join.handed_on(request),
            instead=await self._alone.instead(request),
            is_theirs=bool(reader) and reader == request.assignee,
        )


def _note(form: Submission) -> str:
    return rules.read_own_note(approving.read(form.fields))


def _question(form: Submission) -> str:
    return rules.read_words("question", views.read_question(form.fields))
