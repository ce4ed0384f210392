"""Whose an account is, as people see it: the form that shows it, and the card where two people have shown one."""

from typing import Any, Literal

from slack_sdk.models.blocks import Block, PlainTextInputElement

from bot.core.account import Dispute, DisputeState
from bot.core.people import DELETED
from bot.slack.fields import Fields
from bot.texts.locale import Locale

from .parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    actions,
    button,
    confirm,
    context,
    fallback_text,
    fit,
    header,
    line,
    modal,
    name,
    paragraph,
)
from .parts import field as question

BUTTON = 24.0  # letters on a button


def form(locale: Locale, note: str = "") -> dict[str, Any]:
    """Asks for a token that shows whose the account is. `note` says first why the last one did not."""
    dropped = locale._("Used once to ask Coze whose it is, then dropped: not stored, not logged.")
    warning = locale._("**Never paste it in chat**: I can't delete your messages. Not while screen-sharing.")
    why = [line("{note}", note=note)] if note else []
    entry = PlainTextInputElement(action_id="value", placeholder=locale._("begins with pat_"), max_length=3000)
    hint = locale._("Any permission will do. Never a private key. 1 Coze call is used.")
    blocks: list[Block] = [
        paragraph(locale, *why, line(dropped), line(warning)),
        question("account.token", locale._("Your own token"), entry, hint),
    ]
    title, submit = locale._("Verify my account"), locale._("Verify")
    return modal(title, locale._("Cancel"), blocks, "account.prove", submit)


def read(fields: Fields) -> str:
    """The token, trimmed. A secret."""
    return fields.text("account.token").strip()


def asking(locale: Locale) -> dict[str, Any]:
    """While Coze is asked."""
    return _told(locale, line(locale._("⏳ Asking Coze whose account it is…")), callback_id="account.asking")


def proven(locale: Locale, nick: str, uid: str) -> dict[str, Any]:
    """It is theirs."""
    fact = line(locale._("✅ Verified: the Coze account “{nick}” {uid} is yours"), nick=name(nick), uid=Code(uid))
    return _told(locale, fact, line(locale._("Anything that was waiting for this continues by itself.")))


def disputed(locale: Locale) -> dict[str, Any]:
    """Somebody else has shown it before."""
    return _told(locale, line(disputed_text(locale)))


def disputed_text(locale: Locale) -> str:
    """The same as one text."""
    return locale._("Somebody else has verified this account too. An admin decides whose it is; I'll tell you.")


def _told(locale: Locale, *lines: Line, callback_id: str = "account.told") -> dict[str, Any]:
    return modal(locale._("Verify my account"), locale._("Close"), [paragraph(locale, *lines)], callback_id)


def card(dispute: Dispute, locale: Locale, names: tuple[str, str]) -> Card:
    """The admins' card. `names` are those of the holder and of the claimant."""
    if dispute.state is not DisputeState.OPEN:
        return _settled(dispute, locale)
    who = {"holder": Mention(dispute.holder), "claimant": Mention(dispute.claimant)}
    account = line(locale._("Coze account “{nick}” {uid}"), nick=name(dispute.nick), uid=Code(dispute.coze_uid))
    both = locale._("✅ Both have verified it: {holder} first, {claimant} now. They may share it, or its token.")
    stays = locale._("Until you decide, nothing changes: it stays with {holder}.")
    text = locale._("Two people have verified one Coze account; please decide")
    blocks: list[Block] = [
        header(locale._("One Coze account, two people: please decide")),
        paragraph(locale, account, line(both, **who), line(stays, **who)),
        actions(_decide(dispute, locale, "keep", names[0]), _decide(dispute, locale, "move", names[1])),
        context(locale, line(locale._("Whoever it isn't keeps their request and enters another account"))),
    ]
    return Card(text, blocks)


def _decide(dispute: Dispute, locale: Locale, verb: Literal["keep", "move"], called: str) -> Any:
    label = fit(locale._("It's {name}'s"), called, BUTTON)
    sure = confirm(
        locale._("Whose account is it?"),
        locale._("Only {name} can then join and publish with it. Please ask them both first.", name=name(called)),
        locale._("Decide"),
        locale._("Not now"),
    )
    return button(label, f"account.{verb}", dispute.id, confirm=sure)


def _settled(dispute: Dispute, locale: Locale) -> Card:
    fact = line(
        locale._("✅ The Coze account “{nick}” is {owner}'s"), nick=name(dispute.nick), owner=Mention(dispute.owner)
    )
    by = Mention(dispute.decided_by) if dispute.decided_by else locale._("an admin")
    at = Moment(dispute.decided_at or dispute.created_at)
    print_ = line(locale._("Decided by {by} {at}"), by=by, at=at)
    return Card(fallback_text(locale, fact), [paragraph(locale, fact), context(locale, print_)])


def party(dispute: Dispute, user_id: str, locale: Locale, *, decided: bool = False) -> Card:
    """What one of the two reads: that admins decide, and what they `decided`."""
    if dispute.state is DisputeState.OPEN:
        other = dispute.claimant if user_id == dispute.holder else dispute.holder
        text = locale._("{other} has verified the Coze account “{nick}” {uid} as well as you.")
        what = line(text, other=Mention(other), nick=name(dispute.nick), uid=Code(dispute.coze_uid))
        after = line(locale._("An admin decides whose it is. Until then nothing changes."))
        return Card(fallback_text(locale, what), [paragraph(locale, what, after)])
    if not decided:
        text = locale._("Who the Coze account “{nick}” belongs to is decided")
        return _line(line(text, nick=name(dispute.nick)), locale)
    if dispute.owner == user_id and dispute.decided_by == DELETED:
        text = locale._("✅ “{nick}” is your account: nobody else claims it any more")
        return _line(line(text, nick=name(dispute.nick)), locale)
    if dispute.owner == user_id:
        return _line(line(locale._("✅ An admin decided: “{nick}” is your account"), nick=name(dispute.nick)), locale)
    text = locale._("An admin decided that the Coze account “{nick}” is {owner}'s. Please use one of your own.")
    return _line(line(text, nick=name(dispute.nick), owner=Mention(dispute.owner)), locale)


def _line(text: Line, locale: Locale) -> Card:
    return Card(fallback_text(locale, text), [paragraph(locale, text)])
