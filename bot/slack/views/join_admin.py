"""A join request as admins see it: one card in their channel, from the question to the end of the matter."""

from slack_sdk.models.blocks import (
    Block,
    ConfirmObject,
    ContextBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextBlock,
    SectionBlock,
)

from bot.core.join import Request, State
from bot.core.people import Evidence
from bot.texts import Help, Reader, error_help

from .buttons import OPERATORS
from .parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    actions,
    body,
    button,
    clean,
    confirm,
    cut,
    header,
    helped,
    line,
    link,
    mrkdwn,
    name,
    numbered,
    paragraph,
    quote,
    said,
    small,
    told,
)


def card(request: Request, reader: Reader, workspace_url: str | None = None) -> Card:
    """The request in its present state. `workspace_url` is the Coze page of the team's space."""
    match request.state:
        case State.PENDING:
            return _pending(request, reader)
        case State.APPROVED if request.by_hand:
            return _by_hand(request, reader, workspace_url)
        case State.APPROVED:
            return _failed(request, reader) if request.error else _inviting(request, reader)
        case State.INVITED:
            return _invited(request, reader)
        case State.JOINED:
            return _joined(request, reader)
        case State.DECLINED:
            return _declined(request, reader)
        case State.WITHDRAWN:
            return _withdrawn(request, reader)


def _pending(request: Request, reader: Reader) -> Card:
    earlier = (
        reader.n("{count} earlier request", "{count} earlier requests", request.earlier)
        if request.earlier
        else reader.t("none")
    )
    fields = [
        line(reader.t("**Who**\n{who} ({nick})"), who=Mention(request.user_id), nick=name(request.nick)),
        line(reader.t("**Coze user ID**\n{uid}"), uid=Code(request.coze_uid)),
        line(reader.t("**Sent**\n{at}"), at=Moment(request.created_at)),
        line(reader.t("**Earlier requests**\n{earlier}"), earlier=earlier),
    ]
    blocks: list[Block] = [
        header(reader.t("Join request · waiting for a decision")),
        SectionBlock(fields=[MarkdownTextObject(text=mrkdwn(reader, each)) for each in fields]),
        body(quote(request.purpose)),
        actions(
            button(reader.t("Approve and invite"), "join.approve", request.id, True, _sure(request, reader)),
            button(reader.t("Decline request…"), "join.decline", request.id),
        ),
        _pending_small(request, reader),
    ]
    return Card(told(reader.t("{name} asks to join ShargeAI, waiting for a decision"), request.name), blocks)


def _pending_small(request: Request, reader: Reader) -> ContextBlock:
    evidence = reader.t("The user ID was entered by the person, not verified")
    block = small(reader, line(evidence), _number(request, reader))
    if request.email:  # their own words: never parsed
        email = reader.t("E-mail: {email}", email=cut(clean(request.email), 60))
        block.elements = [*block.elements, PlainTextObject(text=email, emoji=False)]
    return block


def _sure(request: Request, reader: Reader) -> ConfirmObject:
    return confirm(
        reader.t("Approve this request?"),
        reader.t("Approve and invite {nick} ({uid}) to ShargeAI?", nick=name(request.nick), uid=request.coze_uid),
        reader.t("Approve and invite"),
        reader.t("Not now"),
    )


def _inviting(request: Request, reader: Reader) -> Card:
    waiting = line(reader.t("⏳ Coze is sending the invitation"))
    blocks = [
        header(reader.t("Join request · approved, inviting")),
        _person(request, reader),
        said(reader, _approved(request, reader), waiting),
        small(reader, _number(request, reader)),
    ]
    return Card(told(reader.t("{name}'s join request is approved, sending the invitation"), request.name), blocks)


def _by_hand(request: Request, reader: Reader, workspace_url: str | None) -> Card:
    reason = line(reader.t("No workspace credential is set up, so the invitation is yours to send."))
    place = reader.t("Open **[members]** (Members) of the **ShargeAI** space, press **[add]** (Add)")
    steps = [line(place), line(reader.t("Enter the user ID {uid}"), uid=Code(request.coze_uid))]
    row = [button(reader.t("I invited them"), "join.invited", request.id, primary=not workspace_url)]
    if workspace_url:
        row.insert(0, link(reader.t("Open the Coze space"), "space", workspace_url, primary=True))
    blocks = [
        header(reader.t("Join request · approved, please invite")),
        _person(request, reader),
        body(paragraph(reader, _approved(request, reader), reason), numbered(reader, *steps)),
        actions(*row),
        small(
            reader,
            line(reader.t("I cannot see the member list: the person will confirm joining")),
            _number(request, reader),
        ),
    ]
    return Card(told(reader.t("{name}'s join request is approved, please invite in Coze"), request.name), blocks)


def _failed(request: Request, reader: Reader) -> Card:
    help = error_help(request.error or "", reader)
    blocks = [
        header(reader.t("Join request · approved, not invited")),
        _person(request, reader),
        said(
            reader,
            _approved(request, reader),
            line(reader.t("❌ **Fix** {what}"), what=help.what),
            *([] if help.key in OPERATORS else [helped(help.why, help)]),
            _who_mends(help, reader),
        ),
        actions(button(reader.t("Resend invitation"), "join.resend", request.id, primary=True)),
        small(reader, *_log_id(request, reader), _number(request, reader)),
    ]
    return Card(told(reader.t("{name}'s join request is approved, but the invitation failed"), request.name), blocks)


def _who_mends(help: Help, reader: Reader) -> Line:
    if help.key == "E13":
        return line(reader.t("The person was asked to correct the user ID; then I invite again by myself."))
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
        _person(request, reader),
        said(reader, _approved(request, reader), sent, line(reader.t("⏳ **Waiting for them to accept in Coze**"))),
    ]
    if not request.by_hand:
        blocks.append(actions(button(reader.t("Resend invitation"), "join.resend", request.id)))
    blocks.append(small(reader, watch, _number(request, reader)))
    return Card(told(reader.t("{name}'s join request is approved, invitation sent"), request.name), blocks)


def _joined(request: Request, reader: Reader) -> Card:
    fact = (
        reader.t("✅ {who} has joined ShargeAI · verified")
        if request.joined_evidence is Evidence.VERIFIED
        else reader.t("✅ {who} has joined ShargeAI · the person confirmed")
    )
    print_ = [_decided(request, reader, reader.t("Approved by {by} {at}"))]
    if request.joined_at:
        print_.append(line(reader.t("joined {at}"), at=Moment(request.joined_at)))
    blocks = [
        said(reader, line(fact, who=Mention(request.user_id))),
        small(reader, *print_, _number(request, reader)),
    ]
    return Card(told(reader.t("{name} has joined ShargeAI"), request.name), blocks)


def _declined(request: Request, reader: Reader) -> Card:
    fact = line(reader.t("✖️ Join request of {who} · declined"), who=Mention(request.user_id))
    print_ = [_decided(request, reader, reader.t("Declined by {by} {at}"))]
    blocks: list[Block] = [said(reader, fact)]
    if request.reason:
        blocks.append(body(quote(request.reason)))
        print_.append(line(reader.t("reason sent to the person")))
    blocks.append(small(reader, *print_, _number(request, reader)))
    return Card(told(reader.t("{name}'s join request was declined"), request.name), blocks)


def _withdrawn(request: Request, reader: Reader) -> Card:
    fact = line(reader.t("↩️ Join request of {who} · withdrawn"), who=Mention(request.user_id))
    sent = line(reader.t("Sent {at}"), at=Moment(request.created_at))
    blocks = [said(reader, fact), small(reader, sent, _number(request, reader))]
    return Card(told(reader.t("{name} withdrew the join request"), request.name), blocks)


def _person(request: Request, reader: Reader) -> RichTextBlock:
    text = reader.t("{who} ({nick}) · {uid}")
    return said(reader, line(text, who=Mention(request.user_id), nick=name(request.nick), uid=Code(request.coze_uid)))


def _approved(request: Request, reader: Reader) -> Line:
    return _decided(request, reader, reader.t("✅ Approved by {by} · {at}"))


def _decided(request: Request, reader: Reader, template: str) -> Line:
    by = Mention(request.decided_by) if request.decided_by else reader.t("an admin")
    return line(template, by=by, at=Moment(request.decided_at or request.created_at))


def _number(request: Request, reader: Reader) -> Line:
    return line(reader.t("request {id}"), id=request.id)


def _log_id(request: Request, reader: Reader) -> list[Line]:
    return [line(reader.t("log ID {id}"), id=Code(request.log_id))] if request.log_id else []
