"""What a job or a line of the audit is about: whose it is and what it is called, as far as its subject tells."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Table, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .job_desk import StuckJob
from .message import CARD
from .tables import (
    credential_,
    dispute,
    freeze,
    guide_,
    job,
    link,
    message,
    publication,
    report_,
    request,
    review,
    seat_doubt,
    secret,
    sign_in,
)

DRAW, REQUEST = "draw", "request"
_PERSON = re.compile(r"[UW][A-Z0-9]+", re.ASCII)
_ROWS: dict[str, tuple[Table, str, str]] = {
    "join": (request, "user_id", ""),
    "credential": (credential_, "user_id", "name"),
    "publish": (publication, "user_id", "agent_name"),
    "review": (review, "user_id", "agent_name"),
    "guide": (guide_, "user_id", ""),
    "report": (report_, "user_id", ""),
    "sign_in": (sign_in, "user_id", ""),
    "link": (link, "user_id", ""),
    "secret": (secret, "user_id", ""),
    "freeze": (freeze, "begun_by", ""),
    "account": (dispute, "claimant", ""),
    "seat": (seat_doubt, "user_id", "nick"),
}
"""By what a subject begins with: the table of its row, and the columns that say whose it is and what it is called."""


@dataclass(frozen=True)
class About:
    """Whose it is and what the matter is called, "" where nobody can tell. Of what is drawn: whether it is a card
    and not a notice, and whether it stands in a channel."""

    user_id: str = ""
    name: str = ""
    is_card: bool = False
    in_channel: bool = False


async def of_subjects(conn: AsyncConnection, subjects: set[str]) -> dict[str, About]:
    """Of each subject whose it is and what it is called. One statement for each table that they lead to."""
    rows = await _rows(conn, subjects)
    return {each: About(*(rows.get(_key(each)) or (_person(each), ""))) for each in subjects}


@dataclass(frozen=True)
class _Copy:
    """What is drawn."""

    subject: str
    recipient: str
    kind: str


async def of_jobs(conn: AsyncConnection, jobs: Sequence[StuckJob]) -> dict[int, About]:
    """Of each job what it is about, by its id. One statement for each table that they lead to."""
    copies = await _copies(conn, [each for each in jobs if each.kind == DRAW and each.subject.isdecimal()])
    askers = await _askers(conn, [each.id for each in jobs if each.kind == REQUEST])
    subjects = {each.id: copies[each.id].subject if each.id in copies else each.subject for each in jobs}
    rows = await _rows(conn, set(subjects.values()))
    found: dict[int, About] = {}
    for job_id, subject in subjects.items():
        user_id, name = rows.get(_key(subject)) or (_person(subject) or askers.get(job_id, ""), "")
        copy = copies.get(job_id)
        if copy is None:
            found[job_id] = About(user_id, name)
        else:
            reader = _person(copy.recipient)
            found[job_id] = About(reader or user_id, name, copy.kind == CARD, not reader)
    return found


async def _copies(conn: AsyncConnection, drawn: Sequence[StuckJob]) -> dict[int, _Copy]:
    """What these draw, by the job's id."""
    if not drawn:
        return {}
    by_message = {int(each.subject): each.id for each in drawn}
    found = select(message.c.id, message.c.subject, message.c.recipient, message.c.kind)
    rows = await conn.execute(found.where(message.c.id.in_(by_message)))
    return {by_message[row.id]: _Copy(row.subject, row.recipient, row.kind) for row in rows}


async def _askers(conn: AsyncConnection, ids: Sequence[int]) -> dict[int, str]:
    """Who pressed or typed what waits in these, by the job's id."""
    if not ids:
        return {}
    rows = await conn.execute(select(job.c.id, job.c.payload).where(job.c.id.in_(ids)))
    return {row.id: str((row.payload or {}).get("user_id", "")) for row in rows}


async def _rows(conn: AsyncConnection, subjects: set[str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Whose each row is and what it is called, by its feature and id."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for feature, row_id in map(_key, subjects):
        if feature:
            wanted[feature].add(row_id)
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for feature, ids in wanted.items():
        table, owner, name = _ROWS[feature]
        chosen = table.c.id.in_(ids if table is secret else map(int, ids))
        for row in await conn.execute(
            select(table.c.id, table.c[owner], table.c[name] if name else null()).where(chosen)
        ):
            found[feature, str(row[0])] = row[1] or "", row[2] or ""
    return found


def _key(subject: str) -> tuple[str, str]:
    """The feature and the id in a subject such as `credential:17:t7`, both "" where it names no row."""
    feature, _, rest = subject.partition(":")
    row_id = rest.partition(":")[0]
    return (feature, row_id) if feature in _ROWS and (feature == "secret" or row_id.isdecimal()) else ("", "")


def _person(subject: str) -> str:
    """The user id that a subject is, or ends in; "" where it names nobody."""
    last = subject.rpartition(":")[2]
    return last if _PERSON.fullmatch(last) else ""
