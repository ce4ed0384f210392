"""Ids: an OAuth app's number and its key's fingerprint."""

from slack_sdk.models.blocks import Block

from bot.core import agent as rules
from bot.core.agent import is_usual
from bot.slack.views.guide import forms
from bot.slack.views.guide.view import GuideView, Modal, Sheet, StepView
from bot.slack.views.parts import line, section
from bot.texts.locale import mark

_OTHER_SIGNS = mark(
    "⚠️ A fingerprint usually holds letters, digits, hyphens and underscores only; yours holds other signs."
)


class Ids(StepView):
    """A fingerprint of an unusual shape is doubted until Coze has taken it."""

    def doubts(self, view: GuideView) -> list[Block]:
        """Beside the button that mends it."""
        locale, kid = view.locale, view.guide.value("kid")
        tried = [step.id for step in view.snapshot.route.steps if step.check == "assertion"]
        proven = any(step_id in view.guide.facts for step_id in tried)
        if not kid or proven or is_usual(kid) or view.face is self:
            return []
        if len(kid) == 43:
            text = locale._(_OTHER_SIGNS)
        else:
            text = locale._("⚠️ A fingerprint usually has 43 characters; yours has {count}.", count=len(kid))
        return [section(locale, forms.fix(view), line(text), line(locale._("If the check fails, look here first.")))]

    def open(self, verb: str, sheet: Sheet) -> Modal:
        """The form for both, with what is known."""
        return forms.ids(sheet.locale, sheet.guide, sheet.value)

    def read(self, form: str, sheet: Sheet) -> tuple[str, str]:
        """Both, and surely no key."""
        return rules.read_ids(**forms.read_ids(sheet.fields))


STEP = Ids()
