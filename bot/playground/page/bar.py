"""The frame above the desks: strip, story clock, scenario, faults, panels, language, theme."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import htpy
from htpy import Node

from ..stage import Scenario
from ..world.chat import Person
from ..world.faults import KINDS
from ..world.workspace import Workspace
from . import dates
from .desk import bring
from .icons import icon
from .parts import Part, part
from .reader import Lang
from .rooms import rooms_of, unread
from .state import THEMES, State, Theme
from .texts import Say, words

_LANGUAGES: tuple[tuple[Lang, str, str], ...] = (("zh", "zh-CN", "中"), ("en", "en", "EN"))
_THEME_ICONS: dict[Theme, str] = {"": "theme", "light": "sun", "dark": "moon"}


@dataclass(frozen=True)
class Frame:
    """What the frame shows. `now` and `due` are simulated time, aware; `armed` are faults as `target:kind`;
    `scenarios` are all that there are, `scenario` the name of the one that is played.
    """

    state: State
    people: tuple[Person, Person]
    now: datetime
    due: datetime | None
    armed: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    scenario: str

    @property
    def shown(self) -> tuple[Hashable, ...]:
        """All that the bar depends on: people may change their names, and seconds are not shown."""
        minute = self.now.replace(second=0, microsecond=0)
        return (self.state, str(self.people), minute, self.due, self.armed, self.scenario)

    @property
    def zone(self) -> ZoneInfo:
        """The bar's time zone: that of the person at the left."""
        return ZoneInfo(self.people[0].tz)


def bar_parts(frame: Frame, unread_counts: tuple[int, int]) -> Iterator[Part]:
    """The parts of the frame that may change."""
    say = words(frame.state.lang)
    yield part(_clock(frame, say))
    yield part(_fault(frame, say))
    yield part(_scenario(frame, say))
    yield part(_panels(frame.state, say))
    yield part(htpy.div(id="look", class_="panels")[_languages(frame.state, say), _theme(frame.state, say)])
    yield part(_people(frame, unread_counts, say))


def draw_bar(frame: Frame, parts: dict[str, Part]) -> Node:
    """Strip and bar; the parts are drawn in their places."""
    say = words(frame.state.lang)
    return htpy.header[
        htpy.p(id="lost", class_="strip lost", role="status", hidden=True)[
            icon("warn"), htpy.span[say("strip.lost")]
        ],
        htpy.p(id="local", class_="strip")[
            icon("lock"),
            htpy.span[say("strip.local"), htpy.span(".wide")[say("strip.wide")], say("strip.leaves")],
        ],
        htpy.div(".bar", data_region=True)[
            htpy.h1(".brand")[icon("glasses"), say("title")],
            parts["clock"].draw(),
            _tools(parts, say),
            htpy.button(
                ".btn.icon.menu",
                type="button",
                id="menu",
                data_menu=True,
                aria_controls="tools",
                aria_expanded="false",
                aria_label=say("bar.more"),
            )[icon("menu")],
        ],
        parts["people"].draw(),
    ]


def _tools(parts: dict[str, Part], say: Say) -> Node:
    return htpy.div(".tools", id="tools")[
        parts["scenario"].draw(),
        parts["fault"].draw(),
        htpy.hr,
        parts["panels"].draw(),
        htpy.hr,
        parts["look"].draw(),
        htpy.button(".btn.bare", type="button", id="reset", hx_post="/page/reset")[
            icon("reset"), htpy.span(".lbl")[say("bar.reset")]
        ],
    ]


def _clock(frame: Frame, say: Say) -> htpy.Element:
    shown = dates.story_time(frame.now, frame.zone, frame.state.lang)
    due = dates.due_time(frame.due, frame.now, frame.zone, frame.state.lang) if frame.due else None
    return htpy.div(id="clock", class_="clock group", role="group", aria_label=say("clock.label"))[
        htpy.output(id="story-time", title=dates.city(str(frame.zone), frame.state.lang))[icon("clock"), shown],
        _move("hour", "3600", say),
        _move("day", "86400", say),
        htpy.button(
            ".next",
            type="button",
            id="clock-next",
            hx_post="/page/clock",
            hx_vals='{"to": "next"}',
            disabled=due is None,
            title=say("clock.next_title") if due else say("clock.none"),
            aria_keyshortcuts="Alt+N",
        )[say("clock.next"), htpy.small[due or "–"]],
    ]


def _move(key: str, seconds: str, say: Say) -> Node:
    return htpy.button(type="button", id=f"clock-{key}", hx_post="/page/clock", hx_vals=f'{{"advance": {seconds}}}')[
        say(f"clock.{key}")
    ]


def _scenario(frame: Frame, say: Say) -> htpy.Element:
    return htpy.label(id="scenario", class_="pick")[
        htpy.span[say("bar.scenario")],
        htpy.select(id="seed", name="seed", hx_post="/page/reset", hx_trigger="change")[
            [
                htpy.option(value=one.name, selected=one.name == frame.scenario)[getattr(one, frame.state.lang)]
                for one in frame.scenarios
            ]
        ],
    ]


def _fault(frame: Frame, say: Say) -> htpy.Element:
    armed = frame.armed[-1] if frame.armed else ""
    return htpy.label(id="fault", class_={"pick": True, "on": bool(armed)})[
        htpy.span[say("bar.fault")],
        htpy.select(id="fault-kind", name="fault", hx_post="/page/fault", hx_trigger="change")[
            htpy.option(value="", selected=not armed)[say("fault.none")],
            [
                htpy.optgroup(label=say(f"fault.{target}"))[
                    [
                        htpy.option(value=f"{target}:{kind}", selected=armed == f"{target}:{kind}")[
                            getattr(kind, frame.state.lang)
                        ]
                        for kind in kinds
                    ]
                ]
                for target, kinds in KINDS.items()
            ],
        ],
    ]


def _panels(state: State, say: Say) -> htpy.Element:
    return htpy.div(id="panels", class_="panels")[
        _panel(state, "coze", "globe", "Alt+C", say("coze.title")),
        _panel(state, "inspector", "panel", "Alt+I", say("inspector.title")),
    ]


def _panel(state: State, name: str, sign: str, keys: str, title: str) -> Node:
    is_open = state.panel == name
    wanted = replace(state, panel="" if is_open else name)  # type: ignore[arg-type]
    return htpy.button(
        ".btn.bare",
        bring(wanted),
        type="button",
        id=f"panel-{name}",
        aria_pressed="true" if is_open else "false",
        aria_keyshortcuts=keys,
    )[icon(sign), htpy.span(".lbl")[title]]


def _languages(state: State, say: Say) -> Node:
    return htpy.div(".group", role="group", aria_label=say("bar.language"))[
        [
            htpy.a(
                href=replace(state, lang=lang).path(),
                id=f"lang-{lang}",
                lang=tag,
                hreflang=tag,
                aria_current="true" if state.lang == lang else None,
            )[label]
            for lang, tag, label in _LANGUAGES
        ]
    ]


def _theme(state: State, say: Say) -> Node:
    following = THEMES[(THEMES.index(state.theme) + 1) % len(THEMES)]
    name = say(f"theme.{state.theme or 'auto'}")
    label = say("bar.theme", name=name)
    return htpy.a(
        ".btn.bare.icon",
        href=f"{replace(state, theme=following).path()}{'' if following else '&theme='}",
        id="theme-switch",
        aria_label=label,
        title=label,
    )[icon(_THEME_ICONS[state.theme])]


def _people(frame: Frame, counts: Iterable[int], say: Say) -> htpy.Element:
    return htpy.div(id="people", class_="people group", role="group", aria_label=say("bar.people"))[
        [
            htpy.button(
                bring(replace(frame.state, desk=number)),
                type="button",
                id=f"desk-tab-{number}",
                aria_pressed="true" if frame.state.desk == number else "false",
            )[
                f"{person.name} · {say(f'role.{person.role}')}",
                count > 0 and htpy.span(".count", aria_label=say("desk.unread", n=count))[str(count)],
            ]
            for number, (person, count) in enumerate(zip(frame.people, counts, strict=True), 1)
        ]
    ]


def all_unread(workspace: Workspace, person: Person) -> int:
    """Everything that a person has not seen yet."""
    return sum(unread(workspace, person, room.channel) for room in rooms_of(workspace, person))
