"""A join request that waits for a decision, with all that an admin needs to decide."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ConfirmObject,
    ContextBlock,
    MarkdownTextObject,
    PlainTextObject,
    RichTextElement,
    SectionBlock,
)

from bot.core.join import Request, State
from bot.core.people import Evidence
from bot.texts import Reader

from ..parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    Piece,
    actions,
    button,
    confirm,
    context,
    header,
    line,
    menu,
    mrkdwn,
    quote,
    rich_text,
    text_section,
)
from ..strings import clean, cut, name, with_name
from .shared import ended, number, outcome, waited

EARLIER = 3  # earlier requests that are told apart
REASON = 80  # characters of the reason why one was declined


def pending(
    request: Request,
    reader: Reader,
    earlier: Sequence[Request] = (),
    tz: str = "",
    agreed: datetime | None = None,
    now: datetime | None = None,
) -> Card:
    """The request while nobody has decided.

    `earlier` are the person's requests before it, newest first; `tz` is the person's zone; it is overdue once `now`
    is past `agreed` (UTC).
    """
    asked = request.state is State.INFO_REQUESTED
    title = (
        reader.t("Join request · waiting for an answer")
        if asked
        else reader.t("Join request · waiting for a decision")
    )
    text = (
        reader.t("{name}'s join request: question sent, waiting for the answer")
        if asked
        else reader.t("{name} asks to join ShargeAI, waiting for a decision")
    )
    words = [quote(request.purpose), *_asked(request, reader), *_notes(request, reader, agreed, now)]
    blocks: list[Block] = [
        header(title),
        _fields(request, reader, earlier, tz),
        rich_text(*words),
        _row(request, reader),
        _evidence(request, reader),
    ]
    return Card(with_name(text, request.name), blocks)


def _fields(request: Request, reader: Reader, earlier: Sequence[Request], tz: str) -> SectionBlock:
    sent = Moment(request.created_at)
    lines = [
        line(reader.t("**Who**\n{who} ({nick})"), who=Mention(request.user_id), nick=name(request.nick)),
        line(reader.t("**Coze user ID**\n{uid}"), uid=Code(request.coze_uid)),
        line(reader.t("**Waiting since**\n{at}"), at=sent),
        _earlier(request, reader, earlier),
    ]
    if tz:
        zone = Reader(reader.language, tz).zone(request.created_at)
        lines.append(line(reader.t("**Their zone**\n{zone}"), zone=zone))
    if request.assignee:
        lines.append(line(reader.t("**Assigned to**\n{who}"), who=Mention(request.assignee)))
    return SectionBlock(fields=[MarkdownTextObject(text=mrkdwn(reader, each)) for each in lines])


def _earlier(request: Request, reader: Reader, earlier: Sequence[Request]) -> Line:
    if not request.earlier:
        return line(reader.t("**Earlier requests**\n{earlier}"), earlier=reader.t("none"))
    count = reader.n("{count} earlier request", "{count} earlier requests", request.earlier)
    if not earlier:
        return line(reader.t("**Earlier requests**\n{earlier}"), earlier=count)
    lines = [_ended(each, str(index), reader) for index, each in enumerate(earlier[:EARLIER])]
    if request.earlier > EARLIER:
        lines.append(line(reader.t("{count} more", count=request.earlier - EARLIER)))
    pieces = {key: piece for each in lines for key, piece in each.pieces.items()}
    listed = "\n".join(each.template for each in lines)
    return Line(reader.t("**Earlier requests**\n{earlier}").replace("{earlier}", listed), pieces)


def _ended(request: Request, index: str, reader: Reader) -> Line:
    """How an earlier request went; `index` keeps its values apart from those of the others."""
    reason = cut(" ".join(clean(request.reason or "").split()), REASON)
    template = reader.t("{at} · {outcome}: {reason}") if reason else reader.t("{at} · {outcome}")
    pieces: dict[str, Piece] = {
        "at": Moment(ended(request), day=True),
        "outcome": outcome(request, reader),
        "reason": reason,
    }
    for key in pieces:
        template = template.replace(f"{{{key}}}", f"{{{key}{index}}}")
    return Line(template, {f"{key}{index}": piece for key, piece in pieces.items()})


def _asked(request: Request, reader: Reader) -> list[RichTextElement]:
    """What was asked, and the answer once there is one."""
    if not request.question:
        return []
    by = Mention(request.asked_by) if request.asked_by else reader.t("An admin")
    question = line(reader.t("{by} asked: {question}"), by=by, question=cut(request.question, 300))
    if request.state is State.INFO_REQUESTED or not request.answer:
        return [text_section(reader, question)]
    answered = line(reader.t("{who} answered:"), who=Mention(request.user_id))
    return [text_section(reader, question), text_section(reader, answered), quote(request.answer)]


def _notes(request: Request, reader: Reader, agreed: datetime | None, now: datetime | None) -> list[RichTextElement]:
    """What an admin should not overlook."""
    notes = []
    if request.is_member:
        text = reader.t("⚠️ **Note** Already a member on Coze · verified. Approve only if this account is theirs.")
        notes.append(line(text))
    if agreed and now and now > agreed:
        late = reader.t("⏰ **Overdue** Waiting {time}; an answer was due {agreed}")
        notes.append(line(late, time=waited(request.created_at, now, reader), agreed=Moment(agreed)))
    return [text_section(reader, *notes)] if notes else []


def _row(request: Request, reader: Reader) -> ActionsBlock:
    asked = request.state is State.INFO_REQUESTED
    ask, sure = reader.t("Ask again…") if asked else reader.t("Ask a question…"), _sure(request, reader)
    return actions(
        button(reader.t("Approve and invite"), "join.approve", f"{request.id}:{request.version}", True, sure),
        button(ask, "join.question", request.id),
        button(reader.t("Decline request…"), "join.decline", request.id),
        menu("join.more", (reader.t("Reassign…"), f"assign:{request.id}")),
    )


def _sure(request: Request, reader: Reader) -> ConfirmObject:
    return confirm(
        reader.t("Approve this request?"),
        reader.t("Approve and invite {nick} ({uid}) to ShargeAI?", nick=name(request.nick), uid=request.coze_uid),
        reader.t("Approve and invite"),
        reader.t("Not now"),
    )


def _evidence(request: Request, reader: Reader) -> ContextBlock:
    lines = [line(text) for text in _known(request, reader)]
    if request.state is State.INFO_REQUESTED and request.asked_at:
        lines.append(line(reader.t("Question asked {at}"), at=Moment(request.asked_at)))
        lines.append(line(reader.t("the answer comes in this thread")))
    block = context(reader, *lines, number(request, reader))
    if request.email:  # their own words: never parsed
        email = reader.t("E-mail: {email}", email=cut(clean(request.email), 60))
        block.elements = [*block.elements, PlainTextObject(text=email, emoji=False)]
    return block


def _known(request: Request, reader: Reader) -> list[str]:
    """How sure we are whose account it is, and whether it is a member."""
    theirs = request.uid_evidence is Evidence.VERIFIED
    if theirs and request.is_member is False:
        return [reader.t("Verified: the user ID is theirs, not yet a member")]
    known = [
        reader.t("User ID read from their own token · verified")
        if theirs
        else reader.t("The user ID was entered by the person, not verified")
    ]
    if request.is_member is None:
        known.append(reader.t("membership not checked yet"))
    if request.is_member is False:
        known.append(reader.t("not on Coze's member list yet (verified)"))
    return known
