"""What the cards of a guide are made of: where one is, what is known, and the buttons that a step names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ContextBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
)

from bot.core import guide as rules
from bot.core.agent import is_usual
from bot.core.guide import Check, Guide, Step
from bot.core.join import State as Join
from bot.core.people import Evidence
from bot.core.publish import BY_HAND, UNDER_WAY
from bot.core.publish import State as Publishing
from bot.core.report import State as Asked
from bot.services.guide import Sight
from bot.texts import Reader
from bot.texts.guide import GuideTexts, RouteText, StepText, Words

from .buttons import COZE
from .parts import Code, Line, Moment, Pieces, beside, button, line, link, mrkdwn
from .strings import name

SHOWN = 3  # finished steps that are spelt out once there are more than four
SPELT = 4
ENDS = "ends"
UNKNOWN = "…"
MOST_OPTIONS = 5
_SILENT = frozenset({Check.MEMBER, Check.ASKED})
"""Steps that our own rows tick: neither Coze nor the person has said so."""


@dataclass(frozen=True)
class Page:
    """A guide before its reader: what is true (`sight`), the words for it, and the page of the team's workspace."""

    sight: Sight
    texts: GuideTexts
    reader: Reader
    workspace_url: str

    @property
    def guide(self) -> Guide:
        """The guide itself."""
        return self.sight.guide

    @property
    def step(self) -> Step:
        """The open step."""
        return rules.standing(self.sight.route, self.guide)

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
        return self.text.words[self.reader.language]

    @property
    def value(self) -> str:
        """What a button of the open step names: guide and step."""
        return f"{self.guide.id}:{self.step.id}"

    def line(self, template: str) -> Line:
        """A text of the guide with what is known filled in."""
        listed = " ".join(f"`{key}`" for key in self.route.permissions)
        return Line(template.replace("{permissions}", listed), {**_pieces(self.guide), "agent": self.agent})

    @property
    def agent(self) -> str:
        """What is said to the glasses after "find": the agent's name, or that its name belongs there."""
        return called(self.guide) or self.reader.t("(its name)")


def _pieces(guide: Guide) -> Pieces:
    known = {key: guide.value(key) for key in ("agent_id", "space", "app_id", "kid", "host")}
    codes = {key: Code(value) if value else UNKNOWN for key, value in known.items()}
    ends = guide.value(ENDS)
    moment = Moment(datetime.fromisoformat(ends), day=True) if ends else UNKNOWN
    return {**codes, ENDS: moment, "space_name": name(guide.value("space_name"))}


def called(guide: Guide) -> str:
    """What the agent is called, empty while nobody knows."""
    return name(guide.value("agent")) if guide.value("agent") else ""


def where(page: Page) -> ContextBlock:
    """Small print on top: which route and step, and what is done, a line each."""
    reader, route = page.reader, page.sight.route
    text = reader.t("Route: {route} · step {number} of {count}")
    title = page.route.words[reader.language].title
    place = line(text, route=title, number=rules.number(route, page.step), count=len(route.counted))
    return stacked(reader, place, *_finished(page))


def stacked(reader: Reader, *lines: Line) -> ContextBlock:
    """Small print, the lines under each other."""
    return ContextBlock(elements=[MarkdownTextObject(text="\n".join(mrkdwn(reader, each) for each in lines))])


def _finished(page: Page) -> list[Line]:
    done = [each for each in rules.finished(page.sight.route, page.guide) if _happened(page, each[0])]
    hidden = len(done) - SHOWN if len(done) > SPELT else 0
    more = page.reader.n("✅ {count} more step done", "✅ {count} more steps done", hidden)
    return [*([line(more)] if hidden else []), *(_done(page, step, how) for step, how in done[hidden:])]


def _happened(page: Page, step: Step) -> bool:
    """Who was in the team already has passed the admins' step without their approval."""
    if step.check is not Check.ASKED:
        return True
    request = page.sight.request
    return request is not None and request.decided_by is not None and request.state is not Join.DECLINED


def _done(page: Page, step: Step, how: Evidence) -> Line:
    reader = page.reader
    template = f"✅ {page.route.step(step.id).words[reader.language].done}"
    if step.check in _SILENT:
        return page.line(template)
    if step.check is Check.TOKEN and how is Evidence.VERIFIED:  # Coze tells that it works, but not when it ends
        return page.line(reader.t("✅ The token works · verified; ends {ends} · entered by you"))
    if step.check is Check.AGENT and page.guide.value("space_name"):
        template += reader.t(" · in “{space_name}”")
    return page.line(f"{template} · {evidence(how, reader)}")


def evidence(how: Evidence, reader: Reader) -> str:
    """Whether Coze said so or the person."""
    return reader.t("verified") if how is Evidence.VERIFIED else reader.t("you confirmed")


def row(page: Page) -> list[InteractiveElement]:
    """The step's buttons in the order of doing, the way to help, and the menu."""
    named = [element for name_ in page.text.buttons if (element := _button(page, name_))]
    if page.step.check is Check.ASKED and (mend := _mended(page)):
        named.insert(0, mend)
    if page.step.check is Check.CHANNEL:
        named += _verdict(page)
    if named:
        named[0].style = "primary"
    stuck = button(page.reader.t("I'm stuck"), "guide.stuck", page.value)
    return [*named[: 3 if len(named) > 2 else 2], *([stuck] if len(named) < 3 else []), menu(page)]


def menu(page: Page, *first: tuple[str, str]) -> OverflowMenuElement:
    """What is rarely wanted: what the step names, common questions, a screen that differs, back, start over."""
    t, words = page.reader.t, page.words
    named = [(words.labels[key], _VERBS.get(key, key)) for key in page.text.menu if _offered(page, key)]
    asks = [(ask.label, f"ask-{key}") for key, ask in words.asks.items()]
    stuck = [(t("I'm stuck"), "stuck")] if len(page.text.buttons) > 2 else []
    usual = [
        (t("My screen looks different"), "differs"),
        *([] if rules.is_first(page.sight.route, page.step) else [(t("Back to the step before"), "back")]),
        (t("Start over…"), "again"),
        (t("Pause, do it later"), "pause"),
    ]
    choices = [*first, *named, *asks, *stuck, *usual][:MOST_OPTIONS]
    options = [Option(text=PlainTextObject(text=text), value=f"{verb}:{page.value}") for text, verb in choices]
    return OverflowMenuElement(action_id="guide.more", options=options)


def _offered(page: Page, key: str) -> bool:
    """Publishing with a token of one's own makes no sense where the bot can look by itself."""
    return not (key == "try" and page.sight.looks)


def _button(page: Page, key: str) -> ButtonElement | None:
    label = page.words.labels[key]
    if key in ("channel", "next") and page.step.check is Check.CHANNEL and _under_way(page):
        return None
    match key:
        case "open":
            return opener(page, label)
        case "join":
            return button(label, "command.join")
        case "channel":
            return button(label, "command.publish", page.guide.value("agent_id"))
        case "accepted":
            return button(label, "join.accepted", page.sight.request.id) if page.sight.request else None
    return button(label, f"guide.{_VERBS.get(key, key)}", page.value)


def _mended(page: Page) -> ButtonElement | None:
    """The invitation failed for the account's id, which only the person can correct."""
    request = page.sight.request
    if request is None or request.error != "E13":
        return None
    return button(page.reader.t("Correct user ID…"), "join.fix", request.id)


def _verdict(page: Page) -> list[ButtonElement]:
    """A review that said no is known to the person alone."""
    publication = page.sight.publication
    if publication is None or publication.state not in BY_HAND[Publishing.REJECTED] & UNDER_WAY:
        return []
    return [button(page.reader.t("It was rejected…"), "publish.rejected", publication.id)]


def doubts(page: Page) -> list[Block]:
    """A fingerprint of an unusual shape, beside the button that mends it: until Coze has taken it."""
    reader, kid = page.reader, page.guide.value("kid")
    tried = [step.id for step in page.sight.route.steps if step.check is Check.ASSERTION]
    proven = any(step_id in page.guide.facts for step_id in tried)
    if not kid or proven or is_usual(kid) or page.step.check is Check.IDS:
        return []
    if len(kid) == 43:
        text = reader.t(
            "⚠️ A fingerprint usually holds letters, digits, hyphens and underscores only; yours holds other signs."
        )
    else:
        text = reader.t("⚠️ A fingerprint usually has 43 characters; yours has {count}.", count=len(kid))
    return [beside(reader, fix(page), line(text), line(reader.t("If the check fails, look here first.")))]


def fix(page: Page) -> ButtonElement:
    """To enter an app's number and fingerprint once more."""
    return button(page.reader.t("Correct the two values…"), "guide.fix", page.value)


def _under_way(page: Page) -> bool:
    return page.sight.publication is not None and page.sight.publication.state in UNDER_WAY


_VERBS: Mapping[str, str] = {"try": "check"}


def opener(page: Page, label: str, place: str = "") -> ButtonElement:
    """A link to the page of Coze that the step is about."""
    place = place or page.text.open
    known = {"agent": agent_url(page.guide), "space": page.workspace_url}
    return link(label, place, known.get(place) or page.texts.links.get(place, COZE))


def agent_url(guide: Guide) -> str:
    """The agent's page on Coze, or Coze's own while it is not known."""
    if not guide.value("agent_id"):
        return COZE
    return page_url(guide.value("space"), guide.value("agent_id"))


def page_url(workspace_id: str, agent_id: str) -> str:
    """The agent's page on Coze."""
    return f"{COZE}space/{workspace_id}/bot/{agent_id}"


def asked(page: Page) -> list[Line]:
    """Whether an admin is at it."""
    report = page.sight.report
    if report is None or report.step != page.step.id:
        return []
    if report.state is Asked.ANSWERED:
        return [line(page.reader.t("An admin has answered you."))]
    return [line(page.reader.t("An admin has your question; the answer comes here."))]
