"""Keys as people paste them: the good ones in all their shapes, and one named reason for each wrong kind."""

import asyncio
import base64
import math
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import SecretStr

from bot.coze.keys import MAX_PEM, BadKey, KeyProof, Reason, load_key, tidy, trusted
from bot.texts.keys import key_problem
from bot.texts.locale import Locale

KEY = rsa.generate_private_key(65537, 2048)
PASSWORD = serialization.BestAvailableEncryption(b"password")


def pem(key: object, form: PrivateFormat = PrivateFormat.PKCS8, lock: object = None) -> str:
    """A private key in PEM."""
    text: bytes = key.private_bytes(Encoding.PEM, form, lock or NoEncryption())  # type: ignore[attr-defined]
    return text.decode()


GOOD = pem(KEY)
LINES = GOOD.splitlines()


def certificate() -> str:
    """One for the key."""
    name = x509.Name([])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder(name, name, KEY.public_key(), 1, now, now + timedelta(days=1))
    return made.sign(KEY, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def lying() -> str:
    """Numbers that are no primes, in the shape of a key."""
    utc_now = KEY.private_numbers()
    p, q = utc_now.p + 2, utc_now.q
    public = rsa.RSAPublicNumbers(65537, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, utc_now.d, utc_now.dmp1, utc_now.dmq1, utc_now.iqmp, public)
    wrong = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    return pem(wrong)


def composite() -> str:
    """Numbers that belong together, of which one is no prime: only trying tells."""
    while True:
        two, q = rsa.generate_private_key(65537, 1024).private_numbers(), KEY.private_numbers().q  # noqa: S505
        p = two.p * two.q
        # Two numbers of 1024 bits may make one of 2047, which would be too small before it is anything else.
        if math.gcd(65537, (p - 1) * (q - 1)) == 1 and (p * q).bit_length() == 2048:
            break
    d = pow(65537, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    return pem(numbers.private_key(unsafe_skip_rsa_key_validation=True))


def framed(body: bytes, label: str = "PRIVATE KEY") -> str:
    """Anything in the frame of a key."""
    return f"-----BEGIN {label}-----\n{base64.b64encode(body).decode()}\n-----END {label}-----\n"


WRONG: list[tuple[Reason, Callable[[], str]]] = [
    ("empty", lambda: " \n"),
    ("too_long", lambda: GOOD + "x" * MAX_PEM),
    ("too_long", lambda: "扣" * 2000),
    ("token", lambda: "pat_" + "a1" * 32),
    ("assertion", lambda: "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2ln"),
    ("fingerprint", lambda: "k" * 43),
    ("no_frame", lambda: "".join(LINES[1:-1])),
    ("not_pem", lambda: "canary"),
    ("not_pem", lambda: framed(b"0" * 40, "SOMETHING ELSE")),
    ("several", lambda: GOOD + GOOD),
    ("several", lambda: certificate() + GOOD),
    ("public_key", lambda: KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()),
    ("public_key", lambda: KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()),
    ("certificate", certificate),
    ("encrypted", lambda: pem(KEY, lock=PASSWORD)),
    ("encrypted", lambda: pem(KEY, PrivateFormat.TraditionalOpenSSL, PASSWORD)),
    ("openssh", lambda: pem(ed25519.Ed25519PrivateKey.generate(), PrivateFormat.OpenSSH)),
    ("other_kind", lambda: pem(ec.generate_private_key(ec.SECP256R1()))),
    ("other_kind", lambda: pem(ec.generate_private_key(ec.SECP256R1()), PrivateFormat.TraditionalOpenSSL)),
    ("other_kind", lambda: pem(ed25519.Ed25519PrivateKey.generate())),
    ("other_kind", lambda: pem(dsa.generate_private_key(1024))),  # noqa: S505 (has to be refused)
    ("cut_off", lambda: GOOD[:600]),
    ("cut_off", lambda: "\n".join([*LINES[:9], LINES[-1]])),
    ("cut_off", lambda: "\n".join([LINES[0], LINES[-1]])),
    ("cut_off", lambda: "\n".join(LINES[5:])),
    ("damaged", lambda: GOOD.replace(LINES[3], LINES[3][::-1])),
    ("damaged", lambda: GOOD.replace(LINES[3], "*" + LINES[3][1:])),
    ("damaged", lambda: framed(b"canary, not a key")),
    ("damaged", lying),
    ("damaged", composite),
    ("too_small", lambda: pem(rsa.generate_private_key(65537, 1024))),  # noqa: S505 (has to be refused)
    ("exponent", lambda: pem(rsa.generate_private_key(3, 2048))),
]


@pytest.fixture(scope="module")
def wrong() -> list[tuple[Reason, str]]:
    """Each wrong kind, made once."""
    return [(reason, make()) for reason, make in WRONG]


@pytest.fixture
async def proof() -> AsyncIterator[KeyProof]:
    """The process that proves keys."""
    proof = KeyProof()
    yield proof
    await proof.close()


async def test_one_named_reason_for_each_wrong_kind_and_no_word_of_it(
    proof: KeyProof, wrong: list[tuple[Reason, str]]
) -> None:
    for reason, text in wrong:
        with pytest.raises(BadKey) as caught:
            await proof.prove(SecretStr(text))
        assert caught.value.reason == reason
        assert caught.value.__context__ is None
        assert str(caught.value) == reason
        with pytest.raises(BadKey, match=reason):  # the operator's own key meets the same rules
            load_key(SecretStr(text))


SHAPES: dict[str, Callable[[str], str]] = {
    "as it came": str,
    "Windows": lambda text: text.replace("\n", "\r\n"),
    "in letters": lambda text: text.replace("\n", "\\n"),
    "one line": lambda text: text.replace("\n", " "),
    "long dashes": lambda text: text.replace("-----", "\u2014\u2014"),
    "one long dash": lambda text: text.replace("-----", "\u2014"),
    "byte order mark": lambda text: "\ufeff" + text,
    "quoted": lambda text: f'  "{text}"\n',
    "words around it": lambda text: f"here you are\n{text}\nthanks",
    "indented": lambda text: text.replace("\n", "\n    "),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_good_key_in_every_shape_that_pasting_gives_it(shape: str, form: PrivateFormat) -> None:
    tidied = tidy(SecretStr(SHAPES[shape](pem(KEY, form))))
    assert tidied.get_secret_value() == pem(KEY, form)
    assert trusted(tidied).private_numbers() == KEY.private_numbers()


async def test_a_proven_key_is_kept_as_it_was(proof: KeyProof) -> None:
    assert (await proof.prove(SecretStr(SHAPES["one line"](GOOD)))).get_secret_value() == GOOD
    assert load_key(SecretStr(GOOD)).private_numbers() == KEY.private_numbers()


async def test_the_longest_key_of_coze_fits() -> None:
    longest = pem(rsa.generate_private_key(65537, 4096)).replace("\n", "\r\n")
    assert len(longest) < MAX_PEM
    assert trusted(tidy(SecretStr(longest))).key_size == 4096


async def test_a_key_that_takes_too_long_costs_the_process_not_the_bot(proof: KeyProof) -> None:
    await proof.prove(SecretStr(GOOD))
    slow = KeyProof(patience=0.0)
    with pytest.raises(BadKey, match="too_slow"):
        await slow.prove(SecretStr(GOOD))
    os.kill(proof._pid, signal.SIGKILL)
    with pytest.raises(BadKey, match="too_slow"):
        await proof.prove(SecretStr(GOOD))
    assert await proof.prove(SecretStr(GOOD)), "a new process takes its place"


async def test_the_loop_goes_on_meanwhile(proof: KeyProof) -> None:
    await proof.prove(SecretStr(GOOD))
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await proof.prove(SecretStr(GOOD))
    counting.cancel()
    assert turns > 50


HOSTILE = ["-" * 4000, "- " * 2000, "-----BEGIN " * 300, "-----BEGIN" + " " * 4000, "\u2014" * 1300, "eyJ." * 1000]


@pytest.mark.parametrize("text", [*HOSTILE, "MII" + "A" * 4000 + "!"])
def test_hostile_text_costs_no_square_of_its_length(text: str) -> None:
    """Twice the text, far less than four times the work; counted in processor time, which nobody else takes."""
    costs = [min(cost(text[: len(text) // part]) for _ in range(5)) for part in (2, 1)]
    assert costs[1] < 3.5 * costs[0] + 0.005


def cost(text: str) -> float:
    """Seconds of this thread's processor time to refuse it."""
    start = time.thread_time()
    with pytest.raises(BadKey):
        tidy(SecretStr(text))
    return time.thread_time() - start


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_has_its_sentence(language: str) -> None:
    reader = Locale("zh" if language == "zh" else "en", "UTC")
    sentences = {key_problem(reason, reader) for reason in get_args(Reason)}
    assert len(sentences) == len(get_args(Reason))
