"""What is said about a join request in the admin channel besides its card: notices that ring, and its history."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from slack_sdk.models.blocks import Block

from bot.core.join import JoinState, Request
from bot.store.audit import AuditEntry as Deed
from bot.texts.locale import Locale, error_help, mark

from ..parts import (
    Card,
    Code,
    Line,
    Link,
    Mention,
    Moment,
    Piece,
    context,
    fallback_text,
    line,
    paragraph,
    quote,
    rich_text,
    text_section,
)
from .shared import invitation_help, settled, waited

Stage = Literal["w1", "w2", "backup", "alone"]


def waiting_notice(
    request: Request, locale: Locale, stage: Stage, now: datetime, agreed: datetime, place: str
) -> Card:
    """Rings when a request has waited long; one line once there is nothing to decide. Times are UTC. Of each notice
    `place` is the address of the card.
    """
    if request.state is not JoinState.PENDING:
        return _past(request, locale)
    lines = [
        line(
            locale._("⏰ {who} has been waiting {time} for a decision"),
            who=Mention(request.user_id),
            time=waited(request.waiting_since, now, locale),
        )
    ]
    if now > agreed:
        lines.append(line(locale._("An answer was due {agreed}."), agreed=Moment(agreed)))
    if stage == "backup":
        lines.append(line(locale._("Nobody has decided, so the backup admins have the request too.")))
    if stage == "alone":
        lines.append(line(locale._("Nobody has decided, and there is nobody else whom I could ask.")))
    return _ringing(request, locale, place, *lines)


def nudge_notice(request: Request, locale: Locale, place: str) -> Card:
    """Rings when the person reminds the admins; one line once there is nothing to decide."""
    if request.state is not JoinState.PENDING:
        return _past(request, locale)
    text = locale._("🔔 {who} kindly asks for a decision, waiting since {at}")
    asks = line(text, who=Mention(request.user_id), at=Moment(request.waiting_since))
    return _ringing(request, locale, place, asks)


def changed_notice(request: Request, locale: Locale, kind: str, place: str) -> Card:
    """Rings when an account was changed that an admin had approved; one line once it is decided, or changed again."""
    if not request.is_changed or not request.coze_uid or kind.partition("-")[2] != str(request.version):
        return _past(request, locale)
    text = locale._("✏️ {who} changed the Coze account after the approval. Please approve again")
    return _ringing(request, locale, place, line(text, who=Mention(request.user_id)))


def _ringing(request: Request, locale: Locale, place: str, *lines: Line) -> Card:
    """The card has the buttons, so a notice leads there."""
    there = line("{card}", card=Link(locale._("Decide request"), place))
    blocks: list[Block] = [
        paragraph(locale, *lines),
        context(locale, there, *_assigned(request, locale)),
    ]
    return Card(fallback_text(locale, lines[0]), blocks)


def _assigned(request: Request, locale: Locale) -> list[Line]:
    return [line(locale._("assigned to {who}"), who=Mention(request.assignee))] if request.assignee else []


def _past(request: Request, locale: Locale) -> Card:
    text = settled(request, locale)
    return Card(fallback_text(locale, text), [paragraph(locale, text)])


def history(deed: Deed, request: Request, locale: Locale) -> Card:
    """One deed as a line of the thread: who, what, when, and the words that were said."""
    told = _DEEDS.get(deed.action, _plain)(deed, request, locale)
    stamped = Line(locale._("{told} · {at}").replace("{told}", told.template), {**told.pieces, "at": Moment(deed.at)})
    elements = [text_section(locale, stamped)]
    words = str(deed.detail.get("words" if deed.action in _QUOTED else "note", ""))
    if words:
        return Card(fallback_text(locale, stamped), [rich_text(*elements, quote(words))])
    return Card(fallback_text(locale, stamped), [rich_text(*elements)])


_QUOTED = frozenset({"join.question", "join.answer", "join.approved", "join.declined", "join.revoked", "join.said"})
_SAID = {
    "join.ask": mark("{who} asked to join"),
    "join.edit": mark("✏️ {who} changed the request"),
    "join.nudge": mark("🔔 {who} asked for a decision again"),
    "join.question": mark("💬 {who} asked"),
    "join.answer": mark("💬 {who} answered"),
    "join.said": mark("💬 {who} wrote"),
    "join.told": mark("✉️ Sent in {who}'s name; the answer will appear here"),
    "join.approved": mark("✅ {who} approved"),
    "join.declined": mark("✖️ {who} declined"),
    "join.revoked": mark("↩️ {who} took the approval back"),
    "join.withdrawn": mark("↩️ {who} withdrew the request"),
    "join.expired": mark("⌛ Closed: nobody decided in time"),
    "join.resend": mark("🔁 {who} had the invitation sent again"),
    "join.invited": mark("📨 {who} invited them by hand · confirmed"),
    "join.invite": mark("📨 Invitation sent · verified"),
    "join.remove": mark("➖ {who} wants them out of the team"),
    "join.alone": mark("⚠️ Nobody else is an admin: they can't decide about their own request"),
    "join.not_alone": mark("✅ There is another admin again"),
    "join.ask_proof": mark("🔑 {who} asked them to verify the Coze account"),
}
"""What is told by its actor alone."""


def _simple(deed: Deed, _request: Request, locale: Locale) -> Line:
    return line(locale._(_SAID[deed.action]), who=_actor(deed, locale))


def _approved(deed: Deed, request: Request, locale: Locale) -> Line:
    if deed.actor == request.user_id:
        text = locale._("⚠️ {who}, the only admin, approved their own request:")
        return line(text, who=Mention(request.user_id))
    return _simple(deed, request, locale)


def _verify(_deed: Deed, request: Request, locale: Locale) -> Line:
    if request.is_member is None:
        return line(locale._("🔎 Coze was asked whether this account is a member"))
    if request.is_member:
        return line(locale._("⚠️ Coze: this account is already a member · verified"))
    return line(locale._("🔎 Coze: this account isn't yet a member · verified"))


def _reassign(deed: Deed, _request: Request, locale: Locale) -> Line:
    to = Mention(str(deed.detail.get("words", "")))
    return line(locale._("👉 {who} assigned it to {to}"), who=_actor(deed, locale), to=to)


def _closed(_deed: Deed, request: Request, locale: Locale) -> Line:
    return line(locale._("🚪 Closed: {who} left this Slack workspace"), who=Mention(request.user_id))


def _fix(deed: Deed, _request: Request, locale: Locale) -> Line:
    uid = Code(str(deed.detail.get("words", "")))
    return line(locale._("✏️ {who} changed the user ID to {uid}"), who=_actor(deed, locale), uid=uid)


def _proven(deed: Deed, _request: Request, locale: Locale) -> Line:
    uid = Code(str(deed.detail.get("words", "")))
    return line(locale._("🔑 {who} showed that {uid} is theirs · verified"), who=_actor(deed, locale), uid=uid)


def _displaced(deed: Deed, request: Request, locale: Locale) -> Line:
    text = locale._("⚠️ {uid} is somebody else's · verified. {who} was asked for an account of their own")
    return line(text, uid=Code(str(deed.detail.get("words", ""))), who=Mention(request.user_id))


def _refused(deed: Deed, request: Request, locale: Locale) -> Line:
    what = invitation_help(str(deed.detail.get("words", "")) or request.error, locale).what
    return line(locale._("❌ Invitation failed: {what}"), what=what)


def _joined(deed: Deed, request: Request, locale: Locale) -> Line:
    who = Mention(request.user_id)
    if deed.actor:
        return line(locale._("✅ {who} has joined ShargeAI · the person confirmed"), who=who)
    return line(locale._("✅ {who} has joined ShargeAI · verified"), who=who)


def _removed(deed: Deed, request: Request, locale: Locale) -> Line:
    if deed.actor:
        text = locale._("➖ {who} removed {person} by hand · confirmed")
        return line(text, who=_actor(deed, locale), person=Mention(request.user_id))
    return line(locale._("➖ {person} is out of the team · verified"), person=Mention(request.user_id))


def _arrived(deed: Deed, request: Request, locale: Locale) -> Line:
    text = locale._("⚠️ {who} is in the team all the same: Coze lists {uid} · verified")
    return line(text, who=Mention(request.user_id), uid=Code(str(deed.detail.get("words", ""))))


def _stays(deed: Deed, _request: Request, locale: Locale) -> Line:
    what = error_help(str(deed.detail.get("words", "")), locale).what
    return line(locale._("❌ Not removed yet: {what}"), what=what)


def _plain(deed: Deed, _request: Request, locale: Locale) -> Line:
    return line("{who} · {action}", who=_actor(deed, locale), action=Code(deed.action))


def _actor(deed: Deed, locale: Locale) -> Piece:
    return Mention(deed.actor) if deed.actor else locale._("The bot")


_DEEDS: dict[str, Callable[[Deed, Request, Locale], Line]] = {
    **dict.fromkeys(_SAID, _simple),
    "join.approved": _approved,
    "join.verify": _verify,
    "join.reassign": _reassign,
    "join.closed": _closed,
    "join.fix": _fix,
    "join.proven": _proven,
    "join.displaced": _displaced,
    "join.refused": _refused,
    "join.joined": _joined,
    "join.removed": _removed,
    "join.arrived": _arrived,
    "join.stays": _stays,
}
