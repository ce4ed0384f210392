"""The signature of Slack's requests by itself: its shape, its age, its bytes, and who is told of it."""

import hashlib
import hmac
import time

import pytest

from bot.web.signature import WINDOW, Signature

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = b"token=xyzz&command=%2Fsharge&text=status"
SHAPED = b"v0=" + b"0a" * 32
MOMENT = 1_800_000_000


def signed(timestamp: bytes, body: bytes = BODY, secret: str = SECRET) -> bytes:
    """As Slack signs."""
    mac = hmac.new(secret.encode(), b"v0:" + timestamp + b":" + body, hashlib.sha256)
    return b"v0=" + mac.hexdigest().encode()


def test_what_slack_documents_holds() -> None:
    """The example of docs.slack.dev, verifying requests from Slack."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    secret = "8f742231b10e8888abcd99yyyzzz85a5"
    documented = b"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert Signature(secret).holds(b"1531420618", documented, body)


def test_what_was_changed_does_not_hold() -> None:
    signature, now = Signature(SECRET), b"1800000000"
    assert signature.holds(now, signed(now), BODY)
    assert not signature.holds(b"1800000001", signed(now), BODY)
    assert not signature.holds(now, signed(now), BODY + b"&")
    assert not signature.holds(now, signed(now, secret="another"), BODY)
    assert signature.holds(now, signed(now), BODY), "one look leaves nothing behind"


@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        (b"", SHAPED),
        (b"-1", SHAPED),
        (b"soon", SHAPED),
        (b"1800000000\n", SHAPED),
        (b" 1800000000", SHAPED),
        (b"180000000000", SHAPED),
        (b"1800000000", b""),
        (b"1800000000", SHAPED[:-1]),
        (b"1800000000", SHAPED + b"0"),
        (b"1800000000", SHAPED + b"\n"),
        (b"1800000000", SHAPED.upper()),
        (b"1800000000", b"v1" + SHAPED[2:]),
        (b"1800000000", b"v0=" + b"0g" * 32),
        (b"1800000000", b"x" + SHAPED),
    ],
)
def test_what_has_another_shape_is_not_read(
    monkeypatch: pytest.MonkeyPatch, timestamp: bytes, signature: bytes
) -> None:
    monkeypatch.setattr(time, "time", lambda: float(MOMENT))
    assert Signature(SECRET).may_hold(b"1800000000", SHAPED)
    assert not Signature(SECRET).may_hold(timestamp, signature)


@pytest.mark.parametrize(
    ("age", "fresh"), [(0, True), (WINDOW, True), (-WINDOW, True), (WINDOW + 1, False), (-WINDOW - 1, False)]
)
def test_it_was_made_within_five_minutes(monkeypatch: pytest.MonkeyPatch, age: int, *, fresh: bool) -> None:
    monkeypatch.setattr(time, "time", lambda: float(MOMENT))
    assert WINDOW == 300
    assert Signature(SECRET).may_hold(str(MOMENT - age).encode(), SHAPED) is fresh


def test_it_is_told_as_long_as_that_tells_something() -> None:
    """Of the refused the first, second, fourth and so on; of what held the first, and nothing after it."""
    told: list[tuple[int, int]] = []
    signature = Signature(SECRET, lambda taken, refused: told.append((taken, refused)))
    now = b"1800000000"
    for _ in range(9):
        assert not signature.holds(now, SHAPED, BODY)
    assert told == [(0, 1), (0, 2), (0, 4), (0, 8)]
    assert signature.holds(now, signed(now), BODY)
    assert told[4:] == [(1, 9)]
    assert signature.holds(now, signed(now), BODY)
    for _ in range(9):
        assert not signature.holds(now, SHAPED, BODY)
    assert told[5:] == [], "the secret is right: what else comes is not Slack's"


def test_a_secret_that_is_right_at_once_is_told_once() -> None:
    told: list[tuple[int, int]] = []
    signature = Signature(SECRET, lambda taken, refused: told.append((taken, refused)))
    assert signature.holds(b"1800000000", signed(b"1800000000"), BODY)
    assert not signature.holds(b"1800000000", SHAPED, BODY)
    assert told == [(1, 0)]
