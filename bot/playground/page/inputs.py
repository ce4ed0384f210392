"""A modal's input blocks: label, field, error at the field, hint; and reading back what was typed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import htpy
from htpy import Node

from .elements import SELECTS, choice_labels, chosen_values, local_moment, select_options, unknown, words_of
from .external import TYPES as EXTERNAL
from .external import draw_external
from .icons import icon
from .spot import Json, Spot
from .texts import words

_TYPED = {"email_text_input": "email", "url_text_input": "url", "number_input": "text"}


def draw_input(block: Json, spot: Spot) -> Node:
    """An input block. What was typed comes from the view's state, else from the element's initial value."""
    element: Json = block["element"]
    error = (spot.errors or {}).get(str(block.get("block_id", "")))
    if element["type"] in ("radio_buttons", "checkboxes"):
        return _choices(block, element, spot, error)
    if element["type"] not in FIELDS:
        return unknown(element, spot)
    field = spot.id(element.get("action_id", ""))
    attributes: dict[str, Any] = {
        "id": field,
        "name": field_name(block),
        "aria_invalid": "true" if error else None,
        "aria_describedby": _described(field, block, error),
        "aria_required": None if block.get("optional") else "true",
    }
    if block.get("dispatch_action"):
        attributes |= {**spot.press(element, path="click"), "hx_trigger": "change"}
    return htpy.div(".field")[
        htpy.label(for_=field)[htpy.span[words_of(block["label"])], _aside(block, element, spot)],
        FIELDS[element["type"]](element, spot.entered(element), attributes, spot),
        _below(field, block, error),
    ]


def field_name(block: Json) -> str:
    """The form's name of an input: what the human side calls `block_id.action_id`."""
    return f"{block.get('block_id', '')}.{block['element'].get('action_id', '')}"


def read_fields(blocks: Iterable[Json], form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What a person typed, by `block_id.action_id`; where several can be chosen, a list. Times are local."""
    fields: dict[str, Any] = {}
    for block in blocks:
        if block.get("type") == "input":
            name = field_name(block)
            fields[name] = read_value(block["element"], form.get(name, []))
    return fields


def read_value(element: Json, given: Sequence[str]) -> Any:
    """What an element of a form holds, in the shape that its type asks for; None where nothing is."""
    kind = str(element["type"])
    if kind == "checkboxes" or kind.startswith("multi_"):
        return list(given)
    value = given[-1].replace("\r\n", "\n") if given else ""
    if kind == "rich_text_input" and value:
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
        return {"type": "rich_text", "elements": [section]}
    return value or None


def _choices(block: Json, element: Json, spot: Spot, error: str | None) -> Node:
    field = spot.id(element.get("action_id", ""))
    kind = "radio" if element["type"] == "radio_buttons" else "checkbox"
    chosen = chosen_values(element, spot)
    press = {**spot.press(element, path="click"), "hx-trigger": "change"} if block.get("dispatch_action") else {}
    return htpy.fieldset(
        ".choices",
        press,
        id=field,
        aria_describedby=_described(field, block, error),
        data_invalid=bool(error),
    )[
        htpy.legend[words_of(block["label"]), " ", _aside(block, element, spot)],
        choice_labels(element, spot, kind, field_name(block), chosen),
        htpy.div(".under")[_below(field, block, error)],
    ]


def _described(field: str, block: Json, error: str | None) -> str | None:
    ids = [f"{field}_e"] * bool(error) + [f"{field}_h"] * bool(block.get("hint"))
    return " ".join(ids) or None


def _below(field: str, block: Json, error: str | None) -> Node:
    return [
        error and htpy.span(".error", id=f"{field}_e")[icon("warn"), htpy.span[error]],
        block.get("hint") and htpy.small(id=f"{field}_h")[words_of(block["hint"])],
    ]


def _aside(block: Json, element: Json, spot: Spot) -> Node:
    if block.get("optional"):
        return htpy.small[words(spot.reader.lang)("modal.optional")]
    if element.get("multiline") and element.get("max_length"):
        return htpy.small(data_counts=spot.id(element.get("action_id", "")), aria_hidden="true")[
            f"0 / {element['max_length']}"
        ]
    return None


def _shown(element: Json, state: Json | None, key: str, initial: str) -> str:
    value = state.get(key) if state is not None else element.get(initial)
    return "" if value is None else str(value)


def _text(element: Json, state: Json | None, attributes: dict[str, Any], _spot: Spot) -> Node:
    value = _shown(element, state, "value", "initial_value")
    if element["type"] == "rich_text_input":
        value = _words_in((state or {}).get("rich_text_value") or element.get("initial_value"))
    attributes |= {"placeholder": words_of(element.get("placeholder")) or None, "autocomplete": "off"}
    if element.get("max_length"):
        attributes["maxlength"] = str(element["max_length"])
    if element.get("multiline") or element["type"] == "rich_text_input":
        return htpy.textarea(rows="3", **attributes)[value]
    return htpy.input(type=_TYPED.get(str(element["type"]), "text"), value=value, **_numeric(element, attributes))


def _words_in(rich: Any) -> str:
    """The bare text inside a rich_text value."""
    if isinstance(rich, list):
        return "".join(_words_in(part) for part in rich)
    return str(rich.get("text") or _words_in(rich.get("elements", []))) if isinstance(rich, dict) else ""


def _numeric(element: Json, attributes: dict[str, Any]) -> dict[str, Any]:
    if element["type"] != "number_input":
        return attributes
    return {**attributes, "inputmode": "decimal" if element.get("is_decimal_allowed") else "numeric"}


def _select(element: Json, _state: Json | None, attributes: dict[str, Any], spot: Spot) -> Node:
    many = str(element["type"]).startswith("multi_")
    chosen = chosen_values(element, spot)
    prompt = words_of(element.get("placeholder")) or words(spot.reader.lang)("card.choose")
    return htpy.select(multiple=many, **attributes)[
        not many and htpy.option(value="", selected=not chosen)[prompt],
        select_options(element, chosen, spot),
    ]


def _external(element: Json, _state: Json | None, attributes: dict[str, Any], spot: Spot) -> Node:
    return draw_external(element, spot, attributes)


def _file(_element: Json, _state: Json | None, attributes: dict[str, Any], spot: Spot) -> Node:
    """Shown but closed: nothing is uploaded in the playground."""
    return htpy.input(type="file", disabled=True, title=words(spot.reader.lang)("modal.no_files"), **attributes)


def _date(element: Json, state: Json | None, attributes: dict[str, Any], _spot: Spot) -> Node:
    return htpy.input(type="date", value=_shown(element, state, "selected_date", "initial_date"), **attributes)


def _time(element: Json, state: Json | None, attributes: dict[str, Any], _spot: Spot) -> Node:
    return htpy.input(type="time", value=_shown(element, state, "selected_time", "initial_time"), **attributes)


def _datetime(element: Json, state: Json | None, attributes: dict[str, Any], spot: Spot) -> Node:
    seconds = _shown(element, state, "selected_date_time", "initial_date_time")
    return htpy.input(type="datetime-local", value=local_moment(int(seconds), spot) if seconds else "", **attributes)


FIELDS: dict[str, Callable[[Json, Json | None, dict[str, Any], Spot], Node]] = {
    "plain_text_input": _text,
    "rich_text_input": _text,
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _datetime,
    "file_input": _file,
    **dict.fromkeys(EXTERNAL, _external),
    **dict.fromkeys(_TYPED, _text),
    **dict.fromkeys(SELECTS, _select),
}
