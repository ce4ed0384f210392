"""Preflight: what was found when the settings were compared with what Slack and Coze say. Values are no secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
"""So long what Coze has said counts: an account of the free edition has 500 calls for life."""

HOUR = timedelta(hours=1)
"""After this Coze is asked again where it gave no answer."""


class Verdict(StrEnum):
    """What a look has shown. What could not be looked at is neither right nor wrong."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """What is known of one setting, or of several that are told apart by nobody. `problem` names the sentence and its
    remedy, `values` fill them in: ids, codes and counts.
    """

    setting: str
    verdict: Verdict
    problem: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it another one: a count that rises does not."""
        return self.setting, self.verdict, self.problem, *(v for k, v in self.values.items() if k != "count")


@dataclass(frozen=True)
class Look:
    """What one check has found. `inputs` identifies the settings that it was about; times are simulated, UTC."""

    name: str
    inputs: str
    findings: Sequence[Finding]
    asked_at: datetime

    @property
    def keys(self) -> set[tuple[str, ...]]:
        """What makes it another look."""
        return {each.key for each in self.findings}

    @property
    def is_well(self) -> bool:
        """Whether nothing of it is wrong or could not be asked."""
        return all(each.verdict is not Verdict.WRONG and each.problem not in OUTAGES for each in self.findings)


SILENT = "silent"
"""The problem of a finding for which nobody gave an answer: there may be one a little later."""

NOT_TOLD = "not_told"
"""The same where an answer came, and said that it would not be told."""

OUTAGES = frozenset({SILENT})


def is_due(last: Look | None, inputs: str, now: datetime) -> bool:
    """Whether what costs calls is asked now: never asked, about other settings, or not well for long enough. What is
    well is asked again at a start alone.
    """
    if last is None or last.inputs != inputs:
        return True
    age = now - last.asked_at
    if age < timedelta():  # what lies ahead was never seen
        return True
    if any(each.problem in OUTAGES for each in last.findings):
        return age >= HOUR
    return age >= DAY and not last.is_well
