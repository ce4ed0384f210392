"""What is left to do once a token was replaced, and reminders that name the agents, as their owner sees them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.credential import Credential, CredentialState
from bot.services.renewal import Renewal, Standing
from bot.slack.router import View
from bot.slack.views import credential as token_views
from bot.slack.views import renewal as views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale
from tests.slack.views import samples_key


def cards(key: str, new: Credential, locale: Locale, now: datetime) -> Iterator[tuple[str, Card]]:
    """The receipt of a token with whatever is known of the old one, and the reminder of it; and a key's."""
    old = replace(new, ends_at=now + timedelta(days=2), state=CredentialState.SUPERSEDED, superseded_by=new.id)
    unknown = replace(old, last4=None)
    for number, each in enumerate((old, unknown, replace(old, ends_at=now))):
        for agents in ((), [new.name], [new.name] * 5):
            for gone_at in (None, now):
                renewal = Renewal(each, agents, gone_at)
                card = token_views.recorded(new, [], locale, now, None, renewal)
                yield f"recorded {key}, renewed {number} {len(agents)} {gone_at}", card
    for agents in ([new.name], [new.name] * 5):
        yield f"remind {key}, {len(agents)} agents", token_views.notice(new, key, locale, now, None, agents=agents)
        refused = replace(new, refused_at=now)
        yield f"remind {key}, refused", token_views.notice(refused, key, locale, now, None, agents=agents)
    yield from samples_key.cards(new, locale)
    for standing in Standing:
        yield f"old token {standing} {key}", views.told(standing, old, locale)
        yield f"old token {standing} {key}, no last4", views.told(standing, unknown, locale)


def forms(old: Credential, locale: Locale) -> Iterator[tuple[str, View]]:
    """The form for the old token, with its last characters known or not; and a key's."""
    yield from samples_key.forms(old, locale)
    yield "credential.gone", views.form(old, locale)
    yield "credential.gone, no last4", views.form(replace(old, last4=None), locale)
