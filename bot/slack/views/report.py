"""Somebody is stuck: the admins' card, the lines below it, the answer in the person's DM."""

from typing import Any

from slack_sdk.models.blocks import Block, RichTextElement

from bot.core.report import Kind, Report, ReportState
from bot.store.audit import AuditEntry as Deed
from bot.texts.guide import GuideTexts
from bot.texts.locale import Locale

from .guide.forms import words
from .parts import (
    Card,
    Code,
    Line,
    Link,
    Mention,
    Moment,
    actions,
    button,
    context,
    cut,
    escape,
    fallback_text,
    header,
    line,
    modal,
    paragraph,
    quote,
    rich_text,
    text_section,
)

SETTLED = 24  # characters of a question that stay of it once it is answered
TOLD = 200
"""Characters of what somebody said that a message's `text` has."""


def card(report: Report, texts: GuideTexts, locale: Locale) -> Card:
    """What the admins see: waiting, or one line once it is answered or solved."""
    if report.state is not ReportState.OPEN:
        return _settled(report, texts, locale)
    title = _title(report, locale)
    parts: list[RichTextElement] = [text_section(locale, _who(report, texts, locale), *_failure(report, locale))]
    if report.words:
        parts.append(quote(report.words))
    blocks: list[Block] = [
        header(title),
        rich_text(*parts),
        actions(button(locale._("Answer…"), "report.answer", report.id, primary=True)),
        context(locale, line(locale._("since {at}"), at=Moment(report.created_at)), *_labels(report, locale)),
    ]
    if not report.guide_id:
        return Card(_told(title, report.words), blocks)
    route, step = _place(report, texts, locale)
    return Card(locale._("{title}: {route}, {step}", title=title, route=escape(route), step=escape(step)), blocks)


def _title(report: Report, locale: Locale) -> str:
    return {
        Kind.STUCK: locale._("Somebody is stuck in the guide"),
        Kind.DIFFERS: locale._("Coze's screen looks different"),
        Kind.FEEDBACK: locale._("Feedback on the guide"),
        Kind.QUESTION: locale._("A question to the admins"),
    }[report.kind]


def _who(report: Report, texts: GuideTexts, locale: Locale) -> Line:
    if not report.guide_id:
        return line(locale._("{who} wrote to me:"), who=Mention(report.user_id))
    template = locale._("{who} · {route} · step “{step}”")
    route, step = _place(report, texts, locale)
    return line(template, who=Mention(report.user_id), route=route, step=step)


def _place(report: Report, texts: GuideTexts, locale: Locale) -> tuple[str, str]:
    """Route and step in words; by their names where an operator has taken them out since."""
    route = texts.routes.get(report.route)
    if route is None:
        return report.route, report.step
    step = next((step for step in route.steps if step.id == report.step), None)
    title = step.words[locale.language].title.replace("{agent}", "…") if step else report.step
    return route.words[locale.language].title, title


def _failure(report: Report, locale: Locale) -> list[Line]:
    if not report.error:
        return []
    template = locale._("Last failed check: {key}")
    pieces: dict[str, Code] = {"key": Code(report.error)}
    for part, value in (("code", report.code), ("log_id", report.log_id)):
        if value:
            template += f" · {{{part}}}"
            pieces[part] = Code(value)
    return [Line(template, pieces)]


def _labels(report: Report, locale: Locale) -> list[Line]:
    if not report.guide_id:
        return []
    month = locale.month(report.checked_on)
    return [line(locale._("labels of {month}, step {step}"), month=month, step=Code(report.step))]


def _settled(report: Report, texts: GuideTexts, locale: Locale) -> Card:
    step = _place(report, texts, locale)[1] or cut(report.words, SETTLED)
    if report.state is ReportState.SOLVED:
        text = locale._("✅ {who} · “{step}” · solved")
    else:
        text = locale._("✅ {who} · “{step}” · answered by {by}, {at}")
    when = report.answered_at or report.created_at
    by = Mention(report.answered_by or report.user_id)
    shown = line(text, who=Mention(report.user_id), step=step, by=by, at=Moment(when))
    return Card(fallback_text(locale, shown), [paragraph(locale, shown)])


def history(deed: Deed, locale: Locale) -> Card:
    """One line of the thread: who said what."""
    said_words = str(deed.detail.get("words") or "")
    template = {
        "report.answer": locale._("{who} answered:"),
        "report.told": locale._("✉️ Sent in {who}'s name; the answer will appear here"),
        "report.reply": locale._("{who} wrote:"),
        "report.no_picture": locale._("🖼️ The picture of {who} could not be handed on; it lies in their talk with me"),
        "report.solve": locale._("{who}: that helped, thank you"),
    }.get(deed.action, locale._("{who} asked:") if said_words else locale._("{who} asked, without words"))
    lead = line(template, who=Mention(deed.actor or ""))
    parts: list[RichTextElement] = [text_section(locale, lead)]
    if said_words and deed.action != "report.told":
        parts.append(quote(said_words))
    return Card(_told(fallback_text(locale, lead), said_words), [rich_text(*parts)])


def _told(lead: str, said_words: str) -> str:
    """Who said it and what, as a notification has it."""
    return f"{lead}\n{escape(said_words[:TOLD])}" if said_words else lead


def notice(report: Report, deed: Deed, *, current: bool, place: str | None, locale: Locale) -> Card:
    """An admin's answer in the person's DM. The newest one has buttons, unless the card of an open guide has them:
    that stands at `place`.
    """
    said_words = str(deed.detail.get("words") or "")
    title = locale._("An admin answers you")
    lead = text_section(locale, line(locale._("{who} writes about your question:"), who=Mention(deed.actor or "")))
    blocks: list[Block] = [header(title)] if current else []
    blocks.append(rich_text(lead, quote(said_words)))
    if current and report.state is not ReportState.SOLVED:
        blocks.append(_way_on(report, place, locale))
    return Card(_told(title, said_words), blocks)


def _way_on(report: Report, place: str | None, locale: Locale) -> Block:
    if place is None:
        reply = button(locale._("Reply…"), "report.reply", report.id, primary=True)
        return actions(reply, button(locale._("That helped"), "report.solve", report.id))
    there = line("{card}", card=Link(locale._("Continue"), place))
    return context(locale, line(locale._("Just write here, and I'll offer to send it back")), there)


def answer_form(report: Report, texts: GuideTexts, locale: Locale) -> dict[str, Any]:
    """An admin's answer."""
    parts: list[RichTextElement] = [text_section(locale, _who(report, texts, locale), *_failure(report, locale))]
    if report.words:
        parts.append(quote(report.words))
    blocks: list[Block] = [rich_text(*parts), words(locale, locale._("Your answer"))]
    hint = context(locale, line(locale._("It goes to the person's direct messages, under your name.")))
    submit = locale._("Send answer")
    metadata = str(report.id)
    return modal(locale._("Answer"), locale._("Cancel"), [*blocks, hint], "report.answer", submit, metadata)


def reply_form(report: Report, locale: Locale) -> dict[str, Any]:
    """The person writes back."""
    parts: list[Block] = [rich_text(quote(report.answer))] if report.answer else []
    blocks = [*parts, words(locale, locale._("Your words"))]
    return modal(
        locale._("Reply to the admins"), locale._("Cancel"), blocks, "report.reply", locale._("Send"), str(report.id)
    )
