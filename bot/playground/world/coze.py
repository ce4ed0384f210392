"""What the Coze platform consists of: plain data. Times are epoch seconds of simulated time unless said otherwise."""

from dataclasses import dataclass, field
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

Json = dict[str, Any]
Role = Literal["owner", "admin", "member"]
TokenKind = Literal["pat", "sat", "oauth", "user"]
AppKind = Literal["developer", "channel", "device", "pkce"]
ReviewState = Literal["publishing", "reviewing", "online", "rejected", "failed", "offline"]

API = "1024"
CHAT_SDK = "999"
CHAT_STATES = ("created", "in_progress", "in_progress", "completed")
CHANNEL_NAMES = {API: "API", CHAT_SDK: "Chat SDK"}


@dataclass
class User:
    """An account. `handle` is the name that tests and the page use ("mei")."""

    handle: str
    id: str
    name: str
    label: Json = field(default_factory=dict)  # {"zh": …, "en": …}: what the page calls it; the handle without
    refuses_invitations: bool = False  # the account's "不允许加入外部空间"
    user_level: str = "pro_personal"  # its edition, as Coze spells it: "free", "pro_personal", "team", "enterprise"
    calls: int = 0  # of the Open API, with any credential of this account


@dataclass
class Invitation:
    """An open invitation into a workspace of the personal edition."""

    role: Role
    by: str
    at: float


@dataclass
class Workspace:
    """A space. `enterprise_id` is empty in the personal edition."""

    id: str
    name: str
    owner_id: str
    personal: bool = False  # somebody's own space, as opposed to a team's
    enterprise_id: str = ""
    members: dict[str, Role] = field(default_factory=dict)  # by user id, in order of joining, the owner included
    invitations: dict[str, Invitation] = field(default_factory=dict)  # by user id
    connectors: set[str] = field(default_factory=set)  # custom channels that are installed here
    capacity: int = 100


@dataclass
class Enterprise:
    """An organisation: people have to be in it before they can be in its workspaces."""

    id: str
    name: str
    people: set[str] = field(default_factory=set)


@dataclass
class Token:
    """What an access token may do. The token itself is not kept, only its SHA-256.

    "oauth" is for an assertion of an app, "user" for a person who has signed in to one.
    """

    digest: str
    kind: TokenKind
    user_id: str
    name: str
    permissions: frozenset[str]
    workspaces: frozenset[str] | None  # None: all that the account owns
    expires_at: float | None  # of kind "oauth": real time
    last4: str
    revoked: bool = False
    app_id: str = ""  # the OAuth app that it was given to
    connector_id: str | None = None  # set on the tokens of a channel's OAuth app
    bots: frozenset[str] | None = None  # agents that a channel token's scope names


@dataclass
class OAuthApp:
    """An OAuth app: a service with keys, or one that people sign in to by device code or PKCE, without any.

    `authorised`: account → workspaces opened to the app, None for all of them.
    """

    id: str
    name: str
    kind: AppKind
    owner_id: str
    permissions: frozenset[str]
    keys: dict[str, RSAPublicKey] = field(default_factory=dict)  # by fingerprint (kid), at most three
    authorised: dict[str, frozenset[str] | None] = field(default_factory=dict)
    enabled: bool = True
    connector_id: str | None = None  # the channel it is bound to
    redirect_urls: tuple[str, ...] = ()  # where browsers may be sent with a code

    @property
    def has_sign_in(self) -> bool:
        """Whether people sign in to it, instead of it signing assertions."""
        return self.kind in ("device", "pkce")


@dataclass
class Version:
    """One publication of an agent, as its history shows it."""

    version: str
    at: float
    author_id: str
    connectors: tuple[str, ...]
    name: str
    description: str
    changelog: str = ""
    details: Json = field(default_factory=dict)  # of the draft as it was


@dataclass
class Publication:
    """Where an agent stands on one connector. The previous version stays online while a new one is reviewed."""

    state: ReviewState
    version: str
    at: float
    online_version: str | None = None
    reason: str = ""


@dataclass
class Bot:
    """An agent: its draft, and what was published of it."""

    id: str
    name: str
    workspace_id: str
    owner_id: str
    created_at: float
    updated_at: float
    description: str = ""
    details: Json = field(default_factory=dict)  # prompt_info, onboarding_info and the like, as they came
    versions: list[Version] = field(default_factory=list)  # oldest first
    publications: dict[str, Publication] = field(default_factory=dict)  # by connector id

    def online(self, connector_id: str) -> bool:
        """Whether a version of it can be reached through this connector."""
        publication = self.publications.get(connector_id)
        return publication is not None and publication.online_version is not None


@dataclass
class Channel:
    """A custom channel. Coze asks `callback_url` about each publication; without one a person reviews by hand."""

    id: str
    name: str
    creator_id: str
    app_id: str
    callback_token: str
    callback_url: str | None = None
    configs: dict[str, set[str]] = field(default_factory=dict)  # what may be chosen when publishing: key → values


@dataclass
class Chat:
    """One conversation turn, finished at the second look. `seen` counts the states that were shown of it."""

    id: str
    conversation_id: str
    bot_id: str
    user_id: str
    question: str
    created_at: float
    connector_id: str
    seen: int = 0

    @property
    def status(self) -> str:
        """As GET /v3/chat/retrieve names it."""
        return CHAT_STATES[min(self.seen, len(CHAT_STATES) - 1)]


@dataclass
class CopyTask:
    """An agent on its way into another space; copied at the third look. `seen` counts the looks."""

    id: str
    bot_id: str
    workspace_id: str
    user_id: str
    failed_reason: str = ""  # why it will fail, decided when it was ordered
    copied_id: str = ""
    seen: int = 0


@dataclass
class UploadedFile:
    """A file that somebody uploaded; of its bytes only the number is kept."""

    id: str
    name: str
    size: int
    at: float
    user_id: str


@dataclass
class CallbackDelivery:
    """One event that was sent to a channel's callback address, and what came back."""

    event_id: str
    kind: str
    at: float
    connector_id: str
    raw: bytes
    headers: dict[str, str] = field(default_factory=dict)
    status: int | str | None = None  # HTTP status, "timeout", "unreachable"…
    answer: Any = None


@dataclass
class ReceivedCall:
    """One request to the Open API. `credential`, `kind` and `account` say whose token or app came with it."""

    n: int  # counts up; "what came after n" is how new calls are asked for
    t: float
    method: str
    path: str
    credential: str | None = None
    kind: str | None = None
    account: str | None = None
    status: int | None = None  # None while it is under way
