"""The bot's own credential and settings as admins see them: cards, the form, what stands on Home."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.alert import Alert, Trouble
from bot.core.credential import Credential, CredentialState
from bot.core.owner import OwnerCredential
from bot.core.preflight import SILENT, Finding, Verdict
from bot.playground.slack.validate import Surface
from bot.slack.views import alert, owner, preflight
from bot.slack.views.parts import home
from bot.texts.locale import Locale
from bot.texts.preflight import PROBLEMS

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)
VALUES = {
    "id": "7530519246604500005",
    "count": "12",
    "host": "api.coze.cn",
    "other": "https://api.coze.com",
    "code": "4101",
    "key": "listWorkspace",
    "who": "Coze",
    "scope": "im:history",
}


def watched(days: float, state: CredentialState = CredentialState.ACTIVE) -> Credential:
    """The bot's own token, which ends in so many days."""
    ends = NOW + timedelta(days=days)
    return Credential(1, "T0", "C0ADMINS", "COZE_OWNER_TOKEN", NOW, ends, None, state, NOW)


def mine(*, dead: bool = False, replaced: bool = False, permanent: bool = False) -> OwnerCredential:
    """The value that is set."""
    return OwnerCredential(1, "T0", "f", NOW, None, permanent, NOW if dead else None, NOW if replaced else None)


def all_of_them(locale: Locale) -> Iterator[tuple[str, Surface, dict[str, Any]]]:
    """Each as Slack gets it."""
    for days in (7, 1, 0.1, -1):
        yield f"owner ends in {days}", "message", owner.notice(watched(days), locale, NOW, current=True).payload()
    yield "owner, newer", "message", owner.notice(watched(7), locale, NOW, current=False).payload()
    closed = watched(7, CredentialState.SUPERSEDED)
    yield "owner, replaced", "message", owner.notice(closed, locale, NOW, current=True).payload()
    for setting in (owner.TOKEN, "COZE_OWNER_APP_ID"):
        for name, each in {"dead": mine(dead=True), "alive": mine(), "replaced": mine(replaced=True)}.items():
            card = owner.dead(each, setting, locale, current=name == "dead")
            yield f"{setting} {name}", "message", card.payload()
    yield "owner.ends", "modal", owner.form(locale)
    for name, blocks in {
        "asked": owner.at_home(mine(), None, locale, NOW),
        "ends": owner.at_home(mine(), watched(7), locale, NOW),
        "ended": owner.at_home(mine(), watched(-1), locale, NOW),
        "never": owner.at_home(mine(permanent=True), None, locale, NOW),
        "dead": owner.at_home(mine(dead=True), None, locale, NOW),
    }.items():
        yield f"home owner {name}", "home", home(blocks)
    wrong = [Finding("COZE_OWNER_TOKEN", Verdict.WRONG, problem, VALUES) for problem in PROBLEMS]
    yield "home settings, many", "home", home(preflight.at_home(wrong, locale))
    yield from alerts(locale)
    for one in wrong:
        yield f"home settings {one.problem}", "home", home(preflight.at_home([one], locale))
    silent = [Finding("ADMIN_CHANNEL", Verdict.UNKNOWN, SILENT, {"who": "Slack"})]
    yield "home settings, silent", "home", home(preflight.at_home(silent, locale))


def alerts(locale: Locale) -> Iterator[tuple[str, Surface, dict[str, Any]]]:
    """What operators hear of the bot's own state: that it begins, and that it is over."""
    why = ("2 × invite: CannotAdd: the space is full · code 702042018", "1 × draw: <!channel> *b* `c`")
    for trouble in Trouble:
        for count in (1, 9_000):
            begins = Alert(trouble, NOW, count=count, reasons=why)
            yield f"alert {trouble} {count}", "message", alert.card(begins, locale).payload()
        for lasted in (timedelta(seconds=40), timedelta(minutes=14), timedelta(days=3)):
            over = Alert(trouble, NOW, NOW + lasted)
            yield f"alert {trouble} over {lasted}", "message", alert.card(over, locale).payload()
