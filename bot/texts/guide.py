"""The guide's words: one TOML file a route in `guide/`, all languages side by side, checked when it is loaded.

A folder of the operator's own (GUIDE_DIR) is laid over it, file by file and key by key, so that a label or a link
that Coze has changed is mended without a new version of the bot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .catalogue import Language, catalogues
from .guide_files import SHARED, BrokenGuide, Files, Row, read, routes_in, set_of, steps_in
from .guide_labels import labels_in
from .guide_rules import OPTIONAL_WORDS, ROUTE_WORDS, Checks, day_of, faults_in, fits
from .labels import LABELS

STALE = timedelta(days=90)
"""After so long a step says from when its labels are."""


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

    @property
    def texts(self) -> tuple[str, ...]:
        """All that may name something on a screen."""
        return (*self.do, self.note, *(ask.text for ask in self.asks.values()))


@dataclass(frozen=True)
class StepText:
    """One step: what it checks and offers, and its words in each language.

    `checked_on`: the year, month or day of the source that its labels were compared with, the oldest of several.
    `fields`: it shows what the glasses app asks for, so its labels are the app's and not Coze's.
    """

    id: str
    check: str
    closes: bool
    open: str
    buttons: tuple[str, ...]
    menu: tuple[str, ...]
    fields: bool
    checked_on: str
    words: Mapping[Language, Words]

    @property
    def labels(self) -> tuple[str, ...]:
        """What it names of the screen that the person has before them, as it stands there."""
        return labels_in(words.texts for words in self.words.values())

    def is_stale(self, now: datetime) -> bool:
        """Whether it names labels that nobody has compared for long. `now` is simulated time, in UTC."""
        compared = datetime.combine(day_of(self.checked_on), datetime.min.time(), UTC)
        return bool(self.labels) and now - compared > STALE


@dataclass(frozen=True)
class RouteWords:
    """A route in one language: its name, what speaks for it, and the button that takes it.

    `advice` says why it was advised, `ready` that nothing stands in its way, `closing` what is left to look after.
    `about` names the token that is replaced, where it is known, in the title's place.
    """

    title: str
    pitch: str
    button: str
    advice: str = ""
    ready: str = ""
    closing: str = ""
    about: str = ""


@dataclass(frozen=True)
class Field:
    """One value that the glasses app asks for: what we know by the name `fact`, or else words for their secret."""

    label: Mapping[Language, str]
    fact: str = ""
    secret: Mapping[Language, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RouteText:
    """One route. `listed` says whether the chooser shows it, `ready_when` for whom it says that it is ready.

    `rotates`: after so many days its key is to be changed; 0, where it has none. `purpose` names what the bot itself
    leads to by it (PURPOSES), `team` that agents have to lie in the ShargeAI workspace, `advised` for
    which answers to "help me choose" it is the right one.
    """

    key: str
    icon: str
    listed: bool
    steps: tuple[StepText, ...]
    permissions: tuple[str, ...]
    fields: tuple[Field, ...]
    words: Mapping[Language, RouteWords]
    purpose: str = ""
    team: bool = False
    ready_when: str = ""
    advised: tuple[Mapping[str, bool], ...] = ()
    rotates: int = 0

    def step(self, step_id: str) -> StepText:
        """The step of this name. Raises KeyError."""
        return next(step for step in self.steps if step.id == step_id)


@dataclass(frozen=True)
class GuideTexts:
    """All routes, in the order of the chooser, and the links to Coze's pages."""

    routes: Mapping[str, RouteText]
    links: Mapping[str, str]

    def on_coze(self) -> dict[str, tuple[str, ...]]:
        """The labels of Coze's pages by the step that names them."""
        steps = {step.id: step for route in self.routes.values() for step in route.steps}
        return {key: step.labels for key, step in sorted(steps.items()) if step.labels and not step.fields}

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels that the bot's texts name, of Coze's pages and of the glasses app."""
        steps = (step for route in self.routes.values() for step in route.steps)
        return tuple(dict.fromkeys([*(label for step in steps for label in step.labels), *LABELS.values()]))

    def advised(self, answers: Mapping[str, bool]) -> RouteText:
        """The first route that fits the answers to QUESTIONS; a guide that is loaded has one for any."""
        return next(route for route in self.routes.values() if any(fits(rule, answers) for rule in route.advised))


def guide_texts(checks: Checks, folder: Path | None = None) -> GuideTexts:
    """The guide, with an operator's `folder` laid over it. Raises BrokenGuide naming every fault.

    `checks` are the kinds of step that there are: nothing may be asked of one that it can't do.
    """
    files = read(folder)
    if faults := faults_in(files, checks):
        raise BrokenGuide("; ".join(faults))
    steps = {step_id: _step(step_id, row, files, checks) for step_id, row in steps_in(files).items()}
    rows = routes_in(files)
    order = sorted(rows, key=lambda key: (not rows[key].get("listed", True), rows[key].get("position", 99), key))
    return GuideTexts({key: _route(key, rows[key], steps, files) for key in order}, files[SHARED]["links"])


def _step(step_id: str, row: Row, files: Files, checks: Checks) -> StepText:
    names = (*row.get("buttons", ()), *row.get("menu", ()), *checks[row["check"]].buttons)
    return StepText(
        step_id,
        row["check"],
        checks[row["check"]].closes,
        row.get("open", ""),
        tuple(row.get("buttons", ())),
        tuple(row.get("menu", ())),
        bool(row.get("fields")),
        str(row.get("checked_on") or files[SHARED]["checked_on"]),
        {language: _words(row[language], names) for language in catalogues()},
    )


def _words(row: Row, names: Sequence[str]) -> Words:
    labels = {name: str(row[name]) for name in names if name in row}
    asks = {name: Ask(each["label"], each["text"]) for name, each in row.get("asks", {}).items()}
    return Words(row["title"], row["done"], tuple(row.get("do", ())), row.get("note", ""), labels, asks)


def _route(key: str, row: Row, steps: Mapping[str, StepText], files: Files) -> RouteText:
    fields = set_of(files, "fields", row.get("fields", "")) or ()
    return RouteText(
        key,
        row.get("icon", ""),
        row.get("listed", True),
        tuple(steps[step] for step in row["order"]),
        tuple(set_of(files, "permissions", row.get("permissions", "")) or ()),
        tuple(_field(each) for each in fields),
        {language: _route_words(row[language]) for language in catalogues()},
        row.get("purpose", ""),
        row.get("team", False),
        row.get("ready_when", ""),
        tuple(row.get("advised", ())),
        row.get("rotates", 0),
    )


def _route_words(row: Row) -> RouteWords:
    return RouteWords(**{part: row[part] for part in (*ROUTE_WORDS, *OPTIONAL_WORDS) if part in row})


def _field(row: Row) -> Field:
    label: dict[Language, str] = {language: row[language] for language in catalogues()}
    return Field(label, row.get("fact", ""), row.get("secret", {}))
