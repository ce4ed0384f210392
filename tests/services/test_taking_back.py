"""Taking an approval back meets the acceptance of its invitation: whoever is first wins, and the other is told."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core.errors import AlreadyDecided, HasJoined, WrongState
from bot.core.join import Answers, JoinState
from bot.coze.client import CozeClient, http_client
from bot.playground.world.clock import SimulatedClock
from bot.services.join.accounts import Accounts
from bot.services.join.membership import Invitations
from bot.services.join.requests import EscalationPolicy, Join
from bot.services.join.taking_back import TakingBack
from bot.store.database import Database
from bot.store.tables import audit, message
from tests.databases import KINDS, fresh
from tests.drills.bench import ADMINS, TEAM, person

ROUNDS, HEAD_START = 40, 0.004  # seconds
LIN, WANG = person("ULIN", admin=True), person("UWANG", admin=True)
WHY = "the budget has to wait"
DEEDS = {JoinState.JOINED: "join.joined", JoinState.REVOKED: "join.revoked"}


@pytest.mark.parametrize("kind", KINDS)
async def test_one_wins_and_the_others_are_told(kind: str, tmp_path: Path) -> None:
    """She accepts while two admins take it back: one deed in the books, one notice for her, two who are told."""
    dice, clock = random.Random(7), SimulatedClock()  # noqa: S311 (who sets off first)
    with fresh(kind, tmp_path) as url:
        db = Database(url)
        async with http_client() as http:
            coze = CozeClient("http://127.0.0.1:9", http, playground=True)
            accounts = Accounts(db, clock, ADMINS, coze)
            join = Join(db, clock, ADMINS, accounts, None, EscalationPolicy)
            invitations, undoing = Invitations(db, clock, ADMINS, accounts, None), TakingBack(db, clock, ADMINS, None)
            ended: Counter[str] = Counter()
            for number in range(ROUNDS):
                mei = person(f"U{number}")
                request_id = await join.ask(mei, Answers(str(7_000_000 + number), "n", "p", None))
                await join.approve(LIN, request_id, seen=1)
                await invitations.invited(LIN, request_id)
                moves = [
                    invitations.accepted(mei, request_id),
                    undoing.take_back(LIN, request_id, WHY),
                    undoing.take_back(WANG, request_id, WHY),
                ]

                async def late(move: object, wait: float) -> None:
                    await asyncio.sleep(wait)
                    await move  # type: ignore[misc]  # a coroutine

                waits = [dice.random() * HEAD_START for _ in moves]
                told = await asyncio.gather(*map(late, moves, waits), return_exceptions=True)
                state = (await join.load(TEAM, request_id)).state
                ended[state] += 1
                assert [each for each in told if each is None] == [None], (state, told)
                if state is JoinState.JOINED:
                    assert {type(each) for each in told[1:]} == {HasJoined}
                else:
                    assert {type(each) for each in told if each} == {WrongState, AlreadyDecided}
                async with db.read() as conn:
                    subject = f"join:{request_id}"
                    deeds = await conn.scalars(select(audit.c.action).filter_by(subject=subject))
                    assert [each for each in deeds if each in DEEDS.values()] == [DEEDS[state]]
                    rung = set(await conn.scalars(select(message.c.kind).filter_by(subject=subject)))
                    assert "card" in rung
                    assert not rung & {"revoked", "joined"}, "the card itself comes to the end of the DM"
            assert ended.total() == ROUNDS
        await db.close()
