"""Seats in doubt: the admins' list in every state, the form that removes, what the person and admins read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

from bot.core.join import Request
from bot.core.seat_doubt import DoubtState, SeatDoubt, Why
from bot.services.desk import DeskFacts
from bot.services.seat_review import DoubtPage, Settled
from bot.slack.views import desk
from bot.slack.views import seat_review as views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale

STATES = [each for each in DoubtState if each is not DoubtState.OVER]


def doubts(request: Request) -> Iterator[tuple[str, SeatDoubt]]:
    """In every state, for each reason, with and without somebody in Slack."""
    at = request.created_at
    usual = SeatDoubt(7, "T0", "3811223344556677", request.nick, "U0TOM", 41, Why.UNUSED, DoubtState.OPEN, at)
    for why, state in product(Why, DoubtState):
        told = replace(usual, since=at, asked_by="U0LIN", asked_at=at, answered_at=at, kept_until=at)
        yield f"{why} {state}", replace(told, why=why, state=state, decided_by="U0LIN", decided_at=at)
    alone = replace(usual, why=Why.UNKNOWN, user_id=None, request_id=None)
    yield "nobody's", alone
    yield "nobody's, refused", replace(alone, error="E13-own", log_id="2026")
    yield "nobody's, leaving", replace(alone, state=DoubtState.LEAVING, decided_by="U0LIN")
    yield "own answer", replace(usual, state=DoubtState.KEPT, answer=True, answered_at=at, kept_until=at)
    yield "since nobody knows when", usual
    reason = request.purpose
    yield "removed", replace(usual, request_id=None, state=DoubtState.OVER, reason=reason, decided_by="U0LIN")


def forms(request: Request, locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    """The list, the desk, the form that removes."""
    now = request.created_at + timedelta(days=30)
    every = list(doubts(request))
    counts = dict.fromkeys(DoubtState, 1200)
    yield "seats being read", views.reading(locale)
    yield "seats in doubt, never", views.page(DoubtPage([], 0, {}, None, now), locale)
    yield "seats in doubt, none", views.page(DoubtPage([], 0, {DoubtState.KEPT: 1}, now, now, is_read=False), locale)
    yield "seats kept, none", views.page(DoubtPage([], 0, {}, now, now, kept=True), locale)
    for name, each in every:
        note = views.unread(request.purpose, locale)
        yield f"seats in doubt {name}", views.page(DoubtPage([each], 0, counts, now, now), locale, note)
        kept = DoubtPage([each] * 5, 5, counts, now, now, kept=True)
        yield f"seats in doubt, kept {name}", views.page(kept, locale)
        for is_done in (True, False):
            note = views.settled(Settled(each, is_done), locale)
            found = DoubtPage([replace(each, state=DoubtState.RELEASED)] * 5, 5, counts, now, now)
            yield f"seats in doubt {name} {is_done}", views.page(found, locale, note)
        for by_hand in (True, False):
            yield f"seat.remove {name} {by_hand}", views.stranger_form(each, locale, by_hand=by_hand)
    for open_, asked in ((0, 0), (1, 0), (0, 1), (2000, 3000)):
        found_ = DeskFacts(now, doubts={DoubtState.OPEN: open_, DoubtState.ASKED: asked}, reviewed_at=now)
        yield f"desk, seats in doubt {open_} {asked}", desk.desk(found_, locale)


def cards(request: Request, locale: Locale) -> Iterator[tuple[str, Card]]:
    """What the person is asked, and what the admins hear."""
    for name, each in doubts(request):
        yield f"seat {name}", views.question(each, locale)
        for newest in (True, False):
            yield f"seat released {name} {newest}", views.released(each, locale, newest=newest)
