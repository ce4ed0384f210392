"""Agents: all that somebody has brought on the way to the glasses, by whatever route, and what is known of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .guide import Guide, GuideState, Route
from .people import Evidence
from .publish import Publication, PublicationState

PUBLISHED = "published"
"""The check of the step that brings an agent to Coze's API channel."""


@dataclass(frozen=True)
class AgentFacts:
    """One agent. `publication` is the newest to the glasses' own channel; `guide` is the one that is open, else the
    last.

    `api` and `glasses` say how it is known that it is published to Coze's API and that it answered in the glasses;
    None where neither Coze nor anybody has said so. `at` (UTC) is when something was last heard of it.
    """

    agent_id: str
    workspace_id: str
    name: str
    at: datetime
    publication: Publication | None = None
    guide: Guide | None = None
    api: Evidence | None = None
    glasses: Evidence | None = None


def agents_of(
    guides: Iterable[Guide], routes: Mapping[str, Route], publications: Iterable[Publication]
) -> list[AgentFacts]:
    """Each agent once, what was heard of last first. A guide that names no agent, or goes a way that was taken out,
    adds none."""
    found: dict[str, AgentFacts] = {}
    for guide in sorted(guides, key=lambda each: (each.state is GuideState.OPEN, each.updated_at)):
        if guide.route in routes and guide.value("agent_id"):
            _add(found, _in_guide(guide, routes[guide.route]))
    for each in sorted(publications, key=lambda each: each.id):
        moments = (each.created_at, each.submitted_at, each.checked_at, each.settled_at)
        at = max(moment for moment in moments if moment)
        facts = AgentFacts(each.agent_id, each.workspace_id, each.agent_name, at)
        if not each.is_api_only:
            facts = replace(facts, publication=each)
        elif each.state is PublicationState.ONLINE:
            facts = replace(facts, api=each.evidence)
        _add(found, facts)
    return sorted(found.values(), key=lambda each: each.at, reverse=True)


def users_of(guides: Iterable[Guide], successors: Mapping[int, int]) -> dict[int, list[str]]:
    """The names of the agents that use a token, by its id; `successors` says which token took which one's place."""
    found: dict[int, list[str]] = {}
    for guide in guides:
        token, called = int(guide.value("credential") or 0), guide.value("agent")
        passed = set[int]()
        while token and called and token not in passed:
            passed.add(token)
            if called not in (names := found.setdefault(token, [])):
                names.append(called)
            token = successors.get(token, 0)
    return found


def _in_guide(guide: Guide, route: Route) -> AgentFacts:
    step = next((each for each in route.steps if each.check == PUBLISHED), None)
    last = route.counted[-1].id if guide.state is GuideState.DONE and route.counted else ""
    api, glasses = (guide.facts.get(key) for key in (step.id if step else "", last))
    return AgentFacts(
        guide.value("agent_id"),
        guide.value("space"),
        guide.value("agent"),
        guide.updated_at,
        guide=guide,
        api=api.evidence if api else None,
        glasses=glasses.evidence if glasses else None,
    )


def _add(found: dict[str, AgentFacts], new: AgentFacts) -> None:
    """What is new of an agent takes the place of what was known; what Coze has said once stays."""
    known = found.get(new.agent_id)
    found[new.agent_id] = (
        new
        if known is None
        else replace(
            known,
            workspace_id=new.workspace_id or known.workspace_id,
            name=new.name or known.name,
            at=max(known.at, new.at),
            publication=new.publication or known.publication,
            guide=new.guide or known.guide,
            api=_better(known.api, new.api),
            glasses=_better(known.glasses, new.glasses),
        )
    )


def _better(one: Evidence | None, other: Evidence | None) -> Evidence | None:
    return Evidence.VERIFIED if Evidence.VERIFIED in (one, other) else one or other
