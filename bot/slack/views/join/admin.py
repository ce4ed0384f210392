"""A join request as admins see it: one card in their channel, from the question to the end of the matter."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.core.join import Request, State
from bot.core.people import Evidence
from bot.texts import Help, Reader

from ..buttons import OPERATORS
from ..parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    actions,
    button,
    context,
    header,
    helped,
    line,
    link,
    menu,
    numbered,
    paragraph,
    quote,
    rich_text,
    section,
    text_section,
)
from ..strings import with_name
from .leaving import being_removed
from .pending import pending
from .shared import FULL, OUTSIDER, REFUSES, WRONG_ID, account, ended, invitation_help, number, waited
from .thread import history, nudge_notice, waiting_notice

__all__ = ["card", "history", "nudge_notice", "waiting_notice"]


def card(
    request: Request,
    reader: Reader,
    workspace_url: str | None = None,
    earlier: Sequence[Request] = (),
    tz: str = "",
    agreed: datetime | None = None,
    now: datetime | None = None,
) -> Card:
    """The request in its present state. `workspace_url` is the Coze page of the team's space.

    While it waits: `earlier` are the person's requests before it, newest first; `tz` is the person's zone; it is
    overdue once `now` is past `agreed` (UTC).
    """
    match request.state:
        case State.PENDING | State.INFO_REQUESTED:
            return pending(request, reader, earlier, tz, agreed, now)
        case State.APPROVED if request.error:
            return _failed(request, reader, workspace_url)
        case State.APPROVED:
            return _by_hand(request, reader, workspace_url) if request.by_hand else _inviting(request, reader)
        case State.INVITED:
            return _invited(request, reader)
        case State.JOINED if request.removed_by:
            return being_removed(request, reader, workspace_url)
        case State.JOINED:
            return _joined(request, reader)
        case State.DECLINED:
            return _declined(request, reader)
        case State.WITHDRAWN:
            return _withdrawn(request, reader)
        case State.EXPIRED | State.CLOSED | State.REMOVED:
            return _ended(request, reader)


def _inviting(request: Request, reader: Reader) -> Card:
    waiting = line(reader.t("⏳ Coze is sending the invitation"))
    blocks = [
        header(reader.t("Join request · approved, inviting")),
        account(request, reader),
        paragraph(reader, _approved(request, reader), waiting),
        context(reader, number(request, reader)),
    ]
    return Card(
        with_name(reader.t("{name}'s join request is approved, sending the invitation"), request.name), blocks
    )


def _by_hand(request: Request, reader: Reader, workspace_url: str | None) -> Card:
    reason = line(reader.t("No workspace credential is set up, so the invitation is yours to send."))
    place = reader.t("Open **[members]** (Members) of the **ShargeAI** space, press **[add]** (Add)")
    steps = [line(place), line(reader.t("Enter the user ID {uid}"), uid=Code(request.coze_uid))]
    row = [button(reader.t("I invited them"), "join.invited", request.id, primary=not workspace_url)]
    if workspace_url:
        row.insert(0, link(reader.t("Open the Coze space"), "space", workspace_url, primary=True))
    blocks = [
        header(reader.t("Join request · approved, please invite")),
        account(request, reader),
        rich_text(text_section(reader, _approved(request, reader), reason), numbered(reader, *steps)),
        actions(*row),
        context(
            reader,
            line(reader.t("I cannot see the member list: the person will confirm joining")),
            number(request, reader),
        ),
    ]
    return Card(with_name(reader.t("{name}'s join request is approved, please invite in Coze"), request.name), blocks)


def _failed(request: Request, reader: Reader, workspace_url: str | None) -> Card:
    help = invitation_help(request.error, reader)
    row = [button(reader.t("Resend invitation"), "join.resend", request.id, primary=True)]
    if workspace_url and help.key in (FULL, OUTSIDER):
        row.insert(0, link(reader.t("Open the Coze space"), "space", workspace_url))
    blocks = [
        header(reader.t("Join request · approved, not invited")),
        account(request, reader),
        paragraph(
            reader,
            _approved(request, reader),
            line(reader.t("❌ **Fix** {what}"), what=help.what),
            *([] if help.key in OPERATORS else [helped(help.why, help)]),
            _who_mends(help, reader),
        ),
        actions(*row),
        context(reader, *_log_id(request, reader), number(request, reader)),
    ]
    return Card(
        with_name(reader.t("{name}'s join request is approved, but the invitation failed"), request.name), blocks
    )


def _who_mends(help: Help, reader: Reader) -> Line:
    if help.key == WRONG_ID:
        return line(reader.t("The person was asked to correct the user ID; then I invite again by myself."))
    if help.key in (FULL, OUTSIDER, REFUSES):
        return helped(help.do[0], help)
    if help.key in OPERATORS:
        return line(reader.t("This concerns the bot's workspace credential: please tell whoever runs the bot."))
    return line(reader.t("Nothing was lost: resend it when Coze answers again."))


def _invited(request: Request, reader: Reader) -> Card:
    evidence = (
        reader.t("✅ Invitation sent · verified · {at}")
        if request.invited_evidence is Evidence.VERIFIED
        else reader.t("✅ Invited by hand · an admin confirmed · {at}")
    )
    sent = line(evidence, at=Moment(request.invited_at or request.created_at))
    watch = (
        line(reader.t("Member list is checked every few minutes until {until}"), until=Moment(request.watch_until))
        if request.watch_until
        else line(reader.t("I cannot see the member list: the person will confirm joining"))
    )
    blocks: list[Block] = [
        header(reader.t("Join request · approved, invited")),
        account(request, reader),
        paragraph(
            reader, _approved(request, reader), sent, line(reader.t("⏳ **Waiting for them to accept in Coze**"))
        ),
    ]
    if not request.by_hand:
        blocks.append(actions(button(reader.t("Resend invitation"), "join.resend", request.id)))
    blocks.append(context(reader, watch, number(request, reader)))
    return Card(with_name(reader.t("{name}'s join request is approved, invitation sent"), request.name), blocks)


def _joined(request: Request, reader: Reader) -> Card:
    fact = (
        reader.t("✅ {who} has joined ShargeAI · verified")
        if request.joined_evidence is Evidence.VERIFIED
        else reader.t("✅ {who} has joined ShargeAI · the person confirmed")
    )
    print_ = [_decided(request, reader, reader.t("Approved by {by} {at}"))]
    if request.joined_at:
        print_.append(line(reader.t("joined {at}"), at=Moment(request.joined_at)))
    leave = menu("join.more", (reader.t("Remove from the team…"), f"remove:{request.id}"))
    blocks = [
        section(reader, leave, line(fact, who=Mention(request.user_id))),
        context(reader, *print_, number(request, reader)),
    ]
    return Card(with_name(reader.t("{name} has joined ShargeAI"), request.name), blocks)


def _declined(request: Request, reader: Reader) -> Card:
    fact = line(reader.t("✖️ Join request of {who} · declined"), who=Mention(request.user_id))
    print_ = [_decided(request, reader, reader.t("Declined by {by} {at}"))]
    blocks: list[Block] = [paragraph(reader, fact)]
    if request.reason:
        blocks.append(rich_text(quote(request.reason)))
        print_.append(line(reader.t("reason sent to the person")))
    blocks.append(context(reader, *print_, number(request, reader)))
    return Card(with_name(reader.t("{name}'s join request was declined"), request.name), blocks)


def _withdrawn(request: Request, reader: Reader) -> Card:
    fact = line(reader.t("↩️ Join request of {who} · withdrawn"), who=Mention(request.user_id))
    sent = line(reader.t("Sent {at}"), at=Moment(request.created_at))
    blocks = [paragraph(reader, fact), context(reader, sent, number(request, reader))]
    return Card(with_name(reader.t("{name} withdrew the join request"), request.name), blocks)


def _ended(request: Request, reader: Reader) -> Card:
    """It came to its end without anybody's wish to join or to decline."""
    at, who = Moment(ended(request)), Mention(request.user_id)
    match request.state:
        case State.EXPIRED:
            fact, text = _expired(request, reader)
            print_ = [
                line(reader.t("The person was told they can ask again")),
                line(reader.t("closed {at}"), at=at),
            ]
        case State.REMOVED:
            fact = line(reader.t("➖ {who} was removed from the team"), who=who)
            text = reader.t("{name} was removed from the team")
            print_ = [line(_how_removed(request, reader), at=at)]
        case _:
            fact = line(reader.t("🚪 Join request of {who} · closed, deactivated in Slack"), who=who)
            text = reader.t("{name}'s join request was closed: deactivated in Slack")
            print_ = [line(reader.t("closed {at}"), at=at)]
    blocks: list[Block] = [paragraph(reader, fact), context(reader, *print_, number(request, reader))]
    return Card(with_name(text, request.name), blocks)


def _expired(request: Request, reader: Reader) -> tuple[Line, str]:
    """The fact and the message's text, by the days it was open."""
    time = waited(request.created_at, ended(request), reader)
    fact = reader.t("⌛ Join request of {who} · closed after {time} without a decision")
    text = reader.t("{name}'s join request was closed after {time} without a decision", name="{name}", time=time)
    return line(fact, who=Mention(request.user_id), time=time), text


def _how_removed(request: Request, reader: Reader) -> str:
    if request.removed_evidence is Evidence.VERIFIED:
        return reader.t("removed {at} · verified")
    return reader.t("removed {at} · an admin confirmed")


def _approved(request: Request, reader: Reader) -> Line:
    return _decided(request, reader, reader.t("✅ Approved by {by} · {at}"))


def _decided(request: Request, reader: Reader, template: str) -> Line:
    by = Mention(request.decided_by) if request.decided_by else reader.t("an admin")
    return line(template, by=by, at=Moment(request.decided_at or request.created_at))


def _log_id(request: Request, reader: Reader) -> list[Line]:
    return [line(reader.t("log ID {id}"), id=Code(request.log_id))] if request.log_id else []
