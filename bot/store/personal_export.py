"""All that is stored about one person, as data to hand over. Secrets, and what opens a page, are left out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import RowMapping, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from . import personal_data
from .operator_tables import setting_change
from .personal_data import ELSEWHERE, THEIRS
from .tables import (
    agent_list,
    audit,
    backup,
    freeze_pass,
    listed_agent,
    message,
    person,
    refusal,
    request,
    review,
)

WITHHELD = {
    "audit": {"salt"},
    "secret": {"value", "lease_until", "fence"},
    "secret_link": {"hash", "nonce"},
    "sign_in": {"secret", "user_code", "page"},
}
"""Columns that hold a secret, or what leads to one, by table."""

_OWN: Sequence[tuple[Table, str]] = (
    (person, "user_id"),
    (refusal, "user_id"),
    (freeze_pass, "user_id"),
    (review, "user_id"),
    (message, "recipient"),
    (agent_list, "lister"),
    (listed_agent, "lister"),
    (setting_change, "changed_by"),
)
"""Tables besides those of `THEIRS` with rows about one person, and the column that says about whom."""

_NAMED: Sequence[tuple[Table, str]] = (
    *((table, column) for table, column, _ in ELSEWHERE),
    (request, "assignee"),
    (review, "assignee"),
    (backup, "named"),
)
"""Where somebody stands in what is another's: told by its number alone."""

Exported = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by table; those of others under `named_in`, what was done by or about the person under `audit`."""


async def exported(conn: AsyncConnection, team_id: str, user_id: str) -> Exported:
    """What there is. Empty where the person is not known."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for table, column in (*((table, "user_id") for table, _ in THEIRS), *_OWN):
        rows = await conn.execute(select(table).filter_by(**{"team_id": team_id, column: user_id}))
        found[table.name] = [_told(table, row) for row in rows.mappings()]
    found["named_in"] = []
    for table, column in _NAMED:
        found["named_in"] += await _named(conn, table, column, team_id, user_id)
    found["audit"] = await _deeds(conn, team_id, user_id)
    return {name: rows for name, rows in found.items() if rows}


async def _named(
    conn: AsyncConnection, table: Table, column: str, team_id: str, user_id: str
) -> list[Mapping[str, Any]]:
    found = select(table.c.id).filter_by(**{"team_id": team_id, column: user_id}).order_by(table.c.id)
    return [{"table": table.name, "id": row_id, "as": column} for row_id in await conn.scalars(found)]


async def _deeds(conn: AsyncConnection, team_id: str, user_id: str) -> list[Mapping[str, Any]]:
    """What they did, and what was done about what is theirs."""
    theirs = sorted(await personal_data.subjects(conn, team_id, user_id))
    whose = or_(audit.c.actor == user_id, audit.c.subject.in_(theirs))
    rows = await conn.execute(select(audit).where(audit.c.team_id == team_id, whose).order_by(audit.c.id))
    return [_told(audit, row) for row in rows.mappings()]


def _told(table: Table, row: RowMapping) -> dict[str, Any]:
    withheld = WITHHELD.get(table.name, set())
    return {name: _plain(value) for name, value in row.items() if name not in withheld}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Enum():
            return value.value
    return value
