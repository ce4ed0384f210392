"""The menu of agents as people see it: nothing listed, much listed, being renewed, broken off, and for whom."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

from bot.core.agent_list import AgentList
from bot.slack.views import publish_forms, publish_pick
from bot.slack.views.publish_pick import Renewing, Wanted
from bot.texts.locale import Locale

AT = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)

STATES = {
    "none": AgentList(),
    "some": AgentList(3, AT),
    "many": AgentList(3000, AT, error="E17"),
    "under way": AgentList(3000, AT, AT),
}


def forms(called: str, nick: str, log_id: str, locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each form that says how the list stands, or why nothing can be published; `called` is what somebody typed."""
    yield "publish.looking", publish_forms.looking(locale)
    for reason in ("not_member", "not_proven", "no_agents", "no_credential", "under_way"):
        yield f"publish.cannot {reason}", publish_forms.cannot(reason, locale)
    yield "publish.cannot no_credential, keep", publish_forms.cannot("no_credential", locale, keep=True)
    yield "publish.cannot failed", publish_forms.cannot("failed", locale, "E1", key=nick, log_id=log_id)
    asked = Wanted(called, only_look=True)
    for (name, state), may, is_few in product(STATES.items(), (True, False), (True, False)):
        list_ = Renewing(state, may, is_few, name == "under way")
        about = f"{name} may={may} few={is_few}"
        yield f"publish.unlisted {about}", publish_pick.unlisted(asked, list_, locale)
        yield f"publish.pick {about}", publish_pick.pick(Wanted(), list_, locale)
        yield f"publish.pick none {about}", publish_pick.pick(asked, list_, locale, "none", all_=may)
        yield f"publish.pick several {about}", publish_pick.pick(asked, list_, locale, "several", all_=may)
        more = publish_pick.about(list_, locale)
        yield f"publish.cannot no_agents {about}", publish_forms.cannot("no_agents", locale, "E18", *more)
