"""What waits for the admins, a page at a time."""

from collections.abc import Collection, Sequence
from datetime import datetime

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from bot.core.join import UNDECIDED, WHOSE, JoinState, Request
from bot.store.join import Listing
from bot.texts.locale import Locale, mark

from ..parts import Card, Line, Mention, actions, button, context, header, line, name, paragraph, section
from .grade import short
from .shared import about, goes_by, waited

FILTERS: dict[Listing, str] = {
    "waiting": mark("Waiting for a decision"),
    "asked": mark("Asked, no answer yet"),
    "approved": mark("Approved, not invited"),
    "invited": mark("Invited, not joined"),
    "failed": mark("Invitation failed"),
    "unproven": mark("Joined, account not verified"),
    "mine": mark("Assigned to me"),
}
"""What can be listed, by the key that `queue.filter` and `queue.page` carry."""

FILTER: dict[str, Listing] = {key: key for key in FILTERS}


def page(
    locale: Locale,
    requests: Sequence[Request],
    total: int,
    offset: int,
    page_size: int,
    filter_key: str,
    now: datetime,
    overdue: Collection[int] = (),
) -> Card:
    """Requests `offset` to `offset + page_size` of `total`. `overdue` holds ids of those that wait too long."""
    title = locale._("Join requests · {count}", count=locale.number(total))
    before, after = max(0, offset - page_size), offset + page_size
    top = [_filters(filter_key, locale)]
    blocks: list[Block] = [header(title)]
    if offset > 0:
        back = button(locale._("Previous page"), "queue.page", f"{filter_key}:{before}")
        blocks.append(actions(*top, back))
    else:
        blocks.append(actions(*top))
    blocks += [row(each, locale, now, overdue=each.id in overdue) for each in requests[:page_size]]
    if not requests:
        blocks.append(paragraph(locale, line(_nothing(filter_key, locale))))
    if after < total:
        blocks.append(actions(button(locale._("Next page"), "queue.page", f"{filter_key}:{after}")))
    if requests:
        shown = locale._("{first} to {last} of {count}, oldest first")
        last = offset + len(requests[:page_size])
        numbers = {"first": offset + 1, "last": last, "count": total}
        blocks.append(context(locale, line(shown, **{name: locale.number(each) for name, each in numbers.items()})))
    kind = locale._(FILTERS[FILTER.get(filter_key, "waiting")])
    return Card(locale._("Join requests · {kind} · {count}", kind=kind, count=locale.number(total)), blocks)


def row(
    request: Request, locale: Locale, now: datetime, *, overdue: bool = False, primary: bool = False
) -> SectionBlock:
    """One request: who, where it stands and since when, and the one thing to do about it."""
    return section(
        locale,
        _button(request, locale, primary=primary),
        line(
            locale._("{who} ({nick}): {purpose}") if goes_by(request) else locale._("{who}: {purpose}"),
            who=Mention(request.user_id),
            nick=name(request.nick),
            purpose=about(request),
        ),
        standing(request, locale, now, overdue=overdue),
    )


def standing(request: Request, locale: Locale, now: datetime, *, overdue: bool = False) -> Line:
    """Where it stands and since when."""
    time = waited(request.waiting_since, now, locale)
    grade = short(request, locale)
    match request.state:
        case JoinState.PENDING if overdue:
            return line(locale._("⏰ Waiting {time}, past the agreed time · {grade}"), time=time, grade=grade)
        case JoinState.PENDING:
            return line(locale._("Waiting {time} · {grade}"), time=time, grade=grade)
        case JoinState.INFO_REQUESTED:
            return line(locale._("Asked a question; waiting {time} · {grade}"), time=time, grade=grade)
        case JoinState.APPROVED if request.error == WHOSE:
            return line(locale._("⏳ Approved, asked to verify the account"))
        case JoinState.APPROVED if request.error:
            return line(locale._("❌ Approved, the invitation failed"))
        case JoinState.APPROVED if request.by_hand:
            return line(locale._("⏳ Approved, please invite by hand"))
        case JoinState.APPROVED:
            return line(locale._("⏳ Approved, the invitation is being sent"))
        case JoinState.INVITED:
            since = waited(request.invited_at or request.created_at, now, locale)
            return line(locale._("⏳ Approved, not accepted yet; invited {time} ago"), time=since)
        case JoinState.JOINED if request.removed_by and request.error:
            return line(locale._("❌ To be removed, Coze hasn't done it yet"))
        case JoinState.JOINED if request.removed_by:
            return line(locale._("⏳ To be removed from the team"))
        case JoinState.JOINED:
            return line("{grade}", grade=grade)
        case _:
            return line(locale._("Nothing to do any more"))


def _button(request: Request, locale: Locale, *, primary: bool) -> ButtonElement:
    called = name(request.name)
    if request.state in UNDECIDED:
        aloud = locale._("Decide {name}'s join request", name=called)
        return button(locale._("Decide request"), "join.show", request.id, primary=primary, aloud=aloud)
    sendable = request.state is JoinState.INVITED or (request.state is JoinState.APPROVED and bool(request.error))
    if sendable and not request.by_hand and request.error != WHOSE:
        aloud = locale._("Resend {name}'s invitation", name=called)
        return button(locale._("Resend invitation"), "join.resend", request.id, aloud=aloud)
    aloud = locale._("Show {name}'s join request", name=called)
    return button(locale._("Show request"), "join.show", request.id, aloud=aloud)


def _filters(filter_key: str, locale: Locale) -> StaticSelectElement:
    options: dict[str, Option] = {key: _option(text, key, locale) for key, text in FILTERS.items()}
    return StaticSelectElement(
        action_id="queue.filter",
        placeholder=locale._("What to list"),
        options=list(options.values()),
        initial_option=options.get(filter_key),
    )


def _option(text: str, key: str, locale: Locale) -> Option:
    return Option(text=PlainTextObject(text=locale._(text), emoji=True), value=key)


def _nothing(filter_key: str, locale: Locale) -> str:
    if filter_key == "waiting":
        return locale._("Nobody is waiting for a decision ✅")
    return locale._("Nothing here.")
