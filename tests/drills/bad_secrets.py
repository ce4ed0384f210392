"""Bad keys and assertions by the thousand: one named reason for each, not a word of it, and the loop goes on.

`python -m tests.drills.bad_secrets --count N --seed S` runs it by hand. Each text is made from a good one by cutting,
swapping, wrapping and the like, or is of a wrong kind altogether; every third is an assertion.
"""

import argparse
import asyncio
import base64
import json
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import get_args

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from pydantic import SecretStr

from bot.clock import utc_now
from bot.core.assertion import lint
from bot.coze.keys import BadKey, KeyProof, Reason
from bot.coze.tokens import Signer
from bot.texts.keys import key_problem
from bot.texts.locale import Locale

SLOWEST, BLOCKED = 0.350, 0.050  # seconds: the 99th percentile of an answer, and the longest stall of the loop
ECHO = 12  # letters of somebody's text in a row that no answer may hold
HOST = "api.coze.cn"
PLAIN = NoEncryption()


@dataclass
class Tally:
    """What came of it."""

    seed: int
    reasons: Counter[str] = field(default_factory=Counter)
    unnamed: list[str] = field(default_factory=list)
    echoed: int = 0
    seconds: list[float] = field(default_factory=list)
    stalls: list[float] = field(default_factory=list)
    idle: float = 0.0  # seconds: the longest stall while nothing was asked

    @property
    def p99(self) -> float:
        """Seconds within which 99 of 100 were answered."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]

    def __str__(self) -> str:
        kinds = ", ".join(f"{name} {count}" for name, count in self.reasons.most_common())
        return (
            f"seed {self.seed}: {len(self.seconds)} texts, unnamed {len(self.unnamed)}, echoed {self.echoed}, "
            f"p99 {self.p99 * 1000:.0f} ms, longest stall {max(self.stalls) * 1000:.0f} ms "
            f"(idle {self.idle * 1000:.0f} ms)\n  {kinds}"
        )


class Maker:
    """Makes bad texts, the same ones for the same seed but for the keys themselves."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._key = rsa.generate_private_key(65537, 2048)
        self._good = _pem(self._key)
        self._other = [
            _pem(ec.generate_private_key(ec.SECP256R1())),
            _pem(ed25519.Ed25519PrivateKey.generate()),
            _pem(rsa.generate_private_key(65537, 1024)),  # noqa: S505 (has to be refused)
            _pem(rsa.generate_private_key(3, 2048)),
            self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode(),
            self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            self._key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, PLAIN).decode(),
        ]
        self._signer = Signer("1133557799", "k" * 43, self._key, HOST)
        self._ways: list[Callable[[], str]] = [
            self._cut, self._cut_whole, self._flip, self._swap_lines, self._drop_line, self._wrong_letters,
            self._wrong_kind, self._doubled, self._noise, self._framed_noise, self._bare, self._too_long,
        ]  # fmt: skip

    def key(self) -> str:
        """A text that is no key of Coze's."""
        return self._dice.choice(self._ways)()

    def assertion(self) -> str:
        """A text that Coze would not take for an assertion."""
        way = self._dice.choice([self._cut_token, self._bad_claim, self._noise, self._good_key, self._bad_header])
        return way()

    def _cut(self) -> str:
        return self._good[: self._dice.randrange(30, len(self._good) - 30)]

    def _cut_whole(self) -> str:
        lines = self._good.splitlines()
        return "\n".join([*lines[: self._dice.randrange(1, len(lines) - 2)], lines[-1]])

    def _flip(self) -> str:
        """Another letter in the key's numbers: a whole key, but not of primes."""
        at = self._dice.randrange(300, len(self._good) - 200)
        letter = "A" if self._good[at] != "A" else "B"
        return self._good[:at] + letter + self._good[at + 1 :] if self._good[at] != "\n" else self._flip()

    def _swap_lines(self) -> str:
        lines = self._good.splitlines()
        one, two = self._dice.sample(range(1, len(lines) - 2), 2)
        lines[one], lines[two] = lines[two], lines[one]
        return "\n".join(lines)

    def _drop_line(self) -> str:
        lines = self._good.splitlines()
        del lines[self._dice.randrange(1, len(lines) - 1)]
        return "\n".join(lines)

    def _wrong_letters(self) -> str:
        at = self._dice.randrange(40, len(self._good) - 40)
        return self._good[:at] + self._dice.choice("!*…é扣\x00") + self._good[at:]

    def _wrong_kind(self) -> str:
        return self._dice.choice(self._other)

    def _doubled(self) -> str:
        return self._good + self._dice.choice([self._good, *self._other])

    def _noise(self) -> str:
        letters = "abcXYZ019+/=-_. \n扣“”—"
        return "".join(self._dice.choices(letters, k=self._dice.randrange(0, 600)))

    def _framed_noise(self) -> str:
        body = base64.b64encode(self._dice.randbytes(self._dice.randrange(1, 1500))).decode()
        return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"

    def _bare(self) -> str:
        return "".join(self._good.splitlines()[1:-1])

    def _too_long(self) -> str:
        return self._good + "x" * self._dice.randrange(4096, 20_000)

    def _good_key(self) -> str:
        return self._good

    def _cut_token(self) -> str:
        whole = self._signer.assertion().get_secret_value()
        return whole[: self._dice.randrange(1, len(whole.rpartition(".")[0]))]

    def _bad_claim(self) -> str:
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": "1",
            "aud": HOST,
            "iat": now,
            "exp": now + 600,
            "jti": secrets.token_hex(24),
        }
        wrong: list[object] = [None, "", 3.5, -1, [], "https://api.coze.cn", now + 10**9, now * 1000]
        claims[self._dice.choice(["aud", "iat", "exp"])] = self._dice.choice(wrong)
        return _token({"alg": "RS256", "typ": "JWT", "kid": "k" * 43}, claims)

    def _bad_header(self) -> str:
        header = {"alg": "RS256", "typ": "JWT", "kid": "k" * 43}
        header[self._dice.choice([*header])] = self._dice.choice(["none", "HS256", "", GOOD_LOOKING])
        return _token(header, {"iss": "1", "aud": HOST, "iat": 1, "exp": 2, "jti": "j" * 40})


GOOD_LOOKING = "-----BEGIN PUBLIC KEY----- MIIBIjANBgkqh"


def _pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, PLAIN).decode()


def _token(header: object, claims: object) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims)]
    return ".".join([*parts, "c2lnbmF0dXJl"])


async def drill(count: int, seed: int) -> Tally:
    """So many bad texts, one after the other."""
    tally, maker = Tally(seed), Maker(random.Random(seed))  # noqa: S311 (a drill)
    proof = KeyProof()
    with_process = SecretStr(maker._good)
    await proof.prove(with_process)  # its process is started by the first key, whoever brings it
    ticking = asyncio.create_task(_tick(tally))
    await asyncio.sleep(count / 500)
    tally.idle = max(tally.stalls, default=0.0)
    tally.stalls.clear()
    for number in range(count):
        text = maker.assertion() if number % 3 == 2 else maker.key()
        await asyncio.sleep(0)
        start = time.perf_counter()
        told = _read_assertion(text, tally) if number % 3 == 2 else await _read_key(proof, text, tally)
        tally.seconds.append(time.perf_counter() - start)
        tally.echoed += _echoes(text, told)
    ticking.cancel()
    await proof.close()
    return tally


async def _tick(tally: Tally) -> None:
    while True:
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        tally.stalls.append(time.perf_counter() - start - 0.001)


async def _read_key(proof: KeyProof, text: str, tally: Tally) -> str:
    """What its owner is told."""
    try:
        await proof.prove(SecretStr(text))
    except BadKey as bad:
        tally.reasons[f"key:{bad.reason}"] += 1
        if bad.reason not in get_args(Reason):
            tally.unnamed.append(bad.reason)
        return key_problem(bad.reason, Locale("en", "UTC")) + repr(bad) + repr(bad.__context__)
    tally.unnamed.append("taken for a good key")
    return ""


def _read_assertion(text: str, tally: Tally) -> str:
    """All that the report says."""
    report = lint(text, utc_now(), HOST)
    if not report.to_fix:
        tally.unnamed.append("taken for a good assertion")
    else:
        first = report.to_fix[0]
        tally.reasons[f"assertion:{first.key}"] += 1
    return repr([finding.detail for finding in report.findings])


def _echoes(text: str, told: str) -> bool:
    """Whether what was told repeats letters that only the text can have brought."""
    pieces = (text[start : start + ECHO] for start in range(0, max(0, len(text) - ECHO), ECHO))
    return any(piece in told for piece in pieces if piece.isalnum())


def main() -> None:
    """From the command line; 1 when a bound is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.bad_secrets", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    tally = asyncio.run(drill(given.count, given.seed))
    print(tally)
    good = not tally.unnamed and not tally.echoed and tally.p99 <= SLOWEST and max(tally.stalls) <= BLOCKED
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
