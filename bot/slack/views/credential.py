"""A token that we watch, as its owner sees it: the form, the receipt, the reminders, the list."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import ceil
from typing import Any, TypedDict

from slack_sdk.models.blocks import (
    Block,
    DatePickerElement,
    DateTimePickerElement,
    InputBlock,
    InteractiveElement,
    Option,
    OverflowMenuElement,
    PlainTextInputElement,
    RadioButtonsElement,
)

from bot.core import credential as rules
from bot.core.credential import NAME_LENGTH, Credential, Lifetime, State, days_left
from bot.core.remind import Rung, tomorrow
from bot.slack.fields import Fields
from bot.texts import Reader

from .parts import (
    Card,
    Code,
    Line,
    Moment,
    actions,
    bullets,
    button,
    context,
    field,
    headed,
    header,
    line,
    modal,
    paragraph,
    rich_text,
)
from .strings import name, with_name

LAST_DAY = frozenset({"t0", "h4"})
LISTED = 10


class Filled(TypedDict):
    """What the form brought, by the names that core.credential.read takes. Times are UTC."""

    name: str
    lifetime: str
    until: str | None
    created_at: datetime
    last4: str


def form(reader: Reader, now: datetime, replaces: Credential | None = None) -> dict[str, Any]:
    """Asks for a token's name and end, never for the token. The new one takes the place of `replaces`."""
    blocks: list[Block] = [
        context(reader, line(reader.t("I only need its name and end date. Do not enter the token itself.")))
    ]
    if replaces:
        text = reader.t("It takes the place of “{name}”, whose reminders then stop.")
        blocks.append(paragraph(reader, line(text, name=name(replaces.name))))
    blocks += [_name_field(reader, replaces), *_time_fields(reader, now), _last4_field(reader)]
    title, submit = reader.t("Record token expiry"), reader.t("Record expiry")
    return modal(title, reader.t("Cancel"), blocks, "credential.record", submit, str(replaces.id) if replaces else "")


def _name_field(reader: Reader, replaces: Credential | None) -> InputBlock:
    return field(
        "credential.name",
        reader.t("Name"),
        PlainTextInputElement(
            action_id="value",
            placeholder=reader.t("e.g. glasses-trial"),
            max_length=NAME_LENGTH,
            initial_value=replaces.name[:NAME_LENGTH] if replaces else None,
        ),
        hint=reader.t("The same as in Coze, so you find it later."),
    )


def _time_fields(reader: Reader, now: datetime) -> list[Block]:
    options = [
        Option(text=reader.t("30 days"), value=Lifetime.MONTH),
        Option(text=reader.t("1 day"), value=Lifetime.DAY),
        Option(text=reader.t("A date"), value=Lifetime.DATE),
    ]
    return [
        field(
            "credential.lifetime",
            reader.t("Expiry"),
            RadioButtonsElement(action_id="value", options=options, initial_option=options[0]),
            hint=reader.t("The choice you made in Coze."),
        ),
        field(
            "credential.until",
            reader.t("End date"),
            DatePickerElement(action_id="value", placeholder=reader.t("Pick a date")),
            hint=reader.t("Only for “A date”: it ends that day at 23:59, 30 days at most."),
            optional=True,
        ),
        field(
            "credential.created",
            reader.t("Created at"),
            DateTimePickerElement(action_id="value", initial_date_time=int(now.timestamp())),
            hint=reader.t("Leave it if you made it just now."),
        ),
    ]


def _last4_field(reader: Reader) -> InputBlock:
    return field(
        "credential.last4",
        reader.t("Last 4 characters"),
        PlainTextInputElement(action_id="value", placeholder="a1b2", min_length=4, max_length=4),
        hint=reader.t("To recognise it later. Only these four."),
        optional=True,
    )


def read(fields: Fields) -> Filled:
    """What the form brought."""
    return {
        "name": fields.text("credential.name"),
        "lifetime": fields.text("credential.lifetime") or Lifetime.MONTH.value,
        "until": fields.text("credential.until") or None,
        "created_at": datetime.fromtimestamp(fields["credential.created"].moment, UTC),
        "last4": fields.text("credential.last4"),
    }


def recorded(credential: Credential, rungs: Sequence[Rung], reader: Reader, now: datetime) -> Card:
    """The receipt: what was recorded and when reminders come. A token that was replaced or given up is one line."""
    if credential.state in (State.SUPERSEDED, State.FORGOTTEN):
        return _closed(credential, reader, None)
    ended = credential.ends_at <= now
    fact = reader.t("⏰ “{name}” ended {ends} · entered by you") if ended else _recorded_fact(reader)
    blocks: list[Block] = [
        paragraph(reader, line(fact, name=name(credential.name), ends=Moment(credential.ends_at))),
        actions(button(reader.t("Entered it wrong…"), "credential.record", credential.id), _more(credential, reader)),
        context(reader, *_last4(credential, reader), _coming(rungs, reader)),
    ]
    text = (
        reader.t("“{name}” is recorded; it has ended already")
        if ended
        else reader.t("“{name}” is recorded; I remind you before it ends")
    )
    return Card(with_name(text, credential.name), blocks)


def _recorded_fact(reader: Reader) -> str:
    return reader.t("✅ “{name}” recorded, ends {ends} · entered by you")


def _coming(rungs: Sequence[Rung], reader: Reader) -> Line:
    if not rungs:
        return line(reader.t("no more reminders"))
    first_of_day = {reader.day(rung.due_at): Moment(rung.due_at, day=True) for rung in reversed(rungs)}
    days = {f"day{number}": moment for number, moment in enumerate(reversed(first_of_day.values()))}
    places = reader.listed(f"{{{day}}}" for day in days)
    return line(reader.t("reminders: {days}").replace("{days}", places), **days)


def notice(
    credential: Credential,
    key: str,
    reader: Reader,
    now: datetime,
    next_rung: Rung | None = None,
    current: bool = True,
    replaced_by: Credential | None = None,
    quiet_until: datetime | None = None,
) -> Card:
    """The reminder of rung `key` (t7 t3 t1 t0 h4 ended), with the time that is left at `now`.

    Not `current`, put off until `quiet_until` (UTC), replaced or given up: one line.
    """
    if credential.state in (State.SUPERSEDED, State.FORGOTTEN):
        return _closed(credential, reader, replaced_by)
    if not current:
        text = reader.t("⏰ “{name}” ends {ends} · a newer reminder follows")
        return _one_line(credential, reader, text, ends=Moment(credential.ends_at))
    if quiet_until and quiet_until > now:
        text = reader.t("💤 “{name}” · I remind you again {until}")
        return _one_line(credential, reader, text, until=Moment(quiet_until))
    if credential.ends_at <= now:
        return _ended(credential, reader)
    return _ending(credential, key, reader, now, next_rung)


def _ending(credential: Credential, key: str, reader: Reader, now: datetime, next_rung: Rung | None) -> Card:
    title = _title(credential, reader, now)
    last_day = key in LAST_DAY or days_left(credential.ends_at, now, reader.tz) == 0
    advice = (
        reader.t("Replace it now and everything keeps answering without a break.")
        if last_day
        else reader.t("It cannot be extended: make a new one and replace it in the app. I walk you through it.")
    )
    ends = line(
        reader.t("Ends: {ends}. After that, agents that use it stop answering."), ends=Moment(credential.ends_at)
    )
    row = _renew_row(credential, reader)
    if not last_day and tomorrow(now, reader.tz) < credential.ends_at:
        row.append(button(reader.t("Remind me tomorrow"), "remind.snooze", credential.id))
    row.append(_more(credential, reader))
    blocks: list[Block] = [
        headed(title, credential.name),
        paragraph(reader, ends, line(advice)),
        actions(*row),
        context(reader, *_last4(credential, reader), line(reader.t("date entered by you")), _next(next_rung, reader)),
    ]
    return Card(with_name(title, credential.name), blocks)


def _title(credential: Credential, reader: Reader, now: datetime) -> str:
    """What is left, in words. `{name}` stays open: the header cuts the name, the text does not."""
    hours = ceil((credential.ends_at - now).total_seconds() / 3600)
    if hours <= 5:
        return reader.n("“{name}” ends in {count} hour", "“{name}” ends in {count} hours", hours, name="{name}")
    days = days_left(credential.ends_at, now, reader.tz)
    if days == 0:
        return reader.t("“{name}” ends today")
    return reader.n("“{name}” ends in {count} day", "“{name}” ends in {count} days", days, name="{name}")


def _ended(credential: Credential, reader: Reader) -> Card:
    title = reader.t("“{name}” has ended")
    when = line(reader.t("By the date you entered it ended {ends}."), ends=Moment(credential.ends_at))
    cost = line(reader.t("Agents that use it may have stopped answering; they come back once you replace it."))
    blocks: list[Block] = [
        headed(title, credential.name),
        paragraph(reader, when, cost),
        actions(*_renew_row(credential, reader), _more(credential, reader)),
        context(reader, line(reader.t("This is the last reminder. You still find it with `/sharge remind`"))),
    ]
    return Card(with_name(title, credential.name), blocks)


def _renew_row(credential: Credential, reader: Reader) -> list[InteractiveElement]:
    return [
        button(reader.t("Help me replace it"), "remind.renew", credential.id, primary=True),
        button(reader.t("I replaced it…"), "credential.record", credential.id),
    ]


def _more(credential: Credential, reader: Reader) -> OverflowMenuElement:
    off = Option(text=reader.t("I no longer need it"), value=f"off:{credential.id}")
    return OverflowMenuElement(action_id="remind.more", options=[off])


def _next(rung: Rung | None, reader: Reader) -> Line:
    if rung is None:
        return line(reader.t("no more reminders"))
    if rung.key == "ended":
        return line(reader.t("one more note when it has ended, then silence"))
    return line(reader.t("next reminder: {at}"), at=Moment(rung.due_at))


def _last4(credential: Credential, reader: Reader) -> list[Line]:
    return [line(reader.t("Last 4: {last4}"), last4=Code(credential.last4))] if credential.last4 else []


def _closed(credential: Credential, reader: Reader, replaced_by: Credential | None) -> Card:
    if credential.state is State.FORGOTTEN:
        return off(credential, reader)
    if replaced_by:
        text = reader.t("✅ “{name}” replaced, now ends {ends} · you confirmed")
        return _one_line(credential, reader, text, ends=Moment(replaced_by.ends_at, day=True))
    return _one_line(credential, reader, reader.t("✅ “{name}” replaced · you confirmed"))


def off(credential: Credential, reader: Reader) -> Card:
    """Its reminders are off for good."""
    return _one_line(credential, reader, reader.t("🔕 “{name}” · reminders off, no longer needed"))


def snoozed(credential: Credential, until: datetime, reader: Reader) -> Card:
    """Its reminders are put off until `until` (UTC)."""
    text = reader.t("💤 “{name}” · I remind you again {until}")
    return _one_line(credential, reader, text, until=Moment(until))


def _one_line(credential: Credential, reader: Reader, template: str, **pieces: Moment) -> Card:
    fallback_text = {key: reader.when(moment.at) for key, moment in pieces.items()}
    return Card(
        with_name(template, credential.name, **fallback_text),
        [paragraph(reader, line(template, name=name(credential.name), **pieces))],
    )


def listing(
    credentials: Sequence[Credential],
    reader: Reader,
    now: datetime,
    kept: Sequence[Block] = (),
    offers: Sequence[InteractiveElement] = (),
) -> Card:
    """All tokens that are watched, the earliest end first, with a way to record another.

    `kept` tells what is kept encrypted; `offers` are the ways to have something kept.
    """
    watched = rules.watched(credentials)
    add = button(reader.t("Record token expiry…"), "credential.record", primary=not watched)
    if not watched:
        text = reader.t("No token is recorded. Tell me its name and end date, and I remind you in time.")
        return Card(text, [paragraph(reader, line(text)), *kept, actions(add, *offers)])
    lines = [_listed(credential, reader, now) for credential in watched[:LISTED]]
    title = reader.n("{count} token, watched", "{count} tokens, watched", len(watched))
    blocks: list[Block] = [header(title), rich_text(bullets(reader, *lines)), *kept, actions(add, *offers)]
    if len(watched) > LISTED:
        more = reader.t("{count} more not shown", count=len(watched) - LISTED)
        blocks.append(context(reader, line(more)))
    return Card(title, blocks)


def _listed(credential: Credential, reader: Reader, now: datetime) -> Line:
    called, ends = name(credential.name), Moment(credential.ends_at)
    if credential.ends_at <= now:
        return line(reader.t("“{name}” · ended {ends}"), name=called, ends=ends)
    days = days_left(credential.ends_at, now, reader.tz)
    left = reader.n("{count} day left", "{count} days left", days) if days else reader.t("ends today")
    return line(reader.t("“{name}” · {left} · {ends}"), name=called, left=left, ends=ends)
