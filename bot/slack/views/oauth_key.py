"""An OAuth app's key, as its owner sees it. Nothing ends on its day: that is when they wanted to change it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    DatePickerElement,
    OverflowMenuElement,
    PlainTextInputElement,
)

from bot.core.credential import NAME_LENGTH, WATCHED, Credential, CredentialState
from bot.core.remind import Rung, tomorrow
from bot.slack.router import View
from bot.texts.locale import Locale

from .buttons import APPS
from .credential import coming, off
from .parts import (
    Card,
    Moment,
    actions,
    button,
    context,
    field,
    headed,
    line,
    link,
    menu,
    modal,
    name,
    paragraph,
    section,
    with_name,
)

SHOWN = 6  # characters of a fingerprint that tell keys apart


def name_of(fingerprint: str, locale: Locale) -> str:
    """What a key is called, by the beginning of its fingerprint, where that is known."""
    return locale._("OAuth key {start}", start=fingerprint[:SHOWN]).strip()


def is_open(key: Credential) -> bool:
    """Whether it is watched."""
    return key.state in WATCHED


def recorded(key: Credential, rungs: Sequence[Rung], locale: Locale, replaced_by: Credential | None = None) -> Card:
    """The receipt: when the reminders come. A key that was changed, `replaced_by` the new one, or given up is one
    line."""
    if not is_open(key):
        return _closed(key, locale, replaced_by)
    told = locale._("🔑 “{name}” · I'll remind you to change it {day}")
    fact = line(told, name=name(key.name), day=Moment(key.ends_at, day=True))
    days = context(locale, coming(rungs, locale))
    text = with_name(told, key.name, day=locale.day(key.ends_at))
    return Card(text, [paragraph(locale, fact), actions(_more(key, locale)), days])


def known(keys: Sequence[Credential], locale: Locale) -> Card:
    """It is watched already: all that are."""
    text = locale._("I remind you of this key already.")
    return Card(text, [paragraph(locale, line(text)), *rows(keys, locale)])


def notice(
    key: Credential,
    locale: Locale,
    now: datetime,
    *,
    current: bool = True,
    replaced_by: Credential | None = None,
    quiet_until: datetime | None = None,
) -> Card:
    """The reminder. Not `current`, `replaced_by` another or given up: one line. Put off until `quiet_until` (UTC) it
    says so."""
    if not is_open(key):
        return _closed(key, locale, replaced_by)
    if not current:
        return _one_line(key, locale, locale._("🔑 “{name}” · a newer reminder follows"))
    title = locale._("Change “{name}”")
    wanted = locale._("You wanted to change it by {day}. Nothing stops: the old key works until you delete it.")
    how = locale._("Create a second key in the app, give it to your server, then delete the old one.")
    asleep = quiet_until is not None and quiet_until > now
    row = [
        button(locale._("It's changed"), "key.changed", key.id, primary=not asleep),
        link(locale._("Open OAuth apps"), "oauth", APPS),
        *([] if asleep or not _can_wait(key, locale, now) else [_later(key, locale)]),
        _rarely(key, locale),
    ]
    blocks: list[Block] = [
        headed(title, key.name),
        paragraph(locale, line(wanted, day=Moment(key.ends_at, day=True)), line(how)),
        actions(*row),
    ]
    if quiet_until and asleep:
        told = line(locale._("💤 I'll remind you again {until}"), until=Moment(quiet_until))
        blocks.append(context(locale, told))
    return Card(with_name(title, key.name), blocks)


def _can_wait(key: Credential, locale: Locale, now: datetime) -> bool:
    return key.state is CredentialState.ACTIVE and tomorrow(now, locale.tz) < key.ends_at


def _later(key: Credential, locale: Locale) -> ButtonElement:
    return button(locale._("Remind me tomorrow"), "remind.snooze", key.id)


def _closed(key: Credential, locale: Locale, replaced_by: Credential | None) -> Card:
    """Given up, changed, or the same key with another name or day."""
    if key.state is CredentialState.FORGOTTEN:
        return off(key, locale)
    if replaced_by and replaced_by.created_at > key.created_at:
        return _one_line(key, locale, locale._("✅ “{name}” changed · you confirmed"))
    return _one_line(key, locale, locale._("🔑 “{name}” · a newer card follows"))


def _one_line(key: Credential, locale: Locale, text: str) -> Card:
    return Card(with_name(text, key.name), [paragraph(locale, line(text, name=name(key.name)))])


def rows(keys: Sequence[Credential], locale: Locale) -> list[Block]:
    """A row each, in a list."""
    return [
        section(
            locale,
            _more(key, locale),
            line("🔑 **{name}**", name=name(key.name)),
            line(locale._("to be changed by {day}"), day=Moment(key.ends_at, day=True)),
        )
        for key in keys
    ]


def _more(key: Credential, locale: Locale) -> OverflowMenuElement:
    return _rarely(key, locale, (locale._("It's changed"), f"changed:{key.id}"))


def _rarely(key: Credential, locale: Locale, *first: tuple[str, str]) -> OverflowMenuElement:
    return menu(
        "key.more",
        *first,
        (locale._("Change name or date…"), f"set:{key.id}"),
        (locale._("No longer needed"), f"off:{key.id}"),
    )


def form(key: Credential, locale: Locale) -> View:
    """Name and day of a key."""
    day = key.ends_at.astimezone(ZoneInfo(locale.tz)).date().isoformat()
    blocks = [
        field(
            "credential.name",
            locale._("Name"),
            PlainTextInputElement(action_id="value", max_length=NAME_LENGTH, initial_value=key.name),
        ),
        field(
            "credential.until",
            locale._("Change it by"),
            DatePickerElement(action_id="value", initial_date=day),
            hint=locale._("A key never expires: it's the day by which you want to have changed it."),
        ),
    ]
    title, submit = locale._("Remind me of a key"), locale._("Save")
    return modal(title, locale._("Cancel"), blocks, "key.set", submit, str(key.id))
