"""What a publication's own card says once the channel's owner has decided here, or Coze has told that it is gone."""

from slack_sdk.models.blocks import Block

from bot.core.publish import Publication, PublicationState
from bot.texts.locale import Locale, mark

from .buttons import agent_url
from .parts import Card, Line, Mention, Moment, actions, context, line, link, name, paragraph, with_name

GONE = {
    PublicationState.UNPUBLISHED: mark("➖ “{name}” was taken off [channel]."),
    PublicationState.DELETED: mark("➖ “{name}” was deleted on Coze."),
}


def gone(publication: Publication, locale: Locale) -> Card:
    """It was taken off the channel, as Coze told the channel's owner."""
    text = locale._(GONE[publication.state])
    blocks: list[Block] = [paragraph(locale, line(text, name=name(publication.agent_name)))]
    if publication.state is PublicationState.UNPUBLISHED:
        blocks.append(actions(link(locale._("Open agent"), "agent", agent_url(publication))))
    at = Moment(publication.settled_at or publication.created_at)
    blocks.append(context(locale, line(locale._("Coze told it {at} · verified"), at=at)))
    return Card(with_name(text, publication.agent_name), blocks)


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
