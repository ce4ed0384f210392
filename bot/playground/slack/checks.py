"""The building stones of the Block Kit rules: small checks that are put together to tables.

A check takes a value, where it stands (a JSON pointer) and the report to write to. Messages are worded as Slack
words them in `response_metadata`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]


@dataclass(frozen=True)
class Problem:
    """One broken rule and where: `pointer` is a JSON pointer into the payload."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]"


@dataclass
class Report:
    """What a run has found so far."""

    surface: Surface
    problems: list[Problem] = field(default_factory=list)

    def add(self, pointer: str, message: str) -> None:
        self.problems.append(Problem(pointer, message))


Check = Callable[[Any, str, Report], None]
Rule = Callable[[dict[str, Any], str, Report], None]


def string(longest: int, shortest: int = 1, form: str | None = None) -> Check:
    """Characters within bounds, and of a form given by a regular expression."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add(at, "must be a string")
        elif len(value) < shortest:
            report.add(at, f"must be more than {shortest - 1} characters")
        elif len(value) > longest:
            report.add(at, f"must be less than {longest + 1} characters")
        elif form and not re.fullmatch(form, value):
            report.add(at, f"must match {form}")

    return check


def number(low: float | None = None, high: float | None = None, *, whole: bool = True) -> Check:
    """A JSON number within bounds."""

    def check(value: Any, at: str, report: Report) -> None:
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            report.add(at, "must be an integer" if whole else "must be a number")
        elif low is not None and value < low:
            report.add(at, f"must be greater than or equal to {low}")
        elif high is not None and value > high:
            report.add(at, f"must be less than or equal to {high}")

    return check


def flag(value: Any, at: str, report: Report) -> None:
    """True or false."""
    if not isinstance(value, bool):
        report.add(at, "must be a boolean")


def anything(value: Any, at: str, report: Report) -> None:
    """No rule of ours."""


def choice(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, at: str, report: Report) -> None:
        if value not in allowed:
            report.add(at, f"must be one of: {', '.join(allowed)}")

    return check


def items(each: Check, low: int = 1, high: int = 1000) -> Check:
    """A list of so many."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add(at, "must be an array")
            return
        if len(value) < low:
            report.add(at, f"no fewer than {low} items allowed")
        if len(value) > high:
            report.add(at, f"no more than {high} items allowed")
        for index, item in enumerate(value):
            each(item, f"{at}/{index}", report)

    return check


def shape(required: dict[str, Check], optional: dict[str, Check] | None = None, *rules: Rule) -> Check:
    """An object with these fields and no others ("type" is looked at elsewhere)."""
    fields = required | (optional or {})

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(at, "must provide an object")
            return
        before = len(report.problems)
        for name in required:
            if name not in value:
                report.add(at, f"missing required field: {name}")
        for name, part in value.items():
            if name in fields:
                fields[name](part, f"{at}/{name}", report)
            elif name != "type":
                report.add(at, f"invalid additional property: {name}")
        # Rules look at several parts together, so these must be sound first.
        for rule in rules if len(report.problems) == before else ():
            rule(value, at, report)

    return check


def kinds(table: dict[str, Check], only: tuple[str, ...] | None = None) -> Check:
    """An object whose "type" chooses the check."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add(at, "must provide an object")
            return
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in table or (only is not None and kind not in only):
            report.add(f"{at}/type", f"unsupported type: {kind}")
            return
        table[kind](value, at, report)

    return check


def text(longest: int, *allowed: str, shortest: int = 1) -> Check:
    """A text object; both kinds when none is named."""
    plain = shape({"text": string(longest, shortest)}, {"emoji": flag})
    mrkdwn = shape({"text": string(longest, shortest)}, {"verbatim": flag})
    return kinds({"plain_text": plain, "mrkdwn": mrkdwn}, allowed or None)


def exactly_one(*names: str) -> Rule:
    """Of these fields just one is there."""

    def rule(value: dict[str, Any], at: str, report: Report) -> None:
        if sum(name in value for name in names) != 1:
            report.add(at, f"must have exactly one of: {', '.join(names)}")

    return rule


def any_of(*names: str) -> Rule:
    """Of these fields at least one is there."""

    def rule(value: dict[str, Any], at: str, report: Report) -> None:
        if not any(value.get(name) for name in names):
            report.add(at, f"missing required field: one of {', '.join(names)}")

    return rule


def ordered(low: str, high: str) -> Rule:
    """The one field is not above the other."""

    def rule(value: dict[str, Any], at: str, report: Report) -> None:
        try:
            wrong = float(value[low]) > float(value[high])
        except (KeyError, TypeError, ValueError):
            return
        if wrong:
            report.add(f"{at}/{low}", f"must not be greater than {high}")

    return rule
