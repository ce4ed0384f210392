"""The guide's forms: what is pasted lives in memory until Coze has answered, and nowhere else.

An agent is made in up to three forms: a token; the workspace, where Coze lists several; the agent. The token is
needed first and last and stays where it was typed: Slack keeps what stands in an input of the same id while one form
takes another's place (docs.slack.dev/reference/views/modal-views). So we hold nothing between two of them: no
restart, other process or closed form loses or leaves anything; should the input come back empty, it is asked for once
more at its field, all other text in place. What people have us keep is of no use here: they agreed to publishing.
"""

import logging
from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.core import agent as agent_rules
from bot.core import credential as credential_rules
from bot.core import guide as rules
from bot.core.agent import Address, Draft, Space
from bot.core.errors import BotError, InvalidFields, NotFound, Problem, WrongState
from bot.core.guide import Check, Fact, Failed, Guide, Passed, Result
from bot.core.join import State as Join
from bot.core.people import Evidence, Person
from bot.coze.secret import Secret
from bot.logs import has_secret
from bot.services.guide import Guides
from bot.services.look import Calls
from bot.services.people import must_be_member
from bot.services.trial import Trial
from bot.services.vault import Vault
from bot.slack.pasted import kind_of, token_in
from bot.slack.table import Accept, Call, Open, Replace, Reply, Say, Table, View
from bot.slack.views import credential as credential_views
from bot.slack.views import guide_create, guide_start
from bot.slack.views import guide_forms as views
from bot.slack.views.guide_failed import sentence
from bot.slack.views.guide_parts import page_url
from bot.slack.views.parts import line
from bot.slack.words import PAGE

log = logging.getLogger(__name__)


class GuideForms:
    """What people fill in on their way."""

    def __init__(self, clock: Clock, guides: Guides, trial: Trial, vault: Vault) -> None:
        self._clock, self._guides = clock, guides
        self._trial, self._vault = trial, vault

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        table.action("guide.record", self.open_record)
        table.form("guide.record", self.record, credential_views.problem)
        table.action("guide.check", self.open_check)
        table.form("guide.check", self.check, views.problem)
        table.action("guide.account", self.open_account)
        table.form("guide.account", self.account, views.problem)
        table.action("guide.publish", self.open_publish)
        table.form("guide.publish", self.publish, views.problem)
        table.action("guide.paste", self.open_paste)
        table.command(PAGE, self.pasted)
        table.action("guide.take", self.open_pasted)
        table.form("guide.agent", self.agent, views.problem)
        table.form("guide.ids", self.ids, views.problem)
        table.form("guide.assertion", self.assertion, views.problem)
        table.action("guide.fix", self.open_fix)
        table.action("guide.create", self.open_create)
        table.form("guide.spaces", self.spaces, views.problem)
        table.form("guide.space", self.space, views.problem)
        table.form("guide.create", self.create, views.problem)

    async def open_record(self, call: Call) -> Reply:
        """The form for the token's end."""
        guide = await self._at(call)
        replaces = await self._guides.replaced(guide)
        return Open(views.record(call.reader, self._clock.now(), call.text, replaces))

    async def record(self, call: Call) -> Reply:
        """The form was sent."""
        filled = credential_views.read(call.values)
        record = credential_rules.read(**filled, tz=call.who.tz, now=self._clock.now())
        await self._guides.record(call.who, *rules.pressed(call.metadata), record, call.once)
        return Accept()

    async def open_check(self, call: Call) -> Reply:
        """The form for a token, to try it or to look up the agent with it."""
        guide = await self._at(call)
        if self._step(guide) is Check.TOKEN:
            text = call.reader.t("I ask Coze whose token it is, what it sees and what it may do: 3 calls at most.")
        else:
            text = call.reader.t("I look up whether the agent is on the API channel: 1 Coze call.")
        submit = call.reader.t("Check once")
        return Open(views.token(call.reader, "guide.check", call.text, line(text), submit))

    async def check(self, call: Call) -> Reply:
        """A token was sent."""
        guide, token = await self._sent(call)
        if self._step(guide) is Check.TOKEN:
            return await self._try(call, guide, lambda: self._trial.token(guide, token), "token")
        return await self._try(call, guide, lambda: self._trial.published(guide, token))

    async def open_account(self, call: Call) -> Reply:
        """The form for a token of the account that is in the team."""
        await self._at(call)
        return Open(views.account(call.reader, call.text))

    async def account(self, call: Call) -> Reply:
        """It was sent: the account that the token proves is looked for; without a token the person's word counts."""
        pasted, (guide_id, step_id) = Secret(views.read_token(call.values)), rules.pressed(call.metadata)
        if not pasted:
            await self._guides.insist(call.who, guide_id, step_id, call.once)
            return Accept()
        guide, token = await self._sent(call)
        await self._guides.asking(call.who, guide_id, step_id, call.once)

        async def ask() -> None:
            found = await self._trial.account(guide, token)
            if isinstance(found, Failed):
                await self._told(call.who, guide, found)
            else:
                await self._quietly(self._guides.proved(call.who, guide_id, step_id, found))

        return Accept(ask)

    async def open_publish(self, call: Call) -> Reply:
        """The form for the token that publishes, which says what happens."""
        guide = await self._at(call)
        if not guide.value("agent_id"):
            raise WrongState(guide.state)
        text = call.reader.t("Publish **{agent}** to API? It replaces the live version. 1 Coze call.")
        lead, submit = line(text, agent=guide.value("agent")), call.reader.t("Publish")
        if await self._vault.find(call.who.team_id, call.who.user_id):
            return Open(views.kept(call.reader, "guide.publish", call.text, lead, submit))
        return Open(views.token(call.reader, "guide.publish", call.text, lead, submit))

    async def publish(self, call: Call) -> Reply:
        """It was confirmed: with the token that came along, or with what the person has us keep for this."""
        pasted = Secret(views.read_token(call.values))
        guide = await self._guides.is_open(call.who, *rules.pressed(call.metadata))
        if not pasted and await self._vault.find(call.who.team_id, call.who.user_id):
            return await self._try(call, guide, lambda: self._trial.publish_kept(guide))
        token = token_in(pasted, "guide.token")
        return await self._try(call, guide, lambda: self._trial.publish(guide, token))

    async def open_paste(self, call: Call) -> Reply:
        """The form that the open step asks for."""
        guide = await self._at(call)
        match self._step(guide):
            case Check.AGENT:
                return Open(views.address(call.reader, guide, call.text))
            case Check.IDS:
                return Open(views.ids(call.reader, guide, call.text))
            case Check.ASSERTION:
                return Open(views.assertion(call.reader, call.text))
        raise WrongState(guide.state)

    async def pasted(self, call: Call) -> Reply:
        """An agent's address was written to us: the guide that waits for one takes it by a press."""
        must_be_member(call.who)
        opened = await self._guides.opened(call.who)
        places = ((each.id, rules.standing(self._guides.route(each), each)) for each in opened)
        waiting = next((f"{guide_id}:{step.id}" for guide_id, step in places if step.check is Check.AGENT), "")
        return Say(guide_start.pasted(call.reader, waiting, _page(call.text)))

    async def open_pasted(self, call: Call) -> Reply:
        """The form with the address that was written: `17:s1 <address>`."""
        value, _, address = call.text.partition(" ")
        guide = await self._guides.is_open(call.who, *rules.pressed(value))
        if self._step(guide) is not Check.AGENT:
            raise WrongState(guide.state)
        return Open(views.address(call.reader, guide, value, _page(address)))

    async def agent(self, call: Call) -> Reply:
        """The agent's address was sent."""
        address = agent_rules.read_address(**views.read_address(call.values))
        await self._guides.agent(call.who, *rules.pressed(call.metadata), address, call.once)
        return Accept()

    async def open_fix(self, call: Call) -> Reply:
        """The two values once more, from the step that tries them."""
        return Open(views.ids(call.reader, await self._at(call), call.text))

    async def ids(self, call: Call) -> Reply:
        """The two values were sent: at their own step they finish it, later they only change."""
        entered = views.read_ids(call.values)
        app_id, kid = agent_rules.read_ids(**entered)
        if has_secret(entered["kid"]):
            raise InvalidFields([Problem("guide.kid", "not_kid")])
        guide_id, step_id = rules.pressed(call.metadata)
        guide = await self._guides.is_open(call.who, guide_id, step_id)
        facts = {"app_id": Fact(app_id), "kid": Fact(kid), "endpoint": Fact(self._trial.endpoint)}
        here = self._step(guide) is Check.IDS
        result: Result = Passed(Evidence.CONFIRMED, facts) if here else rules.Shown(facts)
        await self._guides.settle(call.who, guide_id, step_id, result, call.once)
        return Accept()

    async def assertion(self, call: Call) -> Reply:
        """A signed assertion was sent."""
        text = Secret(views.read_assertion(call.values))
        if kind_of(text, "guide.assertion") != "assertion":
            raise InvalidFields([Problem("guide.assertion", "not_assertion")])
        guide = await self._guides.is_open(call.who, *rules.pressed(call.metadata))
        if unfit := self._trial.unfit(guide, text):
            await self._guides.settle(call.who, guide.id, guide.step, unfit, call.once)
            return Accept()
        return await self._try(call, guide, lambda: self._trial.assertion(guide, text), "assertion")

    async def open_create(self, call: Call) -> Reply:
        """The form for a new agent; first the one for a token, unless it is made with the bot's own credential."""
        guide = await self._at(call)
        if await self._is_ours(guide):
            return Open(guide_create.agent(call.reader, call.text, None))
        return Open(guide_create.token(call.reader, call.text))

    async def spaces(self, call: Call) -> Reply:
        """A token was sent: Coze tells the workspaces. One is taken, of several one is chosen."""
        guide, token = await self._sent(call)
        only = self._guides.workspace_id if self._guides.needs_ours(guide) else ""
        await self._guides.once(call.who, call.once)

        async def look() -> View:
            found = await self._trial.spaces(guide, token, only)
            if isinstance(found, Failed):
                await self._told(call.who, guide, found)
                return guide_create.token(call.reader, call.metadata, note=sentence(found.failure, call.reader))
            if len(found) == 1:
                return guide_create.agent(call.reader, call.metadata, found[0])
            return guide_create.spaces(call.reader, call.metadata, found)

        return Replace(guide_create.token(call.reader, call.metadata, asking=True), look)

    async def space(self, call: Call) -> Reply:
        """The workspace was chosen."""
        space = agent_rules.read_space(*guide_create.read_chosen(call.values))
        await self._sent(call)
        return Replace(guide_create.agent(call.reader, call.metadata, space))

    async def create(self, call: Call) -> Reply:
        """An agent is to be made: in the workspace that the form names with its token, else in ShargeAI with ours.

        Where Coze says no, the form comes back with what was written.
        """
        step, space = guide_create.read_about(call.metadata)
        draft = agent_rules.read_draft(**guide_create.read(call.values))
        token = token_in(Secret(views.read_token(call.values)), "guide.token") if space else None
        guide = await self._guides.is_open(call.who, *rules.pressed(step))
        if space is None and not await self._is_ours(guide):
            raise WrongState(guide.state)
        await self._guides.asking(call.who, guide.id, guide.step, call.once)

        async def make() -> View:
            made = await self._made(guide, draft, space, token)
            if isinstance(made, Failed):
                await self._told(call.who, guide, made)
                return guide_create.agent(call.reader, step, space, draft, sentence(made.failure, call.reader))
            await self._quietly(self._guides.made(call.who, guide.id, guide.step, made))
            return guide_create.made(call.reader, made)

        return Replace(guide_create.making(call.reader, draft), make)

    async def _made(self, guide: Guide, draft: Draft, space: Space | None, token: Secret | None) -> Address | Failed:
        if space and token:
            return await self._trial.create(guide, draft, space, token)
        return await self._trial.create_ours(guide, draft)

    async def _is_ours(self, guide: Guide) -> bool:
        """Whether it is made in ShargeAI: on the channel's route, by somebody who has joined."""
        sight = await self._guides.sight(guide.team_id, guide.id)
        joined = sight.request is not None and sight.request.state is Join.JOINED
        return self._guides.needs_ours(guide) and joined and self._guides.has_operator

    async def _sent(self, call: Call) -> tuple[Guide, Secret]:
        """The token of a form, and the guide that it is for."""
        token = token_in(Secret(views.read_token(call.values)), "guide.token")
        return await self._guides.is_open(call.who, *rules.pressed(call.metadata)), token

    async def _try(self, call: Call, guide: Guide, trial: Callable[[], Awaitable[Result]], what: Calls = "") -> Reply:
        """After the ack: ask Coze, then tell the guide."""
        await self._guides.asking(call.who, guide.id, guide.step, call.once, what)

        async def ask() -> None:
            await self._told(call.who, guide, await trial())

        return Accept(ask)

    async def _told(self, who: Person, guide: Guide, result: Result) -> None:
        await self._quietly(self._guides.settle(who, guide.id, guide.step, result))

    async def _quietly(self, saved: Awaitable[None]) -> None:
        """The person may have gone back or on meanwhile: then what came of it counts no more."""
        try:
            await saved
        except BotError as error:
            log.info("the guide has moved on: %s", type(error).__name__)

    async def _at(self, call: Call) -> Guide:
        return await self._guides.is_open(call.who, *rules.pressed(call.text))

    def _step(self, guide: Guide) -> Check:
        return rules.standing(self._guides.route(guide), guide).check


def _page(text: str) -> str:
    """The address of the agent's page that the text holds. Raises NotFound."""
    if found := agent_rules.find_page(text):
        return page_url(*found)
    raise NotFound
