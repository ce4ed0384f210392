"""Guide: a person's way along a route, step by step, and what was learned on it.

A route is a sequence of steps with names. A person's place is saved as the name of a step, never as a number, so a
step that is put in or taken out harms nobody half-way.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from .errors import NotFound, NotYours, WrongState
from .people import Evidence

LearnedFacts = Mapping[str, "Learned"]

_PRESSED = re.compile(r"([0-9]{1,15}):([a-z0-9_-]{1,20})")


class GuideState(StrEnum):
    """Where a guide stands. One person has at most one open guide on each route."""

    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True)
class Step:
    """One step of a route. `check` names what makes it count as done; one that `closes` is the route's last card."""

    id: str
    check: str
    closes: bool = False


@dataclass(frozen=True)
class Route:
    """The steps in their order; the last one closes the guide.

    `purpose` says what the bot itself leads to by it, `team` that agents have to lie in the ShargeAI workspace.
    """

    key: str
    steps: tuple[Step, ...]
    purpose: str = ""
    team: bool = False

    def find(self, step_id: str) -> Step | None:
        """The step of this name, if the route still has it."""
        return next((step for step in self.steps if step.id == step_id), None)

    @property
    def counted(self) -> tuple[Step, ...]:
        """The steps that a person has to do."""
        return tuple(step for step in self.steps if not step.closes)


@dataclass(frozen=True)
class Learned:
    """Something learned, and how it is known."""

    value: str = ""
    evidence: Evidence = Evidence.CONFIRMED

    @classmethod
    def verified(cls, value: str = "") -> "Learned":
        """Something that Coze said."""
        return cls(value, Evidence.VERIFIED)


@dataclass(frozen=True)
class Failure:
    """A check that said no. `error` is a key of the error help, or LINT with the findings among the values.

    `values` are what the help fills in, with Coze's code and log id; `calls` is what it cost; `at` is in UTC.
    """

    step: str
    error: str
    at: datetime
    values: Mapping[str, Any] = field(default_factory=dict)
    calls: int = 0


LINT = "lint"
"""A failure found by reading alone: nothing was sent."""
FILE = "file"
"""The fact which file of a script was sent, by its id at Slack."""


@dataclass(frozen=True)
class Guide:
    """One person's way along one route. Times are UTC.

    `facts` holds what was learned by name; a finished step is a fact named like the step. `version` rises with every
    change.
    """

    id: int
    team_id: str
    user_id: str
    route: str
    step: str
    state: GuideState
    created_at: datetime
    updated_at: datetime
    facts: LearnedFacts = field(default_factory=dict)
    failure: Failure | None = None
    version: int = 1

    def value(self, name: str) -> str:
        """A fact's value, empty where nothing is known."""
        return self.facts[name].value if name in self.facts else ""


@dataclass(frozen=True)
class CurrentStep:
    """The guide that somebody has walked last, an open one before any that is done: its route and their step.

    `agent` is the name of the agent that it is about, `replaces` the token that it replaces, where there is one.
    """

    id: int
    route: str
    step: str
    state: GuideState = GuideState.OPEN
    agent: str = ""
    replaces: int | None = None


@dataclass(frozen=True)
class Shown:
    """The step stays open; something may have been learned."""

    facts: LearnedFacts = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """A check said no; the step stays open and shows why."""

    failure: Failure
    facts: LearnedFacts = field(default_factory=dict)


@dataclass(frozen=True)
class Passed:
    """The step is done, by the person's word where nothing else is said; the next one opens, or the guide is done."""

    evidence: Evidence = Evidence.CONFIRMED
    facts: LearnedFacts = field(default_factory=dict)

    @classmethod
    def verified(cls, facts: LearnedFacts | None = None) -> "Passed":
        """Coze said so."""
        return cls(Evidence.VERIFIED, facts or {})


Result = Shown | Failed | Passed
"""What a step answers to what came in. Values that a form can't accept are refused before (InvalidFields)."""


def current_step(route: Route, guide: Guide) -> Step:
    """The open step: the saved one, or where the route has lost it the first that is not done."""
    return route.find(guide.step) or next((s for s in route.steps if s.id not in guide.facts), route.steps[-1])


def number(route: Route, step: Step) -> int:
    """Which step it is, counted from 1."""
    return next((place for place, each in enumerate(route.counted, 1) if each.id == step.id), len(route.counted))


def is_first(route: Route, step: Step) -> bool:
    """Whether no step is before it."""
    return route.counted[:1] == (step,)


def finished(route: Route, guide: Guide) -> list[tuple[Step, Evidence]]:
    """The steps that are done, in the route's order, and how that is known."""
    current = current_step(route, guide)
    done = [step for step in route.counted if step.id in guide.facts and step.id != current.id]
    return [(step, guide.facts[step.id].evidence) for step in done]


def settle(route: Route, guide: Guide, result: Result) -> Guide:
    """The guide after its open step has answered."""
    step, facts = current_step(route, guide), {**guide.facts, **result.facts}
    match result:
        case Shown():
            return replace(guide, step=step.id, facts=facts, failure=None)
        case Failed(failure):
            return replace(guide, step=step.id, facts=facts, failure=failure)
        case Passed(evidence):
            facts[step.id] = Learned(evidence=evidence)
            following = _after(route, step, facts)
            state = GuideState.DONE if following.closes else GuideState.OPEN
            return replace(guide, step=following.id, state=state, facts=facts, failure=None)


def back(route: Route, guide: Guide) -> Guide:
    """The step before is open again. What was learned stays; on the first step nothing changes."""
    step = current_step(route, guide)
    before = route.counted[max(0, number(route, step) - (1 if step.closes else 2))]
    facts = {name: fact for name, fact in guide.facts.items() if name != before.id}
    return replace(guide, step=before.id, state=GuideState.OPEN, facts=facts, failure=None)


def restart(route: Route, guide: Guide) -> Guide:
    """From the beginning, with nothing known but what lies in the chat."""
    facts = {name: fact for name, fact in guide.facts.items() if name == FILE}
    return replace(guide, step=route.steps[0].id, state=GuideState.OPEN, facts=facts, failure=None)


def check_open(route: Route, guide: Guide, user_id: str, step_id: str) -> Step:
    """The step where the guide stands, if it is the one that was pressed; of one that is done, what closes it.

    Raises NotYours, WrongState (the guide has moved on).
    """
    check_owner(guide, user_id)
    step = current_step(route, guide)
    if step.id != step_id or step.closes is not (guide.state is GuideState.DONE):
        raise WrongState(guide.state)
    return step


def check_owner(guide: Guide, user_id: str) -> None:
    """Whether this is the person's own guide. Raises NotYours."""
    if guide.user_id != user_id:
        raise NotYours


def pressed(value: str) -> tuple[int, str]:
    """The guide's id and the step that a button names: `17:a1`. Raises NotFound for anything else."""
    found = _PRESSED.fullmatch(value)
    if found is None:
        raise NotFound
    return int(found[1]), found[2]


def _after(route: Route, step: Step, facts: LearnedFacts) -> Step:
    """The next step that is not done yet: who went back does not walk again what was done."""
    place = route.steps.index(step)
    return next((each for each in route.steps[place + 1 :] if each.id not in facts), route.steps[-1])
