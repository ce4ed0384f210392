"""What ticks by itself: each state of a request and of a publication, at the step that waits for it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from bot.core.guide import Failed, Guide, GuideState, Learned, Passed, Result, Shown, current_step, settle
from bot.core.join import HOLDING, JoinState, Request
from bot.core.people import Evidence
from bot.core.publish import Publication, PublicationState
from bot.services.guide.carrying import BURIED
from bot.services.guide.check import ASKING, CheckTools, StepContext
from bot.services.guide.checks import CHECKS, KINDS
from bot.services.guide.checks.channel import TOLD
from bot.services.guide.checks.published import CLAIMED
from bot.services.guide.proof import UID
from bot.services.guide.rows import Rows
from bot.services.guide.team import rewind_if_closed
from bot.services.guide.wiring import routes_of
from bot.texts.guide import guide_texts

NOW = datetime(2026, 12, 2, 3, tzinfo=UTC)
ROUTE = routes_of(guide_texts(KINDS))["channel"]
REQUEST = Request(41, "T1", "U0MEI", "mei", "3811223344556677", "mei", "a museum", None, JoinState.PENDING, NOW)
PUBLICATION = Publication(8, "T1", "U0MEI", "75", "R&D", "74", "10", PublicationState.CONFIRMED, NOW)
ALL = {name: check(cast(CheckTools, None)) for name, check in CHECKS.items()}
"""What our rows say needs nothing to work with."""


def at(step: str) -> Guide:
    """Mei at this step of the channel's route."""
    return Guide(1, "T1", "U0MEI", "channel", step, GuideState.OPEN, NOW, NOW, {"agent_id": Learned("75")})


def known(guide: Guide, request: Request | None, publication: Publication | None = None) -> Result | None:
    """What the open step answers by itself."""
    at = StepContext(guide, ROUTE, Rows(request, publication), ALL, NOW)
    return ALL[at.step.check].known(at)


def walk(guide: Guide, request: Request | None) -> Guide:
    """As far as it ticks by itself."""
    while result := known(guide, request):
        guide = settle(ROUTE, guide, result)
    return rewind_if_closed(StepContext(guide, ROUTE, Rows(request), ALL, NOW))


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (None, "c1"),
        (JoinState.PENDING, "c2"),
        (JoinState.INFO_REQUESTED, "c2"),
        (JoinState.APPROVED, "c2"),
        (JoinState.INVITED, "c3"),
        (JoinState.JOINED, "c4"),
        *((state, "c1") for state in sorted(set(JoinState) - HOLDING)),
    ],
)
@pytest.mark.parametrize("start", ["c1", "c2", "c3"])
def test_the_request_decides_where_one_waits(state: JoinState | None, step: str, start: str) -> None:
    """From wherever: on as far as it is true, and back to the question where the request is gone."""
    request = replace(REQUEST, state=state, joined_evidence=Evidence.VERIFIED) if state else None
    found = walk(at(start), request).step
    order = [each.id for each in ROUTE.steps]
    assert found == step or (state in HOLDING and order.index(found) == order.index(start) > order.index(step))


def test_coze_saw_them_join_or_they_said_so() -> None:
    for evidence in Evidence:
        request = replace(REQUEST, state=JoinState.JOINED, joined_evidence=evidence)
        assert walk(at("c1"), request).facts["c3"].evidence is evidence


def test_who_is_past_joining_is_left_alone() -> None:
    assert walk(at("c4"), None).step == "c4"


@pytest.mark.parametrize(
    "state",
    [
        PublicationState.DRAFT,
        PublicationState.CONFIRMED,
        PublicationState.SUBMITTED,
        PublicationState.CLAIMED,
        PublicationState.REVIEWING,
        PublicationState.UNKNOWN,
    ],
)
def test_a_publication_under_way_is_waited_for(state: PublicationState) -> None:
    assert known(at("c5"), None, replace(PUBLICATION, state=state)) is None


@pytest.mark.parametrize("evidence", Evidence)
def test_online_is_what_coze_lists_or_the_person_said(evidence: Evidence) -> None:
    online = replace(PUBLICATION, state=PublicationState.ONLINE, evidence=evidence)
    assert known(at("c5"), None, online) == Passed(evidence)
    assert known(at("c4"), None, online) is None


def test_a_rejection_is_told_once_with_its_reason() -> None:
    rejected = replace(PUBLICATION, state=PublicationState.REJECTED, reason="too loud")
    result = known(at("c5"), None, rejected)
    assert isinstance(result, Failed)
    assert (result.failure.error, result.failure.values["reason"]) == ("E14", "too loud")
    told = settle(ROUTE, at("c5"), result)
    assert known(told, None, rejected) is None
    again = replace(rejected, id=9, state=PublicationState.CONFIRMED)
    assert known(told, None, again) == Shown()
    assert known(settle(ROUTE, told, Shown()), None, again) is None
    assert known(told, None, replace(again, state=PublicationState.FAILED, error="E5")) is not None
    assert current_step(ROUTE, told).id == "c5"


def test_what_a_guide_remembers_is_called_as_before() -> None:
    """These names stand in people's rows: one that is changed here forgets what they stand for."""
    assert (ASKING, BURIED, CLAIMED, TOLD, UID) == ("asking", "buried", "claimed", "told", "uid")
    gives = {name: sorted(kind.gives) for name, kind in KINDS.items() if kind.gives}
    assert gives == {"agent": ["agent", "agent_id", "space"], "ids": ["app_id", "endpoint", "kid"], "token": ["ends"]}
