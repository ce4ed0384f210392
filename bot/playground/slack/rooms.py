"""Who is in a channel: bots that join and leave, and whom they bring in or send away."""

from ..world.chat import Channel, Json
from . import payloads
from .asking import Ask, Refused, missing_scope
from .methods import KIND_SCOPE
from .offer import Method

MANAGE = ("channels:manage", "groups:write")
MOST_INVITED = 1000


def join(ask: Ask) -> Json:
    """Into a public channel."""
    channel = _room(ask)
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    _come(ask, channel, ask.app.bot_user)
    return {"channel": payloads.channel(ask.workspace, ask.app, channel)}


def leave(ask: Ask) -> Json:
    channel = _room(ask)
    if ask.app.bot_user not in channel.members:
        return {"not_in_channel": True}
    _go(ask, channel, ask.app.bot_user)
    return {}


def invite(ask: Ask) -> Json:
    """People into a channel that the app is in."""
    channel = _managed(ask)
    users = ask.need("users").split(",")
    if len(users) > MOST_INVITED:
        raise Refused("too_many_users")
    for user in users:
        person = ask.workspace.person_by_id(user)
        if person is None and ask.workspace.app_of_bot(user) is None:
            raise Refused("user_not_found")
        if user in channel.members:
            raise Refused("cant_invite_self" if user == ask.app.bot_user else "already_in_channel")
        if person is not None and person.deleted:
            raise Refused("user_disabled")
    for user in users:
        _come(ask, channel, user)
    return {"channel": payloads.channel(ask.workspace, ask.app, channel)}


def kick(ask: Ask) -> Json:
    channel, user = _managed(ask), ask.need("user")
    if user == ask.app.bot_user:
        raise Refused("cant_kick_self")
    if user not in channel.members:
        raise Refused("not_in_channel")
    _go(ask, channel, user)
    return {}


def _room(ask: Ask) -> Channel:
    channel = ask.readable()
    if channel.kind == "im":
        raise Refused("method_not_supported_for_channel_type")
    return channel


def _managed(ask: Ask) -> Channel:
    channel = _room(ask)
    needed = "channels:manage" if KIND_SCOPE[channel.kind] == "channels" else "groups:write"
    if needed not in ask.app.scopes:
        raise missing_scope(ask.app, needed)
    if ask.app.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _come(ask: Ask, channel: Channel, user: str) -> None:
    if user in channel.members:
        return
    channel.members.add(user)
    ask.workspace.changed()
    ask.announce_to_all(payloads.membership("member_joined_channel", ask.workspace, channel, user), *channel.members)


def _go(ask: Ask, channel: Channel, user: str) -> None:
    channel.members.discard(user)
    ask.workspace.changed()
    ask.announce_to_all(payloads.membership("member_left_channel", ask.workspace, channel, user), *channel.members)
    ask.announce_to_all(payloads.own_removal(ask.workspace, channel, ask.app.bot_user), user)


METHODS = {
    "conversations.join": Method(join, ("channels:join",)),
    "conversations.leave": Method(leave, MANAGE),
    "conversations.invite": Method(invite, MANAGE),
    "conversations.kick": Method(kick, MANAGE),
}
