"""The checks before a publish as people see them: each problem by itself, and all that may stand together."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.core.publish import API_CONNECTOR, Publication, PublicationState
from bot.core.publish_checks import Check, Checked, Findings, Result, as_rows, failed, noted, unknown
from bot.coze.errors import CozeUnreachable
from bot.slack.views import publish, publish_checks, publish_forms, publish_history, reviewed, trial, unpublish
from bot.slack.views.parts import Card
from bot.texts.locale import Locale

NOW = datetime(2026, 12, 2, 7, 2, tzinfo=UTC)
READY = Findings([Checked(check) for check in publish_checks.PASSED])


def found(name: str) -> dict[str, Checked]:
    """Each thing that may be found."""
    keys = ("E1", "E3", "E3-kept", "E5", "E15")
    return {
        **{f"no {problem}": failed(Check.NAME, problem, name=name) for problem in publish_checks.FAILED},
        "no frozen": failed(Check.FROZEN, "frozen", by="U0LIN", until=NOW.isoformat(), reason=name),
        **{f"refused {key}": failed(Check.CREDENTIAL, "refused", help=key) for key in keys},
        **{problem: noted(Check.SPOKEN, problem, name=name) for problem in publish_checks.NOTED},
        "silent": unknown(Check.PLACE),
    }


def cards(publication: Publication, locale: Locale) -> Iterator[tuple[str, Card]]:
    """A publication that the checks have stopped."""
    stopped = replace(publication, state=PublicationState.FAILED, error="E8", settled_at=NOW)
    for problem, one in found(publication.agent_name).items():
        if one.blocks:
            each = replace(stopped, checks=as_rows([*READY.found, one]))
            yield f"publish stopped {problem}", publish.card(each, locale, NOW)
    reviewing = replace(publication, state=PublicationState.REVIEWING, submitted_at=NOW)
    yield "publish reviewing on the desk", publish.card(reviewing, locale, NOW, rarely=True, desk=True)
    online = replace(reviewing, state=PublicationState.ONLINE, note=publication.agent_name * 3)
    on_api = replace(online, connector_id=API_CONNECTOR, reviewed_at=None)
    for state in PublicationState:
        yield f"publish {state} to the API alone", publish.card(replace(on_api, state=state), locale, NOW)
    yield "publish announced", reviewed.announcement(online, locale)
    yield "publish announced, gone", reviewed.announcement(replace(online, state=PublicationState.DELETED), locale)
    words = publication.agent_name * 5
    off = replace(publication, state=PublicationState.ONLINE, off_by="U0LIN", off_at=NOW, off_reason=words)
    yield "publish taking off", publish.card(off, locale, NOW)
    for key in ("E1", "E5", "E15"):
        yield f"publish not taken off {key}", publish.card(replace(off, error=key), locale, NOW)
    yield "publish taken off", publish.card(replace(off, state=PublicationState.UNPUBLISHED), locale, NOW)


def forms(publication: Publication, locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    """The list, and the confirmation."""
    about = publish_checks.Subject(publication.agent_id, publication.agent_name, publication.workspace_id)
    everything = found(publication.agent_name)
    for problem, one in everything.items():
        yield f"publish.ready {problem}", publish_checks.form(about, [*READY.found, one], locale)
    yield "publish.ready all", publish_checks.form(about, list(everything.values()), locale)
    yield "publish.ready green", publish_checks.form(about, READY.found, locale)
    alone = replace(publication, connector_id=API_CONNECTOR)
    yield "publish.confirm to the API alone", publish_forms.confirm(alone, READY, locale, announces=True)
    yield "publish.confirm", publish_forms.confirm(publication, READY, locale, announces=True)
    noticed = [one for one in everything.values() if one.result is Result.NOTED]
    known = Findings([*READY.found, *noticed], publication.agent_name, NOW, is_listed=True)
    yield "publish.confirm noted", publish_forms.confirm(publication, known, locale, publication.agent_name)
    every = [replace(publication, state=state, note=publication.agent_name) for state in publish_history.STATES]
    for callback_id in (unpublish.OWN, unpublish.ANY):
        yield callback_id, unpublish.form(publication, locale, callback_id)
    yield "publish.try", trial.form(publication, locale)
    yield "publish.try asking", trial.asking(publication, locale)
    yield (
        "publish.try answered",
        trial.answered(publication, locale, publication.agent_name, publication.agent_name * 50),
    )
    for key in ("E1", "E6", "E15"):
        error = CozeUnreachable("silent", log_id="20261202150201C7D4")
        error.help = key
        yield f"publish.try {key}", trial.silent(publication, locale, error)
    for name, rows in {"none": [], "all": every, "many": every * 9}.items():
        yield f"publish.history {name}", publish_history.form(rows, locale, by_agent=name == "many")
