"""Reminders of several tokens of one moment, and what Coze refuses before its end, as their owner sees them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.core.credential import Credential, CredentialState
from bot.core.secret_store import KEY_LIFE, PUBLISH, Kind, StoredSecret
from bot.slack.views import credential as token_views
from bot.slack.views import reminders as views
from bot.slack.views import secret_store as secret_views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale
from tests.slack.views import samples_renewal


def cards(token: Credential, locale: Locale) -> Iterator[tuple[str, Card]]:
    """Before and after their ends, put off, more than there is room for, and once nothing is left."""
    now = token.ends_at - timedelta(days=3)

    def ending(number: int, days: float) -> Credential:
        return replace(token, id=number, ends_at=now + timedelta(days=days))

    for name, ends in {"week": (4, 7), "tomorrow": (1, 1.1), "today": (-0.1, 0.2), "ended": (-1, -0.5)}.items():
        rows = [ending(number, days) for number, days in enumerate(ends, 1)]
        yield f"remind several, {name}", views.several(dict.fromkeys(rows), locale, now, {1: [token.name] * 3})
        refused = [replace(each, refused_at=now) for each in rows]
        yield f"remind several, {name}, refused", views.several(dict.fromkeys(refused), locale, now)
    many = [ending(number, 3 + number / 24) for number in range(1, 26)]
    yield "remind several, many", views.several(dict.fromkeys(many), locale, now)
    yield "remind several, snoozed", views.several(dict.fromkeys(many, now + timedelta(days=1)), locale, now)
    closed = replace(token, state=CredentialState.SUPERSEDED)
    yield "remind several, over", views.over([closed, closed], locale)
    yield "remind several, passed", views.over([closed, token], locale)
    yield from _refused(token, locale)
    yield from samples_renewal.cards("t3", token, locale, token.ends_at - timedelta(days=3))


def _refused(token: Credential, locale: Locale) -> Iterator[tuple[str, Card]]:
    """A token and a key: refused, taken again, gone."""
    now = token.ends_at - timedelta(days=3)
    yield "remind refused", token_views.notice(replace(token, refused_at=now), "refused401204", locale, now)
    yield "remind taken again", token_views.notice(token, "refused401204", locale, now)
    whose = token.team_id, token.user_id, PUBLISH, Kind.KEY, "Tom", "3811223344556677"
    key = StoredSecret("7", *whose, "1", "k", None, "2026", now, now + KEY_LIFE, None)
    yield "key refused", secret_views.refused(key, now, locale)
    yield "key taken again", secret_views.refused(key, None, locale)
    yield "key deleted", secret_views.refused(None, None, locale)
