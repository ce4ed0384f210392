"""The guide in Slack: beginning and going on, being stuck, the card itself, and its steps' buttons and forms.

What each step does is up to its check. What is pasted lives in memory until Coze has answered, and nowhere else.
"""

from dataclasses import replace
from functools import partial

from bot.clock import Clock
from bot.core import guide as rules
from bot.core import report as report_rules
from bot.core.agent import find_page, site_of
from bot.core.errors import InvalidFields, NotFound, Problem
from bot.core.guide import Guide, Learned
from bot.core.join import JoinState
from bot.core.limits import Costly
from bot.core.report import Kind
from bot.services.guide.carrying import subject as carried_subject
from bot.services.guide.checks import CHECKS
from bot.services.guide.guides import Busy, Guides
from bot.services.guide.wiring import GuideServices
from bot.services.overview import Overview
from bot.services.report import Reports
from bot.services.setting import Welcome
from bot.slack.router import (
    Ack,
    Caller,
    Command,
    Drawing,
    Ephemeral,
    OpenModal,
    Owner,
    Press,
    ReplaceMessage,
    Result,
    Router,
    Submission,
    UpdateModal,
    View,
)
from bot.slack.views.guide import forms, start
from bot.slack.views.guide.card import card
from bot.slack.views.guide.carried import PASSED_ON
from bot.slack.views.guide.steps import STEPS
from bot.slack.views.guide.steps.agent import page_in
from bot.slack.views.guide.view import GuideView, Sheet, place_of
from bot.slack.views.parts import Card, line, paragraph
from bot.slack.words import PAGE
from bot.store.message import Message
from bot.texts.guide import GuideTexts
from bot.texts.locale import Locale


class GuideHandlers:
    """What members see and press. `workspace_url` is ShargeAI's page on Coze, `chat` the address of the chat with the
    bot, "" where it is not known. `signs_in`: whether people can sign in to Coze.
    """

    def __init__(
        self,
        clock: Clock,
        guide: GuideServices,
        reports: Reports,
        overview: Overview,
        texts: GuideTexts,
        workspace_url: str,
        welcome: Welcome,
        *,
        signs_in: bool,
        chat: str,
    ) -> None:
        self._signs_in, self._chat, self._welcome = signs_in, chat, welcome
        self._clock, self._guides, self._snapshots = clock, guide.guides, guide.snapshots
        self._reports, self._overview = reports, overview
        self._texts, self._workspace_url = texts, workspace_url
        self._router = Router()

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        self._router = router
        router.command("start", self.command)
        router.press("guide.start", self.choose_route)
        router.press("guide.start_more", self.start_more)
        router.press("guide.route", self.start)
        router.press("guide.try", self.start_trial)
        router.press("guide.apply_and_try", self.apply_and_try)
        router.press("guide.choose", self.open_questions)
        router.form("guide.choose", self.advise)
        router.form("guide.route", self.start_advised)
        router.press("guide.resume", self.resume, owner=Owner.OWN)
        router.press("guide.glasses", self.glasses, owner=Owner.OWN)
        router.press("remind.renew", self.renew, owner=Owner.OWN)
        router.press("guide.stuck", partial(self.open_report, kind=Kind.STUCK), owner=Owner.OWN)
        router.press("join.stuck", self.stuck_joining)
        router.press("guide.ask_admin", partial(self.open_report, kind=Kind.STUCK), owner=Owner.OWN)
        router.press("guide.feedback", partial(self.open_report, kind=Kind.FEEDBACK), owner=Owner.OWN)
        router.form("guide.report", self.report, owner=Owner.OWN)
        router.renderer("guide", self.draw)
        router.renderer("hello", self.draw_hello)

    async def command(self, command: Command, caller: Caller) -> Result:
        """The only guide that is open goes on; else the routes."""
        opened = await self._guides.opened(caller.person)
        if len(opened) == 1:
            guide = await self._guides.resume(caller.person, opened[0].id)
            return Ephemeral(start.resumed(caller.locale, await self._place(guide, caller.locale)))
        return await self.choose_route(command, caller)

    async def choose_route(self, asked: Command | Press, caller: Caller) -> Result:
        """The routes, and the guides that wait; instead of the private answer in which it was asked for."""
        locale, guides = caller.locale, await self._guides.opened(caller.person)
        request = (caller.facts or (await self._overview.of(caller.person.user_id))[1]).request
        joined = request is not None and request.state is JoinState.JOINED
        opened = [(each, await self._place(each, locale)) for each in guides]
        choice = start.chooser(locale, self._texts, opened, joined=joined)
        card = choice if opened else start.hello(locale, self._texts, self._welcome(), joined=joined)
        return ReplaceMessage(card) if isinstance(asked, Press) and asked.place.only_theirs else Ephemeral(card)

    async def start_more(self, press: Press, caller: Caller) -> Result:
        """What the choice has behind its ⋯. Raises NotFound."""
        verb, _, rest = press.value.partition(":")
        routes = {"remind": self._router.presses["credential.record"], **self._router.commands}
        match verb:
            case "both":
                return await self.apply_and_try(press, caller)
            case "choose":
                return await self.open_questions(press, caller)
            case "remind" | "help" | "lang":
                return await routes[verb].handler(replace(press, value=rest), caller)
        raise NotFound

    async def start(self, press: Press, caller: Caller) -> Result:
        """A route was taken: its card comes in the DM."""
        await self._guides.start(caller.person, press.value)
        return self._here(press, caller)

    async def start_trial(self, press: Press, caller: Caller) -> Result:
        """What can be done while a request waits."""
        await self._guides.start(caller.person, self._guides.route_for("try").key)
        return self._here(press, caller)

    async def apply_and_try(self, press: Press, caller: Caller) -> Result:
        """The trial begins, and the form to join opens."""
        await self._guides.start(caller.person, self._guides.route_for("try").key)
        return await self._router.commands["join"].handler(press, caller)

    async def open_questions(self, _press: Press, caller: Caller) -> Result:
        """Help with choosing."""
        return OpenModal(start.choose(caller.locale))

    async def advise(self, form: Submission, caller: Caller) -> Result:
        """The questions were answered. Raises InvalidFields where two answers exclude each other."""
        answers = start.chosen(form.fields)
        if answers["test"] and answers["others"]:
            raise InvalidFields([Problem("guide.others", "trial_for_others")])
        return UpdateModal(start.advice(caller.locale, self._texts.advised(answers)))

    async def start_advised(self, form: Submission, caller: Caller) -> Result:
        """The advice was taken."""
        await self._guides.start(caller.person, form.metadata)
        return Ack()

    async def resume(self, press: Press, caller: Caller) -> Result:
        """The card comes to the end of the DM."""
        await self._guides.resume(caller.person, press.row)
        return self._here(press, caller)

    async def glasses(self, press: Press, caller: Caller) -> Result:
        """An agent is online: the step that adds it in the glasses."""
        try:
            await self._guides.add(caller.person, press.row)
        except Busy as busy:
            place = await self._place(busy.guide, caller.locale)
            return Ephemeral(start.busy(caller.locale, busy.guide, place))
        return self._here(press, caller)

    async def renew(self, press: Press, caller: Caller) -> Result:
        """A token is replaced step by step; with a value, this one's reminders then stop."""
        facts = {"replaces": Learned(str(press.row))} if press.value else None
        await self._guides.start(caller.person, self._guides.route_for("renew").key, facts)
        return self._here(press, caller)

    async def open_report(self, press: Press, caller: Caller, kind: Kind) -> Result:
        """The form to tell an admin."""
        await self._guides.load(caller.person, rules.pressed(press.value)[0])
        return OpenModal(forms.report(caller.locale, kind, press.value))

    async def stuck_joining(self, _press: Press, caller: Caller) -> Result:
        """Who was invited asks from where they are: the team's guide, which has walked there by itself."""
        guide = await self._guides.start(caller.person, self._guides.route_for("team").key)
        return OpenModal(forms.report(caller.locale, Kind.STUCK, f"{guide.id}:{guide.step}"))

    async def report(self, form: Submission, caller: Caller) -> Result:
        """The admins are told."""
        kind_name, _, value = form.metadata.partition(":")
        guide_id, _ = rules.pressed(value)
        kind = _kind(kind_name)
        words = report_rules.read(forms.read_words(form.fields), required=kind in (Kind.FEEDBACK, Kind.QUESTION))
        guide = await self._guides.load(caller.person, guide_id)
        step = rules.current_step(self._guides.route(guide), guide).id
        checked_on = self._texts.routes[guide.route].step(step).checked_on
        await self._reports.ask(caller.person, guide, kind, checked_on, words)
        return Ack()

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The live card."""
        view = await self._view(copy.team_id, int(copy.subject.partition(":")[2]), locale)
        if matter := view.snapshot.carried:
            own = replace(copy, subject=carried_subject(matter))
            view = replace(view, own=(await self._router.drawing(own, locale)).card)
        is_open = view.guide.state is rules.GuideState.OPEN
        return Drawing(card(view, self._clock.now()), is_open=is_open)

    async def draw_hello(self, _copy: Message, locale: Locale) -> Drawing:
        """The first words to somebody new; who deletes them has read them."""
        return Drawing(start.hello(locale, self._texts, self._welcome(), joined=False), is_open=False)

    def _here(self, press: Press, caller: Caller) -> Result:
        """Nothing more to say in the DM, and the private answer that asked for it goes. Home's own button has opened
        the chat; from elsewhere a pointer leads there."""
        if press.at_home and self._chat:
            return Ack()
        in_modal = bool(press.target.modal_id)
        pointer = start.in_dm(caller.locale, self._chat) if in_modal or press.place.outside_dm else None
        if in_modal or (press.place.only_theirs and press.target.response_url):
            return ReplaceMessage(pointer)
        return Ephemeral(pointer) if pointer else Ack()

    async def _place(self, guide: Guide, locale: Locale) -> str:
        return place_of(await self._view(guide.team_id, guide.id, locale))

    async def _view(self, team_id: str, guide_id: int, locale: Locale) -> GuideView:
        snapshot = await self._snapshots.of(team_id, guide_id)
        return GuideView(snapshot, self._texts, locale, self._workspace_url, STEPS, signs_in=self._signs_in)


def _kind(name: str) -> Kind:
    if name not in set(Kind):
        raise NotFound
    return Kind(name)


PRESSES = frozenset[str]().union(*(check.presses for check in CHECKS.values()))
OPENS = frozenset[str]().union(*(check.opens for check in CHECKS.values()))
FORMS = frozenset[str]().union(*(check.forms for check in CHECKS.values()))
SAYS = frozenset[str]().union(*(face.says for face in STEPS.values()))

COSTS = {
    "account": Costly.SIGN_IN,
    **dict.fromkeys(("agent", "assertion", "check", "spaces"), Costly.CHECK),
    **dict.fromkeys(("create", "publish"), Costly.PUBLISH),
}
"""What kind of costly act a form is that has Coze asked."""


class GuideSteps:
    """What people press and fill in on their way. `host` is Coze's API as an assertion names it."""

    def __init__(self, clock: Clock, guides: Guides, texts: GuideTexts, host: str) -> None:
        self._clock, self._guides, self._texts, self._host = clock, guides, texts, host
        self._router = Router()

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        self._router = router
        for verb in sorted(PRESSES):
            router.press(f"guide.{verb}", partial(self.press, verb=verb), owner=Owner.OWN, costs=Costly.CHECK)
        for verb in sorted(OPENS):
            router.press(f"guide.{verb}", partial(self.open, verb=verb), owner=Owner.OWN)
        for verb in sorted(SAYS):
            router.press(f"guide.{verb}", partial(self.say, verb=verb), owner=Owner.OWN)
        for form in sorted(FORMS):
            secrets, submit = _secrets(form), partial(self.submit, name=form)
            router.form(f"guide.{form}", submit, owner=Owner.OWN, secrets=secrets, costs=COSTS.get(form))
        router.press("guide.more", self.more, owner=Owner.OWN, costs=Costly.CHECK)
        router.form("guide.again", self.again, owner=Owner.OWN)
        router.command(PAGE, self.pasted, reads=True)

    async def press(self, press: Press, caller: Caller, verb: str) -> Result:
        """A button that acts at once."""
        await self._guides.press(caller.person, *rules.pressed(press.value), verb)
        return Ack()

    async def open(self, press: Press, caller: Caller, verb: str) -> Result:
        """A button that opens a form: `17:s1`, and what else the form is to hold behind a blank."""
        value, _, rest = press.value.partition(" ")
        at = await self._guides.at(caller.person, *rules.pressed(value))
        prepared = await self._guides.prepare(at, verb)
        sheet = Sheet(caller.locale, at.guide, value, self._clock.now(), rest, prepared=prepared)
        return OpenModal(STEPS[self._guides.answers(at, verb)].open(verb, sheet))

    async def say(self, press: Press, caller: Caller, verb: str) -> Result:
        """A button that is answered with something long, below which the card stays behind."""
        guide_id, step_id = rules.pressed(press.value)
        guide = await self._guides.bury(caller.person, guide_id)
        step = self._guides.route(guide).find(step_id)
        if step is None:
            raise NotFound
        labels = self._texts.routes[guide.route].step(step_id).words[caller.locale.language].labels
        sheet = Sheet(caller.locale, guide, press.value, self._clock.now(), labels=labels, host=self._host)
        card = STEPS[step.check].say(verb, sheet)
        return ReplaceMessage(card) if press.place.only_theirs else Ephemeral(card)

    async def submit(self, form: Submission, caller: Caller, name: str) -> Result:
        """A form was sent: what it brought goes to the check, which may ask Coze after the ack."""
        value, _, rest = form.metadata.partition(" ")
        at = await self._guides.at(caller.person, *rules.pressed(value))
        sheet = Sheet(caller.locale, at.guide, value, self._clock.now(), rest, form.fields, host=self._host)
        face = STEPS[self._guides.answers(at, name)]
        given = face.read(name, sheet)
        taken = await self._guides.enter(at, name, given)
        meanwhile, then = face.meanwhile(name, sheet, given), taken.then
        if then is None:
            following = face.then(name, sheet, given, taken.told)
            return UpdateModal(following) if following else Ack()

        async def ask() -> None:
            await then()

        async def show() -> View:
            return face.then(name, sheet, given, await then()) or meanwhile or {}

        return UpdateModal(meanwhile, show) if meanwhile else Ack(ask)

    async def more(self, press: Press, caller: Caller) -> Result:
        """The card's menu: `verb:17:a1`."""
        verb, _, value = press.value.partition(":")
        if "/" in verb:
            return await self._carried(press, caller)
        guide_id, step_id = rules.pressed(value)
        at_step = replace(press, value=value)
        if verb in PRESSES:
            return await self.press(at_step, caller, verb)
        if verb in SAYS:
            return await self.say(at_step, caller, verb)
        if verb in OPENS:
            return await self.open(at_step, caller, verb)
        if verb in ("back", "show"):
            await (self._guides.back if verb == "back" else self._guides.show)(caller.person, guide_id)
            return Ack()
        return self._usual(verb, value, await self._guides.load(caller.person, guide_id), step_id, caller.locale)

    async def _carried(self, press: Press, caller: Caller) -> Result:
        """An entry of what the card carries: `publish.more/rejected:8`. Raises NotFound."""
        named, _, value = press.value.partition("/")
        if named not in PASSED_ON:
            raise NotFound
        return await self._router.pass_on(named, replace(press, value=value), caller)

    def _usual(self, verb: str, value: str, guide: Guide, step_id: str, locale: Locale) -> Result:
        """What every step's menu has."""
        match verb.partition("-"):
            case "stuck", _, "":
                return OpenModal(forms.report(locale, Kind.STUCK, value))
            case "differs", _, "":
                return OpenModal(forms.report(locale, Kind.DIFFERS, value))
            case "again", _, "":
                return OpenModal(forms.again(locale, value))
            case "pause", _, "":
                text = locale._("It stays as it is. `/sharge start` goes on whenever you like.")
                return Ephemeral(Card(text, [paragraph(locale, line(text))]))
            case "ask", _, key:
                return Ephemeral(self._answered(guide, step_id, key, locale))
        raise NotFound

    def _answered(self, guide: Guide, step_id: str, key: str, locale: Locale) -> Card:
        step = self._guides.route(guide).find(step_id)
        asks = self._texts.routes[guide.route].step(step_id).words[locale.language].asks if step else {}
        if key not in asks:
            raise NotFound
        ask = asks[key]
        return Card(ask.label, [paragraph(locale, line(f"**{ask.label}**"), line(locale.on_screen(ask.text)))])

    async def again(self, form: Submission, caller: Caller) -> Result:
        """Starting over was confirmed."""
        await self._guides.restart(caller.person, rules.pressed(form.metadata)[0])
        return Ack()

    async def pasted(self, command: Command, caller: Caller) -> Result:
        """An agent's address was written to us: the guide that waits for one takes it by a press."""
        page, site = find_page(command.text), site_of(self._host)
        if page and not page.site_is(site):
            return Ephemeral(start.elsewhere(caller.locale, page.site, site))
        opened = await self._guides.opened(caller.person)
        places = ((each.id, rules.current_step(self._guides.route(each), each)) for each in opened)
        waiting = next(
            (f"{guide_id}:{step.id}" for guide_id, step in places if "take" in CHECKS[step.check].opens), ""
        )
        return Ephemeral(start.pasted(caller.locale, waiting, page_in(command.text)))


def _secrets(form: str) -> tuple[str, ...]:
    """The questions of this form that may hold a secret, whichever step it belongs to."""
    faces = (STEPS[name] for name, check in CHECKS.items() if form in check.forms)
    return tuple(sorted({question for face in faces for question in face.secrets(form)}))
