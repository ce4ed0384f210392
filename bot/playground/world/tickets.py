"""What Slack hands out for a short while: trigger ids and response URLs. Both live by real time.

Lifetimes: docs.slack.dev/interactivity/handling-user-interaction (3 s; five uses within 30 minutes).
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


class TriggerError(Exception):
    """A trigger_id that opens nothing; `code` is Slack's word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Trigger:
    """The right of one app to open one view for one person."""

    app_id: str
    user: str
    born: float
    used: bool = False


class Triggers:
    """All trigger ids that were handed out."""

    def __init__(self) -> None:
        self._triggers: OrderedDict[str, Trigger] = OrderedDict()  # a plain one looks for its first among the dead

    def issue(self, app_id: str, user: str) -> str:
        """A new one, valid for three seconds and one view."""
        self._forget_old()
        name = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._triggers[name] = Trigger(app_id, user, monotonic())
        return name

    def use(self, name: str, app_id: str) -> str:
        """The person it was made for. Raises TriggerError when it is unknown, too old or used up."""
        trigger = self._triggers.get(name)
        if trigger is None or trigger.app_id != app_id:
            raise TriggerError("invalid_trigger_id")
        if monotonic() - trigger.born > TRIGGER_SECONDS:
            raise TriggerError("expired_trigger_id")
        if trigger.used:
            raise TriggerError("exchanged_trigger_id")
        trigger.used = True
        return trigger.user

    def clear(self) -> None:
        self._triggers.clear()

    def _forget_old(self) -> None:
        """Keep expired ones for ten minutes, so that they are called expired and not unknown."""
        limit = monotonic() - 600
        while self._triggers and next(iter(self._triggers.values())).born < limit:
            self._triggers.popitem(last=False)


@dataclass
class ResponseUrl:
    """The right of an app to answer a person where something was done: `ts` is the message with the button."""

    app_id: str
    user: str
    channel: str
    ts: str | None
    born: float
    left: int = RESPONSE_USES


class Uploads:
    """All addresses for uploads that were handed out, by their secret part; each takes one file."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[str, int]] = {}

    def issue(self, file_id: str, length: int) -> str:
        """The secret part of a new one, for a file of so many bytes."""
        name = secrets.token_urlsafe(18)
        self._files[name] = file_id, length
        return name

    def use(self, name: str) -> tuple[str, int] | None:
        """The file and its length; None when it is unknown or used up."""
        return self._files.pop(name, None)

    def clear(self) -> None:
        self._files.clear()


class ResponseUrls:
    """All response URLs that were handed out, by their secret part."""

    def __init__(self) -> None:
        self._urls: OrderedDict[str, ResponseUrl] = OrderedDict()

    def issue(self, app_id: str, user: str, channel: str, ts: str | None = None) -> str:
        """The secret part of a new one."""
        self._forget_old()
        name = secrets.token_urlsafe(18)
        self._urls[name] = ResponseUrl(app_id, user, channel, ts, monotonic())
        return name

    def use(self, name: str) -> ResponseUrl | None:
        """What it stands for, one use less; None when it is unknown, too old or used up."""
        url = self._urls.get(name)
        if url is None or url.left == 0 or monotonic() - url.born > RESPONSE_SECONDS:
            return None
        url.left -= 1
        return url

    def clear(self) -> None:
        self._urls.clear()

    def _forget_old(self) -> None:
        limit = monotonic() - RESPONSE_SECONDS
        while self._urls and next(iter(self._urls.values())).born < limit:
            self._urls.popitem(last=False)
