"""Reminders of several tokens of one moment, as their owner sees them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.core.credential import Credential, CredentialState
from bot.slack.views import reminders as views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale


def cards(token: Credential, locale: Locale) -> Iterator[tuple[str, Card]]:
    """Before and after their ends, put off, more than there is room for, and once nothing is left."""
    now = token.ends_at - timedelta(days=3)

    def ending(number: int, days: float) -> Credential:
        return replace(token, id=number, ends_at=now + timedelta(days=days))

    for name, ends in {"week": (4, 7), "tomorrow": (1, 1.1), "today": (-0.1, 0.2), "ended": (-1, -0.5)}.items():
        rows = [ending(number, days) for number, days in enumerate(ends, 1)]
        yield f"remind several, {name}", views.several(dict.fromkeys(rows), locale, now, {1: [token.name] * 3})
    many = [ending(number, 3 + number / 24) for number in range(1, 26)]
    yield "remind several, many", views.several(dict.fromkeys(many), locale, now)
    yield "remind several, snoozed", views.several(dict.fromkeys(many, now + timedelta(days=1)), locale, now)
    closed = replace(token, state=CredentialState.SUPERSEDED)
    yield "remind several, over", views.over([closed, closed], locale)
    yield "remind several, passed", views.over([closed, token], locale)
