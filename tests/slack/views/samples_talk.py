"""What is answered to words, with any words in it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.credential import Credential
from bot.core.join import Request
from bot.slack.views import personal_data
from bot.slack.views import talk as views
from bot.slack.views.parts import Card
from bot.slack.views.status import Going
from bot.store.personal_data import Held
from bot.texts.intents import intents
from bot.texts.locale import Locale, error_help

from . import samples_backup, samples_expiring, samples_forecast, samples_orphan, samples_reminders

NOW = datetime(2026, 12, 2, 3, 5, tzinfo=UTC)
GOING = Going(7, "Step 4 of 6: Publish to the API channel")
STEP = "7:s2"


HELD = [
    Held(2, 1, 3, 2, 1, 4, 1, "pending", 2, 3),
    *(Held(request=state, reviews=2) for state in ("invited", "joined", "declined")),
]
"""What there may be about somebody who wants it deleted."""


def cards(locale: Locale, request: Request, token: Credential, words: str, name: str) -> Iterator[tuple[str, Card]]:
    """Each, with all that it may hold and with nothing."""
    yield from samples_expiring.cards(token, locale)
    yield from samples_forecast.cards(token, locale)
    yield from samples_orphan.cards(token, locale)
    yield from samples_backup.cards(token, name, locale)
    yield from samples_reminders.cards(token, locale)
    ended = replace(token, ends_at=NOW - timedelta(days=1))
    yield "talk connect", views.connect(GOING, words, locale)
    for tokens in ((), (token,), (replace(ended, id=18), token, token)):
        yield f"talk expired {len(tokens)}", views.expired(tokens, NOW, words, locale)
        yield f"talk thanks {len(tokens)}", views.thanks(tokens, NOW, locale)
    yield "talk stop", views.stop(GOING, STEP, [token, token], request, locale)
    yield "talk stop nothing", views.stop(None, "", [], None, locale)
    yield "talk stopped", views.stopped(2, locale)
    yield "talk delete", views.delete(locale)
    for held in HELD:
        yield f"data deleted {held.request}", personal_data.done(held, locale)
        yield f"data notice {held.request}", personal_data.notice(held, locale)
    for going in (GOING, None):
        yield f"talk unknown {bool(going)}", views.unknown(going, words, locale)
        for key in (*intents().errors, "E4", "E5", "E7", "E9", "E10", "E14", "E18"):
            help = error_help(key, locale, code=4101)
            yield f"talk {key} {bool(going)}", views.trouble(help, "check", going, words, locale)
    for step in (STEP, ""):
        yield f"talk screen {bool(step)}", views.screen(step, words, locale)
        yield f"talk picture {bool(step)}", views.screen(step, words, locale, picture=True)
    yield "talk picture handed on", views.picture("F0PICTURE", words, locale)
    for why in ("no_picture", "too_large", "file_deleted", "missing_scope", "unheard_of"):
        yield f"talk picture {why}", views.picture_kept(why, locale)
    yield "talk admin", views.admin(words, locale)
    yield "talk asked", views.asked(locale)
    for said in (words[:300], words * 5):
        yield f"talk reply {len(said)}", views.reply("join:41", name, words, said[:1500], locale)
    for said in (words[:300], (words * 50)[:1500], (words * 50)[:1501]):
        for may_ask in (True, False):
            carried = f"join:41 1796177580.123456 {said}"
            shown = views.offer(name, said, carried, locale, may_ask=may_ask)
            yield f"thread offer {len(said)} {may_ask}", shown
        yield f"thread notice {len(said)}", views.told_notice("U0LIN", said, locale)
    yield "thread told", views.told("U0TOM", NOW, locale)
    yield "thread left", views.left(locale)
    yield "talk replied", views.replied("U0LIN", NOW, locale)


def modals(locale: Locale, words: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The forms."""
    for held in HELD:
        yield f"people.delete {held.request}", personal_data.form(held, locale)
    yield "report.ask", views.ask_form(words, GOING, locale)
    yield "report.ask, bare", views.ask_form("", None, locale)
    yield "report.picture", views.picture_form("F0PICTURE", words[:300], locale)
    yield "talk.send", views.edit_form("join:41", words, words, locale)
