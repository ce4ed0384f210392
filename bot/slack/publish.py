"""Publishing in Slack: pick, confirm, follow."""

import logging
import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Literal

from bot.clock import Clock
from bot.core import report as report_rules
from bot.core.agent import find_page
from bot.core.errors import NotFound, WrongState
from bot.core.limits import Costly
from bot.core.publish import BY_HAND, UNDER_WAY, Late, NoCredential, NotJoined, NotProven, PublicationState, UnderWay
from bot.coze.errors import CozeError
from bot.services.agent_list import AgentLists
from bot.services.agents import Agents
from bot.services.announcing import ANNOUNCEMENT
from bot.services.calls import Calls
from bot.services.guide.snapshot import Snapshots
from bot.services.publish import Publish
from bot.services.publish_checks import PublishChecks
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
    Result,
    Router,
    Submission,
    Suggestion,
    Suggestions,
    UpdateModal,
    View,
)
from bot.slack.views import calls as calls_views
from bot.slack.views import publish as views
from bot.slack.views import publish_checks as checks
from bot.slack.views import publish_forms as forms
from bot.slack.views import publish_history as history
from bot.slack.views import publish_pick as picking
from bot.slack.views.guide import forms as guide_forms
from bot.slack.views.parts import quiet
from bot.slack.views.publish_pick import Wanted
from bot.slack.views.reviewed import announcement
from bot.slack.views.trial import ASKED
from bot.slack.views.unpublish import OWN
from bot.slack.words import options_in
from bot.store import message
from bot.store.message import Message
from bot.texts.locale import Locale

_NUMBER = re.compile(r"[0-9]{15,24}", re.ASCII)
"""What can't but be an agent's number; agents are called after years and weekdays too."""

_AGENT_ID = re.compile(r"[0-9]{1,24}", re.ASCII)

_ELSEWHERE = {"off": OWN, "try": ASKED}
"""Entries of the card's menu that are others' routes."""

log = logging.getLogger(__name__)


class PublishHandlers:
    """What people see and press about publishing."""

    def __init__(
        self,
        clock: Clock,
        publish: Publish,
        agents: Agents,
        lists: AgentLists,
        checks: PublishChecks,
        calls: Calls,
        snapshots: Snapshots,
        *,
        desk: bool,
    ) -> None:
        self._clock, self._publish, self._calls, self._lists = clock, publish, calls, lists
        self._agents, self._checks, self._snapshots, self._desk = agents, checks, snapshots, desk

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        self._router = router
        router.command("publish", self.start, costs=Costly.CHECK)
        router.command("history", self.history, access=Access.ADMIN, fresh=True)
        router.menu("publish.agent", self.offer_menu)
        router.press("publish.list", self.renew, fresh=True, costs=Costly.LOOK)
        router.form("publish.pick", self.pick, costs=Costly.CHECK)
        router.form("publish.ready", self.ready, costs=Costly.CHECK)
        router.form("publish.confirm", self.confirm, owner=Owner.OWN, costs=Costly.PUBLISH)
        router.press("publish.check", self.check, owner=Owner.OWN, costs=Costly.LOOK)
        router.press("publish.rejected", self.open_rejected, owner=Owner.OWN)
        router.form("publish.rejected", self.rejected, owner=Owner.OWN)
        router.press("publish.settle_done", self.settle_done, owner=Owner.OWN)
        router.press("publish.more", self.more, owner=Owner.OWN, costs=Costly.CHECK)
        router.renderer("publish", self.draw)

    async def start(self, command: Command, caller: Caller) -> Result:
        """The agent that the words name, or the choice. With `--check` it ends with what was looked at, with `--api`
        it goes to the API alone."""
        named, options = options_in(command.verb, command.text)
        return self._looking(caller, Wanted(named, "check" in options, "api" in options))

    def _looking(self, caller: Caller, wanted: Wanted) -> Result:
        """A form opens at once; what it offers is looked up on Coze meanwhile."""

        async def look_up() -> View:
            return await self._offer(caller, wanted)

        return OpenModal(forms.looking(caller.locale), look_up)

    async def _offer(self, caller: Caller, asked: Wanted) -> View:
        who, locale, named = caller.person, caller.locale, asked.typed
        try:
            await self._agents.client(who.team_id, who.user_id)
            await self._agents.account(who.team_id, who.user_id)
            offered = await self._lists.offered(who)
            meant = await self._lists.meant(who, named)
        except NoCredential:
            return forms.cannot("no_credential", locale, keep=self._agents.may_act_for_people)
        except NotProven:
            return forms.cannot("not_proven", locale)
        except NotJoined:
            return forms.cannot("not_member", locale)
        except CozeError as error:
            log.warning("agents not looked up: %s", error)
            return forms.cannot("failed", locale, error.help, log_id=error.log_id)
        if len(meant) == 1 or (not meant and (by_number := _number(named))):
            agent_id, name = (meant[0].agent_id, meant[0].name) if meant else (by_number, "")
            return await self._checked(caller, agent_id, name, asked)
        list_ = picking.Renewing(offered.state, offered.may_renew, offered.is_few, offered.is_under_way)
        if offered.state.listed_at is None and not offered.is_under_way:
            return picking.unlisted(asked, list_, locale)
        if not meant and not (await self._lists.search(who, "")).agents:
            return forms.cannot("no_agents", locale, "E18", *picking.about(list_, locale), metadata=asked.metadata)
        found: Literal["none", "several", ""] = "" if not named else "several" if meant else "none"
        return picking.pick(asked, list_, locale, found, all_=who.may_decide())

    async def offer_menu(self, asked: Suggestion, caller: Caller) -> Result:
        """The agents whose name holds what is typed; as long as nothing is, those that the command named."""
        named = picking.wanted(asked.metadata).typed
        found = await self._lists.search(caller.person, asked.text or named)
        if not found.agents and not asked.text:
            found = await self._lists.search(caller.person, "")
        owners = found.owners if caller.person.may_decide() else None
        return Suggestions(picking.options(found.agents, found.publications, owners, caller.locale))

    async def renew(self, press: Press, caller: Caller) -> Result:
        """The list is renewed, whatever it costs, and offered again."""
        asked = picking.wanted(press.place.metadata, press.place.fields)

        async def look_up() -> View:
            try:
                await self._lists.renew(caller.person)
            except CozeError as error:
                log.warning("agents not looked up: %s", error)
                return forms.cannot("failed", caller.locale, error.help, log_id=error.log_id)
            return await self._offer(caller, asked)

        return RedrawModal(press.target.modal_id, look_up)

    async def _checked(
        self, caller: Caller, agent_id: str, name: str, asked: Wanted, note: str = "", *, announces: bool = False
    ) -> View:
        """What was looked at; where nothing is in the way, and more than a look is wanted, the confirmation."""
        who, locale, only_api = caller.person, caller.locale, asked.only_api
        whose = who.team_id, who.user_id
        try:
            looked = await self._checks.look(*whose, agent_id, whatever_it_costs=asked.only_look, only_api=only_api)
            called = looked.name or name
            if asked.only_look or not looked.is_ready:
                place = (await self._agents.client(*whose)).workspace_id
                return checks.form(checks.Subject(agent_id, called, place, only_api), looked.found, locale)
            publication_id = await self._publish.draft(who, agent_id, called, only_api=only_api)
        except NoCredential:
            return forms.cannot("no_credential", locale, keep=self._agents.may_act_for_people)
        except UnderWay:
            return forms.cannot("under_way", locale)
        publication = await self._publish.load(who, publication_id)
        told = announces if self._publish.announced_in else None
        return forms.confirm(publication, looked, locale, note, announces=told)

    def _again(
        self, caller: Caller, agent_id: str, name: str, asked: Wanted, note: str = "", *, announces: bool = False
    ) -> Result:
        """All is looked at in the form that stands open."""

        async def look() -> View:
            return await self._checked(caller, agent_id, name, asked, note, announces=announces)

        return UpdateModal(forms.looking(caller.locale), look)

    async def pick(self, form: Submission, caller: Caller) -> Result:
        """An agent was picked from the menu."""
        agent_id, shown = picking.read(form.fields)
        if not _AGENT_ID.fullmatch(agent_id):
            raise NotFound
        listed = await self._lists.find(caller.person, agent_id)
        asked = picking.wanted(form.metadata, form.fields)
        return self._again(caller, agent_id, listed.name if listed else shown, asked)

    async def ready(self, form: Submission, caller: Caller) -> Result:
        """What was in the way may be mended: look again, and go on to the confirmation where it is."""
        about, _, name = form.metadata.partition(" ")
        agent_id = about.removesuffix(checks.API_ONLY)
        if not _AGENT_ID.fullmatch(agent_id):
            raise NotFound
        return self._again(caller, agent_id, name, Wanted(only_api=agent_id != about))

    async def confirm(self, form: Submission, caller: Caller) -> Result:
        """Publish it. What was looked at too long ago is looked at again, with the note and the tick as they were."""
        note, announces = forms.read_note(form.fields), forms.read_announces(form.fields)
        try:
            await self._publish.confirm(caller.person, form.row, note, announces=announces)
        except UnderWay:
            return UpdateModal(forms.cannot("under_way", caller.locale))
        except Late:
            late = await self._publish.load(caller.person, form.row)
            asked = Wanted(only_api=late.is_api_only)
            return self._again(caller, late.agent_id, late.agent_name, asked, note, announces=announces)
        return Ack()

    async def check(self, press: Press, caller: Caller) -> Result:
        """Look at the review now."""
        await self._publish.check(caller.person, press.row)
        found = await self._calls.usage()
        return Ephemeral(calls_views.used_up(found, caller.locale)) if found and found.stopped_at else Ack()

    async def open_rejected(self, press: Press, caller: Caller) -> Result:
        """The form for the reviewer's words."""
        publication = await self._publish.load(caller.person, press.row)
        if publication.state not in BY_HAND[PublicationState.REJECTED] or await self._publish.overtaken(publication):
            raise WrongState(publication.state)
        return OpenModal(forms.rejected_form(publication, caller.locale))

    async def rejected(self, form: Submission, caller: Caller) -> Result:
        """The person tells that it was rejected."""
        words = report_rules.read(guide_forms.read_words(form.fields), required=False)
        await self._publish.rejected(caller.person, form.row, words)
        return Ack()

    async def settle_done(self, press: Press, caller: Caller) -> Result:
        """The person found it online."""
        await self._publish.online(caller.person, press.row)
        return Ack()

    async def more(self, press: Press, caller: Caller) -> Result:
        """The card's menu: `verb:8`."""
        verb = press.value.partition(":")[0]
        if verb == "check":
            return await self.check(press, caller)
        if verb == "rejected":
            return await self.open_rejected(press, caller)
        if verb in _ELSEWHERE:
            return await self._router.pass_on(
                _ELSEWHERE[verb], replace(press, value=press.value.partition(":")[2]), caller
            )
        if verb == "history":
            return OpenModal(history.looking(caller.locale), self._of_agent(press, caller))
        if verb == "again":
            publication = await self._publish.load(caller.person, press.row)
            return self._looking(caller, Wanted(publication.agent_id, only_api=publication.is_api_only))
        raise NotFound

    async def history(self, command: Command, caller: Caller) -> Result:
        """For admins: what was published of the agents that are called so, or of all."""

        async def read() -> View:
            found = await self._publish.everybodys(caller.person.team_id, command.text.strip(), history.LISTED + 1)
            return history.form(found, caller.locale, by_agent=True)

        return OpenModal(history.looking(caller.locale), read)

    def _of_agent(self, press: Press, caller: Caller) -> Callable[[], Coroutine[Any, Any, View]]:
        async def read() -> View:
            found = await self._publish.history(caller.person, press.row, history.LISTED + 1)
            return history.form(found, caller.locale, by_agent=False)

        return read

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The live card, or the notice of how it ended; one line of each once the agent's next attempt has begun."""
        publication = await self._publish.find(copy.team_id, int(copy.subject.partition(":")[2]))
        if copy.kind == ANNOUNCEMENT:
            return Drawing(announcement(publication, locale), is_open=False)
        if await self._publish.overtaken(publication):
            return Drawing(views.overtaken(publication, locale), is_open=False)
        if copy.kind == message.CARD:
            rarely, is_open = await self._agents.looks_rarely(), publication.state in UNDER_WAY
            card = views.card(publication, locale, self._clock.now(), rarely=rarely, desk=self._desk)
            return Drawing(quiet(card) if await self._snapshots.is_history(publication) else card, is_open)
        return Drawing(views.notice(publication, locale), is_open=False)


def _number(named: str) -> str:
    """The agent whose number or address was typed, "" for none."""
    if found := find_page(named):
        return found.agent_id
    return named if _NUMBER.fullmatch(named) else ""
