"""What whoever reviews an agent looks at, and what is often to be mended: data, in each language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .catalogue import Language, catalogues

SOURCE = Path(__file__).with_name("review.toml")
AGENT = "{agent}"


class BrokenReview(ValueError):
    """`review.toml` lacks a language somewhere. Raised at load, naming every place."""


@dataclass(frozen=True)
class ReviewTexts:
    """The lists. In a check `AGENT` stands for a link to the agent, which says `link`; reasons have names."""

    checks: tuple[Mapping[Language, str], ...]
    link: Mapping[Language, str]
    reasons: Mapping[str, Mapping[Language, str]]


@cache
def review_texts() -> ReviewTexts:
    """All of it. Raises BrokenReview."""
    data: dict[str, Any] = tomllib.loads(SOURCE.read_text("utf-8"))
    places = {"link": data["link"], **{f"check {number + 1}": each for number, each in enumerate(data["checks"])}}
    places |= {f"reason {name}": each for name, each in data["reasons"].items()}
    if faults := [
        f"{place}: no {code}" for place, row in places.items() for code in catalogues() if not row.get(code)
    ]:
        raise BrokenReview("; ".join(faults))
    return ReviewTexts(tuple(data["checks"]), data["link"], data["reasons"])
