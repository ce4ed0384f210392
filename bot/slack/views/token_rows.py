"""Tokens as they stand in a list: what is left of each, and what can be done about it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement, OverflowMenuElement

from bot.core.credential import Credential, days_left
from bot.texts.locale import Locale

from .buttons import command
from .parts import Line, Moment, actions, button, context, header, line, menu, name, paragraph, section
from .status import is_pressing

DOTS = 6


def at_home(
    watched: Sequence[Credential],
    locale: Locale,
    now: datetime,
    most: int,
    used_by: Mapping[int, Collection[str]] | None = None,
) -> list[Block]:
    """The first `most` of them, how many more there are with the way to all, and how to record another.

    `used_by` names the agents that use a token, by its id, as far as guides know them.
    """
    title, record = header(locale._("Tokens")), button(locale._("Track an expiry date…"), "credential.record")
    if not watched:
        text = locale._("None recorded. Tell me when one expires, and I'll remind you in time.")
        return [title, paragraph(locale, line(text)), actions(record)]
    first, used_by = _by_urgency(watched, locale, now)[:most], used_by or {}
    rows = [block for each in first for block in _row(each, locale, now, used_by.get(each.id, ()))]
    note, left = [line(locale._("Expiry dates are entered by you; Coze doesn't tell."))], len(watched) - most
    if left <= 0:
        return [title, *rows, actions(record), context(locale, *note)]
    more = locale.ngettext("and {count} more", "and {count} more", left)
    return [title, *rows, actions(record, command("remind", locale)), context(locale, line(more), *note)]


def _by_urgency(watched: Sequence[Credential], locale: Locale, now: datetime) -> list[Credential]:
    """Those that are about to end, then those that have ended, the last first, then those with time; of `watched`,
    the earliest end first."""
    ended = [each for each in watched if each.ends_at <= now]
    living = [each for each in watched if each.ends_at > now]
    pressing = [each for each in living if is_pressing(each, locale, now)]
    return [*pressing, *reversed(ended), *(each for each in living if each not in pressing)]


def brief(watched: Sequence[Credential], locale: Locale, now: datetime) -> list[Block]:
    """A row each, for an answer, which has room for few buttons: the first one's is a button where it is pressing."""
    first, *others = _by_urgency(watched, locale, now)
    act = _renew(first, locale, primary=True) if is_pressing(first, locale, now) else _more(first, locale)
    rows = [section(locale, _more(each, locale), *_lines(each, locale, now)) for each in others]
    return [section(locale, act, *_lines(first, locale, now)), *rows]


def _row(token: Credential, locale: Locale, now: datetime, agents: Collection[str]) -> list[Block]:
    """One that has to be replaced soon has that as a button of its own; the rest is behind ⋯."""
    lines = _lines(token, locale, now, agents)
    if not is_pressing(token, locale, now):
        return [section(locale, _more(token, locale), *lines)]
    return [paragraph(locale, *lines), actions(_renew(token, locale), _rarely(token, locale))]


def reminded(token: Credential, locale: Locale, now: datetime, agents: Collection[str], *, primary: bool) -> Block:
    """A row of a reminder."""
    return section(locale, _renew(token, locale, primary=primary), *_lines(token, locale, now, agents))


def _renew(token: Credential, locale: Locale, *, primary: bool = False) -> ButtonElement:
    aloud = locale._("Replace “{name}”", name=name(token.name))
    return button(locale._("Replace"), "remind.renew", token.id, primary=primary, aloud=aloud)


def _more(token: Credential, locale: Locale) -> OverflowMenuElement:
    return _rarely(token, locale, (locale._("Replace"), f"renew:{token.id}"))


def _rarely(token: Credential, locale: Locale, *first: tuple[str, str]) -> OverflowMenuElement:
    return menu(
        "remind.more",
        *first,
        (locale._("Change name or date…"), f"correct:{token.id}"),
        (locale._("Name a backup person…"), f"backup:{token.id}"),
        (locale._("Never replace it again"), f"ways:{token.id}"),
        (locale._("No longer needed"), f"off:{token.id}"),
    )


def _lines(token: Credential, locale: Locale, now: datetime, agents: Collection[str] = ()) -> list[Line]:
    called, left = line("**{name}**", name=name(token.name)), _left(token, locale, now)
    if not agents:
        return [called, left]
    used, pieces = locale._("used by {agents}"), {"agents": locale.listed(name(each) for each in agents)}
    return [called, Line(f"{left.template} · {used}", {**left.pieces, **pieces})]


def _left(token: Credential, locale: Locale, now: datetime) -> Line:
    days, ends = days_left(token.ends_at, now, locale.tz), Moment(token.ends_at)
    if token.ends_at <= now:
        return line(locale._("❌ expired {ends}"), ends=ends)
    if token.refused_at:
        return line(locale._("❌ Coze refuses it, noticed {at}"), at=Moment(token.refused_at))
    whole = max(1, days_left(token.ends_at, token.created_at, locale.tz))
    full = min(DOTS, -(-DOTS * days // whole))
    bar = "●" * full + "○" * (DOTS - full)
    if days == 0:
        return line(locale._("{bar} expires today, {ends}"), bar=bar, ends=ends)
    marks = {"bar": "{bar}", "ends": "{ends}"}
    text = locale.ngettext(
        "{bar} {count} day left, expires {ends}", "{bar} {count} days left, expires {ends}", days, **marks
    )
    return line(text, bar=bar, ends=Moment(token.ends_at, day=True))
