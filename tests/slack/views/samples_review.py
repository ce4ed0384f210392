"""The review desk as admins and authors see it, in every state."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk.models.blocks import Block

from bot.core.people import Person, Standing
from bot.core.review import Review, ReviewState
from bot.services.admins import Admin
from bot.slack.views import review as views
from bot.slack.views import review_forms as forms
from bot.slack.views.parts import Card
from bot.texts.locale import Locale

from . import samples_freeze, samples_setting

NOW = datetime(2026, 12, 2, 7, 2, tzinfo=UTC)
PLACE = "https://sharge.slack.com/archives/C0ADMINS/p1796180700000100"
LIN = Person("T0", "U0LIN", "Lin", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=True, seen_at=NOW)


def review(name: str, words: str) -> Review:
    """One that waits, named and told of in these words."""
    version, uid = "1796194920000", "7530412083311050001"
    about = ("e1", "7523456789012345678", name, "8", version, uid, name, words, NOW, NOW)
    return Review(1, "T0", *about, ReviewState.WAITING, user_id="U0TOM", note=words)


def _states(one: Review, words: str) -> Iterator[Review]:
    yield from (one, replace(one, user_id=None, version="1.0.3", assignee="U0LIN", note=None))
    asked: dict[str, Any] = {"question": words, "asked_by": "U0LIN", "asked_at": NOW}
    yield replace(one, state=ReviewState.ASKED, **asked)
    yield replace(one, answer=words, answered_at=NOW, **asked)
    for state in (ReviewState.APPROVED, ReviewState.REJECTED):
        decided = replace(one, state=state, decided_by="U0LIN", decided_at=NOW, reason=words)
        yield from (decided, replace(decided, told_at=NOW), replace(decided, told_at=NOW, user_id=None))
        yield from (replace(decided, error=key, log_id="20261202") for key in ("E1", "E8"))
        yield replace(decided, told_at=NOW, decided_by=None, reason=None)
    yield from (replace(one, state=each) for each in list(ReviewState)[4:])


def cards(name: str, words: str, locale: Locale) -> Iterator[tuple[str, Card]]:
    """All messages, and those of a freeze."""
    yield from samples_freeze.cards(name, words, locale)
    yield from samples_setting.cards(locale)
    one = review(name, words)
    earlier = [replace(each, id=2) for each in _states(one, words) if each.decided_by]
    for late in (False, True):
        now = NOW + timedelta(days=2 * late)
        desk = views.Desk(name, earlier if late else [], NOW + timedelta(days=1), now, 4.0, "9" if late else "")
        for number, each in enumerate(_states(one, words)):
            yield f"review {number} {each.state} {late}", views.card(each, locale, desk)
        for stage in ("w1", "w2", "backup", "alone"):
            kind = f"{stage}-{int(one.waiting_since.timestamp())}"
            yield f"review {kind} {late}", views.waiting_notice(one, locale, kind, desk, PLACE)
        yield f"review w1 old {late}", views.waiting_notice(one, locale, "w1-0", desk, PLACE)
    for number, each in enumerate(_states(one, words)):
        yield f"review question {number}", views.question_card(each, locale, f"q{NOW:%y%m%d%H%M%S}")
        yield f"review notice {number}", views.decided_notice(each, locale)


def at_home(name: str, words: str, locale: Locale) -> list[Block]:
    """What stands on the Home of admins."""
    one = review(name, words)
    waiting = [replace(one, id=number, user_id=None if number % 2 else "U0TOM") for number in range(5)]
    return views.at_home(waiting, locale, NOW, [NOW - timedelta(hours=1)] * 5)


def forms_of(name: str, words: str, locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    """All forms, and those of a freeze and of settings."""
    yield from samples_freeze.forms(name, words, locale)
    yield from samples_setting.forms(words, locale)
    one = replace(review(name, words), question=words)
    yield "review.reject", forms.reject_form(one, locale, name)
    yield "review.ask", forms.ask_form(one, locale, name)
    yield "review.answer", forms.answer_form(one, locale)
    yield "review.assign", forms.assign_form(one, locale, [Admin(LIN)])
    yield "review.assign nobody", forms.assign_form(one, locale, [])
    yield "review.history", forms.history(one, locale, list(_states(one, words)))
