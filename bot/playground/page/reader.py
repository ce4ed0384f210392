"""Who reads: the person, the language and the moment that everything on a desk is drawn for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from ..world.chat import Person
from ..world.workspace import Workspace

Lang = Literal["zh", "en"]


def lang_of(locale: str) -> Lang:
    """The page's language for a Slack or browser locale: any Chinese is zh, everything else en."""
    return "zh" if locale.lower().startswith("zh") else "en"


def lang_tag(lang: Lang) -> str:
    """The value of HTML's `lang` attribute."""
    return "zh-CN" if lang == "zh" else "en"


@dataclass(frozen=True)
class Reader:
    """One person at one desk at one moment. `now` is simulated time, aware."""

    workspace: Workspace
    person: Person
    now: datetime
    desk: int = 1

    @property
    def lang(self) -> Lang:
        """The person's own language."""
        return lang_of(self.person.locale)

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""
        return ZoneInfo(self.person.tz)

    @property
    def base(self) -> str:
        """The path under which this desk's actions live."""
        return f"/page/{self.desk}"


@dataclass(frozen=True)
class Place:
    """Where a block stands: a message's ts, a view's id, or "home"; `channel` holds the message's channel."""

    at: str
    channel: str = ""

    @property
    def key(self) -> str:
        """The place as a part of an element's id."""
        return self.at.replace(".", "-")
