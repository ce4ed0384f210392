"""Slack's request signature, checked on the raw bytes before anything is parsed."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable

WINDOW = 300  # seconds of real time (docs.slack.dev, verifying requests from Slack)

_TIMESTAMP = re.compile(rb"[0-9]{1,11}\Z")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}\Z")


def _nobody(_taken: int, _refused: int) -> None:
    """Nobody is told."""


class Signature:
    """Checks requests with the app's signing secret. `told` hears how many held and how many did not since the start,
    as long as that tells something: at the first that holds, and before it at the 1st, 2nd, 4th… that does not.
    """

    def __init__(self, secret: str, told: Callable[[int, int], None] = _nobody) -> None:
        self._keyed = hmac.new(secret.encode(), digestmod=hashlib.sha256)
        self._told, self._taken, self._refused = told, 0, 0

    def may_hold(self, timestamp: bytes, signature: bytes) -> bool:
        """Whether it is worth reading what is said to be signed: both have their shape, and it was just now."""
        if not _TIMESTAMP.match(timestamp) or not _SIGNATURE.match(signature):
            return False
        return abs(time.time() - int(timestamp)) <= WINDOW

    def holds(self, timestamp: bytes, signature: bytes, body: bytes) -> bool:
        """Whether Slack signed this body. Both were looked at by `may_hold`."""
        mac = self._keyed.copy()
        mac.update(b"v0:" + timestamp + b":" + body)
        is_slacks = hmac.compare_digest(b"v0=" + mac.hexdigest().encode(), signature)
        self._count(is_slacks=is_slacks)
        return is_slacks

    def _count(self, *, is_slacks: bool) -> None:
        if self._taken:
            return  # the secret is right: whatever else comes is not Slack's
        self._taken += is_slacks
        self._refused += not is_slacks
        if is_slacks or self._refused.bit_count() == 1:
            self._told(self._taken, self._refused)
