"""What the cards of a guide have in common: where one is, what is done, the row of buttons and the menu."""

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
)

from bot.core import guide as rules
from bot.core.report import ReportState
from bot.slack.views.parts import HEADING, NAME, Line, button, cut, fit, line, mrkdwn
from bot.texts import Locale

from .view import VERBS, Finished, GuideView, called

SHOWN = 3  # finished steps that are spelt out once there are more than four
SPELT = 4
MOST_OPTIONS = 5


def where(view: GuideView) -> ContextBlock:
    """Small print on top: which route and step, and what is done, a line each."""
    locale, route = view.locale, view.snapshot.route
    text = locale._("Route: {route} · step {number} of {count}")
    title = view.route.words[locale.language].title
    place = line(text, route=title, number=rules.number(route, view.step), count=len(route.counted))
    return stacked(locale, place, *_finished(view))


def place_of(view: GuideView) -> str:
    """Which step of how many, as a few words."""
    number, count = rules.number(view.snapshot.route, view.step), len(view.snapshot.route.counted)
    return view.locale._("Step {number} of {count}: {title}", number=number, count=count, title=title_of(view))


def title_of(view: GuideView) -> str:
    """The open step's title, as long as a heading may be."""
    title = view.words.title.replace("{agent}", "{name}")
    return fit(title, cut(called(view.guide), NAME), HEADING)


def stacked(locale: Locale, *lines: Line) -> ContextBlock:
    """Small print, the lines under each other."""
    return ContextBlock(elements=[MarkdownTextObject(text="\n".join(mrkdwn(locale, each) for each in lines))])


def _finished(view: GuideView) -> list[Line]:
    known = (Finished(step, how) for step, how in rules.finished(view.snapshot.route, view.guide))
    told = (view.faces[each.step.check].done(view, each) for each in known)
    done = [each for each in told if each]
    hidden = len(done) - SHOWN if len(done) > SPELT else 0
    more = view.locale.ngettext("✅ {count} more step done", "✅ {count} more steps done", hidden)
    return [*([line(more)] if hidden else []), *done[hidden:]]


def row(view: GuideView) -> list[InteractiveElement]:
    """The step's buttons in the order of doing, the way to help, and the menu."""
    face = view.face
    files = [face.button(view, named, view.words.labels[named]) for named in view.text.buttons]
    shown = [*face.before(view), *(each for each in files if each), *face.behind(view)]
    if shown:
        shown[0].style = "primary"
    stuck = button(view.locale._("I'm stuck"), "guide.stuck", view.value)
    return [*shown[: 3 if len(shown) > 2 else 2], *([stuck] if len(shown) < 3 else []), menu(view)]


def menu(view: GuideView, *first: tuple[str, str]) -> OverflowMenuElement:
    """What is rarely wanted: what the step names, common questions, a screen that differs, back, start over."""
    _, words = view.locale._, view.words
    offered = [key for key in view.text.menu if view.face.is_offered(view, key)]
    named = [(words.labels[key], VERBS.get(key, key)) for key in offered]
    asks = [(ask.label, f"ask-{key}") for key, ask in words.asks.items()]
    stuck = [(_("I'm stuck"), "stuck")] if len(view.text.buttons) > 2 else []
    usual = [
        (_("My screen looks different"), "differs"),
        *([] if rules.is_first(view.snapshot.route, view.step) else [(_("Back to the step before"), "back")]),
        (_("Start over…"), "again"),
        (_("Pause, do it later"), "pause"),
    ]
    choices = [*first, *named, *asks, *stuck, *usual][:MOST_OPTIONS]
    options = [Option(text=PlainTextObject(text=text), value=f"{verb}:{view.value}") for text, verb in choices]
    return OverflowMenuElement(action_id="guide.more", options=options)


def doubts(view: GuideView) -> list[Block]:
    """What a step of the route has to say wherever one is."""
    return [block for step in view.snapshot.route.steps for block in view.faces[step.check].doubts(view)]


def asked(view: GuideView) -> list[Line]:
    """Whether an admin is at it."""
    report = view.snapshot.report
    if report is None or report.step != view.step.id:
        return []
    if report.state is ReportState.ANSWERED:
        return [line(view.locale._("An admin has answered you."))]
    return [line(view.locale._("An admin has your question; the answer comes here."))]
