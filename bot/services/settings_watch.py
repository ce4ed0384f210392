"""Settings watch: a start with other settings than the last one is written down, never with what they say."""

from collections.abc import Mapping

from bot.clock import Clock
from bot.core.people import OPERATOR
from bot.store import audit
from bot.store.database import Tx

CHANGED, SUBJECT = "settings.change", "settings:all"


class SettingsWatch:
    """`marks` recognises the value of each setting that is not left as it comes, by its name."""

    def __init__(self, clock: Clock, team_id: str, marks: Mapping[str, str]) -> None:
        self._clock, self._team, self._marks = clock, team_id, dict(marks)

    async def plan(self, tx: Tx) -> None:
        """At a start: name what was changed since the last one; all there is at the first."""
        last = await audit.last(tx.conn, self._team, SUBJECT, CHANGED)
        before = last.detail["marks"] if last else {}
        changed = sorted(name for name in {*before, *self._marks} if before.get(name) != self._marks.get(name))
        if changed or last is None:
            detail = {"changed": changed, "marks": self._marks}
            await audit.note(tx, self._team, self._clock.now(), OPERATOR, CHANGED, SUBJECT, **detail)
