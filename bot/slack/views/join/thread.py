"""What is said about a join request in the admin channel besides its card: notices that ring, and its history."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from slack_sdk.models.blocks import Block

from bot.core.join import Request, State
from bot.store.audit import Line as Deed
from bot.texts import Reader, error_help, mark

from ..parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    Piece,
    actions,
    button,
    context,
    fallback_text,
    line,
    paragraph,
    quote,
    rich_text,
    text_section,
)
from .shared import invitation_help, number, settled, waited

Stage = Literal["w1", "w2", "backup"]


def waiting_notice(request: Request, reader: Reader, stage: Stage, now: datetime, agreed: datetime) -> Card:
    """Rings when a request has waited long; one line once there is nothing to decide. Times are UTC."""
    if request.state is not State.PENDING:
        return _past(request, reader)
    lines = [
        line(
            reader.t("⏰ {who} has been waiting {time} for a decision"),
            who=Mention(request.user_id),
            time=waited(request.created_at, now, reader),
        )
    ]
    if now > agreed:
        lines.append(line(reader.t("An answer was due {agreed}."), agreed=Moment(agreed)))
    if stage == "backup":
        lines.append(line(reader.t("Nobody has decided, so the backup admins have the request too.")))
    return _ringing(request, reader, *lines)


def nudge_notice(request: Request, reader: Reader) -> Card:
    """Rings when the person reminds the admins; one line once there is nothing to decide."""
    if request.state is not State.PENDING:
        return _past(request, reader)
    text = reader.t("🔔 {who} kindly asks for a decision, waiting since {at}")
    return _ringing(request, reader, line(text, who=Mention(request.user_id), at=Moment(request.created_at)))


def _ringing(request: Request, reader: Reader, *lines: Line) -> Card:
    blocks: list[Block] = [
        paragraph(reader, *lines),
        actions(button(reader.t("Decide request"), "join.show", request.id, primary=True)),
        context(reader, *_assigned(request, reader), number(request, reader)),
    ]
    return Card(fallback_text(reader, lines[0]), blocks)


def _assigned(request: Request, reader: Reader) -> list[Line]:
    return [line(reader.t("assigned to {who}"), who=Mention(request.assignee))] if request.assignee else []


def _past(request: Request, reader: Reader) -> Card:
    text = settled(request, reader)
    return Card(fallback_text(reader, text), [paragraph(reader, text)])


def history(deed: Deed, request: Request, reader: Reader) -> Card:
    """One deed as a line of the thread: who, what, when, and the words that were said."""
    told = _DEEDS.get(deed.action, _plain)(deed, request, reader)
    stamped = Line(reader.t("{told} · {at}").replace("{told}", told.template), {**told.pieces, "at": Moment(deed.at)})
    elements = [text_section(reader, stamped)]
    words = str(deed.detail.get("words", ""))
    if deed.action in _QUOTED and words:
        return Card(fallback_text(reader, stamped), [rich_text(*elements, quote(words))])
    return Card(fallback_text(reader, stamped), [rich_text(*elements)])


_QUOTED = frozenset({"join.question", "join.answer", "join.declined"})
_SAID = {
    "join.ask": mark("{who} asked to join"),
    "join.edit": mark("✏️ {who} changed the request"),
    "join.nudge": mark("🔔 {who} asked for a decision once more"),
    "join.question": mark("💬 {who} asked"),
    "join.answer": mark("💬 {who} answered"),
    "join.approved": mark("✅ {who} approved"),
    "join.declined": mark("✖️ {who} declined"),
    "join.withdrawn": mark("↩️ {who} withdrew the request"),
    "join.expired": mark("⌛ Closed: nobody decided in time"),
    "join.resend": mark("🔁 {who} had the invitation sent again"),
    "join.invited": mark("📨 {who} invited them by hand · confirmed"),
    "join.invite": mark("📨 Invitation sent · verified"),
    "join.remove": mark("➖ {who} wants them out of the team"),
}
"""What is told by its actor alone."""


def _simple(deed: Deed, request: Request, reader: Reader) -> Line:
    return line(reader.t(_SAID[deed.action]), who=_actor(deed, reader))


def _verify(deed: Deed, request: Request, reader: Reader) -> Line:
    if request.is_member is None:
        return line(reader.t("🔎 Coze was asked whether this account is a member"))
    if request.is_member:
        return line(reader.t("⚠️ Coze: this account is already a member · verified"))
    return line(reader.t("🔎 Coze: this account is not yet a member · verified"))


def _reassign(deed: Deed, request: Request, reader: Reader) -> Line:
    to = Mention(str(deed.detail.get("words", "")))
    return line(reader.t("👉 {who} assigned it to {to}"), who=_actor(deed, reader), to=to)


def _closed(deed: Deed, request: Request, reader: Reader) -> Line:
    return line(reader.t("🚪 Closed: {who} left this Slack workspace"), who=Mention(request.user_id))


def _fix(deed: Deed, request: Request, reader: Reader) -> Line:
    uid = Code(str(deed.detail.get("words", "")))
    return line(reader.t("✏️ {who} corrected the user ID to {uid}"), who=_actor(deed, reader), uid=uid)


def _refused(deed: Deed, request: Request, reader: Reader) -> Line:
    what = invitation_help(str(deed.detail.get("words", "")) or request.error, reader).what
    return line(reader.t("❌ Invitation failed: {what}"), what=what)


def _joined(deed: Deed, request: Request, reader: Reader) -> Line:
    who = Mention(request.user_id)
    if deed.actor:
        return line(reader.t("✅ {who} has joined ShargeAI · the person confirmed"), who=who)
    return line(reader.t("✅ {who} has joined ShargeAI · verified"), who=who)


def _removed(deed: Deed, request: Request, reader: Reader) -> Line:
    if deed.actor:
        text = reader.t("➖ {who} removed {person} by hand · confirmed")
        return line(text, who=_actor(deed, reader), person=Mention(request.user_id))
    return line(reader.t("➖ {person} is out of the team · verified"), person=Mention(request.user_id))


def _stays(deed: Deed, request: Request, reader: Reader) -> Line:
    what = error_help(str(deed.detail.get("words", "")), reader).what
    return line(reader.t("❌ Not removed yet: {what}"), what=what)


def _plain(deed: Deed, request: Request, reader: Reader) -> Line:
    return line("{who} · {action}", who=_actor(deed, reader), action=Code(deed.action))


def _actor(deed: Deed, reader: Reader) -> Piece:
    return Mention(deed.actor) if deed.actor else reader.t("The bot")


_DEEDS: dict[str, Callable[[Deed, Request, Reader], Line]] = {
    **dict.fromkeys(_SAID, _simple),
    "join.verify": _verify,
    "join.reassign": _reassign,
    "join.closed": _closed,
    "join.fix": _fix,
    "join.refused": _refused,
    "join.joined": _joined,
    "join.removed": _removed,
    "join.stays": _stays,
}
