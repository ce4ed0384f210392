"""The blocks with numbers: tables and charts. A chart's bars are SVG, as inline styles are not allowed."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Any

import htpy
from htpy import Node

from .mrkdwn import plain
from .reader import Reader
from .rich_text import rich_text_inline

Json = Mapping[str, Any]
_HEIGHT, _TOP, _FOOT = 72, 18, 24  # pixels: lengths across are shares, so that letters keep their size at any width
_WIDE, _NARROW = 420, 240  # pixels across that the labels can count on, beside a narrow desk and in it
_ALIGN = ("left", "center", "right")


def table(block: Json, reader: Reader) -> Node:
    """A table; its first row holds the column heads."""
    rows: Sequence[Sequence[Json]] = block.get("rows", [])
    settings: Sequence[Json | None] = block.get("column_settings", [])
    head, body = rows[:1], rows[1:]
    return htpy.div(".scroll-x", tabindex="0")[
        htpy.table[
            block.get("caption") and htpy.caption[plain(str(block["caption"]))],
            htpy.thead[[_row(row, settings, reader, htpy.th) for row in head]],
            htpy.tbody[[_row(row, settings, reader, htpy.td) for row in body]],
        ]
    ]


def _row(row: Sequence[Json], settings: Sequence[Json | None], reader: Reader, tag: htpy.Element) -> Node:
    return htpy.tr[
        [
            tag(class_=_align(settings, i), scope="col" if tag is htpy.th else None)[_cell(cell, reader)]
            for i, cell in enumerate(row)
        ]
    ]


def _align(settings: Sequence[Json | None], column: int) -> str | None:
    setting = settings[column] if column < len(settings) else None
    align = str((setting or {}).get("align", "left"))
    return align if align in _ALIGN[1:] else None


def _cell(cell: Json, reader: Reader) -> Node:
    if cell.get("type") == "rich_text":
        return rich_text_inline(cell, reader)
    return plain(str(cell.get("text", cell.get("value", ""))))


def chart(block: Json, _: Reader) -> Node:
    """A data_visualization: bars, columns, lines, an area or a pie's shares, drawn from the same numbers."""
    body: Json = block.get("chart", {})
    draw = _KINDS.get(str(body.get("type")), _bars)
    return htpy.figure(".chart")[
        htpy.figcaption[plain(str(block.get("title", ""))), htpy.small[_axis_name(body)]],
        draw(body),
    ]


def _axis_name(body: Json) -> str:
    return plain(str(body.get("axis_config", {}).get("y_label", "")))


def _categories(body: Json) -> list[str]:
    named = body.get("axis_config", {}).get("categories")
    series = body.get("series") or [{}]
    return [str(name) for name in named or [point.get("label", "") for point in series[0].get("data", [])]]


def _values(series: Json, categories: Sequence[str]) -> list[float]:
    by_label = {str(point.get("label")): float(point.get("value", 0)) for point in series.get("data", [])}
    return [by_label.get(category, 0.0) for category in categories]


def _spoken(body: Json, categories: Sequence[str]) -> str:
    parts = []
    for series in body.get("series", []):
        pairs = zip(categories, _values(series, categories), strict=True)
        numbers = ", ".join(f"{category} {value:g}" for category, value in pairs)
        parts.append(f"{series.get('name', '')}: {numbers}")
    return "; ".join(parts)


def _bars(body: Json) -> Node:
    categories = _categories(body)
    series = [_values(one, categories) for one in body.get("series", [])]
    top = max((value for values in series for value in values), default=0) or 1
    slot = 100 / max(len(categories), 1)
    bar = min(4.0, slot * 0.7 / max(len(series), 1))
    drawn: list[Node] = []
    for s, values in enumerate(series):
        for c, value in enumerate(values):
            x = slot * (c + 0.5) + (s - len(series) / 2) * bar
            drawn.append(_bar(x, bar, value, value / top, s))
    return _frame(body, categories, drawn, slot)


def _bar(x: float, width: float, value: float, share: float, series: int) -> Node:
    if value <= 0:
        return None
    height = share * _HEIGHT
    return [
        htpy.rect(
            class_=f"s{series % 6}",
            x=f"{x:.2f}%",
            y=f"{_TOP + _HEIGHT - height:.1f}",
            width=f"{width:.2f}%",
            height=f"{height:.1f}",
            rx="2",
        ),
        htpy.text(x=f"{x + width / 2:.2f}%", y=f"{_TOP - 4 + _HEIGHT - height:.1f}", text_anchor="middle")[
            f"{value:g}"
        ],
    ]


def _line(body: Json) -> Node:
    categories = _categories(body)
    series = [_values(one, categories) for one in body.get("series", [])]
    top = max((value for values in series for value in values), default=0) or 1
    slot = 100 / max(len(categories), 1)
    drawn: list[Node] = []
    for s, values in enumerate(series):
        points = [(slot * (i + 0.5), _TOP + _HEIGHT * (1 - value / top)) for i, value in enumerate(values)]
        drawn += [
            htpy.line(class_=f"s{s % 6}", x1=f"{x1:.2f}%", y1=f"{y1:.1f}", x2=f"{x2:.2f}%", y2=f"{y2:.1f}")
            for (x1, y1), (x2, y2) in pairwise(points)
        ]
        for (x, y), value in zip(points, values, strict=True):
            drawn.append(htpy.circle(class_=f"s{s % 6}", cx=f"{x:.2f}%", cy=f"{y:.1f}", r="3"))
            drawn.append(htpy.text(x=f"{x:.2f}%", y=f"{y - 6:.1f}", text_anchor="middle")[f"{value:g}"])
    return _frame(body, categories, drawn, slot)


def _frame(body: Json, categories: Sequence[str], drawn: Node, slot: float) -> Node:
    base = _TOP + _HEIGHT
    labels = [
        htpy.text(
            class_=f"axis {rank}".strip(), x=f"{slot * (i + 0.5):.2f}%", y=f"{base + 18}", text_anchor="middle"
        )[name]
        for i, (name, rank) in enumerate(zip(categories, _ranks(categories), strict=True))
    ]
    picture = htpy.svg(
        height=f"{base + _FOOT}", width="100%", role="img", aria_label=_spoken(body, categories), class_="plot"
    )[htpy.line(class_="base", x1="0", y1=f"{base}.5", x2="100%", y2=f"{base}.5"), drawn, labels]
    return [picture, _legend([str(one.get("name", "")) for one in body.get("series", [])])]


def _ranks(categories: Sequence[str]) -> list[str]:
    """By label: nothing, or `wide` where there is room in a wide chart alone, or `never`: they would overlap."""
    length = max((sum(12 if ord(sign) > 0x2E7F else 7 for sign in name) for name in categories), default=0) + 8
    wide = ceil(length * len(categories) / _WIDE) or 1
    narrow = wide * (ceil(length * len(categories) / _NARROW / wide) or 1)
    return ["never" if i % wide else "wide" if i % narrow else "" for i in range(len(categories))]


def _pie(body: Json) -> Node:
    """A pie as rows with bars: the shares can be read and compared without colour."""
    segments = body.get("segments") or (body.get("series") or [{}])[0].get("data", [])
    total = sum(float(one.get("value", 0)) for one in segments) or 1
    return htpy.table(".shares")[
        htpy.tbody[
            [
                htpy.tr[
                    htpy.th(scope="row")[str(one.get("label", ""))],
                    htpy.td[htpy.progress(max=f"{total:g}", value=f"{float(one.get('value', 0)):g}")],
                    htpy.td(".right")[f"{float(one.get('value', 0)):g}"],
                ]
                for one in segments
            ]
        ]
    ]


def _legend(names: Sequence[str]) -> Node:
    if len(names) < 2:
        return None
    return htpy.ul(".legend", aria_hidden="true")[[htpy.li(class_=f"s{i % 6}")[name] for i, name in enumerate(names)]]


_KINDS: dict[str, Callable[[Json], Node]] = {
    "bar": _bars,
    "line": _line,
    "area": _line,
    "pie": _pie,
}
