"""Calls to Coze as admins see them: how many were used and what that means, and the end of them."""

from collections.abc import Mapping
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.core.agent_list import PAGE
from bot.core.calls import FREE_CALLS, ONLY_PRESSED, Edition, Usage
from bot.texts.locale import Help, Locale, error_help, mark

from .buttons import HOME
from .parts import (
    Card,
    Line,
    Moment,
    actions,
    advice,
    button,
    context,
    header,
    helped,
    line,
    link,
    paragraph,
    rich_text,
)

HELP = "E17"

_EDITIONS: Mapping[Edition, str] = {
    Edition.UNKNOWN: mark("edition unknown"),
    Edition.FREE: mark("free edition"),
    Edition.PERSONAL: mark("paid personal edition"),
    Edition.TEAM: mark("team edition"),
    Edition.ENTERPRISE: mark("enterprise edition"),
}


def at_home(usage: Usage, locale: Locale) -> list[Block]:
    """On the admins' Home: which edition, how many calls, what the bot does without, and what an admin can do."""
    lines = [_edition(usage, locale), _used(usage, locale), *_meaning(usage, locale)]
    costs = [line(locale._("“Ask for the edition” costs 1 call"))] if not usage.is_stated else []
    if usage.edition.is_limited:
        costs.append(line(locale._("“Compare members” costs 1 call for every 50 members")))
    if usage.edition.is_limited and not usage.stopped_at:
        costs.append(line(locale._("“List agents”, for `/sharge publish`, 1 call for every {count}"), count=PAGE))
    row = _row(usage, locale)
    blocks: list[Block] = [header(locale._("Calls to Coze")), paragraph(locale, *lines)]
    return [*blocks, *([actions(*row)] if row else []), *([context(locale, *costs)] if costs else [])]


def in_status(usage: Usage | None, locale: Locale) -> list[Line]:
    """For admins, where it is more than they need not know."""
    if usage is None or (usage.told_at is None and usage.may_look):
        return []
    return [_used(usage, locale), *_meaning(usage, locale)]


def _edition(usage: Usage, locale: Locale) -> Line:
    edition = locale._(_EDITIONS[usage.edition])
    if usage.is_stated:
        return line(locale._("Operator's account: {edition}, as set in COZE_EDITION"), edition=edition)
    if usage.asked_at is None:
        return line(locale._("Operator's account: {edition}, not asked yet"), edition=edition)
    text = locale._("Operator's account: {edition}, asked {at}")
    return line(text, edition=edition, at=Moment(usage.asked_at, day=True))


def _used(usage: Usage, locale: Locale) -> Line:
    used, today, most = (locale.number(each) for each in (usage.used, usage.today, FREE_CALLS))
    if usage.edition is Edition.FREE:
        return line(locale._("{used} of {most} calls used, {today} today"), used=used, most=most, today=today)
    if usage.edition is Edition.UNKNOWN:
        text = locale._("{used} calls used, {today} today; a free account has {most} for life")
        return line(text, used=used, most=most, today=today)
    return line(locale._("{used} calls used, {today} today; no limit"), used=used, today=today)


def _meaning(usage: Usage, locale: Locale) -> list[Line]:
    """What the bot does without."""
    if usage.stopped_at:
        text = locale._(
            "❌ Coze says they're used up, since {at}. I only make calls that somebody asks for with a button"
        )
        return [line(text, at=Moment(usage.stopped_at))]
    if usage.is_short:
        return [line(locale._("⚠️ So few are left that I send only what somebody presses"))]
    if usage.edition.is_limited:
        return [line(locale._("To save calls, I rarely check on my own; cards have “Check now”"))]
    return []


def _row(usage: Usage, locale: Locale) -> list[ButtonElement]:
    row = []
    if usage.stopped_at:
        row.append(_retry(locale))
    if not usage.is_stated:
        row.append(button(locale._("Ask for the edition"), "calls.ask"))
    if usage.edition.is_limited:
        row.append(button(locale._("Compare members"), "calls.compare"))
    if usage.edition.is_limited and not usage.stopped_at:
        row.append(button(locale._("List agents"), "calls.agents"))
    return row


def _retry(locale: Locale) -> ButtonElement:
    return button(locale._("Retry"), "calls.retry", primary=True)


def told(usage: Usage, mark_: int, locale: Locale) -> Card:
    """Rings when so many calls were used."""
    title = locale._("Calls to Coze: {count} of {most} used", count=mark_, most=FREE_CALLS)
    if usage.edition is Edition.UNKNOWN:
        title = locale._("Calls to Coze: {count} used", count=mark_)
    what = [
        _used(usage, locale),
        line(locale._("A free account has them for life: with the last one I can do nothing on Coze any more.")),
        line(locale._("From {count} on I send only what somebody presses."), count=ONLY_PRESSED),
    ]
    cure = line(locale._("The cure: an edition without the limit. Then press **Ask for the edition** at Home."))
    blocks: list[Block] = [
        header(title),
        paragraph(locale, *what, cure),
        actions(link(locale._("See quota"), "coze", HOME), button(locale._("Ask for the edition"), "calls.ask")),
        context(locale, line(locale._("by my own count: Coze doesn't tell how many are left"))),
    ]
    return Card(title, blocks)


def stopped(usage: Usage, at: datetime, locale: Locale) -> Card:
    """Rings when Coze says that they are used up."""
    help = _help(usage, locale)
    title = locale._("🟠 The Coze account has no calls left")
    what = locale._("I stopped looking at invitations, reviews and members. What somebody presses is still sent.")
    blocks: list[Block] = [
        header(title),
        paragraph(locale, line(help.what), helped(help.why, help), line(what)),
        rich_text(advice(help, locale)),
        actions(_retry(locale), link(help.button, "coze", HOME)),
        context(locale, line(locale._("since {at}"), at=Moment(at)), line(locale._("“Retry” lets it go on"))),
    ]
    return Card(title, blocks)


def resumed(locale: Locale) -> Card:
    """What stays of it."""
    text = locale._("↪️ The Coze account had no calls left; an admin has had me go on")
    return Card(text, [paragraph(locale, line(text))])


def used_up(usage: Usage | None, locale: Locale) -> Card:
    """To whoever pressed something that could not be looked up."""
    help = _help(usage or Usage(), locale)
    text = locale._("The admins know; it'll continue once they've fixed it.")
    return Card(help.title, [paragraph(locale, line(f"**{help.what}**"), helped(help.why, help), line(text))])


def _help(usage: Usage, locale: Locale) -> Help:
    return error_help(HELP, locale, used=locale.number(usage.used) if usage.used else None)
