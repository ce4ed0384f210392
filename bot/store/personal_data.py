"""All rows that are about one person: how many there are, and how they go.

What others have decided or still own stays where it is, with `DELETED` in the place of the person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, Table, and_, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core import credential as credentials
from bot.core.account import DisputeState
from bot.core.audit_chain import Tombstone
from bot.core.backup import OPEN as NAMED
from bot.core.guide import FILE
from bot.core.join import UNDECIDED
from bot.core.people import DELETED
from bot.core.publish import OPEN
from bot.core.report import ReportState

from . import audit_chain, job, message, setting
from .audit import PICTURE
from .database import Tx
from .tables import (
    agent_list,
    audit,
    backup,
    bucket,
    dispute,
    freeze,
    freeze_pass,
    listed_agent,
    literally,
    person,
    refusal,
    request,
    review,
    seat_doubt,
)
from .tables import credential_ as credential
from .tables import guide_ as guide
from .tables import job as jobs
from .tables import link as links
from .tables import message as messages
from .tables import publication as publications
from .tables import report_ as reports
from .tables import secret as secrets
from .tables import sign_in as sign_ins

KEPT_DETAIL = frozenset({"why", "kind", "key_id", "evidence", "purpose", "route", "code"})
"""What stays of an audit line about somebody who is gone: no words, no account."""

THEIRS: tuple[tuple[Table, str], ...] = (
    (request, "join"),
    (credential, "credential"),
    (publications, "publish"),
    (guide, "guide"),
    (reports, "report"),
    (sign_ins, "sign_in"),
    (links, "link"),
    (secrets, "secret"),
    (backup, "backup"),
    (seat_doubt, "seat"),
)
"""Tables whose rows belong to one person each, and how messages, jobs and audit name such a row."""

ELSEWHERE: tuple[tuple[Table, str, str], ...] = (
    (request, "decided_by", "join"),
    (request, "asked_by", "join"),
    (request, "removed_by", "join"),
    (request, "revoked_by", "join"),
    (reports, "answered_by", "report"),
    (dispute, "holder", "account"),
    (dispute, "claimant", "account"),
    (dispute, "decided_by", "account"),
    (review, "decided_by", "review"),
    (review, "asked_by", "review"),
    (publications, "reviewed_by", "publish"),
    (publications, "off_by", "publish"),
    (freeze, "begun_by", "freeze"),
    (freeze, "lifted_by", "freeze"),
    (freeze_pass, "passed_by", "freeze_pass"),
    (seat_doubt, "asked_by", "seat"),
    (seat_doubt, "decided_by", "seat"),
)
"""Where somebody stands in what is not theirs alone."""


@dataclass(frozen=True)
class Held:
    """How much there is about somebody; of publications `reviews` are under way, of reports `questions` unanswered.

    `request` is the state of the newest request to join; `assigned` counts those of others that wait for them,
    `backups` those of others' tokens that they were asked to stand in for.
    """

    tokens: int = 0
    secrets: int = 0
    guides: int = 0
    agents: int = 0
    reviews: int = 0
    reports: int = 0
    questions: int = 0
    request: str | None = None
    assigned: int = 0
    backups: int = 0

    @classmethod
    def told(cls, detail: Mapping[str, Any]) -> "Held":
        """What a line of the audit tells of it, whatever else stands there."""
        return cls(**{name: value for name, value in detail.items() if name in cls.__dataclass_fields__})


async def held(conn: AsyncConnection, team_id: str, user_id: str) -> Held:
    """What there is about this person."""
    whose = {"team_id": team_id, "user_id": user_id}

    async def count(table: Table, *also: Any) -> int:
        return int(await conn.scalar(select(func.count()).select_from(table).filter_by(**whose).where(*also)) or 0)

    agents = select(func.count(publications.c.agent_id.distinct())).filter_by(**whose)
    newest = select(request.c.state).filter_by(**whose).order_by(request.c.id.desc()).limit(1)
    assigned = select(func.count()).select_from(request).filter_by(team_id=team_id, assignee=user_id)
    named = select(func.count()).select_from(backup).filter_by(team_id=team_id, named=user_id)
    state = await conn.scalar(newest)
    return Held(
        tokens=await count(credential, credential.c.state.in_(credentials.WATCHED)),
        secrets=await count(secrets),
        guides=await count(guide),
        agents=int(await conn.scalar(agents) or 0),
        reviews=await count(publications, literally(OPEN)),
        reports=await count(reports),
        questions=await count(reports, reports.c.state == ReportState.OPEN),
        request=state.value if state else None,
        assigned=int(await conn.scalar(assigned.where(request.c.state.in_(UNDECIDED))) or 0),
        backups=int(await conn.scalar(named.where(backup.c.state.in_(NAMED))) or 0),
    )


async def subjects(conn: AsyncConnection, team_id: str, user_id: str) -> set[str]:
    """What messages, jobs and audit call this person and each of their rows."""
    found = {f"{name}:{user_id}" for name in ("person", "left", "hello", "refusal")}
    for table, feature in THEIRS:
        ids = await conn.scalars(select(table.c.id).filter_by(team_id=team_id, user_id=user_id))
        found |= {f"{feature}:{row_id}" for row_id in ids}
    return found


async def disputes(conn: AsyncConnection, team_id: str, user_id: str) -> list[int]:
    """The open disputes in which they are one of the two."""
    found = select(dispute.c.id).filter_by(team_id=team_id, state=DisputeState.OPEN)
    return list(await conn.scalars(found.where(or_(dispute.c.holder == user_id, dispute.c.claimant == user_id))))


async def erase(tx: Tx, team_id: str, user_id: str, named: set[str], now: datetime) -> list[Tombstone]:
    """All of it goes; what was posted is deleted from Slack by jobs, and what stays of others' is redrawn.

    Their rows go first: who changes one just now is waited for, and who comes later finds none. `named` are their
    subjects. The tombstones are for the line that tells of it (`audit_chain.bury`).
    """
    mine = set(named)
    await _files(tx, team_id, user_id, now)
    for table, feature in THEIRS:
        gone = await tx.conn.scalars(delete(table).filter_by(team_id=team_id, user_id=user_id).returning(table.c.id))
        mine |= {f"{feature}:{row_id}" for row_id in gone}
    namings = delete(backup).filter_by(team_id=team_id, named=user_id).returning(backup.c.id)
    mine |= {f"backup:{row_id}" for row_id in await tx.conn.scalars(namings)}
    await _others(tx, team_id, user_id, now)
    drawn = await _messages(tx, team_id, user_id, mine, now)
    for table in (refusal, person):
        await tx.conn.execute(delete(table).filter_by(team_id=team_id, user_id=user_id))
    for table in (agent_list, listed_agent):  # what a token of theirs has listed
        await tx.conn.execute(delete(table).filter_by(team_id=team_id, lister=user_id))
    paced = bucket.c.key.contains(user_id, autoescape=True)
    await tx.conn.execute(delete(bucket).where(bucket.c.team_id == team_id, paced))
    await setting.forget(tx, team_id, user_id)
    await _jobs(tx, team_id, user_id, mine, drawn)
    return await _audit(tx, team_id, user_id, mine)


async def _files(tx: Tx, team_id: str, user_id: str, now: datetime) -> None:
    """Script files in their DM, and pictures of theirs in the admins' channel."""
    found = await tx.conn.scalars(select(guide.c.facts).filter_by(team_id=team_id, user_id=user_id))
    scripts = {facts[FILE][0] for facts in found if FILE in facts}
    handed = select(audit.c.detail).filter_by(team_id=team_id, actor=user_id, action=PICTURE)
    pictures = {detail["file"] for detail in await tx.conn.scalars(handed)}
    for file_id in sorted(scripts | pictures):
        await job.enqueue(tx, team_id, "unfile", file_id, now, job.SOON)


async def _others(tx: Tx, team_id: str, user_id: str, now: datetime) -> None:
    """They stand in others' matters no more; what waited for them alone waits for any admin."""
    changed: set[str] = set()
    for table, column, feature in ELSEWHERE:
        theirs = update(table).filter_by(**{"team_id": team_id, column: user_id})
        gone = await tx.conn.scalars(theirs.values({column: DELETED}).returning(table.c.id))
        changed |= {f"{feature}:{row_id}" for row_id in gone}
    assigned = update(request).where(request.c.team_id == team_id, request.c.assignee == user_id)
    freed = await tx.conn.scalars(assigned.values(assignee=None).returning(request.c.id))
    changed |= {f"join:{row_id}" for row_id in freed} | await _reviews(tx, team_id, user_id)
    passes = delete(freeze_pass).filter_by(team_id=team_id, user_id=user_id)
    changed |= {f"freeze:{row_id}" for row_id in await tx.conn.scalars(passes.returning(freeze_pass.c.freeze_id))}
    for subject in sorted(changed):
        await message.redraw(tx, team_id, subject, now, planned=True)


async def _reviews(tx: Tx, team_id: str, user_id: str) -> set[str]:
    """What Coze told of their agents stays with the channel's owner, without who they are here and what they wrote;
    what waited for them to decide waits for any admin."""
    of_team = update(review).where(review.c.team_id == team_id)
    theirs = of_team.where(review.c.user_id == user_id).values(user_id=None, answer=None, author_name="")
    freed = of_team.where(review.c.assignee == user_id).values(assignee=None)
    changed = [await tx.conn.scalars(each.returning(review.c.id)) for each in (theirs, freed)]
    return {f"review:{row_id}" for ids in changed for row_id in ids}


async def _messages(tx: Tx, team_id: str, user_id: str, mine: set[str], now: datetime) -> list[str]:
    """Every copy to them or about what is theirs is deleted in Slack; the ids of those rows."""
    drawn: list[str] = []
    told = and_(messages.c.team_id == team_id, messages.c.recipient == user_id)
    for where in (told, *(_in(team_id, messages, part) for part in _parts(mine))):
        rows = (await tx.conn.execute(delete(messages).where(where).returning(messages))).all()
        await message.unpost(tx, [message.Message(**row._mapping) for row in rows], now)
        drawn += [str(row.id) for row in rows]
    return drawn


async def _jobs(tx: Tx, team_id: str, user_id: str, mine: set[str], drawn: list[str]) -> None:
    """Nothing is done later for them. What is at it just now finds its row gone and writes nothing."""
    for part in _parts({user_id, *mine}):
        await tx.conn.execute(delete(jobs).where(_in(team_id, jobs, part)))
    for part in _parts(drawn):
        await tx.conn.execute(delete(jobs).where(_in(team_id, jobs, part), jobs.c.kind == "draw"))
    rungs = [each for each in mine if each.startswith("credential:")]
    for subject in rungs:  # its reminders: `credential:17:t7`
        await tx.conn.execute(delete(jobs).where(jobs.c.team_id == team_id, job.begins(f"{subject}:")))
    waits = and_(jobs.c.team_id == team_id, jobs.c.kind == "request")
    asked = cast(jobs.c.payload, String).contains(user_id, autoescape=True)
    await tx.conn.execute(delete(jobs).where(waits, asked))


async def _audit(tx: Tx, team_id: str, user_id: str, mine: set[str]) -> list[Tombstone]:
    """What was done stays written down, without who they are and what they wrote; the tombstones of sealed lines."""
    named = cast(audit.c.detail, String).contains(user_id, autoescape=True)
    who = or_(audit.c.actor == user_id, named)
    marks: list[Tombstone] = []
    for where in (who, *(audit.c.subject.in_(part) for part in _parts(mine))):
        held = select(audit).where(audit.c.team_id == team_id, where).with_for_update()  # who seals lines waits
        for row in (await tx.conn.execute(held)).all():
            is_mine = row.subject in mine
            detail = {key: value for key, value in (row.detail or {}).items() if not is_mine or key in KEPT_DETAIL}
            values: dict[str, Any] = {
                "actor": DELETED if row.actor == user_id else row.actor,
                "subject": row.subject.replace(user_id, DELETED),
                "detail": _without(detail, user_id) or None,
            }
            mark = await audit_chain.erase(tx, row, values)
            marks += [mark] if mark else []
    return marks


def _without(value: Any, user_id: str) -> Any:
    """The same without this person's id."""
    match value:
        case str():
            return value.replace(user_id, DELETED)
        case list():
            return [_without(each, user_id) for each in value if each != user_id]
        case dict():
            return {key: _without(each, user_id) for key, each in value.items()}
    return value


def _in(team_id: str, table: Table, subjects: list[str]) -> Any:
    return and_(table.c.team_id == team_id, table.c.subject.in_(subjects))


def _parts(subjects: Iterable[str], size: int = 500) -> list[list[str]]:
    """Not more at once than any database takes in one statement."""
    ordered = sorted(subjects)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]
