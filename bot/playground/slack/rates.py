"""Slack's rate limits, by real time: so many calls a minute for each app and method, one message a second a channel.

Tiers as on https://docs.slack.dev/apis/web-api/rate-limits; where Slack only says "a few hundred", 300 is taken.
"""

import math
import time
from collections import defaultdict, deque

WINDOW = 60.0
CHANNEL_STEP, CHANNEL_BURST = 1.0, 3.0
PER_MINUTE = {
    "apps.connections.open": 50,
    "auth.test": 600,
    "chat.delete": 50,
    "chat.getPermalink": 600,
    "chat.postEphemeral": 100,
    "chat.postMessage": 300,
    "chat.update": 50,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.list": 20,
    "conversations.members": 100,
    "conversations.open": 50,
    "conversations.replies": 50,
    "usergroups.users.list": 20,
    "users.info": 100,
    "users.list": 20,
    "users.lookupByEmail": 50,
    "views.open": 100,
    "views.publish": 100,
    "views.push": 100,
    "views.update": 100,
}


class Rates:
    """Counts calls and says when there are too many."""

    def __init__(self) -> None:
        self._calls: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._next_free: dict[tuple[str, str], float] = {}

    def wait(self, app_id: str, method: str, channel: str | None) -> int:
        """Count a call; 0 if it may pass, else the whole seconds to wait."""
        now = time.monotonic()
        calls = self._calls[app_id, method]
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        if len(calls) >= PER_MINUTE.get(method, 50):
            return math.ceil(calls[0] + WINDOW - now)
        if method == "chat.postMessage" and channel is not None:
            free = max(self._next_free.get((app_id, channel), now), now)
            if free - now > CHANNEL_BURST:
                return math.ceil(free - now - CHANNEL_BURST)
            self._next_free[app_id, channel] = free + CHANNEL_STEP
        calls.append(now)
        return 0
