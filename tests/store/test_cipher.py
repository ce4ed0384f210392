"""What is sealed opens with its key at its place, and nowhere else."""

import base64
import secrets
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.cipher import Keyring, Place, Sealed

HERE = Place("T0", "U0MEI", "5d1c", "value")
CANARY = "pat_cAnArY0123456789"


def keyring(*names: str) -> Keyring:
    """A key for each name, the same each time."""
    return Keyring({name: base64.b64decode(KEYS.setdefault(name, new_key())) for name in names})


def new_key() -> str:
    """As `openssl rand -base64 32` makes one."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


KEYS: dict[str, str] = {}


@given(st.text())
def test_what_is_sealed_opens_again(value: str) -> None:
    if not any(0xD800 <= ord(sign) <= 0xDFFF for sign in value):
        assert keyring("a").open(keyring("a").seal(value, HERE), HERE) == value


def test_it_shows_its_version_and_key_and_nothing_else() -> None:
    first, second = (keyring("a").seal(CANARY, HERE) for _ in range(2))
    version, key_id, nonce, text = first.split("|")
    assert (version, key_id, len(base64.urlsafe_b64decode(nonce + "=="))) == ("v1", "a", 12)
    assert CANARY not in first
    assert base64.urlsafe_b64decode(text + "==") != CANARY.encode()
    assert first != second, "never the same nonce"


@pytest.mark.parametrize(
    "elsewhere", [{"team_id": "T1"}, {"user_id": "U0TOM"}, {"row_id": "5d1d"}, {"field": "other"}], ids=str
)
def test_copied_elsewhere_it_does_not_open(elsewhere: dict[str, str]) -> None:
    sealed = keyring("a").seal(CANARY, HERE)
    with pytest.raises(Sealed) as caught:
        keyring("a").open(sealed, replace(HERE, **elsewhere))
    assert caught.value.__context__ is None
    assert CANARY not in repr(caught.value)


def test_a_key_by_another_name_or_a_changed_value_does_not_open() -> None:
    sealed = keyring("a").seal(CANARY, HERE)
    swapped = Keyring({"b": base64.b64decode(KEYS["a"])})
    for ring, value in (
        (keyring("b"), sealed),
        (swapped, sealed.replace("|a|", "|b|")),
        (keyring("a"), sealed[:-2] + ("AA" if sealed[-2:] != "AA" else "BB")),
        (keyring("a"), "v2" + sealed[2:]),
        (keyring("a"), "nothing"),
        (keyring("a"), ""),
    ):
        with pytest.raises(Sealed):
            ring.open(value, HERE)


def test_the_first_key_writes_and_all_read() -> None:
    old = keyring("a").seal(CANARY, HERE)
    both = keyring("b", "a")
    assert both.newest == "b"
    assert both.seal(CANARY, HERE).startswith("v1|b|")
    assert both.open(old, HERE) == CANARY


def test_keys_are_read_as_they_are_written() -> None:
    keys = [new_key(), new_key()]
    ring = Keyring.parse(f"b:{keys[0]}, a:{keys[1]}")
    assert (ring.newest, sorted(ring.ids)) == ("b", ["a", "b"])
    assert keyring("a").derive("a", "x") == keyring("a").derive("a", "x") != keyring("a").derive("a", "y")
    for wrong in ("", "a", "a:", "a:!!", f"a:{base64.b64encode(b'short').decode()}"):
        with pytest.raises(ValueError, match=r".") as caught:
            Keyring.parse(wrong)
        assert "short" not in str(caught.value)


def test_what_was_sealed_before_opens_for_ever() -> None:
    """As it stands in databases: another form of it would lose what people have handed over."""
    ring = Keyring({"a": bytes(range(32))})
    sealed = "v1|a|AAECAwQFBgcICQoL|N2OiRKakrFr_GKe6g9pMWLXhvw3mEWf8mJZQKDd83rI1gPvo"
    assert ring.open(sealed, HERE) == CANARY
    assert ring.derive("a", "link") == "u8_phxipTt3jaVx_xBC6t6ScuVS4JDMpx7BesZJ5UjA"


@pytest.mark.parametrize("length", range(8))
def test_a_sealed_value_has_no_padding(length: int) -> None:
    """So that it is one word, whatever it holds."""
    sealed = keyring("a").seal("x" * length, HERE)
    assert "=" not in sealed
    assert keyring("a").open(sealed, HERE) == "x" * length


@pytest.mark.parametrize("extra", [" ", "\n", "!", ":", "-", ":a"])
def test_a_key_is_read_strictly(extra: str) -> None:
    key = new_key()
    with pytest.raises(ValueError, match=r"."):
        Keyring.parse(f"a:{key[:9]}{extra}{key[9:]}")


def test_a_key_of_another_size_is_named_so() -> None:
    with pytest.raises(ValueError, match=r"^a key must have 256 bits$"):
        Keyring.parse(f"a:{base64.b64encode(bytes(16)).decode()}")
