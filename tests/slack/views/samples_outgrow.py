"""The ways that need no renewal: on a receipt, and asked for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from bot.core.account import Grade
from bot.core.credential import Credential
from bot.core.join import JoinState, Request
from bot.slack.views import credential as views
from bot.slack.views import outgrow
from bot.slack.views.outgrow import Ways
from bot.slack.views.parts import Card
from bot.texts.locale import Locale

from .guide_samples import TEXTS

NOW = datetime(2026, 12, 2, 3, 5, tzinfo=UTC)


def cards(locale: Locale, token: Credential, request: Request) -> Iterator[tuple[str, Card]]:
    """For who has nothing yet, has asked to join, is in, and is in with a proven account."""
    channel, server = (
        TEXTS.advised({"test": False, "others": others, "server": not others}) for others in (True, False)
    )
    joined = replace(request, state=JoinState.JOINED)
    for number, made in enumerate((None, request, joined, replace(joined, grade=Grade.PROVEN))):
        ways = Ways(number, channel, server, made, has_agent=number > 2)
        yield f"outgrown {number}", views.recorded(token, [], locale, NOW, ways)
        yield f"ways without renewing {number}", outgrow.card(ways, token, locale)
