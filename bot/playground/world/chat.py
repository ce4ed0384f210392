"""What a workspace consists of: plain data, shared by the Web API, the human side and the page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Transport = Literal["http", "socket"]

ELSEWHERE = "T0ELSEWHERE"  # another workspace, for people who only share a channel
GRID, GRID_HOME = "E0GRID", "T0GRIDHOME"  # an organisation, and another workspace of it


@dataclass
class Person:
    """Somebody of the cast. `handle` is the name that tests and the page use ("mei").

    Who is of an Enterprise Grid (`grid`) is in this workspace as well, and Slack names another one. `told` is what
    the user object says otherwise, whatever it is: its parts by name, those of `profile` by name too.
    """

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
    tone: int = 0  # the picture's colour, 1 to 4; 0 is plain
    updated: int = 0
    grid: bool = False
    told: Json = field(default_factory=dict)

    @property
    def home(self) -> str:
        """The workspace that Slack names for them."""
        return GRID_HOME if self.grid else self.team_id


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
    archived: bool = False


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
    created: float  # simulated time, epoch seconds
    content: bytes | None = None  # None until it was uploaded
    title: str = ""
    app_id: str | None = None
    channels: list[str] = field(default_factory=list)
    complete: bool = False


@dataclass
class Scheduled:
    """A message that waits for its time. `post_at`: epoch seconds of simulated time."""

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

    t: float  # simulated time, epoch seconds
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
    label: str  # in short: "/echo hello", a button's label, "message.im"
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
    about: str  # what the person did: "/echo hello", a button's label
    detail: str = ""  # what exactly was wrong, for the developer


@dataclass(frozen=True)
class CommandHint:
    """One command as the page offers it. `about` says what it does, by language ("zh", "en"); `words` are others that
    it is found by; `rest` is what may follow. What is for an `admin` is offered to nobody else.
    """

    text: str
    about: Json
    words: Sequence[str] = ()
    rest: str = ""
    admin: bool = False


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
    about: Json = field(default_factory=dict)  # {"zh": …, "en": …}: what it is for, for the page
    hints: Sequence[CommandHint] = ()  # its commands as the page offers them; else those of the usage hints
    requests_escape: bool = True
