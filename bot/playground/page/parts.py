"""The page's replaceable parts, and the answer that brings a browser up to date.

Every part has an id and a digest of its HTML. The browser says with each request which digests it shows; the
answer holds only what differs, as htmx out-of-band swaps. So all requests, whatever they did, end the same way, and
nothing is replaced under a person's hands that did not change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from zlib import crc32

import htpy
from markupsafe import Markup

Known = Mapping[str, str]  # id → digest, in the order in which the browser shows them


@dataclass(frozen=True)
class Part:
    """An element with an id, drawn. `items` are the parts of a list that grows, mostly at its ends."""

    id: str
    html: str
    items: Sequence["Part"] = field(default=())
    list_id: str = ""

    @cached_property
    def digest(self) -> str:
        """Changes with the part's own HTML, not with that of its items."""
        return f"{crc32(self.html.encode()):08x}"

    def draw(self, oob: str | None = None) -> Markup:
        """The HTML with its digest; with `oob` as an out-of-band swap of that kind."""
        swap = f' hx-swap-oob="{oob}"' if oob else ""
        mark = f'id="{self.id}"'
        html = self.html.replace(mark, f'{mark} data-v="{self.digest}"{swap}', 1)
        if self.list_id:
            opening = f'id="{self.list_id}">'
            html = html.replace(opening, opening + "".join(item.draw() for item in self.items), 1)
        return Markup(html)  # noqa: S704 (drawn and escaped by htpy before)


def part(element: htpy.Element) -> Part:
    """A part from an element whose first attribute is its id."""
    html = "".join(element.iter_chunks())
    return Part(html.split('id="', 1)[1].split('"', 1)[0], html)


def growing(element: htpy.Element, list_id: str, items: Sequence[Part]) -> Part:
    """A part around a list: `element` holds the empty list with `list_id` as its only attribute left of `>`."""
    outer = part(element)
    return Part(outer.id, outer.html, items, list_id)


def update(parts: Sequence[Part], known: Known) -> Markup:
    """Out-of-band swaps that bring a browser from `known` to `parts`."""
    return Markup("").join(_swap(one, known) for one in parts)


def _swap(one: Part, known: Known) -> Markup:
    if known.get(one.id) != one.digest:
        return one.draw("true")
    return _grow(one, known) if one.list_id else Markup("")


def _grow(one: Part, known: Known) -> Markup:
    """Changed, gone and new items one by one; the whole list where what stays is in another order, or nothing is."""
    prefix = f"{one.list_id}-"
    shown = [name for name in known if name.startswith(prefix)]
    wanted = {item.id: item for item in one.items}
    kept = [name for name in shown if name in wanted]
    if kept != [name for name in wanted if name in known] or (shown and not kept):
        return one.draw("true")
    gone = [Markup('<li id="{}" hx-swap-oob="delete"></li>').format(name) for name in shown if name not in wanted]
    changed = [wanted[name].draw("true") for name in kept if known[name] != wanted[name].digest]
    return Markup("").join([*gone, *changed, *_added(one, frozenset(kept))])


def _added(one: Part, kept: frozenset[str]) -> Iterator[Markup]:
    """Each run of new items, at its place among those that stay."""
    place = f"afterbegin:#{one.list_id}"
    for is_kept, run in groupby(one.items, lambda item: item.id in kept):
        items = list(run)
        if is_kept:
            place = f"afterend:#{items[-1].id}"
        else:
            place = f"beforeend:#{one.list_id}" if items[-1] is one.items[-1] else place
            yield Markup('<ol hx-swap-oob="{}">{}</ol>').format(place, Markup("").join(i.draw() for i in items))


def read_known(header: str) -> Known:
    """The browser's account of what it shows: `id=digest` joined by `;`."""
    pairs = (pair.partition("=") for pair in header.split(";") if "=" in pair)
    return {name: digest for name, _, digest in pairs}
