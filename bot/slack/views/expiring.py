"""What ends soon, as admins see it: whom to look at first, a chart, and the same in words."""

from collections.abc import Sequence
from itertools import groupby

from slack_sdk.models.blocks import Block, ButtonElement, RichTextBlock

from bot.core import forecast
from bot.core.credential import Credential
from bot.core.expiring import BARS, LONGER, MOST, USUAL, Ending, Expiring
from bot.texts.locale import Locale

from .chart import BarChart
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
    headed,
    header,
    line,
    name,
    paragraph,
    rich_text,
)

CHARTED = 3  # tokens from which on there is a chart


def which_days(locale: Locale) -> Card:
    """What was typed is no number of days."""
    text = locale._("How many days? A number from 1 to {most}, such as `/sharge expiring 30`.", most=MOST)
    row = actions(_days(USUAL, locale), _days(LONGER, locale))
    return Card(text.replace("`", ""), [paragraph(locale, line(text)), row])


def listing(found: Expiring, locale: Locale) -> Card:
    """All of it; who has nobody to look after it stands at the top."""
    sent = button(locale._("What will be sent"), f"command.forecast:{forecast.USUAL}", forecast.USUAL)
    row = actions(_days(LONGER if found.days < LONGER else USUAL, locale), sent)
    when = _within(found.days, locale)
    if not found.total:
        text = locale._("No token expires {when} ✅", when=when)
        return Card(text, [paragraph(locale, line(text)), row])
    title = locale.ngettext("{count} token expires {when}", "{count} tokens expire {when}", found.total, when=when)
    head: list[Block] = [header(title)]
    if alone := [each for each in found.first if each.is_untended]:
        head = [headed(locale._("Look at “{name}” first"), alone[0].credential.name), context(locale, line(title))]
        title = locale._("{tokens}, {alone}", tokens=title, alone=_alone(found.untended, locale))
    listed = [each for each in found.first if not each.is_untended]
    blocks = [
        *head,
        *([_chart(found, locale)] if found.total >= CHARTED else []),
        *(paragraph(locale, _untended(each, locale)) for each in alone),
        *([rows(listed, locale)] if listed else []),
        row,
    ]
    if (more := found.total - len(found.first)) > 0:
        left_out = line(locale._("{count} more", count=locale.number(more)))
        blocks.append(context(locale, left_out, *_numbers(found, locale)))
    return Card(title, blocks)


def rows(listed: Sequence[Ending], locale: Locale) -> RichTextBlock:
    """A line each; what one person has to do on one day stands on one."""
    lines = [_together(list(each), locale) for _, each in groupby(listed, lambda each: _as_told(each, locale))]
    return rich_text(bullets(locale, *lines))


def _as_told(each: Ending, locale: Locale) -> tuple[str, str, str]:
    """What has to be the same of those on one line."""
    return locale.day(each.credential.ends_at), each.credential.user_id, _standing(each, locale)


def _together(endings: Sequence[Ending], locale: Locale) -> Line:
    first = endings[0]
    called = locale.listed(name(each.credential.name) for each in endings)
    return line(
        locale._("{ends} {names} · {who} · {standing}"),
        ends=Moment(first.credential.ends_at, day=True),
        names=called,
        who=owner(first.credential, locale),
        standing=_standing(first, locale),
    )


def owner(token: Credential, locale: Locale) -> Piece:
    """Whose it is."""
    return locale._("the bot's own") if token.is_operators else Mention(token.user_id)


def _standing(each: Ending, locale: Locale) -> str:
    if each.is_being_replaced:
        return locale._("being replaced")
    if each.reminders:
        return locale.ngettext("reminded {count} time", "reminded {count} times", each.reminders)
    if each.next_at:
        return locale._("reminder on {day}", day=locale.day(each.next_at))
    return locale._("no reminder is planned")


def _untended(each: Ending, locale: Locale) -> Line:
    token = each.credential
    text = locale._("⚠️ **{name}** {ends} · {who} isn't a member any more and reads no reminder")
    return line(text, name=name(token.name), ends=Moment(token.ends_at, day=True), who=Mention(token.user_id))


def _alone(count: int, locale: Locale) -> str:
    return locale.ngettext("{count} has nobody to look after it", "{count} have nobody to look after them", count)


def _within(days: int, locale: Locale) -> str:
    return locale._("today") if days == 1 else locale._("within {days} days", days=days)


def _days(days: int, locale: Locale) -> ButtonElement:
    return button(locale._("Next {days} days", days=days), f"command.expiring:{days}", days)


def _numbers(found: Expiring, locale: Locale) -> list[Line]:
    """What the chart shows, in words."""
    text = locale._("{day}: {count}")
    some = [(begins, count) for begins, count in zip(found.edges, found.counts, strict=False) if count]
    return [line(text, day=locale.day(begins), count=locale.number(count)) for begins, count in some]


def _chart(found: Expiring, locale: Locale) -> BarChart:
    begins, series = found.edges[:-1], {locale._("Tokens"): found.counts}
    if found.days > BARS:
        labels = [locale.day(each) for each in begins]
        return BarChart(locale._("Tokens expiring per week"), labels, series, locale._("tokens"))
    months = " – ".join(dict.fromkeys(locale.month_of(each) for each in (begins[0], begins[-1])))
    labels = [locale.day_of_month(each) for each in begins]
    return BarChart(locale._("Tokens expiring per day"), labels, series, months)
