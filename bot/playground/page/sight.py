"""What one person sees of Coze's website: its state in their eyes, and the shapes that all sections share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import htpy
from htpy import Node

from ..world.coze import CHANNEL_NAMES, User, Workspace
from ..world.coze_state import CozeState as Coze
from . import dates
from .icons import icon
from .reader import Lang
from .texts import Say, words


@dataclass(frozen=True)
class Sight:
    """Coze's state for one account (None: the channel's reviewer), in the page's language and a zone."""

    coze: Coze
    user: User | None
    lang: Lang
    zone: ZoneInfo

    @property
    def say(self) -> Say:
        """The page's words."""
        return words(self.lang)

    def name(self, user_id: str) -> str:
        """An account as others see it."""
        user = self.coze.users.get(user_id)
        return called(user, self.lang) if user else user_id

    def connector(self, connector_id: str) -> str:
        """A channel by its name."""
        channel = self.coze.channels.get(connector_id)
        return channel.name if channel else CHANNEL_NAMES.get(connector_id, connector_id)

    def time(self, moment: float) -> str:
        """Day and time of an epoch second of simulated time; today's without the day."""
        return dates.due_time(datetime.fromtimestamp(moment, UTC), self._now(), self.zone, self.lang)

    def day(self, moment: float) -> str:
        """The day of an epoch second, with its year."""
        return dates.slack_date(int(moment), "{date_short}", self._now(), self.zone, self.lang)

    def spaces(self, user: User) -> list[Workspace]:
        """The spaces that somebody is in, the personal one first."""
        mine = [space for space in self.coze.workspaces.values() if user.id in space.members]
        return sorted(mine, key=lambda space: not space.personal)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.coze.now(), UTC)


def called(user: User, lang: Lang) -> str:
    """What the page calls an account."""
    return str(user.label.get(lang) or user.handle)


def section(title: str, rows: Sequence[Node], *more: Node, empty: str = "") -> htpy.Element:
    """A headed list; where it is empty it says so."""
    return htpy.section[
        htpy.h3[title],
        htpy.ul(".rows")[[htpy.li[row] for row in rows]] if rows else empty and htpy.p(".small")[empty],
        more,
    ]


def fold(fold_id: str, label: str, *inside: Node) -> htpy.Element:
    """Something that opens at a press."""
    return htpy.details(".fold", id=fold_id)[htpy.summary(".link", id=f"{fold_id}-open")[label], inside]


def copyable(code_id: str, value: str, name: str, say: Say) -> Node:
    """An id, a token or an address with a button that copies it; `name` says for screen readers what it is."""
    return htpy.span(".copyable")[
        htpy.code(id=code_id)[value],
        htpy.button(
            ".btn.bare.icon", type="button", id=f"{code_id}-copy", data_copy=code_id, data_said=say("copied")
        )[icon("copy"), htpy.span(".vh", role="status")[f"{say('copy')} {name}"]],
    ]


def mark(word: str, tone: str = "") -> htpy.Element:
    """A state: a mark and its word."""
    return htpy.span(class_=f"mark {tone}".strip())[word]
