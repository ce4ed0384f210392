"""A desk's overlays: the open modal and confirm dialogs. Each belongs to one desk; the other goes on."""

import json
from collections.abc import Mapping
from typing import Any

import htpy
from htpy import Node

from ..world.chat import View
from .blocks import draw_blocks
from .elements import text_of, words_of
from .icons import icon
from .log import app_face
from .reader import Place, Reader, lang_tag
from .rooms import main_app
from .spot import Spot
from .texts import words


def overlay(reader: Reader) -> htpy.Element:
    """The top modal of the person at this desk, or an empty place for it."""
    stack = reader.workspace.modals.get(reader.person.id, [])
    return htpy.div(id=f"over-{reader.desk}", class_="over")[_modal(stack[-1], len(stack), reader) if stack else None]


def _modal(view: View, depth: int, reader: Reader) -> Node:
    say = words(reader.lang)
    payload = view.payload
    title = f"modal-{reader.desk}-title"
    form = f"modal-{reader.desk}-form"
    app = reader.workspace.apps.get(view.app_id)
    close = {"hx-post": f"{reader.base}/close", "type": "button"}
    return htpy.div(".scrim")[
        htpy.dialog(
            ".dialog",
            open=True,
            aria_modal="true",
            aria_labelledby=title,
            data_view=view.id,
            lang=lang_tag(reader.lang),
        )[
            htpy.header[
                app_face(app, is_main=app is main_app(reader.workspace), small=True),
                htpy.h2(id=title)[words_of(payload.get("title"))],
                htpy.button(
                    ".btn.bare.icon", close, id=f"modal-{reader.desk}-x", data_close=True, aria_label=say("close")
                )[icon("x")],
            ],
            htpy.form(".body", id=form, novalidate=True, hx_post=f"{reader.base}/submit", hx_sync="this:drop")[
                draw_blocks(
                    payload.get("blocks", []),
                    reader,
                    Place(view.id),
                    payload.get("state", {}).get("values"),
                    view.errors,
                )
            ],
            _footer(view, depth, form, close, reader),
        ]
    ]


def _footer(view: View, depth: int, form: str, close: Mapping[str, str], reader: Reader) -> Node:
    say = words(reader.lang)
    submit = view.payload.get("submit")
    back = say("modal.back") if depth > 1 else say("modal.cancel")
    return htpy.footer[
        htpy.button(".btn", close, id=f"modal-{reader.desk}-close")[words_of(view.payload.get("close")) or back],
        submit
        and htpy.button(
            ".btn.primary",
            form=form,
            id=f"modal-{reader.desk}-submit",
            aria_busy="true" if view.busy else None,
        )[words_of(submit)],
    ]


def no_question(desk: int, *, swap: bool = False) -> htpy.Element:
    """The empty place of a desk's confirm dialog; with `swap` it takes the place of an open one."""
    return htpy.div(id=f"ask-{desk}", class_="over", hx_swap_oob="true" if swap else None)


def question(confirm: Mapping[str, Any], press: Mapping[str, Any], reader: Reader) -> htpy.Element:
    """A confirm dialog. It opens on the harmless button; `press` is what is sent when the person goes on."""
    spot = Spot(reader, Place("ask"), 0)
    title = f"ask-{reader.desk}-title"
    danger = confirm.get("style") == "danger"
    vals = json.dumps({**press, "confirm": "true"}, ensure_ascii=False)
    return htpy.div(id=f"ask-{reader.desk}", class_="over", hx_swap_oob="true")[
        htpy.div(".scrim")[
            htpy.dialog(
                ".dialog.confirm",
                open=True,
                aria_modal="true",
                aria_labelledby=title,
                data_view="ask",
                lang=lang_tag(reader.lang),
            )[
                htpy.div(".body")[
                    htpy.h2(id=title)[words_of(confirm.get("title"))],
                    htpy.p[text_of(confirm.get("text"), spot)],
                ],
                htpy.footer[
                    htpy.button(
                        ".btn",
                        type="button",
                        id=f"ask-{reader.desk}-no",
                        data_dismiss=f"ask-{reader.desk}",
                        autofocus=True,
                    )[words_of(confirm.get("deny"))],
                    htpy.button(
                        type="button",
                        id=f"ask-{reader.desk}-yes",
                        class_={"btn": True, "primary": True, "danger": danger},
                        hx_post=f"{reader.base}/click",
                        hx_vals=vals,
                        hx_sync="this:drop",
                    )[words_of(confirm.get("confirm"))],
                ],
            ]
        ]
    ]
