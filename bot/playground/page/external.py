"""Menus whose options an app gives while somebody types: a search field above an ordinary select."""

from collections.abc import Iterable, Mapping
from typing import Any

import htpy
from htpy import Node

from .elements import chosen_values, words_of
from .spot import Json, Spot
from .texts import words

TYPES = ("external_select", "multi_external_select")
_LEAST = 3  # letters, where the app doesn't say otherwise: docs.slack.dev, external_select's min_query_length


def draw_external(element: Json, spot: Spot, attributes: Mapping[str, Any]) -> Node:
    """The search field and its select, which starts with what is chosen already."""
    select_id = str(attributes["id"])
    prompt = words_of(element.get("placeholder")) or words(spot.reader.lang)("card.search")
    entered = spot.entered(element) or {}
    known = [entered.get("selected_option") or element.get("initial_option")]
    known += entered.get("selected_options") or element.get("initial_options") or []
    chosen = chosen_values(element, spot)
    return htpy.div(".external")[
        htpy.input(
            spot.press(element, path="suggest"),
            type="search",
            name="value",
            id=f"{select_id}_q",
            aria_label=prompt,
            placeholder=prompt,
            autocomplete="off",
            hx_trigger="input changed delay:200ms, focus once",
        ),
        htpy.select(attributes, multiple=str(element["type"]).startswith("multi_"))[
            [
                htpy.option(value=str(one["value"]), selected=str(one["value"]) in chosen)[words_of(one["text"])]
                for one in known
                if one
            ]
        ],
    ]


def long_enough(element: Json, query: str) -> bool:
    """Whether the app wants to hear of so short a text."""
    return len(query) >= int(element.get("min_query_length", _LEAST))


def suggested(select_id: str, options: Iterable[Mapping[str, str]], spot: Spot) -> htpy.Element:
    """The options that the app gave, to be put into the select."""
    return htpy.select(id=select_id, hx_swap_oob="innerHTML")[
        htpy.option(value="")[words(spot.reader.lang)("card.choose")],
        [htpy.option(value=one["value"])[one["label"]] for one in options],
    ]
