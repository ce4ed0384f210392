"""The whole page for a state, and the parts that bring a shown page up to date."""

from collections.abc import Mapping

import htpy
from markupsafe import Markup

from ..world.coze_state import CozeState as Coze
from .bar import Frame, all_unread, bar_parts, draw_bar
from .desk import Desk
from .drawings import Drawings
from .icons import SPRITE
from .inspector import Outside, inspector_part
from .log import Look
from .parts import Part
from .reader import Reader, lang_tag
from .site import site_part
from .state import State
from .texts import words

_HTMX = (
    '{"includeIndicatorStyles": false, "allowEval": false, "allowScriptTags": false, "selfRequestsOnly": true,'
    ' "historyCacheSize": 0, "refreshOnHistoryMiss": true, "scrollIntoViewOnBoost": false, "defaultSettleDelay": 0}'
)


class Page:
    """Everything that one browser shows at one moment."""

    def __init__(
        self,
        frame: Frame,
        readers: tuple[Reader, Reader],
        looks: Mapping[int, Look],
        drawings: Drawings,
        coze: Coze,
        outside: Outside,
    ) -> None:
        self.coze, self.outside = coze, outside
        self.frame = frame
        self.state: State = frame.state
        self.readers = readers
        self.desks = tuple(Desk(frame.state, reader, looks.get(reader.desk, Look()), drawings) for reader in readers)
        workspace = readers[0].workspace
        counts = (all_unread(workspace, readers[0].person), all_unread(workspace, readers[1].person))
        bar = drawings.once("bar", (frame.shown, counts), lambda: list(bar_parts(frame, counts)))
        self._bar = {one.id: one for one in bar}

    def parts(self) -> list[Part]:
        """All parts, in the page's order."""
        desks = [one for desk in self.desks for one in desk.parts()]
        return [*self._bar.values(), *desks, *self._panels()]

    def document(self) -> Markup:
        """The page as a whole document."""
        state, say = self.state, words(self.state.lang)
        site, inspector = self._panels()
        page = htpy.html(lang=lang_tag(state.lang), data_theme=state.theme or None, data_desk=str(state.desk))[
            htpy.head[
                htpy.meta(charset="utf-8"),
                htpy.meta(name="viewport", content="width=device-width, initial-scale=1"),
                htpy.meta(name="htmx-config", content=_HTMX),
                htpy.title[say("title")],
                htpy.link(rel="icon", href="/page/static/icon.svg", type="image/svg+xml"),
                htpy.link(rel="stylesheet", href="/page/static/page.css"),
                htpy.link(rel="stylesheet", href="/page/static/blocks.css"),
                htpy.link(rel="stylesheet", href="/page/static/panels.css"),
                htpy.script(src="/page/static/htmx.min.js", defer=True),
                htpy.script(src="/page/static/sse.min.js", defer=True),
                htpy.script(src="/page/static/page.js", defer=True, type="module"),
            ],
            # The target hears of an answer, and what was pressed may have gone by then.
            htpy.body(hx_swap="none", hx_target="#live")[
                SPRITE,
                htpy.a(".skip", href="#body-1")[say("skip")],
                htpy.div(
                    id="live", hidden=True, hx_ext="sse", sse_connect="/page/events", hx_get="/page/parts",
                    hx_trigger="sse:changed, catch-up", hx_sync="this:queue last",
                ),
                draw_bar(self.frame, self._bar),
                htpy.main(".stage")[[desk.draw() for desk in self.desks], site.draw()],
                htpy.div(id="coze-note", class_="note-bar", role="status"),
                inspector.draw(),
            ],
        ]  # fmt: skip
        return Markup(page)  # noqa: S704 (htpy escapes)

    def _panels(self) -> tuple[Part, Part]:
        left = self.readers[0]
        return site_part(self.state, self.coze, left), inspector_part(left.workspace, self.state, left, self.outside)
