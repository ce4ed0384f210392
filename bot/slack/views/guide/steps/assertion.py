"""Assertion: a signed one, of which every finding is told at once."""

from slack_sdk.models.blocks import ButtonElement

from bot.core.guide import LINT, Failure
from bot.slack.views.guide import forms, lint, scripts
from bot.slack.views.guide.row import with_menu
from bot.slack.views.guide.view import (
    GuideView,
    Modal,
    Sheet,
    StepView,
    asked,
    doubts,
    finished,
    stacked,
    where,
)
from bot.slack.views.parts import Card, actions, button, line
from bot.slack.views.plan import Task, in_turn
from bot.texts.locale import Help, Locale

_VERBS = scripts.verbs("sign")
_OTHER_APP = frozenset({"E7", "E11", "E12-bind"})
"""Errors after which another app's number and fingerprint may have to be entered."""


class Assertion(StepView):
    """Signed on the person's own machine, by a script that is shown."""

    drops_secret = True
    says = frozenset(_VERBS)

    def tasks(self, locale: Locale) -> list[Task]:
        """It was read already."""
        exchanged = locale._("Exchange it for a token"), locale._("See whose token that is")
        return in_turn(locale._("Read the assertion"), *exchanged, done=1)

    def again(self, view: GuideView) -> ButtonElement:
        """Another one: it works once."""
        return button(view.locale._("Paste a new one…"), "guide.paste", view.value)

    def mends(self, view: GuideView, help: Help) -> list[ButtonElement]:
        """The two values, unless they are doubted beside that button already."""
        return [forms.fix(view)] if help.key in _OTHER_APP and not doubts(view) else []

    def failed(self, view: GuideView, failure: Failure) -> Card | None:
        """All findings at once; the assertion was only read."""
        if failure.error != LINT:
            return None
        locale = view.locale
        report = lint.lint(lint.kept_in(failure), locale)
        title, *kept = (block for block in report.blocks if block.type not in ("actions", "context"))
        buttons = [
            button(locale._("Paste a new one…"), "guide.paste", view.value, primary=True),
            button(locale._("Copy script"), "guide.script", view.value),
            button(locale._("I'm stuck"), "guide.stuck", view.value),
        ]
        row = actions(*with_menu(view, buttons, (locale._("Back to the step"), "show")))
        read = line(locale._("I only read it: not sent to Coze, no calls used, now dropped."))
        small = stacked(locale, read, *asked(view), *finished(view))
        return Card(report.text, [title, where(view), *kept, *doubts(view), row, small])

    def say(self, verb: str, sheet: Sheet) -> Card:
        """What signs it."""
        then = sheet.labels.get("paste", sheet.locale._("Continue"))
        return scripts.script(sheet, _VERBS[verb], "sign", then, "guide.paste")

    def open(self, verb: str, sheet: Sheet) -> Modal:
        """The form for the line that the script printed."""
        return forms.assertion(sheet.locale, sheet.value)

    def secrets(self, form: str) -> tuple[str, ...]:
        """The line, for ten minutes."""
        return ("guide.assertion",)

    def read(self, form: str, sheet: Sheet) -> object:
        """The line, and not a token."""
        return forms.assertion_in(sheet)


STEP = Assertion()
