"""Slack's request signature, checked on the raw bytes before anything is parsed."""

import hashlib
import hmac
import re
import time

WINDOW = 300  # seconds of real time (docs.slack.dev, verifying requests from Slack)

_TIMESTAMP = re.compile(rb"[0-9]{1,11}\Z")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}\Z")


class Signature:
    """Checks requests with the app's signing secret."""

    def __init__(self, secret: str) -> None:
        self._keyed = hmac.new(secret.encode(), digestmod=hashlib.sha256)

    def may_hold(self, timestamp: bytes, signature: bytes) -> bool:
        """Whether it is worth reading what is said to be signed: both have their shape, and it was just now."""
        if not _TIMESTAMP.match(timestamp) or not _SIGNATURE.match(signature):
            return False
        return abs(time.time() - int(timestamp)) <= WINDOW

    def holds(self, timestamp: bytes, signature: bytes, body: bytes) -> bool:
        """Whether Slack signed this body. Both were looked at by `may_hold`."""
        mac = self._keyed.copy()
        mac.update(b"v0:" + timestamp + b":" + body)
        return hmac.compare_digest(b"v0=" + mac.hexdigest().encode(), signature)
