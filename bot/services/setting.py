"""Settings that admins change while the bot runs: what holds now, how it is changed, and its history.

The database wins over the environment. What holds is a value in memory (`now`), so asking for it costs nothing before
an ack. Each process compares the number of the last change every `PAUSE` seconds, one small statement in the
background, and reads the rest only where it is another one; whoever changes something has it at once. What must not
go by old values, such as a job that plans by them or the question whether somebody is an admin, looks first (`look`,
`fresh`): none of that stands before an ack.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.clock import Clock
from bot.core.errors import InvalidFields, NotAdmin, NotFound, Problem
from bot.core.people import Person
from bot.core.remind import Timetable
from bot.core.review import AutoApproval
from bot.core.setting import NAMES, Askers, Change, Holding, Meanwhile, read_reason
from bot.services.job_runner import Handler, Outcome
from bot.services.join.requests import EscalationPolicy
from bot.services.preflight_checks import Configured
from bot.store import audit
from bot.store import setting as store
from bot.store.database import Database, Tx
from bot.store.job import Job
from bot.store.setting import Collided, New
from bot.texts.catalogue import Language
from bot.texts.labels import Renamed, renamed_in, unknown_in

log = logging.getLogger(__name__)

PAUSE = 2.0  # seconds of real time between two looks
TRIES = 3  # to find the next number free
LISTED = 20  # changes of the history


@dataclass(frozen=True)
class InForce:
    """What holds now. `named` are people and groups whom the environment lets decide, `admins` all people by name;
    `holdings` says of each setting what it is and where it comes from.
    """

    named: tuple[str, ...]
    admins: tuple[str, ...]
    askers: Askers
    policy: EscalationPolicy
    timetable: Timetable
    review_channel: str
    announce_channel: str
    auto: AutoApproval
    welcome: Mapping[Language, str]
    renamed: Renamed
    configured: Configured
    has_desk: bool
    holdings: Mapping[str, Holding]


InForceOf = Callable[[Mapping[str, str]], InForce]
"""What holds with these changes over the environment; what is wrong with one stands in its holding."""

Welcome = Callable[[], Mapping[Language, str]]
"""The operator's own words for newcomers, by language, as they are now."""

Follow = Callable[[Tx, InForce, InForce], Awaitable[None]]
"""What has to be done, in the transaction of the change, where something else held before."""


async def _nothing(_tx: Tx, _before: InForce, _after: InForce) -> None:
    """Nobody follows it."""


class RunningSettings:
    """The settings in force, of the Slack workspace `team_id`. `newest` has the last change of each that was ever
    changed, as this process knows it; `follow` does what has to follow a change. `labels` are all that texts name.
    """

    def __init__(self, db: Database, clock: Clock, team_id: str, in_force: InForceOf) -> None:
        self._db, self._clock, self._team, self._in_force = db, clock, team_id, in_force
        self._now = in_force({})
        self.newest: Mapping[str, Change] = {}
        self.follow: Follow = _nothing
        self.labels: Sequence[str] = ()

    @property
    def now(self) -> InForce:
        """What holds, as this process knows it: a change of another one may be `PAUSE` seconds old."""
        return self._now

    def policy(self) -> EscalationPolicy:
        """How long what waits may wait."""
        return self._now.policy

    def timetable(self) -> Timetable:
        """When reminders come."""
        return self._now.timetable

    def askers(self) -> Askers:
        """Who may ask to join."""
        return self._now.askers

    def review_channel(self) -> str:
        """Where agents to review are shown."""
        return self._now.review_channel

    def announce_channel(self) -> str:
        """Where it is told that an agent is online, "" for nowhere."""
        return self._now.announce_channel

    def auto(self) -> AutoApproval:
        """Whose agents need nobody's look."""
        return self._now.auto

    def welcome(self) -> Mapping[Language, str]:
        """The operator's own words for newcomers, by language."""
        return self._now.welcome

    def renamed(self) -> Renamed:
        """The labels that Coze calls otherwise by now."""
        return self._now.renamed

    def configured(self) -> Configured:
        """What is compared with Slack and Coze."""
        return self._now.configured

    async def look(self) -> InForce:
        """What holds as of now. One statement, and another where something was changed."""
        async with self._db.read() as conn:
            last = await store.revision(conn, self._team)
            if last > _last(self.newest, self.newest):
                self._take(await store.newest(conn, self._team))
        return self._now

    def _take(self, newest: Mapping[str, Change]) -> None:
        if _last(newest, newest) <= _last(self.newest, self.newest):
            return  # an answer that others have overtaken
        self.newest, self._now = newest, self._in_force(_set(newest))
        for each in self._now.holdings.values():
            if each.trouble:
                log.warning("%s, as changed in Slack, %s It does not count.", each.name.upper(), each.trouble)

    @contextlib.asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """Look again and again for as long as the block lasts."""
        task = asyncio.create_task(self._keep_looking())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            try:
                await self.look()
            except Exception as error:  # what held goes on holding
                self._db.log_failure(log, "the settings could not be looked at", error)

    def fresh(self, handler: Handler) -> Handler:
        """A job that goes by what holds as of now."""

        async def run(row: Job) -> Outcome:
            await self.look()
            return await handler(row)

        return run

    async def history(self, names: Sequence[str] = NAMES) -> list[Change]:
        """The last changes of these settings, newest first."""
        async with self._db.read() as conn:
            return await store.history(conn, self._team, names, LISTED)

    def seen(self, names: Iterable[str]) -> int:
        """The number of the last change of these settings, as this process knows it; 0 where there is none."""
        return _last(self.newest, names)

    async def change(
        self, by: Person, wanted: Mapping[str, str | None], names: Sequence[str], seen: int, reason: str = ""
    ) -> list[Change]:
        """Set these, None to what the environment says; what was made of it. Nothing where all is so already.

        `names` are all settings of the form, `seen` the number of their last change when it was opened. Raises
        NotAdmin, InvalidFields (by the block `settings.<name>`), Meanwhile.
        """
        if not by.may_decide():
            raise NotAdmin
        words = read_reason(reason) or None
        self._check_labels(wanted.get("coze_labels") or "")
        for _ in range(TRIES):
            with contextlib.suppress(Collided):
                async with self._db.write() as tx:
                    made = await self._change(tx, by, wanted, names, seen, words)
                await self.look()
                return made
        raise Meanwhile(await self.history(names))

    async def undo(self, by: Person, revision: int) -> list[Change]:
        """Set a setting back to what held before its last change. Raises NotAdmin, NotFound, Meanwhile where it was
        not its last one, InvalidFields where that can hold no more.
        """
        async with self._db.read() as conn:
            newest = await store.newest(conn, self._team)
        change = next((each for each in newest.values() if each.revision == revision), None)
        if change is None:
            later = [each for each in newest.values() if each.revision > revision]
            raise Meanwhile(later) if later else NotFound
        return await self.change(by, {change.name: change.before}, [change.name], revision)

    def _check_labels(self, renamed: str) -> None:
        """Raises InvalidFields for a label that no text names."""
        with contextlib.suppress(ValueError):  # what is no pairs at all is said where it is read
            if unknown := unknown_in(renamed_in(renamed), self.labels):
                raise InvalidFields([Problem("settings.coze_labels", "no_such_label", {"label": unknown[0]})])

    async def _change(
        self,
        tx: Tx,
        by: Person,
        wanted: Mapping[str, str | None],
        names: Sequence[str],
        seen: int,
        reason: str | None,
    ) -> list[Change]:
        newest = await store.newest(tx.conn, self._team)
        if any(newest[name].revision > seen for name in names if name in newest):
            found = await store.history(tx.conn, self._team, names, LISTED)
            raise Meanwhile([each for each in found if each.revision > seen])
        held = _set(newest)
        before, after = self._in_force(held), self._in_force(_laid(held, wanted))
        texts = {name: text if text is None else after.holdings[name].text for name, text in wanted.items()}
        new = [New(name, held.get(name), text) for name, text in texts.items() if held.get(name) != text]
        if wrong := [name for name in wanted if after.holdings[name].trouble]:
            raise InvalidFields([Problem(f"settings.{name}", f"bad_{name}") for name in wrong])
        if not new:
            return []
        now = self._clock.now()
        made = await store.add(tx, self._team, new, by.user_id, now, reason)
        for each in made:
            told = {"from": each.before, "to": each.after, "why": reason}
            subject = f"setting:{each.name}"
            await audit.note(tx, self._team, now, by.user_id, "setting.change", subject, **told)
        await self.follow(tx, before, after)
        return made


def _last(newest: Mapping[str, Change], names: Iterable[str]) -> int:
    return max((newest[name].revision for name in names if name in newest), default=0)


def _set(newest: Mapping[str, Change]) -> dict[str, str]:
    """What admins have set, by name; what they have set back is left out."""
    return {name: each.after for name, each in newest.items() if each.after is not None and name in NAMES}


def _laid(held: Mapping[str, str], wanted: Mapping[str, str | None]) -> dict[str, str]:
    both = {**held, **wanted}
    return {name: text for name, text in both.items() if text is not None}
