"""Overview: who somebody is and what is true for them, in one statement on the way to an ack."""

from typing import Any

from sqlalchemy import FromClause, Select, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import Subquery

from bot.core.credential import Credential
from bot.core.guide import CurrentStep
from bot.core.join import Request
from bot.core.people import Person
from bot.core.publish import Publication

from . import credential, guide, join, publish
from .tables import OF_PERSON, person, request

MOST = 20  # tokens and agents that are read; Coze allows no more tokens, and more agents are not listed

PersonRows = tuple[Person | None, Request | None, list[Credential], list[Publication], CurrentStep | None]


def _part(statement: Select[Any], name: str) -> Subquery:
    return statement.limit(MOST).subquery(name)


_TOKENS = _part(credential.WATCHED, "t")
_AGENTS = _part(publish.NEWEST, "a")
_PLACES = guide.PLACES.limit(1).subquery("g")
_PARTS: tuple[FromClause, ...] = (person, request, _TOKENS, _AGENTS, _PLACES)
_COLUMNS = [column for part in _PARTS for column in part.c]
_NAMES = [[column.name for column in part.c] for part in _PARTS]
_STARTS = [sum(len(names) for names in _NAMES[:number]) for number in range(len(_PARTS))]


def _all() -> Select[Any]:
    """The person, and beside them each part: one row where there is one of a kind, few where there are several.

    psycopg translates a statement of more than 4096 characters anew each time: this one has to stay below.
    """
    beside: Any = person.outerjoin(request, join.NEWEST)
    for part in (_TOKENS, _AGENTS, _PLACES):
        beside = beside.outerjoin(part, true())
    return select(*_COLUMNS).select_from(beside).where(*(person.c[key] == value for key, value in OF_PERSON.items()))


_ALL = _all()


async def of(conn: AsyncConnection, team_id: str, user_id: str) -> PersonRows:
    """The person as last seen, their newest request, the watched tokens, the newest publication of each agent, and
    where they are in the guide that they have walked last.

    Of the tokens the first to end comes first, of the agents the latest published. Nothing for somebody we never met.
    """
    found = (await conn.execute(_ALL, {"team_id": team_id, "user_id": user_id})).all()
    whos, requests, tokens, agents, places = (_rows(found, number) for number in range(len(_PARTS)))
    who = Person(**whos[0]) if whos else None
    newest = Request(**requests[0]) if requests else None
    watched = sorted((Credential(**row) for row in tokens), key=lambda row: row.ends_at)
    published = sorted((Publication(**row) for row in agents), key=lambda row: -row.id)
    return who, newest, watched, published, guide.place(places[0]) if places else None


def _rows(found: Any, number: int) -> list[dict[str, Any]]:
    """The distinct rows of one part."""
    start, names = _STARTS[number], _NAMES[number]
    rows = {row[start]: row[start : start + len(names)] for row in found if row[start] is not None}
    return [dict(zip(names, row, strict=True)) for row in rows.values()]
