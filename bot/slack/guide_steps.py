"""The buttons, the menu and the forms of a guide's steps. What each of them does is up to the step's check.

What is pasted lives in memory until Coze has answered, and nowhere else.
"""

from dataclasses import replace
from functools import partial

from bot.clock import Clock
from bot.core import guide as rules
from bot.core.errors import NotFound
from bot.core.guide import Guide
from bot.core.report import Kind
from bot.services.guide.checks import CHECKS
from bot.services.guide.guides import Guides
from bot.slack.requests import Command, Press, Submission
from bot.slack.router import Ack, Caller, Ephemeral, OpenModal, Owner, Result, Router, UpdateModal, View
from bot.slack.views.guide import forms, start
from bot.slack.views.guide.steps import STEPS
from bot.slack.views.guide.steps.agent import page_in
from bot.slack.views.guide.view import Sheet
from bot.slack.views.parts import Card, line, paragraph
from bot.slack.words import PAGE
from bot.texts import Locale
from bot.texts.guide import GuideTexts

PRESSES = frozenset[str]().union(*(check.presses for check in CHECKS.values()))
OPENS = frozenset[str]().union(*(check.opens for check in CHECKS.values()))
FORMS = frozenset[str]().union(*(check.forms for check in CHECKS.values()))
SAYS = frozenset[str]().union(*(face.says for face in STEPS.values()))


class GuideSteps:
    """What people press and fill in on their way. `host` is Coze's API as an assertion names it."""

    def __init__(self, clock: Clock, guides: Guides, texts: GuideTexts, host: str) -> None:
        self._clock, self._guides, self._texts, self._host = clock, guides, texts, host

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        for verb in sorted(PRESSES):
            router.press(f"guide.{verb}", partial(self.press, verb=verb), owner=Owner.OWN)
        for verb in sorted(OPENS):
            router.press(f"guide.{verb}", partial(self.open, verb=verb), owner=Owner.OWN)
        for verb in sorted(SAYS):
            router.press(f"guide.{verb}", partial(self.say, verb=verb), owner=Owner.OWN)
        for form in sorted(FORMS):
            router.form(f"guide.{form}", partial(self.submit, name=form), owner=Owner.OWN, secrets=_secrets(form))
        router.press("guide.more", self.more, owner=Owner.OWN)
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
        return Ephemeral(STEPS[step.check].say(verb, sheet))

    async def submit(self, form: Submission, caller: Caller, name: str) -> Result:
        """A form was sent: what it brought goes to the check, which may ask Coze after the ack."""
        value, _, rest = form.metadata.partition(" ")
        at = await self._guides.at(caller.person, *rules.pressed(value))
        sheet = Sheet(caller.locale, at.guide, value, self._clock.now(), rest, form.fields)
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
        return Card(ask.label, [paragraph(locale, line(f"**{ask.label}**"), line(ask.text))])

    async def again(self, form: Submission, caller: Caller) -> Result:
        """Starting over was confirmed."""
        await self._guides.restart(caller.person, rules.pressed(form.metadata)[0])
        return Ack()

    async def pasted(self, command: Command, caller: Caller) -> Result:
        """An agent's address was written to us: the guide that waits for one takes it by a press."""
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
