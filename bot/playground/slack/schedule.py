"""Messages for later: chat.scheduleMessage and its kin, in simulated time.

Limits and the loss of messages with metadata as on https://docs.slack.dev/reference/methods/chat.scheduleMessage.
"""

import secrets
from datetime import timedelta

from ..world.chat import Json, Message, Scheduled
from ..world.workspace import Workspace
from . import payloads
from .asking import Ask, Refused
from .methods import new_message
from .offer import Method

LONGEST = timedelta(days=120).total_seconds()
SPAN, MOST_IN_SPAN = 300, 30  # so many in five minutes to one channel
LOOK = timedelta(hours=1).total_seconds()  # of real time: the longest wait without looking at the clock


def schedule(ask: Ask) -> Json:
    """Keep a message until its time."""
    channel, now = ask.writable(), ask.workspace.now()
    try:
        post_at = int(ask.need("post_at"))
    except ValueError:
        raise Refused("invalid_time") from None
    if post_at <= now:
        raise Refused("time_in_past")
    if post_at > now + LONGEST:
        raise Refused("time_too_far")
    near = [s for s in ask.workspace.scheduled.values() if s.message.channel == channel.id]
    if sum(abs(each.post_at - post_at) < SPAN for each in near) >= MOST_IN_SPAN:
        raise Refused("restricted_too_many")
    message = new_message(ask, channel)
    waiting = Scheduled(f"Q{next(ask.workspace.numbers):08d}{secrets.token_hex(2).upper()}", post_at, message)
    ask.workspace.scheduled[waiting.id] = waiting
    ask.courier.later(_post(ask, waiting))
    shown = payloads.message(ask.workspace, message) | {"type": "delayed_message"}
    shown.pop("ts")
    return {"channel": channel.id, "scheduled_message_id": waiting.id, "post_at": post_at, "message": shown}


def listed(ask: Ask) -> Json:
    """What waits, of the calling app."""
    channel = ask.args.get("channel")
    mine = [s for s in _mine(ask) if channel in (None, s.message.channel)]
    page, more = ask.page(sorted(mine, key=lambda each: each.post_at), lambda each: each.id)
    shown = [
        {
            "id": each.id,
            "channel_id": each.message.channel,
            "post_at": each.post_at,
            "date_created": int(float(each.message.ts)),
            "text": each.message.text,
        }
        for each in page
    ]
    return {"scheduled_messages": shown, "response_metadata": more}


def delete(ask: Ask) -> Json:
    """Take one back."""
    wanted, channel = ask.need("scheduled_message_id"), ask.need("channel")
    if not any(s.id == wanted and s.message.channel == channel for s in _mine(ask)):
        raise Refused("invalid_scheduled_message_id")
    del ask.workspace.scheduled[wanted]
    return {}


def _mine(ask: Ask) -> list[Scheduled]:
    return [s for s in ask.workspace.scheduled.values() if s.message.app_id == ask.app.id]


async def _post(ask: Ask, waiting: Scheduled) -> None:
    """Wait for the moment and post, unless it was taken back. With metadata Slack never posts it."""
    await _until(ask.workspace, waiting.post_at)
    if ask.workspace.scheduled.pop(waiting.id, None) is None or waiting.message.metadata:
        return
    sent: Message = waiting.message
    sent.ts = ask.workspace.new_ts()
    ask.workspace.post(sent)
    ask.announce(payloads.message_event(ask.workspace, ask.workspace.channels[sent.channel], sent))


async def _until(workspace: Workspace, moment: float) -> None:
    clock = workspace.clock
    while (left := moment - workspace.now()) > 0:
        await clock.moved(clock.offset, min(left, LOOK))


METHODS = {
    "chat.scheduleMessage": Method(schedule, ("chat:write",)),
    "chat.scheduledMessages.list": Method(listed),
    "chat.deleteScheduledMessage": Method(delete, ("chat:write",)),
}
