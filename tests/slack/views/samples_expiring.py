"""What expires soon as admins see it: nothing, a few, more than are listed, with owners who have gone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.core.credential import Credential
from bot.core.digest import Digest
from bot.core.expiring import MOST, Ending, Expiring, edges
from bot.core.join import JoinState, Request
from bot.core.publish import Publication, PublicationState
from bot.slack.views import digest
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
    yield from _digests(token, locale)
    weeks = edges(now, MOST, locale.tz)
    yield "expiring weeks", views.listing(Expiring(MOST, weeks, [1] * (len(weeks) - 1), 0, endings[1:]), locale)


def _digests(token: Credential, locale: Locale) -> Iterator[tuple[str, Card]]:
    """The Monday digest: with everything, with tokens alone, with one thing alone."""
    now = token.ends_at - timedelta(days=3)
    asked = Request(
        id=41,
        team_id="T0SHARGE",
        user_id="U0TOM",
        name=token.name,
        coze_uid="3811",
        nick=token.name,
        purpose=token.name,
        email=None,
        state=JoinState.PENDING,
        created_at=now - timedelta(days=3),
    )
    agent = Publication(8, "T0SHARGE", "U0TOM", "75", token.name, "75", "10", PublicationState.UNKNOWN, now)
    gone, nobody = (2, "U0TOM"), (0, "")
    full = Digest(now, (2, asked), (1, asked), [agent] * 5, 3, gone, gone, [9] * 14, [token] * 10, 2)
    tokens = Digest(now, (0, None), (0, None), (), 0, nobody, nobody, [1, *[0] * 13], [token], 0)
    yield (
        "digest everything",
        digest.card(full, digest.Places(*["https://x.slack.com/archives/C/p1"] * 4), locale, now),
    )
    yield "digest one token", digest.card(tokens, digest.Places(), locale, now)
    alone = replace(tokens, counts=[0] * 14, first=(), dead=1)
    yield "digest one thing", digest.card(alone, digest.Places(), locale, now)
