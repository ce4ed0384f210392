"""Agents: those of all routes, each once, and nothing claimed that nobody has said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.agents import agents_of, users_of
from bot.core.guide import Guide, GuideState, Learned, Route, Step
from bot.core.people import Evidence
from bot.core.publish import API_CONNECTOR, Publication, PublicationState

NOW = datetime(2026, 12, 2, 2, tzinfo=UTC)
STEPS = (Step("s1", "agent"), Step("s2", "published"), Step("s3", "said"), Step("s4", "done", closes=True))
ROUTES = {"pat": Route("pat", STEPS), "jwt": Route("jwt", STEPS), "channel": Route("channel", (STEPS[2], STEPS[3]))}


def guide(number: int, route: str = "pat", days: int = 0, agent: str = "1", **facts: Learned) -> Guide:
    """One about an agent, last walked so many days after NOW; done if its last step is."""
    about = {"agent_id": Learned(agent), "agent": Learned(f"agent {agent}"), "space": Learned("9")} if agent else {}
    state = GuideState.DONE if "s3" in facts else GuideState.OPEN
    at = NOW + timedelta(days=days)
    return Guide(number, "T1", "U0MEI", route, "s3", state, NOW, at, {**about, **facts})


def publication(number: int, agent: str, **more: Any) -> Publication:
    """On its way to the channel."""
    place = (agent, f"agent {agent}", "9", "8", PublicationState.REVIEWING, NOW + timedelta(days=number))
    return Publication(number, "T1", "U0MEI", *place, **more)


def test_an_agent_of_two_routes_and_the_channel_is_one() -> None:
    """What Coze has said once stays said; the guide that is open is the one to go on with."""
    first = guide(1, days=3, s2=Learned.verified(), s3=Learned())
    second = guide(2, "jwt", days=1, s2=Learned())
    (found,) = agents_of([first, second], ROUTES, [publication(1, "1")])
    assert (found.api, found.glasses) == (Evidence.VERIFIED, Evidence.CONFIRMED)
    assert found.guide == second
    assert found.publication is not None
    assert found.at == NOW + timedelta(days=3)


def test_what_went_to_the_api_alone_is_nothing_of_the_channels() -> None:
    """Only what Coze lists is there."""
    on_api = replace(publication(2, "1"), connector_id=API_CONNECTOR)
    online = replace(on_api, state=PublicationState.ONLINE, evidence=Evidence.VERIFIED)
    (found,) = agents_of([], ROUTES, [publication(1, "1"), on_api])
    assert found.publication is not None
    assert (found.publication.id, found.api) == (1, None)
    (found,) = agents_of([], ROUTES, [publication(1, "1"), online])
    assert (found.publication and found.publication.id, found.api) == (1, Evidence.VERIFIED)


def test_nothing_is_claimed_before_somebody_said_so() -> None:
    (found,) = agents_of([guide(1)], ROUTES, [])
    assert (found.api, found.glasses, found.publication) == (None, None, None)
    assert agents_of([guide(1, agent="")], ROUTES, []) == []
    assert agents_of([guide(1, "gone")], ROUTES, []) == []


def test_what_was_heard_of_last_comes_first() -> None:
    guides = [guide(1, days=2, agent="1"), guide(2, "jwt", days=5, agent="2")]
    found = agents_of(guides, ROUTES, [publication(3, "3")])
    assert [each.agent_id for each in found] == ["2", "3", "1"]


def test_a_renewed_token_is_used_by_the_same_agents() -> None:
    """Also after several renewals, and whatever a broken chain says."""
    guides = [guide(1, credential=Learned("7")), guide(2, agent="2", credential=Learned("8"))]
    assert users_of(guides, {7: 8, 8: 9, 9: 7}) == {
        7: ["agent 1", "agent 2"],
        8: ["agent 1", "agent 2"],
        9: ["agent 1", "agent 2"],
    }
    assert users_of(guides, {})[7] == ["agent 1"]
    assert users_of([guide(1)], {}) == {}


def test_what_is_known_of_an_agent_comes_from_all_that_tell_of_it() -> None:
    """The newest publication; the place and the name that were heard last, and none of them lost to an empty one."""
    nameless = replace(publication(1, "1"), agent_name="", workspace_id="")
    moved = replace(publication(2, "1"), agent_name="renamed", workspace_id="10", settled_at=NOW + timedelta(days=9))
    (found,) = agents_of([guide(1)], ROUTES, [moved, nameless])
    assert (found.name, found.workspace_id, found.publication, found.at) == ("renamed", "10", moved, moved.settled_at)
    (found,) = agents_of([guide(1)], ROUTES, [nameless])
    assert (found.name, found.workspace_id, found.publication) == ("agent 1", "9", nameless)
    assert (found.guide, found.agent_id) == (guide(1), "1")


def test_an_agent_is_in_the_glasses_once_the_last_step_is_done() -> None:
    open_one = replace(guide(1, s2=Learned.verified(), s3=Learned()), state=GuideState.OPEN)
    (found,) = agents_of([open_one], ROUTES, [])
    assert (found.api, found.glasses) == (Evidence.VERIFIED, None)
    (found,) = agents_of([guide(1, "channel", s3=Learned())], ROUTES, [])
    assert (found.api, found.glasses) == (None, Evidence.CONFIRMED), "that way has no step for Coze's API"
    (found,) = agents_of([guide(1, days=1, s3=Learned.verified()), guide(2, days=2, s3=Learned())], ROUTES, [])
    assert found.glasses is Evidence.VERIFIED, "what Coze has said stays said"


def test_a_guide_without_a_token_or_a_name_hides_none() -> None:
    bare = replace(guide(2, credential=Learned("7")), facts={"credential": Learned("7")})
    guides = [
        guide(1),
        bare,
        guide(3, agent="3", credential=Learned("7")),
        guide(4, agent="3", credential=Learned("7")),
    ]
    assert users_of(guides, {}) == {7: ["agent 3"]}
