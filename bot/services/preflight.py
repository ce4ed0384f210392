"""Preflight: sees at start, and again after a while, whether the settings are true, and says what is not. No start
waits for it.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.core.preflight import DAY, Finding, Look, Verdict, is_due
from bot.store import job
from bot.store import preflight as store
from bot.store.database import Database, Tx
from bot.store.job import Job
from bot.texts.preflight import PROBLEMS

from .job_runner import Outcome, Reschedule, on_commit
from .owner import OPERATOR
from .preflight_checks import CHECKS, COZE, SECRET, Asked, Check, Configured, SlackFacts
from .workspace_client import PRESSED, WorkspaceClient

log = logging.getLogger(__name__)

KIND, DAILY = "preflight", "daily"
SOON = timedelta(minutes=10)  # until it is looked again while something is wrong or not known


class Preflight:
    """What is found is kept, so that a restart spends no call of the operator's."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        team_id: str,
        configured: Callable[[], Configured],
        slack: SlackFacts,
        owner: WorkspaceClient | None,
    ) -> None:
        self._db, self._clock, self._team = db, clock, team_id
        self._configured, self._slack, self._owner = configured, slack, owner
        self._said: dict[str, dict[tuple[str, ...], Finding]] = {}  # by check, what the log has been told

    @property
    def _asked(self) -> Asked:
        """Whom the checks ask, about the settings that hold now."""
        return Asked(self._configured(), self._slack, self._owner)

    async def plan(self, tx: Tx, now: datetime) -> None:
        """A process has started: look at once, in the background; what cost calls counts for a day."""
        await store.forget(tx, self._team, COZE, self._clock.now() - DAY)
        await job.enqueue(tx, self._team, KIND, DAILY, now, job.WHENEVER)

    async def findings(self) -> list[Finding]:
        """What was found last about the settings as they are, in the order of the checks."""
        async with self._db.read() as conn:
            looks = await store.load(conn, self._team)
        return [each for look in valid(self._asked.configured, looks) for each in look.findings]

    async def again(self) -> None:
        """Somebody wants all of it looked at now, whatever it costs."""
        async with self._db.write() as tx:
            await store.forget(tx, self._team, COZE, self._clock.now())
            await job.enqueue(tx, self._team, KIND, DAILY, self._clock.now(), job.SOMEBODY_WAITS, PRESSED)

    async def look(self, row: Job) -> Outcome:
        """Job: ask what is to be asked now; Coze only while the bot may call by itself, or somebody has pressed."""
        now, owner = self._clock.now(), self._asked.owner
        may_call = owner is None or await owner.may(row)
        async with self._db.read() as conn:
            last = await store.load(conn, self._team)
        new = [
            Look(each.name, inputs, await each.run(self._asked), now)
            for each, inputs in wanted(self._asked.configured)
            if (may_call or not each.costs) and self._asks(each, inputs, last.get(each.name), now)
        ]
        known = last | {look.name: look for look in new}
        counts = valid(self._asked.configured, known)
        self._tell(counts)
        log.info("the settings were compared with Slack and Coze")
        pause = DAY if all(look.is_well for look in counts) else SOON
        return Reschedule(now + pause, on_commit(self._keep, last, new, now), {})

    async def deliveries(self, taken: int, refused: int) -> None:
        """What the signatures of deliveries have shown since the start: where none holds, the secret is wrong."""
        finding = Finding("SLACK_SIGNING_SECRET", Verdict.RIGHT)
        if not taken:
            finding = Finding(finding.setting, Verdict.WRONG, "secret_refused", {"count": str(refused)})
        check = next(each for each in CHECKS if each.name == SECRET)
        now = self._clock.now()
        look = Look(SECRET, _inputs(check, self._asked.configured), [finding], now)
        self._tell([look])
        async with self._db.write() as tx:
            await self._keep(tx, await store.load(tx.conn, self._team), [look], now)

    def _asks(self, check: Check, inputs: str, last: Look | None, now: datetime) -> bool:
        if check.name == SECRET:  # what deliveries have shown stays until there are others
            return last is None or last.inputs != inputs
        return not check.costs or is_due(last, inputs, now)

    async def _keep(self, tx: Tx, last: dict[str, Look], new: list[Look], now: datetime) -> None:
        """Admins see on their Home what has changed."""
        await store.save(tx, self._team, new)
        if any(look.name not in last or look.keys != last[look.name].keys for look in new):
            tx.invalidate(self._team, "", now)

    def _tell(self, looks: Iterable[Look]) -> None:
        """The log hears once of what is wrong or not known, and once when it is so no more."""
        for look in looks:
            before = self._said.get(look.name, {})
            now = {each.key: each for each in look.findings if each.verdict is not Verdict.RIGHT}
            for key in now.keys() - before.keys():
                level = logging.WARNING if now[key].verdict is Verdict.WRONG else logging.INFO
                log.log(level, "%s: %s %s", now[key].setting, *in_words(now[key]))
            for key in before.keys() - now.keys():
                if before[key].verdict is Verdict.WRONG:
                    log.info("%s: mended", before[key].setting)
            self._said[look.name] = now


def wanted(configured: Configured) -> list[tuple[Check, str]]:
    """The checks that have something to ask about, and about what."""
    return [(each, _inputs(each, configured)) for each in CHECKS if any(each.inputs(configured))]


def valid(configured: Configured, looks: Mapping[str, Look]) -> list[Look]:
    """Those about the settings as they are, in the order of the checks."""
    found = ((looks.get(each.name), inputs) for each, inputs in wanted(configured))
    return [look for look, inputs in found if look and look.inputs == inputs]


def _inputs(check: Check, configured: Configured) -> str:
    return hashlib.sha256("\n".join(check.inputs(configured)).encode()).hexdigest()


def in_words(finding: Finding) -> tuple[str, str]:
    """What is wrong and what to do, as the log has it."""
    says, remedy = PROBLEMS[finding.problem]
    return OPERATOR._(says, **finding.values).replace("`", ""), OPERATOR._(remedy, **finding.values).replace("`", "")
