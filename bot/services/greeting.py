"""Greeting: whoever is new in the Slack workspace hears from the bot once, where the operator wants that."""

from bot.clock import Clock
from bot.core.people import Standing
from bot.services.job_runner import Done, Outcome, on_commit
from bot.services.people import People
from bot.store import job, message, people
from bot.store.database import Tx
from bot.store.job import Job


class Greeting:
    """Greets full members only. With `wanted` off nobody is greeted before they come by themselves."""

    def __init__(self, clock: Clock, people: People, *, wanted: bool) -> None:
        self._clock, self._people, self._wanted = clock, people, wanted

    async def arrived(self, tx: Tx, user_id: str) -> None:
        """Somebody has joined the workspace. Asks nobody: who they are is looked up when it is done.

        Who is known has been here before, or came to the bot sooner than Slack told of them.
        """
        team_id = self._people.team_id
        if self._wanted and await people.load(tx.conn, team_id, user_id) is None:
            await job.enqueue(tx, team_id, "greet", user_id, self._clock.now())

    async def greet(self, row: Job) -> Outcome:
        """Job: say hello to a full member, in their language; to guests, bots and strangers nothing.

        Raises Unreachable while Slack can't tell who it is.
        """
        who = await self._people.refresh(row.subject)
        if who.standing is not Standing.MEMBER:
            return Done()
        now = self._clock.now()
        return Done(on_commit(message.show, who.team_id, message.hello(who.user_id), who.user_id, message.CARD, now))
