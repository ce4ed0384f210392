"""Publishing in Slack: pick, confirm, follow."""

import logging
from dataclasses import replace

from bot.clock import Clock
from bot.core import report as report_rules
from bot.core.errors import NotFound, Problem, WrongState
from bot.core.publish import BY_HAND, UNDER_WAY, State
from bot.coze.answers import Agent
from bot.coze.errors import CozeError
from bot.logs import has_secret
from bot.services.people import must_be_member
from bot.services.publish import NoCredential, NotJoined, Publish, UnderWay
from bot.slack.table import Accept, Call, Drawing, Open, Replace, Reply, Table, View
from bot.slack.views import guide_forms
from bot.slack.views import publish as views
from bot.store import message
from bot.store.message import Message
from bot.texts import Reader

log = logging.getLogger(__name__)


class PublishDesk:
    """What people see and press about publishing."""

    def __init__(self, clock: Clock, publish: Publish) -> None:
        self._clock, self._publish = clock, publish

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.command("publish", self.start)
        table.form("publish.pick", self.pick, _objection)
        table.form("publish.confirm", self.confirm, _objection)
        table.action("publish.check", self.check, writes=True)
        table.action("publish.rejected", self.open_rejected)
        table.form("publish.rejected", self.rejected, guide_forms.problem)
        table.action("publish.settle_done", self.settle_done, writes=True)
        table.action("publish.more", self.more, writes=True)
        table.drawer("publish", self.draw)

    async def start(self, call: Call) -> Reply:
        """A form opens at once; what it offers is looked up on Coze meanwhile."""
        must_be_member(call.who)

        async def look_up() -> View:
            return await self._offer(call)

        return Open(views.looking(call.reader), look_up)

    async def _offer(self, call: Call) -> View:
        try:
            agents = await self._publish.agents(call.who)
        except NoCredential:
            return views.cannot("no_credential", call.reader, keep=self._publish.may_act_for_people)
        except NotJoined:
            return views.cannot("not_member", call.reader)
        except CozeError as error:
            log.warning("agents not looked up: %s", error)
            return views.cannot("failed", call.reader, error.help, log_id=error.log_id)
        if not agents:
            return views.cannot("no_agents", call.reader)
        wanted = _named(agents, call.text)
        if wanted is None:
            return views.pick([(agent.id, agent.name) for agent in agents], call.reader)
        return await self._confirmation(call, wanted.id, wanted.name)

    async def _confirmation(self, call: Call, agent_id: str, name: str, once: str = "") -> View:
        try:
            publication_id = await self._publish.draft(call.who, agent_id, name, once)
        except UnderWay:
            return views.cannot("under_way", call.reader)
        return views.confirm(await self._publish.load(call.who, publication_id), call.reader)

    async def pick(self, call: Call) -> Reply:
        """An agent was picked from the list that Coze gave."""
        agent_id, name = views.read(call.values)
        return Replace(await self._confirmation(call, agent_id, name, call.once))

    async def confirm(self, call: Call) -> Reply:
        """Publish it."""
        try:
            await self._publish.confirm(call.who, call.row, call.once)
        except UnderWay:
            return Replace(views.cannot("under_way", call.reader))
        return Accept()

    async def check(self, call: Call) -> Reply:
        """Look at the review now."""
        await self._publish.check(call.who, call.row, call.once)
        return Accept()

    async def open_rejected(self, call: Call) -> Reply:
        """The form for the reviewer's words."""
        publication = await self._publish.load(call.who, call.row)
        if publication.state not in BY_HAND[State.REJECTED] or await self._publish.overtaken(publication):
            raise WrongState(publication.state)
        return Open(views.rejected_form(publication, call.reader))

    async def rejected(self, call: Call) -> Reply:
        """The person tells that it was rejected."""
        written = guide_forms.read_words(call.values)
        words = report_rules.read(written, required=False, secret=has_secret(written))
        await self._publish.rejected(call.who, call.row, words, call.once)
        return Accept()

    async def settle_done(self, call: Call) -> Reply:
        """The person found it online."""
        await self._publish.online(call.who, call.row, call.once)
        return Accept()

    async def more(self, call: Call) -> Reply:
        """The card's menu: `verb:8`."""
        verb = call.text.partition(":")[0]
        if verb == "check":
            return await self.check(call)
        await self._publish.once(call.who, call.once)
        if verb == "rejected":
            return await self.open_rejected(call)
        if verb == "again":
            publication = await self._publish.load(call.who, call.row)
            return await self.start(replace(call, text=publication.agent_id))
        raise NotFound

    async def draw(self, copy: Message, reader: Reader) -> Drawing:
        """The live card, or the notice of how it ended; one line of each once the agent's next attempt has begun."""
        publication = await self._publish.find(copy.team_id, int(copy.subject.partition(":")[2]))
        if await self._publish.overtaken(publication):
            return Drawing(views.overtaken(publication, reader), False)
        if copy.slot == message.CARD:
            return Drawing(views.card(publication, reader, self._clock.now()), publication.state in UNDER_WAY)
        return Drawing(views.notice(publication, reader, copy.slot), False)


def _objection(problem: Problem, reader: Reader) -> str:
    """These forms have nothing to type: Slack itself sees that an agent is picked."""
    return problem.code


def _named(agents: list[Agent], text: str) -> Agent | None:
    """The agent that was meant, if the words leave no doubt: its id, its whole name, or the only one there is."""
    wanted = text.strip().casefold()
    if not wanted:
        return agents[0] if len(agents) == 1 else None
    exact = [agent for agent in agents if wanted in (agent.id, agent.name.casefold())]
    near = exact or [agent for agent in agents if wanted in agent.name.casefold()]
    return near[0] if len(near) == 1 else None
