"""A token whose owner reads no reminder, as admins see it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.core.credential import Credential, CredentialState
from bot.core.orphan import Orphan, Reason
from bot.slack.views import orphan as views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale


def cards(token: Credential, locale: Locale) -> Iterator[tuple[str, Card]]:
    """For each reason, before and after its end; taken, replaced, not needed."""
    for reason in Reason:
        for left in (timedelta(days=3), -timedelta(days=1)):
            yield f"orphan {reason} {left}", views.card(token, Orphan(reason), locale, token.ends_at - left)
    now = token.ends_at - timedelta(days=3)
    taken = Orphan(Reason.GUEST, "U0LIN", now)
    yield "orphan taken", views.card(token, taken, locale, now)
    for left in (timedelta(hours=3), -timedelta(hours=3)):
        yield f"orphan last day {left}", views.last_day(token, locale, token.ends_at - left)
    for state in (CredentialState.SUPERSEDED, CredentialState.FORGOTTEN):
        yield f"orphan last day {state}", views.last_day(replace(token, state=state), locale, now)
        yield f"orphan {state}", views.card(replace(token, state=state), taken, locale, now)
