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

from bot.core.join import JoinState, Request
from bot.core.people import Evidence
from bot.texts.locale import Locale

from ..parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    Piece,
    actions,
    button,
    clean,
    confirm,
    context,
    cut,
    header,
    line,
    menu,
    mrkdwn,
    name,
    quote,
    rich_text,
    text_section,
    with_name,
)
from .shared import ended, number, outcome, waited

EARLIER = 3  # earlier requests that are told apart
REASON = 80  # characters of the reason why one was declined


def pending(
    request: Request,
    locale: Locale,
    earlier: Sequence[Request] = (),
    tz: str = "",
    agreed: datetime | None = None,
    now: datetime | None = None,
) -> Card:
    """The request while nobody has decided.

    `earlier` are the person's requests before it, newest first; `tz` is the person's zone; it is overdue once `now`
    is past `agreed` (UTC).
    """
    asked = request.state is JoinState.INFO_REQUESTED
    title = (
        locale._("Join request · waiting for an answer")
        if asked
        else locale._("Join request · waiting for a decision")
    )
    text = (
        locale._("{name}'s join request: question sent, waiting for the answer")
        if asked
        else locale._("{name} asks to join ShargeAI, waiting for a decision")
    )
    words = [quote(request.purpose), *_asked(request, locale), *_notes(request, locale, agreed, now)]
    blocks: list[Block] = [
        header(title),
        _fields(request, locale, earlier, tz),
        rich_text(*words),
        _row(request, locale),
        _evidence(request, locale),
    ]
    return Card(with_name(text, request.name), blocks)


def _fields(request: Request, locale: Locale, earlier: Sequence[Request], tz: str) -> SectionBlock:
    sent = Moment(request.created_at)
    lines = [
        line(locale._("**Who**\n{who} ({nick})"), who=Mention(request.user_id), nick=name(request.nick)),
        line(locale._("**Coze user ID**\n{uid}"), uid=Code(request.coze_uid)),
        line(locale._("**Waiting since**\n{at}"), at=sent),
        _earlier(request, locale, earlier),
    ]
    if tz:
        zone = Locale(locale.language, tz).zone(request.created_at)
        lines.append(line(locale._("**Their zone**\n{zone}"), zone=zone))
    if request.assignee:
        lines.append(line(locale._("**Assigned to**\n{who}"), who=Mention(request.assignee)))
    return SectionBlock(fields=[MarkdownTextObject(text=mrkdwn(locale, each)) for each in lines])


def _earlier(request: Request, locale: Locale, earlier: Sequence[Request]) -> Line:
    if not request.earlier:
        return line(locale._("**Earlier requests**\n{earlier}"), earlier=locale._("none"))
    count = locale.ngettext("{count} earlier request", "{count} earlier requests", request.earlier)
    if not earlier:
        return line(locale._("**Earlier requests**\n{earlier}"), earlier=count)
    lines = [_ended(each, str(index), locale) for index, each in enumerate(earlier[:EARLIER])]
    if request.earlier > EARLIER:
        lines.append(line(locale._("{count} more", count=request.earlier - EARLIER)))
    pieces = {key: piece for each in lines for key, piece in each.pieces.items()}
    listed = "\n".join(each.template for each in lines)
    return Line(locale._("**Earlier requests**\n{earlier}").replace("{earlier}", listed), pieces)


def _ended(request: Request, index: str, locale: Locale) -> Line:
    """How an earlier request went; `index` keeps its values apart from those of the others."""
    reason = cut(" ".join(clean(request.reason or "").split()), REASON)
    template = locale._("{at} · {outcome}: {reason}") if reason else locale._("{at} · {outcome}")
    pieces: dict[str, Piece] = {
        "at": Moment(ended(request), day=True),
        "outcome": outcome(request, locale),
        "reason": reason,
    }
    for key in pieces:
        template = template.replace(f"{{{key}}}", f"{{{key}{index}}}")
    return Line(template, {f"{key}{index}": piece for key, piece in pieces.items()})


def _asked(request: Request, locale: Locale) -> list[RichTextElement]:
    """What was asked, and the answer once there is one."""
    if not request.question:
        return []
    by = Mention(request.asked_by) if request.asked_by else locale._("An admin")
    question = line(locale._("{by} asked: {question}"), by=by, question=cut(request.question, 300))
    if request.state is JoinState.INFO_REQUESTED or not request.answer:
        return [text_section(locale, question)]
    answered = line(locale._("{who} answered:"), who=Mention(request.user_id))
    return [text_section(locale, question), text_section(locale, answered), quote(request.answer)]


def _notes(request: Request, locale: Locale, agreed: datetime | None, now: datetime | None) -> list[RichTextElement]:
    """What an admin should not overlook."""
    notes = []
    if request.is_member:
        text = locale._("⚠️ **Note** Already a member on Coze · verified. Approve only if this account is theirs.")
        notes.append(line(text))
    if agreed and now and now > agreed:
        late = locale._("⏰ **Overdue** Waiting {time}; an answer was due {agreed}")
        notes.append(line(late, time=waited(request.created_at, now, locale), agreed=Moment(agreed)))
    return [text_section(locale, *notes)] if notes else []


def _row(request: Request, locale: Locale) -> ActionsBlock:
    asked = request.state is JoinState.INFO_REQUESTED
    ask, sure = locale._("Ask again…") if asked else locale._("Ask a question…"), _sure(request, locale)
    return actions(
        button(
            locale._("Approve and invite"),
            "join.approve",
            f"{request.id}:{request.version}",
            primary=True,
            confirm=sure,
        ),
        button(ask, "join.question", request.id),
        button(locale._("Decline request…"), "join.decline", request.id),
        menu("join.more", (locale._("Reassign…"), f"assign:{request.id}")),
    )


def _sure(request: Request, locale: Locale) -> ConfirmObject:
    return confirm(
        locale._("Approve this request?"),
        locale._("Approve and invite {nick} ({uid}) to ShargeAI?", nick=name(request.nick), uid=request.coze_uid),
        locale._("Approve and invite"),
        locale._("Not now"),
    )


def _evidence(request: Request, locale: Locale) -> ContextBlock:
    lines = [line(text) for text in _known(request, locale)]
    if request.state is JoinState.INFO_REQUESTED and request.asked_at:
        lines.append(line(locale._("Question asked {at}"), at=Moment(request.asked_at)))
        lines.append(line(locale._("the answer comes in this thread")))
    block = context(locale, *lines, number(request, locale))
    if request.email:  # their own words: never parsed
        email = locale._("E-mail: {email}", email=cut(clean(request.email), 60))
        block.elements = [*block.elements, PlainTextObject(text=email, emoji=False)]
    return block


def _known(request: Request, locale: Locale) -> list[str]:
    """How sure we are whose account it is, and whether it is a member."""
    theirs = request.uid_evidence is Evidence.VERIFIED
    if theirs and request.is_member is False:
        return [locale._("Verified: the user ID is theirs, not yet a member")]
    known = [
        locale._("User ID read from their own token · verified")
        if theirs
        else locale._("The user ID was entered by the person, not verified")
    ]
    if request.is_member is None:
        known.append(locale._("membership not checked yet"))
    if request.is_member is False:
        known.append(locale._("not on Coze's member list yet (verified)"))
    return known
