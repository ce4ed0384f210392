"""Coze's own website, played in a panel: what its people can press there now."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import htpy
from htpy import Node

from .desk import bring
from .icons import icon
from .parts import Part, part
from .state import State
from .texts import Say, words

Action = Mapping[str, Any]
REVIEWER = "reviewer"
_SECTIONS: dict[str, tuple[str, ...]] = {
    "invitations": ("accept", "decline"),
    "review": ("pass", "reject"),
    "agents": ("publish",),
    "tokens": ("token",),
}
_STYLES = {"accept": ".primary", "pass": ".primary", "reject": ".danger"}
_FIELDS = {"days": "number"}


def site_part(state: State, actions: Sequence[Action]) -> Part:
    """The panel; hidden while it is closed."""
    if state.panel != "coze":
        return part(htpy.aside(id="coze", class_="site", hidden=True))
    say = words(state.lang)
    people = list(dict.fromkeys([*(_whose(action) for action in actions), REVIEWER]))
    person = state.site if state.site in people else people[0]
    mine = [action for action in actions if _whose(action) == person]
    return part(
        htpy.aside(id="coze", class_="site", aria_labelledby="coze-title", data_region=True)[
            htpy.header[
                icon("globe"),
                htpy.div[htpy.h2(id="coze-title")[say("coze.heading")], htpy.span(".url")["coze.cn"]],
                htpy.button(
                    ".btn.bare.icon",
                    bring(replace(state, panel="")),
                    type="button",
                    id="coze-close",
                    data_close=True,
                    aria_label=say("close"),
                )[icon("x")],
            ],
            htpy.div(".scroll")[
                _tabs(state, people, person, say),
                list(_sections(mine, state, person == REVIEWER, say)),
                htpy.p(".small")[say("coze.note")],
            ],
        ]
    )


def _whose(action: Action) -> str:
    return str(action["parameters"].get("name", REVIEWER))


def _tabs(state: State, people: Sequence[str], current: str, say: Say) -> Node:
    return htpy.div(".group", role="group", aria_label=say("coze.as"))[
        [
            htpy.button(
                bring(replace(state, site=person)),
                type="button",
                id=f"coze-as-{person}",
                aria_pressed="true" if person == current else "false",
            )[say.either(f"coze.{person}", default=person)]
            for person in people
        ]
    ]


def _sections(actions: Sequence[Action], state: State, reviewing: bool, say: Say) -> Iterator[Node]:
    """One section a kind of thing; what stands empty says so where a person would look for it."""
    for section, names in _SECTIONS.items():
        found = [action for action in actions if action["name"] in names]
        expected = section == "review" if reviewing else section == "invitations"
        if found or expected:
            yield htpy.section[
                htpy.h3[say(f"coze.section.{section}")],
                htpy.ul(".rows")[_rows(found, state)] if found else htpy.p(".small")[say(f"coze.empty.{section}")],
            ]
    rest = [action for action in actions if not any(action["name"] in names for names in _SECTIONS.values())]
    if rest:
        yield htpy.section[htpy.h3[say("coze.section.more")], htpy.ul(".rows")[_rows(rest, state)]]


def _rows(actions: Sequence[Action], state: State) -> Node:
    return [htpy.li[_form(action, i, state)] for i, action in enumerate(actions)]


def _form(action: Action, i: int, state: State) -> Node:
    say = words(state.lang)
    label = str(action["label"][state.lang])
    name = f"coze-{action['name']}-{i}"
    vals = {"path": action["path"], "parameters": json.dumps(action["parameters"], ensure_ascii=False)}
    button = htpy.button(
        f".btn{_STYLES.get(action['name'], '')}",
        id=name,
        aria_describedby=f"{name}-label",
    )[say.either(f"coze.do.{action['name']}", default=str(action["name"]))]
    return htpy.form(
        ".act",
        id=f"{name}-form",
        hx_post="/page/coze",
        hx_vals=json.dumps(vals, ensure_ascii=False),
        hx_sync="this:drop",
    )[
        htpy.div[htpy.b(id=f"{name}-label")[label], _asked(action, name, say)],
        button,
    ]


def _asked(action: Action, name: str, say: Say) -> Node:
    """Fields for what may be filled in; those that hold a list are left at what works as it stands."""
    fields = [
        key for key in action["ask"] if not isinstance(action["parameters"].get(key), list) and key != "permissions"
    ]
    return [
        htpy.label[
            say.either(f"coze.field.{key}", default=key),
            htpy.input(
                name=f"ask.{key}",
                id=f"{name}-{key}",
                type=_FIELDS.get(key, "text"),
                value=str(action["parameters"].get(key, "")),
                autocomplete="off",
            ),
        ]
        for key in fields
    ]


def outcome(answer: Mapping[str, Any], state: State) -> htpy.Element:
    """What Coze's website says after a press; a new token is shown this once."""
    say = words(state.lang)
    bad = not answer.get("ok", True)
    shown = answer.get("token") or answer.get("private_key")
    text = str(answer.get("error") or say("coze.refused")) if bad else say("coze.token" if shown else "coze.done")
    return htpy.div(id="coze-note", class_="note-bar", role="status", hx_swap_oob="true")[
        htpy.div(class_=["alert", "bad" if bad else "good"])[
            icon("warn" if bad else "done"),
            htpy.div[text, shown and htpy.code[str(shown)]],
            htpy.button(
                ".btn.bare.icon", type="button", id="coze-note-x", data_dismiss="coze-note", aria_label=say("close")
            )[icon("x")],
        ]
    ]
