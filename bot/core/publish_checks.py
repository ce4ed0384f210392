"""What is looked at before an agent is published: a list, each entry passed, failed or only noted."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

LONGEST_SPOKEN = 8
"""So many syllables or words are easily said to the glasses; ours, nobody documents a bound."""

_UNITS = re.compile(r"[a-z]+|\d|[^\W\d_a-z]")


class Check(StrEnum):
    """What is looked at, in the order of the list."""

    MEMBER = "member"
    PLACE = "place"
    CREDENTIAL = "credential"
    CHANNEL = "channel"
    FREE = "free"
    FROZEN = "frozen"
    NAME = "name"
    CHANGED = "changed"
    SPOKEN = "spoken"


class Result(StrEnum):
    """What came of it. NOTED keeps nobody from publishing; UNKNOWN could not be looked at."""

    PASSED = "passed"
    FAILED = "failed"
    NOTED = "noted"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Checked:
    """One look. `problem` names the sentence; `values` fill it in: names and keys of the error help."""

    check: Check
    result: Result = Result.PASSED
    problem: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether nothing is published while it stands so."""
        return self.result in (Result.FAILED, Result.UNKNOWN)


def failed(check: Check, problem: str, **values: str) -> Checked:
    """It keeps the agent from being published."""
    return Checked(check, Result.FAILED, problem, values)


def noted(check: Check, problem: str, **values: str) -> Checked:
    """It is said, and keeps nobody from publishing."""
    return Checked(check, Result.NOTED, problem, values)


def unknown(check: Check, **values: str) -> Checked:
    """Nobody could tell."""
    return Checked(check, Result.UNKNOWN, "silent", values)


def is_ready(found: Iterable[Checked]) -> bool:
    """Whether nothing of it keeps the agent from being published."""
    return not any(each.blocks for each in found)


@dataclass(frozen=True)
class Findings:
    """What was found about one agent. `published_at` (UTC) is when its last version was published, `is_listed`
    whether Coze lists it in our channel, as far as was told.
    """

    found: Sequence[Checked]
    name: str = ""
    published_at: datetime | None = None
    is_listed: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether it may be published."""
        return is_ready(self.found)

    def of(self, check: Check) -> Checked | None:
        """What came of one check."""
        return next((each for each in self.found if each.check is check), None)


def as_rows(found: Iterable[Checked]) -> list[dict[str, object]]:
    """As a database keeps it."""
    return [
        {"check": each.check.value, "result": each.result.value, "problem": each.problem, "values": dict(each.values)}
        for each in found
    ]


def from_rows(rows: Sequence[Mapping[str, object]] | None) -> list[Checked]:
    """What was kept; entries of a newer version that this one does not know are left out."""
    return [
        Checked(Check(str(row["check"])), Result(str(row["result"])), str(row["problem"]), _texts(row["values"]))
        for row in rows or ()
        if row.get("check") in set(Check) and row.get("result") in set(Result)
    ]


def _texts(values: object) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items()} if isinstance(values, Mapping) else {}


def by_name(called: str, others: Sequence[str] | None, sound: Callable[[str], str]) -> list[Checked]:
    """How the name stands among `others`, those in the channel where they are known, and in a mouth. `sound`: how a
    name sounds.
    """
    if others is None:
        return _spoken(called)
    plain = _said(called)
    twin = next((other for other in others if plain and _said(other) == plain), None)
    if twin is not None:
        return [failed(Check.NAME, "taken", name=twin), *_spoken(called)]
    sounds = sound(plain)
    alike = next((other for other in others if sounds and sound(_said(other)) == sounds), None)
    name = noted(Check.NAME, "alike", name=alike) if alike else Checked(Check.NAME)
    return [name, *_spoken(called)]


def _spoken(called: str) -> list[Checked]:
    """What makes it hard to be said or heard."""
    plain = unicodedata.normalize("NFKC", called).casefold()
    units = _UNITS.findall(plain)
    problems = {
        "unspeakable": not units,
        "long": len(units) > LONGEST_SPOKEN,
        "digits": any(unit.isdigit() for unit in units),
        "letters": any(unit.isascii() and unit.isalpha() for unit in units),
    }
    return [noted(Check.SPOKEN, problem) for problem, found in problems.items() if found] or [Checked(Check.SPOKEN)]


def _said(called: str) -> str:
    """A name without what nobody says: spaces, signs, capitals, full-width letters."""
    plain = unicodedata.normalize("NFKC", called).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LN")
