"""Lines of the audit that the bot still works with: retention leaves them, whatever their age."""

from collections.abc import Sequence

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.audit_chain import Line
from bot.core.people import DELETED

from .tables import credential_, report_, request, secret

STANDING = frozenset(
    {
        "agent.create",
        "backup.take",
        "backup.told",
        "credential.alive",
        "credential.forget",
        "credential.gone",
        "credential.outgrow",
        "credential.stay",
        "join.reassign",
        "join.nudged",
        "join.told",
        "kept.refused",
        "kept.taken",
        "remind.orphan",
        "remind.snooze",
        "remind.take",
        "report.picture",
        "report.told",
        "settings.change",
        "thread.internal",
    }
)
"""Actions by which the bot finds lines again; a test compares them with the code."""

_MATTERS = {"credential": credential_, "join": request, "report": report_, "secret": secret}


async def standing(conn: AsyncConnection, lines: Sequence[Line]) -> set[int]:
    """Those of these lines that are still worked with: for as long as what they are about is there."""
    stay: set[int] = set()
    about: dict[str, dict[int, str]] = {feature: {} for feature in _MATTERS}
    for line in lines:
        feature, _, row = line.subject.partition(":")
        if line.action in STANDING and feature in about:
            about[feature][line.id] = row
        elif line.action in STANDING and line.actor != DELETED:
            stay.add(line.id)
    for feature, rows in about.items():
        there = await _there(conn, _MATTERS[feature], set(rows.values()))
        stay |= {line_id for line_id, row in rows.items() if row in there}
    return stay


async def _there(conn: AsyncConnection, table: Table, rows: set[str]) -> set[str]:
    """Which of these rows there are."""
    is_number = table.c.id.type.python_type is int
    ids = [int(row) if is_number else row for row in sorted(rows)]
    return (
        {str(row_id) for row_id in await conn.scalars(select(table.c.id).where(table.c.id.in_(ids)))}
        if ids
        else set()
    )
