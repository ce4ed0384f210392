"""Tokens that end soon, of everybody. How many on which day, and the first of them, is one statement: so the numbers
are those of the rows, whatever is recorded meanwhile.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.credential import Credential, CredentialKind, CredentialState
from bot.core.expiring import Ending
from bot.core.guide import GuideState
from bot.core.orphan import KIND, LAST

from . import credential, job, message
from .leftover import GONE, TOKENS
from .tables import credential_ as table
from .tables import guide_ as guide
from .tables import message as messages
from .tables import person

SHOWN, UNTENDED_SHOWN = 10, 3


async def between(
    conn: AsyncConnection, team_id: str, edges: Sequence[datetime]
) -> tuple[list[int], list[Credential]]:
    """How many end between each two of the `edges`, and the first `SHOWN` of them."""
    count = select(func.count()).select_from(table)
    counts = [count.where(_ending(team_id, *each)).scalar_subquery() for each in pairwise(edges)]
    numbers = select(*(each.label(f"n{number}") for number, each in enumerate(counts))).subquery("numbers")
    first = select(table).where(_ending(team_id, edges[0], edges[-1])).order_by(table.c.ends_at, table.c.id)
    rows = first.limit(SHOWN).subquery("first")
    found = (await conn.execute(select(numbers, rows).select_from(numbers.outerjoin(rows, true())))).all()
    tokens = [Credential(*row[len(counts) :]) for row in found if row[len(counts)] is not None]
    tokens.sort(key=lambda each: (each.ends_at, each.id))
    return list(found[0][: len(counts)]), tokens


async def untended(
    conn: AsyncConnection, team_id: str, begins: datetime, ends: datetime
) -> tuple[int, list[Credential]]:
    """Of how many that end in this time the owner is no member any more, and the first few of those."""
    within = and_(TOKENS, table.c.ends_at >= begins, table.c.ends_at < ends)
    theirs = select(func.count()).where(within).correlate(person).scalar_subquery()
    total = int(await conn.scalar(select(func.sum(theirs)).where(GONE), {"team_id": team_id}) or 0)
    if not total:
        return 0, []
    soonest = select(func.min(table.c.ends_at)).where(within).correlate(person).scalar_subquery().label("soonest")
    people = select(person.c.user_id, soonest).where(GONE).subquery()
    first = select(people.c.user_id).where(people.c.soonest.is_not(None)).order_by(people.c.soonest)
    tokens: list[Credential] = []
    for user_id in (await conn.scalars(first.limit(UNTENDED_SHOWN), {"team_id": team_id})).all():
        tokens += await credential.watched(conn, team_id, user_id)
    of_window = [each for each in tokens if each.state is CredentialState.ACTIVE and begins <= each.ends_at < ends]
    return total, sorted(of_window, key=lambda each: each.ends_at)[:UNTENDED_SHOWN]


async def told(
    conn: AsyncConnection, team_id: str, endings: Sequence[Ending], *, but: str = message.CARD
) -> list[Ending]:
    """The same, with what their owners were told of each, and what they do about it. Reminders of the kind `but` are
    not counted."""
    being_replaced = await replaced(conn, team_id, {each.credential.user_id for each in endings})
    subjects = {credential.subject(each.credential.id): each for each in endings}
    posted = messages.alias("posted")  # itself, or what tells it among others
    told_in = messages.join(posted, posted.c.id == func.coalesce(messages.c.thread, messages.c.id))
    sent = select(messages.c.subject, func.count().label("sent")).select_from(told_in)
    sent = sent.where(messages.c.team_id == team_id, messages.c.subject.in_(subjects), posted.c.ts.is_not(None))
    sent = sent.where(messages.c.kind.not_in((message.CARD, KIND, LAST, but)))
    reminders = {row.subject: row.sent for row in await conn.execute(sent.group_by(messages.c.subject))}
    return [
        replace(
            each,
            reminders=reminders.get(subject, 0),
            next_at=await job.waiting(conn, team_id, "remind", f"{subject}:"),
            is_being_replaced=each.credential.id in being_replaced,
        )
        for subject, each in subjects.items()
    ]


async def replaced(conn: AsyncConnection, team_id: str, users: Collection[str]) -> set[int]:
    """Which tokens of these people are replaced in a guide that is under way, by id."""
    facts = select(guide.c.facts).filter_by(team_id=team_id, state=GuideState.OPEN)
    walked = await conn.scalars(facts.where(guide.c.user_id.in_(users)))
    return {int(each["replaces"][0] or 0) for each in walked if "replaces" in each}


def _ending(team_id: str, begins: datetime, ends: datetime) -> ColumnElement[bool]:
    active = and_(table.c.team_id == team_id, table.c.state == CredentialState.ACTIVE)
    return and_(active, table.c.kind == CredentialKind.TOKEN, table.c.ends_at >= begins, table.c.ends_at < ends)


async def expired(conn: AsyncConnection, team_id: str, begins: datetime, ends: datetime) -> int:
    """How many ended in this time and were not replaced."""
    over = and_(table.c.team_id == team_id, table.c.state == CredentialState.EXPIRED)
    within = and_(over, table.c.kind == CredentialKind.TOKEN, table.c.ends_at >= begins, table.c.ends_at < ends)
    return int(await conn.scalar(select(func.count()).select_from(table).where(within)) or 0)
