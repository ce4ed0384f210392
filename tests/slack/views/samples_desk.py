"""The admins' desk: its first page and each of its parts, with nothing, with something, with more than fits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.guide import LINT
from bot.core.join import WHOSE, JoinState, Request
from bot.core.seats import Seats
from bot.core.stuck import StuckPlace
from bot.services.audit_search import AuditPage, Search
from bot.services.desk import DeskFacts
from bot.services.failed_jobs import FailedJob, FailedPage, Settled
from bot.services.stuck import StuckReport
from bot.slack.views import audit_search, desk, job_words, seats, stuck
from bot.slack.views import failed_jobs as failed
from bot.slack.views.audit_words import DEEDS
from bot.slack.views.join import outside
from bot.store.about import About
from bot.store.audit import AuditEntry
from bot.store.audit_search import Deed
from bot.store.job_desk import StuckJob
from bot.texts.locale import Locale

from . import samples_seats
from .guide_samples import TEXTS

ERRORS = (
    None,
    "invalid_blocks",
    "SlackRefused: user_not_found",
    "CannotAdd: full · code 702042018 · log id 1",
    "InvalidToken: no · code 4100",
    "Unreachable: ",
    "TimeoutError: ",
    "nothing to draw",
    "no handler for x",
    "KeyError: 'x' " * 20,
)


def forms(request: Request, locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    """All that is shown in a form."""
    now, ago = request.created_at + timedelta(days=3), request.created_at
    yield "desk", desk.desk(DeskFacts(now), locale)
    yield "desk overdue", desk.desk(DeskFacts(now, 0, ago, 1, ago), locale)
    yield "desk full", desk.desk(DeskFacts(now, 12_000, ago, 5_000, ago), locale)
    yield from (*_failed(request, locale), *_audit(request, locale), *_stuck(locale), *_seats(now, locale))
    yield from samples_seats.forms(request, locale)
    yield "outside none", outside.page([], 0, 0, now, locale)
    states = [
        replace(request, state=JoinState.INVITED, invited_at=ago, decided_by="U0LIN", decided_at=ago),
        replace(request, state=JoinState.INVITED, by_hand=True, invited_at=ago),
        *(replace(request, state=JoinState.APPROVED, error=error) for error in (None, "E13", WHOSE)),
    ]
    for number, each in enumerate(states):
        yield f"outside {number}", outside.page([each], 1, 0, now, locale)
    notes = outside.nudged(request, locale), outside.nudged_before(locale), outside.resent(request, locale)
    for number, note in enumerate(notes):
        yield f"outside list {number}", outside.page(states, 5_000, 5, now, locale, note)


def _failed(request: Request, locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    job = StuckJob(301, "T0SHARGE", "draw", "17", "dead", 12, request.created_at, "invalid_blocks", 7)
    about = About("U0TOM", request.purpose, is_card=True)
    kinds = ["draw", *job_words.WORDS, "never heard of"]
    jobs = [
        FailedJob(replace(job, kind=kind, last_error=ERRORS[n % len(ERRORS)]), about) for n, kind in enumerate(kinds)
    ]
    jobs += [FailedJob(job, About(in_channel=True)), FailedJob(replace(job, attempts=1), About("U0TOM"))]
    jobs += [FailedJob(replace(job, state="due", attempts=tries), about) for tries in (0, 1, 4)]
    yield "work none", failed.page(FailedPage([], 0, 0), locale)
    for number, each in enumerate(jobs):
        yield f"work {number}", failed.page(FailedPage([each], 1, 0), locale)
        yield f"work drop {number}", failed.drop_form(each, locale)
    settled = [Settled(jobs[0], "U0LIN", "retry"), Settled(jobs[0], "U0LIN", "drop"), Settled(None, "", None)]
    settled += [Settled(None, "U0LIN", "retry"), Settled(None, "operator", "drop")]
    notes = [failed.settled(each, locale) for each in settled] + [failed.all_tried(n, locale) for n in (0, 1, 12)]
    for number, note in enumerate(notes):
        yield f"work list {number}", failed.page(FailedPage(jobs[:5], 2_000, 5), locale, note)


def _audit(request: Request, locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    """Nothing, and each deed with words, by people, by the bot, by an operator, and one without."""
    search = Search("U0TOM", request.purpose[:40], 45)
    yield "audit form", audit_search.form(Search(), locale)
    yield "audit none", audit_search.form(search, locale, AuditPage(search, [], 0, has_more=False))
    notes = [audit_search.sent(count, locale) for count in (1, 20, 5_000)]
    notes += [audit_search.no_file(search, locale), audit_search.no_file_now(locale)]
    for number, note in enumerate(notes):
        yield (
            f"audit note {number}",
            audit_search.form(search, locale, AuditPage(search, [], 0, has_more=False), note),
        )
    actors = ("U0LIN", None, "operator", "deleted")
    abouts = (About("U0TOM", request.purpose), About())
    deeds = [
        Deed(AuditEntry(n, request.created_at, actors[n % 4], action, "join:41", {}), abouts[n % 2])
        for n, action in enumerate([*DEEDS, "never.heard_of"])
    ]
    for start in range(0, len(deeds), 10):
        found = AuditPage(search, deeds[start : start + 10], start, has_more=True)
        yield f"audit {start}", audit_search.form(search, locale, found)


def _stuck(locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    """Nobody; each step of each route; one that the guide has no more."""
    yield "stuck none", stuck.places(StuckReport([], 0, is_most=False), TEXTS, locale)
    errors = ("E1", "", LINT, "E13-full")
    found = [
        StuckPlace(route.key, step.id, errors[n % 4], 1 + n % 3, timedelta(minutes=5**n))
        for route in TEXTS.routes.values()
        for n, step in enumerate(route.steps)
    ]
    gone = StuckPlace("gone", "gone", "E1", 1, timedelta(days=3))
    for start in range(0, len(found), 9):
        report = StuckReport([*found[start : start + 9], gone], 2_000, is_most=True)
        yield f"stuck {start}", stuck.places(report, TEXTS, locale)
    yield "stuck many", stuck.places(StuckReport(found * 2, 40, is_most=False), TEXTS, locale)


def _seats(now: datetime, locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    """Nothing known, none left, too little for an estimate, an estimate."""
    known = Seats(now, 100, 88, now, 6, now - timedelta(days=365))
    few, young = replace(known, joins=1), replace(known, first_at=now)
    kinds = [replace(known, total=None, counted_at=None, first_at=None), replace(known, taken=101), few, young, known]
    for number, each in enumerate(kinds):
        yield f"seats {number}", seats.form(each, locale)
        yield f"desk, seats {number}", desk.desk(DeskFacts(now, seats=each), locale)
