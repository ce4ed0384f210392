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
from bot.logs import has_secret
from bot.services.guide import Busy, Guides
from bot.services.overview import Overview
from bot.services.people import must_be_member
from bot.services.report import Reports
from bot.slack.table import Accept, Call, Drawing, Open, Replace, Reply, Say, Table
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


class GuideDesk:
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
        self._table = Table()

    def register(self, table: Table) -> None:
        """Put everything into the table."""
        self._table = table
        table.command("start", self.command)
        table.action("guide.start", self.choose_route)
        table.action("guide.route", self.start, writes=True)
        table.action("guide.apply_and_try", self.apply_and_try, writes=True)
        table.action("guide.choose", self.open_questions)
        table.form("guide.choose", self.advise, guide_forms.problem)
        table.form("guide.route", self.start_advised, guide_forms.problem)
        table.action("guide.resume", self.resume, writes=True)
        table.action("guide.glasses", self.glasses, writes=True)
        table.action("remind.renew", self.renew, writes=True)
        table.action("guide.next", self.next, writes=True)
        table.action("guide.insist", self.insist, writes=True)
        table.action("guide.more", self.more, writes=True)
        table.form("guide.again", self.again, guide_forms.problem)
        table.action("guide.silent", self.silent)
        table.action("guide.stuck", partial(self.open_report, kind=Kind.STUCK))
        table.action("join.stuck", self.stuck_joining, writes=True)
        table.action("guide.ask_admin", partial(self.open_report, kind=Kind.STUCK))
        table.action("guide.feedback", partial(self.open_report, kind=Kind.FEEDBACK))
        table.form("guide.report", self.report, guide_forms.problem)
        for action_id, (purpose, language) in SCRIPTS.items():
            table.action(action_id, partial(self.script, purpose=purpose, language=language), writes=True)
        table.drawer("guide", self.draw)
        table.drawer("hello", self.draw_hello)

    async def command(self, call: Call) -> Reply:
        """The only guide that is open goes on; else hello to who is new here, or the choice."""
        must_be_member(call.who)
        opened = await self._guides.opened(call.who)
        if len(opened) == 1:
            guide = await self._guides.resume(call.who, opened[0].id)
            return Say(guide_start.resumed(call.reader, await self._place(guide, call.reader)))
        if not opened and await self._is_new(call):
            return Say(guide_start.hello(call.reader))
        return await self.choose_route(call)

    async def _is_new(self, call: Call) -> bool:
        facts = call.facts or (await self._overview.of(call.who.user_id))[1]
        return await self._guides.is_new(call.who) and not (facts.request or facts.credentials)

    async def choose_route(self, call: Call) -> Reply:
        """The routes, and the guides that wait."""
        must_be_member(call.who)
        opened = [(each, await self._place(each, call.reader)) for each in await self._guides.opened(call.who)]
        request = (call.facts or (await self._overview.of(call.who.user_id))[1]).request
        joined = request is not None and request.state is Join.JOINED
        return Say(guide_start.chooser(call.reader, self._texts, opened, joined))

    async def start(self, call: Call) -> Reply:
        """A route was taken: its card comes in the DM."""
        await self._guides.start(call.who, call.text, call.once)
        return _here(call)

    async def apply_and_try(self, call: Call) -> Reply:
        """The way by token begins, and the form to join opens."""
        await self._guides.start(call.who, "pat", call.once)
        return await self._table.commands["join"].handler(call)

    async def open_questions(self, call: Call) -> Reply:
        """Help with choosing."""
        must_be_member(call.who)
        return Open(guide_start.choose(call.reader))

    async def advise(self, call: Call) -> Reply:
        """The questions were answered."""
        await self._guides.once(call.who, call.once)
        return Replace(guide_start.advice(call.reader, self._texts, guide_start.chosen(call.values)))

    async def start_advised(self, call: Call) -> Reply:
        """The advice was taken."""
        await self._guides.start(call.who, call.metadata, call.once)
        return Accept()

    async def resume(self, call: Call) -> Reply:
        """The card comes to the end of the DM."""
        await self._guides.resume(call.who, call.row, call.once)
        return _here(call)

    async def glasses(self, call: Call) -> Reply:
        """An agent is online: the step that adds it in the glasses."""
        try:
            await self._guides.add(call.who, call.row, call.once)
        except Busy as busy:
            await self._guides.once(call.who, call.once)
            place = await self._place(busy.guide, call.reader)
            return Say(guide_start.busy(call.reader, busy.guide, place))
        return _here(call)

    async def renew(self, call: Call) -> Reply:
        """A token is replaced step by step; with a value, this one's reminders then stop."""
        facts = {"replaces": Fact(str(call.row))} if call.text else None
        await self._guides.start(call.who, RENEW, call.once, facts)
        return _here(call)

    async def next(self, call: Call) -> Reply:
        """The person says that the step is done."""
        await self._guides.said(call.who, *rules.pressed(call.text), once=call.once)
        return Accept()

    async def insist(self, call: Call) -> Reply:
        """The person is in the team, whatever Coze's list says."""
        await self._guides.insist(call.who, *rules.pressed(call.text), once=call.once)
        return Accept()

    async def more(self, call: Call) -> Reply:
        """The card's menu: `verb:17:a1`."""
        verb, _, value = call.text.partition(":")
        guide_id, step_id = rules.pressed(value)
        if verb == "back":
            await self._guides.back(call.who, guide_id, call.once)
            return Accept()
        if verb == "next":
            return await self.next(replace(call, text=value))
        if verb == "show":
            await self._guides.show(call.who, guide_id, call.once)
            return Accept()
        await self._guides.once(call.who, call.once)
        guide = await self._guides.load(call.who, guide_id)
        if verb.startswith("ask-"):
            return Say(self._answered(guide, step_id, verb.removeprefix("ask-"), call.reader))
        return await self._opened(verb, value, call)

    async def _opened(self, verb: str, value: str, call: Call) -> Reply:
        """What the menu opens."""
        match verb:
            case "stuck":
                return Open(guide_forms.report(call.reader, Kind.STUCK, value))
            case "differs":
                return Open(guide_forms.report(call.reader, Kind.DIFFERS, value))
            case "again":
                return Open(guide_forms.again(call.reader, value))
            case "pause":
                text = call.reader.t("It stays as it is. `/sharge start` goes on whenever you like.")
                return Say(Card(text, [said(call.reader, line(text))]))
        entry = self._table.actions.get(f"guide.{verb}")
        if entry is None:
            raise NotFound
        return await entry.handler(replace(call, text=value))

    def _answered(self, guide: Guide, step_id: str, key: str, reader: Reader) -> Card:
        words = self._texts.routes[guide.route].step(step_id).words[reader.language]
        if key not in words.asks:
            raise NotFound
        ask = words.asks[key]
        return Card(ask.label, [said(reader, line(f"**{ask.label}**"), line(ask.text))])

    async def again(self, call: Call) -> Reply:
        """Starting over was confirmed."""
        await self._guides.restart(call.who, rules.pressed(call.metadata)[0], call.once)
        return Accept()

    async def silent(self, call: Call) -> Reply:
        """The glasses do not answer: the step shows what to look at, one after the other."""
        guide_id, step_id = rules.pressed(call.text)
        found = rules.Failed(rules.Failure(step_id, SILENT, self._clock.now()))
        await self._guides.settle(call.who, guide_id, step_id, found)
        return Accept()

    async def open_report(self, call: Call, kind: Kind) -> Reply:
        """The form to tell an admin."""
        await self._guides.load(call.who, rules.pressed(call.text)[0])
        return Open(guide_forms.report(call.reader, kind, call.text))

    async def stuck_joining(self, call: Call) -> Reply:
        """Who was invited asks from where they are: the channel's guide, which has walked there by itself."""
        guide = await self._guides.start(call.who, "channel", call.once)
        return Open(guide_forms.report(call.reader, Kind.STUCK, f"{guide.id}:{guide.step}"))

    async def report(self, call: Call) -> Reply:
        """The admins are told."""
        kind_name, _, value = call.metadata.partition(":")
        guide_id, _ = rules.pressed(value)
        kind = _kind(kind_name)
        written = guide_forms.read_words(call.values)
        words = report_rules.read(written, required=kind is Kind.FEEDBACK, secret=has_secret(written))
        guide = await self._guides.load(call.who, guide_id)
        step = rules.standing(self._guides.route(guide), guide).id
        checked_on = self._texts.routes[guide.route].step(step).checked_on
        await self._reports.ask(call.who, guide, kind, checked_on, words, call.once)
        return Accept()

    async def script(self, call: Call, purpose: Purpose, language: Language) -> Reply:
        """A script with the person's own ids in it."""
        guide = await self._guides.bury(call.who, rules.pressed(call.text)[0], call.once)
        try:
            text = script(language, guide.value("app_id"), guide.value("kid"), self._host, purpose)
        except ValueError:
            raise WrongState(guide.state) from None
        labels = self._labels(guide, call)
        then = labels.get("paste" if purpose == "sign" else "next", call.reader.t("Go on"))
        return Say(guide_forms.script(call.reader, text, language, call.text, purpose, then))

    def _labels(self, guide: Guide, call: Call) -> Mapping[str, str]:
        """The words on the buttons of the step that was pressed."""
        route, (_, step_id) = self._texts.routes.get(guide.route), rules.pressed(call.text)
        step = next((each for each in route.steps if each.id == step_id), None) if route else None
        return step.words[call.reader.language].labels if step else {}

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


def _here(call: Call) -> Reply:
    """Nothing more to say in the DM; a pointer to it elsewhere."""
    if call.elsewhere or call.view.get("type") == "home":
        return Say(guide_start.in_dm(call.reader))
    return Accept()
