"""The stored list of the workspace's agents: what is known of each, how one is looked for, and what looking costs.

Coze lists agents by pages (coze.cn/open/docs, list_bots): each is a call, of which a free account has few.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

PAGE = 20
"""Agents on a page of Coze's list."""

RENEWED = timedelta(hours=6)
"""So often the list is renewed where calls are no matter."""

STALE = timedelta(minutes=1)
"""A list is asked for again after this, whoever wants it."""

GIVEN_UP = timedelta(minutes=10)
"""A renewal that has been under way for so long was lost."""

AT_ONCE = 10
"""So many pages are waited for; more are read by a job."""

SHORTEST_ID = 6
"""So many digits of an agent's id at least tell it from one of the same name."""

LONGEST = 200
"""Characters of a name that count when it is looked for; Coze takes 20."""

OFFERED = 100
"""Options of a menu at most."""


@dataclass(frozen=True)
class ListedAgent:
    """What Coze's list told of an agent at `listed_at`. `owner_uid` is a Coze account, "" where it named none;
    `updated_at` is when its draft was changed last, `published_at` when it was published last. Times are UTC.
    """

    agent_id: str
    name: str
    owner_uid: str
    updated_at: datetime | None
    published_at: datetime | None
    listed_at: datetime


@dataclass(frozen=True)
class AgentList:
    """How the list stands: complete as of `listed_at`, None where it never was; being renewed since `begun_at`.

    `agents` is how many it holds; `error` a key of the error help, where the last renewal broke off. Times are
    simulated, UTC.
    """

    agents: int = 0
    listed_at: datetime | None = None
    begun_at: datetime | None = None
    error: str | None = None

    @property
    def cost(self) -> int | None:
        """How many calls renewing it takes, as far as is known."""
        return -(-max(self.agents, 1) // PAGE) if self.listed_at else None

    def is_under_way(self, now: datetime) -> bool:
        """Whether somebody is at it."""
        return self.begun_at is not None and now - self.begun_at < GIVEN_UP

    def is_new(self, now: datetime) -> bool:
        """Whether nobody needs to ask again yet, whoever wants to."""
        return self.listed_at is not None and now - self.listed_at < STALE

    def is_worth_a_look(self, now: datetime) -> bool:
        """Whether somebody who opens it waits for it to be renewed, where calls are no matter: a short list always
        is.
        """
        return self.agents <= AT_ONCE * PAGE or not self.is_new(now)


@dataclass(frozen=True)
class Reading:
    """How far a renewal has come: the next page, how many agents Coze promised and how many it has listed.

    `is_steady`: it has promised the same number on each page. Only then what it did not list is gone.
    """

    begun_at: datetime
    page: int = 1
    total: int = 0
    seen: int = 0
    is_steady: bool = True

    def after(self, found: int, total: int) -> "Reading":
        """With one more page, of `found` agents."""
        steady = self.is_steady and (self.page == 1 or total == self.total)
        return replace(self, page=self.page + 1, total=total, seen=self.seen + found, is_steady=steady)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to read."""
        return self.page > 1 and self.seen >= self.total

    def kept(self) -> dict[str, Any]:
        """As a job's payload."""
        facts = {"page": self.page, "total": self.total, "seen": self.seen, "is_steady": self.is_steady}
        return {**facts, "begun_at": self.begun_at.isoformat()}


def reading_of(payload: Mapping[str, Any] | None, now: datetime) -> Reading:
    """What a job's payload keeps; else one that begins."""
    if not payload or "begun_at" not in payload:
        return Reading(now)
    facts = {name: payload[name] for name in ("page", "total", "seen", "is_steady")}
    return Reading(datetime.fromisoformat(payload["begun_at"]), **facts)


def plain(text: str) -> str:
    """A name as it is looked for: how it is quoted, capitals and full-width letters make no difference."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    kept = [place for place, sign in enumerate(plain) if unicodedata.category(sign)[0] not in "PZ"]
    return plain[kept[0] : kept[-1] + 1][:LONGEST] if kept else ""


def told_apart(labels: Sequence[str], agents: Sequence[ListedAgent], longest: int) -> list[str]:
    """The labels, each with so much of the end of its agent's id as no other of the same label has; none is longer
    than `longest`, whatever was in front.
    """
    pairs = list(zip(labels, [each.agent_id for each in agents], strict=True))
    alike: dict[str, list[str]] = {}
    for label, agent_id in pairs:
        alike.setdefault(label, []).append(agent_id)
    return [_with_id(label, agent_id, alike[label], longest) for label, agent_id in pairs]


def _with_id(label: str, agent_id: str, alike: Sequence[str], longest: int) -> str:
    if len(alike) == 1:
        return label[:longest]
    sizes = range(min(SHORTEST_ID, len(agent_id)), len(agent_id))
    size = next((size for size in sizes if sum(each[-size:] == agent_id[-size:] for each in alike) == 1), 0)
    end = f" · …{agent_id[-size:]}" if size else f" · {agent_id}"
    return label[: longest - len(end)] + end
