"""Talk in Slack: sentences instead of commands, a question to the admins in one's own words, replies to admins."""

import re
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.core import report as report_rules
from bot.core.errors import NotFound
from bot.core.report import Kind
from bot.services.guide.guides import Guides
from bot.services.overview import Overview, PersonFacts
from bot.services.people import People
from bot.services.report import Reports
from bot.services.setting import Welcome
from bot.services.talk import Talk, Waiting
from bot.slack import words
from bot.slack.router import (
    Ack,
    Caller,
    Command,
    Ephemeral,
    OpenModal,
    Owner,
    Press,
    ReplaceMessage,
    Result,
    Router,
    Submission,
)
from bot.slack.views import talk as views
from bot.slack.views.guide import forms as guide_forms
from bot.slack.views.guide import start
from bot.slack.views.parts import Card
from bot.slack.views.status import Going
from bot.slack.words import ADDRESS, ERROR, SAID, Meaning, meaning
from bot.texts.guide import GuideTexts
from bot.texts.intents import UNKNOWN
from bot.texts.locale import error_help

NOT_REPLIES = frozenset({"stop", "delete", "language", "help", "hello", "admin"})
"""What is meant for the bot even where an admin's words wait for a reply."""

_AGAIN = {
    **dict.fromkeys(("E5", "E6", "E8", "E9", "E14", "E16"), "publish"),
    **dict.fromkeys(("E10", "E13", "E15", "E18"), "start"),
}
"""The command that tries an error's matter again; of the others it is the check."""

_CARRIED = re.compile(r"((?:join|report):[0-9]{1,18})(?: (.*))?", re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """A sentence, who said it, and what is true for them."""

    command: Command
    caller: Caller
    facts: PersonFacts

    @property
    def text(self) -> str:
        """What was said."""
        return self.command.text


class TalkHandlers:
    """What is answered to words. `hands_on`: whether pictures can be handed on to the admins."""

    def __init__(
        self,
        clock: Clock,
        people: People,
        overview: Overview,
        guides: Guides,
        reports: Reports,
        talk: Talk,
        texts: GuideTexts,
        welcome: Welcome,
        *,
        hands_on: bool,
    ) -> None:
        self._clock, self._people, self._overview = clock, people, overview
        self._guides, self._reports, self._talk, self._texts = guides, reports, talk, texts
        self._router, self._hands_on, self._welcome = Router(), hands_on, welcome

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        self._router = router
        router.command(SAID, self.said)
        router.press("report.ask", self.open_question)
        router.form("report.ask", self.ask)
        router.press("talk.send", self.send, owner=Owner.OWN)
        router.form("talk.send", self.send_edited, owner=Owner.OWN)
        router.press("talk.edit", self.open_edit, owner=Owner.OWN)
        router.press("talk.aside", self.aside)

    async def said(self, command: Command, caller: Caller) -> Result:
        """Words that are no command: a reply to an admin's, or what they mean."""
        facts = caller.facts or (await self._overview.of(caller.person.user_id))[1]
        asked, meant = Asked(command, caller, facts), meaning(command.text)
        waiting = await self._talk.waiting(caller.person, facts.request) if command.text.strip() else None
        if waiting and (meant.intent == UNKNOWN or (self._talk.is_fresh(waiting) and _may_reply(meant))):
            return Ephemeral(await self._offer(waiting, command.text, caller))
        return await self._answer(asked, meant)

    async def _offer(self, waiting: Waiting, text: str, caller: Caller) -> Card:
        name = await self._name(waiting.by)
        return views.reply(waiting.subject, name, waiting.words, text.strip(), caller.locale)

    async def _name(self, user_id: str) -> str:
        person = await self._people.known(user_id)
        return person.name if person else user_id

    async def _answer(self, asked: Asked, meant: Meaning) -> Result:
        """The card of the command that is meant, or one with the button that does it."""
        if asked.command.picture and meant.intent not in (ERROR, ADDRESS):
            meant = Meaning("screen")
        if meant.intent == "hello" and not _is_new(asked.facts):
            meant = Meaning("status")
        if meant.intent == "connect" and (going := self._going(asked)):
            return Ephemeral(views.connect(going, asked.text, asked.caller.locale))
        if verb := words.VERBS.get(meant.intent):
            told = asked.text if meant.intent == ADDRESS else meant.about
            command = replace(asked.command, verb=verb, text=told)
            return await self._router.commands[verb].handler(command, asked.caller)
        return Ephemeral(self._card(asked, meant))

    def _card(self, asked: Asked, meant: Meaning) -> Card:
        locale, text, now = asked.caller.locale, asked.text, self._clock.now()
        tokens, going, step = asked.facts.credentials, self._going(asked), _step(asked.facts)
        match meant.intent:
            case "expired":
                return views.expired(tokens, now, text, locale)
            case "stop":
                return views.stop(going, step, tokens, asked.facts.request, locale)
            case "delete":
                return views.delete(locale)
            case "thanks":
                return views.thanks(tokens, now, locale)
            case "screen":
                if asked.command.picture and self._hands_on:
                    return views.picture(asked.command.picture, text, locale)
                return views.screen(step if going else "", text, locale, picture=bool(asked.command.picture))
            case "admin":
                return views.admin(text, locale)
            case "hello":
                return start.hello(locale, self._texts, self._welcome(), joined=False)
            case words.ERROR:
                help = error_help(meant.about, locale, code=meant.code)
                return views.trouble(help, _AGAIN.get(meant.about.partition("-")[0], "check"), going, text, locale)
        return views.unknown(going, text, locale)

    def _going(self, asked: Asked) -> Going | None:
        """The guide that waits for them."""
        return start.place_in(self._texts, asked.facts.guide, asked.caller.locale) if asked.facts.guide else None

    async def open_question(self, press: Press, caller: Caller) -> Result:
        """The form to the admins, with the words that were said."""
        facts = (await self._overview.of(caller.person.user_id))[1]
        going = start.place_in(self._texts, facts.guide, caller.locale) if facts.guide else None
        return OpenModal(views.ask_form(press.value, going, caller.locale))

    async def ask(self, form: Submission, caller: Caller) -> Result:
        """The admins are asked, and told where the person is in a guide."""
        said = report_rules.read(guide_forms.read_words(form.fields), required=True)
        guide = next(iter(await self._guides.opened(caller.person)), None)
        checked_on = self._texts.routes[guide.route].step(guide.step).checked_on if guide else ""
        await self._reports.ask(caller.person, guide, Kind.QUESTION, checked_on, said)
        return Ack(lambda: self._asked(caller))

    async def _asked(self, caller: Caller) -> Card:
        return views.asked(caller.locale)

    async def send(self, press: Press, caller: Caller) -> Result:
        """What was typed goes to the admin who waits for it."""
        subject, said = _carried(press.value)
        return ReplaceMessage(await self._sent(subject, said, caller))

    async def send_edited(self, form: Submission, caller: Caller) -> Result:
        """The same, changed before."""
        subject, _ = _carried(form.metadata)
        card = await self._sent(subject, guide_forms.read_words(form.fields), caller)

        async def told() -> Card:
            return card

        return Ack(told)

    async def _sent(self, subject: str, said: str, caller: Caller) -> Card:
        told = await self._talk.reply(caller.person, subject, said)
        return views.replied(told.by, self._clock.now(), caller.locale)

    async def open_edit(self, press: Press, caller: Caller) -> Result:
        """The reply in a form."""
        subject, said = _carried(press.value)
        told = await self._talk.about(caller.person, subject)
        return OpenModal(views.edit_form(subject, told.words, said, caller.locale))

    async def aside(self, press: Press, caller: Caller) -> Result:
        """It was no reply: what it means then."""
        facts = (await self._overview.of(caller.person.user_id))[1]
        command = Command(press.delivery, press.user_id, SAID, press.value, press.target, "button")
        result = await self._answer(Asked(command, caller, facts), meaning(press.value))
        return ReplaceMessage(result.card) if isinstance(result, Ephemeral) else result


def _may_reply(meant: Meaning) -> bool:
    return meant.intent not in NOT_REPLIES


def _is_new(facts: PersonFacts) -> bool:
    return not (facts.request or facts.credentials or facts.publications or facts.guide or facts.finished)


def _step(facts: PersonFacts) -> str:
    """The open step as buttons name it; "" without a guide."""
    return f"{facts.guide.id}:{facts.guide.step}" if facts.guide else ""


def _carried(value: str) -> tuple[str, str]:
    """The matter that a button names, and the words that it carries. Raises NotFound for any other value."""
    found = _CARRIED.fullmatch(value)
    if found is None:
        raise NotFound
    return found[1], found[2] or ""
