"""Settings that admins change while the bot runs, as processes and admins meet in one database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.clock import SystemClock, utc_now
from bot.configured import in_force
from bot.core.errors import InvalidFields, NotAdmin, NotFound
from bot.core.people import DELETED
from bot.core.setting import Meanwhile, Source
from bot.services.setting import RunningSettings
from bot.services.setting_following import SettingFollowing
from bot.settings import Settings, load
from bot.store import setting as store
from bot.store.database import Database
from bot.store.operator_tables import setting_change
from bot.store.tables import job
from tests.databases import KINDS, fresh
from tests.drills.bench import TEAM, person

LIN, WANG, MEI = person("ULIN", admin=True), person("UWANG", admin=True), person("UMEI")
WAITING = ("remind_admins_hours", "answer_hours", "backup_hours", "expire_days")
ENV = {"ADMIN_USERS": "ULIN", "DEPUTY_USERS": "UDEP", "ANSWER_HOURS": "8", "REVIEW_CHANNEL": ""}


def settings(**more: str) -> Settings:
    """What the bot has started with."""
    return load(ENV | more, slack=False)


def process(db: Database, env: Settings | None = None) -> RunningSettings:
    """One process of several."""
    running = RunningSettings(db, SystemClock(), TEAM, partial(in_force, env or settings()))
    running.follow = SettingFollowing(db, SystemClock(), TEAM).follow
    return running


@asynccontextmanager
async def opened(kind: str, folder: Path) -> AsyncIterator[Database]:
    """A fresh database of this kind."""
    with fresh(kind, folder) as url:
        db = Database(url)
        yield db
        await db.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_each_process_sees_it_and_the_database_wins(kind: str, tmp_path: Path) -> None:
    """Until it is set back: then the environment holds again."""
    async with opened(kind, tmp_path) as db:
        one, other = process(db), process(db)
        holding = other.now.holdings["answer_hours"]
        assert (holding.text, holding.source) == ("8", Source.ENVIRONMENT)
        await one.change(LIN, {"answer_hours": "12.0"}, WAITING, 0, "few hands")
        assert (one.now.policy.second_hours, other.now.policy.second_hours) == (12, 8)
        assert (await other.look()).policy.second_hours == 12
        holding = other.now.holdings["answer_hours"]
        assert (holding.text, holding.source, holding.below) == ("12", Source.DATABASE, "8")
        assert await other.change(WANG, {"answer_hours": "12"}, WAITING, 1) == []
        await other.undo(WANG, 1)
        assert (await one.look()).holdings["answer_hours"].source is Source.ENVIRONMENT
        told = [(each.before, each.after, each.by, each.reason) for each in await one.history()]
        assert told == [("12", None, "UWANG", None), (None, "12", "ULIN", "few hands")]


@pytest.mark.parametrize("kind", KINDS)
async def test_of_many_at_once_only_one_wins(kind: str, tmp_path: Path) -> None:
    """Whoever comes second reads what the first has changed, whatever each of them changes of the form."""
    async with opened(kind, tmp_path) as db:
        processes = [process(db) for _ in range(6)]
        names = [WAITING[number % len(WAITING)] for number in range(6)]
        changes = (each.change(LIN, {name: "5"}, WAITING, 0) for each, name in zip(processes, names, strict=True))
        ended = await asyncio.gather(*changes, return_exceptions=True)
        late = [each for each in ended if isinstance(each, Meanwhile)]
        assert (len(late), sum(isinstance(each, list) for each in ended)) == (5, 1), ended
        assert {tuple(each.revision for each in error.changes) for error in late} == {(1,)}
        async with db.read() as conn:
            assert await store.revision(conn, TEAM) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_what_follows_is_written_with_the_change(kind: str, tmp_path: Path) -> None:
    """Plans are made anew in the transaction of the change; what changes nothing leaves them alone."""
    async with opened(kind, tmp_path) as db:
        running = process(db)
        await running.change(LIN, {"remind_days": "9,1"}, ["remind_days"], 0)
        await running.change(LIN, {"welcome": "Hi"}, ["welcome"], 0)
        async with db.read() as conn:
            rows = (await conn.execute(select(job.c.kind, job.c.payload))).all()
        assert [(row.kind, row.payload) for row in rows] == [("replan", {"of": running.now.timetable.name})]
        await running.change(LIN, {"answer_hours": "3"}, WAITING, 0)
        await running.change(LIN, {"announce_channel": "C0NEWS"}, ["announce_channel"], 0)
        async with db.read() as conn:
            kinds = set(await conn.scalars(select(job.c.kind)))
        assert kinds == {"replan", "settings", "preflight"}


@pytest.mark.parametrize("kind", KINDS)
async def test_refused(kind: str, tmp_path: Path) -> None:
    """By who may not, with what can't hold, and of what there is not; nothing is written."""
    async with opened(kind, tmp_path) as db:
        running = process(db)
        with pytest.raises(NotAdmin):
            await running.change(MEI, {"welcome": "Hi"}, ["welcome"], 0)
        bad = {
            "admin_users": "UDEP",
            "may_ask": "general",
            "answer_hours": "-1",
            "expire_days": "soon",
            "remind_days": "7,3",
            "review_auto_approve": "all",
            "announce_channel": "general",
            "welcome": "x" * 301,
        }
        for name, text in bad.items():
            with pytest.raises(InvalidFields) as error:
                await running.change(LIN, {name: text}, [name], 0)
            assert [(each.where, each.code) for each in error.value.problems] == [(f"settings.{name}", f"bad_{name}")]
        with pytest.raises(NotFound):
            await running.undo(LIN, 1)
        assert await running.history() == []


async def test_what_can_not_hold_any_more_is_left_out(tmp_path: Path) -> None:
    """The environment has changed since: the other settings go on holding, and the log says so."""
    async with opened("sqlite", tmp_path) as db:
        before = process(db)
        await before.change(LIN, {"admin_users": "UWANG"}, ["admin_users"], 0)
        await before.change(LIN, {"answer_hours": "3"}, WAITING, 0)
        after = process(db, settings(DEPUTY_USERS="UWANG"))
        now = await after.look()
        assert (now.admins, now.policy.second_hours) == (("ULIN",), 3)
        assert "DEPUTY_USERS" in now.holdings["admin_users"].trouble
        changed = process(db, settings(ADMIN_USERS="UTOM"))
        assert (await changed.look()).admins == ("UTOM", "UWANG")


async def test_only_the_last_change_can_be_undone(tmp_path: Path) -> None:
    """Whoever sees an older list reads what came after."""
    async with opened("sqlite", tmp_path) as db:
        running = process(db)
        await running.change(LIN, {"answer_hours": "3"}, WAITING, 0)
        await running.change(LIN, {"answer_hours": "4"}, WAITING, 1)
        with pytest.raises(Meanwhile) as error:
            await running.undo(WANG, 1)
        assert [each.after for each in error.value.changes] == ["4"]
        await running.undo(WANG, 2)
        assert running.now.policy.second_hours == 3


@pytest.mark.parametrize("kind", KINDS)
async def test_who_is_gone_is_read_nowhere_but_in_what_holds(kind: str, tmp_path: Path) -> None:
    """Neither as who changed something nor in the lists of before; the list that holds is the operator's word."""
    async with opened(kind, tmp_path) as db:
        running = process(db)
        await running.change(WANG, {"admin_users": "UWANG,UTOM"}, ["admin_users"], 0, "both of us")
        await running.change(LIN, {"admin_users": "UWANG"}, ["admin_users"], 1)
        async with db.write() as tx:
            await store.forget(tx, TEAM, "UWANG")
        told = [(each.by, each.before, each.after, each.reason) for each in await running.history()]
        assert told == [("ULIN", "UTOM", "UWANG", None), (DELETED, None, "UTOM", None)]


async def test_another_workspace_is_none_of_ours(tmp_path: Path) -> None:
    async with opened("sqlite", tmp_path) as db:
        row = {"team_id": "TOTHER", "revision": 1, "name": "answer_hours", "after": "99", "changed_by": "U"}
        async with db.write() as tx:
            await tx.conn.execute(insert(setting_change).values(**row, changed_at=utc_now()))
        assert (await process(db).look()).policy.second_hours == 8
