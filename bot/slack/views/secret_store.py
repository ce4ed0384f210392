"""Keeping a secret as its owner sees it: the agreement, the link to the one-time page, what is kept, letting go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    CheckboxesElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from bot.core.credential import Credential
from bot.core.secret_store import AFTER_END, KEY_LIFE, LINK_LIFE, Kind, LinkState, OneTimeLink, StoredSecret
from bot.slack.fields import Fields
from bot.texts.filling import fill
from bot.texts.keys import refusal
from bot.texts.locale import Locale

from .parts import (
    Card,
    Line,
    Moment,
    actions,
    bullets,
    button,
    confirm,
    context,
    escape,
    field,
    header,
    line,
    link,
    modal,
    name,
    paragraph,
    rich_text,
    section,
)

LONGEST_TOKEN = 200  # characters; a token of Coze has 68
LONGEST_APP_ID, LONGEST_KID = 20, 128


class Filled(TypedDict):
    """What the agreement brought. `token` only where there are no one-time pages."""

    agreed: bool
    credential_id: str
    app_id: str
    fingerprint: str
    token: str


def agreement(kind: Kind, watched: Sequence[Credential], *, has_pages: bool, locale: Locale) -> dict[str, Any]:
    """What will be kept, why and for how long, in so many words; nothing happens without the tick.

    Where there are no one-time pages (`has_pages`) a token is entered here, which Slack can't mask.
    """
    blocks: list[Block] = [rich_text(bullets(locale, *_terms(kind, locale)))]
    blocks += [_which(watched, locale)] if kind is Kind.TOKEN else _of_app(locale)
    if kind is Kind.TOKEN and not has_pages:
        blocks.append(_token_field(locale))
    blocks.append(tick("keep.consent", locale))
    title = locale._("Store a token") if kind is Kind.TOKEN else locale._("Store a key")
    submit = locale._("Get a one-time link") if has_pages else locale._("Store it")
    return modal(title, locale._("Cancel"), blocks, "credential.keep", submit, kind.value)


def _terms(kind: Kind, locale: Locale) -> list[Line]:
    """What, why, how long, how to end it."""
    if kind is Kind.TOKEN:
        what = locale._("**What**: one token of yours, encrypted. Nobody is shown it again, not even you.")
        long = locale._(
            "**How long**: until {days} days after it expires, then deleted automatically.", days=AFTER_END.days
        )
    else:
        what = locale._("**What**: the private key of your OAuth app, encrypted. Nobody is shown it again.")
        long = locale._("**How long**: {days} days, then deleted by itself.", days=KEY_LIFE.days)
    why = locale._("**Why**: to publish your own agents, each time you press publish. Each use is written down.")
    daily = locale._(
        "**Once a day**: I ask Coze whether it still works, 1 call of your account. If not, I'll tell you that day."
    )
    end = locale._("**To end it**: `/sharge remind`, then delete. It is deleted too when you leave this workspace.")
    return [line(what), line(why), line(daily), line(long), line(end)]


def _which(watched: Sequence[Credential], locale: Locale) -> Block:
    options = [Option(text=PlainTextObject(text=name(each.name)), value=str(each.id)) for each in watched[:100]]
    return field(
        "keep.credential",
        locale._("Which token"),
        StaticSelectElement(action_id="value", options=options, initial_option=options[0]),
        hint=locale._("Choose one that you track, so I know when it expires."),
    )


def _of_app(locale: Locale) -> list[Block]:
    return [
        field(
            "keep.app_id",
            locale._("App ID"),
            PlainTextInputElement(action_id="value", max_length=LONGEST_APP_ID),
            hint=locale._("Only digits; it stands in the list of your OAuth apps."),
        ),
        field(
            "keep.fingerprint",
            locale._("Fingerprint ([fingerprint])"),
            PlainTextInputElement(action_id="value", max_length=LONGEST_KID),
            hint=locale._("The letters beside the key. Not the key itself: that goes on the page."),
        ),
    ]


def _token_field(locale: Locale) -> Block:
    return field(
        "keep.token",
        locale._("Token"),
        PlainTextInputElement(action_id="value", max_length=LONGEST_TOKEN, placeholder="pat_…"),
        hint=locale._("Slack can't mask this field: not while screen-sharing."),
    )


def tick(block_id: str, locale: Locale) -> Block:
    """The agreement, which nobody has ticked for anybody."""
    yes = Option(text=PlainTextObject(text=locale._("I agree to it being stored this way")), value="yes")
    return field(block_id, locale._("Agreement"), CheckboxesElement(action_id="value", options=[yes]))


def read(fields: Fields) -> Filled:
    """What the agreement brought, trimmed."""
    return {
        "agreed": bool(fields["keep.consent"].ticked),
        "credential_id": fields.text("keep.credential"),
        "app_id": fields.text("keep.app_id").strip(),
        "fingerprint": fields.text("keep.fingerprint").strip(),
        "token": fields.text("keep.token").strip(),
    }


def page_link(found: OneTimeLink, url: str, ends: datetime, locale: Locale) -> Card:
    """The way to the one-time page, or in one line what became of it. `ends` is shown, in simulated time.

    Without a `url` it has run out: nobody can make its address any more.
    """
    if found.state is not LinkState.OPEN or not url:
        return _over(found, locale)
    token = found.kind is Kind.TOKEN
    title = (
        locale._("Enter the token on the one-time page") if token else locale._("Enter the key on the one-time page")
    )
    once = line(locale._("This page works once; nothing you enter reaches the chat."))
    until = line(
        locale._("Valid until {ends}. It is stored encrypted, to publish and for the daily check."), ends=Moment(ends)
    )
    again = [line("{problem}", problem=refusal(found.problem, locale))] if found.problem else []
    fresh = [line(locale._("**This is a new page; nothing was kept.**"))] if found.problem else []
    minutes = int(LINK_LIFE.total_seconds() // 60)
    text = (
        locale._("Please enter the token on a one-time page, valid for {minutes} minutes", minutes=minutes)
        if token
        else locale._("Please enter the key on a one-time page, valid for {minutes} minutes", minutes=minutes)
    )
    blocks: list[Block] = [
        header(title),
        paragraph(locale, *again, *fresh, once, until),
        actions(
            link(locale._("Open the one-time page"), "once", url, primary=True),
            button(locale._("Cancel this link"), "credential.cancel_link", found.id),
        ),
        context(
            locale, line(locale._("The link is for you alone, don't forward it. To delete it: `/sharge remind`"))
        ),
    ]
    return Card(text, blocks)


def _over(found: OneTimeLink, locale: Locale) -> Card:
    token = found.kind is Kind.TOKEN
    match found.state:
        case LinkState.USED if token:
            text = locale._("✅ Token received and stored encrypted; the link no longer works")
        case LinkState.USED:
            text = locale._("✅ Key received and stored encrypted; the link no longer works")
        case LinkState.SPENT:
            text = locale._("⏳ Something was entered on the page; I'm checking it with Coze")
        case LinkState.CANCELLED:
            text = locale._("🚫 The link was cancelled; nothing was kept")
        case LinkState.REFUSED:
            text = locale._("❌ Nothing usable was entered; the link no longer works and nothing was kept")
        case _:
            text = locale._("⌛ The link has run out; nothing was kept")
    return Card(text, [paragraph(locale, line(text))])


def kept(found: StoredSecret, locale: Locale) -> SectionBlock:
    """One line about what is kept, with the way to end it."""
    match found.kind:
        case Kind.TOKEN:
            what = locale._(
                "🔐 Stored encrypted for publishing: a token for “{account}” · deleted automatically {ends} · {used}"
            )
        case Kind.KEY:
            what = locale._(
                "🔐 Stored encrypted for publishing: a key for “{account}” · deleted automatically {ends} · {used}"
            )
        case Kind.SIGN_IN:
            what = locale._("🔐 Kept encrypted for publishing: you are signed in as “{account}” · {used}")
    used = locale._("last used {at}") if found.used_at else locale._("not used yet")
    template = what.replace("{used}", used)
    times = {"ends": Moment(found.ends_at, day=True)} | ({"at": Moment(found.used_at)} if found.used_at else {})
    sure = confirm(
        locale._("Delete it?"),
        locale._(
            "I won't be able to publish for you. The token or key itself still works: revoke it in Coze if need be."
        ),
        locale._("Delete"),
        locale._("Keep it"),
    )
    end = button(
        locale._("Delete"), "credential.forget", found.id, confirm=sure, aloud=locale._("Delete what is kept")
    )
    return section(locale, end, line(template, account=name(found.account), **times))


def refused(found: StoredSecret | None, at: datetime | None, locale: Locale) -> Card:
    """Rings when Coze refuses a key, `at` (UTC) being when that was noticed, None where it takes it again; one line
    once it is deleted."""
    if found is None or at is None:
        text = locale._("✅ Coze takes the key for publishing again") if found else locale._("✅ That key is deleted")
        return Card(text, [paragraph(locale, line(text))])
    told = line(locale._("Coze refuses the key that I store for publishing. I noticed {at}."), at=Moment(at))
    why = locale._("It was deleted in your OAuth app, or the app was switched off or may not act for you any more.")
    blocks: list[Block] = [
        header(locale._("Store your key again: Coze refuses it")),
        paragraph(locale, told, line(why), line(locale._("Until you store a new one I can't publish for you."))),
        actions(button(locale._("Store it again…"), "credential.keep_anew", primary=True)),
        context(locale, line(locale._("I ask Coze once a day, as you agreed"))),
    ]
    return Card(locale._("Coze refuses the key that I store for you; please store it again"), blocks)


def offer(kind: Kind, locale: Locale) -> ButtonElement:
    """The button that opens the agreement."""
    if kind is Kind.TOKEN:
        return button(locale._("Store a token…"), "credential.keep")
    return button(locale._("Store a key…"), "credential.keep_key")


def stored(found: StoredSecret, locale: Locale) -> Card:
    """It was taken in the form."""
    text = locale._("✅ Token of “{account}” received and stored encrypted · verified")
    fallback_text = fill(text, {"account": escape(name(found.account))})
    return Card(fallback_text, [paragraph(locale, line(text, account=name(found.account)))])


def useless(why: str, locale: Locale) -> Card:
    """It was not kept, and why."""
    text = locale._("❌ Nothing was kept")
    return Card(text, [paragraph(locale, line(text), line("{why}", why=refusal(why, locale)))])


def forgotten(locale: Locale) -> Card:
    """It is gone."""
    text = locale._("✅ Deleted. I keep no token or key of yours any more.")
    return Card(text, [paragraph(locale, line(text))])


def record_first(locale: Locale) -> Card:
    """There is no recorded token that could be kept."""
    text = locale._("Record the token's name and expiry first; then I know how long to keep it.")
    return Card(
        text,
        [
            paragraph(locale, line(text)),
            actions(button(locale._("Track an expiry date…"), "credential.record", primary=True)),
        ],
    )
