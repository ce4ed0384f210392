"""Plays scenarios: takes the world back to its start and lets people do what the scenario says."""

import asyncio
import contextlib
import functools
import sys
from collections.abc import Awaitable, Callable

from .coze.platform import CozePlatform
from .journal import Journal
from .setup import Lived, Setup
from .slack.platform import SlackPlatform
from .stage import Stage, Stuck
from .world import World

Hook = Callable[[str], Awaitable[None]]
QUIET_SECONDS = 0.1


class Director:
    """One playground as people and the page handle it: what they can do on each side, and the scenario.

    `on_reset` is called with the scenario's name before everything is put back to its start.
    """

    def __init__(self, world: World, slack: SlackPlatform, coze: CozePlatform, setup: Setup) -> None:
        self.world, self.setup = world, setup
        self.people, self.apps, self.coze = slack.human, slack.apps, coze
        self.journal = Journal(world)
        self.on_reset: list[Hook] = []
        self._courier = slack.courier
        self._playing: asyncio.Task[None] | None = None
        self._keep_journal()

    def _keep_journal(self) -> None:
        """Everything that somebody does by hand is written down, wherever it comes from."""
        self.people.on_deed = self.journal.note
        self.people.on_refused = self.journal.refused
        self.world.clock.on_advance = self.journal.passed
        self.coze.on_act = self.journal.on_coze
        for side, faults in self.world.faults.items():
            faults.on_set = functools.partial(self.journal.fault, side)

    def plant(self) -> None:
        """Put the chat's people and channels as they are at the start; installed apps stay."""
        self.world.chat.clear()
        self.setup.chat(self.world.chat)

    def begin(self) -> None:
        """Play the scenario as soon as the main app can be reached, in the background."""
        self._playing = asyncio.create_task(self._play_when_reached())

    def stop(self) -> None:
        """End what `begin` has begun."""
        if self._playing is not None:
            self._playing.cancel()

    async def reset(self, scenario: str | None = None) -> str | None:
        """Back to a scenario's start, else to that of the same; apps and their connections stay. What `play` answers.

        Raises ValueError for an unknown one.
        """
        wanted = self.setup.scenario(scenario or self.world.scenario).name
        self.stop()
        self.journal.pause()
        self._courier.forget()
        for hook in self.on_reset:
            await hook(wanted)
        await self._quiet()  # what apps have begun still ends in the old world
        self.world.scenario = wanted
        self.coze.reset()
        self.world.clear_faults()
        self.world.clock.reset()
        self.plant()
        stopped = await self.play()
        self.world.signal.changed()
        return stopped

    async def play(self) -> str | None:
        """Let the people do what the scenario says; in words where they could not go on, None when all is done."""
        self.journal.pause()
        try:
            await self.setup.scenario(self.world.scenario).play(Stage(self.world, self.people, self.coze))
        except Stuck as problem:
            return str(problem)
        finally:
            self.journal.restart()
        return None

    def story(self) -> str | None:
        """What was done since the scenario began, as the source of a test; None where nobody says how to write it."""
        if self.setup.story is None:
            return None
        return self.setup.story(Lived(self.world.scenario, self.journal.steps(), self.coze.ready()))

    async def _quiet(self) -> None:
        """Wait until no app has called for a moment, a second at most."""
        with self.world.signal.watch() as changed, contextlib.suppress(TimeoutError):
            async with asyncio.timeout(10 * QUIET_SECONDS):
                while True:
                    changed.clear()
                    try:
                        async with asyncio.timeout(QUIET_SECONDS):
                            await changed.wait()
                    except TimeoutError:
                        return

    async def _play_when_reached(self) -> None:
        chat = self.world.chat
        with self.world.signal.watch() as changed:
            while not self.apps.is_reachable(chat.main_app):
                await changed.wait()
                changed.clear()
        if stopped := await self.play():
            print(f"The scenario {self.world.scenario} stopped: {stopped}", file=sys.stderr)
