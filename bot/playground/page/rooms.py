"""The places of one person's sidebar, what is unread in them, and what can be seen there."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..world.chat import Channel, Person, SlackApp
from ..world.workspace import Workspace
from .reader import Lang
from .texts import Say


@dataclass(frozen=True)
class Room:
    """One line of the sidebar. `key` is the room in the page's address."""

    key: str
    channel: Channel | None
    app: SlackApp | None = None

    @property
    def is_home(self) -> bool:
        """Whether this is an app's Home tab."""
        return self.key.partition(".")[0] == "home"


def main_app(workspace: Workspace) -> SlackApp | None:
    """The app that the page is about: the first one installed."""
    return next(iter(workspace.apps.values()), None)


def rooms_of(workspace: Workspace, person: Person) -> Iterator[Room]:
    """Home, channels, then a DM for each app."""
    main = main_app(workspace)
    if main and main.home_enabled:
        yield Room("home", None, main)
    for channel in workspace.channels.values():
        if channel.kind != "im" and person.id in channel.members:
            yield Room(channel.name, channel)
    for app in workspace.apps.values():
        yield Room("dm" if app is main else f"dm.{app.id}", dm_with(workspace, person, app), app)


def room_of(workspace: Workspace, person: Person, key: str) -> Room:
    """The room with this key; the app's DM if the person has no such room."""
    rooms = {room.key: room for room in rooms_of(workspace, person)}
    if key in rooms:
        return rooms[key]
    kind, _, app_id = key.partition(".")
    if kind == "home" and app_id in workspace.apps:
        return Room(key, None, workspace.apps[app_id])
    return rooms.get("dm", Room("dm", None))


def dm_with(workspace: Workspace, person: Person, app: SlackApp) -> Channel | None:
    """The DM of a person with an app, if it was opened."""
    for channel in workspace.channels.values():
        if channel.kind == "im" and channel.app_id == app.id and person.id in channel.members:
            return channel
    return None


def unread(workspace: Workspace, person: Person, channel: Channel | None) -> int:
    """How many messages of others came since the person last looked."""
    if channel is None:
        return 0
    seen = workspace.conversation(channel.id).seen_by(person.id)
    return seen.after(workspace.read.get((person.id, channel.id), ""))


def look(workspace: Workspace, person: Person, channel: Channel) -> str | None:
    """Mark everything in the channel as seen. Answers the first ts that was new, or None."""
    seen = workspace.conversation(channel.id).seen_by(person.id)
    first = seen.first_after(workspace.read.get((person.id, channel.id), ""))
    if seen.all:
        workspace.read[person.id, channel.id] = seen.all[-1].ts
    return first


def is_command(workspace: Workspace, text: str) -> bool:
    """Whether a line begins with a command of any app."""
    return any(text.split()[0] == known["command"] for app in workspace.apps.values() for known in app.commands)


def room_icon(room: Room) -> str:
    """The sign of a room."""
    if room.is_home:
        return "home"
    if room.app or room.channel is None:
        return "glasses"
    return "lock" if room.channel.kind == "private" else "hash"


def room_name(room: Room, lang: Lang, say: Say, *, title: bool = False) -> str:
    """A room's name; as a title a Home tab carries its app's name."""
    if room.is_home and not title:
        return say("tab.home")
    if room.app:
        return room.app.name
    if room.channel is None:
        return say("dm.nobody")
    return str(room.channel.topic.get(lang) or room.channel.name)
