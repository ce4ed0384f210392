"""A guide's card when a check said no: what, why probably, and the button that mends it."""

from slack_sdk.models.blocks import ButtonElement, InteractiveElement

from bot.core.assertion import Finding
from bot.core.assertion import Report as LintReport
from bot.core.guide import Check, Failure, number
from bot.services.look import NOT_LISTED
from bot.services.ticks import REJECTED
from bot.services.trial import CREATE
from bot.texts import Help, Reader, error_help

from . import check, lint
from .buttons import OPERATORS, command
from .guide_parts import Page, asked, doubts, fix, menu, opener, stacked, where
from .parts import Card, Line, Moment, Piece, actions, advice, body, button, header, helped, line, paragraph

UNKNOWN_MADE = "E15-made"  # key of the error help: to be looked for before it is made again


def failed(page: Page, failure: Failure) -> Card:
    """A check said no: what, why probably, what to do now."""
    reader = page.reader
    help = error_help(failure.error, reader, **failure.values)
    place = number(page.sight.route, page.step)
    told = [paragraph(reader, helped(help.why, help)), advice(help, reader)]
    if ours := _is_ours(failure):
        told = [paragraph(reader, line(_tell_an_admin(reader)))]
    blocks = [
        where(page),
        header(help.title),
        body(*told),
        *doubts(page),
        actions(*_ways_out(page, help, ours=ours)),
        stacked(reader, *_traces(page, failure)),
    ]
    text = reader.t("Step {number} did not pass: {what}", number=place, what=help.what)
    return Card(text, blocks)


def sentence(failure: Failure, reader: Reader) -> str:
    """What Coze said no to and what to do, as plain text for a form."""
    help = error_help(failure.error, reader, **failure.values)
    return f"{help.what} {_tell_an_admin(reader)}" if _is_ours(failure) else help.sentence(reader)


def _is_ours(failure: Failure) -> bool:
    """Whether Coze was asked with the bot's own credential, and no to just that."""
    return failure.error in OPERATORS and not failure.calls


def _tell_an_admin(reader: Reader) -> str:
    return reader.t("It is about the bot's own credential: please tell an admin.")


def _ways_out(page: Page, help: Help, *, ours: bool) -> list[InteractiveElement]:
    """What mends it first, then the check again, then a person; the menu leads back to the step."""
    reader = page.reader
    mend = _ways_in(page, help) if page.step.check is Check.MEMBER else _mends(page, help, ours=ours)
    ask = button(reader.t("Ask an admin"), "guide.ask_admin", page.value)
    again = [(reader.t("Check again"), "next")] if help.key == NOT_LISTED else []
    return [*mend, ask, menu(page, *again, (reader.t("Back to the step"), "show"))]


def _ways_in(page: Page, help: Help) -> list[ButtonElement]:
    """Nobody is stuck at the team's door: their word counts where Coze's does not help."""
    reader, failure = page.reader, page.guide.failure
    other = button(reader.t("It's another account…"), "guide.account", page.value)
    if help.key == NOT_LISTED:
        return [command("join", reader, primary=True), other]
    again = button(reader.t("Check again"), "guide.next", page.value)
    again = other if failure and failure.calls else again
    again.style = "primary"
    return [again, button(reader.t("I am in it, go on"), "guide.insist", page.value)]


def _mends(page: Page, help: Help, *, ours: bool) -> list[ButtonElement]:
    reader = page.reader
    again = _again(page)
    elsewhere = None if ours else _PLACES.get(help.key)
    shown: list[ButtonElement] = []
    if elsewhere:
        label = _link_label(elsewhere, help, reader)
        label = page.words.labels.get("open", label) if elsewhere == page.text.open else label
        shown.append(opener(page, label, elsewhere))
    if help.key in _OTHER_APP and page.step.check is Check.ASSERTION and not doubts(page):
        shown.append(fix(page))
    if again and len(shown) < 2:
        shown.append(again)
    if help.key == "E10" and "next" in page.words.labels:
        shown.append(button(page.words.labels["next"], "guide.next", page.value))
    shown = shown or [opener(page, reader.t("Open Coze"), "coze")]
    first = again if again and help.key == REJECTED else shown[0]
    first.style = "primary"
    return shown


def _link_label(place: str, help: Help, reader: Reader) -> str:
    """What the link says. Where the help's own button opens a form, the place is named instead."""
    if not help.button.endswith("…"):
        return help.button
    return reader.t("Open the Coze space") if place == "space" else reader.t("Open agent")


_PLACES = {
    **dict.fromkeys(("E1", "E3"), "tokens"),
    "E12": "oauth",
    "E12-off": "oauth",
    "E12-bind": "oauth",
    **dict.fromkeys(("E5", "E6", "E14", "E16"), "agent"),
    "E9": "space",
    UNKNOWN_MADE: "coze",
    "E17": "coze",
}
"""Where on Coze's pages an error is mended."""

_OTHER_APP = frozenset({"E7", "E11", "E12-bind"})
"""Errors after which another app's number and fingerprint may have to be entered."""


def _again(page: Page) -> ButtonElement | None:
    """The same check once more."""
    reader = page.reader
    match page.step.check:
        case Check.TOKEN:
            return button(reader.t("Check again…"), "guide.check", page.value)
        case Check.AGENT if _was_making(page) and "create" in page.words.labels:
            return button(page.words.labels["create"], "guide.create", page.value)
        case Check.AGENT:
            return button(reader.t("Paste another address…"), "guide.paste", page.value)
        case Check.ASSERTION:
            return button(reader.t("Paste a new one…"), "guide.paste", page.value)
        case Check.CHANNEL if page.sight.publication and page.sight.publication.by_hand:
            return button(reader.t("I published it again"), "guide.next", page.value)
        case Check.CHANNEL:
            return button(reader.t("Publish again…"), "command.publish", page.guide.value("agent_id"))
        case Check.PUBLISHED if page.sight.looks:
            return button(reader.t("Check again"), "guide.next", page.value)
        case Check.PUBLISHED:
            return button(reader.t("Check again…"), "guide.check", page.value)
    return None


def _was_making(page: Page) -> bool:
    """Whether an agent was to be made, and surely was not: an address that is looked up costs the person no call."""
    failure = page.guide.failure
    if failure is None or failure.error == UNKNOWN_MADE:
        return False
    return failure.calls > 0 or failure.values.get("key") == CREATE


def _traces(page: Page, failure: Failure) -> list[Line]:
    reader = page.reader
    known = check.traces({**failure.values, "calls": failure.calls}, reader)
    if failure.calls and page.step.check in (Check.TOKEN, Check.ASSERTION, Check.MEMBER):
        known.insert(1, line(reader.t("dropped, not stored, not logged")))
    if failure.error == REJECTED:  # Coze tells nobody but the author
        known.insert(0, line(reader.t("The verdict as you told it · you confirmed")))
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
    return [Line(" · ".join(parts), joined), *asked(page)]


def linted(page: Page, failure: Failure) -> Card:
    """All findings at once; the assertion was only read."""
    found = (Finding(*each) for each in failure.values["findings"])
    findings = tuple(each for each in found if (each.key, each.level) != ("kid", "note"))  # a line of its own says it
    reader = page.reader
    report = lint.lint(LintReport(findings), reader)
    kept = [block for block in report.blocks if block.type not in ("actions", "context")]
    buttons = [
        button(reader.t("Paste a new one…"), "guide.paste", page.value, primary=True),
        button(reader.t("Copy script"), "guide.script", page.value),
        button(reader.t("I'm stuck"), "guide.stuck", page.value),
    ]
    read = line(reader.t("I only read it: not sent to Coze, no calls used, now dropped."))
    blocks = [
        where(page),
        *kept,
        *doubts(page),
        actions(*buttons, menu(page, (reader.t("Back to the step"), "show"))),
    ]
    return Card(report.text, [*blocks, stacked(reader, read, *asked(page))])
