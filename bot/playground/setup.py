"""What a playground is about. It is handed in, so that the playground itself knows no app."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .coze.platform import CozeCast
from .journal import Step
from .stage import Scenario, nothing
from .world.chat import Channel, CommandHint, Json, Person
from .world.workspace import Workspace

EMPTY = Scenario("newcomer", "初来乍到", "Newcomer", nothing)


def two_people(workspace: Workspace) -> None:
    """The smallest chat: Ada and Bo, and a channel of both with all apps in it."""
    people = [
        Person("ada", "U0ADA", "Ada", "en-US", "Europe/London", "admin", team_id=workspace.team_id),
        Person("bo", "U0BO", "Bo", "zh-CN", "Asia/Shanghai", team_id=workspace.team_id),
    ]
    workspace.people = {person.handle: person for person in people}
    members = {person.id for person in people} | {app.bot_user for app in workspace.apps.values()}
    workspace.channels = {"C0GENERAL": Channel("C0GENERAL", "general", "channel", members)}


@dataclass(frozen=True)
class Lived:
    """A story that was lived: the scenario it began with, its steps, and the `coze` part of the ready file."""

    scenario: str
    steps: Sequence[Step]
    coze: Json


@dataclass(frozen=True)
class Setup:
    """All that a playground is told.

    `manifest`: of the main app. `about`: what that app is for, in `zh` and `en`. `commands`: what the page offers to
    who types "/", in that order; without them, what the manifest's usage hints say. `chat` fills an empty workspace
    with people and channels, `coze` does so with Coze. `seats`: who sits at the page's two desks in which room, as
    "handle:room". The first scenario is where a playground begins. `environment`: what a process of the main app
    needs to run here, made from the ready file. `story` writes what was lived as the source of a test.
    """

    manifest: Json
    about: Json = field(default_factory=dict)
    commands: Sequence[CommandHint] = ()
    chat: Callable[[Workspace], None] = two_people
    coze: CozeCast = field(default_factory=CozeCast)
    scenarios: tuple[Scenario, ...] = (EMPTY,)
    seats: tuple[str, str] = ("", "")
    environment: Callable[[Json], dict[str, str]] = lambda _: {}
    story: Callable[[Lived], str] | None = None

    def scenario(self, name: str) -> Scenario:
        """The scenario of this name. Raises ValueError when there is none."""
        for known in self.scenarios:
            if known.name == name:
                return known
        names = ", ".join(known.name for known in self.scenarios)
        raise ValueError(f"unknown scenario {name!r}; there are: {names}")
