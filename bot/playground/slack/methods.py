"""The Web API's methods around messages, channels and people: one function each.

Answers and error codes as on https://docs.slack.dev/reference/methods.
"""

from collections.abc import Callable, Sequence

from ..world.chat import Channel, Json, Message, SlackApp
from ..world.conversation import NOBODY, Seen, between
from . import payloads, views
from .asking import Ask, Refused, missing_scope
from .offer import Method

MESSAGE_TEXT, UPDATE_TEXT = 40_000, 4_000
READ = ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
KIND_SCOPE = {"channel": "channels", "private": "groups", "im": "im"}


def api_test(ask: Ask) -> Json:
    """Gives back what it got; `error` makes it fail with that code."""
    if ask.args.get("error"):
        raise Refused(str(ask.args["error"]), args=ask.args)
    return {"args": ask.args}


def auth_test(ask: Ask) -> Json:
    app, team = ask.app, ask.workspace.team_id
    return {
        "url": "https://playground.slack.com/",
        "team": "Playground",
        "user": app.name,
        "team_id": team,
        "user_id": app.bot_user,
        "bot_id": app.bot_id,
        "is_enterprise_install": ask.workspace.is_org_wide,
        **({"enterprise_id": ask.workspace.enterprise_id} if ask.workspace.enterprise_id else {}),
    }


# Messages


def _text(ask: Ask, most: int, *, blocks: bool) -> str:
    text = ask.args.get("text")
    if not text and not blocks:
        raise Refused("no_text")
    if len(str(text or "")) > most:
        raise Refused("msg_too_long")
    return str(text or "")


def new_message(ask: Ask, channel: Channel) -> Message:
    """What the call wants to say, not posted yet."""
    blocks = ask.blocks() or _markdown(ask)
    attachments = ask.attachments() or []
    text = _text(ask, MESSAGE_TEXT, blocks=bool(blocks or attachments))
    return Message(
        ask.workspace.new_ts(),
        channel.id,
        ask.app.bot_user,
        text,
        app_id=ask.app.id,
        blocks=blocks,
        attachments=attachments,
        metadata=ask.metadata() or None,
        thread_ts=str(ask.args["thread_ts"]) if ask.args.get("thread_ts") else None,
    )


def _markdown(ask: Ask) -> list[Json]:
    """`markdown_text` as the block that it becomes; it must stand alone."""
    if not ask.args.get("markdown_text"):
        return []
    if ask.args.get("text"):
        raise Refused("markdown_text_conflict")
    ask.args["blocks"] = [{"type": "markdown", "text": str(ask.args["markdown_text"])}]
    return ask.blocks() or []


def post_message(ask: Ask) -> Json:
    channel = ask.writable()
    message = ask.workspace.post(new_message(ask, channel))
    ask.announce(payloads.message_event(ask.workspace, channel, message))
    return {"channel": channel.id, "ts": message.ts, "message": payloads.message(ask.workspace, message)}


def post_ephemeral(ask: Ask) -> Json:
    channel, user = ask.writable(), ask.need("user")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    message = new_message(ask, channel)
    message.only_for = user
    ask.workspace.post(message)
    return {"message_ts": message.ts}


def _own_message(ask: Ask, code: str) -> Message:
    channel = ask.readable()
    message = ask.workspace.message(channel.id, ask.need("ts"))
    if message is None or message.only_for is not None:
        raise Refused("message_not_found")
    if message.user != ask.app.bot_user:
        raise Refused(code)
    return message


def update(ask: Ask) -> Json:
    message = _own_message(ask, "cant_update_message")
    blocks, attachments, metadata = ask.blocks(), ask.attachments(), ask.metadata()
    # What isn't in the call stays; an empty list or object takes it away.
    after = message.blocks if blocks is None else blocks
    beside = message.attachments if attachments is None else attachments
    message.text = _text(ask, UPDATE_TEXT, blocks=bool(after or beside))
    message.blocks, message.attachments, message.edited = after, beside, True
    message.metadata = message.metadata if metadata is None else metadata or None
    ask.workspace.edited(message)
    shown = payloads.message(ask.workspace, message)
    channel = ask.workspace.channels[message.channel]
    ask.announce(payloads.changed_event(ask.workspace, channel, message))
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(ask: Ask) -> Json:
    message = _own_message(ask, "cant_delete_message")
    ask.workspace.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(ask: Ask) -> Json:
    channel, ts = ask.readable(), ask.need("message_ts")
    if ask.workspace.message(channel.id, ts) is None:
        raise Refused("message_not_found")
    link = f"https://playground.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


# Conversations


def _id(item: Json) -> str:
    return str(item["id"])


def conversations_open(ask: Ask) -> Json:
    channel = ask.readable() if ask.args.get("channel") else _open_dm(ask, ask.need("users").split(","))
    whole = ask.flag("return_im")
    return {"channel": payloads.channel(ask.workspace, ask.app, channel) if whole else {"id": channel.id}}


def _open_dm(ask: Ask, users: list[str]) -> Channel:
    if len(users) > 1:
        raise Refused("not_enough_users")  # group messages aren't part of this workspace
    person = ask.workspace.person_by_id(users[0].strip())
    if person is None:
        raise Refused("user_not_found")
    if person.deleted:
        raise Refused("user_disabled")
    if person.team_id != ask.workspace.team_id:
        raise Refused("user_not_visible")
    return ask.workspace.dm(ask.app, person.id)


def _scoped(ask: Ask, right: str) -> Channel:
    """A channel of a kind that the app's scopes cover."""
    channel = ask.readable()
    needed = f"{KIND_SCOPE[channel.kind]}:{right}"
    if needed not in ask.app.scopes:
        raise missing_scope(ask.app, needed)
    return channel


def conversations_info(ask: Ask) -> Json:
    return {"channel": payloads.channel(ask.workspace, ask.app, _scoped(ask, "read"))}


def conversations_list(ask: Ask) -> Json:
    return _listed(ask, lambda channel: channel.kind == "channel" or _inside(ask.app, channel))


def users_conversations(ask: Ask) -> Json:
    user = str(ask.args.get("user") or ask.app.bot_user)
    mine = user == ask.app.bot_user
    return _listed(ask, lambda channel: user in channel.members or (mine and _inside(ask.app, channel)))


def _inside(app: SlackApp, channel: Channel) -> bool:
    return app.bot_user in channel.members or channel.app_id == app.id


def _listed(ask: Ask, fits: Callable[[Channel], bool]) -> Json:
    """The channels of the wanted kinds that the app may know of."""
    kinds = {"public_channel": "channel", "private_channel": "private", "im": "im"}
    wanted = {kinds.get(kind) for kind in str(ask.args.get("types") or "public_channel").split(",")}
    seen = [
        payloads.channel(ask.workspace, ask.app, channel)
        for channel in ask.workspace.channels.values()
        if channel.kind in wanted
        and f"{KIND_SCOPE[channel.kind]}:read" in ask.app.scopes
        and (channel.kind == "channel" or _inside(ask.app, channel))
        and fits(channel)
    ]
    page, more = ask.page(seen, _id)
    return {"channels": page, "response_metadata": more}


def conversations_members(ask: Ask) -> Json:
    channel = _scoped(ask, "read")
    members = channel.members | ({ask.app.bot_user} if channel.kind == "im" else set())
    page, more = ask.page(sorted(members), str)
    return {"members": page, "response_metadata": more}


def _read(ask: Ask) -> tuple[Channel, Seen]:
    """What everybody sees in the channel of the call."""
    channel = _scoped(ask, "history")
    if channel.kind == "channel" and ask.app.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel, ask.workspace.conversation(channel.id).seen_by(NOBODY)


def _limited(ask: Ask, messages: Sequence[Message]) -> Sequence[Message]:
    """Those in the span of time that the call asks for."""
    try:
        oldest, latest = float(ask.args.get("oldest") or 0), float(ask.args.get("latest") or 9999999999)
    except (TypeError, ValueError):
        raise Refused("invalid_ts_oldest") from None
    return between(messages, oldest, latest, inclusive=ask.flag("inclusive"))


def conversations_history(ask: Ask) -> Json:
    _, seen = _read(ask)
    return _shown(ask, _limited(ask, seen.roots)[::-1])


def conversations_replies(ask: Ask) -> Json:
    ts = ask.need("ts")
    channel, seen = _read(ask)
    root = ask.workspace.message(channel.id, ts)
    if root is None:
        raise Refused("thread_not_found")
    first = [root] if root.only_for is None else []
    return _shown(ask, _limited(ask, [*first, *seen.replies.get(ts, [])]))


def _shown(ask: Ask, messages: Sequence[Message]) -> Json:
    page, more = ask.page(messages, lambda message: message.ts)
    metadata = ask.flag("include_all_metadata")
    shown = [payloads.message(ask.workspace, message, metadata=metadata) for message in page]
    return {"messages": shown, "has_more": bool(more["next_cursor"]), "response_metadata": more}


# People


def _bot_json(ask: Ask, app: SlackApp) -> Json:
    profile = {"real_name": app.name, "display_name": app.name, "api_app_id": app.id, "bot_id": app.bot_id}
    team = ask.workspace.team_id
    return {
        "id": app.bot_user,
        "team_id": team,
        "name": app.name,
        "deleted": False,
        "is_bot": True,
        "profile": profile,
    }


def users_info(ask: Ask) -> Json:
    user = ask.need("user")
    if person := ask.workspace.person_by_id(user):
        return {"user": payloads.user(ask.workspace, ask.app, person, locale=ask.flag("include_locale"))}
    if app := ask.workspace.app_of_bot(user):
        return {"user": _bot_json(ask, app)}
    raise Refused("user_not_found")


def bots_info(ask: Ask) -> Json:
    """An app's bot, and which app it is of."""
    app = next((app for app in ask.workspace.apps.values() if app.bot_id == ask.args.get("bot")), None)
    if app is None:
        raise Refused("bot_not_found")
    named = {"id": app.bot_id, "app_id": app.id, "user_id": app.bot_user, "name": app.name}
    return {"bot": {**named, "deleted": False, "updated": 0, "icons": {}}}


def users_list(ask: Ask) -> Json:
    locale = ask.flag("include_locale")
    people = [
        payloads.user(ask.workspace, ask.app, person, locale=locale) for person in ask.workspace.people.values()
    ]
    page, more = ask.page([*people, *(_bot_json(ask, app) for app in ask.workspace.apps.values())], _id)
    return {"members": page, "response_metadata": more}


def users_lookup_by_email(ask: Ask) -> Json:
    wanted = ask.need("email").lower()
    for person in ask.workspace.people.values():
        if payloads.email(person) == wanted and not person.deleted:
            return {"user": payloads.user(ask.workspace, ask.app, person)}
    raise Refused("users_not_found")


def usergroups_list(ask: Ask) -> Json:
    groups = []
    for group, members in ask.workspace.usergroups.items():
        name, users = ask.workspace.group_names[group], sorted(members)
        shown: Json = {"id": group, "team_id": ask.workspace.team_id, "is_usergroup": True, "name": name}
        shown |= {"handle": name, "user_count": len(users), "date_delete": 0, "prefs": {"channels": [], "groups": []}}
        groups.append(shown | ({"users": users} if ask.flag("include_users") else {}))
    return {"usergroups": groups}


def usergroups_users_list(ask: Ask) -> Json:
    if ask.workspace.is_org_wide:
        ask.need("team_id")
    group = ask.workspace.usergroups.get(ask.need("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": sorted(group)}


METHODS: dict[str, Method] = {
    "api.test": Method(api_test),
    "auth.test": Method(auth_test),
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",)),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink),
    "conversations.open": Method(conversations_open, ("im:write", "mpim:write", "channels:manage", "groups:write")),
    "conversations.info": Method(conversations_info, READ),
    "conversations.list": Method(conversations_list, READ),
    "conversations.members": Method(conversations_members, READ),
    "conversations.history": Method(conversations_history, HISTORY),
    "conversations.replies": Method(conversations_replies, HISTORY),
    "bots.info": Method(bots_info, ("users:read",)),
    "users.info": Method(users_info, ("users:read",)),
    "users.list": Method(users_list, ("users:read",)),
    "users.lookupByEmail": Method(users_lookup_by_email, ("users:read.email",)),
    "users.conversations": Method(users_conversations, READ),
    "usergroups.list": Method(usergroups_list, ("usergroups:read",)),
    "usergroups.users.list": Method(usergroups_users_list, ("usergroups:read",)),
    "views.open": Method(views.open_view),
    "views.push": Method(views.push_view),
    "views.update": Method(views.update_view),
    "views.publish": Method(views.publish_view),
}
