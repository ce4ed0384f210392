"""All state of the platform, with the look-ups and rules that several endpoints share."""

import hashlib
import itertools
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .clock import SimulatedClock
from .coze import (
    Bot,
    CallbackDelivery,
    Channel,
    Chat,
    CopyTask,
    Enterprise,
    OAuthApp,
    Publication,
    ReceivedCall,
    Role,
    Token,
    TokenKind,
    UploadedFile,
    User,
    Version,
    Workspace,
)
from .sign_in import SignIns

PREFIX: dict[TokenKind, str] = {"pat": "pat_", "sat": "sat_", "oauth": "czs_", "user": "czu_"}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
CALLS_KEPT = 4000
FIRST_ID = 7_530_000_000_000_000_000  # ids have 19 digits and don't fit into a float


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def fresh_secret(kind: TokenKind) -> str:
    """A new token value: prefix and 64 letters or digits, as the real ones."""
    return PREFIX[kind] + "".join(secrets.choice(ALPHABET) for _ in range(64))


@dataclass
class CozeState:
    """The platform's memory. `changed` is called after each change that somebody could see; `callback_url` is where
    the main app takes a channel's callbacks, as far as is known.
    """

    clock: SimulatedClock
    changed: Callable[[], None]
    callback_url: str = ""
    users: dict[str, User] = field(default_factory=dict)  # by id
    workspaces: dict[str, Workspace] = field(default_factory=dict)
    enterprises: dict[str, Enterprise] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)  # by digest
    apps: dict[str, OAuthApp] = field(default_factory=dict)
    bots: dict[str, Bot] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    files: dict[str, UploadedFile] = field(default_factory=dict)
    copy_tasks: dict[str, CopyTask] = field(default_factory=dict)
    used_jti: dict[tuple[str, str], float] = field(default_factory=dict)  # (app id, jti) → exp, real time
    sign_ins: SignIns = field(default_factory=SignIns)
    deliveries: list[CallbackDelivery] = field(default_factory=list)
    calls: deque[ReceivedCall] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))
    _received: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def clear(self) -> None:
        """Forget everything and everybody."""
        everything: tuple[dict[Any, Any], ...] = (
            *(self.users, self.workspaces, self.enterprises, self.tokens, self.apps, self.bots),
            *(self.channels, self.chats, self.files, self.copy_tasks, self.used_jti),
        )
        for kept in everything:
            kept.clear()
        self.sign_ins.clear()
        self.deliveries.clear()
        self.calls.clear()

    def now(self) -> float:
        """Simulated time, epoch seconds."""
        return self.clock.now().timestamp()

    def receive(self, method: str, path: str) -> ReceivedCall:
        """A request has come. The newest are kept."""
        call = ReceivedCall(next(self._received), self.now(), method, path)
        self.calls.append(call)
        return call

    def new_id(self) -> str:
        """The next id: a decimal string of 19 digits."""
        return str(FIRST_ID + next(self._numbers) * 1_000_003 + secrets.randbelow(1_000_000))

    # people

    def user(self, who: str) -> User:
        """The account with this id or handle. Raises KeyError."""
        if who in self.users:
            return self.users[who]
        return {user.handle: user for user in self.users.values()}[who]

    def add_user(self, handle: str, user_id: str, name: str) -> User:
        """A new account."""
        user = User(handle, user_id, name)
        self.users[user_id] = user
        return user

    # workspaces

    def add_workspace(
        self, name: str, owner_id: str, *, workspace_id: str = "", personal: bool = False, enterprise_id: str = ""
    ) -> Workspace:
        """A new space with its owner in it."""
        space = Workspace(workspace_id or self.new_id(), name, owner_id, personal, enterprise_id)
        space.members[owner_id] = "owner"
        self.workspaces[space.id] = space
        return space

    def find_workspace(self, which: str) -> Workspace:
        """The space with this id or name. Raises KeyError."""
        if which in self.workspaces:
            return self.workspaces[which]
        return {space.name: space for space in self.workspaces.values()}[which]

    @property
    def team(self) -> Workspace:
        """The space that is meant where nobody names one: the first that isn't somebody's own. Raises KeyError."""
        spaces = [space for space in self.workspaces.values() if not space.personal]
        if not spaces:
            raise KeyError("no team has a space")
        return spaces[0]

    def personal_space(self, user_id: str) -> Workspace:
        """Somebody's own space. Raises KeyError."""
        own = {space.owner_id: space for space in self.workspaces.values() if space.personal}
        return own[user_id]

    def join(self, space: Workspace, user_id: str, role: Role) -> None:
        """Make somebody a member and close the invitation."""
        space.invitations.pop(user_id, None)
        space.members[user_id] = role
        self.changed()

    def selectable(self, space: Workspace, user_id: str) -> bool:
        """Whether an account may open this space to a token: owned ones in the personal edition, else joined ones."""
        return user_id in space.members if space.enterprise_id else space.owner_id == user_id

    def suspended(self, token: Token) -> bool:
        """Whether a token was given to an app that is switched off now, or gone."""
        app = self.apps.get(token.app_id)
        return token.app_id != "" and (app is None or not app.enabled)

    def withdraw(self, app: OAuthApp, user_id: str) -> None:
        """An account closes itself to an app: the app's tokens and refresh tokens for it are dead."""
        app.authorised.pop(user_id, None)
        self.sign_ins.end(app.id, user_id)
        for token in self.tokens.values():
            if (token.app_id, token.user_id) == (app.id, user_id):
                token.revoked = True

    def reaches(self, token: Token, space: Workspace) -> bool:
        """Whether a token is good for a space."""
        if token.connector_id is not None or not self.selectable(space, token.user_id):
            return False
        return token.workspaces is None or space.id in token.workspaces

    # tokens

    def add_token(
        self,
        value: str,
        kind: TokenKind,
        user_id: str,
        permissions: frozenset[str],
        *,
        name: str = "",
        workspaces: frozenset[str] | None = None,
        expires_at: float | None = None,
        app_id: str = "",
        connector_id: str | None = None,
        bots: frozenset[str] | None = None,
    ) -> Token:
        """Accept `value` from now on."""
        token = Token(digest(value), kind, user_id, name, permissions, workspaces, expires_at, value[-4:])
        token.app_id, token.connector_id, token.bots = app_id, connector_id, bots
        self.tokens[token.digest] = token
        return token

    # channels

    def add_channel(self, channel_id: str, name: str, creator_id: str, app_id: str, callback_token: str) -> Channel:
        """A new custom channel, not installed anywhere yet."""
        channel = Channel(channel_id, name, creator_id, app_id, callback_token)
        self.channels[channel_id] = channel
        return channel

    # agents

    def add_bot(self, name: str, space: Workspace, owner_id: str, *, bot_id: str = "") -> Bot:
        """A new draft."""
        now = self.now()
        bot = Bot(bot_id or self.new_id(), name, space.id, owner_id, now, now)
        self.bots[bot.id] = bot
        self.changed()
        return bot

    def find_bot(self, which: str) -> Bot:
        """The agent with this id or name; of several with one name the newest. Raises KeyError."""
        return self.bots.get(which) or {bot.name: bot for bot in self.bots.values()}[which]

    def publish(self, bot: Bot, author_id: str, connectors: list[str], changelog: str = "") -> Version:
        """Write a new version down; official channels are online at once, custom ones wait for their review."""
        now = self.now()
        newest = int(bot.versions[-1].version) if bot.versions else 0
        number = str(max(int(now * 1000), newest + 1))
        version = Version(number, now, author_id, tuple(connectors), bot.name, bot.description, changelog)
        version.details = dict(bot.details)
        bot.versions.append(version)
        for connector_id in connectors:
            before = bot.publications.get(connector_id)
            publication = Publication("publishing", number, now, before.online_version if before else None)
            bot.publications[connector_id] = publication
            if connector_id not in self.channels:
                self.settle(bot, connector_id, "passed")
        self.changed()
        return version

    def settle(self, bot: Bot, connector_id: str, verdict: str, reason: str = "") -> None:
        """End a review: "passed" brings the version online, "rejected" and "failed" leave the old one there."""
        publication = bot.publications[connector_id]
        if verdict == "passed":
            publication.state, publication.online_version = "online", publication.version
        else:
            publication.state = "rejected" if verdict == "rejected" else "failed"
        publication.reason, publication.at = reason, self.now()
        self.changed()
