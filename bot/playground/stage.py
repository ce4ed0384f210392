"""The stage of a scenario: people type, press and fill in, and each step waits for what it needs to see.

Nothing is put into an app: it hears of everything as it would of people.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from .coze.platform import CozePlatform
from .slack.human import Human
from .slack.press import blocks_of, sources
from .slack.validate import interactive
from .world import World
from .world.chat import Json, Person

PATIENCE = 8.0  # seconds of real time that one step waits for what it needs to see


class Stuck(Exception):
    """A step could not be taken; the text says which and why."""


class Stage:
    """One playground while its people play a scenario."""

    def __init__(self, world: World, people: Human, coze: CozePlatform, patience: float = PATIENCE) -> None:
        self.world, self._people, self._coze, self._patience = world, people, coze, patience

    def offers(self, command: str) -> bool:
        """Whether some app here has this command."""
        return any(known["command"] == command for app in self.world.chat.apps.values() for known in app.commands)

    # What people do in the chat

    async def types(self, who: str, text: str) -> None:
        """A command."""
        went(await self._people.command(who, text), f"{who} types {text}")

    async def presses(self, who: str, action_id: str, channel: str | None = None) -> None:
        """A button, as soon as it is there."""
        await self.sees(lambda: self.offered(who, action_id, channel), f"{who} sees {action_id}")
        answer = await self._people.click(who, action_id=action_id, channel=channel, confirm=True)
        went(answer, f"{who} presses {action_id}")

    async def sends(self, who: str, callback_id: str, fields: Json) -> None:
        """The form of this name, as soon as it is open; `fields` by label or by the name of their block."""
        await self.sees(lambda: self.form(who) == callback_id, f"{who} sees the form {callback_id}")
        went(await self._people.submit(who, fields), f"{who} sends {callback_id}")

    async def sees(self, there: Callable[[], bool], what: str) -> None:
        """Wait until something is there. Raises Stuck."""
        with self.world.signal.watch() as changed:
            try:
                async with asyncio.timeout(self._patience):
                    while not there():
                        await changed.wait()
                        changed.clear()
            except TimeoutError:
                raise Stuck(f"{what}: not within {self._patience:g} s") from None

    def letters(self, who: str) -> int:
        """How many messages of the main app this person has got."""
        chat = self.world.chat
        dm = chat.dm(chat.main_app, chat.person(who).id)
        return sum(m.only_for is None for m in chat.conversation(dm.id))

    def cards(self, channel: str) -> int:
        """How many messages stand in a channel of this name, what is written in threads not counted."""
        (found,) = (c.id for c in self.world.chat.channels.values() if c.name == channel)
        return sum(m.only_for is None and m.thread_ts in (None, m.ts) for m in self.world.chat.conversation(found))

    def offered(self, who: str, action_id: str, channel: str | None = None) -> bool:
        """Whether somebody sees something to press with this action_id."""
        seen = sources(self.world.chat, self.world.chat.person(who), None, channel)
        return any(each["action_id"] == action_id for source in seen for each in interactive(blocks_of(source)))

    def form(self, who: str) -> str:
        """The callback_id of the form that somebody has open; empty without one."""
        stack = self.world.chat.modals.get(self.world.chat.person(who).id)
        return str(stack[-1].payload["callback_id"]) if stack else ""

    # What people do elsewhere

    async def on_coze(self, act: str, **body: Any) -> Json:
        """Something on Coze's own site."""
        return went(await self._coze.act(act, body), f"{act} on Coze")

    def passes(self, **time: float) -> None:
        """Simulated time goes on."""
        self.world.clock.advance(timedelta(**time))
        self.world.signal.changed()

    async def archives(self, channel: str) -> None:
        """Somebody archives a channel."""
        went(await self._people.archive(channel), f"{channel} is archived")

    async def arrives(self, person: Person) -> None:
        """Somebody new in the chat."""
        await self._people.arrive(person)


def went(answer: Json, what: str) -> Json:
    """The answer to a deed that was taken. Raises Stuck for another."""
    if not answer["ok"]:
        raise Stuck(f"{what}: {answer.get('error') or answer.get('errors')}")
    return answer


@dataclass(frozen=True)
class Scenario:
    """How far a story has come when somebody enters; what the page calls it in Chinese and English."""

    name: str
    zh: str
    en: str
    play: Callable[[Stage], Awaitable[None]]


async def nothing(_: Stage) -> None:
    """Nothing has happened yet."""
