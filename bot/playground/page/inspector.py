"""The inspector: what was brought to the apps, how fast they answered against 3 s, and what they called."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import htpy
from htpy import Node

from ..world.chat import Call, Delivery
from ..world.workspace import Workspace
from . import dates
from .desk import bring
from .icons import icon
from .parts import Part, part
from .reader import Reader
from .secrecy import cut
from .state import State
from .tail import Line
from .texts import Say, words

LIMIT_MS = 3000.0  # docs.slack.dev/interactivity/handling-user-interaction: acknowledge within 3 seconds
_SLOW_MS = 1000.0
_SHOWN = 80
_CALLS = 12
_LINES = 40
_WINDOW = 15.0  # seconds after a delivery in which calls are taken as its consequence
_KEY = re.compile(r'^(\s*"[^"\n]*")(?=: )', re.M)


@dataclass(frozen=True)
class Outside:
    """What the inspector shows besides the workspace: the log, and where the story is told."""

    lines: Sequence[Line] = ()
    story: str | None = None


@dataclass(frozen=True)
class _Out:
    """One call of an app: where to, what, and how it ended. `t` is simulated time, epoch seconds."""

    t: float
    to: str
    name: str
    body: Any
    ended: str
    is_bad: bool


def inspector_part(workspace: Workspace, state: State, reader: Reader, outside: Outside) -> Part:
    """The panel; hidden while it is closed. Times are in the reader's zone."""
    if state.panel != "inspector":
        return part(htpy.aside(id="inspector", class_="inspector", hidden=True))
    say = words(state.lang)
    names = _names(workspace)
    hits = [d for d in workspace.deliveries if not state.only or names.get(d.who, d.who) == state.only][-_SHOWN:][
        ::-1
    ]
    current = next((d for d in hits if str(d.id) == state.hit), hits[0] if hits else None)
    return part(
        htpy.aside(id="inspector", class_="inspector", aria_labelledby="inspector-title", data_region=True)[
            _header(workspace, state, names, outside.story, say),
            htpy.div(".panes")[
                htpy.ol(".hits", id="hits", aria_label=say("inspector.hits"))[
                    [_hit(d, state, names, reader, say, current=d is current) for d in hits]
                ]
                if hits
                else htpy.p(".small")[say("inspector.empty")],
                list(_detail(current, workspace, outside, reader, say)) if current else [htpy.section, htpy.section],
            ],
        ]
    )


def _names(workspace: Workspace) -> dict[str, str]:
    """Short names by the ids of people and apps' bot users."""
    people = {person.id: person.handle for person in workspace.people.values()}
    return people | {app.bot_user: app.name for app in workspace.apps.values()}


def _header(workspace: Workspace, state: State, names: dict[str, str], story: str | None, say: Say) -> Node:
    whose = list(dict.fromkeys(names.get(d.who, d.who) for d in workspace.deliveries if d.who))
    acks = [d.ack_ms for d in workspace.deliveries if d.ack_ms is not None and d.status == 200]
    late = sum(1 for d in workspace.deliveries if d.status == "timeout")
    summary = say(
        "inspector.summary", n=len(workspace.deliveries), late=late, ms=f"{median(acks):.0f}" if acks else "–"
    )
    return htpy.header[
        htpy.h2(id="inspector-title")[say("inspector.title")],
        htpy.div(".group", role="group", aria_label=say("inspector.filter"))[
            [
                htpy.button(
                    bring(replace(state, only=name, hit="")),
                    type="button",
                    id=f"only-{name or 'all'}",
                    aria_pressed="true" if state.only == name else "false",
                )[name or say("inspector.all")]
                for name in ["", *whose]
            ]
        ],
        htpy.small[summary],
        story
        and htpy.a(".btn.bare", href=story, id="inspector-story", download="test_story.py")[
            icon("out"), htpy.span[say("inspector.export")]
        ],
        htpy.button(
            ".btn.bare.icon",
            bring(replace(state, panel="")),
            type="button",
            id="inspector-close",
            data_close=True,
            aria_label=say("close"),
        )[icon("x")],
    ]


def _hit(d: Delivery, state: State, names: dict[str, str], reader: Reader, say: Say, *, current: bool) -> Node:
    kind = say.either(f"inspector.kind.{d.kind}", default=d.kind)
    return htpy.li[
        htpy.button(
            bring(replace(state, hit=str(d.id))),
            type="button",
            id=f"hit-{d.id}",
            aria_current="true" if current else None,
        )[
            htpy.code[dates.clock_time(dates.from_ts(str(d.t)), reader.zone, state.lang)],
            htpy.span[d.label or d.kind],
            htpy.small[f"{kind} · {names.get(d.who, d.who)}" if d.who else kind],
            ack_bar(d),
            htpy.span[_ack_words(d, say)],
        ]
    ]


def ack_bar(delivery: Delivery, *, big: bool = False) -> Node:
    """How much of the 3 s an app took: accent up to 1 s, amber above, red without an ack."""
    ms = delivery.ack_ms if delivery.ack_ms is not None else (LIMIT_MS if _failed(delivery) else 0.0)
    tone = "late" if _failed(delivery) else "slow" if ms > _SLOW_MS else ""
    share = max(1.0, min(ms / LIMIT_MS, 1.0) * 100) if ms or _failed(delivery) else 0.0
    return htpy.svg(
        class_=f"meter {tone} {'big' if big else ''}".strip(),
        viewBox="0 0 100 8",
        preserveAspectRatio="none",
        aria_hidden="true",
    )[
        htpy.rect(".base", width="100", height="8"),
        htpy.rect(width=f"{share:.1f}", height="8"),
    ]


def _failed(delivery: Delivery) -> bool:
    return delivery.status is not None and delivery.status != 200


def _ack_words(delivery: Delivery, say: Say) -> str:
    if delivery.status is None:
        return "…"
    if delivery.status == "timeout":
        return "3 s +"
    if _failed(delivery) or delivery.ack_ms is None:
        return say.either(f"inspector.status.{delivery.status}", default=str(delivery.status))
    return f"{delivery.ack_ms / 1000:.2f} s" if delivery.ack_ms >= LIMIT_MS / 3 else f"{delivery.ack_ms:.0f} ms"


def _detail(delivery: Delivery, workspace: Workspace, outside: Outside, reader: Reader, say: Say) -> Iterator[Node]:
    title = (
        say("inspector.late") if delivery.status == "timeout" else say("inspector.ack", ms=_ack_words(delivery, say))
    )

    def follows(t: float) -> bool:
        return 0 <= t - delivery.t <= _WINDOW

    yield htpy.section(tabindex="0", aria_label=say("inspector.payload"))[
        htpy.h3[say("inspector.payload"), " ", htpy.small[f"{delivery.kind} · {delivery.transport}"]],
        _json(delivery.payload),
    ]
    yield htpy.section(tabindex="0", aria_label=say("inspector.calls"))[
        htpy.h3[title],
        ack_bar(delivery, big=True),
        htpy.p(".scale", aria_hidden="true")[[htpy.span[mark] for mark in ("0", "1 s", "2 s", "3 s")]],
        delivery.ack not in (None, "", {}) and _json(delivery.ack),
        htpy.h3[say("inspector.calls")],
        _calls([call for call in map(_slack_call, workspace.calls) if follows(call.t)][:_CALLS], say),
        htpy.h3[say("inspector.log")],
        _lines([line for line in outside.lines if follows(line.t)][:_LINES], reader, say),
    ]


def _slack_call(call: Call) -> _Out:
    ok = bool(call.response.get("ok", True))
    return _Out(call.t, "slack", call.method, call.body, "ok" if ok else str(call.response.get("error", "")), not ok)


def _calls(calls: Sequence[_Out], say: Say) -> Node:
    if not calls:
        return htpy.p(".small")[say("inspector.no_calls")]
    return htpy.ul(".calls")[
        [
            htpy.li(class_={"bad": call.is_bad})[
                htpy.span[call.to],
                htpy.details(id=f"call-{call.t}-{i}")[
                    htpy.summary[htpy.code[call.name]],
                    _json(call.body),
                ],
                htpy.span[call.ended],
            ]
            for i, call in enumerate(calls)
        ]
    ]


def _lines(lines: Sequence[Line], reader: Reader, say: Say) -> Node:
    if not lines:
        return htpy.p(".small")[say("inspector.no_log")]
    return htpy.ul(".lines")[
        [
            htpy.li(class_={"bad": line.is_bad})[
                htpy.time[dates.exact_time(line.t, reader.zone)], htpy.b[line.logger], " ", line.text
            ]
            for line in lines
        ]
    ]


def _json(value: Any) -> Node:
    text = json.dumps(cut(value), ensure_ascii=False, indent=2)
    return htpy.pre[[htpy.i[piece] if odd % 2 else piece for odd, piece in enumerate(_KEY.split(text))]]
