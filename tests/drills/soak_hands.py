"""What the people of `soak` can do: look, press, fill in, and do so again where nothing came of it."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bot.demo.cast import ADMINS
from bot.playground.stage import Stage
from bot.store.message import CARD
from bot.store.tables import job, message
from tests.processes import Json

if TYPE_CHECKING:
    from tests.drills.soak import Soak

LOOK = 0.4  # seconds between two looks
AGAIN = (5.0, 9.0)  # seconds after which somebody presses again
OPENS = 3.0  # seconds that somebody waits for a form
OUTAGE = 20.0  # seconds; PostgreSQL is back by then

WAITING = select(job.c.id).where(job.c.kind == "request", job.c.state.in_(("due", "leased")))
"""What somebody has sent whom the bot does not know yet."""


@dataclass
class Hands:
    """Of everybody. `soak` is the world around them."""

    soak: "Soak"

    def __post_init__(self) -> None:
        play = self.soak.playground
        self.human, self.dice = play.human, random.Random(self.soak.dice.random())  # noqa: S311 (a drill)
        self.stage = Stage(play.world, play.human, play.coze)

    async def did(self, kind: str, deed: Coroutine[Any, Any, Json], *, waits: bool = True) -> Json:
        """Something, when it is one's turn; what came back."""
        try:
            if waits:
                await self.soak.pace.turn()
        except asyncio.CancelledError:
            deed.close()
            raise
        self.soak.done[kind] += 1
        answer = await deed
        status = str(answer.get("status") or "not possible")
        self.soak.answers["taken" if answer["ok"] else f"{status} ({kind})"] += 1
        return answer

    async def until(
        self, there: Callable[[], Awaitable[bool]], presses: Callable[[], Awaitable[Any]] | None = None
    ) -> None:
        """Looks, and presses, and looks again, for as long as it takes."""
        while not await there():
            if presses:
                await presses()
            again = time.monotonic() + self.dice.uniform(*AGAIN)
            while time.monotonic() < again:
                if await there():
                    return
                await asyncio.sleep(LOOK)

    async def row(self, statement: Any) -> Any:
        """The first row of this, None where there is none; waits as long as the database is away."""
        while True:
            with suppress(SQLAlchemyError, OSError):
                async with self.soak.db.read() as conn:
                    return (await conn.execute(statement)).first()
            await asyncio.sleep(LOOK)

    async def opens(self, who: str, form: str, kind: str, deed: Callable[[], Coroutine[Any, Any, Json]]) -> bool:
        """Does what opens a form; whether it is there soon."""
        if self.stage.form(who):
            await self.human.close(who, all=True)
        await self.did(kind, deed())
        return await self.comes(who, form)

    async def comes(self, who: str, form: str) -> bool:
        """Whether a form is there within a few seconds."""
        ends = time.monotonic() + OPENS
        while self.stage.form(who) != form:
            if time.monotonic() > ends:
                return False
            await asyncio.sleep(0.05)
        return True

    async def posted(self, subject: str, recipient: str = ADMINS) -> str:
        """Where somebody's card of a matter stands; "" as long as it does not."""
        found = select(message.c.ts).filter_by(subject=subject, recipient=recipient, kind=CARD)
        row = await self.row(found)
        return str(row.ts or "") if row else ""

    async def has(self, statement: Any) -> bool:
        """Whether there is such a row."""
        return await self.row(statement) is not None

    async def presses(self, who: str, action_id: str, **more: Any) -> Json:
        """A button, and confirms where it asks."""
        return await self.did("presses", self.human.click(who, action_id=action_id, confirm=True, **more))

    async def sends(self, who: str, fields: Json, makes: Any = None) -> None:
        """The open form. One that was taken, and closed without a word, `makes` a row, now or once Slack has said who
        that is; else something is lost."""
        answer = await self.did("sends a form", self.human.submit(who, fields))
        if makes is None or not answer["ok"] or self.stage.form(who):
            return
        ends = time.monotonic() + OUTAGE
        while not await self.has(makes):
            if time.monotonic() > ends and not await self.has(WAITING):
                self.soak.tally.lost.append(f"{who} has sent {fields}, and no row was made")
                return
            await asyncio.sleep(LOOK)
