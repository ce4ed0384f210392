"""The steps that lead into the ShargeAI team: done at once for who is in it, open again for whose request is gone."""

from collections.abc import Mapping
from dataclasses import replace

from bot.core import guide as rules
from bot.core.guide import Guide, Learned, LearnedFacts, Passed, Route, Step
from bot.core.join import HOLDING, JoinState, Request
from bot.core.people import Evidence
from bot.core.publish import Publication

from .check import Check, StepContext

Checks = Mapping[str, Check]


def team_steps(route: Route, checks: Checks) -> list[Step]:
    """The steps of the route that lead into the team."""
    return [step for step in route.steps if checks[step.check].in_team]


def team_steps_done(route: Route, checks: Checks, evidence: Evidence) -> LearnedFacts:
    """All of them done, by this evidence or by what each of them takes for it."""
    known = {step.id: checks[step.check].in_team for step in team_steps(route, checks)}
    return {
        step_id: Learned(evidence=evidence if how == "same" else Evidence.CONFIRMED) for step_id, how in known.items()
    }


def inside(at: StepContext, *, is_verified: bool) -> Passed:
    """Somebody is in the team already, as Coze or they themselves say."""
    evidence = Evidence.VERIFIED if is_verified else Evidence.CONFIRMED
    return Passed(evidence, team_steps_done(at.route, at.checks, evidence))


def rewind_if_closed(at: StepContext) -> Guide:
    """Who waits for a request that is open no longer is asked again whether they are in the team.

    One that has to be approved anew, for another account, leads back to waiting for that.
    """
    guide, joining = at.guide, team_steps(at.route, at.checks)
    if at.step not in joining or at.step is joining[0]:
        return guide
    open_again = joining
    if at.rows.request and at.rows.request.state in HOLDING:
        place = joining.index(at.step)
        undone = [each for each in joining[1:place] if at.checks[each.check].known(at) is None]
        open_again = joining[joining.index(undone[0]) :] if undone else []
    if not open_again:
        return guide
    names = {each.id for each in open_again}
    facts = {name: fact for name, fact in guide.facts.items() if name not in names}
    return replace(guide, step=open_again[0].id, facts=facts)


def skip_to(
    route: Route, checks: Checks, guide: Guide, step: Step, request: Request | None, publication: Publication
) -> Guide:
    """The guide of an agent that is online at `step`, which publishes it: what leads up to it lies behind the person.

    Publishing for somebody is begun only once Coze lists them and the agent; by hand their word stands for it.
    """
    place = route.steps.index(step)
    if (
        guide.value("agent_id") == publication.agent_id
        and rules.current_step(route, guide) not in route.steps[: place + 1]
    ):
        return guide
    how = Evidence.CONFIRMED if publication.by_hand else Evidence.VERIFIED
    joined = request.joined_evidence if request and request.state is JoinState.JOINED else None
    before = {each.id: checks[each.check].gives for each in route.steps[:place]}
    facts = {
        **guide.facts,
        **{
            name: Learned(evidence=how if "agent_id" in gives else Evidence.CONFIRMED)
            for name, gives in before.items()
        },
        **team_steps_done(route, checks, joined or how),
        "agent_id": Learned(publication.agent_id, how),
        "space": Learned(publication.workspace_id, how),
        "space_name": Learned(),
        "agent": Learned(publication.agent_name, how),
    }
    there = replace(guide, step=step.id, facts=facts)
    return rules.settle(route, there, Passed(publication.evidence or Evidence.CONFIRMED))
