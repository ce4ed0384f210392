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
from bot.core.guide import Check, Fact, Failed, Guide, Passed
from bot.core.guide import Result as StepResult
from bot.core.join import State as Join
from bot.core.people import Evidence, Person
from bot.coze.secret import Secret
from bot.services.guide import Guides
from bot.services.look import Calls
from bot.services.trial import Trial
from bot.services.vault import Vault
from bot.slack.pasted import kind_of, token_in
from bot.slack.requests import Command, Press, Submission
from bot.slack.results import Ack, Ephemeral, OpenModal, Result, UpdateModal, View
from bot.slack.router import Caller, Owner, Router
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

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("guide.record", self.open_record, owner=Owner.OWN)
        router.form("guide.record", self.record, owner=Owner.OWN)
        router.press("guide.check", self.open_check, owner=Owner.OWN)
        router.form("guide.check", self.check, owner=Owner.OWN, secrets=("guide.token",))
        router.press("guide.account", self.open_account, owner=Owner.OWN)
        router.form("guide.account", self.account, owner=Owner.OWN, secrets=("guide.token",))
        router.press("guide.publish", self.open_publish, owner=Owner.OWN)
        router.form("guide.publish", self.publish, owner=Owner.OWN, secrets=("guide.token",))
        router.press("guide.paste", self.open_paste, owner=Owner.OWN)
        router.command(PAGE, self.pasted, reads=True)
        router.press("guide.take", self.open_pasted, owner=Owner.OWN)
        router.form("guide.agent", self.agent, owner=Owner.OWN)
        router.form("guide.ids", self.ids, owner=Owner.OWN)
        router.form("guide.assertion", self.assertion, owner=Owner.OWN, secrets=("guide.assertion",))
        router.press("guide.fix", self.open_fix, owner=Owner.OWN)
        router.press("guide.create", self.open_create, owner=Owner.OWN)
        router.form("guide.spaces", self.spaces, owner=Owner.OWN, secrets=("guide.token",))
        router.form("guide.space", self.space, owner=Owner.OWN, secrets=("guide.token",))
        router.form("guide.create", self.create, owner=Owner.OWN, secrets=("guide.token",))

    async def open_record(self, press: Press, caller: Caller) -> Result:
        """The form for the token's end."""
        guide = await self._at(press, caller)
        replaces = await self._guides.replaced(guide)
        return OpenModal(views.record(caller.reader, self._clock.now(), press.value, replaces))

    async def record(self, form: Submission, caller: Caller) -> Result:
        """The form was sent."""
        filled = credential_views.read(form.fields)
        record = credential_rules.read(**filled, tz=caller.person.tz, now=self._clock.now())
        await self._guides.record(caller.person, *rules.pressed(form.metadata), record)
        return Ack()

    async def open_check(self, press: Press, caller: Caller) -> Result:
        """The form for a token, to try it or to look up the agent with it."""
        guide = await self._at(press, caller)
        if self._step(guide) is Check.TOKEN:
            text = caller.reader.t("I ask Coze whose token it is, what it sees and what it may do: 3 calls at most.")
        else:
            text = caller.reader.t("I look up whether the agent is on the API channel: 1 Coze call.")
        submit = caller.reader.t("Check once")
        return OpenModal(views.token(caller.reader, "guide.check", press.value, line(text), submit))

    async def check(self, form: Submission, caller: Caller) -> Result:
        """A token was sent."""
        guide, token = await self._sent(form, caller)
        if self._step(guide) is Check.TOKEN:
            return await self._try(caller, guide, lambda: self._trial.token(guide, token), "token")
        return await self._try(caller, guide, lambda: self._trial.published(guide, token))

    async def open_account(self, press: Press, caller: Caller) -> Result:
        """The form for a token of the account that is in the team."""
        await self._at(press, caller)
        return OpenModal(views.account(caller.reader, press.value))

    async def account(self, form: Submission, caller: Caller) -> Result:
        """It was sent: the account that the token proves is looked for; without a token the person's word counts."""
        pasted, (guide_id, step_id) = Secret(views.read_token(form.fields)), rules.pressed(form.metadata)
        if not pasted:
            await self._guides.insist(caller.person, guide_id, step_id)
            return Ack()
        guide, token = await self._sent(form, caller)
        await self._guides.asking(caller.person, guide_id, step_id)

        async def ask() -> None:
            found = await self._trial.account(guide, token)
            if isinstance(found, Failed):
                await self._told(caller.person, guide, found)
            else:
                await self._quietly(self._guides.proved(caller.person, guide_id, step_id, found))

        return Ack(ask)

    async def open_publish(self, press: Press, caller: Caller) -> Result:
        """The form for the token that publishes, which says what happens."""
        guide = await self._at(press, caller)
        if not guide.value("agent_id"):
            raise WrongState(guide.state)
        text = caller.reader.t("Publish **{agent}** to API? It replaces the live version. 1 Coze call.")
        lead, submit = line(text, agent=guide.value("agent")), caller.reader.t("Publish")
        if await self._vault.find(caller.person.team_id, caller.person.user_id):
            return OpenModal(views.kept(caller.reader, "guide.publish", press.value, lead, submit))
        return OpenModal(views.token(caller.reader, "guide.publish", press.value, lead, submit))

    async def publish(self, form: Submission, caller: Caller) -> Result:
        """It was confirmed: with the token that came along, or with what the person has us keep for this."""
        pasted = Secret(views.read_token(form.fields))
        guide = await self._guides.is_open(caller.person, *rules.pressed(form.metadata))
        if not pasted and await self._vault.find(caller.person.team_id, caller.person.user_id):
            return await self._try(caller, guide, lambda: self._trial.publish_kept(guide))
        token = token_in(pasted, "guide.token")
        return await self._try(caller, guide, lambda: self._trial.publish(guide, token))

    async def open_paste(self, press: Press, caller: Caller) -> Result:
        """The form that the open step asks for."""
        guide = await self._at(press, caller)
        match self._step(guide):
            case Check.AGENT:
                return OpenModal(views.address(caller.reader, guide, press.value))
            case Check.IDS:
                return OpenModal(views.ids(caller.reader, guide, press.value))
            case Check.ASSERTION:
                return OpenModal(views.assertion(caller.reader, press.value))
        raise WrongState(guide.state)

    async def pasted(self, command: Command, caller: Caller) -> Result:
        """An agent's address was written to us: the guide that waits for one takes it by a press."""
        opened = await self._guides.opened(caller.person)
        places = ((each.id, rules.standing(self._guides.route(each), each)) for each in opened)
        waiting = next((f"{guide_id}:{step.id}" for guide_id, step in places if step.check is Check.AGENT), "")
        return Ephemeral(guide_start.pasted(caller.reader, waiting, _page(command.text)))

    async def open_pasted(self, press: Press, caller: Caller) -> Result:
        """The form with the address that was written: `17:s1 <address>`."""
        value, _, address = press.value.partition(" ")
        guide = await self._guides.is_open(caller.person, *rules.pressed(value))
        if self._step(guide) is not Check.AGENT:
            raise WrongState(guide.state)
        return OpenModal(views.address(caller.reader, guide, value, _page(address)))

    async def agent(self, form: Submission, caller: Caller) -> Result:
        """The agent's address was sent."""
        address = agent_rules.read_address(**views.read_address(form.fields))
        await self._guides.agent(caller.person, *rules.pressed(form.metadata), address)
        return Ack()

    async def open_fix(self, press: Press, caller: Caller) -> Result:
        """The two values once more, from the step that tries them."""
        return OpenModal(views.ids(caller.reader, await self._at(press, caller), press.value))

    async def ids(self, form: Submission, caller: Caller) -> Result:
        """The two values were sent: at their own step they finish it, later they only change."""
        entered = views.read_ids(form.fields)
        app_id, kid = agent_rules.read_ids(**entered)
        guide_id, step_id = rules.pressed(form.metadata)
        guide = await self._guides.is_open(caller.person, guide_id, step_id)
        facts = {"app_id": Fact(app_id), "kid": Fact(kid), "endpoint": Fact(self._trial.endpoint)}
        here = self._step(guide) is Check.IDS
        result: StepResult = Passed(Evidence.CONFIRMED, facts) if here else rules.Shown(facts)
        await self._guides.settle(caller.person, guide_id, step_id, result)
        return Ack()

    async def assertion(self, form: Submission, caller: Caller) -> Result:
        """A signed assertion was sent."""
        text = Secret(views.read_assertion(form.fields))
        if kind_of(text, "guide.assertion") != "assertion":
            raise InvalidFields([Problem("guide.assertion", "not_assertion")])
        guide = await self._guides.is_open(caller.person, *rules.pressed(form.metadata))
        if unfit := self._trial.unfit(guide, text):
            await self._guides.settle(caller.person, guide.id, guide.step, unfit)
            return Ack()
        return await self._try(caller, guide, lambda: self._trial.assertion(guide, text), "assertion")

    async def open_create(self, press: Press, caller: Caller) -> Result:
        """The form for a new agent; first the one for a token, unless it is made with the bot's own credential."""
        guide = await self._at(press, caller)
        if await self._is_ours(guide):
            return OpenModal(guide_create.agent(caller.reader, press.value, None))
        return OpenModal(guide_create.token(caller.reader, press.value))

    async def spaces(self, form: Submission, caller: Caller) -> Result:
        """A token was sent: Coze tells the workspaces. One is taken, of several one is chosen."""
        guide, token = await self._sent(form, caller)
        only = self._guides.workspace_id if self._guides.needs_ours(guide) else ""

        async def look() -> View:
            found = await self._trial.spaces(guide, token, only)
            if isinstance(found, Failed):
                await self._told(caller.person, guide, found)
                return guide_create.token(caller.reader, form.metadata, note=sentence(found.failure, caller.reader))
            if len(found) == 1:
                return guide_create.agent(caller.reader, form.metadata, found[0])
            return guide_create.spaces(caller.reader, form.metadata, found)

        return UpdateModal(guide_create.token(caller.reader, form.metadata, asking=True), look)

    async def space(self, form: Submission, caller: Caller) -> Result:
        """The workspace was chosen."""
        space = agent_rules.read_space(*guide_create.read_chosen(form.fields))
        await self._sent(form, caller)
        return UpdateModal(guide_create.agent(caller.reader, form.metadata, space))

    async def create(self, form: Submission, caller: Caller) -> Result:
        """An agent is to be made: in the workspace that the form names with its token, else in ShargeAI with ours.

        Where Coze says no, the form comes back with what was written.
        """
        step, space = guide_create.read_about(form.metadata)
        draft = agent_rules.read_draft(**guide_create.read(form.fields))
        token = token_in(Secret(views.read_token(form.fields)), "guide.token") if space else None
        guide = await self._guides.is_open(caller.person, *rules.pressed(step))
        if space is None and not await self._is_ours(guide):
            raise WrongState(guide.state)
        await self._guides.asking(caller.person, guide.id, guide.step)

        async def make() -> View:
            made = await self._made(guide, draft, space, token)
            if isinstance(made, Failed):
                await self._told(caller.person, guide, made)
                return guide_create.agent(caller.reader, step, space, draft, sentence(made.failure, caller.reader))
            await self._quietly(self._guides.made(caller.person, guide.id, guide.step, made))
            return guide_create.made(caller.reader, made)

        return UpdateModal(guide_create.making(caller.reader, draft), make)

    async def _made(self, guide: Guide, draft: Draft, space: Space | None, token: Secret | None) -> Address | Failed:
        if space and token:
            return await self._trial.create(guide, draft, space, token)
        return await self._trial.create_ours(guide, draft)

    async def _is_ours(self, guide: Guide) -> bool:
        """Whether it is made in ShargeAI: on the channel's route, by somebody who has joined."""
        sight = await self._guides.sight(guide.team_id, guide.id)
        joined = sight.request is not None and sight.request.state is Join.JOINED
        return self._guides.needs_ours(guide) and joined and self._guides.has_operator

    async def _sent(self, form: Submission, caller: Caller) -> tuple[Guide, Secret]:
        """The token of a form, and the guide that it is for."""
        token = token_in(Secret(views.read_token(form.fields)), "guide.token")
        return await self._guides.is_open(caller.person, *rules.pressed(form.metadata)), token

    async def _try(
        self, caller: Caller, guide: Guide, trial: Callable[[], Awaitable[StepResult]], what: Calls = ""
    ) -> Result:
        """After the ack: ask Coze, then tell the guide."""
        await self._guides.asking(caller.person, guide.id, guide.step, what)

        async def ask() -> None:
            await self._told(caller.person, guide, await trial())

        return Ack(ask)

    async def _told(self, who: Person, guide: Guide, result: StepResult) -> None:
        await self._quietly(self._guides.settle(who, guide.id, guide.step, result))

    async def _quietly(self, saved: Awaitable[None]) -> None:
        """The person may have gone back or on meanwhile: then what came of it counts no more."""
        try:
            await saved
        except BotError as error:
            log.info("the guide has moved on: %s", type(error).__name__)

    async def _at(self, press: Press, caller: Caller) -> Guide:
        return await self._guides.is_open(caller.person, *rules.pressed(press.value))

    def _step(self, guide: Guide) -> Check:
        return rules.standing(self._guides.route(guide), guide).check


def _page(text: str) -> str:
    """The address of the agent's page that the text holds. Raises NotFound."""
    if found := agent_rules.find_page(text):
        return page_url(*found)
    raise NotFound
