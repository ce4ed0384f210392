"""Ticks: what our own rows say about a guide's open step: the request to join, the publication, the new token."""

from dataclasses import replace
from datetime import datetime

from bot.core import guide as rules
from bot.core import publish
from bot.core.credential import WATCHED, Credential, Record
from bot.core.errors import NotFound, NotYours
from bot.core.guide import JOINING, Check, Fact, Facts, Failed, Failure, Guide, Passed, Result, Route, Shown
from bot.core.join import HOLDING, Request
from bot.core.join import State as Join
from bot.core.people import Evidence, Person
from bot.core.publish import Publication
from bot.store import credential as credentials
from bot.store import publish as publications
from bot.store.database import Reading

TOLD = "told"
"""The fact which publication's failure the card has shown: it is told once, until it is tried again."""

REJECTED = "E14"  # key of the error help; Coze tells it to the author alone, and they to us

INVITED = frozenset({Join.INVITED, Join.JOINED})
UNSETTLED = frozenset({publish.State.REJECTED, publish.State.FAILED})


async def publication_of(conn: Reading, guide: Guide) -> Publication | None:
    """The person's newest publication of the guide's agent."""
    return await publications.newest(conn, guide.team_id, guide.user_id, guide.value("agent_id"))


async def successor(conn: Reading, guide: Guide) -> Credential | None:
    """The token that the guide replaces, or what has taken its place since; None if nothing of it is watched."""
    following = int(guide.value("replaces") or 0)
    found = None
    while following:
        try:
            found = await credentials.load(conn, guide.team_id, following)
        except NotFound:
            return None
        following = found.superseded_by or 0
    return found if found and found.user_id == guide.user_id and found.state in WATCHED else None


async def check_owner(conn: Reading, who: Person, credential_id: int) -> None:
    """Whether this token is the person's own. Raises NotFound, NotYours."""
    if (await credentials.load(conn, who.team_id, credential_id)).user_id != who.user_id:
        raise NotYours


def recorded(token: Record | Credential, credential_id: int) -> Facts:
    """What a guide knows of its token once that is watched."""
    times = {"born": Fact(token.created_at.isoformat()), "ends": Fact(token.ends_at.isoformat())}
    return {**times, "credential": Fact(str(credential_id))}


def known(
    route: Route,
    guide: Guide,
    request: Request | None,
    publication: Publication | None,
    now: datetime,
    token: Credential | None = None,
) -> Result | None:
    """What the open step answers by itself; None while it waits for somebody. `token` is the `successor`."""
    step = rules.standing(route, guide)
    if token and (renewed := _renewed(route, guide, token)):
        return renewed
    held = request if request and request.state in HOLDING else None
    match step.check:
        case Check.MEMBER if held:
            return Passed(Evidence.CONFIRMED)
        case Check.ASKED if held and held.state in INVITED:
            return Passed(Evidence.CONFIRMED)
        case Check.JOINED if held and held.state is Join.JOINED:
            return Passed(held.joined_evidence or Evidence.CONFIRMED)
        case Check.CHANNEL if publication:
            return _published(guide, step.id, publication, now)
    return None


def _renewed(route: Route, guide: Guide, token: Credential) -> Passed | None:
    """The token was replaced outside the guide: what leads to its record is done, by the person's word."""
    if str(token.id) in (guide.value("replaces"), guide.value("credential")):
        return None
    step = rules.standing(route, guide)
    last = next((place for place, each in enumerate(route.steps, 1) if each.check is Check.TOKEN), 0)
    done = route.steps[:last]
    if step not in done:
        return None
    return Passed(Evidence.CONFIRMED, {**{each.id: Fact() for each in done}, **recorded(token, token.id)})


def _published(guide: Guide, step_id: str, publication: Publication, now: datetime) -> Result | None:
    if guide.value(TOLD) == str(publication.id):
        return None
    if publication.state is publish.State.ONLINE:
        return Passed(publication.evidence or Evidence.CONFIRMED)
    if publication.state in UNSETTLED:
        error = publication.error if publication.state is publish.State.FAILED else None
        values = {"reason": publication.reason or "", "log_id": publication.log_id or ""}
        told = {TOLD: Fact(str(publication.id))}
        return Failed(Failure(step_id, error or REJECTED, now, values), told)
    return Shown() if guide.failure and publication.state in publish.UNDER_WAY else None


def beyond(route: Route, guide: Guide, request: Request | None, publication: Publication) -> Guide:
    """The guide of an agent that is online, past the channel's step: what leads up to it lies behind the person.

    Publishing for somebody is begun only once Coze lists them and the agent; by hand their word stands for it.
    """
    place = next((place for place, each in enumerate(route.steps) if each.check is Check.CHANNEL), None)
    if place is None:
        raise NotFound
    step = rules.standing(route, guide)
    if guide.value("agent_id") == publication.agent_id and step not in route.steps[: place + 1]:
        return guide
    how = Evidence.CONFIRMED if publication.by_hand else Evidence.VERIFIED
    joined = request.joined_evidence if request and request.state is Join.JOINED else None
    proven = {each.id: how if each.check is Check.AGENT else Evidence.CONFIRMED for each in route.steps[:place]}
    facts = {
        **guide.facts,
        **{name: Fact(evidence=evidence) for name, evidence in proven.items()},
        **rules.inside(route, joined or how),
        "agent_id": Fact(publication.agent_id, how),
        "space": Fact(publication.workspace_id, how),
        "space_name": Fact(),
        "agent": Fact(publication.agent_name, how),
    }
    there = replace(guide, step=route.steps[place].id, facts=facts)
    return rules.settle(route, there, Passed(publication.evidence or Evidence.CONFIRMED))


def returned(route: Route, guide: Guide, request: Request | None) -> Guide:
    """Who waits for a request that is open no longer is asked again whether they are in the team."""
    step = rules.standing(route, guide)
    first = next((each for each in route.steps if each.check is Check.MEMBER), None)
    gone = request is None or request.state not in HOLDING
    if first is None or step.check not in JOINING or step is first or not gone:
        return guide
    joining = {each.id for each in route.steps if each.check in JOINING}
    facts = {name: fact for name, fact in guide.facts.items() if name not in joining}
    return replace(guide, step=first.id, facts=facts)
