"""A modal's input blocks: label, field, error at the field, hint; and reading back what was typed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import htpy
from htpy import Node

from .elements import SELECTS, choice_labels, initial_values, select_options, words_of
from .icons import icon
from .spot import Json, Spot
from .texts import words

_TYPED = {"email_text_input": "email", "url_text_input": "url", "number_input": "text"}
_LOCAL = "%Y-%m-%dT%H:%M"


def draw_input(block: Json, spot: Spot) -> Node:
    """An input block. What was typed comes from the view's state, else from the element's initial value."""
    element: Json = block["element"]
    error = (spot.errors or {}).get(str(block.get("block_id", "")))
    if element["type"] in ("radio_buttons", "checkboxes"):
        return _choices(block, element, spot, error)
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
        FIELDS[element["type"]](element, _state(block, spot), attributes, spot),
        _below(field, block, error),
    ]


def field_name(block: Json) -> str:
    """The form's name of an input: what the human side calls `block_id.action_id`."""
    return f"{block.get('block_id', '')}.{block['element'].get('action_id', '')}"


def read_fields(blocks: Iterable[Json], form: Mapping[str, Sequence[str]], zone: ZoneInfo) -> dict[str, Any]:
    """What a person typed, by `block_id.action_id`, in the shape that each element's type has.

    Dates with a time are read in the person's zone and become epoch seconds; several choices become a list.
    """
    fields: dict[str, Any] = {}
    for block in blocks:
        if block.get("type") == "input":
            name = field_name(block)
            fields[name] = _read(block["element"], list(form.get(name, [])), zone)
    return fields


def _read(element: Json, given: list[str], zone: ZoneInfo) -> Any:
    kind = str(element["type"])
    if kind == "checkboxes" or kind.startswith("multi_"):
        return given
    value = given[-1].replace("\r\n", "\n") if given else ""
    if kind == "datetimepicker":
        return read_moment(value, zone)
    return value or None


def read_moment(value: str, zone: ZoneInfo) -> int | None:
    """Epoch seconds of what a datetime-local field holds, read in `zone`; None for nonsense."""
    try:
        return int(datetime.strptime(value, _LOCAL).replace(tzinfo=zone).timestamp())
    except ValueError:
        return None


def _choices(block: Json, element: Json, spot: Spot, error: str | None) -> Node:
    field = spot.id(element.get("action_id", ""))
    kind = "radio" if element["type"] == "radio_buttons" else "checkbox"
    state = _state(block, spot)
    chosen = _chosen(state) if state is not None else initial_values(element)
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


def _state(block: Json, spot: Spot) -> Json | None:
    values = (spot.state or {}).get(str(block.get("block_id", "")), {})
    found = values.get(block["element"].get("action_id", ""))
    return found if isinstance(found, Mapping) else None


def _chosen(state: Json) -> set[str]:
    if state.get("selected_option"):
        return {str(state["selected_option"]["value"])}
    if state.get("selected_options"):
        return {str(option["value"]) for option in state["selected_options"]}
    kinds = ("user", "channel", "conversation")
    single = {str(state[f"selected_{kind}"]) for kind in kinds if state.get(f"selected_{kind}")}
    return single | {str(value) for kind in kinds for value in state.get(f"selected_{kind}s") or []}


def _shown(element: Json, state: Json | None, key: str, initial: str) -> str:
    value = state.get(key) if state is not None else element.get(initial)
    return "" if value is None else str(value)


def _text(element: Json, state: Json | None, attributes: dict[str, Any], _spot: Spot) -> Node:
    value = _shown(element, state, "value", "initial_value")
    attributes |= {"placeholder": words_of(element.get("placeholder")) or None, "autocomplete": "off"}
    if element.get("max_length"):
        attributes["maxlength"] = str(element["max_length"])
    if element.get("multiline") or element["type"] == "rich_text_input":
        return htpy.textarea(rows="3", **attributes)[value]
    return htpy.input(type=_TYPED.get(str(element["type"]), "text"), value=value, **_numeric(element, attributes))


def _numeric(element: Json, attributes: dict[str, Any]) -> dict[str, Any]:
    if element["type"] != "number_input":
        return attributes
    return {**attributes, "inputmode": "decimal" if element.get("is_decimal_allowed") else "numeric"}


def _select(element: Json, state: Json | None, attributes: dict[str, Any], spot: Spot) -> Node:
    many = str(element["type"]).startswith("multi_")
    chosen = _chosen(state) if state is not None else initial_values(element)
    prompt = words_of(element.get("placeholder")) or words(spot.reader.lang)("card.choose")
    return htpy.select(multiple=many, **attributes)[
        not many and htpy.option(value="", selected=not chosen)[prompt],
        select_options(element, chosen, spot),
    ]


def _date(element: Json, state: Json | None, attributes: dict[str, Any], _spot: Spot) -> Node:
    return htpy.input(type="date", value=_shown(element, state, "selected_date", "initial_date"), **attributes)


def _time(element: Json, state: Json | None, attributes: dict[str, Any], _spot: Spot) -> Node:
    return htpy.input(type="time", value=_shown(element, state, "selected_time", "initial_time"), **attributes)


def _datetime(element: Json, state: Json | None, attributes: dict[str, Any], spot: Spot) -> Node:
    seconds = _shown(element, state, "selected_date_time", "initial_date_time")
    moment = datetime.fromtimestamp(int(seconds), UTC).astimezone(spot.reader.zone) if seconds else None
    return htpy.input(type="datetime-local", value=f"{moment:{_LOCAL}}" if moment else "", **attributes)


FIELDS: dict[str, Callable[[Json, Json | None, dict[str, Any], Spot], Node]] = {
    "plain_text_input": _text,
    "rich_text_input": _text,
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _datetime,
    **dict.fromkeys(_TYPED, _text),
    **dict.fromkeys(SELECTS, _select),
}
TYPES = frozenset((*FIELDS, "radio_buttons", "checkboxes"))
