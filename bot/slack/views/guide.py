"""A guide's live card: the open step spelt out, a check that said no, what is proven, and the end."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, RichTextElement

from bot.core.credential import Lifetime
from bot.core.guide import LINT, Check, State, number
from bot.core.people import Evidence
from bot.core.publish import UNDER_WAY
from bot.core.publish import State as Publishing
from bot.core.remind import ladder
from bot.services.guide import CLAIMED
from bot.services.look import ASKING
from bot.texts.guide import Field

from . import check
from .buttons import command
from .guide_failed import failed, linted
from .guide_parts import ENDS, Page, asked, called, doubts, menu, row, stacked, where
from .parts import (
    Card,
    Code,
    Line,
    Moment,
    Piece,
    actions,
    body,
    bullets,
    button,
    header,
    line,
    numbered,
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
        return linted(page, failure)
    if failure:
        return failed(page, failure)
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
    return [*lines, *asked(page)]


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
