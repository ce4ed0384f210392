"""One thing that a person does on Coze's website: a form, and what it says when it is sent."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import htpy
from htpy import Node

from .wire import Form, last_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Deed:
    """What was sent: the deed's name at Coze, its parameters, and fields of which at least one choice was needed."""

    path: str
    body: Json
    lacks: list[str] = field(default_factory=list)


def form(form_id: str, path: str, given: Json, *inside: Node, classes: str = "") -> htpy.Element:
    """A form that does `path` with `given` and what is filled in.

    Its fields are named by kind: `text.x`, `int.x`, `many.x` (of which one has to be chosen), `some.x` (or none).
    """
    vals = json.dumps({"path": path, "given": json.dumps(given, ensure_ascii=False)}, ensure_ascii=False)
    return htpy.form(
        id=form_id,
        class_=f"deed {classes}".strip(),
        novalidate=True,
        hx_post="/page/coze",
        hx_vals=vals,
        hx_sync="this:drop",
    )[inside]


def button(form_id: str, label: str, about: str, kind: str = "") -> htpy.Element:
    """A form's button. `about` says for screen readers what it acts on, as several have the same label."""
    return htpy.button(class_=f"btn {kind}".strip(), id=f"{form_id}-do", aria_label=f"{label}: {about}")[label]


def one_button(form_id: str, path: str, given: Json, label: str, about: str, kind: str = "") -> htpy.Element:
    """A deed without fields."""
    return form(form_id, path, given, button(form_id, label, about, kind))


def text_field(form_id: str, name: str, label: str, kind: str = "text", **more: Any) -> htpy.Element:
    """A labelled line; `name` with its kind in front, as `form` says."""
    return htpy.label(".line")[
        label, htpy.input(name=name, id=f"{form_id}-{name}", type=kind, autocomplete="off", **more)
    ]


def ticks(form_id: str, name: str, label: str, choices: Iterable[tuple[str, str, bool]]) -> htpy.Element:
    """Boxes to tick: value, label, ticked."""
    return htpy.fieldset(".ticks")[
        htpy.legend(".vh")[label],
        htpy.input(type="hidden", name=name, value=""),
        [
            htpy.label[
                htpy.input(type="checkbox", name=name, id=f"{form_id}-{name}-{value}", value=value, checked=ticked),
                shown,
            ]
            for value, shown, ticked in choices
        ],
    ]


def choice(form_id: str, name: str, label: str, choices: Iterable[tuple[str, str, bool]]) -> htpy.Element:
    """A menu: value, label, whether it can be chosen."""
    return htpy.label(".line")[
        label,
        htpy.select(name=name, id=f"{form_id}-{name}")[
            [htpy.option(value=value, disabled=not open_)[shown] for value, shown, open_ in choices]
        ],
    ]


def read_deed(sent: Form) -> Deed:
    """What a sent form wants to be done; nonsense becomes a deed that Coze's website doesn't know."""
    body, lacks = _given(last_of(sent, "given", "{}")), []
    for name, values in sent.items():
        kind, dot, key = name.partition(".")
        chosen = [value for value in values if value]
        if not dot or (not chosen and kind != "many"):
            continue
        if kind == "many" and not chosen:
            lacks.append(key)
        elif kind in ("many", "some"):
            body[key] = chosen
        elif kind in ("int", "text"):
            body[key] = int(chosen[-1]) if kind == "int" and chosen[-1].isdecimal() else chosen[-1]
    return Deed(last_of(sent, "path"), body, lacks)


def _given(text: str) -> Json:
    try:
        given = json.loads(text)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}
