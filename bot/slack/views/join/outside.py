"""Who was approved and has not joined: since when, and what an admin can do about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock, InteractiveElement

from bot.core.join import WHOSE, JoinState, Request
from bot.texts.locale import Locale

from ..desk import framed, shown_of, turning
from ..parts import Line, Mention, Moment, actions, button, context, line, name, paragraph
from .queue import standing
from .taking_back import undo

PAGE = 5


def page(
    requests: Sequence[Request], total: int, offset: int, now: datetime, locale: Locale, note: Line | None = None
) -> dict[str, Any]:
    """Some of them, oldest first; `note` says what the last press has done."""
    blocks: list[Block] = [paragraph(locale, note)] if note else []
    if not requests:
        blocks.append(paragraph(locale, line(locale._("✅ Everybody who was approved has joined"))))
    for each in requests:
        blocks += [paragraph(locale, _who(each, locale), *_since(each, now, locale)), _acts(each, locale)]
        blocks.append(DividerBlock())
    if requests:
        shown = [shown_of(offset, len(requests), total, locale)] if total > PAGE else []
        told = locale._("A nudge rings in their chat; an invitation sent again does too")
        blocks.append(context(locale, *shown, line(told)))
    blocks.append(actions(*turning(locale, "outside.list", offset, PAGE, total)))
    return framed(locale._("Approved, not joined"), blocks, locale, str(offset))


def _who(request: Request, locale: Locale) -> Line:
    return line(locale._("**{who}** ({nick})"), who=Mention(request.user_id), nick=name(request.nick))


def _since(request: Request, now: datetime, locale: Locale) -> list[Line]:
    at = Moment(request.decided_at or request.created_at, day=True)
    since = line(locale._("Approved {at}"), at=at)
    if request.decided_by:
        since = line(locale._("Approved {at} by {by}"), at=at, by=Mention(request.decided_by))
    return [standing(request, locale, now), since]


def _acts(request: Request, locale: Locale) -> Block:
    """What helps where it stands; behind ⋯ the approval is taken back."""
    called, row = name(request.name), list[InteractiveElement]()
    if request.state is JoinState.INVITED:
        aloud = locale._("Nudge {name}", name=called)
        row.append(button(locale._("Nudge"), "outside.nudge", request.id, aloud=aloud))
    is_sendable = request.state is JoinState.INVITED or bool(request.error)
    if is_sendable and not request.by_hand and request.error != WHOSE:
        aloud = locale._("Resend {name}'s invitation", name=called)
        row.append(button(locale._("Resend invitation"), "outside.resend", request.id, aloud=aloud))
    aloud = locale._("Show {name}'s join request", name=called)
    row.append(button(locale._("Show request"), "join.show", request.id, aloud=aloud))
    return actions(*row, undo(request, locale))


def nudged(request: Request, locale: Locale) -> Line:
    """Their card rings."""
    return line(locale._("🔔 {who} is reminded to accept the invitation."), who=Mention(request.user_id))


def nudged_before(locale: Locale) -> Line:
    """It did a short while ago."""
    return line(locale._("They were nudged within the last day already; I didn't ring again."))


def resent(request: Request, locale: Locale) -> Line:
    """It is on its way."""
    return line(locale._("✉️ The invitation to {who} is being sent again."), who=Mention(request.user_id))
