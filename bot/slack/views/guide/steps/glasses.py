"""Glasses: the agent answers there, or a look with the token tells whether that is Coze's doing."""

from slack_sdk.models.blocks import ButtonElement

from bot.core.guide import Failure
from bot.services.guide.checks.glasses import NOT_COZE, SILENT, SILENT_IN_TEAM
from bot.slack.views.guide import forms
from bot.slack.views.guide.view import GuideView, Modal, Sheet, StepView
from bot.slack.views.parts import Line, button, line
from bot.texts.locale import Help


class Glasses(StepView):
    """What is known of it is the person's word; of the token and the agent behind it Coze's."""

    drops_secret = True

    def ways_out(self, view: GuideView, help: Help) -> list[ButtonElement] | None:
        """To look, as long as that was not done, and to say that they answer by now."""
        if help.key not in (SILENT, SILENT_IN_TEAM, NOT_COZE):
            return None
        look = [] if help.key == SILENT_IN_TEAM else [self._look(view, primary=help.key == SILENT)]
        label = view.words.labels.get("next", "")
        return [*look, button(label, "guide.next", view.value)] if label else look

    def again(self, view: GuideView) -> ButtonElement:
        """With the token once more."""
        return self._look(view)

    def trace(self, view: GuideView, failure: Failure) -> Line | None:
        """What a look costs."""
        if failure.error != SILENT:
            return None
        return line(view.locale._("A check takes 1 Coze call (a free personal account has 500 in all)"))

    def open(self, verb: str, sheet: Sheet) -> Modal:
        """The form for the token that is in the app."""
        locale = sheet.locale
        lead = locale._("I ask Coze whether this token works and shows the agent: 1 Coze call.")
        if not sheet.guide.value("agent_id"):
            lead = locale._("I ask Coze whether this token works: 1 Coze call.")
        return forms.token(locale, "guide.check", sheet.value, line(lead), locale._("Check once"))

    def secrets(self, form: str) -> tuple[str, ...]:
        """The token."""
        return ("guide.token",)

    def read(self, form: str, sheet: Sheet) -> object:
        """The token. Raises InvalidFields."""
        return forms.token_in(sheet)

    def _look(self, view: GuideView, *, primary: bool = False) -> ButtonElement:
        again = view.guide.failure is not None and view.guide.failure.error != SILENT
        label = view.locale._("Check again…") if again else view.locale._("Check with a token…")
        return button(label, "guide.check", view.value, primary=primary)


STEP = Glasses()
