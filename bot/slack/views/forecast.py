"""The forecast of reminders, as admins see it: what will be sent to whom and when, while nothing is sent."""

from slack_sdk.models.blocks import Block, ButtonElement

from bot.core.credential import Credential, days_left
from bot.core.forecast import LONGER, MOST, USUAL, Forecast, Upcoming
from bot.core.orphan import Reason
from bot.core.remind import ENDED
from bot.texts.locale import Locale

from .parts import (
    Card,
    Line,
    Mention,
    Moment,
    Piece,
    actions,
    bullets,
    button,
    context,
    header,
    line,
    name,
    paragraph,
    rich_text,
)


def which_days(locale: Locale) -> Card:
    """What was typed is no number of days."""
    text = locale._("How many days? A number from 1 to {most}, such as `/sharge forecast 14`.", most=MOST)
    row = actions(*(_days(each, locale) for each in (USUAL, LONGER, MOST)))
    return Card(text.replace("`", ""), [paragraph(locale, line(text)), row])


def listing(found: Forecast, locale: Locale) -> Card:
    """All of it, or how many more there are than are listed."""
    row = actions(*(_days(each, locale) for each in (USUAL, LONGER, MOST) if each != found.days))
    dry = line(locale._("Worked out from today's data; nothing has been sent"))
    if not found.count:
        text = _nothing(found.days, locale)
        return Card(text, [paragraph(locale, line(text)), row, context(locale, dry)])
    title = _title(found, locale)
    later = line(locale._("Renewals, snoozes and changes of time zone alter this list"))
    blocks: list[Block] = [
        header(title),
        context(locale, dry),
        *([rich_text(bullets(locale, *(_message(each, locale) for each in found.first)))] if found.first else []),
        row,
        context(locale, *_more(found, locale), later),
    ]
    return Card(title, blocks)


def _nothing(days: int, locale: Locale) -> str:
    if days == 1:
        return locale._("No reminder goes out today any more.")
    return locale._("No reminder goes out in the next {days} days.", days=days)


def _title(found: Forecast, locale: Locale) -> str:
    number = locale.number(found.count)
    if found.is_least:
        return locale._("More than {number} reminders in the next {days} days", number=number, days=found.days)
    if found.days == 1:
        return locale.ngettext("{number} reminder today", "{number} reminders today", found.count, number=number)
    return locale.ngettext(
        "{number} reminder in the next {days} days",
        "{number} reminders in the next {days} days",
        found.count,
        number=number,
        days=found.days,
    )


def _more(found: Forecast, locale: Locale) -> list[Line]:
    """How many are not listed; where they are no messages yet, what becomes of them."""
    if not found.is_partial:
        more = found.count - len(found.first)
        return [line(locale._("{count} more", count=locale.number(more)))] if more > 0 else []
    return [
        line(locale._("these are the first {count}", count=len(found.first))),
        line(locale._("one person's tokens of one moment are told in one message")),
    ]


def _message(message: Upcoming, locale: Locale) -> Line:
    """When, to whom, what."""
    when: dict[str, Piece] = {"at": Moment(message.at)}
    if message.is_digest:
        return line(locale._("{at} the admins' channel: the Monday digest, if there is anything to tell"), **when)
    first, kind = message.told[0]
    who, called = Mention(message.user_id), name(first.name)
    if message.taker:
        text = locale._("{at} {taker}, who takes care of it: “{name}” of {who}")
        return line(text, **when, name=called, who=who, taker=Mention(message.taker))
    if message.backup:
        text = locale._("{at} {backup}, {who}'s backup person: “{name}”")
        if message.passed:
            text = locale._("{at} the admins' channel: “{name}” of {who}, unless {backup} takes it by then")
        return line(text, **when, name=called, who=who, backup=Mention(message.backup))
    if message.reason is Reason.SILENT:
        text = locale._("{at} the admins' channel: “{name}”, if {who} has done nothing by then")
        return line(text, **when, name=called, who=who)
    if message.reason:
        text = locale._("{at} the admins' channel: “{name}”, since {who} isn't a member any more")
        return line(text, **when, name=called, who=who)
    whom: dict[str, Piece] = {} if first.is_operators else {"who": who}
    if len(message.told) > 1:
        text = locale.ngettext(
            "{at} {who}: {count} token in one message",
            "{at} {who}: {count} tokens in one message",
            len(message.told),
            **_OPEN,
        )
        return line(text, **when, **whom)
    template = locale._("{at} {who}: {what}")
    if first.is_operators:
        template = locale._("{at} the admins' channel: {what}")
    return line(template, **when, **whom, what=_left(first, kind, message, locale))


_OPEN = {"at": "{at}", "who": "{who}"}


def _left(token: Credential, kind: str, message: Upcoming, locale: Locale) -> str:
    """What is told of one token: its name, and how long it lives."""
    called = name(token.name)
    if token.is_key:
        return locale._("the OAuth key “{name}” is to be changed", name=called)
    if kind == ENDED:
        return locale._("“{name}” has expired", name=called)
    days = days_left(token.ends_at, message.at, message.tz)
    if not days:
        return locale._("“{name}” expires today", name=called)
    return locale.ngettext("“{name}” expires in {count} day", "“{name}” expires in {count} days", days, name=called)


def _days(days: int, locale: Locale) -> ButtonElement:
    return button(locale._("Next {days} days", days=days), f"command.forecast:{days}", days)
