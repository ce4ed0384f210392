"""The bot's own credential on Coze, as admins see it: its end, the reminders of it, and that Coze refuses it."""

from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, DatePickerElement, InputBlock, Option, RadioButtonsElement

from bot.core.credential import Credential, CredentialState, days_left
from bot.core.owner import NEVER_ENDS, OwnerCredential
from bot.slack.fields import Fields
from bot.texts.locale import Locale

from .parts import (
    Card,
    Line,
    Moment,
    actions,
    button,
    context,
    fallback_text,
    field,
    header,
    line,
    link,
    modal,
    numbered,
    paragraph,
    rich_text,
    section,
)

TOKENS = "https://www.coze.cn/open/oauth/pats"  # where tokens are made
DATE, TOKEN = "date", "COZE_OWNER_TOKEN"


def at_home(mine: OwnerCredential, watched: Credential | None, locale: Locale, now: datetime) -> list[Block]:
    """One line: what is known of its end, and the form."""
    ends = button(locale._("Enter expiry date…"), "owner.ends")
    if mine.dead_at:
        text = locale._("❌ Coze refuses `COZE_OWNER_TOKEN` since {since}; what to do stands in the admin channel")
        return [section(locale, ends, line(text, since=Moment(mine.dead_at)))]
    if mine.is_permanent:
        return [context(locale, line(locale._("`COZE_OWNER_TOKEN` never expires · entered by you")))]
    if watched is None:
        text = locale._("🔑 When does `COZE_OWNER_TOKEN` expire? Coze doesn't say; I'll remind you in time")
        return [section(locale, ends, line(text))]
    text = locale._("🔑 `COZE_OWNER_TOKEN` expires {ends}")
    if watched.ends_at <= now:
        text = locale._("⚠️ By the date that was entered `COZE_OWNER_TOKEN` expired {ends}")
    return [section(locale, ends, line(text, ends=Moment(watched.ends_at)))]


def form(locale: Locale) -> dict[str, Any]:
    """Asks when it ends, never for the token."""
    options = [
        Option(text=locale._("On a day"), value=DATE),
        Option(text=locale._("Never: a permanent service token (sat_)"), value=NEVER_ENDS),
    ]
    choice = RadioButtonsElement(action_id="value", options=options, initial_option=options[0])
    day = DatePickerElement(action_id="value", placeholder=locale._("Pick a date"))
    hint = locale._("The day that Coze shows beside the token; it ends at 23:59.")
    blocks: list[Block | InputBlock] = [
        context(locale, line(locale._("Only the date. Never paste the token itself."))),
        field("owner.kind", locale._("Expires"), choice),
        field("owner.until", locale._("Expiry date"), day, hint=hint, optional=True),
    ]
    return modal(locale._("Coze token expiry"), locale._("Cancel"), blocks, "owner.ends", locale._("Record expiry"))


def read(fields: Fields) -> tuple[str | None, bool]:
    """The date that was picked, and whether it is said to end never."""
    return fields.text("owner.until") or None, fields.text("owner.kind") == NEVER_ENDS


def notice(watched: Credential, locale: Locale, now: datetime, *, current: bool) -> Card:
    """The reminder in the admin channel. Not `current`, or replaced: one line."""
    if watched.state in (CredentialState.SUPERSEDED, CredentialState.FORGOTTEN):
        return _one_line(locale, line(locale._("✅ `COZE_OWNER_TOKEN` was replaced, or its expiry date changed")))
    if not current:
        text = locale._("⏰ `COZE_OWNER_TOKEN` expires {ends} · a newer reminder follows")
        return _one_line(locale, line(text, ends=Moment(watched.ends_at)))
    days = days_left(watched.ends_at, now, locale.tz)
    if watched.ends_at <= now:
        title = locale._("🔴 The bot's own Coze token has expired")
    elif days == 0:
        title = locale._("🟠 Replace the bot's own Coze token today")
    else:
        title = locale.ngettext(
            "🟠 Replace the bot's own Coze token within {count} day",
            "🟠 Replace the bot's own Coze token within {count} days",
            days,
        )
    when = line(locale._("`COZE_OWNER_TOKEN` expires {ends}"), ends=Moment(watched.ends_at))
    cost = line(locale._("After that I can't invite, publish or follow reviews."))
    blocks: list[Block] = [
        header(title),
        paragraph(locale, when, cost),
        _steps(locale),
        _buttons(locale),
        context(locale, line(locale._("the date was entered, Coze doesn't tell")), _never(locale)),
    ]
    return Card(title, blocks)


def dead(mine: OwnerCredential, setting: str, locale: Locale, *, current: bool) -> Card:
    """Coze refuses the credential; once it works again, or another one is set, one line."""
    if mine.replaced_at:
        text = locale._("✅ {setting} was replaced {at}")
        return _one_line(locale, line(text, setting=setting, at=Moment(mine.replaced_at)))
    if mine.dead_at is None or not current:
        return _one_line(locale, line(locale._("✅ Coze takes {setting} again"), setting=setting))
    title = locale._("🔴 Coze refuses the bot's own credential")
    since = line(locale._("{setting}, since {since}"), setting=setting, since=Moment(mine.dead_at))
    cost = line(
        locale._("I can't invite, publish or follow reviews. Nothing is lost: what waits goes on afterwards.")
    )
    blocks: list[Block] = [header(title), paragraph(locale, since, cost)]
    if setting == TOKEN:
        blocks += [_steps(locale), _buttons(locale)]
    else:
        advice = locale._("Is the OAuth app switched on, and authorised by the owner? Compare its ID, kid and key.")
        blocks.append(paragraph(locale, line(advice)))
    return Card(title, [*blocks, context(locale, line(locale._("this message changes when it works again")))])


def _steps(locale: Locale) -> Block:
    new = locale._("Create a new token with the owner's account, put it in `COZE_OWNER_TOKEN`, restart")
    app = locale._("Tired of this? An OAuth app has no end: `COZE_OWNER_APP_ID` and 3 more")
    return rich_text(numbered(locale, line(new), line(app)))


def _buttons(locale: Locale) -> Block:
    page = link(locale._("Open token page"), "tokens", TOKENS, primary=True)
    return actions(page, button(locale._("Enter expiry date…"), "owner.ends"))


def _never(locale: Locale) -> Line:
    return line(locale._("never paste the token here"))


def _one_line(locale: Locale, text: Line) -> Card:
    return Card(fallback_text(locale, text), [paragraph(locale, text)])
