"""Coze's own website, played in a panel: whoever is chosen there sees their space as on coze.cn, and acts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import htpy
from htpy import Node

from ..world.coze_state import CozeState as Coze
from . import site_agents, site_keys, site_sign_in, site_spaces
from .deed import Deed
from .desk import bring
from .icons import icon
from .parts import Part, part
from .reader import Reader
from .sight import Sight, called, copyable
from .state import State
from .texts import Say, words

REVIEWER = "reviewer"


def site_part(state: State, coze: Coze, reader: Reader) -> Part:
    """The panel; hidden while it is closed. Times are in the reader's zone."""
    if state.panel != "coze":
        return part(htpy.aside(id="coze", class_="site", hidden=True))
    say = words(state.lang)
    people = {user.handle: called(user, state.lang) for user in coze.users.values()}
    people |= {REVIEWER: say("coze.reviewer")}
    who = next((name for name in (state.site, state.left.who) if name in people), next(iter(people)))
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
                _tabs(state, people, who, say),
                _shown(who, coze, state, reader),
                htpy.p(".small")[say("coze.note")],
            ],
        ]
    )


def _tabs(state: State, people: dict[str, str], current: str, say: Say) -> Node:
    return htpy.div(".group", role="group", aria_label=say("coze.as"))[
        [
            htpy.button(
                bring(replace(state, site=person)),
                type="button",
                id=f"coze-as-{person}",
                aria_pressed="true" if person == current else "false",
            )[name]
            for person, name in people.items()
        ]
    ]


def _shown(who: str, coze: Coze, state: State, reader: Reader) -> Node:
    sight = Sight(coze, None if who == REVIEWER else coze.user(who), state.lang, reader.zone)
    if sight.user is None:
        return list(site_agents.review_sections(sight))
    return [
        *site_sign_in.waiting(sight, sight.user),
        *site_spaces.sections(sight, sight.user),
        *site_agents.sections(sight, sight.user),
        *site_keys.sections(sight, sight.user),
        *site_sign_in.granted(sight, sight.user),
    ]


def outcome(answer: Mapping[str, Any], deed: Deed, state: State) -> htpy.Element:
    """What Coze's website says after a press; a new token or key is shown this once."""
    say = words(state.lang)
    bad = not answer.get("ok", True)
    return htpy.div(id="coze-note", class_="note-bar", role="status", hx_swap_oob="true")[
        htpy.div(class_=["alert", "bad" if bad else "good"])[
            icon("warn" if bad else "done"),
            htpy.div[_refused(answer, deed, say) if bad else _done(answer, deed, say)],
            htpy.button(
                ".btn.bare.icon", type="button", id="coze-note-x", data_dismiss="coze-note", aria_label=say("close")
            )[icon("x")],
        ]
    ]


def _refused(answer: Mapping[str, Any], deed: Deed, say: Say) -> Node:
    key = "coze.refused.nothing" if deed.lacks else f"coze.refused.{deed.path}"
    return htpy.span(title=str(answer.get("error") or "") or None)[say.either(key, "coze.refused.other")]


def _done(answer: Mapping[str, Any], deed: Deed, say: Say) -> Node:
    if answer.get("token"):
        return [say("coze.token"), _secret(str(answer["token"]), "token", say)]
    if answer.get("private_key"):
        ids = (("client_id", answer["client_id"]), ("kid", answer["kid"]))
        return [
            say("coze.key"),
            [htpy.p(".small")[name, " ", copyable(f"coze-new-{name}", str(value), name, say)] for name, value in ids],
            _secret(str(answer["private_key"]), "key", say),
        ]
    if answer.get("client_id") and deed.body.get("kind"):
        return [say("coze.client"), _secret(str(answer["client_id"]), "client", say)]
    if answer.get("redirect_url"):
        back = str(answer["redirect_url"])
        return [
            say("coze.back"),
            " ",
            htpy.a(href=back, target="_blank", rel="noopener noreferrer")[say("coze.back.go")],
        ]
    return say("coze.done")


def _secret(value: str, name: str, say: Say) -> Node:
    """Something to copy, as it is not shown again."""
    return [
        htpy.code(".secret", id=f"coze-{name}", tabindex="0")[value],
        htpy.button(".btn", type="button", id=f"coze-{name}-copy", data_copy=f"coze-{name}", data_said=say("copied"))[
            icon("copy"), htpy.span[say("copy")]
        ],
    ]
