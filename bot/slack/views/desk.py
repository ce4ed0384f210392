"""The admins' desk: one form that says what wants a hand, and leads to each of its parts."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement, InteractiveElement

from bot.core.seat_doubt import DoubtState
from bot.services.desk import DeskFacts
from bot.texts.locale import Locale

from .buttons import command
from .join.shared import waited
from .parts import Line, Moment, actions, button, line, modal, section
from .seats import stands
from .status import failed

FORM = "desk"
"""Its callback id, and that of its parts: nothing of it is sent."""


def desk(found: DeskFacts, locale: Locale) -> dict[str, Any]:
    """All parts, each with a line on how it stands and the way to it."""
    blocks: list[Block] = [
        _failed(found, locale),
        _outside(found, locale),
        *_seats(found, locale),
        _doubts(found, locale),
        _stuck(locale),
        _audit(locale),
        actions(command("settings", locale)),
    ]
    return framed(locale._("Admin desk"), blocks, locale)


def framed(title: str, blocks: Sequence[Block], locale: Locale, metadata: str = "") -> dict[str, Any]:
    """A part of the desk."""
    return modal(title, locale._("Close"), blocks, FORM, metadata=metadata)


def turning(
    locale: Locale, action_id: str, offset: int, size: int, total: int, value: str = "{offset}"
) -> list[InteractiveElement]:
    """The way back to the desk, and to the pages before and after; `value` is what `action_id` carries."""
    row: list[InteractiveElement] = [button(locale._("Back to the desk"), "desk.open")]
    if offset > 0:
        earlier = value.format(offset=max(0, offset - size))
        row.append(button(locale._("Previous page"), f"{action_id}:before", earlier))
    if offset + size < total:
        row.append(button(locale._("Next page"), f"{action_id}:after", value.format(offset=offset + size)))
    return row


def shown_of(offset: int, shown: int, total: int, locale: Locale) -> Line:
    """Which of how many are listed."""
    numbers = {"first": offset + 1, "last": offset + shown, "count": total}
    told = {name: locale.number(each) for name, each in numbers.items()}
    return line(locale._("{first} to {last} of {count}", **told))


def _part(locale: Locale, title: str, stands: Line, opens: ButtonElement) -> Block:
    return section(locale, opens, line(f"**{title}**"), stands)


def _failed(found: DeskFacts, locale: Locale) -> Block:
    if found.failed:
        stands = line(failed(found.failed, locale))
    elif found.overdue_since:
        stands = line(locale._("⚠️ Overdue since {since}: is a worker running?"), since=Moment(found.overdue_since))
    else:
        stands = line(locale._("✅ Nothing has failed"))
    aloud = locale._("See what failed")
    return _part(locale, locale._("Failed jobs"), stands, button(locale._("See"), "work.stuck", 0, aloud=aloud))


def _outside(found: DeskFacts, locale: Locale) -> Block:
    if not found.outside:
        stands = line(locale._("✅ Everybody who was approved has joined"))
    else:
        since = waited(found.outside_since or found.now, found.now, locale)
        text = locale.ngettext(
            "⏳ {count} person, approved {since} ago",
            "⏳ {count} people, the first approved {since} ago",
            found.outside,
            since=since,
        )
        stands = line(text)
    aloud = locale._("See who was approved and hasn't joined")
    return _part(
        locale, locale._("Approved, not joined"), stands, button(locale._("See"), "outside.list", 0, aloud=aloud)
    )


def _seats(found: DeskFacts, locale: Locale) -> list[Block]:
    if found.seats is None:
        return []
    opens = button(locale._("Enter seats…"), "seats.enter")
    return [section(locale, opens, line("**{title}**", title=locale._("Seats")), *stands(found.seats, locale))]


def _doubts(found: DeskFacts, locale: Locale) -> Block:
    """How it stands, and the way to it: one press begins a review."""
    aloud = locale._("Review who needs their seat")
    opens = button(locale._("Review"), "seat.review", aloud=aloud)
    return _part(locale, locale._("Who needs their seat"), _doubted(found, locale), opens)


def _doubted(found: DeskFacts, locale: Locale) -> Line:
    if found.reviewed_at is None:
        return line(locale._("Who has left or uses nothing: keep, ask or remove"))
    at = Moment(found.reviewed_at, day=True)
    open_ = found.doubts.get(DoubtState.OPEN, 0) + found.doubts.get(DoubtState.RELEASED, 0)
    asked = found.doubts.get(DoubtState.ASKED, 0)
    if not open_ and not asked:
        return line(locale._("✅ No seat in doubt, {at}"), at=at)
    told = []
    if open_:
        told.append(locale.ngettext("⚠️ {count} to decide", "⚠️ {count} to decide", open_))
    if asked:
        told.append(locale.ngettext("⏳ {count} asked", "⏳ {count} asked", asked))
    return line("{told} · {at}", told=" · ".join(told), at=at)


def _stuck(locale: Locale) -> Block:
    stands = line(locale._("Which step of the guide holds people up, and with which error"))
    aloud = locale._("See where people get stuck")
    opens = button(locale._("See"), "stuck.places", aloud=aloud)
    return _part(locale, locale._("Where people get stuck"), stands, opens)


def _audit(locale: Locale) -> Block:
    stands = line(locale._("Who did what: by person, agent and day"))
    return _part(locale, locale._("Log"), stands, button(locale._("Search…"), "audit.search"))
