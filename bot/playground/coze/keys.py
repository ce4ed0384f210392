"""Secrets of a playground's Coze: tokens, and key pairs of OAuth apps. They stay when a scenario begins anew."""

import base64
import functools
import hashlib
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ..world.coze import Json, OAuthApp, TokenKind
from ..world.coze_state import CozeState, fresh_secret


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
def _key_of(_client_id: str) -> AppKey:
    """Made once in a process: it takes a quarter of a second, and tests start hundreds of playgrounds."""
    return AppKey()


@dataclass
class SeededApp:
    """An OAuth app that is there from the start, its private key in a file of its own."""

    client_id: str
    key: AppKey
    private_key_file: Path

    @property
    def facts(self) -> Json:
        """What a client needs to sign as this app."""
        return {
            "client_id": self.client_id,
            "kid": self.key.kid,
            "private_key_file": str(self.private_key_file),
        }

    def register(self, state: CozeState, name: str, owner_id: str, permissions: frozenset[str]) -> OAuthApp:
        """Make the app known to the platform."""
        app = OAuthApp(self.client_id, name, "developer", owner_id, permissions)
        app.keys[self.key.kid] = self.key.private.public_key()
        state.apps[app.id] = app
        return app


class Keyring:
    """Each secret is made when it is first asked for by its name. `close` removes the key files."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="coze-")
        self._tokens: dict[str, str] = {}
        self._apps: dict[str, SeededApp] = {}

    def token(self, name: str, kind: TokenKind = "pat") -> str:
        """An access token."""
        return self._tokens.setdefault(name, fresh_secret(kind))

    def word(self, name: str) -> str:
        """Any other secret: 32 hex digits."""
        return self._tokens.setdefault(name, secrets.token_hex(16))

    def app(self, name: str, client_id: str) -> SeededApp:
        """An OAuth app, its key in a file below a folder of this name."""
        if name not in self._apps:
            file = Path(self._folder.name) / name / "private_key.pem"
            key = _key_of(client_id)
            file.parent.mkdir(mode=0o700)
            file.touch(mode=0o600)
            file.write_bytes(key.pem)
            self._apps[name] = SeededApp(client_id, key, file)
        return self._apps[name]

    def close(self) -> None:
        """Remove the key files."""
        self._folder.cleanup()
