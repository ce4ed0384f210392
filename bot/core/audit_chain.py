"""The chain of the audit: each line is bound to the one before it, so that a change behind the bot's back shows.

A line has two parts. *Fixed* are its number, team, time and action, which stay when a person is deleted; *personal*
are actor, subject and detail. The canonical bytes of both are JSON (RFC 8259) in ASCII: arrays as below, keys of
objects sorted, no blanks, other signs as \\uXXXX, times in UTC with six digits of a second. Hashes are hexadecimal.

    personal = SHA-256(["v1", salt, actor, subject, detail])
    link     = SHA-256(["v1", link before, seq, id, team, time, action, personal])

`seq` counts the links from 1 without a gap, in the order of sealing; the link before the first is 64 zeros. The salt
is random, a line's own, and goes when its person is deleted: what is left can't be guessed back from the few people
and subjects that there are. A *tombstone* keeps the old `personal` then, with which the link still holds, beside the
new; the line that tells of the deletion carries the SHA-256 over all its tombstones, and is sealed itself.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

_VERSION = "v1"
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False)


class Line(NamedTuple):
    """A line of the audit as it is read now. `at` is simulated time, UTC."""

    id: int
    team_id: str
    at: datetime
    action: str
    actor: str | None
    subject: str
    detail: Any


class Link(NamedTuple):
    """How a line was sealed."""

    seq: int
    salt: str
    hash: str


class Tombstone(NamedTuple):
    """That a sealed line lost its person: the hashes of its personal part before and after. `erase_id` is the line
    that tells of the deletion, None before it is written; `seq` the link that was there.
    """

    erase_id: int | None
    audit_id: int
    seq: int
    was: str
    now: str


class End(NamedTuple):
    """A place of the chain: the link with this number has this hash."""

    seq: int
    hash: str


START = End(0, "0" * 64)
"""Where the first link begins."""


class Fault(StrEnum):
    """What is wrong at a place of the chain."""

    MISSING = "missing"
    CHANGED = "changed"
    TOMBSTONE = "tombstone"
    CUT_END = "cut_end"
    CUT_START = "cut_start"
    ANCHOR = "anchor"


@dataclass(frozen=True)
class Wrong:
    """The first wrong place. `seq` is the link, `audit_id` the line that stands there now, if any."""

    fault: Fault
    seq: int
    audit_id: int | None = None


def _hash(values: list[Any]) -> str:
    return hashlib.sha256(_JSON.encode(values).encode()).hexdigest()


def personal(line: Line, salt: str) -> str:
    """The hash of what is personal in a line."""
    return _hash([_VERSION, salt, line.actor, line.subject, line.detail])


def link(before: str, seq: int, line: Line, personal_hash: str) -> str:
    """The hash that binds a line to the link before it."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    return _hash([_VERSION, before, seq, line.id, line.team_id, at, line.action, personal_hash])


def seal(end: End, lines: Iterable[Line], salts: Iterable[str]) -> list[Link]:
    """The links of these lines, in this order, behind the end of the chain."""
    links, before = [], end.hash
    for seq, (line, salt) in enumerate(zip(lines, salts, strict=False), end.seq + 1):
        before = link(before, seq, line, personal(line, salt))
        links.append(Link(seq, salt, before))
    return links


def proof(tombstones: Iterable[Tombstone]) -> str:
    """The hash over all tombstones of one deletion; those of one link in the order in which it was done."""
    ordered = sorted(tombstones, key=lambda each: (each.audit_id, each.seq))
    return _hash([[each.audit_id, each.seq, each.was, each.now] for each in ordered])


def original(line: Line, sealed: Link, tombstones: Sequence[Tombstone]) -> str | None:
    """The personal hash with which a line was sealed; None where its tombstones don't lead there from what it says.

    `tombstones` are those of this link, in the order of the deletions.
    """
    now = personal(line, sealed.salt)
    for each in reversed(tombstones):
        if each.now != now:
            return None
        now = each.was
    return now


class Walk:
    """Goes along the chain from a place on, link by link, and stops at the first wrong one."""

    def __init__(self, start: End) -> None:
        self.end = start
        self.wrong: Wrong | None = None

    def step(self, line: Line, sealed: Link, tombstones: Sequence[Tombstone] = ()) -> bool:
        """Take the next link; whether it holds."""
        expected = self.end.seq + 1
        if sealed.seq != expected:
            self.wrong = Wrong(Fault.MISSING, expected)
            return False
        first = original(line, sealed, tombstones)
        if first is None:
            self.wrong = Wrong(Fault.TOMBSTONE, expected, line.id)
        elif link(self.end.hash, expected, line, first) != sealed.hash:
            self.wrong = Wrong(Fault.CHANGED, expected, line.id)
        else:
            self.end = End(expected, sealed.hash)
        return self.wrong is None

    def finish(self, head: End) -> None:
        """No more links are there: see that these were all."""
        if self.wrong is None and self.end != head:
            self.wrong = Wrong(Fault.CUT_END, min(self.end.seq, head.seq) + 1)
