"""Private keys that people hand over: read with suspicion, in a process of their own, once.

What is wrong with one has a name (`Reason`) and is never quoted. Loading a key means proving that its numbers are
primes, which takes up to a second in which nothing else in the process would run, threads included.
"""

import asyncio
import base64
import binascii
import os
import re
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import SecretStr

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

T = TypeVar("T")

Reason = Literal[
    "empty",  # nothing was given
    "too_long",  # more bytes than any key that Coze gives; not even looked at
    "token",  # a Coze token
    "assertion",  # what such a key has signed
    "fingerprint",  # the public key's fingerprint (kid)
    "no_frame",  # the letters of a key without its first and last line
    "not_pem",  # anything else
    "several",  # more than one block
    "public_key",
    "certificate",
    "encrypted",
    "openssh",
    "other_kind",  # elliptic curve, Ed25519, DSA…
    "cut_off",  # the end is missing
    "damaged",
    "too_small",
    "too_big",
    "exponent",  # an unusual public exponent
    "too_slow",  # could not be proven in time
]

MAX_PEM = 4096  # bytes; larger keys take seconds to prove
SMALLEST, LARGEST = 2048, 4096  # bits
EXPONENT = 65537
PATIENCE = 5.0  # seconds of real time for one key

# Text processors make one long dash of several. A run is tried from its first dash alone, and never in parts: else a
# page full of dashes would cost the square of its length.
_DASHES = r"(?<![-\u2010-\u2015\u2212])(?:[-\u2010-\u2015\u2212]{2,}+|[\u2013-\u2015])"
_FRAME = re.compile(rf"{_DASHES}\s{{0,8}}(BEGIN|END) ([A-Z0-9 ]{{1,40}}?)\s{{0,8}}{_DASHES}")
_TOKEN = re.compile(r"(?:pat|sat|czs|czu)_\w+")
_ASSERTION = re.compile(r"eyJ[\w-]*(?:\.[\w-]*)*")
_FINGERPRINT = re.compile(r"[\w-]{43}", re.ASCII)
_BARE = re.compile(r"MII[A-Za-z0-9+/=\s]{100,}")

_PRIVATE = ("PRIVATE KEY", "RSA PRIVATE KEY")
_LABELS: dict[str, Reason] = {
    "ENCRYPTED PRIVATE KEY": "encrypted",
    "OPENSSH PRIVATE KEY": "openssh",
    "EC PRIVATE KEY": "other_kind",
    "EC PARAMETERS": "other_kind",
    "DSA PRIVATE KEY": "other_kind",
    "CERTIFICATE": "certificate",
    "TRUSTED CERTIFICATE": "certificate",
    "X509 CERTIFICATE": "certificate",
    "CERTIFICATE REQUEST": "certificate",
    "NEW CERTIFICATE REQUEST": "certificate",
    "PKCS7": "certificate",
}


class BadKey(ValueError):
    """Not a private key that Coze's OAuth apps have. `reason` names what it is instead."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def tidy(pem: SecretStr) -> SecretStr:
    """The one block in a pasted text, as it was when it was written; not loaded yet. Raises BadKey.

    Takes Windows line ends, `\\n` in letters, long dashes, a byte order mark and lines run together for what they
    were. Quick whatever the text holds.
    """
    text = pem.get_secret_value()
    if len(text) > MAX_PEM or len(text.encode("utf-8", "replace")) > MAX_PEM:
        raise BadKey("too_long")
    text = text.replace("\\r", "\r").replace("\\n", "\n").strip("\ufeff \t\r\n\"'`")
    label, body = _block(text)
    return SecretStr(f"-----BEGIN {label}-----\n{_checked(body)}\n-----END {label}-----\n")


def _block(text: str) -> tuple[str, str]:
    """Label and body of the only block."""
    frames = list(_FRAME.finditer(text))
    begins = [frame for frame in frames if frame[1] == "BEGIN"]
    if not begins:
        raise BadKey("cut_off" if frames else _other(text))
    if len(begins) > 1:
        raise BadKey("several")
    label = begins[0][2]
    if label not in _PRIVATE:
        raise BadKey(_LABELS.get(label, "public_key" if "PUBLIC KEY" in label else "not_pem"))
    end = next((frame for frame in frames if frame[1] == "END" and frame.start() > begins[0].start()), None)
    if end is None or end[2] != label:
        raise BadKey("cut_off")
    return label, text[begins[0].end() : end.start()]


def _other(text: str) -> Reason:
    """What a text is that holds no block."""
    if not text:
        return "empty"
    kinds: tuple[tuple[re.Pattern[str], Reason], ...] = (
        (_TOKEN, "token"),
        (_ASSERTION, "assertion"),
        (_FINGERPRINT, "fingerprint"),
        (_BARE, "no_frame"),
    )
    return next((reason for pattern, reason in kinds if pattern.fullmatch(text)), "not_pem")


def _checked(body: str) -> str:
    """The body in lines of 64, its letters and its length as they have to be."""
    if "ENCRYPTED" in body:
        raise BadKey("encrypted")
    letters = "".join(body.split())
    try:
        der = base64.b64decode(letters, validate=True)
    except (binascii.Error, ValueError):
        der = b""
    if not der:
        raise BadKey("damaged" if letters else "cut_off")
    if missing := _missing(der):
        raise BadKey("cut_off" if missing > 0 else "damaged")
    return "\n".join(letters[start : start + 64] for start in range(0, len(letters), 64))


def _missing(der: bytes) -> int:
    """How many bytes less there are than the outermost length says (X.690 §8.1.3)."""
    if len(der) < 4 or der[0] != 0x30:
        return -1
    if der[1] < 0x80:
        return 2 + der[1] - len(der)
    count = der[1] & 0x7F
    return 2 + count + int.from_bytes(der[2 : 2 + count]) - len(der)


def trusted(pem: SecretStr) -> RSAPrivateKey:
    """A key that was proven before, in a tenth of a millisecond. Raises BadKey for what is no such key at all."""
    verdict = _kind(pem.get_secret_value().encode())
    if not isinstance(verdict, RSAPrivateKey):
        raise BadKey(verdict)
    return verdict


def load_key(pem: SecretStr) -> RSAPrivateKey:
    """Prove and load a key in this process. Raises BadKey.

    Takes up to a second in which nothing else runs: for the operator's own key at start.
    """
    tidied = tidy(pem)
    if reason := _verdict(tidied.get_secret_value()):
        raise BadKey(reason)
    return trusted(tidied)


def _kind(pem: bytes) -> RSAPrivateKey | Reason:
    """The key, its numbers unproven, or why Coze can't have given it."""
    try:
        key = load_pem_private_key(pem, None, unsafe_skip_rsa_key_validation=True)
    except TypeError:
        return "encrypted"
    except UnsupportedAlgorithm:
        return "other_kind"
    except ValueError:
        return "damaged"
    if not isinstance(key, RSAPrivateKey):
        return "other_kind"
    if not SMALLEST <= key.key_size <= LARGEST:
        return "too_small" if key.key_size < SMALLEST else "too_big"
    return key if key.public_key().public_numbers().e == EXPONENT else "exponent"


def _verdict(pem: str) -> Reason | None:
    """What is wrong with a tidied key; None proves it."""
    kind = _kind(pem.encode())
    if not isinstance(kind, RSAPrivateKey):
        return kind
    if not _adds_up(kind):
        return "damaged"
    try:
        load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "damaged"
    return None


def _adds_up(key: RSAPrivateKey) -> bool:
    """Whether the numbers belong together (RFC 8017 §3.2): tells most damaged keys before any prime is tried."""
    numbers = key.private_numbers()
    p, q, d = numbers.p, numbers.q, numbers.d
    if min(p, q) < 3 or p * q != numbers.public_numbers.n:
        return False
    whole = d * numbers.public_numbers.e - 1
    parts = numbers.dmp1 == d % (p - 1) and numbers.dmq1 == d % (q - 1) and numbers.iqmp * q % p == 1
    return parts and whole % (p - 1) == 0 and whole % (q - 1) == 0


class KeyProof:
    """Proves keys in one process of its own, started when the first one comes.

    A key that takes longer than `patience` seconds of real time costs that process its life, not ours.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._pool: ProcessPoolExecutor | None = None
        self._one = asyncio.Lock()

    async def prove(self, pem: SecretStr) -> SecretStr:
        """The key as it may be kept, tidied and proven: `trusted` loads it. Raises BadKey."""
        tidied = tidy(pem)
        async with self._one:  # the time limit is for the work, not for the queue
            try:
                reason = await self._run(_verdict, tidied.get_secret_value())
            except (TimeoutError, BrokenExecutor):
                self._kill()
                reason = "too_slow"
        if reason:
            raise BadKey(reason)
        return tidied

    async def close(self) -> None:
        """End the process."""
        self._kill()

    async def _run(self, job: Callable[[str], T], text: str) -> T:
        loop = asyncio.get_running_loop()
        if self._pool is None:
            # Only now: most bots never see a key, and these cost every start their time.
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            pool = ProcessPoolExecutor(1, get_context("spawn"), _settle)
            self._pid = await loop.run_in_executor(pool, os.getpid)
            self._pool = pool
        async with asyncio.timeout(self._patience):
            return await loop.run_in_executor(self._pool, job, text)

    def _kill(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGTERM)
            self._pool = None


def _settle() -> None:
    """In the new process: Ctrl-C is for the bot alone, and without the bot there is nothing to live for."""
    from multiprocessing import parent_process

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if (parent := parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    from multiprocessing import connection

    connection.wait([sentinel])
    os._exit(0)
