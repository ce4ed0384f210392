"""Publishing in Slack: pick, confirm, follow."""

import logging
import re
import unicodedata
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from bot.clock import Clock
from bot.core import report as report_rules
from bot.core.errors import NotFound, WrongState
from bot.core.limits import Costly
from bot.core.publish import BY_HAND, UNDER_WAY, Late, NoCredential, NotJoined, NotProven, PublicationState, UnderWay
from bot.coze.answers import Agent
from bot.coze.errors import CozeError
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
    Result,
    Router,
    Submission,
    UpdateModal,
    View,
)
from bot.slack.views import calls as calls_views
from bot.slack.views import publish as views
from bot.slack.views import publish_checks as checks
from bot.slack.views import publish_forms as forms
from bot.slack.views import publish_history as history
from bot.slack.views.guide import forms as guide_forms
from bot.slack.views.parts import quiet
from bot.slack.views.publish_forms import Wanted
from bot.slack.views.reviewed import announcement
from bot.slack.views.trial import ASKED
from bot.slack.views.unpublish import OWN
from bot.slack.words import options_in
from bot.store import message
from bot.store.message import Message
from bot.texts.locale import Locale

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
        checks: PublishChecks,
        calls: Calls,
        snapshots: Snapshots,
        *,
        desk: bool,
    ) -> None:
        self._clock, self._publish, self._calls = clock, publish, calls
        self._agents, self._checks, self._snapshots, self._desk = agents, checks, snapshots, desk

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        self._router = router
        router.command("publish", self.start, costs=Costly.CHECK)
        router.command("history", self.history, access=Access.ADMIN, fresh=True)
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
        return self._looking(caller, named, Wanted(only_look="check" in options, only_api="api" in options))

    def _looking(self, caller: Caller, named: str, wanted: Wanted) -> Result:
        """A form opens at once; what it offers is looked up on Coze meanwhile."""

        async def look_up() -> View:
            return await self._offer(caller, named, wanted)

        return OpenModal(forms.looking(caller.locale), look_up)

    async def _offer(self, caller: Caller, named: str, wanted: Wanted) -> View:
        who = caller.person
        try:
            agents = await self._agents.of(who.team_id, who.user_id)
        except NoCredential:
            return forms.cannot("no_credential", caller.locale, keep=self._agents.may_act_for_people)
        except NotProven:
            return forms.cannot("not_proven", caller.locale)
        except NotJoined:
            return forms.cannot("not_member", caller.locale)
        except CozeError as error:
            log.warning("agents not looked up: %s", error)
            return forms.cannot("failed", caller.locale, error.help, log_id=error.log_id)
        if not agents:
            return forms.cannot("no_agents", caller.locale)
        found = _named(agents, named)
        if len(found) == 1:
            return await self._checked(caller, found[0].id, "", wanted, own=agents)
        offered = [(agent.id, agent.name) for agent in found or agents]
        return forms.pick(offered, caller.locale, wanted, unknown="" if found else named)

    async def _checked(
        self, caller: Caller, agent_id: str, name: str, wanted: Wanted, *, own: Sequence[Agent] | None = None
    ) -> View:
        """What was looked at; where nothing is in the way, and more than a look is wanted, the confirmation."""
        who, locale, only_api = caller.person, caller.locale, wanted.only_api
        whose = who.team_id, who.user_id
        try:
            looked = await self._checks.look(
                *whose, agent_id, own=own, whatever_it_costs=wanted.only_look, only_api=only_api
            )
            called = looked.name or name
            if wanted.only_look or not looked.is_ready:
                place = (await self._agents.client(*whose)).workspace_id
                return checks.form(checks.Subject(agent_id, called, place, only_api), looked.found, locale)
            publication_id = await self._publish.draft(who, agent_id, called, only_api=only_api)
        except NoCredential:
            return forms.cannot("no_credential", locale, keep=self._agents.may_act_for_people)
        except UnderWay:
            return forms.cannot("under_way", locale)
        publication = await self._publish.load(who, publication_id)
        announces = wanted.announces if self._publish.announced_in else None
        return forms.confirm(publication, looked, locale, wanted.note, announces=announces)

    def _again(self, caller: Caller, agent_id: str, name: str, wanted: Wanted) -> Result:
        """All is looked at in the form that stands open."""

        async def look() -> View:
            return await self._checked(caller, agent_id, name, wanted)

        return UpdateModal(forms.looking(caller.locale), look)

    async def pick(self, form: Submission, caller: Caller) -> Result:
        """An agent was picked from the list that Coze gave."""
        agent_id, name = forms.read(form.fields)
        if not _AGENT_ID.fullmatch(agent_id):
            raise NotFound
        return self._again(caller, agent_id, name, forms.wanted(form.fields, form.metadata))

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
            wanted = Wanted(only_api=late.is_api_only, note=note, announces=announces)
            return self._again(caller, late.agent_id, late.agent_name, wanted)
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
            return self._looking(caller, publication.agent_id, Wanted(only_api=publication.is_api_only))
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


def _named(agents: list[Agent], text: str) -> list[Agent]:
    """The agents that may be meant: by its id, else by the whole name, else by a part of it; all without any words.

    How it is quoted, capitals and full-width letters make no difference.
    """
    wanted = _plain(text)
    exact = [agent for agent in agents if wanted in (agent.id, _plain(agent.name))]
    return exact or [agent for agent in agents if wanted in _plain(agent.name)]


def _plain(text: str) -> str:
    """A name as it is compared."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = [place for place, sign in enumerate(plain) if unicodedata.category(sign)[0] not in "PZ"]
    return plain[kept[0] : kept[-1] + 1] if kept else ""
