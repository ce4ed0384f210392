"""Two people press at the same moment: one of them decides, the other is told, and the books show one decision."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.clock import SystemClock
from bot.core.errors import AlreadyDecided, WrongState
from bot.core.join import Answers, State
from bot.core.people import Person, Standing
from bot.coze.client import CozeClient, http_client
from bot.services.join import Join
from bot.services.waiting import Patience
from bot.store import audit
from bot.store import join as store
from bot.store.database import Database
from bot.store.tables import message

N = 50
TEAM = "T1"
OUTCOMES = {
    State.APPROVED: "join.approved",
    State.DECLINED: "join.declined",
    State.WITHDRAWN: "join.withdrawn",
}

Move = Callable[[Join, Person, int], Awaitable[None]]


def person(user_id: str, *, admin: bool = False) -> Person:
    """Somebody whom Slack has just vouched for."""
    return Person(TEAM, user_id, user_id, "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin, datetime.now(UTC))


LIN, WANG = person("ULIN", admin=True), person("UWANG", admin=True)


async def lin_approves(join: Join, who: Person, request_id: int) -> None:
    await join.approve(LIN, request_id)


async def wang_approves(join: Join, who: Person, request_id: int) -> None:
    await join.approve(WANG, request_id)


async def wang_declines(join: Join, who: Person, request_id: int) -> None:
    await join.decline(WANG, request_id, "not this season")


async def the_person_withdraws(join: Join, who: Person, request_id: int) -> None:
    await join.withdraw(who, request_id)


@pytest.fixture
async def db(database: str) -> AsyncIterator[Database]:
    """The bot's own engine."""
    opened = Database(database)
    yield opened
    await opened.close()


@pytest.mark.parametrize("rival", [wang_approves, wang_declines, the_person_withdraws])
async def test_one_of_two_wins(db: Database, rival: Move) -> None:
    """All races at once, so that they also meet each other; both moves of a race start in the same turn."""
    async with http_client() as http:
        join = Join(db, SystemClock(), "CADMINS", CozeClient("https://api.coze.cn", http), None, Patience())
        await race(db, join, rival)


async def race(db: Database, join: Join, rival: Move) -> None:
    """N requests, each decided twice at once."""
    people = [person(f"U{number}") for number in range(N)]
    requests = [await join.ask(who, Answers(str(123456 + n), "n", "p", None)) for n, who in enumerate(people)]
    moves = [move for each in zip(people, requests, strict=True) for move in both(join, *each, rival)]
    ended = await asyncio.gather(*moves, return_exceptions=True)
    for number, request_id in enumerate(requests):
        await one_outcome(db, request_id, ended[2 * number : 2 * number + 2], people[number])


def both(join: Join, who: Person, request_id: int, rival: Move) -> list[Awaitable[None]]:
    """Lin's approval and the rival's move; who comes first alternates."""
    moves = [lin_approves(join, who, request_id), rival(join, who, request_id)]
    return moves if request_id % 2 else moves[::-1]


async def one_outcome(db: Database, request_id: int, ended: Sequence[object], who: Person) -> None:
    """One has won and the other was told so; state, audit and cards agree."""
    kinds = Counter(type(each) for each in ended)
    assert kinds[type(None)] == 1, ended
    assert kinds[AlreadyDecided] + kinds[WrongState] == 1, ended
    async with db.read() as conn:
        state = (await store.load(conn, TEAM, request_id)).state
        done = [action for action, _ in await audit.of(conn, TEAM, store.subject(request_id))]
        cards = select(message.c.audience).filter_by(team_id=TEAM, subject=store.subject(request_id), slot="card")
        audiences = sorted((await conn.execute(cards)).scalars())
    assert [action for action in done if action in OUTCOMES.values()] == [OUTCOMES[state]]
    assert audiences == sorted(["CADMINS", who.user_id])
