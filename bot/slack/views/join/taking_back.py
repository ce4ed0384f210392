"""An approval that is taken back: the form, and how admins and the person see it after."""

from slack_sdk.models.blocks import Block, OverflowMenuElement

from bot.core.join import JoinState, Request
from bot.slack.router import View
from bot.texts.locale import Locale, error_help

from ..parts import (
    Card,
    Code,
    Line,
    Link,
    Mention,
    Moment,
    actions,
    bullets,
    button,
    context,
    fallback_text,
    header,
    line,
    menu,
    modal,
    paragraph,
    quote,
    rich_text,
    text_section,
    with_name,
)
from .act import act
from .forms import reason_field
from .shared import ended, person


def undo(request: Request, locale: Locale) -> OverflowMenuElement:
    """Behind ⋯, as long as the approval has not been accepted."""
    return menu("join.more", (locale._("Take approval back…"), f"undo:{request.id}"))


def undo_form(request: Request, locale: Locale) -> View:
    """Says what it does, and asks for the reason."""
    facts = [
        line(locale._("They are told at once, in your name, and may request to join again.")),
        line(locale._("Whoever has accepted by then stays: then you can only remove them.")),
    ]
    invitation = (
        locale._("If an invitation was sent on Coze, take it back there: I can't see it.")
        if request.by_hand
        else locale._("Coze documents no way to withdraw an invitation. I try, and look who arrives.")
    )
    facts.append(line(invitation))
    blocks: list[Block] = [
        paragraph(locale, person(request, locale)),
        rich_text(text_section(locale, line(locale._("**Once it is taken back**"))), bullets(locale, *facts)),
        reason_field(locale, locale._("why, and what would have to change")),
    ]
    title, submit = locale._("Take approval back"), locale._("Take back and notify")
    return modal(title, locale._("Back"), blocks, "join.undo", submit, str(request.id))


def revoked(request: Request, locale: Locale) -> Card:
    """The admins' card: who took it back and why, and what is known of the invitation."""
    fact = line(locale._("↩️ Join request of {who} · approval taken back"), who=Mention(request.user_id))
    by = line(locale._("Taken back by {by} {at}"), by=_by(request, locale), at=Moment(ended(request)))
    blocks: list[Block] = [
        paragraph(locale, fact),
        rich_text(quote(request.reason or "")),
        paragraph(locale, *_invitation(request, locale)),
        context(locale, by, line(locale._("reason sent to the person"))),
    ]
    return Card(with_name(locale._("{name}'s approval was taken back"), request.name), blocks)


def _invitation(request: Request, locale: Locale) -> list[Line]:
    """Coze says of an invitation neither that it is open nor that it is gone: only members are listed."""
    uid = Code(request.coze_uid)
    if request.by_hand:
        return [line(locale._("If an invitation for {uid} was sent on Coze, please take it back there."), uid=uid)]
    lines = []
    if request.error:
        what = error_help(request.error, locale).what
        lines.append(line(locale._("❌ Coze could not be asked to withdraw it: {what}"), what=what))
        lines.append(line(locale._("Please look for the invitation of {uid} on Coze."), uid=uid))
    elif request.checked_at:
        lines.append(
            line(
                locale._("I asked Coze to remove {uid}. Coze doesn't say whether that cancels an invitation."),
                uid=uid,
            )
        )
    else:
        lines.append(line(locale._("⏳ Coze is being asked to take {uid} off"), uid=uid))
    if request.watch_until:
        until = Moment(request.watch_until)
        lines.append(
            line(locale._("I look until {until} whether they arrive all the same, and tell you."), until=until)
        )
    elif request.checked_at:
        at = Moment(request.checked_at)
        lines.append(line(locale._("Not on Coze's member list when I last looked {at} · verified"), at=at))
    return lines


def taken_back(request: Request, locale: Locale) -> Card:
    """The person's card with the reason and the way back."""
    text = locale._("Your approval to join ShargeAI was taken back")
    reason = line(locale._("{by} gives this reason:"), by=_by(request, locale))
    again = button(locale._("Request to join again…"), "join.again", request.id, primary=True)
    words = [line(locale._("↩️ An admin took your approval to join **ShargeAI** back"))]
    if request.invited_at:
        words.append(line(locale._("The invitation in Coze no longer counts: please don't accept it.")))
    closed = line(locale._("closed {at}"), at=Moment(ended(request)))
    why = rich_text(text_section(locale, reason), quote(request.reason or ""))
    print_ = context(locale, closed, line(locale._("what you wrote is kept")))
    return Card(text, [header(act(request, locale)), paragraph(locale, *words), why, actions(again), print_])


def arrived_notice(request: Request, locale: Locale, place: str) -> Card:
    """Rings for the admins where Coze lists somebody whose approval was taken back; one line once they are out.

    `place` is the address of the card.
    """
    if request.state is JoinState.REMOVED:
        gone = line(locale._("➖ {who} was removed from the team"), who=Mention(request.user_id))
        return Card(fallback_text(locale, gone), [paragraph(locale, gone)])
    listed = locale._("⚠️ {who} is in the team all the same: Coze lists {uid} · verified")
    text = line(listed, who=Mention(request.user_id), uid=Code(request.coze_uid))
    by = line(locale._("{by} had taken the approval back."), by=_by(request, locale))
    if request.state is JoinState.JOINED:
        mend = line(locale._("“Remove from the team…” is in their card's menu. If they may stay, nothing is to do."))
        show = [context(locale, line("{card}", card=Link(locale._("Show request"), place)))]
    else:
        mend, show = line(locale._("If they can't stay, please remove the account in Coze.")), []
    blocks: list[Block] = [paragraph(locale, text, by, mend), *show]
    return Card(fallback_text(locale, text), blocks)


def _by(request: Request, locale: Locale) -> Mention | str:
    return Mention(request.revoked_by) if request.revoked_by else locale._("An admin")
