"""Said: the person says that the step is done; the code for their own service may be shown."""

from bot.slack.views.guide import scripts
from bot.slack.views.guide.view import Sheet, StepView
from bot.slack.views.parts import Card

_VERBS = scripts.verbs("service")


class Said(StepView):
    """Its button is all there is."""

    says = frozenset(_VERBS)

    def say(self, verb: str, sheet: Sheet) -> Card:
        """What stays in somebody's service."""
        then = sheet.labels.get("next", sheet.locale._("Continue"))
        return scripts.script(sheet, _VERBS[verb], "service", then, "guide.next")


STEP = Said()
