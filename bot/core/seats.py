"""Seats of the workspace on Coze: how many are taken and left, and about when they run out.

Coze tells nobody how many there are, so an admin enters that. The estimate is a straight line through the joins of
the last weeks, and none is made where too little is known.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .errors import InvalidFields, Problem

QUESTION = "seats.total"
MOST = 1_000_000
WEEKS, LEAST_WEEKS = 6, 2
"""So far back joins are counted, and so long somebody must have been joining for an estimate."""
LEAST_JOINS = 3
FARTHEST = timedelta(days=730)
"""What lies behind this isn't worth a date."""


@dataclass(frozen=True)
class Seats:
    """What is known at simulated time `now`. `total` is None until an admin has entered it; `taken` counts Coze's
    list where it was read at `counted_at` (UTC), else those who have joined through the bot. `joins` are those of
    the last WEEKS, `first_at` (UTC) is when anybody joined for the first time, None where nobody did."""

    now: datetime
    total: int | None
    taken: int
    counted_at: datetime | None
    joins: int
    first_at: datetime | None

    @property
    def left(self) -> int | None:
        """How many are free, None where nobody has said how many there are."""
        return None if self.total is None else max(0, self.total - self.taken)

    @property
    def weeks(self) -> float:
        """Over how many weeks the joins are spread."""
        seen = (self.now - self.first_at) / timedelta(weeks=1) if self.first_at else 0.0
        return min(float(WEEKS), seen)

    @property
    def is_known_enough(self) -> bool:
        """Whether an estimate would be more than a guess."""
        return self.joins >= LEAST_JOINS and self.weeks >= LEAST_WEEKS

    @property
    def runs_out_at(self) -> datetime | None:
        """About when the last seat is taken if people go on joining as in the last weeks; None where that can't be
        said, where none is left, or where it lies too far ahead."""
        if not self.left or not self.is_known_enough:
            return None
        lasts = self.left / self.joins * timedelta(weeks=self.weeks)
        return self.now + lasts if lasts <= FARTHEST else None


def read_total(typed: str) -> int:
    """How many seats were entered. Raises InvalidFields."""
    plain = typed.strip()
    if not (plain.isdecimal() and len(plain) < 8 and 1 <= int(plain) <= MOST):
        raise InvalidFields([Problem(QUESTION, "not_seats")])
    return int(plain)
