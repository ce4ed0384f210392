"""A join request that waits for a decision, with all that an admin needs to decide."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    PlainTextObject,
    RichTextElement,
)

from bot.core.account import Grade
from bot.core.join import NOBODY, HandedOn, Instead, JoinState, Request
from bot.texts.locale import Locale

from ..parts import (
    Card,
    Code,
    Line,
    Mention,
    Moment,
    actions,
    button,
    clean,
    confirm,
    context,
    cut,
    fallback_text,
    line,
    menu,
    name,
    quote,
    rich_text,
    text_section,
    with_name,
)
from .alone import alone_notes
from .approving import whom
from .grade import account_line, known
from .shared import ended, outcome, titled, waited

EARLIER = 3  # earlier requests that are told apart
REASON = 80  # characters of the reason why one was declined


def pending(
    request: Request,
    locale: Locale,
    earlier: Sequence[Request] = (),
    agreed: datetime | None = None,
    now: datetime | None = None,
    handed_on: HandedOn | None = None,
    *,
    is_theirs: bool = False,
    instead: Instead = NOBODY,
) -> Card:
    """The request while nobody has decided.

    `earlier` are the person's requests before it, newest first; it is overdue once `now` is past `agreed` (UTC);
    `handed_on` tells who assigned it, `is_theirs` that this copy is for whom it is assigned to, `instead` who may
    decide where the only admin has asked.
    """
    title, text = _titles(request, locale)
    account = text_section(locale, account_line(request, locale), *known(request, locale))
    words = [quote(request.purpose), *_asked(request, locale), account, *_changed(request, locale)]
    words += [
        *_noted(handed_on, locale),
        *alone_notes(request, locale, instead),
        *_notes(request, locale, agreed, now),
    ]
    blocks: list[Block] = [
        *titled(request, locale, title, *_whose(request, handed_on, locale, is_theirs=is_theirs)),
        rich_text(*words),
        _row(request, locale, may_return=is_theirs and handed_on is not None),
        *_evidence(request, locale, earlier),
    ]
    if is_theirs and handed_on:
        rings = line(
            locale._("{by} handed {name}'s join request to you"), by=Mention(handed_on.by), name=name(request.name)
        )
        return Card(fallback_text(locale, rings), blocks)
    return Card(with_name(text, request.name), blocks)


def _titles(request: Request, locale: Locale) -> tuple[str, str]:
    """The header and the message's text: what is waited for."""
    if not request.coze_uid:
        return (
            locale._("⏳ waiting for their account"),
            locale._("{name}'s join request waits for an account of their own"),
        )
    if request.is_changed:
        return (
            locale._("⏳ account changed, approve again"),
            locale._("{name} changed the Coze account; please approve again"),
        )
    if request.state is JoinState.INFO_REQUESTED:
        return (
            locale._("💬 waiting for an answer"),
            locale._("{name}'s join request: question sent, waiting for the answer"),
        )
    return (
        locale._("⏳ waiting for a decision"),
        locale._("{name} asks to join ShargeAI, waiting for a decision"),
    )


def _changed(request: Request, locale: Locale) -> list[RichTextElement]:
    """What an admin has approved before; another account is not approved by that."""
    if not request.is_changed:
        return []
    by = Mention(request.decided_by) if request.decided_by else locale._("an admin")
    before = locale._("Approved by {by} before: {uid}")
    lines = [line(before, by=by, uid=Code(request.approved_uid or ""))]
    if request.invited_at:
        lines.append(line(locale._("⚠️ That account has got the invitation {at}"), at=Moment(request.invited_at)))
    return [text_section(locale, *lines)]


def _whose(request: Request, handed_on: HandedOn | None, locale: Locale, *, is_theirs: bool) -> list[Line]:
    """Who has asked and since when it waits, and who has it."""
    lines = [
        line("{who}", who=Mention(request.user_id)),
        line(locale._("waiting since {at}"), at=Moment(request.waiting_since)),
    ]
    if is_theirs and handed_on:
        lines.append(line(locale._("{by} handed it to you"), by=Mention(handed_on.by)))
    elif request.assignee and handed_on:
        text = locale._("assigned to {who}, by {by}")
        lines.append(line(text, who=Mention(request.assignee), by=Mention(handed_on.by)))
    elif request.assignee:
        lines.append(line(locale._("assigned to {who}"), who=Mention(request.assignee)))
    return lines


def _earlier(request: Request, locale: Locale, earlier: Sequence[Request]) -> list[Line]:
    """How the requests before went, where there are any."""
    if not request.earlier:
        return []
    if not earlier:
        return [line(locale.ngettext("{count} earlier request", "{count} earlier requests", request.earlier))]
    lines = [_ended(each, locale) for each in earlier[:EARLIER]]
    if request.earlier > EARLIER:
        lines.append(line(locale._("{count} more", count=request.earlier - EARLIER)))
    return lines


def _ended(request: Request, locale: Locale) -> Line:
    """How an earlier request went."""
    reason = cut(" ".join(clean(request.reason or "").split()), REASON)
    template = locale._("Before: {at}, {outcome}: {reason}") if reason else locale._("Before: {at}, {outcome}")
    at = Moment(ended(request), day=True)
    return line(template, at=at, outcome=outcome(request, locale), reason=reason)


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


def _noted(handed_on: HandedOn | None, locale: Locale) -> list[RichTextElement]:
    """Why it was handed on."""
    if not handed_on or not handed_on.note:
        return []
    wrote = line(locale._("{by} wrote when handing it on:"), by=Mention(handed_on.by))
    return [text_section(locale, wrote), quote(handed_on.note)]


def _notes(request: Request, locale: Locale, agreed: datetime | None, now: datetime | None) -> list[RichTextElement]:
    """What an admin should not overlook."""
    notes = []
    if request.proof_asked_at and request.grade is not Grade.PROVEN:
        text = locale._("⏳ Asked to verify the account {at}")
        notes.append(line(text, at=Moment(request.proof_asked_at)))
    if agreed and now and now > agreed:
        late = locale._("⏰ **Overdue** Waiting {time}; an answer was due {agreed}")
        notes.append(line(late, time=waited(request.waiting_since, now, locale), agreed=Moment(agreed)))
    return [text_section(locale, *notes)] if notes else []


def _row(request: Request, locale: Locale, *, may_return: bool) -> ActionsBlock:
    """What can be decided. Without a proof the person is asked for it first; without an account nobody is let in.
    Whom it was handed to `may_return` it.
    """
    asked = request.state is JoinState.INFO_REQUESTED
    ask = locale._("Ask again…") if asked else locale._("Ask a question…")
    decline = button(locale._("Decline request…"), "join.decline", request.id)
    back = [(locale._("Hand it back"), f"back:{request.id}")] if may_return else []
    assign = [] if request.alone_at else [*back, (locale._("Reassign…"), f"assign:{request.id}")]
    if not request.coze_uid:
        more = [menu("join.more", *assign)] if assign else []
        return actions(button(ask, "join.question", request.id), decline, *more)
    note = (locale._("Approve with a note…"), f"note:{request.id}:{request.version}")
    if request.grade is Grade.PROVEN:
        asking = button(ask, "join.question", request.id)
        return actions(_approve(request, locale), asking, decline, menu("join.more", note, *assign))
    prove = button(locale._("Ask them to verify"), "join.ask_proof", request.id, primary=True)
    rest = menu("join.more", note, (ask, f"question:{request.id}"), *assign)
    return actions(prove, _approve(request, locale), decline, rest)


def _approve(request: Request, locale: Locale) -> ButtonElement:
    """The button, with the question that says whose account is let in, and how surely."""
    value = f"{request.id}:{request.version}"
    if request.grade is Grade.PROVEN:
        yes = locale._("Approve new account") if request.is_changed else locale._("Approve and invite")
        title, sure_yes = locale._("Approve this request?"), locale._("Approve and invite")
        sure = confirm(title, whom(request, locale), sure_yes, locale._("Not now"))
        return button(yes, "join.approve", value, primary=True, confirm=sure)
    title, yes = locale._("Approve an unverified account?"), locale._("Approve anyway")
    sure = confirm(title, whom(request, locale), yes, locale._("Not now"), danger=True)
    return button(yes, "join.approve", value, confirm=sure)


def _evidence(request: Request, locale: Locale, earlier: Sequence[Request]) -> list[ContextBlock]:
    lines = _earlier(request, locale, earlier)
    if request.state is JoinState.INFO_REQUESTED and request.asked_at:
        lines.append(line(locale._("Question asked {at}"), at=Moment(request.asked_at)))
        lines.append(line(locale._("the answer comes in this thread")))
    blocks = [context(locale, *lines)] if lines else []
    if request.email:  # their own words: never parsed
        email = locale._("E-mail: {email}", email=cut(clean(request.email), 60))
        blocks.append(ContextBlock(elements=[PlainTextObject(text=email, emoji=False)]))
    return blocks
