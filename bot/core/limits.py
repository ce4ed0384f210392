"""How often one person may have the bot do what costs others something: calls to Coze from the bot's address, which
are counted there, and waits of whoever comes after them."""

from collections.abc import Mapping
from enum import StrEnum


class Costly(StrEnum):
    """Kinds of acts that cost calls to Coze."""

    CHECK = "check"
    SIGN_IN = "sign-in"
    PUBLISH = "publish"
    LOOK = "look"


PACE: Mapping[Costly, tuple[float, int]] = {
    Costly.CHECK: (3.0, 20),
    Costly.SIGN_IN: (12.0, 5),
    Costly.PUBLISH: (12.0, 5),
    Costly.LOOK: (60.0, 3),
}
"""Seconds of real time between two acts of a kind in the long run, and how many may follow each other at once. Far
more than anybody does who reads what comes back."""
