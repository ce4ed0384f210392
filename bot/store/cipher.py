"""Encryption of what people asked us to keep: AES-GCM, bound to the row, the person and the field it stands in.

A sealed value reads `v1|key id|nonce|ciphertext`. Copied to another row, person or field it does not open.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = "v1"
NONCE = 12  # bytes


class Sealed(Exception):
    """It can't be opened: another key, another place, or not what was written. Says nothing of what it holds."""


@dataclass(frozen=True)
class Place:
    """Where a sealed value stands."""

    team_id: str
    user_id: str
    row_id: str
    field: str

    def bound(self, key_id: str) -> bytes:
        """What is authenticated with the value, so that it opens nowhere else."""
        return "|".join((VERSION, self.team_id, self.user_id, self.row_id, self.field, key_id)).encode()


class Keyring:
    """The keys of CREDENTIAL_KEYS by their ids: the first one writes, all of them read."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)
        self.newest = next(iter(self._keys))

    @classmethod
    def parse(cls, text: str) -> "Keyring":
        """From `kid2:base64,kid1:base64`, each of 256 bits. Raises ValueError, which never shows a key."""
        keys: dict[str, bytes] = {}
        for entry in text.split(","):
            key_id, _, written = entry.strip().partition(":")
            keys[key_id] = base64.b64decode(written, validate=True)
        if any(len(key) != 32 for key in keys.values()):
            raise ValueError("a key must have 256 bits")
        return cls(keys)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all keys."""
        return frozenset(self._keys)

    def seal(self, value: str, place: Place) -> str:
        """Encrypt with the newest key."""
        nonce = secrets.token_bytes(NONCE)
        sealed = AESGCM(self._keys[self.newest]).encrypt(nonce, value.encode(), place.bound(self.newest))
        return "|".join((VERSION, self.newest, _text(nonce), _text(sealed)))

    def open(self, sealed: str, place: Place) -> str:
        """Decrypt what was sealed at this very place. Raises Sealed."""
        try:
            version, key_id, nonce, text = sealed.split("|")
            if version == VERSION:
                cipher = AESGCM(self._keys[key_id])
                return cipher.decrypt(_bytes(nonce), _bytes(text), place.bound(key_id)).decode()
        except (InvalidTag, KeyError, ValueError):
            pass  # left, so that no error hangs on to the parts
        raise Sealed("it does not open here")

    def derive(self, key_id: str, purpose: str) -> str:
        """A value of 256 bits that nobody without that key can guess, the same each time; 43 letters for an address.

        Raises KeyError for a key that is gone.
        """
        return _text(hmac.new(self._keys[key_id], purpose.encode(), hashlib.sha256).digest())


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
