"""Two do the same at once: one of them has done it, the other is told so."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock, utc_now
from bot.core.credential import Record
from bot.core.errors import InvalidFields, WrongState
from bot.core.orphan import HANDED, TAKEN, Reason
from bot.core.people import Person, Standing
from bot.core.remind import Timetable
from bot.services.backup import Backups
from bot.services.credential import Credentials
from bot.services.orphan import Orphans
from bot.services.remind import Remind, Reminders
from bot.store import audit, people
from bot.store import credential as store
from bot.store.database import Database
from tests.databases import KINDS, fresh

TEAM, ROUNDS = "T0TEAM", 20


@pytest.fixture(params=KINDS)
async def db(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database of each kind."""
    with fresh(request.param, tmp_path) as url:
        made = Database(url)
        yield made
        await made.close()


def somebody(user_id: str, *, admin: bool = False) -> Person:
    return Person(TEAM, user_id, user_id, "en-US", "UTC", Standing.MEMBER, admin, utc_now())


def record(name: str) -> Record:
    now = utc_now()
    return Record(name, now, now + timedelta(days=30), None)


async def both(*deeds: Awaitable[object]) -> list[type[BaseException]]:
    """What the losers were told, of what is done at once."""
    ended = await asyncio.gather(*deeds, return_exceptions=True)
    return [type(each) for each in ended if isinstance(each, BaseException)]


async def test_two_tokens_of_one_name_are_one(db: Database) -> None:
    clock, who = SystemClock(), somebody("U0MEI")
    credentials = Credentials(db, clock, Reminders(clock, Timetable))
    async with db.write() as tx:
        await people.save(tx, who)
    for number in range(ROUNDS):
        same = record(f"glasses-{number}")
        told = await both(credentials.record(who, same, None), credentials.record(who, same, None))
        assert told == [InvalidFields]
    async with db.read() as conn:
        assert len(await store.watched(conn, TEAM, who.user_id)) == ROUNDS


async def test_of_two_admins_one_takes_it_over(db: Database) -> None:
    clock, who = SystemClock(), somebody("U0TOM")
    reminders = Reminders(clock, Timetable)
    credentials = Credentials(db, clock, reminders)
    orphans = Orphans(db, clock, "C0ADMINS", Remind(db, clock, TEAM, reminders), credentials, Backups(db, clock))
    lin, wang = somebody("U0LIN", admin=True), somebody("U0WANG", admin=True)
    for number in range(ROUNDS):
        token = await credentials.record(who, record(f"hall-{number}"), None)
        subject = store.subject(token)
        async with db.write() as tx:
            await audit.note(tx, TEAM, clock.now(), None, HANDED, subject, why=Reason.SILENT.value)
        assert await both(orphans.take(lin, token), orphans.take(wang, token)) == [WrongState]
        async with db.read() as conn:
            assert await audit.is_noted(conn, TEAM, subject, TAKEN)
