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

from bot.core.join import UNDECIDED, Request, State
from bot.store.join import Listing
from bot.texts import Reader, mark

from ..parts import Card, Line, actions, button, context, header, line, paragraph, section
from ..strings import name
from .shared import person, waited

FILTERS: dict[Listing, str] = {
    "waiting": mark("Waiting for a decision"),
    "asked": mark("Asked, no answer yet"),
    "approved": mark("Approved, not invited"),
    "invited": mark("Invited, not joined"),
    "failed": mark("Invitation failed"),
    "mine": mark("Assigned to me"),
}
"""What can be listed, by the key that `queue.filter` and `queue.page` carry."""

FILTER: dict[str, Listing] = {key: key for key in FILTERS}


def page(
    reader: Reader,
    requests: Sequence[Request],
    total: int,
    offset: int,
    page_size: int,
    filter_key: str,
    now: datetime,
    overdue: Collection[int] = (),
) -> Card:
    """Requests `offset` to `offset + page_size` of `total`. `overdue` holds ids of those that wait too long."""
    title = reader.t("Join requests · {count}", count=reader.number(total))
    before, after = max(0, offset - page_size), offset + page_size
    top = [_filters(filter_key, reader)]
    blocks: list[Block] = [header(title)]
    if offset > 0:
        back = button(reader.t("Previous page"), "queue.page", f"{filter_key}:{before}")
        blocks.append(actions(*top, back))
    else:
        blocks.append(actions(*top))
    blocks += [row(each, reader, now, each.id in overdue) for each in requests[:page_size]]
    if not requests:
        blocks.append(paragraph(reader, line(_nothing(filter_key, reader))))
    if after < total:
        blocks.append(actions(button(reader.t("Next page"), "queue.page", f"{filter_key}:{after}")))
    if requests:
        shown = reader.t("{first} to {last} of {count}, oldest first")
        last = offset + len(requests[:page_size])
        numbers = {"first": offset + 1, "last": last, "count": total}
        blocks.append(context(reader, line(shown, **{name: reader.number(each) for name, each in numbers.items()})))
    kind = reader.t(FILTERS[FILTER.get(filter_key, "waiting")])
    return Card(reader.t("Join requests · {kind} · {count}", kind=kind, count=reader.number(total)), blocks)


def row(
    request: Request, reader: Reader, now: datetime, overdue: bool = False, primary: bool = False
) -> SectionBlock:
    """One request: who, where it stands and since when, and the one thing to do about it."""
    return section(
        reader, _button(request, reader, primary), person(request, reader), _standing(request, reader, now, overdue)
    )


def _standing(request: Request, reader: Reader, now: datetime, overdue: bool) -> Line:
    time = waited(request.created_at, now, reader)
    match request.state:
        case State.PENDING if overdue:
            return line(reader.t("⏰ Waiting {time}, past the agreed time"), time=time)
        case State.PENDING:
            return line(reader.t("Waiting {time}"), time=time)
        case State.INFO_REQUESTED:
            return line(reader.t("Asked a question; waiting {time}"), time=time)
        case State.APPROVED if request.error:
            return line(reader.t("❌ Approved, the invitation failed"))
        case State.APPROVED if request.by_hand:
            return line(reader.t("⏳ Approved, please invite by hand"))
        case State.APPROVED:
            return line(reader.t("⏳ Approved, the invitation is being sent"))
        case State.INVITED:
            since = waited(request.invited_at or request.created_at, now, reader)
            return line(reader.t("⏳ Approved, not accepted yet; invited {time} ago"), time=since)
        case State.JOINED if request.removed_by and request.error:
            return line(reader.t("❌ To be removed, Coze has not done it yet"))
        case State.JOINED if request.removed_by:
            return line(reader.t("⏳ To be removed from the team"))
        case _:
            return line(reader.t("Nothing to do any more"))


def _button(request: Request, reader: Reader, primary: bool) -> ButtonElement:
    called = name(request.name)
    if request.state in UNDECIDED:
        aloud = reader.t("Decide {name}'s join request", name=called)
        return button(reader.t("Decide request"), "join.show", request.id, primary, aloud=aloud)
    sendable = request.state is State.INVITED or (request.state is State.APPROVED and bool(request.error))
    if sendable and not request.by_hand:
        aloud = reader.t("Resend {name}'s invitation", name=called)
        return button(reader.t("Resend invitation"), "join.resend", request.id, aloud=aloud)
    aloud = reader.t("Show {name}'s join request", name=called)
    return button(reader.t("Show request"), "join.show", request.id, aloud=aloud)


def _filters(filter_key: str, reader: Reader) -> StaticSelectElement:
    options: dict[str, Option] = {key: _option(text, key, reader) for key, text in FILTERS.items()}
    return StaticSelectElement(
        action_id="queue.filter",
        placeholder=reader.t("What to list"),
        options=list(options.values()),
        initial_option=options.get(filter_key),
    )


def _option(text: str, key: str, reader: Reader) -> Option:
    return Option(text=PlainTextObject(text=reader.t(text), emoji=True), value=key)


def _nothing(filter_key: str, reader: Reader) -> str:
    if filter_key == "waiting":
        return reader.t("Nobody is waiting for a decision ✅")
    return reader.t("Nothing here.")
