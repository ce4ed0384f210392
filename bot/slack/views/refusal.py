"""Refusals as admins see them: who tried what that they may not do, and that none of it had an effect."""

from collections.abc import Mapping, Sequence

from slack_sdk.models.blocks import Block

from bot.core.refusal import Attempts, Reason, Refusal
from bot.texts.locale import Locale, mark

from .parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    bullets,
    context,
    fallback_text,
    header,
    line,
    paragraph,
    rich_text,
)

LISTED = 5

_WHY: Mapping[Reason, str] = {
    Reason.NOT_ADMIN: mark("only admins may"),
    Reason.OWN_REQUEST: mark("it was their own request"),
    Reason.NOT_YOURS: mark("it belongs to somebody else"),
    Reason.NO_MEMBER: mark("only full members may"),
    Reason.DECIDED: mark("it had been decided"),
    Reason.MOVED_ON: mark("it had moved on"),
    Reason.NOT_FOUND: mark("there is no such thing"),
    Reason.FORGED: mark("the form had no such choice"),
    Reason.NO_ASKER: mark("others may ask to join"),
    Reason.SECRET: mark("a secret was typed"),
}


def notice(user_id: str, found: Sequence[Refusal], locale: Locale) -> Card:
    """What one person was refused on one day, most often first; at least one of it."""
    count = sum(each.count for each in found)
    title = locale.ngettext("⚠️ {count} refused attempt", "⚠️ {count} refused attempts", count)
    text = locale.ngettext(
        "{who} tried {count} thing here today that they may not do. Nothing came of it.",
        "{who} tried {count} things here today that they may not do. Nothing came of them.",
        count,
        who="{who}",
    )
    what = line(text, who=Mention(user_id))
    advice = locale._(
        "Buttons on old cards can't explain that many. If they know nothing of it, ask them to change their password."
    )
    rows = [_row(each, locale) for each in found[:LISTED]]
    more = [line(locale._("{count} more", count=locale.number(len(found) - LISTED)))] if len(found) > LISTED else []
    blocks: list[Block] = [
        header(title),
        paragraph(locale, what, line(advice)),
        rich_text(bullets(locale, *rows)),
        context(
            locale,
            *more,
            line(locale._("last {at}"), at=Moment(max(each.last_at for each in found))),
            line(locale._("told once a day about one person")),
        ),
    ]
    return Card(fallback_text(locale, what), blocks)


def _row(found: Refusal, locale: Locale) -> Line:
    why, action = locale._(_WHY[found.reason]), Code(found.action.partition(":")[2])
    if found.subject:
        text = locale._("{count} × {action}, last on {row}: {why}")
        return line(text, count=found.count, action=action, row=Code(found.subject), why=why)
    return line(locale._("{count} × {action}: {why}"), count=found.count, action=action, why=why)


def piled(attempts: Sequence[Attempts], locale: Locale) -> list[Line]:
    """For admins at Home and by command: who was refused so often since yesterday that it is no mistake."""
    text = locale._("⚠️ {who}: {count} refused attempts since yesterday; nothing came of them")
    return [line(text, who=Mention(each.user_id), count=each.count) for each in attempts]
