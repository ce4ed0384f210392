"""A join request as admins see it: one card in their channel, from the question to the end of the matter."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.core.join import NOBODY, WHOSE, HandedOn, Instead, JoinState, Request
from bot.core.people import Evidence
from bot.texts.locale import Help, Locale

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
    helped,
    line,
    link,
    menu,
    name,
    numbered,
    paragraph,
    quote,
    rich_text,
    section,
    text_section,
    with_name,
)
from .approving import noted
from .grade import short
from .invited import check_now, looked
from .leaving import being_removed
from .pending import pending
from .shared import FULL, OUTSIDER, REFUSES, WRONG_ID, account, ended, invitation_help, titled, waited
from .taking_back import revoked, undo


def card(
    request: Request,
    locale: Locale,
    workspace_url: str | None = None,
    earlier: Sequence[Request] = (),
    agreed: datetime | None = None,
    now: datetime | None = None,
    *,
    rarely: bool = False,
    handed_on: HandedOn | None = None,
    is_theirs: bool = False,
    instead: Instead = NOBODY,
) -> Card:
    """The request in its present state. `workspace_url` is the Coze page of the team's space.

    While it waits: `earlier` are the person's requests before it, newest first; it is overdue once `now` is past
    `agreed` (UTC); `handed_on` tells who assigned it, `is_theirs` that this copy is for them, `instead` who may
    decide where the only admin has asked. `rarely`: the bot has few calls to Coze.
    """
    match request.state:
        case JoinState.PENDING | JoinState.INFO_REQUESTED:
            return pending(request, locale, earlier, agreed, now, handed_on, is_theirs=is_theirs, instead=instead)
        case JoinState.APPROVED if request.error:
            return _failed(request, locale, workspace_url)
        case JoinState.APPROVED:
            return _by_hand(request, locale, workspace_url) if request.by_hand else _inviting(request, locale)
        case JoinState.INVITED:
            return _invited(request, locale, rarely=rarely)
        case JoinState.JOINED if request.removed_by:
            return being_removed(request, locale, workspace_url)
        case JoinState.JOINED:
            return _joined(request, locale)
        case JoinState.DECLINED:
            return _declined(request, locale)
        case JoinState.WITHDRAWN:
            return _withdrawn(request, locale)
        case JoinState.REVOKED:
            return revoked(request, locale)
        case JoinState.EXPIRED | JoinState.CLOSED | JoinState.REMOVED:
            return _ended(request, locale)


def _inviting(request: Request, locale: Locale) -> Card:
    waiting = line(locale._("⏳ Coze is sending the invitation"))
    blocks: list[Block] = [
        *titled(request, locale, locale._("⏳ approved, inviting"), head=locale._("Inviting {name}: {purpose}")),
        account(request, locale),
        paragraph(locale, _approved(request, locale), waiting),
        *noted(request, locale),
        actions(undo(request, locale)),
    ]
    return Card(
        with_name(locale._("{name}'s join request is approved, sending the invitation"), request.name), blocks
    )


def _by_hand(request: Request, locale: Locale, workspace_url: str | None) -> Card:
    reason = line(locale._("No team credential is set up, so you'll need to send the invitation yourself."))
    place = locale._("Open **[members]** (Members) of the **ShargeAI** space, press **[add]** (Add)")
    steps = [line(place), line(locale._("Enter the user ID {uid}"), uid=Code(request.coze_uid))]
    row = [button(locale._("I invited them"), "join.invited", request.id, primary=not workspace_url)]
    if workspace_url:
        row.insert(0, link(locale._("Open the Coze space"), "space", workspace_url, primary=True))
    blocks: list[Block] = [
        *titled(
            request, locale, locale._("⏳ approved, please invite"), head=locale._("Invite {name} in Coze: {purpose}")
        ),
        account(request, locale),
        rich_text(text_section(locale, _approved(request, locale), reason), numbered(locale, *steps)),
        *noted(request, locale),
        actions(*row, undo(request, locale)),
        context(
            locale,
            line(locale._("I can't see the member list: the person will confirm joining")),
        ),
    ]
    return Card(with_name(locale._("{name}'s join request is approved, please invite in Coze"), request.name), blocks)


def _failed(request: Request, locale: Locale, workspace_url: str | None) -> Card:
    help = invitation_help(request.error, locale)
    if help.key == WHOSE:
        return _whose(request, help, locale)
    row = [button(locale._("Resend invitation"), "join.resend", request.id, primary=True)]
    if workspace_url and help.key in (FULL, OUTSIDER):
        row.insert(0, link(locale._("Open the Coze space"), "space", workspace_url))
    blocks: list[Block] = [
        *titled(
            request,
            locale,
            locale._("❌ approved, not invited"),
            head=locale._("Not invited: {name}, {purpose}"),
        ),
        account(request, locale),
        paragraph(
            locale,
            _approved(request, locale),
            line(locale._("❌ **Didn't work** · {what}"), what=help.what),
            *([] if help.key in OPERATORS else [helped(help.why, help)]),
            _who_mends(help, locale),
        ),
        *noted(request, locale),
        actions(*row, undo(request, locale)),
        *_log_id(request, locale),
    ]
    return Card(
        with_name(locale._("{name}'s join request is approved, but the invitation failed"), request.name), blocks
    )


def _whose(request: Request, help: Help, locale: Locale) -> Card:
    """The account was in the team before it was invited: only its owner can say whose it is."""
    asked = line(locale._("I asked {who} to verify it."), who=Mention(request.user_id))
    blocks: list[Block] = [
        *titled(
            request,
            locale,
            locale._("⏳ approved, account not verified"),
            head=locale._("{name} has to verify: {purpose}"),
        ),
        account(request, locale),
        paragraph(
            locale, _approved(request, locale), line("⚠️ {what}", what=help.what), helped(help.why, help), asked
        ),
        *noted(request, locale),
        actions(undo(request, locale)),
    ]
    text = locale._("{name}'s join request is approved, but the account isn't verified")
    return Card(with_name(text, request.name), blocks)


def _who_mends(help: Help, locale: Locale) -> Line:
    if help.key == WRONG_ID:
        return line(locale._("The person was asked to correct the user ID; then you approve the new one."))
    if help.key in (FULL, OUTSIDER, REFUSES):
        return helped(help.do[0], help)
    if help.key in OPERATORS:
        return line(locale._("This concerns the team credential: please tell whoever runs the bot."))
    return line(locale._("Nothing was lost: resend it when Coze answers again."))


def _invited(request: Request, locale: Locale, *, rarely: bool) -> Card:
    evidence = (
        locale._("✅ Invitation sent · verified · {at}")
        if request.invited_evidence is Evidence.VERIFIED
        else locale._("✅ Invited by hand · an admin confirmed · {at}")
    )
    sent = line(evidence, at=Moment(request.invited_at or request.created_at))
    often = locale._("Member list is checked every few minutes until {until}")
    if rarely:
        often = locale._("Member list is checked after 10 minutes, 2 hours, 1 day and last {until}")
    watch = (
        [line(often, until=Moment(request.watch_until)), *looked(request, locale)]
        if request.watch_until
        else [line(locale._("I can't see the member list: the person will confirm joining"))]
    )
    blocks: list[Block] = [
        *titled(request, locale, locale._("⏳ approved, invited"), head=locale._("{name} has to accept: {purpose}")),
        account(request, locale),
        paragraph(
            locale, _approved(request, locale), sent, line(locale._("⏳ **Waiting for them to accept in Coze**"))
        ),
        *noted(request, locale),
    ]
    row = [button(check_now(locale), "join.look", request.id)] if request.watch_until else []
    if not request.by_hand:
        row.append(button(locale._("Resend invitation"), "join.resend", request.id))
    blocks.append(actions(*row, undo(request, locale)))
    blocks.append(context(locale, *watch))
    return Card(with_name(locale._("{name}'s join request is approved, invitation sent"), request.name), blocks)


def _joined(request: Request, locale: Locale) -> Card:
    fact = (
        locale._("✅ {who} has joined ShargeAI · verified")
        if request.joined_evidence is Evidence.VERIFIED
        else locale._("✅ {who} has joined ShargeAI · the person confirmed")
    )
    print_ = [_decided(request, locale, locale._("Approved by {by} {at}"))]
    if request.joined_at:
        print_.append(line(locale._("joined {at}"), at=Moment(request.joined_at)))
    if request.revoked_by:
        print_.append(line(locale._("⚠️ taken back by {by} before"), by=Mention(request.revoked_by)))
    leave = (locale._("Remove from the team…"), f"remove:{request.id}")
    ask = [(locale._("Ask them to verify"), f"prove:{request.id}")] if request.wants_proof else []
    what = line(locale._("{account} · {grade}"), account=name(request.nick), grade=short(request, locale))
    blocks = [
        section(locale, menu("join.more", *ask, leave), line(fact, who=Mention(request.user_id)), what),
        context(locale, *print_),
    ]
    return Card(with_name(locale._("{name} has joined ShargeAI"), request.name), blocks)


def _declined(request: Request, locale: Locale) -> Card:
    fact = line(locale._("✖️ Join request of {who} · declined"), who=Mention(request.user_id))
    print_ = [_decided(request, locale, locale._("Declined by {by} {at}"))]
    blocks: list[Block] = [paragraph(locale, fact)]
    if request.reason:
        blocks.append(rich_text(quote(request.reason)))
        print_.append(line(locale._("reason sent to the person")))
    blocks.append(context(locale, *print_))
    return Card(with_name(locale._("{name}'s join request was declined"), request.name), blocks)


def _withdrawn(request: Request, locale: Locale) -> Card:
    fact = line(locale._("↩️ Join request of {who} · withdrawn"), who=Mention(request.user_id))
    sent = line(locale._("Sent {at}"), at=Moment(request.created_at))
    blocks = [paragraph(locale, fact), context(locale, sent)]
    return Card(with_name(locale._("{name} withdrew the join request"), request.name), blocks)


def _ended(request: Request, locale: Locale) -> Card:
    """It came to its end without anybody's wish to join or to decline."""
    at, who = Moment(ended(request)), Mention(request.user_id)
    match request.state:
        case JoinState.EXPIRED:
            fact, text = _expired(request, locale)
            print_ = [
                line(locale._("The person was told they can ask again")),
                line(locale._("closed {at}"), at=at),
            ]
        case JoinState.REMOVED:
            fact = line(locale._("➖ {who} was removed from the team"), who=who)
            text = locale._("{name} was removed from the team")
            print_ = [line(_how_removed(request, locale), at=at)]
        case _:
            fact = line(locale._("🚪 Join request of {who} · closed, deactivated in Slack"), who=who)
            text = locale._("{name}'s join request was closed: deactivated in Slack")
            print_ = [line(locale._("closed {at}"), at=at)]
    blocks: list[Block] = [paragraph(locale, fact), context(locale, *print_)]
    return Card(with_name(text, request.name), blocks)


def _expired(request: Request, locale: Locale) -> tuple[Line, str]:
    """The fact and the message's text, by the days it was open."""
    time = waited(request.waiting_since, ended(request), locale)
    fact = locale._("⌛ Join request of {who} · closed after {time} without a decision")
    text = locale._("{name}'s join request was closed after {time} without a decision", name="{name}", time=time)
    return line(fact, who=Mention(request.user_id), time=time), text


def _how_removed(request: Request, locale: Locale) -> str:
    if request.removed_evidence is Evidence.VERIFIED:
        return locale._("removed {at} · verified")
    return locale._("removed {at} · an admin confirmed")


def _approved(request: Request, locale: Locale) -> Line:
    if request.decided_by == request.user_id:
        return _decided(request, locale, locale._("⚠️ {by} approved their own request · {at}"))
    return _decided(request, locale, locale._("✅ Approved by {by} · {at}"))


def _decided(request: Request, locale: Locale, template: str) -> Line:
    by = Mention(request.decided_by) if request.decided_by else locale._("an admin")
    return line(template, by=by, at=Moment(request.decided_at or request.created_at))


def _log_id(request: Request, locale: Locale) -> list[Block]:
    return [context(locale, line(locale._("log ID {id}"), id=Code(request.log_id)))] if request.log_id else []
