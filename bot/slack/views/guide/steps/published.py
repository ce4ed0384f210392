"""Published: the agent is on the API channel, or is published from here."""

from slack_sdk.models.blocks import ButtonElement

from bot.slack.views.guide import forms
from bot.slack.views.guide.view import GuideView, Modal, Sheet, StepView
from bot.slack.views.parts import Line, button, line


class Published(StepView):
    """Where the bot looks by itself, that costs the person no call; else it offers to look with the token at hand."""

    def button(self, view: GuideView, named: str, label: str) -> ButtonElement | None:
        """Who has a token at hand is looked after before their word counts."""
        if named == "next" and _has_token(view):
            return button(view.locale._("Published, check…"), "guide.check", view.value)
        return super().button(view, named, label)

    def is_offered(self, view: GuideView, named: str) -> bool:
        """A look with a token makes no sense where the bot can look by itself, a second one neither."""
        if named == "try":
            return not view.snapshot.looks and not _has_token(view)
        return named != "skip" or _has_token(view) or "next" not in view.text.buttons

    def small_print(self, view: GuideView) -> Line | None:
        """What pressing the button costs."""
        if not view.snapshot.looks:
            return None
        return line(view.locale._("Once you press “I published it”, I'll check it myself. It costs you no calls."))

    def again(self, view: GuideView) -> ButtonElement:
        """By the bot itself, or with a token."""
        if view.snapshot.looks:
            return button(view.locale._("Check again"), "guide.next", view.value)
        return button(view.locale._("Check again…"), "guide.check", view.value)

    def open(self, verb: str, sheet: Sheet) -> Modal:
        """The form for the token that looks it up or publishes it; none is asked for where we keep one for this."""
        locale, value = sheet.locale, sheet.value
        if verb == "check":
            text = locale._("I look up whether the agent is on the API channel: 1 Coze call.")
            return forms.token(locale, "guide.check", value, line(text), locale._("Check once"))
        text = locale._("Publish **{agent}** to API? It replaces the live version. 1 Coze call.")
        lead, submit = line(text, agent=sheet.guide.value("agent")), locale._("Publish")
        if sheet.prepared:
            return forms.kept(locale, "guide.publish", value, lead, submit)
        return forms.token(locale, "guide.publish", value, lead, submit)

    def secrets(self, form: str) -> tuple[str, ...]:
        """The token."""
        return ("guide.token",)

    def read(self, form: str, sheet: Sheet) -> object:
        """The token; to publish it may be left out, None then."""
        return None if form == "publish" and not forms.has_token(sheet) else forms.token_in(sheet)


def _has_token(view: GuideView) -> bool:
    """Whether a token was recorded on the way, and the bot cannot look without one."""
    return bool(view.guide.value("ends")) and not view.snapshot.looks


STEP = Published()
