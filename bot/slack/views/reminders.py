"""Several tokens whose reminders come at one moment, as one message: a row each, and one button to put all off."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block, InteractiveElement, OverflowMenuElement

from bot.core.credential import WATCHED, Credential, days_left
from bot.core.remind import tomorrow
from bot.texts.locale import Locale

from .buttons import command
from .credential import LISTED
from .parts import NAME, Card, Moment, actions, button, context, cut, header, line, menu, name, paragraph
from .token_rows import reminded

IN_MENU = 2
"""Tokens of whose two further choices each a menu of `MENU` has room; all of them have theirs in the list."""
MENU = 5


def several(
    tokens: Mapping[Credential, datetime | None],
    locale: Locale,
    now: datetime,
    used_by: Mapping[int, Collection[str]] | None = None,
) -> Card:
    """The tokens that are still to be replaced, the earliest end first, each with until when (UTC) its owner has
    put it off. `used_by` names the agents that use a token, by its id, as far as guides know them.
    """
    title = _title(list(tokens), locale, now)
    living = {each: until for each, until in tokens.items() if each.ends_at > now}
    cost = locale._("After that, agents that use them stop answering. Start with the first one.")
    if not living:
        cost = locale._("Agents that use them may have stopped answering; they come back once you replace them.")
    shown = list(tokens)[:LISTED]
    used = used_by or {}
    rows = [reminded(each, locale, now, used.get(each.id, ()), primary=each == shown[0]) for each in shown]
    blocks: list[Block] = [header(title), context(locale, line(cost)), *rows]
    until, row = _later({each: until for each, until in living.items() if each in shown}, locale, now)
    if len(tokens) > IN_MENU:
        row.append(command("remind", locale))
    blocks += [*until, actions(*row, _more(shown[:IN_MENU], locale))]
    notes = [line(locale._("What you replace leaves this list")), line(locale._("dates entered by you"))]
    if left := len(tokens) - len(shown):
        notes.insert(0, line(locale.ngettext("and {count} more", "and {count} more", left)))
    return Card(title, [*blocks, context(locale, *notes)])


def over(tokens: Sequence[Credential], locale: Locale) -> Card:
    """Nothing is left to do here: one line."""
    if any(each.state in WATCHED for each in tokens):
        text = locale.ngettext(
            "⏰ {count} token to replace · a newer reminder follows",
            "⏰ {count} tokens to replace · newer reminders follow",
            len(tokens),
        )
    else:
        text = locale.ngettext(
            "✅ {count} token: nothing left to replace", "✅ {count} tokens: nothing left to replace", len(tokens)
        )
    return Card(text, [paragraph(locale, line(text))])


def _later(
    living: Mapping[Credential, datetime | None], locale: Locale, now: datetime
) -> tuple[list[Block], list[InteractiveElement]]:
    """Until when all are put off; the button, where all can be."""
    asleep = [until for until in living.values() if until and until > now]
    if asleep and len(asleep) == len(living):
        told = line(locale._("💤 I'll remind you again {until}"), until=Moment(min(asleep)))
        return [context(locale, told)], []
    can_wait = all(
        days_left(each.ends_at, now, locale.tz) and tomorrow(now, locale.tz) < each.ends_at for each in living
    )
    if not living or not can_wait:
        return [], []
    value = ",".join(str(each.id) for each in living)
    return [], [button(locale._("Remind me tomorrow"), "remind.snooze", value)]


def _more(first: Sequence[Credential], locale: Locale) -> OverflowMenuElement:
    """What else can be done about the first ones; as they leave the list, the next ones come up."""
    done, off = locale._("I replaced “{name}”…"), locale._("“{name}” is no longer needed")
    help_ = locale._("Name a backup person for “{name}”…")
    choices = [
        (template.replace("{name}", cut(name(each.name), NAME)), f"{verb}:{each.id}")
        for each in first
        for template, verb in ((done, "edit"), (off, "off"))
    ]
    if first and len(choices) < MENU:
        choices.append((help_.replace("{name}", cut(name(first[0].name), NAME)), f"backup:{first[0].id}"))
    return menu("remind.more", *choices)


def _title(tokens: Sequence[Credential], locale: Locale, now: datetime) -> str:
    """What to do and until when the last of them has to be done."""
    count = len(tokens)
    if tokens[-1].ends_at <= now:
        return locale.ngettext(
            "Replace {count} token, it has expired", "Replace {count} tokens, they have expired", count
        )
    days = days_left(tokens[-1].ends_at, now, locale.tz)
    if not days:
        return locale.ngettext("Replace {count} token today", "Replace {count} tokens today", count)
    if days == 1:
        return locale.ngettext("Replace {count} token by tomorrow", "Replace {count} tokens by tomorrow", count)
    return locale.ngettext(
        "Replace {count} token within {days} days", "Replace {count} tokens within {days} days", count, days=days
    )
