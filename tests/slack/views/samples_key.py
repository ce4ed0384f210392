"""An OAuth app's key, as its owner sees it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.core.credential import Credential, CredentialKind, CredentialState
from bot.core.remind import Timetable
from bot.slack.router import View
from bot.slack.views import oauth_key as views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale


def of(token: Credential) -> Credential:
    """A key with the name of this token, to be changed on the day on which that ends."""
    return replace(token, kind=CredentialKind.KEY, last4=None)


def cards(token: Credential, locale: Locale) -> Iterator[tuple[str, Card]]:
    """Receipt and reminder, before and on the day, put off, overtaken, changed and given up."""
    key, day = of(token), timedelta(days=1)
    rungs = Timetable().ladder(key.created_at, key.ends_at, key.recorded_at, locale.tz, days=(7, 0))
    yield "key recorded", views.recorded(key, rungs, locale)
    for days in (7, 0.2, -1):
        now = key.ends_at - days * day
        yield f"key reminder {days}", views.notice(key, locale, now)
        yield f"key snoozed {days}", views.notice(key, locale, now, quiet_until=now + day)
    yield "key reminder, passed", views.notice(key, locale, key.ends_at, current=False)
    for state in (CredentialState.SUPERSEDED, CredentialState.FORGOTTEN):
        yield f"key reminder {state}", views.notice(replace(key, state=state), locale, key.ends_at)
        yield f"key recorded {state}", views.recorded(replace(key, state=state), [], locale)
    yield "keys known", views.known([key] * 3, locale)


def forms(token: Credential, locale: Locale) -> Iterator[tuple[str, View]]:
    """Another name or day."""
    yield "key.set", views.form(of(token), locale)
