"""Settings that admins change while the bot runs: as the environment has them, and all of them changed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.configured import in_force
from bot.core.setting import GROUPS, REASON, Askers, Change, MayNotAsk
from bot.services.setting import InForce
from bot.settings import load
from bot.slack.views import setting as views
from bot.slack.views.join.asking import may_not_ask
from bot.slack.views.parts import Card, line
from bot.texts.locale import Locale
from bot.texts.welcome import written

NOW = datetime(2026, 12, 2, 7, 2, tzinfo=UTC)
MANY = ",".join(["U0TOM"] * (views.MOST + 5))


def _known(words: str) -> tuple[InForce, InForce, list[Change]]:
    """What holds without admins, and with them, and their changes."""
    wanted = {
        "admin_users": MANY,
        "may_ask": "U0TOM,S0MAKERS,C0GLASSES,G0LAB",
        "answer_hours": "4.5",
        "remind_days": "180,7,1",
        "remind_days_long": "",
        "announce_channel": "C0NEWS",
        "review_auto_approve": ",".join(f"75304120833110{number:05}" for number in range(149)),
        "review_channel": "C0DESK",
        "coze_labels": "添加=新增,API & SDK=开发者",
        "welcome": written({"en": words[:300], "zh": words[:300]}),
    }
    settings = load({"ADMIN_USERS": "U0LIN", "ADMIN_GROUP": "S0ADMINS"}, slack=False)
    known = [in_force(settings, {}), in_force(settings, wanted)]
    changes = [
        Change(number, name, None if number % 2 else "", text, "U0LIN", NOW, words[:REASON] or None)
        for number, (name, text) in enumerate(wanted.items(), 1)
    ]
    return known[0], known[1], changes[::-1]


def cards(locale: Locale) -> Iterator[tuple[str, Card]]:
    """What somebody reads who may not ask to join."""
    for ids in ("U0TOM", "U0TOM,S0MAKERS,C0GLASSES,G0LAB", MANY):
        for whom in ((), ("U0LIN", "S0ADMINS")):
            yield (
                f"join may not {ids[:6]} {len(whom)}",
                may_not_ask(MayNotAsk(Askers.of(tuple(ids.split(",")), whom)), locale),
            )


def forms(words: str, locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    """The list, the history, and the form of each group."""
    before, after, changes = _known(words)
    newest = {each.name: each for each in changes}
    yield "settings.list", views.overview(before, {}, locale)
    yield "settings.list changed", views.overview(after, newest, locale)
    yield "settings.list saving", views.saving(locale)
    yield "settings.list no history", views.history([], {}, locale, line("{words}", words=words))
    yield "settings.list history", views.history([*changes, *changes], newest, locale)
    for now in (before, after):
        for group in GROUPS:
            if group in views.groups(now):
                yield f"settings.edit {group} {now is after}", views.form(group, now, locale, 7)
    notes = views.meanwhile(changes[:3], locale)
    typed = {"answer_hours": "7"}
    yield "settings.edit meanwhile", views.form("waiting", after, locale, 7, typed, *notes)
