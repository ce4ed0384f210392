"""A guide before its reader, how one kind of step shows, and what its cards have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ContextBlock,
    MarkdownTextObject,
)

from bot.core import guide as rules
from bot.core.errors import WrongState
from bot.core.guide import Failure, Guide, Step
from bot.core.people import Evidence
from bot.core.report import ReportState
from bot.services.guide.snapshot import GuideSnapshot
from bot.slack.fields import EMPTY, Fields
from bot.slack.views.buttons import COZE, HOME
from bot.slack.views.guide import replaced
from bot.slack.views.parts import (
    HEADING,
    NAME,
    Card,
    Code,
    Line,
    Moment,
    Pieces,
    button,
    cut,
    fit,
    header,
    line,
    link,
    mrkdwn,
    name,
)
from bot.slack.views.plan import Task
from bot.texts.guide import GuideTexts, RouteText, StepText, Words
from bot.texts.locale import Help, Locale

ENDS = "ends"
UNKNOWN = "…"
VERBS: Mapping[str, str] = {"try": "check", "skip": "next"}
"""Buttons whose press is called otherwise than the files call them."""

Modal = dict[str, Any]


@dataclass(frozen=True)
class GuideView:
    """A guide before its reader: how it stands (`snapshot`), the words for it, and the page of the team's workspace.

    `faces` holds how each kind of step shows, by the check's name; `signs_in`: whether people can sign in to Coze.
    `own` is the card that would be that of what the guide carries, if anything.
    """

    snapshot: GuideSnapshot
    texts: GuideTexts
    locale: Locale
    workspace_url: str
    faces: Mapping[str, "StepView"]
    signs_in: bool = False
    own: Card | None = None

    @property
    def guide(self) -> Guide:
        """The guide itself."""
        return self.snapshot.guide

    @property
    def step(self) -> Step:
        """The open step."""
        return rules.current_step(self.snapshot.route, self.guide)

    @property
    def face(self) -> "StepView":
        """How the open step shows."""
        return self.faces[self.step.check]

    @property
    def route(self) -> RouteText:
        """The route's words."""
        return self.texts.routes[self.guide.route]

    @property
    def text(self) -> StepText:
        """The open step's words, in every language."""
        return self.route.step(self.step.id)

    @property
    def words(self) -> Words:
        """The open step's words."""
        return self.text.words[self.locale.language]

    @property
    def value(self) -> str:
        """What a button of the open step names: guide and step."""
        return f"{self.guide.id}:{self.step.id}"

    def line(self, template: str) -> Line:
        """A text of the guide with what is known filled in."""
        listed = " ".join(f"`{key}`" for key in self.route.permissions)
        known = {**_pieces(self.guide), **replaced.pieces(self.snapshot.replaced, self.locale), "agent": self.agent}
        return Line(self.locale.on_screen(template).replace("{permissions}", listed), known)

    @property
    def agent(self) -> str:
        """What is said to the glasses after "find": the agent's name, or that its name belongs there."""
        return called(self.guide) or replaced.first(self.snapshot.replaced) or self.locale._("(its name)")


@dataclass(frozen=True)
class Finished:
    """A step that is done, and how that is known."""

    step: Step
    how: Evidence

    @property
    def is_verified(self) -> bool:
        """Whether Coze said so."""
        return self.how is Evidence.VERIFIED


@dataclass(frozen=True)
class Sheet:
    """A form of a step: for whom, about which guide; `value` names guide and step, `rest` is what comes with it.

    `fields` is what was filled in, `prepared` what the check has to say for it, `labels` the words on the step's
    buttons, `host` Coze's API as an assertion names it. `now` is simulated time, in UTC.
    """

    locale: Locale
    guide: Guide
    value: str
    now: datetime
    rest: str = ""
    fields: Fields = field(default=EMPTY, repr=False)
    prepared: object = None
    labels: Mapping[str, str] = field(default_factory=dict)
    host: str = ""


class StepView:
    """How one kind of step shows; what it has by default is nothing of its own."""

    says: ClassVar[frozenset[str]] = frozenset()
    """Buttons that are answered with a message."""

    insists: ClassVar[frozenset[str]] = frozenset()
    """Buttons of the files that are wanted too while the card carries something else in the step's place."""

    drops_secret: ClassVar[bool] = False
    """Whether a failed check that cost calls says that what was tried is dropped."""

    def button(self, view: GuideView, named: str, label: str) -> ButtonElement | None:
        """One that the guide's files name; None where it makes no sense as things are."""
        if named == "open":
            return opener(view, label)
        return button(label, f"guide.{VERBS.get(named, named)}", view.value)

    def is_offered(self, view: GuideView, named: str) -> bool:
        """Whether an entry that the files name stands in the menu."""
        return True

    def before(self, view: GuideView) -> list[ButtonElement]:
        """Buttons that come before those of the files."""
        return []

    def behind(self, view: GuideView) -> list[ButtonElement]:
        """Buttons that come after them."""
        return []

    def state(self, view: GuideView) -> list[Line]:
        """What somebody else has to do."""
        return []

    def tasks(self, locale: Locale) -> list[Task]:
        """What Coze is asked by several calls."""
        return []

    def small_print(self, view: GuideView) -> Line | None:
        """What it costs, where the files say nothing of it."""
        return None

    def card(self, view: GuideView) -> Card | None:
        """A card of its own, where the open step is not simply spelt out."""
        return None

    def done(self, view: GuideView, finished: Finished) -> Line | None:
        """One line of it once it is done; None where nothing has happened."""
        return done_with_evidence(view, finished)

    def doubts(self, view: GuideView) -> list[Block]:
        """What the route's other steps show too, until it is settled."""
        return []

    def failed(self, view: GuideView, failure: Failure) -> Card | None:
        """A card of its own for a check that said no."""
        return None

    def again(self, view: GuideView) -> ButtonElement | None:
        """The same check once more."""
        return None

    def is_again_first(self, help: Help) -> bool:
        """Whether that is the thing to do."""
        return False

    def mends(self, view: GuideView, help: Help) -> list[ButtonElement]:
        """What else mends it, besides Coze's pages and the check again."""
        return []

    def ways_out(self, view: GuideView, help: Help) -> list[ButtonElement] | None:
        """All the buttons of a failed check, where they are not the usual ones."""
        return None

    def menu_of_failure(self, view: GuideView, help: Help) -> list[tuple[str, str]]:
        """What a failed check's menu has besides the usual: label and verb."""
        return []

    def trace(self, view: GuideView, failure: Failure) -> Line | None:
        """How a failure is known, where Coze does not say it itself."""
        return None

    def say(self, verb: str, sheet: Sheet) -> Card:
        """The message that answers one of `says`. Raises WrongState."""
        raise WrongState(sheet.guide.state)

    def open(self, verb: str, sheet: Sheet) -> Modal:
        """The form that a button opens. Raises NotFound, WrongState."""
        raise WrongState(sheet.guide.state)

    def secrets(self, form: str) -> tuple[str, ...]:
        """The questions of a form that are there for a secret."""
        return ()

    def read(self, form: str, sheet: Sheet) -> object:
        """What a form brought, as the check of the same name takes it. Raises InvalidFields."""
        raise WrongState(sheet.guide.state)

    def meanwhile(self, form: str, sheet: Sheet, given: object) -> Modal | None:
        """What takes the form's place while Coze is asked; None where it closes."""
        return None

    def then(self, form: str, sheet: Sheet, given: object, told: object) -> Modal | None:
        """What takes the form's place once it is `told` what came of it; None where it closes."""
        return None


def plainly_done(view: GuideView, finished: Finished, more: str = "") -> Line:
    """A finished step without how that is known: neither Coze nor the person has said so."""
    return view.line(f"{view.route.step(finished.step.id).words[view.locale.language].done}{more}")


def done_with_evidence(view: GuideView, finished: Finished, more: str = "") -> Line:
    """A finished step, and whether Coze said so or the person."""
    how = view.locale._("verified") if finished.is_verified else view.locale._("you confirmed")
    return plainly_done(view, finished, f"{more} · {how}")


def _pieces(guide: Guide) -> Pieces:
    known = {key: guide.value(key) for key in ("agent_id", "space", "app_id", "kid", "host")}
    codes = {key: Code(value) if value else UNKNOWN for key, value in known.items()}
    ends = guide.value(ENDS)
    moment = Moment(datetime.fromisoformat(ends), day=True) if ends else UNKNOWN
    return {**codes, ENDS: moment, "space_name": name(guide.value("space_name"))}


def called(guide: Guide) -> str:
    """What the agent is called, empty while nobody knows."""
    return name(guide.value("agent")) if guide.value("agent") else ""


def opener(view: GuideView, label: str, place: str = "") -> ButtonElement:
    """A link to the page of Coze that the step is about."""
    place = place or view.text.open
    known = {"agent": agent_url(view.guide), "space": view.workspace_url}
    return link(label, place, known.get(place) or view.texts.links.get(place, HOME))


def agent_url(guide: Guide) -> str:
    """The agent's page on Coze, or Coze's own while it is not known."""
    if not guide.value("agent_id"):
        return HOME
    return page_url(guide.value("space"), guide.value("agent_id"))


def page_url(workspace_id: str, agent_id: str) -> str:
    """The agent's page on Coze."""
    return f"{COZE}space/{workspace_id}/bot/{agent_id}"


SHOWN = 2  # finished steps that are spelt out, the last ones


def headed(view: GuideView, heading: str) -> list[Block]:
    """What to do now, and how far one is."""
    return [header(heading), where(view)]


def where(view: GuideView) -> ContextBlock:
    """Small print: how far one is on which route."""
    locale, route = view.locale, view.snapshot.route
    number, count = rules.number(route, view.step), len(route.counted)
    words = view.route.words[locale.language]
    title = replaced.named(words.about, view.snapshot.replaced) or words.title
    text = locale._("{bar} Step {number} of {count} · {route}")
    place = line(text, bar="●" * number + "○" * (count - number), number=number, count=count, route=title)
    return stacked(locale, place)


def place_of(view: GuideView) -> str:
    """Which step of how many, as a few words."""
    number, count = rules.number(view.snapshot.route, view.step), len(view.snapshot.route.counted)
    return view.locale._("Step {number} of {count}: {title}", number=number, count=count, title=title_of(view))


def title_of(view: GuideView) -> str:
    """The open step's title, as long as a heading may be."""
    title = view.words.title.replace("{agent}", "{name}")
    return fit(title, cut(called(view.guide), NAME) or UNKNOWN, HEADING)


def stacked(locale: Locale, *lines: Line) -> ContextBlock:
    """Small print, the lines under each other."""
    return ContextBlock(elements=[MarkdownTextObject(text="\n".join(mrkdwn(locale, each) for each in lines))])


def finished(view: GuideView) -> list[Line]:
    """What is done, in one line of small print; none where nothing is."""
    known = (Finished(step, how) for step, how in rules.finished(view.snapshot.route, view.guide))
    told = (view.faces[each.step.check].done(view, each) for each in known)
    done = [each for each in told if each]
    if not done:
        return []
    locale = view.locale
    count, named = len(done), {"steps": "{steps}"}
    text = locale.ngettext("✅ {count} step done: {steps}", "✅ {count} steps done: {steps}", count, **named)
    steps = locale._("; ").join(each.template.removeprefix("✅ ") for each in done[-SHOWN:])
    pieces = {name: piece for each in done for name, piece in each.pieces.items()}
    return [Line(text.replace("{steps}", steps), pieces)]


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
