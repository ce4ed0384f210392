"""What is true for a person now: Home, drawn by a job whenever something in it changed, and the same by command."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block

from bot.clock import Clock, utc_now
from bot.core.agents import AgentFacts, agents_of, users_of
from bot.core.errors import NotFound, SlackRefused
from bot.core.people import Person, Standing
from bot.core.remind import quiet_of
from bot.services.calls import Calls
from bot.services.guide.wiring import routes_of
from bot.services.job_runner import Backoff, Dead, Done, Outcome
from bot.services.join.requests import Join
from bot.services.oauth_key import OauthKeys
from bot.services.overview import Overview, PersonFacts
from bot.services.people import People
from bot.services.setting import Welcome
from bot.slack.router import (
    Access,
    Ack,
    Caller,
    Command,
    Ephemeral,
    EphemeralLater,
    OpenModal,
    Press,
    Result,
    Router,
    View,
)
from bot.slack.send import UNSHOWN, UNSHOWN_PAUSE, Sender
from bot.slack.views import agents as agent_rows
from bot.slack.views import answers, sign_in
from bot.slack.views import home as views
from bot.slack.views.calls import in_status
from bot.slack.views.chat import leads_to_chat
from bot.slack.views.guide.start import at_home, hello, place_in
from bot.slack.views.parts import Card
from bot.slack.views.status import is_idle, shown, status
from bot.slack.words import NOTHING
from bot.store import job
from bot.store.database import Database
from bot.store.job import Job
from bot.texts.catalogue import catalogues
from bot.texts.commands import commands
from bot.texts.guide import GuideTexts
from bot.texts.locale import Locale

Notices = Callable[[Locale], Awaitable[Sequence[Block]]]
"""What admins see below the health of the service."""


class HomeHandlers:
    """Everybody's Home. Its job exists while it was opened lately; a change makes the row due again.

    `signs_in`: whether people can sign in to Coze. `chat` is the address of the chat, "" where it is not known.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        people: People,
        sender: Sender,
        join: Join,
        overview: Overview,
        keys: OauthKeys,
        texts: GuideTexts,
        notices: Notices,
        reviews: Notices,
        *,
        signs_in: bool,
        chat: str,
    ) -> None:
        self._db, self._clock, self._people, self._signs_in = db, clock, people, signs_in
        self._chat, self._keys = chat, keys
        self._notices, self._reviews = notices, reviews
        self._sender, self._join, self._overview, self._texts = sender, join, overview, texts
        self._routes = routes_of(texts)

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("people.language", self.language, access=Access.ANYONE)
        router.press("people.agents", self.agents)

    async def opened(self, user_id: str) -> None:
        """Somebody looks at their Home."""
        async with self._db.write() as tx:
            now = self._clock.now()
            await job.enqueue(tx, self._people.team_id, job.HOME, user_id, now, job.SOMEBODY_WAITS)

    async def language(self, press: Press, caller: Caller) -> Result:
        """The button that switches the language."""
        if press.value not in catalogues():
            raise NotFound
        await self._people.choose(caller.person, press.value)
        return Ack()

    async def agents(self, _press: Press, caller: Caller) -> Result:
        """All that there are, where Home has no room for them."""
        _, facts = await self._overview.of(caller.person.user_id)
        found, _ = await self._agents(caller.person, facts)
        return OpenModal(agent_rows.all_of_them(found, caller.locale))

    async def _agents(self, who: Person, facts: PersonFacts) -> tuple[list[AgentFacts], dict[int, list[str]]]:
        """Those of all routes, and which of them use a token."""
        guides, successors = await self._overview.walked(who.user_id)
        return agents_of(guides, self._routes, shown(facts.publications)), users_of(guides, successors)

    async def draw(self, row: Job) -> Outcome:
        """Job: draw somebody's Home as things are now."""
        who = await self._people.known(row.subject)
        if who is None or not who.fresh(utc_now()):
            who = await self._people.refresh(row.subject)
        await self._sender.turn("views.publish", row=row)
        try:
            view = leads_to_chat(await self._view(who), self._chat)
            await self._sender.publish_home(who.user_id, view)
        except SlackRefused as error:
            if error.code == UNSHOWN:
                raise Backoff(UNSHOWN_PAUSE, error.code) from None
            return Dead(error.code)
        return Done()

    async def _view(self, who: Person) -> View:
        locale, now = self._people.locale(who), self._clock.now()
        if who.standing is not Standing.MEMBER:
            return views.outsider(locale, who.name)
        _, facts = await self._overview.of(who.user_id)
        own = views.Own(
            now,
            who.name,
            facts.request,
            facts.credentials,
            facts.publications,
            *await self._agents(who, facts),
            keys=await self._keys.listed(who),
            may_nudge=bool(facts.request and self._join.may_nudge(facts.request)),
            agreed=self._join.agreed(facts.request) if facts.request else None,
            going=place_in(self._texts, facts.guide, locale) if facts.guide else None,
            finished=facts.finished,
            quiet=quiet_of(who.quiet),
            account=sign_in.at_home(who.coze_uid, locale) if self._signs_in else None,
        )
        if not who.may_decide():
            return views.member(locale, own, at_home(locale, self._texts))
        board, trouble = await self._overview.board(who, now), await self._overview.trouble(who, now)
        overdue = [each.id for each in board.waiting if now > self._join.agreed(each)]
        notices, reviews = await self._notices(locale), await self._reviews(locale)
        return views.admin(locale, own, board, trouble, overdue, self._sender.time.off(), notices, reviews)


class StatusHandlers:
    """The commands that answer and change next to nothing."""

    def __init__(
        self, clock: Clock, people: People, overview: Overview, texts: GuideTexts, calls: Calls, welcome: Welcome
    ) -> None:
        self._clock, self._people, self._overview, self._texts = clock, people, overview, texts
        self._calls, self._welcome = calls, welcome

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.command(NOTHING, self.next, reads=True)
        router.command("status", self.status, reads=True)
        router.command("help", self.help, access=Access.ANYONE, reads=True)
        router.command("lang", self.lang, access=Access.ANYONE)

    async def next(self, command: Command, caller: Caller) -> Result:
        """The routes, for whom nothing is open; else the one next action. Raises NotAllowed."""
        facts = caller.facts or (await self._overview.of(caller.person.user_id))[1]
        is_new = facts.guide is None and is_idle(facts.request, facts.credentials, facts.publications)
        if is_new and not caller.person.may_decide():
            return Ephemeral(hello(caller.locale, self._texts, self._welcome(), joined=False))
        return await self.status(command, replace(caller, facts=facts))

    async def status(self, _command: Command, caller: Caller) -> Result:
        """The one next action, and what stands behind it. Raises NotAllowed."""
        facts = caller.facts or (await self._overview.of(caller.person.user_id))[1]
        now, who, locale = self._clock.now(), caller.person, caller.locale
        going = place_in(self._texts, facts.guide, locale) if facts.guide else None
        own = (facts.request, facts.credentials, facts.publications)
        if not who.may_decide():
            return Ephemeral(status(locale, now, *own, going=going, finished=facts.finished))

        async def with_trouble() -> Card:
            trouble, used = await self._overview.trouble(who, now), in_status(await self._calls.usage(), locale)
            return status(locale, now, *own, trouble, going, used, facts.finished)

        return EphemeralLater(with_trouble)

    async def help(self, _command: Command, caller: Caller) -> Result:
        """All commands; those of admins for admins alone."""
        admins = [text for text in commands() if text.admin] if caller.person.may_decide() else []
        everybody = [text for text in commands() if not text.admin]
        return Ephemeral(answers.help(caller.locale, everybody, admins))

    async def lang(self, command: Command, caller: Caller) -> Result:
        """A language's code, or auto for what Slack says."""
        wanted = command.text.casefold()
        chosen = next((each for each in catalogues() if each.casefold() == wanted), None)
        if chosen is None and wanted != "auto":
            return Ephemeral(answers.choose_language(caller.locale))
        who = await self._people.choose(caller.person, chosen)
        return Ephemeral(answers.lang_set(self._people.locale(who)))
