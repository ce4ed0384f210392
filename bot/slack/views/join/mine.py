"""A join request as the person sees it who asked: their live card."""

from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement, RichTextBlock, RichTextElement

from bot.core.account import Grade
from bot.core.join import NOBODY, Instead, JoinState, Request
from bot.core.people import Evidence
from bot.texts.locale import Locale

from ..buttons import ask_admin, command
from ..parts import (
    Card,
    Line,
    Mention,
    Moment,
    actions,
    button,
    confirm,
    context,
    fallback_text,
    header,
    line,
    link,
    paragraph,
    quote,
    rich_text,
    section,
    text_section,
)
from .act import act
from .alone import alone
from .approving import noted
from .grade import account_line, prove, short
from .invited import invited
from .late import failed
from .shared import decider, waited
from .taking_back import taken_back
from .whose import no_account


def mine(
    request: Request,
    locale: Locale,
    workspace_url: str | None = None,
    *,
    may_nudge: bool = False,
    agreed: datetime | None = None,
    rarely: bool = False,
    late: bool = False,
    instead: Instead = NOBODY,
) -> Card:
    """The request in its present state. `workspace_url` is the Coze page of the team's space.

    While it waits: an answer may be expected until `agreed` (UTC); `may_nudge` offers to remind the admins. `rarely`:
    the bot has few calls, and looks rarely whether an invitation was accepted; `late`: they were reminded of it.
    `instead`: who may decide where they
    are the only admin.
    """
    match request.state:
        case JoinState.PENDING | JoinState.INFO_REQUESTED if not request.coze_uid:
            return no_account(request, locale, _withdraw(request, locale))
        case JoinState.PENDING if request.alone_at:
            return alone(request, locale, instead, _withdraw(request, locale))
        case JoinState.PENDING:
            return _waiting(request, locale, may_nudge=may_nudge, agreed=agreed)
        case JoinState.INFO_REQUESTED:
            return _asked(request, locale)
        case JoinState.APPROVED:
            return failed(request, locale) if request.error else _being_invited(request, locale)
        case JoinState.INVITED:
            return invited(request, locale, rarely=rarely, late=late)
        case JoinState.JOINED:
            return _joined(request, locale, workspace_url)
        case JoinState.DECLINED:
            return _declined(request, locale)
        case JoinState.WITHDRAWN:
            return _withdrawn(locale)
        case JoinState.REVOKED:
            return taken_back(request, locale)
        case JoinState.EXPIRED | JoinState.CLOSED | JoinState.REMOVED:
            return _over(request, locale)


def _waiting(request: Request, locale: Locale, *, may_nudge: bool, agreed: datetime | None) -> Card:
    way = (
        locale._("✅ Sent → ✅ question answered → ⏳ **admin decides** → invited → member")
        if request.answer
        else locale._("✅ Sent → ⏳ **admin decides** → invited → member")
    )
    meanwhile = (
        locale._("Sorry, this is taking longer than agreed. You can nudge the admins once a day.")
        if may_nudge
        else locale._("You changed the Coze account, so an admin approves it again.")
        if request.is_changed
        else locale._("Usually within one working day. Meanwhile, try with a PAT.")
    )
    first = (
        button(locale._("Nudge the admins"), "join.nudge", request.id, primary=True)
        if may_nudge
        else _try_meanwhile(locale, primary=True)
    )
    edit = button(locale._("Edit request…"), "join.edit", request.id)
    text = locale._("Join request sent, waiting for an admin")
    if request.proof_asked_at and request.grade is not Grade.PROVEN:
        text = locale._("🔑 An admin asks you to verify your Coze account")
    blocks = [
        header(act(request, locale)),
        paragraph(locale, line(way), line(meanwhile)),
        *_doubt(request, locale),
        actions(first, edit, _withdraw(request, locale)),
        context(
            locale,
            line(locale._("Sent {at}"), at=Moment(request.created_at)),
            _later(request, locale, may_nudge=may_nudge, agreed=agreed),
        ),
    ]
    return Card(text, blocks)


def _doubt(request: Request, locale: Locale) -> list[Block]:
    """Nobody has shown whose the account is: who does is decided about sooner."""
    if request.grade is Grade.PROVEN:
        return [paragraph(locale, line(locale._("✅ Your Coze account is verified")))]
    text = locale._("⚠️ Account not verified yet")
    if request.proof_asked_at:
        text = locale._("🔑 An admin asks you to verify your Coze account")
    return [section(locale, prove(locale, primary=False), line(text))]


def _try_meanwhile(locale: Locale, *, primary: bool = False) -> ButtonElement:
    """The way that needs no admin."""
    return button(locale._("Try with a PAT"), "guide.try", primary=primary)


def _later(request: Request, locale: Locale, *, may_nudge: bool, agreed: datetime | None) -> Line:
    """What happens next by itself."""
    if request.nudged_at and not may_nudge:
        return line(locale._("The admins were reminded {at}"), at=Moment(request.nudged_at))
    if agreed and not may_nudge:
        return line(locale._("no answer by {agreed}: a “Nudge” button appears"), agreed=Moment(agreed))
    return line(locale._("I'll tell you here as soon as it is decided"))


def _withdraw(request: Request, locale: Locale) -> ButtonElement:
    sure = confirm(
        locale._("Withdraw the request?"),
        locale._("Withdraw your request to join ShargeAI? You can ask again later."),
        locale._("Withdraw request"),
        locale._("Keep it"),
    )
    return button(locale._("Withdraw request"), "join.withdraw", request.id, confirm=sure)


def _asked(request: Request, locale: Locale) -> Card:
    asked = Moment(request.asked_at or request.created_at)
    blocks = [
        header(act(request, locale)),
        _asking(request, locale),
        actions(_answer(request, locale), _withdraw(request, locale)),
        context(
            locale,
            line(locale._("Question asked {at}"), at=asked),
            line(locale._("review goes on after your answer, no new request needed")),
            line(short(request, locale)),
        ),
    ]
    return Card(locale._("An admin has a question about your request"), blocks)


def _asking(request: Request, locale: Locale) -> RichTextBlock:
    by = Mention(request.asked_by) if request.asked_by else locale._("An admin")
    intro = line(locale._("{by} would like to know:"), by=by)
    return rich_text(text_section(locale, intro), quote(request.question or ""))


def _answer(request: Request, locale: Locale) -> ButtonElement:
    return button(locale._("Answer the question…"), "join.answer", request.id, primary=True)


def _being_invited(request: Request, locale: Locale) -> Card:
    way = (
        locale._("✅ Sent → ✅ approved → ⏳ **an admin sends the invitation by hand** → member")
        if request.by_hand
        else locale._("✅ Sent → ✅ approved → ⏳ **the invitation is being sent** → member")
    )
    blocks = [
        header(act(request, locale)),
        paragraph(locale, line(way)),
        *noted(request, locale),
        context(
            locale,
            line(locale._("Nothing for you to do yet")),
            line(locale._("approved {at}"), at=_when_decided(request)),
            *_account(request, locale),
        ),
    ]
    return Card(locale._("Approved! The Coze invitation is on its way"), blocks)


def _account(request: Request, locale: Locale) -> list[Line]:
    """Which account is invited, and how surely it is theirs."""
    return [account_line(request, locale), line(short(request, locale))]


def _joined(request: Request, locale: Locale, workspace_url: str | None) -> Card:
    doubted = request.wants_proof and (not request.by_hand or request.proof_asked_at is not None)
    row = [prove(locale) if doubted else command("publish", locale)]
    if workspace_url:
        row.insert(0, link(locale._("Build inside ShargeAI"), "space", workspace_url, primary=not doubted))
    after = [line(locale._("Build your agent inside the **ShargeAI** space, not in your personal one."))]
    if doubted:
        asks = locale._("🔑 An admin asks you to verify your Coze account")
        needs = locale._("To publish from here, verify once that your Coze account is yours.")
        stays = locale._("You stay in the team, and your agents stay as they are.")
        after = [line(asks if request.proof_asked_at else needs), line(stays)]
    times = [line(locale._("Asked {at}"), at=Moment(request.created_at, day=True))]
    if request.decided_at:
        times.append(line(locale._("approved {at}"), at=Moment(request.decided_at, day=True)))
    if request.joined_at:
        times.append(line(locale._("joined {at}"), at=Moment(request.joined_at)))
    fact = paragraph(locale, line(_joined_fact(request, locale)), *after)
    print_ = context(locale, line(short(request, locale)), *times)
    blocks = [fact, *noted(request, locale), actions(*row), print_]
    text = locale._("You have joined ShargeAI and can build your agent now")
    if doubted and request.proof_asked_at:
        text = locale._("🔑 An admin asks you to verify your Coze account")
    return Card(text, blocks)


def _joined_fact(request: Request, locale: Locale) -> str:
    if request.joined_evidence is Evidence.VERIFIED:
        return locale._("✅ You have joined ShargeAI · verified")
    return locale._("✅ You have joined ShargeAI · you confirmed")


def _declined(request: Request, locale: Locale) -> Card:
    by = decider(request, locale)
    kept = text_section(locale, line(locale._("I kept what you wrote: add a few words and send it again.")))
    words: list[RichTextElement] = [text_section(locale, line(locale._("It wasn't approved this time."))), kept]
    if request.reason:
        wrote = line(locale._("Not approved this time. {by} wrote:"), by=by)
        words = [text_section(locale, wrote), quote(request.reason), kept]
    again = button(locale._("Add details, ask again…"), "join.again", request.id, primary=True)
    blocks = [
        header(act(request, locale)),
        rich_text(*words),
        actions(again, _try_meanwhile(locale), ask_admin(locale)),
        context(locale, line(locale._("Decided {at}"), at=_when_decided(request))),
    ]
    return Card(locale._("Not approved this time; you can add details and ask again"), blocks)


def _withdrawn(locale: Locale) -> Card:
    blocks = [
        paragraph(locale, line(locale._("↩️ You withdrew the join request"))),
        context(locale, line(locale._("Ask again any time with `/sharge join`"))),
    ]
    return Card(locale._("You withdrew the join request"), blocks)


def _over(request: Request, locale: Locale) -> Card:
    """It has ended and can be begun again."""
    again = button(locale._("Request to join again…"), "join.again", request.id)
    at = Moment(request.ended_at or request.created_at)
    match request.state:
        case JoinState.EXPIRED:
            text = locale._("The join request was closed: nobody decided in time")
            words = _sorry(request, locale)
            again = button(locale._("Request to join again…"), "join.again", request.id, primary=True)
        case JoinState.REMOVED:
            text = locale._("You aren't in the ShargeAI team any more")
            words = [line(locale._("➖ An admin removed you from the ShargeAI team"))]
            again = button(locale._("Request to join again…"), "join.again", request.id, primary=True)
        case _:
            text = locale._("The join request was closed")
            words = [line(locale._("🚪 The join request was closed: your Slack account was switched off"))]
    ended = line(locale._("closed {at}"), at=at)
    told: list[Block] = [paragraph(locale, *words)]
    if request.state is not JoinState.CLOSED:
        told.insert(0, header(act(request, locale)))
    if request.state is JoinState.REMOVED and request.reason:
        by = Mention(request.removed_by) if request.removed_by else locale._("An admin")
        told.append(
            rich_text(text_section(locale, line(locale._("{by} gives this reason:"), by=by)), quote(request.reason))
        )
    helps = [ask_admin(locale)] if request.state is JoinState.REMOVED else []
    return Card(text, [*told, actions(again, *helps), context(locale, ended)])


def _sorry(request: Request, locale: Locale) -> list[Line]:
    time = waited(request.waiting_since, request.ended_at or request.created_at, locale)
    return [
        line(locale._("⌛ Your join request was closed: no decision within {time}"), time=time),
        line(locale._("Sorry, that isn't about you. I kept what you wrote: send it again with one press.")),
    ]


def recalled(locale: Locale) -> Card:
    """Where the card of the open request stands now; nothing is pressed twice."""
    return _plain(locale._("Your request is open. Its card is at the end of our direct messages now."), locale)


def notice(request: Request, locale: Locale) -> Card:
    """What stays of a notice of before the card itself came to the end of the DM."""
    if request.decided_at is None or request.state is JoinState.REVOKED:
        return _plain(locale._("The join request has moved on"), locale)
    text = (
        locale._("✖️ Not approved · {at}")
        if request.state is JoinState.DECLINED
        else locale._("✅ Join request approved · {at}")
    )
    decision = line(text, at=_when_decided(request))
    return Card(fallback_text(locale, decision), [paragraph(locale, decision)])


def _plain(text: str, locale: Locale) -> Card:
    return Card(text, [paragraph(locale, line(text))])


def _when_decided(request: Request) -> Moment:
    return Moment(request.decided_at or request.created_at)
