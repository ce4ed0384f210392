"""What a publication's own card says once the channel's owner has decided here, or Coze has told that it is gone."""

from slack_sdk.models.blocks import RichTextElement

from bot.core.publish import Publication, PublicationState
from bot.texts.locale import Locale, mark

from .parts import (
    Card,
    Line,
    Mention,
    Moment,
    context,
    fallback_text,
    line,
    name,
    paragraph,
    quote,
    rich_text,
    text_section,
    with_name,
)

GONE = {
    PublicationState.UNPUBLISHED: mark("➖ “{name}” was taken off [channel]."),
    PublicationState.DELETED: mark("➖ “{name}” was deleted on Coze."),
}


def gone(publication: Publication, locale: Locale) -> Card:
    """It was taken off the channel, as Coze told the channel's owner."""
    text = locale._(GONE[publication.state])
    at = Moment(publication.settled_at or publication.created_at)
    told = context(locale, line(locale._("Coze told it {at} · verified"), at=at))
    words: list[RichTextElement] = [text_section(locale, line(text, name=name(publication.agent_name)))]
    if publication.off_reason and publication.state is PublicationState.UNPUBLISHED:
        by = Mention(publication.off_by or "")
        why = line(locale._("{by} gives this reason:"), by=by)
        words += [text_section(locale, why), quote(publication.off_reason)]
    return Card(with_name(text, publication.agent_name), [rich_text(*words), told])


def announcement(publication: Publication, locale: Locale) -> Card:
    """In the channel for news: whose agent has gone online and how to call it; that it was taken off, once it is."""
    called, who = name(publication.agent_name), Mention(publication.user_id)
    if publication.state in GONE:
        fact = line(locale._(GONE[publication.state]), name=called)
        return Card(fallback_text(locale, fact), [paragraph(locale, fact)])
    fact = line(locale._("🕶 **{name}** is live, made by {who}."), name=called, who=who)
    words: list[RichTextElement] = [text_section(locale, fact)]
    words += [quote(publication.note)] if publication.note else []
    words.append(
        text_section(locale, line(locale._("Try it: put on the glasses and say 「[find]{name}」."), name=called))
    )
    return Card(fallback_text(locale, fact), [rich_text(*words)])


def wrote(publication: Publication, locale: Locale) -> Line:
    """Before a reviewer's words: who it is, where that is known."""
    if publication.reviewed_by:
        return line(locale._("{by} wrote:"), by=Mention(publication.reviewed_by))
    return line(locale._("The reviewer wrote:"))


def verdict(publication: Publication, locale: Locale) -> Line:
    """How the verdict is known."""
    if publication.reviewed_at is None:
        return line(locale._("The verdict as you told it · you confirmed"))
    return line(locale._("Decided by the channel's admins · verified"))
