"""Seats of the workspace on Coze: what is left and for about how long, and the form for how many there are."""

from typing import Any

from slack_sdk.models.blocks import Block, PlainTextInputElement

from bot.core.seats import LEAST_JOINS, QUESTION, WEEKS, Seats
from bot.texts.locale import Locale

from .parts import Line, Moment, context, field, line, modal, paragraph


def stands(seats: Seats, locale: Locale) -> list[Line]:
    """What is left, and about when it runs out."""
    if seats.left is None:
        taken = locale.number(seats.taken)
        return [line(locale._("{taken} taken; Coze doesn't tell how many there are", taken=taken))]
    left, total = locale.number(seats.left), locale.number(seats.total or 0)
    text = locale._("{left} of {total} left", left=left, total=total)
    if not seats.left:
        return [line(locale._("❌ None of {total} left by this count: Coze may refuse invitations", total=total))]
    if seats.runs_out_at:
        return [line(text), line(locale._("Estimated to last until {day}"), day=Moment(seats.runs_out_at, day=True))]
    return [line(text)]


def form(seats: Seats, locale: Locale) -> dict[str, Any]:
    """How many there are, and what the estimate rests on."""
    blocks: list[Block] = [
        paragraph(locale, *stands(seats, locale)),
        field(
            QUESTION,
            locale._("Seats of the team's space"),
            PlainTextInputElement(action_id="value", initial_value=str(seats.total) if seats.total else None),
            locale._("As your plan on Coze says; I can't read it there."),
        ),
        context(locale, _counted(seats, locale), _basis(seats, locale)),
    ]
    return modal(locale._("Seats"), locale._("Cancel"), blocks, "seats.enter", locale._("Save"))


def _counted(seats: Seats, locale: Locale) -> Line:
    if seats.counted_at is None:
        return line(locale._("taken: those who joined through me, as I haven't read Coze's list"))
    return line(locale._("taken: Coze's list of {at}, and who came and went since"), at=Moment(seats.counted_at))


def _basis(seats: Seats, locale: Locale) -> Line:
    """What the estimate rests on, or why there is none."""
    joins = locale.ngettext(
        "{count} person joined in the last {weeks} weeks",
        "{count} people joined in the last {weeks} weeks",
        seats.joins,
        weeks=max(1, round(seats.weeks)) if seats.weeks else WEEKS,
    )
    if not seats.is_known_enough:
        text = locale._(
            "{joins}: too few for an estimate, which wants {least} in two weeks or more",
            least=LEAST_JOINS,
            joins=joins,
        )
        return line(text)
    return line(locale._("{joins}; the estimate takes it that this goes on", joins=joins))
