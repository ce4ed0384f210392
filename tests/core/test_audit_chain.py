"""The chain of the audit: its canonical bytes, its links, and every way in which a walk can find one wrong."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.core import audit_chain as chain
from bot.core.audit_chain import START, End, Fault, Line, Link, Tombstone, Walk, Wrong

AT = datetime(2026, 12, 3, 17, 5, tzinfo=timezone(timedelta(hours=8)))
SALTS = [f"{number:032x}" for number in range(5)]


def line(number: int, **values: Any) -> Line:
    """A line of the audit."""
    plain = Line(number, "T1", AT, "join.approved", "U0LIN", f"join:{number}", {"words": "好", "a": [1, None]})
    return plain._replace(**values)


LINES = [line(number) for number in (3, 1, 4, 7, 5)]
LINKS = chain.seal(START, LINES, SALTS)
HEAD = End(5, LINKS[-1].hash)


def walked(lines: list[Line], links: list[Link], *marks: Tombstone, head: End = HEAD) -> Wrong | None:
    """What a walk along these finds."""
    walk = Walk(START)
    for each, sealed in zip(lines, links, strict=True):
        if not walk.step(each, sealed, [mark for mark in marks if mark.seq == sealed.seq]):
            break
    walk.finish(head)
    return walk.wrong


def test_the_bytes_are_those_that_are_written_down() -> None:
    """Made by hand as the document says, another program can verify a chain."""
    detail = '{"a":[1,null],"words":"\\u597d"}'
    person = hashlib.sha256(f'["v1","{SALTS[0]}","U0LIN","join:3",{detail}]'.encode()).hexdigest()
    assert chain.personal(LINES[0], SALTS[0]) == person
    at = "2026-12-03T09:05:00.000000+00:00"
    bound = f'["v1","{"0" * 64}",1,3,"T1","{at}","join.approved","{person}"]'
    assert LINKS[0] == Link(1, SALTS[0], hashlib.sha256(bound.encode()).hexdigest())


def test_a_time_is_the_same_in_any_zone_and_a_detail_in_any_order() -> None:
    """Databases give both back as they like."""
    other = LINES[0]._replace(at=AT.astimezone(UTC), detail=json.loads('{"words": "好", "a": [1, null]}'))
    assert chain.seal(START, [other], SALTS) == LINKS[:1]
    assert chain.seal(START, [line(1, detail=None, actor=None)], ["\ud800"]) != []


def test_what_was_sealed_holds() -> None:
    """In one go, and in several batches one behind the other."""
    assert walked(LINES, LINKS) is None
    first = chain.seal(START, LINES[:2], SALTS[:2])
    rest = chain.seal(End(first[-1].seq, first[-1].hash), LINES[2:], SALTS[2:])
    assert first + rest == LINKS


@pytest.mark.parametrize(
    "changed",
    [
        {"id": 9},
        {"team_id": "T2"},
        {"at": AT + timedelta(microseconds=1)},
        {"action": "join.declined"},
        {"actor": None},
        {"subject": "join:8"},
        {"detail": None},
        {"detail": {"words": "好", "a": [1, 0]}},
    ],
)
def test_a_changed_line_is_found(changed: dict[str, Any]) -> None:
    """Whatever of it is changed."""
    lines = [*LINES[:2], LINES[2]._replace(**changed), *LINES[3:]]
    assert walked(lines, LINKS) == Wrong(Fault.CHANGED, 3, lines[2].id)


@pytest.mark.parametrize("values", [{"salt": SALTS[0]}, {"hash": "f" * 64}])
def test_a_changed_link_is_found(values: dict[str, Any]) -> None:
    """Its salt or its hash."""
    links = [*LINKS[:2], LINKS[2]._replace(**values), *LINKS[3:]]
    assert walked(LINES, links) == Wrong(Fault.CHANGED, 3, 4)


def test_missing_exchanged_and_inserted_lines_are_found() -> None:
    """The first wrong place is named."""
    assert walked(LINES[:2] + LINES[3:], LINKS[:2] + LINKS[3:]) == Wrong(Fault.MISSING, 3)
    assert walked(LINES[1:], LINKS[1:]) == Wrong(Fault.MISSING, 1)
    exchanged = [LINES[0], LINES[2], LINES[1], *LINES[3:]]
    assert walked(exchanged, LINKS) == Wrong(Fault.CHANGED, 2, 4)
    forged = chain.seal(End(2, LINKS[1].hash), [line(8)], ["0" * 32])
    later = [each._replace(seq=each.seq + 1) for each in LINKS[2:]]
    inserted = [*LINES[:2], line(8), *LINES[2:]]
    assert walked(inserted, LINKS[:2] + forged + later, head=End(6, HEAD.hash)) == Wrong(Fault.CHANGED, 4, 4)


def test_a_cut_end_is_found() -> None:
    """Also where the head was put back, but not its hash; and links behind the head."""
    assert walked(LINES[:3], LINKS[:3]) == Wrong(Fault.CUT_END, 4)
    assert walked(LINES[:3], LINKS[:3], head=End(3, HEAD.hash)) == Wrong(Fault.CUT_END, 4)
    assert walked(LINES, LINKS, head=End(3, LINKS[2].hash)) == Wrong(Fault.CUT_END, 4)


def erased(before: Line, link: Link, salt: str, **values: Any) -> tuple[Line, Link, Tombstone]:
    """A line that has lost a person."""
    after, sealed = before._replace(**values), link._replace(salt=salt)
    was, now = chain.personal(before, link.salt), chain.personal(after, salt)
    return after, sealed, Tombstone(20, before.id, link.seq, was, now)


def test_tombstones_keep_the_chain_whole() -> None:
    """One, and a second on the same line; of what is fixed they excuse nothing."""
    after, link, first = erased(LINES[2], LINKS[2], "a" * 32, actor="deleted", detail=None)
    last, sealed, second = erased(after, link, "b" * 32, subject="person:deleted")
    lines, links = [*LINES[:2], last, *LINES[3:]], [*LINKS[:2], sealed, *LINKS[3:]]
    assert walked(lines, links, first, second) is None
    assert walked(lines, links, first) == Wrong(Fault.TOMBSTONE, 3, 4)
    assert walked(lines, links, second, first) == Wrong(Fault.TOMBSTONE, 3, 4)
    assert walked(lines, links) == Wrong(Fault.CHANGED, 3, 4)
    lines[2] = last._replace(action="join.declined")
    assert walked(lines, links, first, second) == Wrong(Fault.CHANGED, 3, 4)


def test_the_proof_of_a_deletion_is_of_all_its_tombstones() -> None:
    """In whichever order they are read; one less, one more or another is another proof."""
    marks = [erased(LINES[number], LINKS[number], "c" * 32, actor="deleted")[2] for number in range(3)]
    whole = chain.proof(marks)
    assert chain.proof(reversed(marks)) == whole
    others = [marks[:2], [*marks, marks[0]], [*marks[:2], marks[2]._replace(now=marks[2].was)], []]
    assert whole not in [chain.proof(each) for each in others]
