"""The blocks with numbers: tables and charts. A chart's bars are SVG, as inline styles are not allowed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import htpy
from htpy import Node

from .mrkdwn import plain
from .reader import Reader
from .rich_text import rich_text_inline

Json = Mapping[str, Any]
_HEIGHT = 72
_WIDTH = 560
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
    slot = _WIDTH / max(len(categories), 1)
    bar = min(20.0, slot * 0.7 / max(len(series), 1))
    drawn: list[Node] = []
    for s, values in enumerate(series):
        for c, value in enumerate(values):
            x = slot * (c + 0.5) + (s - len(series) / 2) * (bar + 2) + 1
            drawn.append(_bar(x, bar, value, value / top, s))
    return _frame(body, categories, drawn, slot)


def _bar(x: float, width: float, value: float, share: float, series: int) -> Node:
    if value <= 0:
        return None
    height = share * _HEIGHT
    return [
        htpy.rect(
            class_=f"s{series % 6}",
            x=f"{x:.1f}",
            y=f"{16 + _HEIGHT - height:.1f}",
            width=f"{width:.1f}",
            height=f"{height:.1f}",
            rx="2",
        ),
        htpy.text(x=f"{x + width / 2:.1f}", y=f"{12 + _HEIGHT - height:.1f}", text_anchor="middle")[f"{value:g}"],
    ]


def _line(body: Json) -> Node:
    categories = _categories(body)
    series = [_values(one, categories) for one in body.get("series", [])]
    top = max((value for values in series for value in values), default=0) or 1
    slot = _WIDTH / max(len(categories), 1)
    drawn: list[Node] = []
    for s, values in enumerate(series):
        points = [(slot * (i + 0.5), 16 + _HEIGHT * (1 - value / top)) for i, value in enumerate(values)]
        drawn.append(htpy.polyline(class_=f"s{s % 6}", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points)))
        for (x, y), value in zip(points, values, strict=True):
            drawn.append(htpy.circle(class_=f"s{s % 6}", cx=f"{x:.1f}", cy=f"{y:.1f}", r="3"))
            drawn.append(htpy.text(x=f"{x:.1f}", y=f"{y - 6:.1f}", text_anchor="middle")[f"{value:g}"])
    return _frame(body, categories, drawn, slot)


def _frame(body: Json, categories: Sequence[str], drawn: Node, slot: float) -> Node:
    base = 16 + _HEIGHT
    labels = [
        htpy.text(".axis", x=f"{slot * (i + 0.5):.1f}", y=str(base + 16), text_anchor="middle")[name]
        for i, name in enumerate(categories)
    ]
    picture = htpy.svg(
        viewBox=f"0 0 {_WIDTH} {base + 22}", role="img", aria_label=_spoken(body, categories), class_="plot"
    )[htpy.path(class_="base", d=f"M0 {base}.5H{_WIDTH}"), drawn, labels]
    return [picture, _legend([str(one.get("name", "")) for one in body.get("series", [])])]


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
