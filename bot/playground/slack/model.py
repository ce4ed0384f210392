"""What a workspace consists of: plain data, shared by the Web API, the human side and the page."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from ..clock import StoryClock
from .tickets import ResponseUrls, Triggers, Uploads

Json = dict[str, Any]
Transport = Literal["http", "socket"]

KEPT = 2000  # so many calls and deliveries are remembered


@dataclass
class Person:
    """Somebody of the cast. `handle` is the name that tests and the page use ("mei")."""

    handle: str
    id: str
    name: str
    locale: str
    tz: str
    role: Literal["member", "admin", "guest", "stranger"] = "member"
    deleted: bool = False
    restricted: bool = False
    bot: bool = False
    team_id: str = ""
    face: str = ""  # the one sign in the person's round picture
    updated: int = 0


@dataclass
class Channel:
    """A place to write. For a DM, `members` holds the one person and `app_id` the app on the other side."""

    id: str
    name: str
    kind: Literal["im", "channel", "private"]
    members: set[str] = field(default_factory=set)
    app_id: str | None = None
    shared: bool = False  # with another workspace
    topic: Json = field(default_factory=dict)  # {"zh": …, "en": …}, for the page


@dataclass
class Message:
    """One message. `user` is a person's or an app's bot user id; an ephemeral one is seen by `only_for` alone."""

    ts: str
    channel: str
    user: str
    text: str
    app_id: str | None = None
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    thread_ts: str | None = None
    edited: bool = False
    only_for: str | None = None
    subtype: str | None = None
    files: list[str] = field(default_factory=list)  # ids of what is attached
    attachments: list[Json] = field(default_factory=list)  # the secondary attachments of older apps, as they came
    state: Json = field(default_factory=dict)  # what somebody has picked in its menus: block_id → action_id → value

    @property
    def drawn(self) -> list[Json]:
        """Its blocks, and below them what its attachments say."""
        return [*self.blocks, *(block for each in self.attachments for block in attached(each))]


def attached(attachment: Json) -> list[Json]:
    """An attachment as blocks: its own, else its old fields of text."""
    if attachment.get("blocks"):
        return list(attachment["blocks"])
    lines = [str(attachment[part]) for part in ("pretext", "author_name") if attachment.get(part)]
    if title := attachment.get("title"):
        link = attachment.get("title_link")
        lines.append(f"<{link}|{title}>" if link else f"*{title}*")
    fields = [each for each in attachment.get("fields") or [] if isinstance(each, dict)]
    lines += [str(attachment["text"])] if attachment.get("text") else []
    lines += [f"*{each.get('title', '')}*\n{each.get('value', '')}" for each in fields]
    lines += [str(attachment["footer"])] if attachment.get("footer") else []
    text = "\n".join(lines) or str(attachment.get("fallback") or "")
    return [{"type": "section", "block_id": "", "text": {"type": "mrkdwn", "text": text[:3000]}}] if text else []


@dataclass
class File:
    """An uploaded file. `user` is who uploaded it; it can be seen in the `channels` that it was shared to."""

    id: str
    name: str
    user: str
    created: float  # story time, epoch seconds
    content: bytes | None = None  # None until it was uploaded
    title: str = ""
    app_id: str | None = None
    channels: list[str] = field(default_factory=list)
    complete: bool = False


@dataclass
class Scheduled:
    """A message that waits for its time. `post_at`: epoch seconds of story time."""

    id: str
    post_at: int
    message: "Message"


@dataclass
class View:
    """An open modal or a Home tab. `payload` is the view as Slack would send it (id, hash, blocks, state…)."""

    id: str
    app_id: str
    user: str
    payload: Json
    errors: dict[str, str] = field(default_factory=dict)  # block_id → what the app objects to
    busy: bool = False  # submitted, the app has not answered yet


@dataclass
class Call:
    """One Web API call that the workspace received."""

    t: float  # story time, epoch seconds
    app: str
    method: str
    body: Json
    response: Json
    n: int = 0  # counts up; "what came after n" is how new calls are asked for


@dataclass
class Delivery:
    """One thing the workspace brought to an app, and what came back. For the inspector."""

    id: int
    t: float
    app_id: str
    kind: str  # slash_commands, block_actions, view_submission, event_callback…
    label: str  # in short: "/sharge join", "join.approve", "message.im"
    who: str
    payload: Json
    transport: Transport
    status: int | str | None = None  # None while it is under way; 200, 404, "timeout", "no_app"…
    ack_ms: float | None = None
    ack: Any = None
    attempt: int = 0


@dataclass
class Toast:
    """A failure that the chat client shows to the person, in words of the page's language."""

    id: int
    user: str
    t: float
    code: str  # timeout, no_app, dispatch_failed, invalid_response
    about: str  # what the person did: "/sharge join", a button's label
    detail: str = ""  # what exactly was wrong, for the developer


@dataclass
class SlackApp:
    """An installed app with its own tokens."""

    id: str
    name: str
    bot_id: str
    bot_user: str
    bot_token: str
    app_token: str
    signing_secret: str
    transport: Transport
    events_url: str | None = None
    scopes: set[str] = field(default_factory=set)
    commands: list[Json] = field(default_factory=list)  # manifest's slash_commands entries
    shortcuts: list[Json] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    home_enabled: bool = True
    requests_escape: bool = True


class Workspace:
    """All state of the chat side. Changes are announced to whoever watches (the page's live updates)."""

    def __init__(self, clock: StoryClock, team_id: str = "T0PLAYGROUND") -> None:
        self.clock = clock
        self.team_id = team_id
        self.base_url = ""  # the playground's own address, with a slash at the end
        self.people: dict[str, Person] = {}  # by handle
        self.channels: dict[str, Channel] = {}  # by id
        self.usergroups: dict[str, set[str]] = {}  # id → people's ids
        self.apps: dict[str, SlackApp] = {}  # by id; the first one is the page's main app
        self.messages: dict[str, list[Message]] = {}  # by channel id, oldest first
        self.modals: dict[str, list[View]] = {}  # by person's id: the stack, top last
        self.homes: dict[tuple[str, str], View] = {}  # by (app id, person's id)
        self.files: dict[str, File] = {}  # by id
        self.scheduled: dict[str, Scheduled] = {}  # by id
        self.read: dict[tuple[str, str], str] = {}  # (person's id, channel id) → newest ts seen
        self.toasts: list[Toast] = []
        self.deliveries: list[Delivery] = []
        self.calls: list[Call] = []
        self.looking: dict[str, Literal["home", "messages"]] = {}  # a person's id → what is in front
        self.group_names: dict[str, str] = {}  # user group's id → name
        self.triggers = Triggers()
        self.response_urls = ResponseUrls()
        self.uploads = Uploads()
        self.numbers = itertools.count(1)
        self.revision = 0  # rises with each change
        self._last_ts = 0
        self._watchers: set[asyncio.Event] = set()

    def changed(self) -> None:
        """Tell everyone who watches that something is different now."""
        self.revision += 1
        for watcher in self._watchers:
            watcher.set()

    @contextmanager
    def watch(self) -> Iterator[asyncio.Event]:
        """An event that is set at each change, for as long as the block lasts; the watcher clears it."""
        event = asyncio.Event()
        self._watchers.add(event)
        try:
            yield event
        finally:
            self._watchers.discard(event)

    def person(self, who: str) -> Person:
        """The person with this handle or id. Raises KeyError."""
        if who in self.people:
            return self.people[who]
        return {person.id: person for person in self.people.values()}[who]

    def person_by_id(self, user: str) -> Person | None:
        """The person with this id."""
        return next((person for person in self.people.values() if person.id == user), None)

    def app_of_bot(self, user: str) -> SlackApp | None:
        """The app whose bot user this is."""
        return next((app for app in self.apps.values() if app.bot_user == user), None)

    @property
    def main_app(self) -> SlackApp:
        """The app that the page is about. Raises LookupError when there is none."""
        if not self.apps:
            raise LookupError("no app is installed")
        return next(iter(self.apps.values()))

    def now(self) -> float:
        """Story time, epoch seconds."""
        return self.clock.now().timestamp()

    def new_ts(self) -> str:
        """A message's name: story time in seconds with six digits, never the same twice."""
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def dm(self, app: SlackApp, user: str) -> Channel:
        """The direct messages between an app and a person, opened when there are none yet."""
        channel_id = f"D{app.id[1:]}{user[1:]}"
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(channel_id, app.name, "im", {user}, app.id)
            self.changed()
        return self.channels[channel_id]

    def rooms(self, user: str) -> list[Channel]:
        """Where this person or bot user can read."""
        return [channel for channel in self.channels.values() if user in channel.members]

    def message(self, channel: str, ts: str) -> Message | None:
        """The message of this name, newest looked at first."""
        return next((m for m in reversed(self.messages.get(channel, [])) if m.ts == ts), None)

    def post(self, message: Message) -> Message:
        """Add a message to its channel."""
        self.messages.setdefault(message.channel, []).append(message)
        self.changed()
        return message

    def remove(self, message: Message) -> None:
        """Take a message away."""
        self.messages[message.channel].remove(message)
        self.changed()

    def toast(self, user: str, code: str, about: str, detail: str = "") -> Toast:
        """Show a failure to a person."""
        toast = Toast(next(self.numbers), user, self.now(), code, about, detail)
        self.toasts.append(toast)
        self.changed()
        return toast

    def remember(self, call: Call) -> None:
        """Keep a call, and forget the oldest when there are too many."""
        call.n = next(self.numbers)
        self.calls.append(call)
        if len(self.calls) > 2 * KEPT:
            del self.calls[:KEPT]
        self.changed()

    def bring(self, delivery: Delivery) -> Delivery:
        """Keep a delivery, and forget the oldest when there are too many."""
        self.deliveries.append(delivery)
        if len(self.deliveries) > 2 * KEPT:
            del self.deliveries[:KEPT]
        self.changed()
        return delivery

    def clear(self) -> None:
        """Forget all that was said and done; people, channels and apps stay."""
        self.channels = {key: channel for key, channel in self.channels.items() if channel.kind != "im"}
        for kept in (self.messages, self.modals, self.homes, self.read, self.toasts, self.deliveries, self.calls):
            kept.clear()
        self.files.clear()
        self.scheduled.clear()
        self.looking.clear()
        self.triggers.clear()
        self.response_urls.clear()
        self.uploads.clear()
        self._last_ts = 0  # story time starts anew
        self.changed()
