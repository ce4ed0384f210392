"""Slack's rate limits, by real time: so many calls a minute for each app and method, one message a second a channel.

Tiers as on https://docs.slack.dev/apis/web-api/rate-limits; where Slack only says "a few hundred", 300 is taken.
"""

import math
import time
from collections import defaultdict, deque

WINDOW = 60.0
CHANNEL_STEP, CHANNEL_BURST = 1.0, 3.0
T2, T3, T4 = 20, 50, 100
PER_MINUTE = {
    "api.test": T4,
    "apps.connections.open": T3,
    "auth.test": 600,
    "blocks.validate": T4,
    "bots.info": T3,
    "chat.delete": T3,
    "chat.deleteScheduledMessage": T3,
    "chat.getPermalink": 600,
    "chat.postEphemeral": T4,
    "chat.postMessage": 300,
    "chat.scheduleMessage": T3,
    "chat.scheduledMessages.list": T3,
    "chat.update": T3,
    "conversations.history": T3,
    "conversations.info": T3,
    "conversations.invite": T3,
    "conversations.join": T3,
    "conversations.kick": T3,
    "conversations.leave": T3,
    "conversations.list": T2,
    "conversations.members": T4,
    "conversations.open": T3,
    "conversations.replies": T3,
    "files.completeUploadExternal": T4,
    "files.delete": T3,
    "files.getUploadURLExternal": T4,
    "files.info": T4,
    "usergroups.list": T2,
    "usergroups.users.list": T2,
    "users.conversations": T3,
    "users.info": T4,
    "users.list": T2,
    "users.lookupByEmail": T3,
    "views.open": T4,
    "views.publish": T4,
    "views.push": T4,
    "views.update": T4,
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
        if len(calls) >= PER_MINUTE.get(method, T3):
            return math.ceil(calls[0] + WINDOW - now)
        if method == "chat.postMessage" and channel is not None:
            free = max(self._next_free.get((app_id, channel), now), now)
            if free - now > CHANNEL_BURST:
                return math.ceil(free - now - CHANNEL_BURST)
            self._next_free[app_id, channel] = free + CHANNEL_STEP
        calls.append(now)
        return 0
