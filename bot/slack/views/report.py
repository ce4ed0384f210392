"""Somebody is stuck: the admins' card, the lines below it, the answer in the person's DM."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import Block, RichTextElement

from bot.core.report import Kind, Report, State
from bot.store.audit import Line as Deed
from bot.texts import Reader
from bot.texts.guide import GuideTexts

from .guide.forms import read_words, words
from .parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    actions,
    button,
    context,
    fallback_text,
    header,
    line,
    modal,
    paragraph,
    quote,
    rich_text,
    text_section,
)
from .strings import escape

TOLD = 200
"""Characters of what somebody said that a message's `text` has."""

__all__ = ["answer_form", "card", "history", "notice", "read_words", "reply_form"]


def card(report: Report, texts: GuideTexts, reader: Reader) -> Card:
    """What the admins see: waiting, or one line once it is answered or solved."""
    if report.state is not State.OPEN:
        return _settled(report, texts, reader)
    title = _title(report, reader)
    parts: list[RichTextElement] = [text_section(reader, _who(report, texts, reader), *_failure(report, reader))]
    if report.words:
        parts.append(quote(report.words))
    blocks: list[Block] = [
        header(title),
        rich_text(*parts),
        actions(button(reader.t("Answer…"), "report.answer", report.id, primary=True)),
        context(reader, line(reader.t("since {at}"), at=Moment(report.created_at)), _labels(report, reader)),
    ]
    route, step = _place(report, texts, reader)
    return Card(reader.t("{title}: {route}, {step}", title=title, route=escape(route), step=escape(step)), blocks)


def _title(report: Report, reader: Reader) -> str:
    return {
        Kind.STUCK: reader.t("Somebody is stuck in the guide"),
        Kind.DIFFERS: reader.t("Coze's screen looks different"),
        Kind.FEEDBACK: reader.t("Feedback on the guide"),
    }[report.kind]


def _who(report: Report, texts: GuideTexts, reader: Reader) -> Line:
    template = reader.t("{who} · {route} · step “{step}”")
    route, step = _place(report, texts, reader)
    return line(template, who=Mention(report.user_id), route=route, step=step)


def _place(report: Report, texts: GuideTexts, reader: Reader) -> tuple[str, str]:
    """Route and step in words; by their names where an operator has taken them out since."""
    route = texts.routes.get(report.route)
    if route is None:
        return report.route, report.step
    step = next((step for step in route.steps if step.id == report.step), None)
    title = step.words[reader.language].title.replace("{agent}", "…") if step else report.step
    return route.words[reader.language].title, title


def _failure(report: Report, reader: Reader) -> list[Line]:
    if not report.error:
        return []
    template = reader.t("Last failed check: {key}")
    pieces: dict[str, Code] = {"key": Code(report.error)}
    for part, value in (("code", report.code), ("log_id", report.log_id)):
        if value:
            template += f" · {{{part}}}"
            pieces[part] = Code(value)
    return [Line(template, pieces)]


def _labels(report: Report, reader: Reader) -> Line:
    month = reader.month(report.checked_on)
    return line(reader.t("labels of {month}, step {step}"), month=month, step=Code(report.step))


def _settled(report: Report, texts: GuideTexts, reader: Reader) -> Card:
    _, step = _place(report, texts, reader)
    if report.state is State.SOLVED:
        text = reader.t("✅ {who} · “{step}” · solved")
    else:
        text = reader.t("✅ {who} · “{step}” · answered by {by}, {at}")
    when = report.answered_at or report.created_at
    by = Mention(report.answered_by or report.user_id)
    shown = line(text, who=Mention(report.user_id), step=step, by=by, at=Moment(when))
    return Card(fallback_text(reader, shown), [paragraph(reader, shown)])


def history(deed: Deed, reader: Reader) -> Card:
    """One line of the thread: who said what."""
    said_words = str(deed.detail.get("words") or "")
    template = {
        "report.answer": reader.t("{who} answered:"),
        "report.reply": reader.t("{who} wrote:"),
        "report.solve": reader.t("{who}: that helped, thank you"),
    }.get(deed.action, reader.t("{who} asked:") if said_words else reader.t("{who} asked, without words"))
    lead = line(template, who=Mention(deed.actor or ""))
    parts: list[RichTextElement] = [text_section(reader, lead)]
    if said_words:
        parts.append(quote(said_words))
    return Card(_told(fallback_text(reader, lead), said_words), [rich_text(*parts)])


def _told(lead: str, said_words: str) -> str:
    """Who said it and what, as a notification has it."""
    return f"{lead}\n{escape(said_words[:TOLD])}" if said_words else lead


def notice(report: Report, deed: Deed, current: bool, reader: Reader) -> Card:
    """An admin's answer in the person's DM; the newest one carries the buttons."""
    said_words = str(deed.detail.get("words") or "")
    title = reader.t("An admin answers you")
    lead = text_section(reader, line(reader.t("{who} writes about your question:"), who=Mention(deed.actor or "")))
    blocks: list[Block] = [header(title)] if current else []
    blocks.append(rich_text(lead, quote(said_words)))
    if current and report.state is not State.SOLVED:
        row = [
            button(reader.t("Go on"), "guide.resume", report.guide_id, primary=True),
            button(reader.t("Write back…"), "report.reply", report.id),
            button(reader.t("That helped"), "report.solve", report.id),
        ]
        blocks.append(actions(*row))
    return Card(_told(title, said_words), blocks)


def answer_form(report: Report, texts: GuideTexts, reader: Reader) -> dict[str, Any]:
    """An admin's answer."""
    parts: list[RichTextElement] = [text_section(reader, _who(report, texts, reader), *_failure(report, reader))]
    if report.words:
        parts.append(quote(report.words))
    blocks: list[Block] = [rich_text(*parts), words(reader, reader.t("Your answer"))]
    hint = context(reader, line(reader.t("It goes to the person's direct messages, under your name.")))
    submit = reader.t("Send answer")
    metadata = str(report.id)
    return modal(reader.t("Answer"), reader.t("Cancel"), [*blocks, hint], "report.answer", submit, metadata)


def reply_form(report: Report, reader: Reader) -> dict[str, Any]:
    """The person writes back."""
    parts: list[Block] = [rich_text(quote(report.answer))] if report.answer else []
    blocks = [*parts, words(reader, reader.t("Your words"))]
    return modal(reader.t("Write back"), reader.t("Cancel"), blocks, "report.reply", reader.t("Send"), str(report.id))


Values = Mapping[str, Any]
