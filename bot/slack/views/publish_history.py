"""What became of an agent's versions: a form to read, newest first."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block

from bot.core.people import Evidence
from bot.core.publish import STOOD, Publication, PublicationState
from bot.texts.locale import Locale, mark

from .parts import NAME, TYPED, Line, Mention, Moment, button, context, cut, line, modal, name, paragraph, section
from .reviewed import GONE, verdict
from .unpublish import ANY, OWN

LISTED = 20

STATES = {
    PublicationState.CONFIRMED: mark("⏳ being sent"),
    PublicationState.SUBMITTED: mark("⏳ sent to Coze"),
    PublicationState.CLAIMED: mark("⏳ in review"),
    PublicationState.REVIEWING: mark("⏳ in review"),
    PublicationState.ONLINE: mark("✅ live"),
    PublicationState.REJECTED: mark("❌ rejected in review"),
    PublicationState.FAILED: mark("❌ not published"),
    PublicationState.UNKNOWN: mark("⚠️ result unknown"),
    PublicationState.UNPUBLISHED: mark("➖ taken off the channel"),
    PublicationState.DELETED: mark("➖ deleted on Coze"),
}


def looking(locale: Locale) -> dict[str, Any]:
    """Until the list is read."""
    blocks: list[Block] = [paragraph(locale, line(locale._("⏳ One moment…")))]
    return modal(locale._("Release history"), locale._("Close"), blocks, "publish.looking")


def form(publications: Sequence[Publication], locale: Locale, *, by_agent: bool) -> dict[str, Any]:
    """The versions, `by_agent` with the agent's name; more than LISTED are not shown, and said."""
    last = _last_online(publications)
    blocks: list[Block] = [
        block
        for each in publications[:LISTED]
        for block in _entry(each, locale, called=by_agent, is_there=each.id in last)
    ] or [paragraph(locale, line(locale._("Nothing has been published yet.")))]
    if len(publications) > LISTED:
        blocks.append(context(locale, line(locale._("The newest {count} are listed", count=LISTED))))
    if publications:
        back = locale._("To go back, restore the old version in Coze's version list and publish again.")
        blocks.append(context(locale, line(back)))
    return modal(locale._("Release history"), locale._("Close"), blocks, "publish.history")


def _last_online(publications: Sequence[Publication]) -> set[int]:
    """Of each agent the version that is on the channel, if any, of these, the newest first."""
    last: dict[str, Publication] = {}
    for each in publications:
        if each.state in STOOD and not each.is_api_only:
            last.setdefault(each.agent_id, each)
    return {each.id for each in last.values() if each.state is PublicationState.ONLINE}


def _entry(publication: Publication, locale: Locale, *, called: bool, is_there: bool) -> list[Block]:
    """How it stands and what was said of it; who, when, which version and how it is known in small print."""
    state = locale._(STATES[publication.state])
    lines = [line(f"**{state}**")]
    if called:
        lines = [line(f"**{state}** · {{name}}", name=cut(name(publication.agent_name), NAME))]
    if publication.note:
        lines.append(line("“{note}”", note=cut(publication.note, TYPED)))
    if publication.off_by and publication.off_reason:
        why = cut(publication.off_reason, TYPED)
        lines.append(line(locale._("{by} took it offline: {words}"), by=Mention(publication.off_by), words=why))
    if publication.reason:
        lines.append(line(locale._("The reviewer wrote: {words}"), words=cut(publication.reason, TYPED)))
    facts = context(locale, *_facts(publication, locale))
    if not is_there or publication.is_being_taken_off:
        return [paragraph(locale, *lines), facts]
    off = button(locale._("Take offline…"), ANY if called else OWN, publication.id)
    return [section(locale, off, *lines), facts]


def _facts(publication: Publication, locale: Locale) -> list[Line]:
    facts = [
        line("{who}", who=Mention(publication.user_id)),
        line("{at}", at=Moment(publication.submitted_at or publication.created_at)),
    ]
    if publication.version:
        facts.append(line(locale._("version {version}"), version=cut(publication.version, NAME)))
    if publication.is_api_only:
        facts.append(line(locale._("API only")))
    if publication.by_hand:
        facts.append(line(locale._("published by hand")))
    if publication.evidence is Evidence.CONFIRMED:
        facts.append(line(locale._("the author confirmed")))
    elif publication.reviewed_at:
        facts.append(verdict(publication, locale))
    elif publication.evidence is Evidence.VERIFIED and publication.state not in GONE:
        facts.append(line(locale._("listed by Coze · verified")))
    return facts
