"""A token that we watch, as its owner sees it: the form, the receipt, the reminders, the list."""

from collections.abc import Collection, Sequence
from datetime import datetime
from math import ceil

from slack_sdk.models.blocks import (
    Block,
    InteractiveElement,
    OverflowMenuElement,
)

from bot.core import credential as rules
from bot.core.credential import Credential, CredentialState, days_left
from bot.core.remind import Rung, tomorrow
from bot.core.secret_store import REFUSED
from bot.services.renewal import Renewal
from bot.texts.locale import Locale

from . import outgrow
from . import renewal as renewed
from .agent_names import quoted
from .outgrow import Ways
from .parts import (
    Card,
    Code,
    Line,
    Moment,
    actions,
    button,
    context,
    headed,
    header,
    line,
    menu,
    name,
    paragraph,
    with_name,
)
from .status import first_to_replace, heading
from .token_rows import brief

LAST_DAY = frozenset({"t0", "h4"})
LISTED = 20  # as many as Coze allows one person


def recorded(
    credential: Credential,
    rungs: Sequence[Rung],
    locale: Locale,
    now: datetime,
    ways: Ways | None = None,
    renewal: Renewal | None = None,
    replaced_by: Credential | None = None,
) -> Card:
    """The receipt: what was recorded and when reminders come. A token that was replaced or given up is one line.

    `ways` are those that need no renewal, where it is to ask whether one is wanted; `renewal` is what it replaced;
    `replaced_by` what took its place.
    """
    if credential.state in (CredentialState.SUPERSEDED, CredentialState.FORGOTTEN):
        return _closed(credential, locale, replaced_by)
    if ways:
        return _outgrown(credential, rungs, locale, ways)
    told = [renewed.to_do(renewal, locale)] if renewal else []
    looks = renewed.buttons(renewal, locale, now) if renewal else []
    left = renewed.old_one(renewal, locale, now) if renewal else []
    ended = credential.ends_at <= now
    fact = locale._("⏰ “{name}” expired {ends} · entered by you") if ended else _recorded_fact(locale)
    blocks: list[Block] = [
        paragraph(locale, line(fact, name=name(credential.name), ends=Moment(credential.ends_at)), *told),
        actions(
            *looks,
            button(locale._("Entered it wrong…"), "credential.edit", credential.id),
            _more(credential, locale, is_receipt=True),
        ),
        *([context(locale, *left)] if left else []),
        context(locale, *_last4(credential, locale), *_long(credential, locale), coming(rungs, locale)),
    ]
    text = (
        locale._("“{name}” is recorded; it has expired already")
        if ended
        else locale._("“{name}” is recorded; I'll remind you before it expires")
    )
    return Card(with_name(text, credential.name), blocks)


def _outgrown(credential: Credential, rungs: Sequence[Rung], locale: Locale, ways: Ways) -> Card:
    """The receipt of one that was renewed often: what else there is comes first."""
    fact = line(_recorded_fact(locale), name=name(credential.name), ends=Moment(credential.ends_at))
    more = menu(
        "remind.more",
        (locale._("Entered it wrong…"), f"correct:{credential.id}"),
        (locale._("Name a backup person…"), f"backup:{credential.id}"),
        (locale._("I no longer need it"), f"off:{credential.id}"),
    )
    stay = button(locale._("Keep replacing it"), "remind.keep", credential.id)
    once = line(locale._("I'll ask only once; you'll find it in the token's menu on Home."))
    blocks: list[Block] = [
        header(outgrow.heading(locale)),
        *outgrow.told(ways, credential, locale),
        actions(*outgrow.buttons(ways, locale), stay, more),
        context(locale, fact),
        context(locale, *_last4(credential, locale), *_long(credential, locale), coming(rungs, locale)),
        context(locale, once),
    ]
    text = locale._("“{name}” is recorded. Would you rather not replace it any more?")
    return Card(with_name(text, credential.name), blocks)


def _recorded_fact(locale: Locale) -> str:
    return locale._("✅ “{name}” recorded, expires {ends} · entered by you")


def _long(credential: Credential, locale: Locale) -> list[Line]:
    if not rules.is_long(credential):
        return []
    return [line(locale._("⚠️ longer than 30 days: only a service token (sat_) lasts so long"))]


def coming(rungs: Sequence[Rung], locale: Locale) -> Line:
    """On which days reminders come."""
    if not rungs:
        return line(locale._("no more reminders"))
    first_of_day = {locale.day(rung.due_at): Moment(rung.due_at, day=True) for rung in reversed(rungs)}
    days = {f"day{number}": moment for number, moment in enumerate(reversed(first_of_day.values()))}
    places = locale.listed(f"{{{day}}}" for day in days)
    return line(locale._("reminders: {days}").replace("{days}", places), **days)


def notice(
    credential: Credential,
    key: str,
    locale: Locale,
    now: datetime,
    next_rung: Rung | None = None,
    *,
    current: bool = True,
    replaced_by: Credential | None = None,
    quiet_until: datetime | None = None,
    agents: Collection[str] = (),
) -> Card:
    """The reminder of rung `key` (t7 t3 t1 t0 h4 ended), with the time that is left at `now`; `agents` are the names
    of those that use the token, as far as guides know them.

    Not `current`, replaced or given up: one line. Put off until `quiet_until` (UTC) it says so, and can be renewed.
    Where Coze refuses it before its end it tells that instead.
    """
    if credential.state in (CredentialState.SUPERSEDED, CredentialState.FORGOTTEN):
        return _closed(credential, locale, replaced_by)
    if not current:
        text = locale._("⏰ “{name}” expires {ends} · a newer reminder follows")
        return _one_line(credential, locale, text, ends=Moment(credential.ends_at))
    if key.startswith(REFUSED) and not credential.refused_at:
        text = locale._("✅ Coze takes “{name}” again; it expires {ends}")
        return _one_line(credential, locale, text, ends=Moment(credential.ends_at))
    if credential.refused_at and credential.is_refused(now):
        return _refused(credential, locale, credential.refused_at, agents)
    if quiet_until and quiet_until > now:
        return _snoozed(credential, locale, now, quiet_until)
    if credential.ends_at <= now:
        return _ended(credential, locale, agents)
    return _ending(credential, key, locale, now, next_rung, agents)


def _ending(
    credential: Credential,
    key: str,
    locale: Locale,
    now: datetime,
    next_rung: Rung | None,
    agents: Collection[str],
) -> Card:
    title = _title(credential, locale, now)
    last_day = key in LAST_DAY or days_left(credential.ends_at, now, locale.tz) == 0
    advice = (
        locale._("Replace it now and everything keeps answering without a break.")
        if last_day
        else locale._("It can't be extended: make a new one and replace it in the app. I'll walk you through it.")
    )
    ends = _until(credential, locale, agents)
    row = _renew_row(credential, locale)
    if not last_day and tomorrow(now, locale.tz) < credential.ends_at:
        row.append(button(locale._("Remind me tomorrow"), "remind.snooze", credential.id))
    row.append(_more(credential, locale))
    blocks: list[Block] = [
        headed(heading(credential, locale, now), credential.name),
        paragraph(locale, ends, line(advice)),
        actions(*row),
        context(locale, *_last4(credential, locale), line(locale._("date entered by you")), _next(next_rung, locale)),
    ]
    return Card(with_name(title, credential.name), blocks)


def _until(credential: Credential, locale: Locale, agents: Collection[str]) -> Line:
    """When it ends, and what stops then."""
    ends = Moment(credential.ends_at)
    if not agents:
        return line(locale._("Expires: {ends}. After that, agents that use it stop answering."), ends=ends)
    text = locale.ngettext(
        "Expires: {ends}. After that, {agents} stops answering.",
        "Expires: {ends}. After that, {agents} stop answering.",
        len(agents),
        ends="{ends}",
        agents="{agents}",
    )
    return line(text, ends=ends, agents=quoted(agents, locale))


def _stopped(locale: Locale, agents: Collection[str]) -> Line:
    """What has stopped, as far as anybody can tell from here."""
    if not agents:
        return line(locale._("Agents that use it may have stopped answering; they come back once you replace it."))
    text = locale.ngettext(
        "{agents} may have stopped answering and comes back once you replace it.",
        "{agents} may have stopped answering and come back once you replace it.",
        len(agents),
        agents="{agents}",
    )
    return line(text, agents=quoted(agents, locale))


def _refused(credential: Credential, locale: Locale, at: datetime, agents: Collection[str]) -> Card:
    """Coze refuses it before its end: what is known of that, and what mends it."""
    told = locale._("Coze refuses it. I noticed {at}; the date you entered is {ends}.")
    why = locale._("It was revoked or deleted, or the date isn't right: Coze doesn't say which.")
    cost = _stopped(locale, agents)
    blocks: list[Block] = [
        headed(locale._("Replace “{name}”: Coze refuses it"), credential.name),
        paragraph(locale, line(told, at=Moment(at), ends=Moment(credential.ends_at)), line(why), cost),
        actions(*_renew_row(credential, locale), _more(credential, locale)),
        context(locale, *_last4(credential, locale), line(locale._("date entered by you"))),
    ]
    return Card(with_name(locale._("Coze refuses “{name}”; please replace it"), credential.name), blocks)


def _snoozed(credential: Credential, locale: Locale, now: datetime, until: datetime) -> Card:
    told = line(locale._("💤 I'll remind you again {until}"), until=Moment(until))
    ends = line(locale._("expires {ends}"), ends=Moment(credential.ends_at))
    blocks: list[Block] = [
        headed(heading(credential, locale, now), credential.name),
        context(locale, told, ends),
        actions(*_renew_row(credential, locale), _more(credential, locale)),
    ]
    text = locale._("💤 “{name}” · I'll remind you again {until}", name="{name}", until=locale.when(until))
    return Card(with_name(text, credential.name), blocks)


def _title(credential: Credential, locale: Locale, now: datetime) -> str:
    """What is left, in words. `{name}` stays open: the header cuts the name, the text does not."""
    hours = ceil((credential.ends_at - now).total_seconds() / 3600)
    if hours <= 5:
        return locale.ngettext(
            "“{name}” expires in {count} hour", "“{name}” expires in {count} hours", hours, name="{name}"
        )
    days = days_left(credential.ends_at, now, locale.tz)
    if days == 0:
        return locale._("“{name}” expires today")
    return locale.ngettext("“{name}” expires in {count} day", "“{name}” expires in {count} days", days, name="{name}")


def _ended(credential: Credential, locale: Locale, agents: Collection[str]) -> Card:
    title = locale._("“{name}” has expired")
    when = line(locale._("By the date you entered it expired {ends}."), ends=Moment(credential.ends_at))
    cost = _stopped(locale, agents)
    blocks: list[Block] = [
        headed(locale._("Replace “{name}”, it has expired"), credential.name),
        paragraph(locale, when, cost),
        actions(*_renew_row(credential, locale), _more(credential, locale)),
        context(locale, line(locale._("This is the last reminder. You still find it with `/sharge remind`"))),
    ]
    return Card(with_name(title, credential.name), blocks)


def _renew_row(credential: Credential, locale: Locale) -> list[InteractiveElement]:
    return [
        button(locale._("Help me replace it"), "remind.renew", credential.id, primary=True),
        button(locale._("I replaced it…"), "credential.record", credential.id),
    ]


def _more(credential: Credential, locale: Locale, *, is_receipt: bool = False) -> OverflowMenuElement:
    wrong = () if is_receipt else ((locale._("The date is wrong…"), f"correct:{credential.id}"),)
    return menu(
        "remind.more",
        *wrong,
        (locale._("Name a backup person…"), f"backup:{credential.id}"),
        (locale._("I no longer need it"), f"off:{credential.id}"),
    )


def _next(rung: Rung | None, locale: Locale) -> Line:
    if rung is None:
        return line(locale._("no more reminders"))
    if rung.key == "ended":
        return line(locale._("one more message after it expires, then no more"))
    return line(locale._("next reminder: {at}"), at=Moment(rung.due_at))


def _last4(credential: Credential, locale: Locale) -> list[Line]:
    return [line(locale._("Last 4: {last4}"), last4=Code(credential.last4))] if credential.last4 else []


def _closed(credential: Credential, locale: Locale, replaced_by: Credential | None) -> Card:
    if credential.state is CredentialState.FORGOTTEN:
        return off(credential, locale)
    if replaced_by and not rules.renewals([credential, replaced_by]):
        text = locale._("✏️ “{name}” was corrected, expires {ends}")
        return _one_line(replaced_by, locale, text, ends=Moment(replaced_by.ends_at, day=True))
    if replaced_by:
        text = locale._("✅ “{name}” replaced, now expires {ends} · you confirmed")
        return _one_line(credential, locale, text, ends=Moment(replaced_by.ends_at, day=True))
    return _one_line(credential, locale, locale._("✅ “{name}” replaced · you confirmed"))


def off(credential: Credential, locale: Locale) -> Card:
    """Its reminders are off for good."""
    return _one_line(credential, locale, locale._("🔕 “{name}” · reminders off, no longer needed"))


def _one_line(credential: Credential, locale: Locale, template: str, **pieces: Moment) -> Card:
    fallback_text = {key: locale.when(moment.at) for key, moment in pieces.items()}
    return Card(
        with_name(template, credential.name, **fallback_text),
        [paragraph(locale, line(template, name=name(credential.name), **pieces))],
    )


def listing(
    credentials: Sequence[Credential],
    locale: Locale,
    now: datetime,
    kept: Sequence[Block] = (),
    offers: Sequence[InteractiveElement] = (),
) -> Card:
    """All tokens that are watched, the earliest end first, with a way to record another.

    `kept` tells what is kept encrypted; `offers` are the ways to have something kept.
    """
    watched = rules.watched(credentials)
    add = button(locale._("Track an expiry date…"), "credential.record", primary=not watched)
    if not watched:
        text = locale._("No token is recorded. Tell me its name and expiry date, and I'll remind you in time.")
        return Card(text, [paragraph(locale, line(text)), *kept, actions(add, *offers)])
    title = locale.ngettext("Tracking {count} token", "Tracking {count} tokens", len(watched))
    head: list[Block] = [header(title)]
    if pressing := first_to_replace(watched, locale, now):
        head = [headed(locale._("Replace “{name}” first"), pressing.name), context(locale, line(title))]
    blocks: list[Block] = [*head, *brief(watched[:LISTED], locale, now), *kept, actions(add, *offers)]
    if len(watched) > LISTED:
        more = locale._("{count} more not shown", count=len(watched) - LISTED)
        blocks.append(context(locale, line(more)))
    return Card(title, blocks)
