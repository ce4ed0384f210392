"""The parser of events. Their shapes differ from event to event, and new ones come: what is none of those that we
know, or lacks what makes it one, needs nothing done (docs.slack.dev/reference/events)."""

from collections.abc import Mapping
from typing import Any

from bot.core.leak import SecretKind, masked, secret_kind
from bot.slack import words
from bot.slack.happenings import (
    Event,
    HomeOpened,
    Membership,
    Overheard,
    PersonChanged,
    RightsTaken,
    SecretWritten,
    SlackProfile,
    ThreadReply,
)
from bot.slack.router import Command, Delivery, ReplyTarget

KEY_FILES = (".pem", ".key", ".p8")
LONGEST_ID = 20
LONGEST_TS = 30
SLACKBOT = "USLACKBOT"
"""Slack's own bot, which its user object does not call one."""
LONGEST_SAID = 4000  # characters of a message, of which Slack takes up to 40,000

Json = Mapping[str, Any]


def event_of(delivery: Delivery, event: Json) -> Command | Event:
    """What happened; words that somebody writes to the bot are a command."""
    match event.get("type"):
        case "message" | "app_mention":
            return _message(delivery, event)
        case "user_change" | "team_join" as kind:
            profile = profile_of(event.get("user"))
            known = profile is not None and not profile.is_bot
            return Event(delivery, PersonChanged(profile, kind == "team_join") if profile and known else None)
        case "app_home_opened" if event.get("tab") == "home" and (user := _id(event.get("user"))):
            return Event(delivery, HomeOpened(user))
        case "member_joined_channel" | "member_left_channel" as kind:
            return Event(delivery, _membership(event, is_in=kind == "member_joined_channel"))
        case "channel_left" | "group_left" if channel := _id(event.get("channel")):
            return Event(delivery, Membership(None, channel, is_in=False))
        case "tokens_revoked" | "app_uninstalled" as kind if _is_the_end(event):
            return Event(delivery, RightsTaken(str(kind)))
    return Event(delivery, None)


def profile_of(user: object) -> SlackProfile | None:
    """Slack's user object (users.info, user_change, team_join); None where it is none."""
    if not isinstance(user, Mapping) or not (user_id := _id(user.get("id"))):
        return None
    profile, org = _part(user, "profile"), _part(user, "enterprise_user")
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"))
    return SlackProfile(
        user_id,
        _text(user.get("team_id")) or _text(profile.get("team")),
        masked(next((name for each in names if _is_seen(name := _text(each))), user_id))[:200],
        _text(user.get("locale")).strip()[:20],
        _text(user.get("tz")).strip()[:60],
        bool(user.get("deleted")),
        bool(user.get("is_bot") or user.get("is_workflow_bot")) or user_id == SLACKBOT,
        bool(user.get("is_stranger")),
        bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        _teams(user.get("teams"), org.get("teams")),
        _text(org.get("enterprise_id")),
        _whole(user.get("tz_offset")),
    )


def _is_seen(name: str) -> bool:
    """Whether anything of a name can be read."""
    return any(sign.isprintable() and not sign.isspace() for sign in name)


def _teams(*lists: object) -> frozenset[str] | None:
    """The workspaces that are listed; None where there is no list."""
    told = [each for each in lists if isinstance(each, list)]
    return frozenset(_text(team) for each in told for team in each) if told else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def leaked(event: Json) -> SecretWritten | None:
    """Who has just written what kind of secret: typed, edited in, in a thread, or as a file."""
    said, before = event, ""
    if event.get("subtype") == "message_changed":
        said, before = _part(event, "message"), _text(_part(event, "previous_message").get("text"))
    elif event.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return None
    user, text = _id(said.get("user")), _text(said.get("text"))
    if not user or said.get("bot_id") or (before and before == text):
        return None
    kind = secret_kind(text) or next((found for file in _files(said) if (found := _in_file(file))), None)
    return SecretWritten(user, kind) if kind else None


def _overheard(event: Json) -> Overheard | ThreadReply | None:
    """What was written in a channel; only what somebody replied in a thread is looked at."""
    channel, user = _id(event.get("channel")), _id(event.get("user"))
    thread, ts = (_text(event.get(name))[:LONGEST_TS] for name in ("thread_ts", "ts"))
    if not channel:
        return None
    is_said = event.get("subtype") in (None, "thread_broadcast") and user and not event.get("bot_id")
    if not is_said or not thread or thread == ts:
        return Overheard(channel)
    text = words.as_typed(_text(event.get("text")))
    return ThreadReply(channel, thread, _id(event.get("parent_user_id")), user, ts, text)


def _message(delivery: Delivery, event: Json) -> Command | Event:
    if event["type"] == "message" and event.get("channel_type") in ("channel", "group"):
        return Event(delivery, _overheard(event))
    if secret := leaked(event):
        return Event(delivery, secret)
    user, files = _id(event.get("user")), _files(event)
    is_said = event.get("subtype") in (None, "file_share", "thread_broadcast")
    if not user or event.get("bot_id") or not is_said:
        return Event(delivery, None)
    is_mention = event["type"] == "app_mention"
    if not is_mention and event.get("channel_type") != "im":
        return Event(delivery, None)
    text = _text(event.get("text"))[:LONGEST_SAID]
    verb, rest = words.heard(text)
    if is_mention and not files and not words.bare(text):
        verb = "help"
    picture = _id(files[0].get("id")) if files else ""
    return Command(delivery, user, verb, rest, ReplyTarget(), "message", picture)


def _membership(event: Json, *, is_in: bool) -> Membership | None:
    user, channel = _id(event.get("user")), _id(event.get("channel"))
    return Membership(user, channel, is_in) if user and channel else None


def _is_the_end(event: Json) -> bool:
    """Whether the bot's own token is gone; `tokens_revoked` may be about people's tokens alone."""
    tokens = event.get("tokens")
    return not isinstance(tokens, Mapping) or bool(tokens.get("bot"))


def _files(said: Json) -> list[Json]:
    files = said.get("files")
    return [file for file in files if isinstance(file, Mapping)] if isinstance(files, list) else []


def _in_file(file: Json) -> SecretKind | None:
    """What a file holds, by its names and by the first lines that Slack shows of it; it is never fetched."""
    if _text(file.get("name")).lower().endswith(KEY_FILES):
        return "key"
    said = (_text(file.get(part)) for part in ("preview", "title", "name"))
    return next((kind for text in said if (kind := secret_kind(text))), None)


def _part(event: Json, name: str) -> Json:
    part = event.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(value: object) -> str:
    """A text, without what no database takes; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _id(value: object) -> str:
    """An id of Slack's; "" for anything else."""
    fits = isinstance(value, str) and value.isascii() and value.isalnum() and len(value) <= LONGEST_ID
    return str(value) if fits else ""
