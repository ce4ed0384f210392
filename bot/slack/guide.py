"""The guide in Slack: beginning, going on, and every button of its card."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from bot.clock import Clock
from bot.core import guide as rules
from bot.core import report as report_rules
from bot.core.errors import NotFound, WrongState
from bot.core.guide import Fact, Guide
from bot.core.join import State as Join
from bot.core.report import Kind
from bot.services.guide import Busy, Guides
from bot.services.overview import Overview
from bot.services.report import Reports
from bot.slack.requests import Command, Press, Submission
from bot.slack.results import Ack, Ephemeral, OpenModal, Result, UpdateModal
from bot.slack.router import Caller, Drawing, Owner, Router
from bot.slack.views import guide as views
from bot.slack.views import guide_forms, guide_start
from bot.slack.views.guide import Page
from bot.slack.views.parts import Card, line, said
from bot.store import guide as store
from bot.store.message import Message
from bot.texts import Reader
from bot.texts.guide import GuideTexts
from bot.texts.scripts import Language, Purpose, script

RENEW = "renew"  # the route that replaces a token
SILENT = "E10"  # key of the error help: the glasses do not answer
SCRIPTS: dict[str, tuple[Purpose, Language]] = {
    "guide.script": ("sign", "python"),
    "guide.sign_python": ("sign", "python"),
    "guide.sign_node": ("sign", "node"),
    "guide.sign_shell": ("sign", "shell"),
    "guide.service": ("service", "python"),
    "guide.service_python": ("service", "python"),
    "guide.service_node": ("service", "node"),
    "guide.service_shell": ("service", "shell"),
}


class GuideHandlers:
    """What members see and press. `host` is Coze's API as an assertion names it, `workspace_url` ShargeAI's page."""

    def __init__(
        self,
        clock: Clock,
        guides: Guides,
        reports: Reports,
        overview: Overview,
        texts: GuideTexts,
        host: str,
        workspace_url: str,
    ) -> None:
        self._clock, self._guides, self._reports, self._overview = clock, guides, reports, overview
        self._texts, self._host, self._workspace_url = texts, host, workspace_url
        self._router = Router()

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        self._router = router
        router.command("start", self.command)
        router.press("guide.start", self.choose_route)
        router.press("guide.route", self.start)
        router.press("guide.apply_and_try", self.apply_and_try)
        router.press("guide.choose", self.open_questions)
        router.form("guide.choose", self.advise)
        router.form("guide.route", self.start_advised)
        router.press("guide.resume", self.resume, owner=Owner.OWN)
        router.press("guide.glasses", self.glasses, owner=Owner.OWN)
        router.press("remind.renew", self.renew, owner=Owner.OWN)
        router.press("guide.next", self.next, owner=Owner.OWN)
        router.press("guide.insist", self.insist, owner=Owner.OWN)
        router.press("guide.more", self.more, owner=Owner.OWN)
        router.form("guide.again", self.again, owner=Owner.OWN)
        router.press("guide.silent", self.silent, owner=Owner.OWN)
        router.press("guide.stuck", partial(self.open_report, kind=Kind.STUCK), owner=Owner.OWN)
        router.press("join.stuck", self.stuck_joining)
        router.press("guide.ask_admin", partial(self.open_report, kind=Kind.STUCK), owner=Owner.OWN)
        router.press("guide.feedback", partial(self.open_report, kind=Kind.FEEDBACK), owner=Owner.OWN)
        router.form("guide.report", self.report, owner=Owner.OWN)
        for action_id, (purpose, language) in SCRIPTS.items():
            router.press(action_id, partial(self.script, purpose=purpose, language=language), owner=Owner.OWN)
        router.renderer("guide", self.draw)
        router.renderer("hello", self.draw_hello)

    async def command(self, command: Command, caller: Caller) -> Result:
        """The only guide that is open goes on; else hello to who is new here, or the choice."""
        opened = await self._guides.opened(caller.person)
        if len(opened) == 1:
            guide = await self._guides.resume(caller.person, opened[0].id)
            return Ephemeral(guide_start.resumed(caller.reader, await self._place(guide, caller.reader)))
        if not opened and await self._is_new(command, caller):
            return Ephemeral(guide_start.hello(caller.reader))
        return await self.choose_route(command, caller)

    async def _is_new(self, command: Command, caller: Caller) -> bool:
        facts = caller.facts or (await self._overview.of(caller.person.user_id))[1]
        return await self._guides.is_new(caller.person) and not (facts.request or facts.credentials)

    async def choose_route(self, asked: Command | Press, caller: Caller) -> Result:
        """The routes, and the guides that wait."""
        opened = [(each, await self._place(each, caller.reader)) for each in await self._guides.opened(caller.person)]
        request = (caller.facts or (await self._overview.of(caller.person.user_id))[1]).request
        joined = request is not None and request.state is Join.JOINED
        return Ephemeral(guide_start.chooser(caller.reader, self._texts, opened, joined))

    async def start(self, press: Press, caller: Caller) -> Result:
        """A route was taken: its card comes in the DM."""
        await self._guides.start(caller.person, press.value)
        return _here(press, caller)

    async def apply_and_try(self, press: Press, caller: Caller) -> Result:
        """The way by token begins, and the form to join opens."""
        await self._guides.start(caller.person, "pat")
        return await self._router.commands["join"].handler(press, caller)

    async def open_questions(self, press: Press, caller: Caller) -> Result:
        """Help with choosing."""
        return OpenModal(guide_start.choose(caller.reader))

    async def advise(self, form: Submission, caller: Caller) -> Result:
        """The questions were answered."""
        return UpdateModal(guide_start.advice(caller.reader, self._texts, guide_start.chosen(form.fields)))

    async def start_advised(self, form: Submission, caller: Caller) -> Result:
        """The advice was taken."""
        await self._guides.start(caller.person, form.metadata)
        return Ack()

    async def resume(self, press: Press, caller: Caller) -> Result:
        """The card comes to the end of the DM."""
        await self._guides.resume(caller.person, press.row)
        return _here(press, caller)

    async def glasses(self, press: Press, caller: Caller) -> Result:
        """An agent is online: the step that adds it in the glasses."""
        try:
            await self._guides.add(caller.person, press.row)
        except Busy as busy:
            place = await self._place(busy.guide, caller.reader)
            return Ephemeral(guide_start.busy(caller.reader, busy.guide, place))
        return _here(press, caller)

    async def renew(self, press: Press, caller: Caller) -> Result:
        """A token is replaced step by step; with a value, this one's reminders then stop."""
        facts = {"replaces": Fact(str(press.row))} if press.value else None
        await self._guides.start(caller.person, RENEW, facts)
        return _here(press, caller)

    async def next(self, press: Press, caller: Caller) -> Result:
        """The person says that the step is done."""
        await self._guides.said(caller.person, *rules.pressed(press.value))
        return Ack()

    async def insist(self, press: Press, caller: Caller) -> Result:
        """The person is in the team, whatever Coze's list says."""
        await self._guides.insist(caller.person, *rules.pressed(press.value))
        return Ack()

    async def more(self, press: Press, caller: Caller) -> Result:
        """The card's menu: `verb:17:a1`."""
        verb, _, value = press.value.partition(":")
        guide_id, step_id = rules.pressed(value)
        if verb == "back":
            await self._guides.back(caller.person, guide_id)
            return Ack()
        if verb == "next":
            return await self.next(replace(press, value=value), caller)
        if verb == "show":
            await self._guides.show(caller.person, guide_id)
            return Ack()
        guide = await self._guides.load(caller.person, guide_id)
        if verb.startswith("ask-"):
            return Ephemeral(self._answered(guide, step_id, verb.removeprefix("ask-"), caller.reader))
        return await self._opened(verb, value, press, caller)

    async def _opened(self, verb: str, value: str, press: Press, caller: Caller) -> Result:
        """What the menu opens."""
        match verb:
            case "stuck":
                return OpenModal(guide_forms.report(caller.reader, Kind.STUCK, value))
            case "differs":
                return OpenModal(guide_forms.report(caller.reader, Kind.DIFFERS, value))
            case "again":
                return OpenModal(guide_forms.again(caller.reader, value))
            case "pause":
                text = caller.reader.t("It stays as it is. `/sharge start` goes on whenever you like.")
                return Ephemeral(Card(text, [said(caller.reader, line(text))]))
        route = self._router.presses.get(f"guide.{verb}")
        if route is None:
            raise NotFound
        return await route.handler(replace(press, value=value), caller)

    def _answered(self, guide: Guide, step_id: str, key: str, reader: Reader) -> Card:
        words = self._texts.routes[guide.route].step(step_id).words[reader.language]
        if key not in words.asks:
            raise NotFound
        ask = words.asks[key]
        return Card(ask.label, [said(reader, line(f"**{ask.label}**"), line(ask.text))])

    async def again(self, form: Submission, caller: Caller) -> Result:
        """Starting over was confirmed."""
        await self._guides.restart(caller.person, rules.pressed(form.metadata)[0])
        return Ack()

    async def silent(self, press: Press, caller: Caller) -> Result:
        """The glasses do not answer: the step shows what to look at, one after the other."""
        guide_id, step_id = rules.pressed(press.value)
        found = rules.Failed(rules.Failure(step_id, SILENT, self._clock.now()))
        await self._guides.settle(caller.person, guide_id, step_id, found)
        return Ack()

    async def open_report(self, press: Press, caller: Caller, kind: Kind) -> Result:
        """The form to tell an admin."""
        await self._guides.load(caller.person, rules.pressed(press.value)[0])
        return OpenModal(guide_forms.report(caller.reader, kind, press.value))

    async def stuck_joining(self, press: Press, caller: Caller) -> Result:
        """Who was invited asks from where they are: the channel's guide, which has walked there by itself."""
        guide = await self._guides.start(caller.person, "channel")
        return OpenModal(guide_forms.report(caller.reader, Kind.STUCK, f"{guide.id}:{guide.step}"))

    async def report(self, form: Submission, caller: Caller) -> Result:
        """The admins are told."""
        kind_name, _, value = form.metadata.partition(":")
        guide_id, _ = rules.pressed(value)
        kind = _kind(kind_name)
        words = report_rules.read(guide_forms.read_words(form.fields), required=kind is Kind.FEEDBACK)
        guide = await self._guides.load(caller.person, guide_id)
        step = rules.standing(self._guides.route(guide), guide).id
        checked_on = self._texts.routes[guide.route].step(step).checked_on
        await self._reports.ask(caller.person, guide, kind, checked_on, words)
        return Ack()

    async def script(self, press: Press, caller: Caller, purpose: Purpose, language: Language) -> Result:
        """A script with the person's own ids in it."""
        guide = await self._guides.bury(caller.person, rules.pressed(press.value)[0])
        try:
            text = script(language, guide.value("app_id"), guide.value("kid"), self._host, purpose)
        except ValueError:
            raise WrongState(guide.state) from None
        labels = self._labels(guide, press, caller)
        then = labels.get("paste" if purpose == "sign" else "next", caller.reader.t("Go on"))
        return Ephemeral(guide_forms.script(caller.reader, text, language, press.value, purpose, then))

    def _labels(self, guide: Guide, press: Press, caller: Caller) -> Mapping[str, str]:
        """The words on the buttons of the step that was pressed."""
        route, (_, step_id) = self._texts.routes.get(guide.route), rules.pressed(press.value)
        step = next((each for each in route.steps if each.id == step_id), None) if route else None
        return step.words[caller.reader.language].labels if step else {}

    async def draw(self, copy: Message, reader: Reader) -> Drawing:
        """The live card, or the line that stays of an older copy."""
        sight = await self._guides.sight(copy.team_id, int(copy.subject.partition(":")[2]))
        page = Page(sight, self._texts, reader, self._workspace_url)
        if copy.slot != store.slot(sight.guide):
            return Drawing(views.moved(page), False)
        is_open = sight.guide.state is rules.State.OPEN
        return Drawing(views.card(page, self._clock.now()), is_open)

    async def draw_hello(self, copy: Message, reader: Reader) -> Drawing:
        """The first words to somebody new; who deletes them has read them."""
        return Drawing(guide_start.hello(reader), False)

    async def _place(self, guide: Guide, reader: Reader) -> str:
        sight = await self._guides.sight(guide.team_id, guide.id)
        return views.place_of(Page(sight, self._texts, reader, self._workspace_url))


def _kind(name: str) -> Kind:
    if name not in set(Kind):
        raise NotFound
    return Kind(name)


def _here(press: Press, caller: Caller) -> Result:
    """Nothing more to say in the DM; a pointer to it elsewhere."""
    return Ephemeral(guide_start.in_dm(caller.reader)) if press.place.outside_dm else Ack()
