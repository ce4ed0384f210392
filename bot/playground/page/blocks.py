"""Block Kit, drawn: one function per block type. Surfaces and fields: docs.slack.dev/reference/block-kit/blocks."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import htpy
from htpy import Node

from . import charts, inputs, rich_text
from .elements import draw_element, image, text_of, unknown, words_of
from .external import TYPES as EXTERNAL
from .external import draw_external
from .icons import icon
from .markdown import markdown
from .mrkdwn import link, mrkdwn, plain
from .reader import Place, Reader
from .spot import Json, Spot
from .texts import words

_NAMED_FIELD = re.compile(r"^\*([^*\n]+)\*\n(.+)$", re.S)
_ALERTS = {"error": "bad", "warning": "", "info": "info", "success": "good", "default": "info"}
_CARD_TEXTS = ("title", "subtitle", "body")
_TASK_STATES = ("pending", "in_progress", "complete", "error")


def draw_blocks(
    blocks: Iterable[Json],
    reader: Reader,
    place: Place,
    state: Json | None = None,
    errors: Json | None = None,
) -> list[Node]:
    """All blocks in order. A type that the page doesn't know is named in place, so that nobody misses it."""
    return [
        _draw(block, Spot(reader, place, index, str(block.get("block_id", "")), state, errors))
        for index, block in enumerate(blocks)
    ]


def draw_home(blocks: Sequence[Json], reader: Reader) -> Node:
    """The blocks of a Home tab; what comes first stands out as the next step."""
    drawn = draw_blocks(blocks, reader, Place("home"))
    end = _next_step(blocks)
    return [htpy.section(".next")[drawn[:end]] if end else None, drawn[end:]]


def _next_step(blocks: Sequence[Json]) -> int:
    """How many blocks it has: up to the first divider or second header; 0 where nothing follows nor is asked."""
    kinds = [block.get("type") for block in blocks]
    heads = [at for at, kind in enumerate(kinds) if kind == "header"]
    dividers = [at for at, kind in enumerate(kinds) if kind == "divider"]
    end = min([*heads[1:2], *dividers[:1], len(blocks)])
    own = [one for block in blocks[:end] for one in (*block.get("elements", []), block.get("accessory") or {})]
    calls = any(isinstance(one, Mapping) and one.get("style") == "primary" for one in own)
    return end if calls or (heads and heads[0] < end < len(blocks)) else 0


def _draw(block: Json, spot: Spot) -> Node:
    draw = _BLOCKS.get(str(block.get("type")))
    if draw is None:
        return htpy.p(".context")[unknown(block, spot)]
    return draw(block, spot)


def _header(block: Json, spot: Spot) -> Node:
    return htpy.header[htpy.h3[text_of(block["text"], spot)]]


def _section(block: Json, spot: Spot) -> Node:
    body: list[Node] = []
    if block.get("text"):
        body.append(htpy.div(".text")[text_of(block["text"], spot)])
    if block.get("fields"):
        body.append(_fields(block["fields"], spot))
    accessory = block.get("accessory")
    if not accessory:
        return htpy.div(".section")[body]
    return htpy.div(".section.with")[htpy.div[body], _element(accessory, spot)]


def _fields(fields: Iterable[Json], spot: Spot) -> Node:
    """Fields that all read `*name*⏎value` become a list of terms, others two columns."""
    given = list(fields)
    named = [_NAMED_FIELD.match(str(one["text"])) if one["type"] == "mrkdwn" else None for one in given]
    if all(named):
        return htpy.dl(".fields")[
            [
                [htpy.dt[plain(match[1])], htpy.dd[mrkdwn(match[2], spot.reader)]]
                for match in named
                if match is not None
            ]
        ]
    return htpy.div(".columns")[[htpy.div(".text")[text_of(one, spot)] for one in given]]


def _element(element: Json, spot: Spot, n: int = 0) -> Node:
    if element.get("type") in EXTERNAL:
        attributes = {**spot.press(element), "hx-trigger": "change", "name": "value", "id": spot.id(n, "external")}
        return draw_external(element, spot, attributes)
    return draw_element(element, spot, n)


def _context(block: Json, spot: Spot) -> Node:
    return htpy.div(".context")[
        [
            image(one) if one.get("type") == "image" else htpy.span[text_of(one, spot)]
            for one in block.get("elements", [])
        ]
    ]


def _actions(block: Json, spot: Spot) -> Node:
    return htpy.div(".actions")[[_element(one, spot, n) for n, one in enumerate(block.get("elements", []))]]


def _image(block: Json, _: Spot) -> Node:
    title = block.get("title")
    return htpy.figure(".image")[title and htpy.figcaption[words_of(title)], image(block)]


def _rich_text(block: Json, spot: Spot) -> Node:
    return htpy.div(".rich-text")[rich_text.rich_text(block, spot.reader)]


def _plan(block: Json, spot: Spot) -> Node:
    return htpy.div(".work")[
        htpy.h3[
            words_of(block["title"]) if isinstance(block.get("title"), dict) else plain(str(block.get("title", "")))
        ],
        htpy.ol(".plan")[[_task(task, spot) for task in block.get("tasks", [])]],
    ]


def _task_card(block: Json, spot: Spot) -> Node:
    return htpy.div(".work")[htpy.ol(".plan")[_task(block, spot)]]


def _task(task: Json, spot: Spot) -> Node:
    status = str(task.get("status", "pending"))
    status = status if status in _TASK_STATES else "pending"
    say = words(spot.reader.lang)
    return htpy.li(data_state=status, aria_current="step" if status in ("in_progress", "error") else None)[
        htpy.div[
            plain(str(task.get("title", ""))),
            [rich_text.rich_text(task[part], spot.reader) for part in ("details", "output") if task.get(part)],
            [link(str(one["url"]), str(one.get("text") or one["url"])) for one in task.get("sources", [])],
        ],
        htpy.small[say(f"task.{status}")],
    ]


def _alert(block: Json, spot: Spot) -> Node:
    level = str(block.get("level", "default"))
    sign = {"success": "done", "info": "info", "default": "info"}.get(level, "warn")
    return htpy.div(class_=["alert", _ALERTS.get(level, "info")])[icon(sign), htpy.div[text_of(block["text"], spot)]]


def _table(block: Json, spot: Spot) -> Node:
    return charts.table(block, spot.reader)


def _card(block: Json, spot: Spot) -> Node:
    hero = block.get("hero_image")
    return htpy.div(".inner")[
        image(hero) if hero else None,
        [htpy.div(class_=f"text {part}")[text_of(block.get(part), spot)] for part in _CARD_TEXTS if block.get(part)],
        _actions({"elements": block["actions"]}, spot) if block.get("actions") else None,
    ]


def _carousel(block: Json, spot: Spot) -> Node:
    return htpy.div(".carousel", tabindex="0")[[_card(card, spot) for card in block.get("elements", [])]]


def _video(block: Json, _: Spot) -> Node:
    """A film would come from elsewhere: its title, description and address stand for it."""
    url = str(block.get("title_url") or block.get("video_url", ""))
    return htpy.figure(".image")[
        htpy.figcaption[link(url, words_of(block.get("title")))],
        image({"alt_text": block.get("alt_text", "")}),
        htpy.small[words_of(block.get("description"))],
    ]


def _markdown(block: Json, _: Spot) -> Node:
    return htpy.div(".rich-text")[markdown(str(block.get("text", "")))]


_BLOCKS: dict[str, Callable[[Json, Spot], Node]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "divider": lambda _block, _spot: htpy.hr,
    "image": _image,
    "input": inputs.draw_input,
    "rich_text": _rich_text,
    "plan": _plan,
    "task_card": _task_card,
    "table": _table,
    "data_table": _table,
    "context_actions": _actions,
    "card": _card,
    "carousel": _carousel,
    "video": _video,
    "data_visualization": lambda block, spot: charts.chart(block, spot.reader),
    "alert": _alert,
    "markdown": _markdown,
}
