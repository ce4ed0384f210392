"""A token whose owner reads no reminder, as admins see it: whom it was for, what ends when, and what can be done."""

from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.core.backup import How
from bot.core.credential import WATCHED, Credential, CredentialState
from bot.core.orphan import Orphan, Reason
from bot.texts.locale import Locale, mark

from .credential import off
from .parts import (
    NAME,
    Card,
    Line,
    Mention,
    Moment,
    actions,
    button,
    confirm,
    context,
    cut,
    fallback_text,
    headed,
    line,
    name,
    paragraph,
    with_name,
)

WHY = {
    Reason.DEACTIVATED: mark("{who} was deactivated in Slack; this reminder wasn't sent."),
    Reason.GUEST: mark("{who} isn't a full member any more; this reminder wasn't sent."),
    Reason.REFUSED: mark("Slack delivers no message to {who}: this reminder didn't arrive."),
    Reason.SILENT: mark("{who} was reminded, and has neither recorded a new one nor put it off."),
}

FROM = {
    How.PASSED: mark("{who}, the backup person, passed it on."),
    How.SILENT: mark("{who}, the backup person, was asked and hasn't taken it."),
    How.AWAY: mark("{who}, the backup person, doesn't stand in any more or can't be reached."),
}
"""How it came from the backup person."""


def card(token: Credential, orphan: Orphan, locale: Locale, now: datetime) -> Card:
    """The card; one line once the token was replaced or is not needed."""
    if closed := _closed(token, locale):
        return closed
    ended = token.ends_at <= now
    cost = locale._("It expires {ends}. After that, agents that use it stop answering.")
    if ended:
        cost = locale._("By the date that was entered it expired {ends}. Agents that use it may be silent.")
    told = line(locale._(WHY[orphan.reason]), who=Mention(token.user_id))
    when = line(cost, ends=Moment(token.ends_at))
    if orphan.taken_by and orphan.taken_at:
        return _taken(token, orphan.taken_by, orphan.taken_at, when, locale)
    title = locale._("“{name}” has nobody to replace it")
    if ended:
        title = locale._("“{name}” has expired, and nobody replaces it")
    via = [line(locale._(FROM[orphan.how]), who=Mention(orphan.backup))] if orphan.how and orphan.backup else []
    only = line(locale._("Only they, or the owner of that Coze account, can create a new token. Can you reach them?"))
    blocks: list[Block] = [
        headed(title, token.name),
        paragraph(locale, line("**{name}**", name=name(token.name)), told, *via, when, only),
        actions(
            button(locale._("I'll take care of it"), "remind.take", token.id, primary=True), _drop(token, locale)
        ),
    ]
    return Card(with_name(title, token.name), blocks)


def last_day(token: Credential, locale: Locale, now: datetime) -> Card:
    """What reminds whoever takes care of it; one line, as their card has the buttons."""
    if closed := _closed(token, locale):
        return closed
    if token.ends_at <= now:
        text = locale._("⏰ “{name}” of {who} expired {ends}; you take care of it")
    else:
        text = locale._("⏰ “{name}” of {who} expires {ends}, and you take care of it. Have you reached them?")
    told = line(text, name=name(token.name), who=Mention(token.user_id), ends=Moment(token.ends_at))
    return Card(fallback_text(locale, told), [paragraph(locale, told)])


def _closed(token: Credential, locale: Locale) -> Card | None:
    """One line for what is watched no more; None for what still is."""
    if token.state is CredentialState.FORGOTTEN:
        return off(token, locale)
    if token.state in WATCHED:
        return None
    text = locale._("✅ “{name}” was replaced")
    return Card(with_name(text, token.name), [paragraph(locale, line(text, name=name(token.name)))])


def _taken(token: Credential, by: str, at: datetime, when: Line, locale: Locale) -> Card:
    """Somebody sees to it; what is left to say is that nobody needs it."""
    text = locale._("✅ {by} takes care of “{name}” ({who})")
    fact = line(text, by=Mention(by), name=name(token.name), who=Mention(token.user_id))
    blocks: list[Block] = [
        paragraph(locale, fact, when),
        actions(_drop(token, locale)),
        context(locale, line(locale._("taken {at}"), at=Moment(at))),
    ]
    return Card(with_name(locale._("“{name}” is taken care of"), token.name), blocks)


def _drop(token: Credential, locale: Locale) -> ButtonElement:
    ask = confirm(
        locale._("Stop its reminders?"),
        locale._("“{name}” is no longer watched, and nobody is told when it expires.", name=cut(token.name, NAME)),
        locale._("Stop"),
        locale._("Not now"),
    )
    return button(locale._("No longer needed"), "remind.drop", token.id, confirm=ask)
