"""Everything about one person in one statement: nothing missing, nothing doubled, nobody else's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core import publish as publishing
from bot.core.account import Grade
from bot.core.credential import Record
from bot.core.guide import CurrentStep
from bot.core.join import Answers
from bot.core.people import Person, Standing
from bot.store import credential, guide, join, overview, people, publish
from bot.store.database import Database

NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
MEI = Person("T1", "U0MEI", "mei", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=False, seen_at=NOW)
ANSWERS = Answers("7530412083311050001", "mei", "weather", None)


async def test_nothing_is_an_answer_too(db: Database) -> None:
    async with db.read() as conn:
        assert await overview.of(conn, "T1", "U0MEI") == (None, None, [], [], None)


async def test_each_of_several_comes_once(db: Database) -> None:
    """Three tokens and two agents beside one request: six rows in SQL, six things here."""
    async with db.write() as tx:
        await people.save(tx, MEI)
        await people.save(tx, replace(MEI, user_id="U0TOM"))
        await join.add(tx, MEI, ANSWERS, Grade.TYPED, NOW)
        for days in (20, 5, 10):
            record = Record(f"token {days}", NOW, NOW + timedelta(days=days), None)
            await credential.add(tx, "T1", "U0MEI", record, NOW)
            await credential.add(tx, "T1", "U0TOM", record, NOW)
        for agent in ("1", "2", "1", "3"):
            number = await publish.add(tx, "T1", "U0MEI", (agent, f"agent {agent}"), "9", "8", NOW)
            if agent != "3":  # a draft is nothing yet
                draft = await publish.load(tx.conn, "T1", number)
                assert await publish.move(tx, draft, state=publishing.PublicationState.FAILED)
        for route, step in (("pat", "a1"), ("jwt", "b1")):
            await guide.add(tx, "T1", "U0MEI", route, step, NOW if route == "pat" else NOW + timedelta(days=1))
    async with db.read() as conn:
        who, request, tokens, agents, place = await overview.of(conn, "T1", "U0MEI")
        assert tokens == await credential.watched(conn, "T1", "U0MEI")
        assert agents == await publish.latest(conn, "T1", "U0MEI")
        assert request == await join.latest(conn, "T1", "U0MEI")
    assert who == MEI
    assert place == CurrentStep(2, "jwt", "b1")
    assert [token.name for token in tokens] == ["token 5", "token 10", "token 20"]
    assert [(agent.id, agent.agent_id) for agent in agents] == [(3, "1"), (2, "2")]
