"""A guide's live card: the open step spelt out, a check that said no, what is proven, and the end."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, ButtonElement, InteractiveElement, RichTextElement

from bot.core.assertion import Finding
from bot.core.assertion import Report as LintReport
from bot.core.credential import Lifetime
from bot.core.guide import LINT, Check, Failure, State, number
from bot.core.people import Evidence
from bot.core.publish import UNDER_WAY
from bot.core.publish import State as Publishing
from bot.core.remind import ladder
from bot.core.report import State as Asked
from bot.services.guide import CLAIMED
from bot.services.look import ASKING, NOT_LISTED
from bot.services.ticks import REJECTED
from bot.texts import Help, Reader, error_help
from bot.texts.guide import Field

from . import check, lint
from .buttons import OPERATORS, command
from .guide_parts import ENDS, Page, called, doubts, fix, menu, opener, row, stacked, where
from .parts import (
    Card,
    Code,
    Line,
    Moment,
    Piece,
    actions,
    advice,
    body,
    bullets,
    button,
    header,
    helped,
    line,
    numbered,
    paragraph,
    said,
    small,
)
from .plan import in_turn, plan
from .status import agent_state, request_state
from .strings import HEADING, NAME, cut, escape, fit

__all__ = ["Page", "card", "moved", "place_of", "waiting"]


def card(page: Page, now: datetime) -> Card:
    """The guide as it stands."""
    if page.guide.state is State.DONE:
        return _done(page, now)
    failure = page.guide.failure
    if failure and failure.error == LINT:
        return _lint(page, failure)
    if failure:
        return _failed(page, failure)
    if page.step.check is Check.TOKEN and "account" in page.guide.facts:
        return _token_works(page)
    return _open(page, now)


def moved(page: Page) -> Card:
    """An older copy of the card: its newest one stands further down."""
    text = page.reader.t("This guide goes on further down.")
    return Card(text, [said(page.reader, line(text))])


def waiting(page: Page) -> bool:
    """Whether Coze is asked just now about what the person entered."""
    guide, check_ = page.guide, page.step.check
    if ASKING in guide.facts:
        return True
    if not page.sight.looks:
        return False
    return (check_ is Check.AGENT and bool(guide.value("agent_id"))) or (
        check_ is Check.PUBLISHED and CLAIMED in guide.facts
    )


def _open(page: Page, now: datetime) -> Card:
    reader, words = page.reader, page.words
    blocks: list[Block] = [where(page), header(_title(page, words.title)), body(*_body(page))]
    if working := _plan(page, now):
        blocks.append(working)
    elif state := _state(page):
        blocks.append(said(reader, *state))
    blocks += [*doubts(page), actions(*row(page)), stacked(reader, *_print(page))]
    return Card(escape(_step(page, words.title)), blocks)


def _step(page: Page, title: str) -> str:
    place, count = number(page.sight.route, page.step), len(page.sight.route.counted)
    return page.reader.t("Step {number} of {count}: {title}", number=place, count=count, title=_title(page, title))


def _title(page: Page, title: str) -> str:
    return fit(title.replace("{agent}", "{name}"), cut(called(page.guide), NAME), HEADING)


def _body(page: Page) -> list[RichTextElement]:
    elements: list[RichTextElement] = [numbered(page.reader, *(page.line(text) for text in page.words.do))]
    if page.text.fields:
        elements.append(bullets(page.reader, *(_field(page, field) for field in page.route.fields)))
    return elements


def _field(page: Page, field: Field) -> Line:
    reader = page.reader
    label = field.label[reader.language]
    template = reader.t("{label}: {value}")
    if field.secret:
        return line(template, label=label, value=field.secret[reader.language])
    value = page.guide.value(field.fact)
    shown: Piece = Code(value) if value else reader.t("as on your screen")
    return line(template, label=label, value=shown)


def _state(page: Page) -> list[Line]:
    """What somebody else has to do, or Coze is asked."""
    reader, sight = page.reader, page.sight
    if waiting(page):
        return [line(reader.t("⏳ Checking with Coze, a moment…"))]
    if page.step.check in (Check.ASKED, Check.JOINED) and sight.request:
        found = request_state(sight.request, reader)
        return [Line(reader.t("⏳ **Your request:** {state}").replace("{state}", found.template), found.pieces)]
    if page.step.check is Check.CHANNEL:
        return _review(page)
    return []


def _plan(page: Page, now: datetime) -> Block | None:
    """What Coze is asked by several calls, whose answers come all at once; None where it is one."""
    reader = page.reader
    match page.guide.value(ASKING):
        case "token":
            asked = (
                reader.t("Whose token it is"),
                reader.t("Which spaces it sees"),
                reader.t("Whether it lists agents"),
            )
            tasks = in_turn(*asked)
        case "assertion":
            exchanged = reader.t("Exchange it for a token"), reader.t("See whose token that is")
            tasks = in_turn(reader.t("Read the assertion"), *exchanged, done=1)
        case _:
            return None
    title = reader.t("Checking with Coze, a moment…")
    return plan(title, tasks, f"guide.plan:{page.guide.id}:{page.guide.version}", now)


def _review(page: Page) -> list[Line]:
    reader, publication = page.reader, page.sight.publication
    if publication and publication.state is Publishing.CLAIMED:
        return [line(reader.t("⏳ **In review**, as you said · Coze does not list it yet, I keep looking"))]
    if publication and publication.state in UNDER_WAY:
        text = reader.t("⏳ **{state}** · this step ticks itself once it is online")
        return [line(text, state=agent_state(publication, reader))]
    if not page.sight.looks:
        return [line(reader.t("I can't look into that workspace myself, so your word counts here."))]
    return []


def _print(page: Page) -> list[Line]:
    """What it costs, how current the labels are, and whether an admin is at it."""
    reader, lines = page.reader, []
    if page.words.note:
        lines.append(page.line(page.words.note))
    elif page.step.check is Check.PUBLISHED and page.sight.looks:
        lines.append(line(reader.t("Once you press “I published it” I look by myself: it costs you no call.")))
    else:
        month = reader.month(page.text.checked_on)
        lines.append(line(reader.t("Labels as on Coze's pages in {month}."), month=month))
    return [*lines, *_asked(page)]


def _asked(page: Page) -> list[Line]:
    report = page.sight.report
    if report is None or report.step != page.step.id:
        return []
    if report.state is Asked.ANSWERED:
        return [line(page.reader.t("An admin has answered you."))]
    return [line(page.reader.t("An admin has your question; the answer comes here."))]


def _token_works(page: Page) -> Card:
    """The token was tried and works; its end is still to be recorded."""
    reader, guide = page.reader, page.guide
    count = int(guide.value("workspaces") or 0)
    proven = check.pat_lines(guide.value("account"), count, bool(guide.value("lists")), reader)
    unknown = line(reader.t("📅 Coze does not tell when it ends: record the date and I remind you"))
    record = button(reader.t("Record expiry…"), "guide.record", page.value, primary=True)
    blocks = [
        where(page),
        header(reader.t("The token works")),
        said(reader, *proven, unknown),
        actions(record, button(reader.t("I'm stuck"), "guide.stuck", page.value), menu(page)),
        small(
            reader,
            check.calls_used(int(guide.value("calls") or 0), reader),
            line(reader.t("token dropped, not stored, not logged")),
        ),
    ]
    return Card(reader.t("The token works: everything checked is verified"), blocks)


def _failed(page: Page, failure: Failure) -> Card:
    """A check said no: what, why probably, what to do now."""
    reader = page.reader
    help = error_help(failure.error, reader, **failure.values)
    place = number(page.sight.route, page.step)
    told = [paragraph(reader, helped(help.why, help)), advice(help, reader)]
    if ours := help.key in OPERATORS and not failure.calls:  # Coze was asked with the bot's own credential
        told = [paragraph(reader, line(reader.t("It is about the bot's own credential: please tell an admin.")))]
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
    "E15-made": "coze",
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
    return [Line(" · ".join(parts), joined), *_asked(page)]


def _lint(page: Page, failure: Failure) -> Card:
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
    return Card(report.text, [*blocks, stacked(reader, read, *_asked(page))])


def _done(page: Page, now: datetime) -> Card:
    """It is connected: one line of what, one of what is left, and what may come next."""
    reader, guide = page.reader, page.guide
    agent = called(guide)
    route = page.route.words[reader.language].title
    text = reader.t("✅ **{agent} is connected** · {route}") if agent else reader.t("✅ **Connected** · {route}")
    lines = [line(text, agent=agent, route=route), *_upkeep(page, now), _wake(page)]
    buttons = [
        button(reader.t("Connect another…"), "guide.start"),
        *([command("remind", reader)] if guide.value(ENDS) else []),
        button(reader.t("Give feedback…"), "guide.feedback", page.value),
    ]
    steps = len(page.sight.route.counted)
    proven = sum(fact.evidence is Evidence.VERIFIED for key, fact in guide.facts.items() if _is_step(page, key))
    if proven:
        evidence = line(reader.t("{steps} steps, {proven} of them verified by Coze"), steps=steps, proven=proven)
    else:
        evidence = line(reader.t("{steps} steps, as you confirmed"), steps=steps)
    spoken = reader.t("{agent} is connected", agent=escape(agent) or "✅")
    return Card(spoken, [said(reader, *lines), actions(*buttons), small(reader, evidence)])


def _is_step(page: Page, key: str) -> bool:
    return page.sight.route.find(key) is not None


def _wake(page: Page) -> Line:
    return line(page.reader.t("Say to the glasses: **[find]{agent}**"), agent=page.agent)


def _upkeep(page: Page, now: datetime) -> Sequence[Line]:
    """What has to be looked after from now on."""
    reader, guide = page.reader, page.guide
    if ends := guide.value(ENDS):
        moment = datetime.fromisoformat(ends)
        rungs = [rung for rung in ladder(_born(page, moment), moment, now, reader.tz) if rung.key != "ended"]
        if not rungs:
            return [line(reader.t("The token ends {ends}."), ends=Moment(moment, day=True))]
        first = Moment(rungs[0].due_at)
        text = reader.t("The token ends {ends}; I remind you {first} for the first time.")
        return [line(text, ends=Moment(moment, day=True), first=first)]
    if guide.route == "jwt":
        return [line(reader.t("No token to look after: your service signs for its own."))]
    return [line(reader.t("No token to look after."))]


def _born(page: Page, ends: datetime) -> datetime:
    born = page.guide.value("born")
    return datetime.fromisoformat(born) if born else ends - timedelta(days=int(Lifetime.MONTH))


def place_of(page: Page) -> str:
    """Which step of how many, as a few words."""
    return _step(page, page.words.title)
