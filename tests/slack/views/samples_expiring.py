"""What expires soon as admins see it: nothing, a few, more than are listed, with owners who have gone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.core.credential import Credential
from bot.core.expiring import MOST, Ending, Expiring, edges
from bot.slack.views import expiring as views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale


def cards(token: Credential, locale: Locale) -> Iterator[tuple[str, Card]]:
    """The answer to `/sharge expiring`."""
    now = token.ends_at - timedelta(days=3)
    begins = edges(now, 14, locale.tz)
    operators = replace(token, id=18, user_id="C0ADMINS", name="COZE_OWNER_TOKEN")
    endings = [
        Ending(token, is_untended=True),
        Ending(token, reminders=2),
        Ending(token, reminders=2),
        Ending(token, next_at=now),
        Ending(token, is_being_replaced=True),
        Ending(operators),
    ]
    yield "expiring which days", views.which_days(locale)
    yield "expiring nothing", views.listing(Expiring(1, edges(now, 1, locale.tz), [0], 0, ()), locale)
    yield "expiring one", views.listing(Expiring(14, begins, [1, *[0] * 13], 0, endings[1:2]), locale)
    yield "expiring alone", views.listing(Expiring(14, begins, [1, *[0] * 13], 1, endings[:1]), locale)
    yield "expiring many", views.listing(Expiring(14, begins, [40_000] * 14, 3, endings), locale)
    weeks = edges(now, MOST, locale.tz)
    yield "expiring weeks", views.listing(Expiring(MOST, weeks, [1] * (len(weeks) - 1), 0, endings[1:]), locale)
