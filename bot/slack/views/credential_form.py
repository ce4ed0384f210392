"""The form that asks for a token's name and end, never for the token: its own, and that of a guide's step."""

import re
from datetime import UTC, datetime, timedelta
from typing import TypedDict

from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    DateTimePickerElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
)

from bot.core.credential import NAME_LENGTH, Credential, Lifetime, in_days
from bot.core.errors import NotFound
from bot.slack.fields import Fields
from bot.slack.router import Place, View, row_in
from bot.texts.locale import Locale

from .parts import context, field, line, modal, name, paragraph

RECORD, IN_GUIDE = "credential.record", "guide.record"
OPENED = "@"
"""In what the form keeps: before it the token that is replaced, after it when it was opened (seconds since 1970)."""

_SECONDS = re.compile(r"[0-9]{1,10}", re.ASCII)


class Filled(TypedDict):
    """What the form brought, by the names that core.credential.read takes. Times are UTC."""

    name: str
    lifetime: str
    until: str | None
    created_at: datetime
    last4: str


def form(
    locale: Locale, opened_at: datetime, replaces: Credential | None = None, *, dated: bool = False, guide: str = ""
) -> View:
    """Asks for name and end. The new token takes the place of `replaces`. `opened_at` is UTC.

    `dated`: no preset fits, so it asks for the dates too. `guide` names guide and step for which it asks.
    """
    blocks: list[Block] = [
        context(locale, line(locale._("I only need its name and expiry date. Don't enter the token itself.")))
    ]
    if replaces:
        text = locale._("It replaces “{name}”; I'll stop reminding you about that one.")
        blocks.append(paragraph(locale, line(text, name=name(replaces.name))))
    blocks += [_name_field(locale, replaces), _lifetime_field(locale, opened_at, dated=dated)]
    blocks += _date_fields(locale, opened_at) if dated else []
    blocks.append(_last4_field(locale))
    title, submit = locale._("Track an expiry date"), locale._("Record expiry")
    kept = f"{replaces.id if replaces else ''}{OPENED}{int(opened_at.timestamp())}"
    callback_id, kept = (IN_GUIDE, f"{guide} {kept}") if guide else (RECORD, kept)
    return modal(title, locale._("Cancel"), blocks, callback_id, submit, kept)


def correction(locale: Locale, opened_at: datetime, wrong: Credential) -> View:
    """Asks what is right of a token that is watched: all that is recorded stands in it, and stays unless changed."""
    blocks: list[Block] = [
        _name_field(locale, wrong),
        *_date_fields(locale, wrong.created_at, in_days(wrong.ends_at, 0, locale.tz)),
        _last4_field(locale, wrong.last4),
        context(locale, line(locale._("What you leave as it is stays; the reminders follow the date."))),
    ]
    title, kept = locale._("Change name or date"), f"{wrong.id}{OPENED}{int(opened_at.timestamp())}"
    return modal(title, locale._("Cancel"), blocks, RECORD, locale._("Save"), kept)


def _name_field(locale: Locale, replaces: Credential | None) -> InputBlock:
    return field(
        "credential.name",
        locale._("Name"),
        PlainTextInputElement(
            action_id="value",
            placeholder=locale._("e.g. glasses-trial"),
            max_length=NAME_LENGTH,
            initial_value=replaces.name[:NAME_LENGTH] if replaces else None,
        ),
        hint=locale._("The same as in Coze, so you find it later."),
    )


def _lifetime_field(locale: Locale, made_at: datetime, *, dated: bool) -> InputBlock:
    month, day = (locale.day(made_at + timedelta(days=days)) for days in (30, 1))
    options = [
        Option(text=locale._("30 days, until {date}", date=month), value=Lifetime.MONTH),
        Option(text=locale._("1 day, until {date}", date=day), value=Lifetime.DAY),
        Option(text=locale._("Another date, or not made today…"), value=Lifetime.DATE),
    ]
    picked = options[2] if dated else options[0]
    chosen = field(
        "credential.lifetime",
        locale._("Expiry"),
        RadioButtonsElement(action_id="value", options=options, initial_option=picked),
        hint=locale._("The choice you made in Coze. The third one asks for the date."),
    )
    chosen.dispatch_action = True  # what it asks for besides depends on the choice
    return chosen


def _date_fields(locale: Locale, made_at: datetime, until: str | None = None) -> list[Block]:
    return [
        field(
            "credential.until",
            locale._("Expiry date"),
            DatePickerElement(action_id="value", placeholder=locale._("Pick a date"), initial_date=until),
            hint=locale._("It expires that day at 23:59. A pat_ has 30 days at most, a sat_ may have more."),
        ),
        field(
            "credential.created",
            locale._("Created at"),
            DateTimePickerElement(action_id="value", initial_date_time=int(made_at.timestamp())),
            hint=locale._("If you've just created it, leave this as it is."),
        ),
    ]


def _last4_field(locale: Locale, last4: str | None = None) -> InputBlock:
    return field(
        "credential.last4",
        locale._("Last 4 characters"),
        PlainTextInputElement(action_id="value", placeholder="a1b2", min_length=4, max_length=4, initial_value=last4),
        hint=locale._("To recognise it later. Only these four."),
        optional=True,
    )


def read(fields: Fields, metadata: str, now: datetime) -> Filled:
    """What the form brought. A token with a preset was made when the form was opened, at the latest `now`.

    Raises NotFound for a form that is none of ours.
    """
    until = fields.text("credential.until") or None
    made_at = min(kept(metadata, now)[1], now)
    if moment := fields["credential.created"].moment:
        made_at = datetime.fromtimestamp(moment, UTC)
    return {
        "name": fields.text("credential.name"),
        "lifetime": fields.text("credential.lifetime") or (Lifetime.DATE if until else Lifetime.MONTH).value,
        "until": until,
        "created_at": made_at,
        "last4": fields.text("credential.last4"),
    }


def corrects(fields: Fields) -> bool:
    """Whether it is the form that asks what is right of a token: that has no presets."""
    return "credential.lifetime" not in fields and "credential.until" in fields


def guide_of(place: Place) -> str:
    """For which guide and step the form asks in which something was picked, "" for none. Raises NotFound where it is
    another form."""
    guide = place.metadata.rpartition(" ")[0]
    if place.callback_id != (IN_GUIDE if guide else RECORD):
        raise NotFound
    return guide


def kept(metadata: str, now: datetime) -> tuple[int | None, datetime]:
    """Which token the form replaces, None for a new one; and when it was opened (UTC), `now` where it does not tell.

    Raises NotFound for a form that is none of ours.
    """
    replaces, _, opened_at = metadata.rpartition(" ")[2].partition(OPENED)
    if not _SECONDS.fullmatch(opened_at):
        opened_at = str(int(now.timestamp()))
    return row_in(replaces) if replaces else None, datetime.fromtimestamp(int(opened_at), UTC)


def wants_date(fields: Fields) -> bool:
    """Whether no preset fits and the form, as it is drawn, doesn't ask for the date yet."""
    return fields.text("credential.lifetime") == Lifetime.DATE and "credential.until" not in fields
