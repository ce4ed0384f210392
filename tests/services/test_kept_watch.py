"""What is known of whether Coze takes what is kept, on both databases, against a real Coze."""

from datetime import timedelta

import pytest

from bot.core.secret_store import Consent, Kind, StoredSecret
from bot.coze.errors import CozeUnreachable, InvalidToken, NotAuthorised, Quota
from bot.services.job_runner import Done, Outcome, Reschedule
from bot.services.kept_watch import KeptWatch
from bot.store import credential as credentials
from bot.store.job import Job
from bot.store.tables import audit, job, message, secret
from tests.secret_stores import TEAM, World

TOLD = {"kept.refused", "kept.taken"}


async def kept_by(world: World, consent: Consent) -> tuple[KeptWatch, StoredSecret]:
    """Something of mei's that is kept."""
    secret_store = world.secret_store()
    handed = world.pat if consent.kind is Kind.TOKEN else world.pem
    return KeptWatch(world.db, world.clock, secret_store), await secret_store.keep(world.mei, consent, handed)


def spent(world: World) -> int:
    """How many calls mei's account on Coze has made."""
    return world.coze.state.users[world.facts["users"]["mei"]].calls


async def noted(world: World) -> list[str]:
    """What was written down of it."""
    return [row["action"] for row in await world.rows(audit) if row["action"] in TOLD]


async def notices(world: World) -> list[str]:
    """The messages that tell of it."""
    return [row["subject"] for row in await world.rows(message) if row["kind"].startswith("refused")]


async def looked(world: World, watch: KeptWatch) -> Outcome:
    """The job that is planned has run."""
    (row,) = [each for each in await world.rows(job) if each["kind"] == "look"]
    outcome = await watch.look(Job(1, TEAM, "look", row["subject"], row["due_at"], 50, 1, 1, 1, None))
    if isinstance(outcome, Done | Reschedule) and outcome.save:
        async with world.db.write() as tx:
            await outcome.save(tx)
    return outcome


async def test_a_look_is_written_down_and_is_no_use(world: World) -> None:
    """Planned for the next morning, and again for the one after."""
    watch, kept = await kept_by(world, Consent(Kind.TOKEN, await world.recorded()))
    (planned,) = [row for row in await world.rows(job) if row["kind"] == "look"]
    assert timedelta() < planned["due_at"] - world.clock.now() <= timedelta(days=2)
    calls = spent(world)
    outcome = await looked(world, watch)
    assert spent(world) == calls + 1
    assert isinstance(outcome, Reschedule)
    assert [row["used_at"] for row in await world.rows(secret)] == [None]
    uses = [row for row in await world.rows(audit) if row["action"] == "secret.use"]
    assert [(row["subject"], row["detail"]["purpose"]) for row in uses] == [(f"secret:{kept.id}", "look")]
    assert not await noted(world)


async def test_refused_and_taken_again(world: World) -> None:
    """Each is news once; what else Coze says is none."""
    token_id = await world.recorded()
    watch, kept = await kept_by(world, Consent(Kind.TOKEN, token_id))
    for error in (None, CozeUnreachable(), Quota(), InvalidToken(), InvalidToken(), CozeUnreachable()):
        await watch.heard(kept, error)
    assert await noted(world) == ["kept.refused"]
    assert await notices(world) == [f"credential:{token_id}"]
    for _ in range(2):
        await watch.heard(kept, None)
    assert await noted(world) == ["kept.refused", "kept.taken"]
    async with world.db.read() as conn:
        assert (await credentials.load(conn, TEAM, token_id)).refused_at is None


async def test_a_key_is_told_of_by_itself(world: World) -> None:
    """It has no reminders; deleted, there is nothing to store again."""
    watch, kept = await kept_by(world, world.key)
    await watch.heard(kept, NotAuthorised("deactivated"))
    assert await notices(world) == [f"secret:{kept.id}"]
    assert (await watch.refused_key(TEAM, kept.id)).at
    await world.secret_store().forget(world.mei, kept.id)
    assert (await watch.refused_key(TEAM, kept.id)).kept is None
    await watch.heard(kept, InvalidToken())
    assert await noted(world) == ["kept.refused"]


@pytest.mark.parametrize("how", ["replaced", "ended"])
async def test_what_is_over_is_not_looked_at(world: World, how: str) -> None:
    """Its own reminders tell of its end."""
    token_id = await world.recorded(days=1)
    watch, kept = await kept_by(world, Consent(Kind.TOKEN, token_id))
    if how == "ended":
        world.clock.advance(timedelta(days=2))
    else:
        await world.credentials.forget(world.mei, token_id)
    calls = spent(world)
    row = Job(1, TEAM, "look", f"secret:{kept.id}", world.clock.now(), 50, 1, 1, 1, None)
    assert isinstance(await watch.look(row), Done)
    await watch.heard(kept, InvalidToken())
    assert spent(world) == calls
    assert not await noted(world)
