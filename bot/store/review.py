"""Reviews, and Coze's events behind them. Changes of state are compare-and-set."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.errors import NotFound
from bot.core.publish import API_CONNECTOR, Publication, PublicationState
from bot.core.review import UNDECIDED, Event, Review, ReviewState

from . import account
from .database import Tx
from .review_tables import channel_event
from .review_tables import review as table
from .tables import publication

EARLIER = 20  # reviews of an agent that are told


def subject(review_id: int) -> str:
    """How messages, jobs and audit name a review."""
    return f"review:{review_id}"


async def lock(tx: Tx, team_id: str, agent_id: str) -> None:
    """Whoever else hears or decides about this agent waits until the transaction has ended."""
    await account.lock(tx, team_id, f"agent:{agent_id}")


async def note(tx: Tx, team_id: str, event: Event) -> bool:
    """Keep an event. False for one that is known."""
    values = {"event_id": event.id, "kind": event.kind, "agent_id": event.agent_id, "version": event.version}
    statement = tx.upsert(channel_event).values(team_id=team_id, at=event.at, **values).on_conflict_do_nothing()
    return await tx.conn.scalar(statement.returning(channel_event.c.id)) is not None


async def events(conn: AsyncConnection, team_id: str, agent_id: str) -> list[Event]:
    """All that is known of an agent, in Coze's order."""
    found = await conn.execute(select(channel_event).filter_by(team_id=team_id, agent_id=agent_id))
    told = [Event(row.event_id, row.kind, row.at, "", row.agent_id, "", version=row.version) for row in found]
    return sorted(told, key=lambda event: event.order)


async def add(
    tx: Tx, team_id: str, event: Event, state: ReviewState, now: datetime, *, user_id: str | None, note: str | None
) -> Review:
    """A new review of what was published; `user_id` is the author here, `note` what they wrote about it."""
    values = {
        "team_id": team_id,
        "event_id": event.id,
        "agent_id": event.agent_id,
        "agent_name": event.agent_name,
        "connector_id": event.connector_id,
        "version": event.version,
        "author_uid": event.author_uid,
        "author_name": event.author_name,
        "description": event.description,
        "published_at": event.at,
        "received_at": now,
        "state": state,
        "user_id": user_id,
        "note": note,
    }
    row = (await tx.conn.execute(insert(table).values(values).returning(table))).one()
    return Review(**row._mapping)


async def load(conn: AsyncConnection, team_id: str, review_id: int) -> Review:
    """The review with this id. Raises NotFound, also for another workspace's."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, id=review_id))).one_or_none()
    if row is None:
        raise NotFound
    return Review(**row._mapping)


async def of_event(conn: AsyncConnection, team_id: str, event_id: str) -> Review | None:
    """The review that this event has begun."""
    row = (await conn.execute(select(table).filter_by(team_id=team_id, event_id=event_id))).one_or_none()
    return Review(**row._mapping) if row else None


async def of_agent(conn: AsyncConnection, team_id: str, agent_id: str) -> list[Review]:
    """An agent's reviews, the newest of Coze's first."""
    found = select(table).filter_by(team_id=team_id, agent_id=agent_id)
    rows = await conn.execute(found.order_by(table.c.published_at.desc(), table.c.id.desc()).limit(EARLIER))
    return [Review(**row._mapping) for row in rows]


async def waiting(conn: AsyncConnection, team_id: str, most: int) -> list[Review]:
    """What waits for a verdict, the longest first."""
    found = select(table).filter_by(team_id=team_id, state=ReviewState.WAITING)
    rows = await conn.execute(found.order_by(table.c.received_at, table.c.id).limit(most))
    return [Review(**row._mapping) for row in rows]


async def undecided(conn: AsyncConnection, team_id: str, most: int) -> list[Review]:
    """What waits for a verdict or for its author's answer, the longest first."""
    found = select(table).filter_by(team_id=team_id).where(table.c.state.in_(UNDECIDED))
    rows = await conn.execute(found.order_by(table.c.received_at, table.c.id).limit(most))
    return [Review(**row._mapping) for row in rows]


async def move(tx: Tx, review: Review, **values: Any) -> bool:
    """Change a review that is as it was loaded. False if somebody was faster."""
    same = update(table).where(
        table.c.id == review.id, table.c.state == review.state, table.c.told_at.is_not_distinct_from(review.told_at)
    )
    return (await tx.conn.execute(same.values(**values))).rowcount == 1


async def untold(tx: Tx, team_id: str, agent_id: str) -> list[Review]:
    """The agent's reviews without a verdict that has reached Coze, locked until the commit."""
    found = select(table).filter_by(team_id=team_id, agent_id=agent_id).where(table.c.told_at.is_(None))
    return [Review(**row._mapping) for row in await tx.conn.execute(found.order_by(table.c.id).with_for_update())]


_TO_CHANNEL = publication.c.connector_id != API_CONNECTOR


async def publication_of(conn: AsyncConnection, review: Review | Event, team_id: str) -> Publication | None:
    """The publication by which this version was sent: it has its number, or Coze has not told it yet."""
    of_agent = select(publication).filter_by(team_id=team_id, agent_id=review.agent_id)
    unheard = and_(publication.c.version.is_(None), publication.c.state.in_(_UNHEARD))
    found = of_agent.where(_TO_CHANNEL, or_(publication.c.version == review.version, unheard))
    row = (await conn.execute(found.order_by(publication.c.id.desc()).limit(1))).one_or_none()
    return Publication(**row._mapping) if row else None


_UNHEARD = frozenset({PublicationState.SUBMITTED, PublicationState.CLAIMED, PublicationState.UNKNOWN})


async def standing_publications(conn: AsyncConnection, team_id: str, event: Event) -> list[Publication]:
    """The agent's publications that stand on the channel or wait for it, as of an event."""
    found = select(publication).filter_by(team_id=team_id, agent_id=event.agent_id)
    there = publication.c.state.in_(_UNHEARD | {PublicationState.REVIEWING, PublicationState.ONLINE})
    rows = await conn.execute(
        found.where(_TO_CHANNEL, there, publication.c.created_at <= event.at).order_by(publication.c.id)
    )
    return [Publication(**row._mapping) for row in rows]
