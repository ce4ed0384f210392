"""The views about calls to Coze, in every edition."""

from collections.abc import Iterator
from datetime import datetime

from bot.core.calls import Edition, Usage
from bot.slack.views import calls as views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale


def cards(locale: Locale, now: datetime) -> Iterator[tuple[str, Card]]:
    """What admins are told of the calls to Coze, and who pressed something when there are none left."""
    for edition in Edition:
        usage = Usage(edition, used=12_345, today=12, asked_at=now, stopped_at=now)
        yield f"calls told {edition}", views.told(usage, 450, locale)
        yield f"calls stopped {edition}", views.stopped(usage, now, locale)
        yield f"calls used up {edition}", views.used_up(usage, locale)
    yield "calls resumed", views.resumed(locale)
    yield "calls used up, unknown", views.used_up(None, locale)
