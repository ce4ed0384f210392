"""The guide's words: one TOML file a route in `guide/`, all languages side by side, checked when it is loaded.

A folder of the operator's own (GUIDE_DIR) is laid over it, file by file and key by key, so that a label or a link
that Coze has changed is mended without a new version of the bot.
"""

import re
import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .catalogue import Language, catalogues

FOLDER = Path(__file__).with_name("guide")
SHARED = "shared"

CHECKS = frozenset(
    {"said", "token", "agent", "published", "ids", "assertion", "member", "asked", "joined", "channel", "done"}
)
BUTTONS = frozenset(
    {"open", "next", "record", "try", "paste", "script", "service", "join", "accepted", "channel", "publish"}
    | {"create", "silent"}
)
"""What a step may offer; its words stand in the step under the same name."""

KNOWN = frozenset({"agent", "agent_id", "space", "app_id", "kid", "ends", "host", "permissions"})
"""Placeholders that a step's texts may have."""

FIELD_FACTS = frozenset({"agent_id", "app_id", "kid", "endpoint", "agent", "space"})
PLACES = frozenset({"agent", "space"})
"""Links that follow from what is known about the person, besides those listed under [links]."""

MOST_BUTTONS, MOST_IN_MENU = 3, 2
_URL = re.compile(r"https://[^\s<>|]{3,300}")
_ROUTE_WORDS = ("title", "pitch", "button")
_STEP_WORDS = ("title", "done")


class BrokenGuide(ValueError):
    """The guide's files lack something or disagree. Raised at load, naming every fault."""


@dataclass(frozen=True)
class Ask:
    """A question that people have at a step, for the menu, and its answer."""

    label: str
    text: str


@dataclass(frozen=True)
class Words:
    """A step in one language. `labels` holds the words on its buttons by their names."""

    title: str
    done: str
    do: tuple[str, ...]
    note: str
    labels: Mapping[str, str]
    asks: Mapping[str, Ask]


@dataclass(frozen=True)
class StepText:
    """One step: what it checks and offers, and its words in each language."""

    id: str
    check: str
    open: str
    buttons: tuple[str, ...]
    menu: tuple[str, ...]
    fields: bool
    checked_on: str
    words: Mapping[Language, Words]


@dataclass(frozen=True)
class RouteWords:
    """A route in one language: its name, what speaks for it, and the button that takes it."""

    title: str
    pitch: str
    button: str


@dataclass(frozen=True)
class Field:
    """One value that the glasses app asks for: what we know by the name `fact`, or else words for their secret."""

    label: Mapping[Language, str]
    fact: str = ""
    secret: Mapping[Language, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RouteText:
    """One route. `listed` says whether the chooser shows it."""

    key: str
    icon: str
    listed: bool
    steps: tuple[StepText, ...]
    permissions: tuple[str, ...]
    fields: tuple[Field, ...]
    words: Mapping[Language, RouteWords]

    def step(self, step_id: str) -> StepText:
        """The step of this name. Raises KeyError."""
        return next(step for step in self.steps if step.id == step_id)


@dataclass(frozen=True)
class GuideTexts:
    """All routes, in the order of the chooser, and the links to Coze's pages."""

    routes: Mapping[str, RouteText]
    links: Mapping[str, str]


@cache
def guide_texts(folder: Path | None = None) -> GuideTexts:
    """The guide, with an operator's `folder` laid over it. Raises BrokenGuide naming every fault."""
    data = _read(folder)
    faults = check(data)
    if faults:
        raise BrokenGuide("; ".join(faults))
    steps = {step_id: _step(step_id, row, data) for step_id, row in _steps(data).items()}
    routes = {key: _route(key, files["route"], steps, data[SHARED]) for key, files in data.items() if key != SHARED}
    order = sorted(routes.values(), key=lambda route: (not route.listed, ORDER.get(route.key, 99), route.key))
    return GuideTexts({route.key: route for route in order}, data[SHARED]["links"])


ORDER = {"pat": 1, "jwt": 2, "channel": 3}

Data = dict[str, dict[str, Any]]


def _read(folder: Path | None) -> Data:
    """Every file by its name, the operator's over ours."""
    data = {path.stem: _parsed(path) for path in sorted(FOLDER.glob("*.toml"))}
    for path in sorted(folder.glob("*.toml")) if folder else ():
        data[path.stem] = _over(data.get(path.stem, {}), _parsed(path))
    return data


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrokenGuide(f"{path.name}: {error}") from None


def _over(below: Any, above: Any) -> Any:
    """Tables are merged key by key; anything else is replaced."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {**below, **{key: _over(below.get(key), value) for key, value in above.items()}}


def _steps(data: Data) -> dict[str, dict[str, Any]]:
    """Every step of every file by its name; one that is `like` another says only what is different."""
    rows: dict[str, dict[str, Any]] = {
        name: row
        for file in data.values()
        for name, row in file.items()
        if isinstance(row, dict) and name not in ("route", "links", "permissions", "fields")
    }
    return {name: _over(rows.get(row.get("like", ""), {}), row) for name, row in rows.items()}


def check(data: Data) -> list[str]:
    """What is wrong with the guide, one sentence each."""
    shared, steps = data.get(SHARED, {}), _steps(data)
    links = shared.get("links", {})
    faults = [f"links.{name}: not an https address" for name, url in links.items() if not _URL.fullmatch(str(url))]
    for name, row in steps.items():
        faults += [f"{name}: {fault}" for fault in _step_faults(row, shared, frozenset(links) | PLACES)]
    for key, file in data.items():
        if key != SHARED:
            faults += [f"{key}: {fault}" for fault in _route_faults(file.get("route", {}), steps)]
    for key, rows in shared.get("fields", {}).items():
        faults += [f"fields.{key}: {fault}" for row in rows for fault in _field_faults(row)]
    return faults


def _route_faults(route: Mapping[str, Any], steps: Mapping[str, Any]) -> list[str]:
    order = route.get("order", [])
    faults = [f"there is no step {step}" for step in order if step not in steps]
    if not order or steps.get(order[-1], {}).get("check") != "done":
        faults.append("its last step must close it (check = done)")
    faults += [f"step {step} comes twice" for step in sorted({step for step in order if order.count(step) > 1})]
    for language in catalogues():
        faults += [f"no {language}.{part}" for part in _ROUTE_WORDS if not route.get(language, {}).get(part)]
    return faults


def _step_faults(row: Mapping[str, Any], shared: Mapping[str, Any], places: frozenset[str]) -> list[str]:
    buttons, menu = row.get("buttons", []), row.get("menu", [])
    faults = [f"unknown button {name}" for name in (*buttons, *menu) if name not in BUTTONS]
    if row.get("check") not in CHECKS:
        faults.append(f"unknown check {row.get('check')}")
    if not (row.get("checked_on") or shared.get("checked_on")):
        faults.append("no checked_on")
    if "open" in buttons and row.get("open") not in places:
        faults.append(f"unknown link {row.get('open')}")
    if len(buttons) > MOST_BUTTONS or len(menu) > MOST_IN_MENU:
        faults.append("too many buttons")
    for language in catalogues():
        words = row.get(language, {})
        faults += [f"no {language}.{part}" for part in (*_STEP_WORDS, *buttons, *menu) if not words.get(part)]
        faults += [f"{language}: unknown {{{name}}}" for name in sorted(_placeholders(words) - KNOWN)]
    return faults + _differences(row)


def _differences(row: Mapping[str, Any]) -> list[str]:
    """What one language says and another does not."""
    columns = [row.get(language, {}) for language in catalogues()]
    shapes: dict[str, list[object]] = {
        "placeholders": [_placeholders(words) for words in columns],
        "parts": [(words.keys(), words.get("asks", {}).keys()) for words in columns],
        "numbers of lines": [len(words.get("do", [])) for words in columns],
    }
    return [f"the languages have different {what}" for what, each in shapes.items() if each != each[:1] * len(each)]


def _field_faults(row: Mapping[str, Any]) -> list[str]:
    faults = [f"no {language}" for language in catalogues() if not row.get(language)]
    if ("fact" in row) == ("secret" in row):
        faults.append("needs either fact or secret")
    if "fact" in row and row["fact"] not in FIELD_FACTS:
        faults.append(f"unknown fact {row['fact']}")
    faults += [f"secret: no {lang}" for lang in catalogues() if "secret" in row and not row["secret"].get(lang)]
    return faults


def _placeholders(words: Any) -> set[str]:
    """The names in braces anywhere in a language's texts."""
    if isinstance(words, str):
        return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}
    parts: Sequence[Any] = list(words.values()) if isinstance(words, dict) else words
    return {name for part in parts for name in _placeholders(part)}


def _step(step_id: str, row: Mapping[str, Any], data: Data) -> StepText:
    return StepText(
        step_id,
        row["check"],
        row.get("open", ""),
        tuple(row.get("buttons", ())),
        tuple(row.get("menu", ())),
        bool(row.get("fields")),
        str(row.get("checked_on") or data[SHARED]["checked_on"]),
        {language: _words(row[language]) for language in catalogues()},
    )


def _words(row: Mapping[str, Any]) -> Words:
    labels = {name: str(row[name]) for name in BUTTONS if name in row}
    asks = {name: Ask(each["label"], each["text"]) for name, each in row.get("asks", {}).items()}
    return Words(row["title"], row["done"], tuple(row.get("do", ())), row.get("note", ""), labels, asks)


def _route(key: str, row: Mapping[str, Any], steps: Mapping[str, StepText], shared: Mapping[str, Any]) -> RouteText:
    return RouteText(
        key,
        row.get("icon", ""),
        row.get("listed", True),
        tuple(steps[step] for step in row["order"]),
        tuple(shared["permissions"].get(key, shared["permissions"]["pat"])),
        tuple(_field(each) for each in shared["fields"].get(key, shared["fields"]["pat"])),
        {language: RouteWords(**{part: row[language][part] for part in _ROUTE_WORDS}) for language in catalogues()},
    )


def _field(row: Mapping[str, Any]) -> Field:
    label: dict[Language, str] = {language: row[language] for language in catalogues()}
    return Field(label, row.get("fact", ""), row.get("secret", {}))
