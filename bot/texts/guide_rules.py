"""What the guide's files have to hold, so that every button that they name does something when it is pressed."""

import itertools
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .catalogue import catalogues
from .guide_files import SHARED, Files, Row, file_of, routes_in, set_of, steps_in

KNOWN = frozenset({"agent", "agent_id", "space", "app_id", "kid", "ends", "host", "permissions", "token", "agents"})
"""Placeholders that a step's texts may have."""

FIELD_FACTS = frozenset({"agent_id", "app_id", "kid", "endpoint", "agent", "space"})
PLACES = frozenset({"agent", "space"})
"""Links that follow from what is known about the person, besides those listed under [links]."""

PURPOSES = ("try", "renew", "team")
"""What the bot itself leads to, each by one route: a quick trial, a token's replacement, the way through the team."""

QUESTIONS = ("test", "others", "server")
"""What "help me choose" asks; a route is `advised` for some of the answers."""

WHEN_READY = ("joined",)
"""When the chooser says that a route is ready for somebody."""

MOST_DAYS = 366  # as far ahead as anything is recorded
MOST_BUTTONS, MOST_IN_MENU = 3, 3
ROUTE_WORDS = ("title", "pitch", "button")
OPTIONAL_WORDS = ("advice", "ready", "closing", "about")
_STEP_WORDS = ("title", "done")
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_URL = re.compile(r"https://[^\s<>|]{3,300}")


@dataclass(frozen=True)
class CheckKind:
    """What the files may ask of one kind of step.

    `buttons` names what a step may offer, each with what an earlier step must have learned for it; `menu` those of
    them that may stand in the menu too. `gives` is what is known once the step is done. `closes`: it ends the route.
    `team`: it makes sense only on a route that leads through the ShargeAI team.
    """

    buttons: Mapping[str, frozenset[str]] = field(default_factory=dict)
    menu: frozenset[str] = frozenset()
    gives: frozenset[str] = frozenset()
    closes: bool = False
    team: bool = False


Checks = Mapping[str, CheckKind]
"""Every kind of step that there is, by the name that the files use."""


def faults_in(files: Files, checks: Checks) -> list[str]:
    """What is wrong with the guide, one sentence each, with the file and what in it."""
    shared, steps, routes = files.get(SHARED, {}), steps_in(files), routes_in(files)
    links = shared.get("links", {})
    faults = [f"links.{name}: not an https address" for name, url in links.items() if not _URL.fullmatch(str(url))]
    for name, row in steps.items():
        where = f"{file_of(files, name)}: {name}"
        faults += [f"{where}: {fault}" for fault in _step_faults(row, shared, frozenset(links) | PLACES, checks)]
    for key, route in routes.items():
        faults += [f"{key}.toml: {fault}" for fault in _route_faults(route, files, steps, checks)]
    for file in files.values():
        for key, rows in file.get("fields", {}).items():
            faults += [f"fields.{key}: {fault}" for row in rows for fault in _field_faults(row)]
    return [*faults, *_purpose_faults(routes), *_advice_faults(routes)]


def _purpose_faults(routes: Mapping[str, Row]) -> list[str]:
    named = [(key, route["purpose"]) for key, route in routes.items() if "purpose" in route]
    faults = [f"{key}.toml: unknown purpose {purpose}" for key, purpose in named if purpose not in PURPOSES]
    for purpose in PURPOSES:
        keys = [key for key, its in named if its == purpose]
        if len(keys) != 1:
            faults.append(f"purpose {purpose}: {' and '.join(keys) or 'no route'}, where one route is wanted")
    return faults


def _advice_faults(routes: Mapping[str, Row]) -> list[str]:
    """Whatever somebody answers, some route is advised."""
    if any(_unanswerable(route) for route in routes.values()):
        return []  # told with the route
    faults = []
    for answers in itertools.product((True, False), repeat=len(QUESTIONS)):
        given = dict(zip(QUESTIONS, answers, strict=True))
        if not any(fits(rule, given) for route in routes.values() for rule in route.get("advised", ())):
            faults.append(f"no route is advised for {given}")
    return faults


def fits(rule: Mapping[str, bool], answers: Mapping[str, bool]) -> bool:
    """Whether a route's rule allows these answers; a question that it does not name may be answered either way."""
    return all(answers[question] is wanted for question, wanted in rule.items())


def _unanswerable(route: Row) -> list[str]:
    rules = route.get("advised", ())
    return [
        f"{question} = {wanted}"
        for rule in rules
        for question, wanted in rule.items()
        if not _asked(question, wanted)
    ]


def _asked(question: str, wanted: Any) -> bool:
    return question in QUESTIONS and isinstance(wanted, bool)


def _route_faults(route: Row, files: Files, steps: Mapping[str, Row], checks: Checks) -> Iterator[str]:
    order = route.get("order", [])
    yield from (f"there is no step {step}" for step in order if step not in steps)
    yield from (f"step {step} comes twice" for step in sorted({step for step in order if order.count(step) > 1}))
    rows = [(step, steps[step]) for step in order if step in steps and steps[step].get("check") in checks]
    kinds = [(step, row, checks[row["check"]]) for step, row in rows]
    if [kind.closes for _, _, kind in kinds] != [False] * (len(kinds) - 1) + [True]:
        yield "its last step must close it (check = done), and no other one"
    yield from (f"advised: unknown {answer}" for answer in _unanswerable(route))
    if route.get("ready_when", WHEN_READY[0]) not in WHEN_READY:
        yield f"unknown ready_when {route['ready_when']}"
    rotates = route.get("rotates", 1)
    if not isinstance(rotates, int) or not 1 <= rotates <= MOST_DAYS:
        yield f"rotates must be a number of days from 1 to {MOST_DAYS}"
    for part in ("permissions", "fields"):
        if part in route and set_of(files, part, route[part]) is None:
            yield f"there are no {part} {route[part]}"
    for language in catalogues():
        wanted = [
            *ROUTE_WORDS,
            *(["advice"] if route.get("advised") else []),
            *(["ready"] if "ready_when" in route else []),
        ]
        yield from (f"no {language}.{part}" for part in wanted if not route.get(language, {}).get(part))
    yield from _needs(route, kinds)


def _needs(route: Row, kinds: Sequence[tuple[str, Row, CheckKind]]) -> Iterator[str]:
    """What a step uses and nothing on its route provides."""
    known: frozenset[str] = frozenset()
    for step, row, kind in kinds:
        if kind.team and not route.get("team"):
            yield f"{step}: check {row['check']} needs a route with team = true"
        if row.get("fields") and not route.get("fields"):
            yield f"{step}: shows fields, and the route has none"
        if "permissions" in placeholders_of([row.get(language, {}) for language in catalogues()]) and not route.get(
            "permissions"
        ):
            yield f"{step}: names {{permissions}}, and the route has none"
        for name in _offered(row):
            for missing in sorted(kind.buttons.get(name, frozenset()) - known):
                yield f"{step}: {name} needs {missing}, which no step before it asks for"
        known |= kind.gives


def _offered(row: Row) -> list[str]:
    return [*row.get("buttons", []), *row.get("menu", [])]


def _step_faults(row: Row, shared: Row, places: frozenset[str], checks: Checks) -> Iterator[str]:
    buttons, menu = row.get("buttons", []), row.get("menu", [])
    if row.get("check") not in checks:
        yield f"unknown check {row.get('check')}"
    else:
        yield from _answerless(row, checks[row["check"]], {name for kind in checks.values() for name in kind.buttons})
    if not (checked_on := str(row.get("checked_on") or shared.get("checked_on") or "")):
        yield "no checked_on"
    elif not _is_day(checked_on):
        yield f"checked_on {checked_on} is no year, month or day such as 2026, 2026-06 or 2026-06-15"
    if "open" in buttons and row.get("open") not in places:
        yield f"unknown link {row.get('open')}"
    if len(buttons) > MOST_BUTTONS or len(menu) > MOST_IN_MENU:
        yield "too many buttons"
    closes = row.get("check") in checks and checks[row["check"]].closes
    wanted = (*_STEP_WORDS, *([] if closes else ["do"]), *buttons, *menu)
    for language in catalogues():
        words = row.get(language, {})
        yield from (f"no {language}.{part}" for part in wanted if not words.get(part))
        yield from (f"{language}: unknown {{{name}}}" for name in sorted(placeholders_of(words) - KNOWN))
    yield from _differences(row)


def day_of(checked_on: str) -> date:
    """The first day of the year or month that is named, or the day itself. Raises ValueError."""
    if not _DAY.fullmatch(checked_on):
        raise ValueError(checked_on)
    return date.fromisoformat((checked_on + "-01-01")[:10])


def _is_day(checked_on: str) -> bool:
    try:
        return bool(day_of(checked_on))
    except ValueError:
        return False


def _answerless(row: Row, kind: CheckKind, known: set[str]) -> Iterator[str]:
    """Buttons that nothing would answer at this kind of step."""
    for part, answered in (("buttons", frozenset(kind.buttons)), ("menu", kind.menu)):
        names = row.get(part, [])
        yield from (f"unknown button {name}" for name in names if name not in known)
        for name in names:
            if name in known and name not in answered:
                may = ", ".join(sorted(answered)) or "nothing"
                yield f"{part}: {name} does nothing at check {row['check']}, which may offer there: {may}"
        yield from (f"{part}: {name} comes twice" for name in sorted({n for n in names if names.count(n) > 1}))


def _differences(row: Row) -> list[str]:
    """What one language says and another does not."""
    columns = [row.get(language, {}) for language in catalogues()]
    shapes: dict[str, list[object]] = {
        "placeholders": [placeholders_of(words) for words in columns],
        "parts": [(words.keys(), words.get("asks", {}).keys()) for words in columns],
        "numbers of lines": [len(words.get("do", [])) for words in columns],
    }
    return [f"the languages have different {what}" for what, each in shapes.items() if each != each[:1] * len(each)]


def _field_faults(row: Row) -> list[str]:
    faults = [f"no {language}" for language in catalogues() if not row.get(language)]
    if ("fact" in row) == ("secret" in row):
        faults.append("needs either fact or secret")
    if "fact" in row and row["fact"] not in FIELD_FACTS:
        faults.append(f"unknown fact {row['fact']}")
    faults += [f"secret: no {lang}" for lang in catalogues() if "secret" in row and not row["secret"].get(lang)]
    return faults


def placeholders_of(words: Any) -> set[str]:
    """The names in braces anywhere in a language's texts."""
    if isinstance(words, str):
        return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}
    parts: Sequence[Any] = list(words.values()) if isinstance(words, dict) else words
    return {name for part in parts for name in placeholders_of(part)}
