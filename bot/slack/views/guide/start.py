"""How a guide begins: the first hello, the choice between the routes, help with choosing, and going on."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    DividerBlock,
    InteractiveElement,
    Option,
    OverflowMenuElement,
    RadioButtonsElement,
)

from bot.core.guide import CurrentStep, Guide
from bot.slack.fields import Fields
from bot.slack.views.parts import (
    Card,
    Line,
    actions,
    bullets,
    button,
    context,
    fallback_text,
    field,
    header,
    line,
    link,
    menu,
    modal,
    name,
    paragraph,
    rich_text,
    section,
)
from bot.slack.views.status import Going
from bot.texts.catalogue import Language
from bot.texts.guide import GuideTexts, RouteText
from bot.texts.guide_rules import QUESTIONS
from bot.texts.locale import Locale


def hello(locale: Locale, texts: GuideTexts, welcome: Mapping[Language, str], *, joined: bool) -> Card:
    """The first words between us, and the routes: one press begins. `welcome` are the operator's own, by language."""
    own = welcome.get(locale.language, "")
    blocks = [
        header(locale._("Pick a route to your glasses")),
        *([paragraph(locale, line("{words}", words=own))] if own else []),
        context(locale, line(locale._("Hi, I'm ShargeAI Concierge."))),
        *_routes(locale, texts, joined=joined),
        context(
            locale,
            line(
                locale._("Not sure? Just try it, and request to join meanwhile (under ⋯). Switching loses nothing.")
            ),
        ),
    ]
    text = locale._("Hi, I'm ShargeAI Concierge. Choose a route, and we bring your Coze agent to the glasses.")
    return Card(text, blocks)


def chooser(locale: Locale, texts: GuideTexts, opened: Sequence[tuple[Guide, str]], *, joined: bool) -> Card:
    """The guides that wait, each with the words for its place, and the routes."""
    blocks: list[Block] = [header(locale._("Continue, or take another route"))]
    blocks += [_waiting(locale, texts, guide, place, number) for number, (guide, place) in enumerate(opened)]
    blocks += [DividerBlock(), *_routes(locale, texts, joined=joined, primary=False)]
    return Card(locale._("Continue where you were, or take another route."), blocks)


def _routes(locale: Locale, texts: GuideTexts, *, joined: bool, primary: bool = True) -> list[Block]:
    """What each costs and brings, a button each, and what is rarely wanted."""
    listed = [route for route in texts.routes.values() if route.listed]
    lines: list[Line] = []
    buttons: list[InteractiveElement] = []
    for route in listed:
        words = route.words[locale.language]
        ready = f" **{words.ready}**" if joined and route.ready_when == "joined" else ""
        lines.append(line(f"**{words.title}** · {words.pitch}{ready}"))
        first = primary and not buttons
        buttons.append(button(words.button, f"guide.route:{route.key}", route.key, primary=first))
    return [rich_text(bullets(locale, *lines)), actions(*buttons, _more(locale, joined=joined))]


def at_home(locale: Locale, texts: GuideTexts) -> list[Block]:
    """The routes for who has begun nothing: a press begins."""
    rows: list[Block] = [header(locale._("Pick a route to your glasses"))]
    for route in (each for each in texts.routes.values() if each.listed):
        words = route.words[locale.language]
        title = line("**{title}**", title=words.title)
        begin = button(words.button, "guide.route", route.key, primary=len(rows) == 1)
        rows.append(section(locale, begin, title, line("{pitch}", pitch=words.pitch)))
    return rows


def _more(locale: Locale, *, joined: bool) -> OverflowMenuElement:
    both = [] if joined else [(locale._("Try, and request to join…"), "both")]
    others = [(other.name, f"lang:{other.language}") for other in locale.others][:1]
    choices = [*both, (locale._("Only remind me…"), "remind"), (locale._("Help me choose…"), "choose"), *others]
    return menu("guide.start_more", *choices, (locale._("What I can do"), "help"))


def place_in(texts: GuideTexts, place: CurrentStep, locale: Locale) -> Going | None:
    """The guide to go on with and where it stands, in words; None where an operator has taken its step out."""
    route = texts.routes.get(place.route)
    ids = [step.id for step in route.steps if not step.closes] if route else []
    if route is None or place.step not in ids:
        return None
    title = route.step(place.step).words[locale.language].title
    title = title.replace("{agent}", name(place.agent) if place.agent else "…")
    count, number = len(ids), ids.index(place.step) + 1
    text = locale._("Step {number} of {count}: {title}", number=number, count=count, title=title)
    return Going(place.id, text, route.words[locale.language].title, place.replaces)


def _waiting(locale: Locale, texts: GuideTexts, guide: Guide, place: str, number: int) -> Block:
    route = texts.routes[guide.route].words[locale.language].title
    go = button(locale._("Continue"), "guide.resume", guide.id, primary=number == 0, aloud=place)
    return section(locale, go, line("▶️ {place}", place=place), line("{route}", route=route))


def resumed(locale: Locale, place: str) -> Card:
    """The open guide was brought to the end of the DM."""
    text = locale._("Your guide is in our direct messages: {place}")
    other = button(locale._("Another route…"), "guide.start")
    where = line(text, place=place)
    return Card(fallback_text(locale, where), [paragraph(locale, where), actions(other)])


def pasted(locale: Locale, waiting: str, address: str) -> Card:
    """An agent's address was written to us: the form that takes it, if a guide's step (`17:s1`) waits for one."""
    if not waiting:
        text = locale._("This is an agent's page on Coze. The guide leads from there to the glasses.")
        return Card(
            text,
            [
                paragraph(locale, line(text)),
                actions(button(locale._("Start connecting"), "guide.start", primary=True)),
            ],
        )
    text = locale._("This is an agent's page, and your guide waits for one. Only its name is missing.")
    take = button(locale._("Take this agent…"), "guide.take", f"{waiting} {address}", primary=True)
    return Card(text, [paragraph(locale, line(text)), actions(take)])


def elsewhere(locale: Locale, other: str, ours: str) -> Card:
    """The address that was written to us is one of Coze's other site."""
    text = locale._(
        "That is a page of {other}. Here we work with {ours}; accounts and agents aren't shared.",
        other=other,
        ours=ours,
    )
    return Card(text, [paragraph(locale, line(text))])


def busy(locale: Locale, guide: Guide, place: str) -> Card:
    """The guide on this route is about another agent, whose place in it is not thrown away unasked."""
    called = name(guide.value("agent") or guide.value("agent_id"))
    what = line(locale._("Your guide on this route is still about “{agent}”. {place}"), agent=called, place=place)
    then = line(locale._("Finish it, or start it over under its ⋯; then press this button again."))
    go = button(locale._("Continue"), "guide.resume", guide.id, primary=True)
    return Card(fallback_text(locale, what), [paragraph(locale, what, then), actions(go)])


def in_dm(locale: Locale, chat: str = "") -> Card:
    """For a press outside of the DM: where the card is, and the way there by the address of the `chat`."""
    text = locale._("The card of the guide is in our direct messages.")
    way = [actions(link(locale._("Open our chat"), "chat", chat, primary=True))] if chat else []
    return Card(text, [paragraph(locale, line(text)), *way])


def choose(locale: Locale) -> dict[str, Any]:
    """The questions that lead to a route."""
    yes_no = [Option(text=locale._("Yes"), value="yes"), Option(text=locale._("No"), value="no")]
    questions = (
        locale._("1. Only testing, for less than 30 days?"),
        locale._("2. Should other people find it too?"),
        locale._("3. Do you have a server of your own, and somebody who codes?"),
    )
    blocks = [
        field(
            f"guide.{asked}", text, RadioButtonsElement(action_id="value", options=yes_no, initial_option=yes_no[1])
        )
        for asked, text in zip(QUESTIONS, questions, strict=True)
    ]
    return modal(locale._("Help me choose"), locale._("Cancel"), blocks, "guide.choose", locale._("Show advice"))


def chosen(fields: Fields) -> dict[str, bool]:
    """What was answered, by the names of QUESTIONS."""
    return {question: fields.text(f"guide.{question}") == "yes" for question in QUESTIONS}


def advice(locale: Locale, route: RouteText) -> dict[str, Any]:
    """What fits, why, and the button that begins it."""
    words = route.words[locale.language]
    title = line("{icon} **{title}**", icon=route.icon, title=words.title)
    blocks = [paragraph(locale, title, line(words.advice), line(words.pitch))]
    return modal(locale._("My advice"), locale._("Cancel"), blocks, "guide.route", locale._("Start"), route.key)
