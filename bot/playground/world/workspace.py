"""All state of the chat side, with the look-ups that the Web API, people and the page share."""

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Literal, TypeVar

from .chat import Call, Channel, Delivery, File, Message, Person, Scheduled, SlackApp, Toast, View
from .clock import SimulatedClock
from .conversation import Conversation
from .signal import Signal
from .tickets import ResponseUrls, Triggers, Uploads

KEPT = 2000  # so many calls, deliveries and toasts are remembered
T = TypeVar("T")


class Workspace:
    """All state of the chat side. `on_message` hears of each message that is new or says something else now."""

    def __init__(self, clock: SimulatedClock, signal: Signal, team_id: str = "T0PLAYGROUND") -> None:
        self.clock, self.signal = clock, signal
        self.skew = timedelta(0)  # by so much the chat's own clock is ahead of simulated time
        self.team_id, self.name = team_id, "Playground"
        self.enterprise_id, self.is_org_wide = "", False  # its organisation, and whether apps are installed for all
        self.on_message: Callable[[Message], None] = lambda _: None
        self.base_url = ""  # the playground's own address, with a slash at the end
        self.people: dict[str, Person] = {}  # by handle
        self.channels: dict[str, Channel] = {}  # by id
        self.usergroups: dict[str, set[str]] = {}  # id → people's ids
        self.apps: dict[str, SlackApp] = {}  # by id; the first one is the page's main app
        self.messages: dict[str, Conversation] = {}  # by channel id
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
        self._last_ts = 0
        self._handles: dict[str, str] = {}  # by id, as far as looked up

    def changed(self) -> None:
        """Tell everyone who watches that something is different now."""
        self.signal.changed()

    def person(self, who: str) -> Person:
        """The person with this handle or id. Raises KeyError."""
        person = self.people.get(who) or self.person_by_id(who)
        if person is None:
            raise KeyError(who)
        return person

    def person_by_id(self, user: str) -> Person | None:
        """The person with this id."""
        person = self.people.get(self._handles.get(user, ""))
        if person is None or person.id != user:
            self._handles = {each.id: handle for handle, each in self.people.items()}
            person = self.people.get(self._handles.get(user, ""))
        return person

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
        """The chat's own clock, epoch seconds: simulated time, and what it is off by."""
        return (self.clock.now() + self.skew).timestamp()

    def run_ahead(self, by: timedelta) -> None:
        """From now on the chat's own clock is off by so much, which may be less than nothing."""
        self._last_ts, self.skew = 0, by

    def new_ts(self) -> str:
        """A message's name: the chat's own time in seconds with six digits, never the same twice."""
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

    def conversation(self, channel: str) -> Conversation:
        """What was said in a channel."""
        return self.messages.get(channel) or Conversation()

    def message(self, channel: str, ts: str) -> Message | None:
        """The message of this name."""
        return self.conversation(channel).find(ts)

    def post(self, message: Message) -> Message:
        """Add a message to its channel."""
        self.messages.setdefault(message.channel, Conversation()).add(message)
        self.edited(message)
        return message

    def edited(self, message: Message) -> None:
        """Announce that a message says something else now."""
        self.on_message(message)
        self.changed()

    def remove(self, message: Message) -> None:
        """Take a message away."""
        self.messages[message.channel].remove(message)
        self.changed()

    def toast(self, user: str, code: str, about: str, detail: str = "") -> Toast:
        """Show a failure to a person."""
        toast = Toast(next(self.numbers), user, self.now(), code, about, detail)
        _keep(self.toasts, toast)
        self.changed()
        return toast

    def remember(self, call: Call) -> None:
        """Keep a call."""
        call.n = next(self.numbers)
        _keep(self.calls, call)
        self.changed()

    def bring(self, delivery: Delivery) -> Delivery:
        """Keep a delivery."""
        _keep(self.deliveries, delivery)
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
        self.run_ahead(timedelta(0))  # simulated time starts anew
        self.changed()


def _keep(kept: list[T], new: T) -> None:
    """Add something, and forget the oldest when there are too many."""
    kept.append(new)
    if len(kept) > 2 * KEPT:
        del kept[:KEPT]
