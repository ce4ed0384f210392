"""A guide's buttons: those of the open step in the order of doing, and the menu of what is rarely wanted."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement, InteractiveElement, Option, OverflowMenuElement, PlainTextObject

from bot.core import guide as rules
from bot.core.report import ReportState
from bot.slack.views.parts import button

from .view import VERBS, GuideView

MOST_OPTIONS = 5


def row(view: GuideView) -> list[InteractiveElement]:
    """The step's buttons in the order of doing, the way to help, and the menu."""
    face = view.face
    files = [face.button(view, named, view.words.labels[named]) for named in view.text.buttons]
    shown = [*face.before(view), *(each for each in files if each), *face.behind(view)]
    if shown:
        shown[0].style = "primary"
    stuck = button(view.locale._("I'm stuck"), "guide.stuck", view.value)
    return with_menu(view, [*shown[: 3 if len(shown) > 2 else 2], *([stuck] if len(shown) < 3 else [])])


def with_menu(
    view: GuideView, buttons: Sequence[InteractiveElement], *first: tuple[str, str]
) -> list[InteractiveElement]:
    """The buttons, and behind ⋯ what is rarely wanted: `first` (label and verb), what the step names, common
    questions, help, a screen that differs, back, start over.
    """
    _, words = view.locale._, view.words
    offered = [key for key in view.text.menu if view.face.is_offered(view, key)]
    named = [(words.labels[key], VERBS.get(key, key)) for key in offered]
    asks = [(ask.label, f"ask-{key}") for key, ask in words.asks.items()]
    is_helped = any(each.action_id == "guide.ask_admin" for each in buttons)  # that opens the same form
    stuck = [] if is_helped else [(_("I'm stuck"), "stuck")]
    rare = [(text, f"{verb}:{view.value}") for text, verb in (*first, *named, *asks, *stuck)]
    return [*buttons, overflow([*rare, *usual(view)], buttons)]


def usual(view: GuideView) -> list[tuple[str, str]]:
    """What each step's menu has: label and value."""
    _ = view.locale._
    report = view.snapshot.report
    choices = [
        (_("My screen looks different"), "differs"),
        *([] if rules.is_first(view.snapshot.route, view.step) else [(_("Back to the step before"), "back")]),
        (_("Start over…"), "again"),
        (_("Pause, do it later"), "pause"),
    ]
    is_answered = report is not None and report.state is ReportState.ANSWERED
    helped = [(_("That helped"), f"report.solve/{report.id}")] if report and is_answered else []
    return [*helped, *((text, f"{verb}:{view.value}") for text, verb in choices)]


def overflow(choices: Sequence[tuple[str, str]], beside: Sequence[InteractiveElement] = ()) -> OverflowMenuElement:
    """The guide's menu, of the first of these: label and value. What a button `beside` it does is not repeated."""
    shown = {each.text.text for each in beside if isinstance(each, ButtonElement) and each.text}
    rare = [(text, value) for text, value in choices if text not in shown]
    options = [Option(text=PlainTextObject(text=text), value=value) for text, value in rare[:MOST_OPTIONS]]
    return OverflowMenuElement(action_id="guide.more", options=options)
