"""What counts as a secret that somebody has just written where the bot can see it."""

from typing import Any

import pytest

from bot.core.leak import SecretKind
from bot.slack.events_wire import event_of, leaked
from bot.slack.happenings import Event, RightsTaken, SecretWritten
from bot.slack.router import Delivery

TOKEN = "pat_" + "a1B2" * 16
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIE"
WRITTEN = {"type": "message", "channel_type": "im", "user": "U0MEI"}


def edited(text: str, before: str, user: str = "U0MEI", **more: Any) -> dict[str, Any]:
    """A message that was changed."""
    said = {"user": user, "text": text, **more}
    return {"type": "message", "subtype": "message_changed", "message": said, "previous_message": {"text": before}}


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({**WRITTEN, "text": TOKEN}, "token"),
        ({**WRITTEN, "text": f"hello {TOKEN}!", "thread_ts": "1.0"}, "token"),
        ({**WRITTEN, "text": PEM, "subtype": "thread_broadcast"}, "key"),
        ({"type": "app_mention", "user": "U0MEI", "text": f"<@U0BOT> {PEM}"}, "key"),
        (edited(TOKEN, "hello"), "token"),
        ({**WRITTEN, "text": "", "subtype": "file_share", "files": [{"name": "private_key.PEM"}]}, "key"),
        ({**WRITTEN, "text": "", "subtype": "file_share", "files": [{"name": "a.txt", "preview": TOKEN}]}, "token"),
    ],
    ids=["typed", "in a thread", "sent to the channel too", "mention", "edited in", "a key file", "in a snippet"],
)
def test_who_wrote_what(event: dict[str, Any], kind: SecretKind) -> None:
    assert leaked(event) == SecretWritten("U0MEI", kind)


@pytest.mark.parametrize(
    "event",
    [
        {**WRITTEN, "text": "status"},
        {**WRITTEN, "text": TOKEN, "bot_id": "B0"},
        {**WRITTEN, "text": TOKEN, "subtype": "message_deleted"},
        edited(TOKEN, TOKEN),
        edited("hello", TOKEN),
        edited(TOKEN, "", bot_id="B0"),
        {**WRITTEN, "text": "", "subtype": "file_share", "files": [{"name": "photo.png"}, "?", None]},
        {**WRITTEN, "subtype": "file_share", "files": "?"},
        {"type": "message", "subtype": "message_changed"},
        {"type": "message", "subtype": "message_changed", "message": {"user": 1, "text": TOKEN}},
    ],
)
def test_what_is_none(event: dict[str, Any]) -> None:
    assert leaked(event) is None


@pytest.mark.parametrize(
    ("event", "end"),
    [
        ({"type": "app_uninstalled"}, True),
        ({"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}, True),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U0MEI"], "bot": []}}, False),
        ({"type": "tokens_revoked"}, True),
    ],
)
def test_when_the_bots_own_rights_are_gone(event: dict[str, Any], *, end: bool) -> None:
    told = event_of(Delivery("Ev1", "T1", "A1"), event)
    assert isinstance(told, Event)
    assert isinstance(told.what, RightsTaken) is end
