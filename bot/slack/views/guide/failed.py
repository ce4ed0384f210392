"""A guide's card when a check said no: what, why probably, and the button that mends it."""

from slack_sdk.models.blocks import ButtonElement, InteractiveElement

from bot.core.guide import Failure, number
from bot.services.guide.checks.agent import COPIED_BY_US
from bot.slack.views.buttons import KEPT, OPERATORS, keep_anew
from bot.slack.views.parts import (
    Card,
    Line,
    Moment,
    Piece,
    actions,
    advice,
    button,
    helped,
    line,
    rich_text,
    text_section,
)
from bot.texts.locale import Help, Locale, error_help

from .row import with_menu
from .token_check import not_there_yet, traces
from .view import GuideView, asked, doubts, finished, headed, opener, stacked

UNKNOWN_MADE = "E15-made"  # key of the error help: to be looked for before it is made again


def failed(view: GuideView, failure: Failure) -> Card:
    """A check said no: what, why probably, what to do now."""
    locale = view.locale
    help = error_help(failure.error, locale, **failure.values)
    place = number(view.snapshot.route, view.step)
    ours = _is_ours(failure)
    why = line(_tell_an_admin(locale)) if ours else helped(help.why, help)
    told = [text_section(locale, not_there_yet(help, why, locale)), *([] if ours else [advice(help, locale)])]
    blocks = [
        *headed(view, locale._("Tell an admin") if ours else help.act),
        rich_text(*told),
        *doubts(view),
        actions(*_ways_out(view, help, failure)),
        stacked(locale, *_traces(view, failure), *finished(view)),
    ]
    text = locale._("Step {number} didn't pass: {what}", number=place, what=help.what)
    return Card(text, blocks)


def sentence(failure: Failure, locale: Locale) -> str:
    """What Coze said no to and what to do, as plain text for a form."""
    help = error_help(failure.error, locale, **failure.values)
    return f"{help.what} {_tell_an_admin(locale)}" if _is_ours(failure) else help.sentence(locale)


def _is_ours(failure: Failure) -> bool:
    """Whether Coze was asked with the bot's own credential, and no to just that."""
    return failure.error in OPERATORS and not failure.calls


def _tell_an_admin(locale: Locale) -> str:
    return locale._("The problem is my own credential: please tell an admin.")


def _ways_out(view: GuideView, help: Help, failure: Failure) -> list[InteractiveElement]:
    """What mends it first, then the check again, then a person; the menu leads back to the step."""
    locale, face = view.locale, view.face
    mend = face.ways_out(view, help) or _mends(view, help, failure)
    ask = button(locale._("Ask an admin"), "guide.ask_admin", view.value)
    more = face.menu_of_failure(view, help)
    return with_menu(view, [*mend, ask], *more, (locale._("Back to the step"), "show"))


def _mends(view: GuideView, help: Help, failure: Failure) -> list[ButtonElement]:
    locale, face = view.locale, view.face
    again = face.again(view)
    shown = _openers(view, help, failure)
    mended = [keep_anew(help)] if help.key in KEPT else face.mends(view, help)
    shown = [*mended, *shown] if help.key in COPIED_BY_US.values() else [*shown, *mended]
    if again and len(shown) < 2:
        shown.append(again)
    shown = shown or [opener(view, locale._("Open Coze"), "coze")]
    first = again if again and face.is_again_first(help) else shown[0]
    for each in shown:
        each.style = "primary" if each is first else None
    return shown


def _openers(view: GuideView, help: Help, failure: Failure) -> list[ButtonElement]:
    """The page on Coze where it is mended, if it is there."""
    elsewhere = None if _is_ours(failure) else _PLACES.get(help.key)
    if elsewhere is None:
        return []
    label = _link_label(elsewhere, help, view.locale)
    return [opener(view, view.words.labels.get("open", label) if elsewhere == view.text.open else label, elsewhere)]


def _link_label(place: str, help: Help, locale: Locale) -> str:
    """What the link says. Where the help's own button opens a form, the place is named instead."""
    if not help.button.endswith("…"):
        return help.button
    return locale._("Open the Coze space") if place == "space" else locale._("Open agent")


_PLACES = {
    **dict.fromkeys(("E1", "E3"), "tokens"),
    "E12": "oauth",
    "E12-off": "oauth",
    "E12-bind": "oauth",
    **dict.fromkeys(("E5", "E6", "E14", "E16", "E16-name"), "agent"),
    **dict.fromkeys(("E9", *COPIED_BY_US.values(), "E15-copied"), "space"),
    "E9-copy": "agent",
    UNKNOWN_MADE: "coze",
    "E17": "coze",
}
"""Where on Coze's pages an error is mended."""


def _traces(view: GuideView, failure: Failure) -> list[Line]:
    locale = view.locale
    known = traces({**failure.values, "calls": failure.calls}, locale)
    if failure.calls and view.face.drops_secret:
        known.insert(1, line(locale._("dropped, not stored, not logged")))
    if how := view.face.trace(view, failure):
        known.insert(0, how)
    known.append(line("{at}", at=Moment(failure.at)))
    joined: dict[str, Piece] = {}
    parts = []
    for place, each in enumerate(known):
        renamed = {key: f"{key}{place}" for key in each.pieces}
        template = each.template
        for key, new in renamed.items():
            template = template.replace(f"{{{key}}}", f"{{{new}}}")
            joined[new] = each.pieces[key]
        parts.append(template)
    return [Line(" · ".join(parts), joined), *asked(view)]
