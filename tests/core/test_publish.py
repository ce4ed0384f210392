"""A publication: what is said about it, and when it is on its way off the channel."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.errors import InvalidFields
from bot.core.people import Evidence
from bot.core.publish import (
    API_CONNECTOR,
    OFF_REASON,
    QUESTION,
    Publication,
    PublicationState,
    read_off_reason,
    read_question,
)

NOW = datetime(2026, 3, 5, 2, tzinfo=UTC)
ONLINE = Publication(1, "T1", "U1", "7415", "夜航员", "75", "10", PublicationState.ONLINE, NOW, submitted_at=NOW)


@pytest.mark.parametrize(("read", "longest"), [(read_off_reason, OFF_REASON), (read_question, QUESTION)])
def test_words_are_trimmed_and_bounded(read: Callable[[str], str], longest: int) -> None:
    assert read("  why \n") == "why"
    assert len(read("x" * longest)) == longest
    for words in (" ", "x" * (longest + 1)):
        with pytest.raises(InvalidFields):
            read(words)


def test_it_is_being_taken_off_until_coze_has_answered() -> None:
    wished = replace(ONLINE, off_by="U1", off_at=NOW, off_reason="over")
    assert wished.is_being_taken_off
    assert not ONLINE.is_being_taken_off
    assert not replace(wished, error="E2").is_being_taken_off
    assert not replace(wished, state=PublicationState.UNPUBLISHED).is_being_taken_off


def test_to_the_api_alone() -> None:
    assert not ONLINE.is_api_only
    assert replace(ONLINE, connector_id=API_CONNECTOR).is_api_only


def test_what_was_published_by_hand_is_known_by_a_word() -> None:
    assert not ONLINE.by_hand
    assert replace(ONLINE, submitted_at=None, evidence=Evidence.CONFIRMED).by_hand
