"""Refusals in Slack: how what was tried is named, and the notice to the admins when it piles up."""

import re
from datetime import UTC, datetime

from bot.core.errors import NotFound
from bot.services.refusals import Refusals
from bot.slack.router import Command, Drawing, Press, Request, Route, Router
from bot.slack.views.refusal import notice
from bot.store.message import Message
from bot.texts.locale import Locale

UNKNOWN = "?"  # the name of what no feature has registered: a forger chooses it

_ROW = re.compile(r"(?:^|:)([0-9]{1,18})(?=[: ]|$)", re.ASCII)
_SECRET = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_OTHERS = {"remind": "credential", "credential.cancel_link": "link", "guide.glasses": "publish"}
"""Whose rows a route names that is not called after their feature."""


def tried(request: Request, route: Route | None) -> tuple[str, str]:
    """What was tried, "press:join.approve", and the row that it names, "join:12"; "" for none, or what is none."""
    kind = "form" if request.kind == "submission" else request.kind
    if route is None:
        return f"{kind}:{UNKNOWN}", ""
    return f"{kind}:{route.name}", _row(request, route.name)


def _row(request: Request, name: str) -> str:
    if isinstance(request, Command):
        return ""
    text = request.value if isinstance(request, Press) else request.metadata
    if _SECRET.fullmatch(text):
        return f"secret:{text}"
    found, feature = _ROW.search(text), name.partition(".")[0]
    return f"{_OTHERS.get(name) or _OTHERS.get(feature, feature)}:{found[1]}" if found else ""


class RefusalHandlers:
    """What admins see of refusals; nobody presses anything about them."""

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.renderer("refusal", self.draw)

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The notice about one person and one day, which its kind names: `d261202`. Raises NotFound."""
        user_id = copy.subject.partition(":")[2]
        day = datetime.strptime(copy.kind, "d%y%m%d").replace(tzinfo=UTC)
        found = await self._refusals.of_day(user_id, day)
        if not found:  # let go of since
            raise NotFound
        return Drawing(notice(user_id, found, locale), is_open=False)
