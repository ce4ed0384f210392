"""How a guide begins: the first hello, the choice between the routes, help with choosing, and going on."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock, Option, RadioButtonsElement, SectionBlock
from slack_sdk.models.blocks.basic_components import MarkdownTextObject

from bot.core.guide import CurrentStep, Guide
from bot.slack.fields import Fields
from bot.slack.views.buttons import languages
from bot.slack.views.parts import (
    Card,
    actions,
    button,
    context,
    fallback_text,
    field,
    header,
    line,
    modal,
    mrkdwn,
    paragraph,
    section,
)
from bot.slack.views.status import Going
from bot.slack.views.strings import name
from bot.texts import Reader
from bot.texts.guide import GuideTexts, RouteText
from bot.texts.guide_rules import QUESTIONS


def hello(reader: Reader) -> Card:
    """The first words between us."""
    blocks = [
        header(reader.t("Hi, I connect Coze agents to ShargeAI glasses")),
        paragraph(
            reader,
            line(reader.t("I walk you through it step by step and remind you before tokens expire.")),
            line(reader.t("Stop whenever you like: I remember where you were. I never ask for passwords.")),
        ),
        actions(
            button(reader.t("Start connecting"), "guide.start", primary=True),
            button(reader.t("Only remind me…"), "credential.record"),
            *languages(reader, "command.lang"),
        ),
        context(reader, line(reader.t("Type `/sharge` at any time to see your next step."))),
    ]
    return Card(
        reader.t("Hi, I connect Coze agents to ShargeAI glasses. Press Start and I walk you through it."), blocks
    )


def chooser(reader: Reader, texts: GuideTexts, opened: Sequence[tuple[Guide, str]], *, joined: bool) -> Card:
    """Which way to go. `opened` are the guides that wait, each with the words for its place; they come first."""
    blocks: list[Block] = [header(reader.t("What is this for?"))]
    blocks += [_waiting(reader, texts, guide, place, number) for number, (guide, place) in enumerate(opened)]
    if opened:
        blocks.append(DividerBlock())
    for route in texts.routes.values():
        if route.listed:
            words = route.words[reader.language]
            ready = f" **{words.ready}**" if joined and route.ready_when == "joined" else ""
            title = line(f"{route.icon} **{words.title[:1].upper()}{words.title[1:]}**")
            go = button(words.button, "guide.route", route.key)
            blocks.append(section(reader, go, title, line(words.pitch + ready)))
    warning = reader.t(
        "⚠️ Want the channel later? Apply now and build inside the ShargeAI space: agents in your personal space "
        "cannot be published there."
    )
    row = [button(reader.t("Help me choose…"), "guide.choose", primary=not opened)]
    if not joined:
        blocks += [DividerBlock(), SectionBlock(text=MarkdownTextObject(text=mrkdwn(reader, line(warning))))]
        row.append(button(reader.t("Apply now, try a PAT…"), "guide.apply_and_try"))
    blocks.append(actions(*row))
    return Card(reader.t("What is this for? Three routes, or let me help you choose."), blocks)


def place_in(texts: GuideTexts, place: CurrentStep, reader: Reader) -> Going | None:
    """The guide to go on with and where it stands, in words; None where an operator has taken its step out."""
    route = texts.routes.get(place.route)
    ids = [step.id for step in route.steps if not step.closes] if route else []
    if route is None or place.step not in ids:
        return None
    title = route.step(place.step).words[reader.language].title.replace("{agent}", "…")
    count, number = len(ids), ids.index(place.step) + 1
    text = reader.t("Step {number} of {count}: {title}", number=number, count=count, title=title)
    return Going(place.id, text)


def _waiting(reader: Reader, texts: GuideTexts, guide: Guide, place: str, number: int) -> Block:
    route = texts.routes[guide.route].words[reader.language].title
    go = button(reader.t("Go on"), "guide.resume", guide.id, primary=number == 0, aloud=place)
    return section(reader, go, line("▶️ {place}", place=place), line("{route}", route=route))


def resumed(reader: Reader, place: str) -> Card:
    """The open guide was brought to the end of the DM."""
    text = reader.t("Your guide is in our direct messages: {place}")
    other = button(reader.t("Another route…"), "guide.start")
    where = line(text, place=place)
    return Card(fallback_text(reader, where), [paragraph(reader, where), actions(other)])


def pasted(reader: Reader, waiting: str, address: str) -> Card:
    """An agent's address was written to us: the form that takes it, if a guide's step (`17:s1`) waits for one."""
    if not waiting:
        text = reader.t("This is an agent's page on Coze. The guide leads from there to the glasses.")
        return Card(
            text,
            [
                paragraph(reader, line(text)),
                actions(button(reader.t("Start connecting"), "guide.start", primary=True)),
            ],
        )
    text = reader.t("This is an agent's page, and your guide waits for one. Only its name is missing.")
    take = button(reader.t("Take this agent…"), "guide.take", f"{waiting} {address}", primary=True)
    return Card(text, [paragraph(reader, line(text)), actions(take)])


def busy(reader: Reader, guide: Guide, place: str) -> Card:
    """The guide on this route is about another agent, whose place in it is not thrown away unasked."""
    called = name(guide.value("agent") or guide.value("agent_id"))
    what = line(reader.t("Your guide on this route is still about “{agent}”. {place}"), agent=called, place=place)
    then = line(reader.t("Finish it, or start it over under its ⋯; then press this button again."))
    go = button(reader.t("Go on"), "guide.resume", guide.id, primary=True)
    return Card(fallback_text(reader, what), [paragraph(reader, what, then), actions(go)])


def in_dm(reader: Reader) -> Card:
    """For a press outside of the DM: where the card is."""
    text = reader.t("The card of the guide is in our direct messages.")
    return Card(text, [paragraph(reader, line(text))])


def choose(reader: Reader) -> dict[str, Any]:
    """The questions that lead to a route."""
    yes_no = [Option(text=reader.t("Yes"), value="yes"), Option(text=reader.t("No"), value="no")]
    questions = (
        reader.t("1. Only testing, for less than 30 days?"),
        reader.t("2. Should other people find it too?"),
        reader.t("3. Do you have a server of your own, and somebody who codes?"),
    )
    blocks = [
        field(
            f"guide.{asked}", text, RadioButtonsElement(action_id="value", options=yes_no, initial_option=yes_no[1])
        )
        for asked, text in zip(QUESTIONS, questions, strict=True)
    ]
    return modal(reader.t("Help me choose"), reader.t("Cancel"), blocks, "guide.choose", reader.t("Show advice"))


def chosen(fields: Fields) -> dict[str, bool]:
    """What was answered, by the names of QUESTIONS."""
    return {question: fields.text(f"guide.{question}") == "yes" for question in QUESTIONS}


def advice(reader: Reader, route: RouteText) -> dict[str, Any]:
    """What fits, why, and the button that begins it."""
    words = route.words[reader.language]
    title = line("{icon} **{title}**", icon=route.icon, title=words.title)
    blocks = [paragraph(reader, title, line(words.advice), line(words.pitch))]
    return modal(reader.t("My advice"), reader.t("Cancel"), blocks, "guide.route", reader.t("Start"), route.key)
