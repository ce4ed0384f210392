"""Interactive elements outside modals' input blocks: buttons, menus, selects and pickers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import htpy
from htpy import Node

from .icons import icon
from .mrkdwn import mrkdwn, plain
from .spot import Json, Spot
from .state import is_chat, is_coze
from .texts import words

_HELD = ("option", "user", "channel", "conversation")
_PICKERS = {"date": "date", "time": "time", "date_time": "datetime-local"}


def text_of(value: Json | None, spot: Spot) -> Node:
    """A text object, plain or with mrkdwn."""
    if not value:
        return None
    text = str(value.get("text", ""))
    return mrkdwn(text, spot.reader) if value.get("type") == "mrkdwn" else plain(text)


def words_of(value: Json | None) -> str:
    """A text object's bare text, for attributes."""
    return plain(str((value or {}).get("text", "")))


def draw_element(element: Json, spot: Spot, n: int = 0) -> Node:
    """One element of an actions block or an accessory."""
    draw = ELEMENTS.get(str(element.get("type")))
    return draw(element, spot, n) if draw else unknown(element, spot)


def unknown(block: Json, spot: Spot) -> Node:
    """What stands where the page can't draw something, so that nobody misses it."""
    return htpy.small[words(spot.reader.lang)("card.unknown", type=block.get("type"))]


def address_of(element: Json, values: Sequence[str]) -> str:
    """What a press on it opens besides: its own address, or that of the option that was picked."""
    picked = [each for each in element.get("options", ()) if each.get("value") in values]
    return str(next((each["url"] for each in (element, *picked) if each.get("url")), ""))


def _button(element: Json, spot: Spot, n: int) -> Node:
    url = str(element.get("url") or "")
    common: dict[str, Any] = {
        "id": spot.id(n, element.get("action_id", "")),
        "class_": {"btn": True, str(element.get("style", "plain")): True},
        "aria_label": element.get("accessibility_label"),
    }
    label: list[Node] = [words_of(element.get("text"))]
    value = str(element.get("value", ""))
    if url and not is_coze(url) and not is_chat(url):
        label.append(icon("out"))
        # Not under htmx's own names, even with data- before them: it would hold the link itself back.
        press = {f"data-press-{key}": spot.press(element, value)[f"hx-{key}"] for key in ("post", "vals")}
        return htpy.a(press, href=url, target="_blank", rel="noopener noreferrer", **common)[label]
    if url:
        label.append(icon("out"))
        return htpy.button(spot.press(element, value), type="button", title=url, **common)[label]
    return htpy.button(spot.press(element, value), type="button", **common)[label]


def _overflow(element: Json, spot: Spot, n: int) -> Node:
    say = words(spot.reader.lang)
    items = [
        htpy.li[
            htpy.button(
                spot.press(element, str(option.get("value", ""))),
                type="button",
                id=spot.id(n, element.get("action_id", ""), i),
            )[words_of(option.get("text"))]
        ]
        for i, option in enumerate(element.get("options", []))
    ]
    return htpy.details(".more", id=spot.id(n, "more"))[
        htpy.summary(".btn.icon", id=spot.id(n, "menu"), aria_label=say("card.more"))[icon("more")],
        htpy.ul[items],
    ]


def _select(element: Json, spot: Spot, n: int) -> Node:
    many = str(element["type"]).startswith("multi_")
    chosen = chosen_values(element, spot)
    return htpy.span(".pick.in-card")[
        htpy.select(
            spot.press(element),
            id=spot.id(n, element.get("action_id", "")),
            name="value",
            multiple=many,
            aria_label=words_of(element.get("placeholder")) or words(spot.reader.lang)("card.choose"),
            hx_trigger="change",
        )[
            not many and htpy.option(value="", disabled=True, selected=not chosen)[_prompt(element, spot)],
            select_options(element, chosen, spot),
        ]
    ]


def _prompt(element: Json, spot: Spot) -> str:
    return words_of(element.get("placeholder")) or words(spot.reader.lang)("card.choose")


def select_options(element: Json, chosen: set[str], spot: Spot) -> Node:
    """The options of any select: its own, grouped, or people and channels of the workspace."""
    groups = element.get("option_groups")
    if groups:
        return [
            htpy.optgroup(label=words_of(group.get("label")))[_options(group["options"], chosen)] for group in groups
        ]
    return [htpy.option(value=value, selected=value in chosen)[label] for value, label in choices_of(element, spot)]


def _options(options: Iterable[Json], chosen: set[str]) -> list[Node]:
    return [
        htpy.option(value=str(option["value"]), selected=str(option["value"]) in chosen)[words_of(option["text"])]
        for option in options
    ]


def choices_of(element: Json, spot: Spot) -> Iterator[tuple[str, str]]:
    """Value and label of everything that can be chosen."""
    kind = str(element.get("type", ""))
    workspace = spot.reader.workspace
    if "users_select" in kind:
        yield from ((person.id, person.name) for person in workspace.people.values() if not person.deleted)
    elif "channels_select" in kind or "conversations_select" in kind:
        yield from ((c.id, f"#{c.name}") for c in workspace.channels.values() if c.kind != "im")
    else:
        yield from ((str(option["value"]), words_of(option["text"])) for option in element.get("options", []))


def chosen_values(element: Json, spot: Spot) -> set[str]:
    """The values that are chosen now: in the state, else those that the app chose at first."""
    entered = spot.entered(element)
    held, prefix = (element, "initial") if entered is None else (entered, "selected")
    one = [held.get(f"{prefix}_{kind}") for kind in _HELD]
    several = [each for kind in _HELD for each in held.get(f"{prefix}_{kind}s") or []]
    return {str(each["value"] if isinstance(each, Mapping) else each) for each in (*one, *several) if each}


def _choice_group(element: Json, spot: Spot, n: int) -> Node:
    kind = "radio" if element["type"] == "radio_buttons" else "checkbox"
    chosen = chosen_values(element, spot)
    return htpy.fieldset(".choices", spot.press(element), hx_trigger="change", hx_include="this")[
        htpy.legend(".vh")[words(spot.reader.lang)("card.choose")],
        choice_labels(element, spot, kind, "value", chosen, n),
    ]


def choice_labels(element: Json, spot: Spot, kind: str, name: str, chosen: set[str], n: int = 0) -> Node:
    """The labelled boxes of radio buttons or checkboxes."""
    return [
        htpy.label[
            htpy.input(
                type=kind,
                name=name,
                value=str(option["value"]),
                checked=str(option["value"]) in chosen,
                id=spot.id(n, element.get("action_id", ""), i),
            ),
            htpy.span[
                text_of(option["text"], spot),
                option.get("description") and [" ", htpy.small[text_of(option["description"], spot)]],
            ],
        ]
        for i, option in enumerate(element.get("options", []))
    ]


def _picker(element: Json, spot: Spot, n: int) -> Node:
    kind = {"datepicker": "date", "timepicker": "time"}.get(str(element["type"]), "date_time")
    held = spot.entered(element)
    shown = held.get(f"selected_{kind}") if held else element.get(f"initial_{kind}")
    return htpy.input(
        ".pick.in-card",
        spot.press(element),
        type=_PICKERS[kind],
        name="value",
        value=local_moment(int(shown), spot) if kind == "date_time" and shown else str(shown or ""),
        id=spot.id(n, element.get("action_id", "")),
        aria_label=_prompt(element, spot),
        hx_trigger="change",
    )


def local_moment(seconds: int, spot: Spot) -> str:
    """Epoch seconds as a datetime-local field of the reader holds them."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(spot.reader.zone):%Y-%m-%dT%H:%M}"


def image(element: Mapping[str, Any]) -> Node:
    """A picture of this machine. One from elsewhere is shown by its description: nothing is fetched from outside."""
    url = str(element.get("image_url", ""))
    alt = plain(str(element.get("alt_text", "")))
    if urlsplit(url).hostname in ("127.0.0.1", "localhost") or url.startswith("data:image/"):
        return htpy.img(src=url, alt=alt)
    return htpy.span(".picture", role="img", aria_label=alt)[alt]


SELECTS = frozenset(
    f"{many}{kind}_select" for many in ("", "multi_") for kind in ("static", "users", "channels", "conversations")
)
ELEMENTS: dict[str, Callable[[Json, Spot, int], Node]] = {
    "button": _button,
    "overflow": _overflow,
    "radio_buttons": _choice_group,
    "checkboxes": _choice_group,
    "datepicker": _picker,
    "timepicker": _picker,
    "datetimepicker": _picker,
    "image": lambda element, _spot, _n: image(element),
    **dict.fromkeys(SELECTS, _select),
}
