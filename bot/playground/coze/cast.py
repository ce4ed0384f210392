"""Who and what a playground starts with. Ids, tokens and keys stay the same when a scenario starts anew."""

import base64
import functools
import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .model import OAuthApp, User
from .state import State, fresh_secret

USERS = {
    "mei": ("7530412083311050001", "小美"),
    "tom": ("3182540961170002", "Tom"),
    "lin": ("7530412083311050027", "林姐"),
    "owner": ("7530412083311050003", "ShargeAI"),
}
WORKSPACE_ID = "7530498800217600004"
CONNECTOR_ID, CONNECTOR_NAME = "7530519246604500005", "闪极智能体"
DAY = 86_400.0

DEVELOPER_KEYS = frozenset(
    {"createBot", "edit", "publish", "listBot", "getMetadata", "Bot.listVersion", "listWorkspace"}
    | {"chat", "getChat", "listMessage", "uploadFile"}
)
OWNER_KEYS = DEVELOPER_KEYS | {
    "getPublishedBot",
    "readMember",
    "addMember",
    "removeMember",
    "installConnector",
    "bindConnectorConfig",
    "disconnectBot",
    "Connector.disconnectBot",
}
CHANNEL_KEYS = frozenset(
    {"Connector.botChat", "Connector.botUpdateProfile", "getMetadata", "chat", "getChat", "listMessage"}
)


@dataclass
class AppKey:
    """An RSA key pair of an OAuth app, as the browser makes it on Coze's page."""

    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def kid(self) -> str:
        """The fingerprint: 43 characters base64url."""
        public = self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.urlsafe_b64encode(hashlib.sha256(public).digest()).decode().rstrip("=")

    @property
    def pem(self) -> bytes:
        """The private key as PKCS#8."""
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


@functools.cache
def key_of(client_id: str) -> AppKey:
    """The key of a seeded app, made once in a process: it takes a quarter of a second, and tests start hundreds of
    playgrounds.
    """
    return AppKey()


@dataclass
class SeededApp:
    """An OAuth app that is there from the start, its private key in a file of its own."""

    client_id: str
    key: AppKey
    private_key_file: Path

    def register(self, state: State, name: str, owner_id: str, permissions: frozenset[str]) -> OAuthApp:
        """Make the app known to the platform."""
        app = OAuthApp(self.client_id, name, "developer", owner_id, permissions)
        app.keys[self.key.kid] = self.key.private.public_key()
        state.apps[app.id] = app
        return app


class Cast:
    """The secrets of one playground, made at its start."""

    def __init__(self, folder: Path) -> None:
        self.pats = {name: fresh_secret("pat") for name in ("mei", "mei_no_publish", "expired", "owner")}
        self.owner_token = fresh_secret("sat")
        self.callback_token = secrets.token_hex(16)
        self.jwt_app = self._app("1178531043225", folder / "jwt_app" / "private_key.pem")
        self.channel_app = self._app("1178531043226", folder / "channel" / "private_key.pem")

    @staticmethod
    def _app(client_id: str, file: Path) -> SeededApp:
        key = key_of(client_id)
        file.parent.mkdir(mode=0o700)
        file.touch(mode=0o600)
        file.write_bytes(key.pem)
        return SeededApp(client_id, key, file)


def user_id(handle: str) -> str:
    """The Coze id of somebody of the cast."""
    return USERS[handle][0]


def plant(state: State, cast: Cast) -> None:
    """Fill an empty platform; the draft in Mei's own space is what everybody meets first."""
    people = {handle: state.add_user(handle, *about) for handle, about in USERS.items()}
    _spaces(state, people)
    _tokens(state, cast)
    _apps(state, cast)
    state.add_bot("晨间助手", state.personal_space(user_id("mei")), user_id("mei"))


def _spaces(state: State, people: dict[str, User]) -> None:
    team = state.add_workspace("ShargeAI", people["owner"].id, workspace_id=WORKSPACE_ID)
    team.connectors.add(CONNECTOR_ID)
    for handle in ("mei", "tom"):
        state.add_workspace("个人空间" if handle == "mei" else "Personal", people[handle].id, personal=True)


def _tokens(state: State, cast: Cast) -> None:
    now, mei, owner = state.now(), user_id("mei"), user_id("owner")
    ends = now + 30 * DAY
    pats = cast.pats
    state.add_token(pats["mei"], "pat", mei, DEVELOPER_KEYS, name="glasses-trial", expires_at=ends)
    state.add_token(pats["mei_no_publish"], "pat", mei, DEVELOPER_KEYS - {"publish"}, expires_at=ends)
    state.add_token(pats["expired"], "pat", mei, DEVELOPER_KEYS, name="old", expires_at=now - DAY)
    state.add_token(pats["owner"], "pat", owner, OWNER_KEYS, name="operator", expires_at=ends)
    state.add_token(cast.owner_token, "sat", owner, OWNER_KEYS, name="concierge")


def _apps(state: State, cast: Cast) -> None:
    """Mei's developer app, which the team's owner opened ShargeAI to as well, and the channel's own app."""
    app = cast.jwt_app.register(state, "glasses-jwt", user_id("mei"), OWNER_KEYS)
    app.authorised[user_id("mei")] = None
    app.authorised[user_id("owner")] = frozenset({WORKSPACE_ID})
    channel_app = cast.channel_app.register(state, CONNECTOR_NAME, user_id("owner"), CHANNEL_KEYS)
    channel_app.kind, channel_app.connector_id = "channel", CONNECTOR_ID
    channel_app.authorised[user_id("owner")] = None
    state.add_channel(CONNECTOR_ID, CONNECTOR_NAME, user_id("owner"), channel_app.id, cast.callback_token)
