"""Nobody is shown two messages with buttons about one matter: the rule, held against what a chat and its rows say."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, Row, create_engine, select, text
from sqlalchemy.pool import NullPool

from bot.core.account import Grade
from bot.core.guide import GuideState
from bot.core.join import JoinState
from bot.playground.slack.reading import labels
from bot.playground.slack.validate import interactive
from bot.playground.world.chat import Channel, Message
from bot.playground.world.workspace import Workspace
from bot.store import tables
from bot.store.database import normal
from bot.store.message import CARD

DRAWING = text("SELECT count(*) FROM job WHERE state IN ('due', 'leased') AND kind IN ('draw', 'unpost', 'guides')")
"""What is still to bring messages to what their rows say."""


@dataclass(frozen=True)
class Live:
    """A message with buttons: where it stands, what its stories are called, and how it begins."""

    place: str
    stories: frozenset[str]
    text: str


def doubled(workspace: Workspace, url: str) -> list[tuple[str, str]]:
    """Pairs of messages that break the rule, by how they begin; none as long as the bot is still drawing.

    In a person's DM one message of each story has buttons, links among them. Of one story are all that one row is
    told by (a card, a notice, a reminder, which may tell of several rows); an open guide, what is asked from it, the
    request where it leads into the team, and what is published of its agent; a request that ended in the team and
    whatever that person publishes. In a channel it is one message of each row. What only one person sees, and an
    answer to words, which has no row, belong to no story.
    """
    shown = _shown(workspace)
    if not shown:  # most acts: nothing to compare, and no connection to be made
        return []
    address = normal(url)
    driver = "sqlite" if address.get_backend_name() == "sqlite" else address.drivername
    engine = create_engine(address.set(drivername=driver), poolclass=NullPool)
    with engine.connect() as conn:
        live = [] if conn.scalar(DRAWING) else list(_live(shown, conn))
    engine.dispose()
    pairs = combinations(live, 2)
    return [(one.text, two.text) for one, two in pairs if one.place == two.place and one.stories & two.stories]


def _shown(workspace: Workspace) -> list[tuple[Channel, Message]]:
    """Messages with buttons that everybody of a room sees, of rooms with several."""
    found = []
    for room in workspace.channels.values():
        pressable = [each for each in workspace.conversation(room.id) if not each.only_for and labels(each.drawn)]
        found += [(room, each) for each in pressable] if len(pressable) > 1 else []
    return found


def _live(shown: list[tuple[Channel, Message]], conn: Connection) -> Iterator[Live]:
    for room, message in shown:
        if row := _row(message, conn):
            stories = [*_stories(row, conn), *_renewed(message)] if room.kind == "im" else [row.subject]
            yield Live(room.id, frozenset(stories), message.text)


def _renewed(message: Message) -> Iterator[str]:
    """The tokens that it helps to renew: a reminder may tell of several."""
    pressed = (each for each in interactive(message.drawn) if each["type"] == "button")
    yield from (f"credential:{each['value']}" for each in pressed if each["action_id"] == "remind.renew")


def _row(message: Message, conn: Connection) -> Row[Any] | None:
    payload = (message.metadata or {}).get("event_payload") or {}
    found = select(tables.message).where(tables.message.c.id == payload.get("message_id"))
    return conn.execute(found).one_or_none()


def _stories(row: Row[Any], conn: Connection) -> Iterator[str]:
    feature, _, number = row.subject.partition(":")
    table = {"join": tables.request, "guide": tables.guide_, "publish": tables.publication, "report": tables.report_}
    if feature != "credential" or row.kind == CARD:
        yield row.subject
    if feature not in table:
        return
    about = conn.execute(select(table[feature]).where(table[feature].c.id == int(number))).one()
    published = select(tables.publication.c.agent_id).where(tables.publication.c.user_id == about.user_id)
    match feature:
        case "join":
            yield "team"
            if about.state is JoinState.JOINED and about.grade is Grade.PROVEN:
                yield from (f"agent:{each}" for each in conn.scalars(published))
        case "publish":
            yield f"agent:{about.agent_id}"
        case "report" if about.guide_id:
            yield f"guide:{about.guide_id}"
        case "guide" if about.state is GuideState.OPEN:
            yield from ("team",) if about.route == "channel" else ()
            if agent := about.facts.get("agent_id"):
                yield f"agent:{agent[0]}"
