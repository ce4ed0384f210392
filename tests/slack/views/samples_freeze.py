"""A freeze of publishing as admins and authors see it, on and over, with the longest and with hostile words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.freeze import WORDS, Freeze, FreezePass
from bot.slack.views import freeze as views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale

NOW = datetime(2026, 12, 2, 7, 2, tzinfo=UTC)
ENDS = NOW + timedelta(days=1)


def _known(agent: str, words: str) -> tuple[Freeze, FreezePass, FreezePass]:
    """A freeze, who asks, and who may pass."""
    freeze = Freeze(3, "T0SHARGE", words[:WORDS], "U0LIN", NOW, ENDS)
    asks = FreezePass(1, "T0SHARGE", 3, "7512345678901234567", agent, "U0TOM", NOW)
    return freeze, asks, replace(asks, id=2, passed_by="U0LIN", passed_at=NOW, reason=words[:WORDS])


def cards(agent: str, words: str, locale: Locale) -> Iterator[tuple[str, Card]]:
    """The admins' card, and what authors are told."""
    freeze, asks, passes = _known(agent, words)
    lifted = replace(freeze, lifted_by="U0LIN", lifted_at=NOW, lift_reason=words[:WORDS])
    for name, asked in {"alone": [], "asked": [asks], "passed": [passes], "many": [asks, passes] * 12}.items():
        yield f"freeze {name}", views.card(freeze, asked, locale, NOW)
    yield "freeze lifted", views.card(lifted, [asks], locale, NOW)
    yield "freeze ended", views.card(freeze, [asks], locale, ENDS)
    yield "freeze asked to pass", views.asked_to_pass(locale)
    yield "freeze may publish", views.may_publish(freeze, passes, locale, NOW)
    yield "freeze may publish again", views.may_publish(lifted, asks, locale, NOW)


def forms(agent: str, words: str, locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    """What admins fill in."""
    freeze, asks, passes = _known(agent, words)
    yield "publish.freeze", views.begin_form(locale, NOW)
    yield "publish.lift", views.lift_form(freeze, locale)
    yield "publish.pass", views.pass_form(freeze, [asks, passes] * 60, locale)
    yield "publish.pass nobody", views.pass_form(freeze, [passes], locale)
