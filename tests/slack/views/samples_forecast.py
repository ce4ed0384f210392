"""The forecast of reminders as admins see it: nothing, one message of each sort, more than are listed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.core.credential import Credential
from bot.core.forecast import Forecast, Upcoming
from bot.core.orphan import LAST, Reason
from bot.core.remind import ENDED
from bot.slack.views import forecast as views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale


def cards(token: Credential, locale: Locale) -> Iterator[tuple[str, Card]]:
    """The answer to `/sharge forecast`."""
    ends, tz = token.ends_at, locale.tz
    operators = replace(token, id=18, user_id="C0ADMINS", name="COZE_OWNER_TOKEN")
    sorts = [
        Upcoming(ends - timedelta(days=7), token.user_id, tz, [(token, "t7")]),
        Upcoming(ends - timedelta(days=7), token.user_id, tz, [(token, "t7")] * 3),
        Upcoming(ends - timedelta(days=1), operators.user_id, tz, [(operators, "t1")]),
        Upcoming(ends - timedelta(days=1), "", tz, ()),
        Upcoming(ends, token.user_id, tz, [(token, "t0")]),
        *(Upcoming(ends, token.user_id, tz, [(token, "t0")], reason) for reason in (Reason.SILENT, Reason.GUEST)),
        *(
            Upcoming(ends, token.user_id, tz, [(token, "t0")], Reason.SILENT, "U0WANG", passed=passed)
            for passed in (False, True)
        ),
        Upcoming(ends, token.user_id, tz, [(token, LAST)], Reason.GUEST, taker="U0LIN"),
        Upcoming(ends, token.user_id, tz, [(token, ENDED)]),
    ]
    yield "forecast which days", views.which_days(locale)
    for days in (1, 7):
        yield f"forecast nothing {days}", views.listing(Forecast(days, 0, ()), locale)
        yield f"forecast {days}", views.listing(Forecast(days, 1, sorts[:1]), locale)
    yield "forecast sorts", views.listing(Forecast(14, len(sorts), sorts), locale)
    yield "forecast more", views.listing(Forecast(30, 180, sorts), locale)
    yield "forecast many", views.listing(Forecast(30, 1900, sorts, is_partial=True), locale)
    yield "forecast too many", views.listing(Forecast(30, 2000, sorts, is_partial=True, is_least=True), locale)
    yield "forecast late", views.listing(Forecast(30, 300, (), is_partial=True), locale)
