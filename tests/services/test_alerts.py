"""What is wrong with the bot itself is said once when it begins and once when it ends, whichever process sees it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.clock import SystemClock
from bot.core.alert import Alert, Phase, Trouble
from bot.core.errors import Unreachable
from bot.services import alerts
from bot.services.alerts import Alerts
from bot.services.health import Health
from bot.store import health as store
from bot.store import job
from bot.store.database import Database
from tests.databases import KINDS, fresh, locked
from tests.full_disk import small_disk

TEAM, CLOCK = "T1", SystemClock()
BEGINS, ENDS = Phase.BEGINS, Phase.ENDS


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind."""
    with fresh(request.param, tmp_path) as address:
        yield address


class Process:
    """One that looks and says; `said` is shared by all who say it in the same place."""

    def __init__(self, url: str, said: list[Alert]) -> None:
        self.db, self.said = Database(url), said
        self.health = Health(self.db, CLOCK, TEAM, None, {})
        self.let_in: bool | None = True
        self.is_heard = True
        self.alerts = Alerts(self.db, TEAM, self.health, self, lambda: self.let_in)

    async def say(self, alert: Alert) -> None:
        """To operators, if anybody hears it."""
        if not self.is_heard:
            raise Unreachable
        self.said.append(alert)

    async def is_said(self, alert: Alert) -> bool:
        """Whether it stands where all read it."""
        told = [each for each in self.said if each.trouble is alert.trouble]
        return bool(told) and told[-1].phase is BEGINS

    async def looks(self, times: int = 1) -> list[tuple[Trouble, Phase]]:
        """So many looks; what was said by all by then."""
        for _ in range(times):
            await self.health.look()
            await self.alerts.look()
        return [(each.trouble, each.phase) for each in self.said]


@pytest.fixture
async def processes(url: str) -> AsyncIterator[tuple[Process, Process]]:
    """Two."""
    said: list[Alert] = []
    two = Process(url, said), Process(url, said)
    yield two
    for each in two:
        await each.db.close()


async def does(db: Database, statement: str) -> None:
    async with db.write() as tx:
        await tx.conn.execute(text(statement))


async def sweeps(db: Database, ago: float = 0.0) -> None:
    """A worker has looked for jobs so many seconds ago."""
    async with db.write() as tx:
        await store.beat(tx, store.SWEEP)
        await tx.conn.execute(text("UPDATE heartbeat SET at = at - :ago WHERE name = 'sweep'"), {"ago": ago})


async def test_nothing_is_said_while_all_is_well(processes: tuple[Process, Process]) -> None:
    one, _ = processes
    await sweeps(one.db)
    assert await one.looks(3) == []


async def test_sweeps_stop_and_go_on(processes: tuple[Process, Process], url: str) -> None:
    """Two processes and one that starts anew say it once; and once again when it comes back."""
    one, other = processes
    for before in (0, 2):
        await sweeps(one.db, ago=alerts.SILENT + 1)
        for each in (one, other):
            await each.looks(2)
        restarted = Process(url, one.said)
        told = await restarted.looks(2)
        assert told[before:] == [(Trouble.SWEEP, BEGINS)]
        await sweeps(one.db, ago=alerts.SILENT / 2)
        assert await one.looks() == told, "that may be a worker that just starts"
        await sweeps(one.db)
        for each in (other, one, restarted):
            await each.looks(2)
        assert one.said[before + 1 :] == [one.said[-1]]
        assert (await restarted.looks())[-1] == (Trouble.SWEEP, ENDS)
        await restarted.db.close()


async def test_dead_jobs_are_told_with_their_reasons(processes: tuple[Process, Process]) -> None:
    """What looks like a secret in them is not."""
    one, _ = processes
    async with one.db.write() as tx:
        for number in range(3):
            await job.enqueue(tx, TEAM, "invite", str(number), CLOCK.now() + timedelta(days=1))
    await does(one.db, "UPDATE job SET state = 'dead', last_error = 'pat_AbCdEf0123456789AbCdEf is full'")
    assert await one.looks(2) == [(Trouble.DEAD, BEGINS)]
    (told,) = one.said
    assert (told.count, told.reasons) == (3, ("3 × invite: [redacted] is full",))
    await does(one.db, "UPDATE job SET state = 'done'")
    assert await one.looks(2) == [(Trouble.DEAD, BEGINS), (Trouble.DEAD, ENDS)]


async def test_a_token_that_slack_takes_no_more(processes: tuple[Process, Process]) -> None:
    """While Slack does not answer nothing is known."""
    one, other = processes
    one.let_in = None
    assert await one.looks() == []
    one.let_in = other.let_in = False
    await other.looks()
    assert await one.looks() == [(Trouble.TOKEN, BEGINS)]
    one.let_in = None
    assert len(await one.looks()) == 1
    one.let_in = True
    assert await one.looks() == [(Trouble.TOKEN, BEGINS), (Trouble.TOKEN, ENDS)]


async def test_what_nobody_heard_is_said_again(processes: tuple[Process, Process]) -> None:
    """By whoever comes once the claim of the first is over; what ended unheard is not told at all."""
    one, other = processes
    one.is_heard = False
    one.let_in = other.let_in = False
    with pytest.raises(Unreachable):
        await one.looks()
    assert await other.looks() == []
    await does(one.db, "UPDATE alert SET claimed_until = claimed_until - 61")
    assert await other.looks() == [(Trouble.TOKEN, BEGINS)]
    other.let_in = one.let_in = True
    with pytest.raises(Unreachable):
        await one.looks()
    one.let_in = other.let_in = False
    await does(one.db, "UPDATE alert SET claimed_until = claimed_until - 61")
    assert await other.looks() == [(Trouble.TOKEN, BEGINS)], "its end was never heard"
    one.let_in = other.let_in = True
    assert await other.looks() == [(Trouble.TOKEN, BEGINS), (Trouble.TOKEN, ENDS)]


async def test_what_is_over_before_it_was_heard_is_not_said(processes: tuple[Process, Process]) -> None:
    one, other = processes
    one.is_heard, one.let_in = False, False
    with pytest.raises(Unreachable):
        await one.looks()
    await does(one.db, "UPDATE alert SET claimed_until = claimed_until - 61")
    assert await other.looks(2) == []


WAITS = ("no answer within 2 s", "canceling statement due to lock timeout", "database is locked")
"""Why nothing is written while somebody else has the database; the look and the lock end at about the same time."""


async def test_a_database_that_takes_no_writes(
    processes: tuple[Process, Process], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row can be kept then: who sees it looks what stands there, and its end is said once by one of them."""
    monkeypatch.setattr(alerts, "SPREAD", 0.0)
    one, other = processes
    await sweeps(one.db)
    await one.looks()
    with locked(url, "heartbeat"):
        await one.health.look()
        await one.alerts.look()
        assert one.said == [], "not of a moment"
        monkeypatch.setattr(alerts, "UNWRITTEN", 0.0)
        assert await one.looks(2) == [(Trouble.WRITE, BEGINS)]
        assert one.said[0].reasons[0] in WAITS
        await other.looks(2)
        assert len(one.said) == 1, "the other one remembers that it is said"
    for each in (one, other):
        await asyncio.wait(each.health._under_way.values())
    assert await one.looks(2) == [(Trouble.WRITE, BEGINS), (Trouble.WRITE, ENDS)]
    assert len(await other.looks(2)) == 2


async def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before nothing can be written any more; what may be either is not told."""
    monkeypatch.setattr(alerts, "SHORT", 1)
    monkeypatch.setattr(alerts, "ENOUGH", 2)
    with small_disk(tmp_path) as disk, fresh("sqlite", disk.folder) as url:
        one = Process(url, [])
        assert await one.looks() == []
        filler = disk.folder / "filling"
        free = alerts.free(str(filler))
        filler.write_bytes(b"x" * (free * alerts.MEGABYTE))
        assert await one.looks(2) == [(Trouble.DISK, BEGINS)]
        disk.free()
        assert await one.looks(2) == [(Trouble.DISK, BEGINS), (Trouble.DISK, ENDS)]
        await one.db.close()
