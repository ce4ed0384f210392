"""Signing in to Coze as people see it: the code and what came of it, as a card or above a form; staying signed in."""

from typing import Any
from urllib.parse import urlencode

from slack_sdk.models.blocks import Block, ButtonElement, SectionBlock

from bot.core.sign_in import ANSWER, APP, Purpose, SignIn, SignInState
from bot.slack.fields import Fields
from bot.texts.locale import Locale, error_help

from .account import disputed_text
from .parts import (
    Card,
    Code,
    Line,
    Moment,
    actions,
    bullets,
    button,
    context,
    escape,
    header,
    helped,
    line,
    link,
    modal,
    name,
    numbered,
    paragraph,
    rich_text,
    section,
)
from .secret_store import tick

CONFIRM = "signin.confirm"
_TOLD = frozenset({SignInState.DONE, SignInState.NOT_MINE, SignInState.TAKEN, SignInState.CANCELLED})
"""What their title says all about."""


def start(locale: Locale, purpose: Purpose, about: str = "", *, primary: bool = False) -> ButtonElement:
    """The button that begins; `about` is what it is for: a request, or a guide and its step."""
    return button(locale._("Sign in to Coze"), "signin.start", f"{purpose.value}:{about}", primary=primary)


def at_home(coze_uid: str | None, locale: Locale) -> SectionBlock:
    """Which account is known to be theirs, and the way to show one."""
    if coze_uid:
        again = button(locale._("Sign in again"), "signin.start", f"{Purpose.ACCOUNT.value}:")
        return section(locale, again, line(locale._("Coze account {uid} · verified"), uid=Code(coze_uid)))
    unknown = line(locale._("Not verified; signing in takes half a minute"))
    return section(locale, start(locale, Purpose.ACCOUNT), line(locale._("Coze account")), unknown)


def card(sign_in: SignIn, locale: Locale, *, is_overtaken: bool = False, leads_on: bool = False) -> Card:
    """The sign-in in its present state; one line of it once the person has begun a newer one.

    `leads_on`: there is a request to go on with, or to be given this account.
    """
    title = _title(sign_in, locale)
    if not is_overtaken:
        return Card(escape(title), _blocks(sign_in, locale, leads_on=leads_on))
    told = title if sign_in.state in _TOLD else locale._("🚫 Sign-in over, nothing was bound; a newer one follows")
    return Card(escape(told), [paragraph(locale, line("{told}", told=told))])


def view(sign_in: SignIn, locale: Locale) -> dict[str, Any]:
    """The same above the form or the page in which it was begun; its button is the answer."""
    blocks = [block for block in _blocks(sign_in, locale, in_modal=True) if block.type != "header"]
    submit = None
    if sign_in.state is SignInState.SEEN:
        submit = locale._("Yes, it's mine")
    elif sign_in.state is SignInState.DONE and sign_in.typed:
        submit = locale._("Next")
    asked = sign_in.state is SignInState.SEEN
    title = locale._("Is this your account?") if asked else locale._("Sign in to Coze")
    shown = modal(title, locale._("Close"), blocks, CONFIRM, submit, str(sign_in.id))
    return {**shown, "external_id": external_id(sign_in)}


def external_id(sign_in: SignIn) -> str:
    """How the view is found again when the sign-in has moved on."""
    return f"sign_in:{sign_in.id}"


def _title(sign_in: SignIn, locale: Locale) -> str:
    """What to do now, or what came of it."""
    match sign_in.state:
        case SignInState.SEEN:
            return locale._("Is this your account?")
        case SignInState.DONE:
            return locale._("✅ Coze account verified: {account}", account=name(sign_in.account or ""))
        case SignInState.DENIED if sign_in.purpose is Purpose.JOIN:
            return locale._("Sign in again, or type the ID")
        case SignInState.DENIED:
            return locale._("Sign in again if you like")
        case SignInState.EXPIRED:
            return locale._("The code expired, get a new one")
        case SignInState.FAILED if sign_in.error == APP:
            return locale._("Signing in doesn't work right now")
        case SignInState.FAILED:
            return locale._("Please sign in again")
        case SignInState.CANCELLED:
            return locale._("🚫 Sign-in cancelled, nothing was kept")
        case SignInState.NOT_MINE:
            return locale._("❌ Not your account: nothing was bound, the sign-in is dropped")
        case SignInState.TAKEN:
            return disputed_text(locale)
    return locale._("Sign in to Coze to prove your account")


def _blocks(sign_in: SignIn, locale: Locale, *, in_modal: bool = False, leads_on: bool = False) -> list[Block]:
    """Everything; in a form without what leads elsewhere, since the form below it does."""
    title = _title(sign_in, locale)
    match sign_in.state:
        case SignInState.STARTING:
            return [header(title), *_wait(sign_in, locale._("⏳ Asking Coze for a code, a moment…"), locale)]
        case SignInState.WAITING:
            return [header(title), *_waiting(sign_in, locale, in_modal=in_modal)]
        case SignInState.LOOKING:
            text = locale._("⏳ You authorised it. I'm reading which account it is…")
            return [header(title), *_wait(sign_in, text, locale)]
        case SignInState.SEEN:
            return [header(title), *_seen(sign_in, locale, in_modal=in_modal)]
        case SignInState.DONE:
            return _done(sign_in, locale, leads_on=leads_on)
        case SignInState.CANCELLED:
            return [paragraph(locale, line(title))]
        case SignInState.NOT_MINE:
            lines = line(title), line(locale._("Whoever signed in can end it in Coze: **[grants]** → **[revoke]**"))
            return [paragraph(locale, *lines), *_after(sign_in, locale, in_modal=in_modal)]
        case SignInState.TAKEN:
            return [paragraph(locale, line(title)), context(locale, _uid(sign_in, locale))]
    return [header(title), *_failed(sign_in, locale, in_modal=in_modal)]


def _wait(sign_in: SignIn, text: str, locale: Locale) -> list[Block]:
    return [paragraph(locale, line(text)), actions(_cancel(sign_in, locale))]


def _waiting(sign_in: SignIn, locale: Locale, *, in_modal: bool) -> list[Block]:
    code = sign_in.user_code or ""
    ends = Moment(sign_in.expires_at or sign_in.created_at)
    steps = numbered(
        locale,
        line(locale._("Open the sign-in page; check that the code is {code}"), code=Code(code)),
        line(locale._("Press **[authorise]** (Authorise). Come back; I'll know by myself")),
    )
    url = f"{sign_in.page}?{urlencode({'user_code': code})}"
    row = [link(locale._("Open Coze sign-in"), "device", url, primary=True)]
    row += _otherwise(sign_in, locale, in_modal=in_modal)
    reads = locale._(
        "I read your user ID and nickname, then drop the sign-in. Didn't ask for this code? Don't authorise."
    )
    return [
        context(locale, line(locale._("⏳ Waiting for you · code expires {at}"), at=ends)),
        rich_text(steps),
        actions(*row, _cancel(sign_in, locale)),
        context(locale, line(reads)),
    ]


def _seen(sign_in: SignIn, locale: Locale, *, in_modal: bool) -> list[Block]:
    who = line(
        locale._("**{account}** has signed in, user ID {uid}"),
        account=name(sign_in.account or ""),
        uid=Code(sign_in.coze_uid or ""),
    )
    passed_on = line(locale._("A link can be passed on: say yes only if it was you who pressed **[authorise]**."))
    yes = [] if in_modal else [button(locale._("Yes, it's mine"), CONFIRM, sign_in.id, primary=True)]
    return [
        paragraph(locale, who, passed_on),
        actions(*yes, button(locale._("Not mine"), "signin.not_mine", sign_in.id)),
        context(locale, line(locale._("Nothing is linked until you confirm · open until {at}"), at=_until(sign_in))),
    ]


def _done(sign_in: SignIn, locale: Locale, *, leads_on: bool) -> list[Block]:
    text = locale._("✅ The Coze account “{account}” is yours · verified")
    lines = [line(text, account=name(sign_in.account or ""))]
    row = []
    if leads_on:
        row.append(button(locale._("Continue request…"), "signin.resume", sign_in.id, primary=True))
    if sign_in.may_keep:
        lines.append(
            line(locale._("It reaches ShargeAI: I can stay signed in, to publish your agents when you say so."))
        )
        row.append(button(locale._("Stay signed in…"), "signin.keep", sign_in.id))
        row.append(button(locale._("No, drop it"), "signin.drop", sign_in.id))
        end = line(locale._("dropped by itself {at}"), at=_until(sign_in))
    elif sign_in.is_kept:
        end = line(locale._("stays signed in for publishing; to end it: `/sharge remind`"))
    else:
        end = line(locale._("signed out, no token kept"))
    at = line("{at}", at=Moment(sign_in.settled_at or sign_in.created_at))
    blocks: list[Block] = [paragraph(locale, *lines), *([actions(*row)] if row else [])]
    return [*blocks, context(locale, _uid(sign_in, locale), at, end)]


def _failed(sign_in: SignIn, locale: Locale, *, in_modal: bool) -> list[Block]:
    """Denied, run out, or gone wrong: why, and the way on."""
    why = [context(locale, *_why(sign_in, locale))]
    return [*why, *_after(sign_in, locale, *_small(sign_in, locale), in_modal=in_modal)]


def _why(sign_in: SignIn, locale: Locale) -> list[Line]:
    match sign_in.state, sign_in.error:
        case SignInState.DENIED, _:
            return [line(locale._("❌ It was denied in Coze; I read nothing"))]
        case SignInState.EXPIRED, _ if sign_in.answer_by:
            minutes = int(ANSWER.total_seconds() // 60)
            text = locale._("⌛ Nobody said for {minutes} minutes whose account it is: nothing was bound")
            return [line(text, minutes=minutes)]
        case SignInState.EXPIRED, _:
            return [line(locale._("⌛ Its time has passed without an authorisation"))]
        case _, "app":
            return [line(locale._("❌ Coze refuses my sign-in app. The admins know; nothing for you to do"))]
        case _, "lost" | None:
            return [line(locale._("❌ Coze's answer got lost on the way; nothing was kept"))]
    help = error_help(sign_in.error or "", locale)
    return [line("❌ {what}", what=help.what), helped(help.why, help)]


def _small(sign_in: SignIn, locale: Locale) -> list[Line]:
    if sign_in.state is SignInState.EXPIRED and not sign_in.answer_by:
        return [line(locale._("The old code is void; you can close the sign-in page."))]
    if sign_in.purpose is Purpose.JOIN:
        text = locale._("You can request with a typed ID; the admins will see “account not verified”.")
        return [line(text)]
    return []


def _after(sign_in: SignIn, locale: Locale, *small: Line, in_modal: bool) -> list[Block]:
    """Once more, or by typing."""
    again = locale._("New code") if sign_in.state is SignInState.EXPIRED else locale._("Sign in again")
    row = []
    if sign_in.error != APP and not in_modal:
        value = f"{sign_in.purpose.value}:{sign_in.about}"
        row.append(button(again, "signin.start", value, primary=True))
    row += _otherwise(sign_in, locale, in_modal=in_modal)
    return [*([actions(*row)] if row else []), *([context(locale, *small)] if small else [])]


def _otherwise(sign_in: SignIn, locale: Locale, *, in_modal: bool) -> list[ButtonElement]:
    """The way without signing in; the form below has its own."""
    match sign_in.purpose:
        case Purpose.JOIN:
            return [] if in_modal else [button(locale._("Type the ID…"), "join.again")]
        case Purpose.GUIDE:
            return [button(locale._("Use a token…"), "guide.account", sign_in.about)]
        case Purpose.ACCOUNT:
            return [button(locale._("Use a token…"), "account.by_token", sign_in.id)]
    return []


def _cancel(sign_in: SignIn, locale: Locale) -> ButtonElement:
    return button(locale._("Cancel"), "signin.cancel", sign_in.id)


def _uid(sign_in: SignIn, locale: Locale) -> Line:
    return line(locale._("User ID {uid}"), uid=Code(sign_in.coze_uid or ""))


def _until(sign_in: SignIn) -> Moment:
    return Moment(sign_in.answer_by or sign_in.created_at)


def agreement(sign_in: SignIn, locale: Locale) -> dict[str, Any]:
    """What staying signed in means, in so many words; nothing happens without the tick."""
    what = locale._("**What**: that I stay signed in as “{account}”: one token of Coze, encrypted.")
    why = locale._("**Why**: only to publish your own agents, each time you press publish. Each use is written down.")
    long = locale._("**How long**: until you end it. I renew it once a day; if Coze ends it, I'll tell you that day.")
    end = locale._("**To end it**: `/sharge remind`, then delete. It is deleted too when you leave this workspace.")
    in_coze = locale._("In Coze you end it by **API & SDK** → **[grants]** → **[revoke]**.")
    terms = [
        line(what, account=name(sign_in.account or "")),
        line(why),
        line(long),
        line(end),
        line(locale.on_screen(in_coze)),
    ]
    blocks: list[Block] = [rich_text(bullets(locale, *terms)), tick("signin.consent", locale)]
    title, submit = locale._("Stay signed in"), locale._("Stay signed in")
    return modal(title, locale._("Cancel"), blocks, "signin.keep", submit, str(sign_in.id))


def agreed(fields: Fields) -> bool:
    """Whether the tick was set."""
    return bool(fields["signin.consent"].ticked)


def signed_out(why: str, locale: Locale) -> Card:
    """Rings when a kept sign-in has ended. `why`: as the audit has it."""
    title = locale._("Sign in to Coze again")
    text = (
        locale._("The sign-in that I kept for publishing has run out.")
        if why == "end"
        else locale._("Coze ended the sign-in I stored for publishing: it was revoked, or Coze's reply got lost.")
    )
    blocks: list[Block] = [
        header(title),
        paragraph(locale, line(text), line(locale._("Until you sign in again I can't publish for you."))),
        actions(button(locale._("Sign in again"), "signin.start", f"{Purpose.PUBLISH.value}:", primary=True)),
        context(locale, line(locale._("What I kept is deleted."))),
    ]
    return Card(locale._("Your sign-in to Coze has ended; I can't publish for you until you sign in again"), blocks)


def app_refused(code: str, locale: Locale) -> Card:
    """For the admins: people can't sign in."""
    title = locale._("People can't sign in to Coze")
    why = locale._("Coze refuses the app (code {code}): it is switched off, of another kind or unknown.")
    do = locale._("Whoever runs the bot checks `COZE_SIGN_IN_CLIENT_ID`. Meanwhile IDs can be typed.")
    return Card(title, [header(title), paragraph(locale, line(why, code=code), line(do))])
