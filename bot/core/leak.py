"""Leak: what looks like a secret in something that was typed, however it was cut up or spelt.

Tokens of Coze and of Slack, private keys with and without their first line, signed assertions, what follows `Bearer`
or a telling name, addresses of one-time pages. Blanks and invisible signs within, full-width letters and percent
signs do not hide it. Public keys are no secret.
"""

import base64
import itertools
import re
import unicodedata
from collections.abc import Iterator
from typing import Literal
from urllib.parse import unquote

SecretKind = Literal["key", "assertion", "token", "other", "link"]
"""The gravest first. `token` is one of Coze, `other` is anybody's, `link` is the address of a one-time page."""

SHORTEST = 12  # characters: nothing shorter is a secret that can be told by its looks
MOST = 60_000  # characters that are looked at, once the text is spelt plainly: some signs stand for many
HIDDEN = "…"

_DASHES = {**dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2212\ufe63"), "-")}
_DASHES |= dict.fromkeys(map(ord, "\u2013\u2014\u2015"), "--")  # text processors make one long dash of several
_UNSEEN = {*"\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164"}  # letters without ink
_BLANKS = re.compile(r"\s+|\\[nrt]")  # also as they stand in JSON
_SIGNS = re.compile(r"[^A-Za-z0-9_]+")

# No pattern scans on and then fails: that would cost the square of the length on hostile lines.
_PUBLIC = re.compile(
    r"--\s*BEGIN (?:[A-Z0-9]+ ){0,2}(?:PUBLIC KEY|CERTIFICATE)-*(?:(?!--\s*(?:BEGIN|END)).)*"
    r"|(?:ssh|ecdsa)-[a-z0-9-]{3,30} AAAA[A-Za-z0-9+/=]+",
    re.DOTALL,
)
_ADDRESS = re.compile(r"https?://[^\s<>|]+")
_FIRST_LINE = re.compile(r"--\s*BEGIN ?(?:[A-Z0-9]+ ?){0,3}PRIVATE ?KEY", re.IGNORECASE)
_BODY = re.compile(  # the version that begins a private key of PKCS #1, PKCS #8 and SEC 1 (RFC 8017, 5958, 5915)
    r"(?:MII[A-Za-z0-9+/]{2}[AQgw]IBA[A-P]|MIG[A-Za-z0-9+/]AgE[AB]|M[A-Za-z0-9+/]{2}CAQ[AE])[A-Za-z0-9+/]{20}"
    r"|b3BlbnNzaC1rZXktdjE|LS0tLS1CRUdJTi(?!BQVUJM|BD)[A-Za-z0-9+/]{10}"  # OpenSSH's, and a file in base64 once more
)
_TOKEN = re.compile(r"(?:pat|sat|czs|czu)_[A-Za-z0-9]{16}")
_TOKEN_JOINED = re.compile(r"(?:pat|sat|czs|czu)_([A-Za-z0-9]{24,})")
_SLACK = re.compile(r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-([A-Za-z0-9-]{8,})")
_HOOK = re.compile(r"hooks\.slack\.com[/|][a-z]+[/|][A-Za-z0-9/|]{10}")
_BEARER = re.compile(r"bearer\s*([A-Za-z0-9._~+/=-]{16,})", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:access|refresh|session|api|client|secret|private|auth)[ _-]?(?:token|key|secret)[^A-Za-z0-9]{1,4}"
    r"([A-Za-z0-9._~+/=-]{16,})",
    re.IGNORECASE,
)
_LINK = re.compile(r"[/|]once[/|][A-Za-z0-9_-]{20}")
_RUN = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_DOTTED = re.compile(r"[A-Za-z0-9_.-]{24,}")
_HEADER = re.compile(r"eyJ|eyA|ewo|ew0")  # how a JSON object begins in base64, with blanks and line ends or without

_BEGINNING = re.compile(r"(?:pat|sat|czs|czu)_[A-Za-z0-9]|--\s*BEGIN|eyJ[A-Za-z0-9]|MI[IG][A-Za-z0-9+/]{12}")

_LONG_RUN = 48  # letters that make no word; a fingerprint, which is no secret, has 43
_LONG_JOINED = 64
_KEY_RUN = 200  # letters of base64: a part of a key's text, whichever
_NO_WORDS = 0.42  # changes between small letters, capitals and digits, per character
_ENOUGH = 400  # letters of a run that tell what the others are


def secret_kind(text: str) -> SecretKind | None:
    """What kind of secret the text holds, the gravest first; None for none."""
    if len(text) < SHORTEST:
        return None
    found = {kind for spelt, is_joined in _spellings(text) for kind in _kinds(spelt, is_joined=is_joined)}
    order: tuple[SecretKind, ...] = ("key", "assertion", "token", "other", "link")
    return next((kind for kind in order if kind in found), None)


def may_be_secret(text: str) -> bool:
    """Whether a text is better not repeated: a secret, the beginning of one, letters and digits that make no word."""
    if _BEGINNING.search(text) or secret_kind(text):
        return True
    return any(_is_mixed(run[0], 0.15) for run in _RUN.finditer(text))


def masked(name: str) -> str:
    """A name that somebody gave a thing elsewhere, or `HIDDEN` in the place of one that holds a secret."""
    return HIDDEN if secret_kind(name) else name


def _spellings(text: str) -> Iterator[tuple[str, bool]]:
    """The text in plain letters, and the same with nothing between them; whether it is joined.

    An address is cut at its slashes, which in base64 are letters.
    """
    plain = text if text.isascii() else _plain(text)
    decoded = unquote(unquote(plain)) if "%" in plain else plain
    for spelt in {plain[:MOST], decoded[:MOST]}:
        kept = _ADDRESS.sub(lambda found: found[0].replace("/", "|"), _PUBLIC.sub(" ", spelt))
        joined = _BLANKS.sub("", kept)
        yield kept, False
        yield from ((text, True) for text in {joined, _SIGNS.sub("", joined)} - {kept})


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)[:MOST].translate(_DASHES)
    return "".join(sign for sign in text if not _is_unseen(sign))


def _is_unseen(sign: str) -> bool:
    if sign.isascii():
        return False
    return sign in _UNSEEN or unicodedata.category(sign) in ("Cf", "Mn", "Me")


def _kinds(text: str, *, is_joined: bool) -> Iterator[SecretKind]:
    if _FIRST_LINE.search(text) or _BODY.search(text):
        yield "key"
    if any(_is_assertion(run[0]) for run in _DOTTED.finditer(text)):
        yield "assertion"
    if _is_token(text, is_joined=is_joined):
        yield "token"
    yield from _runs(text, is_joined=is_joined)
    if _HOOK.search(text) or _is_others(text, is_joined=is_joined):
        yield "other"
    if _LINK.search(text):
        yield "link"


def _is_assertion(run: str) -> bool:
    """Two neighbouring segments of a JWT: its header, with or without something before it, and what follows."""
    parts = run.split(".")
    return any(
        len(following) >= 8 and any(_is_json(part[head.start() :][:24]) for head in _HEADER.finditer(part))
        for part, following in itertools.pairwise(parts)
    )


def _is_json(head: str) -> bool:
    """Whether this is the beginning of an object in base64."""
    if len(head) < SHORTEST - 1:
        return False
    text = base64.urlsafe_b64decode(head[: len(head) // 4 * 4])
    return b'"' in text and all(sign in b"\t\n\r" or 0x20 <= sign < 0x7F for sign in text)


def _is_token(text: str, *, is_joined: bool) -> bool:
    if not is_joined:
        return _TOKEN.search(text) is not None
    return any(_is_mixed(run[1], 0.25) for run in _TOKEN_JOINED.finditer(text))


def _is_others(text: str, *, is_joined: bool) -> bool:
    """A token of Slack, or what follows `Bearer` or a telling name."""
    if any(sum(sign.isdigit() for sign in run[1]) >= 3 for run in _SLACK.finditer(text)):
        return True
    rate = 0.3 if is_joined else 0.15
    return any(_is_mixed(run[1], rate) for pattern in (_BEARER, _NAMED) for run in pattern.finditer(text))


def _runs(text: str, *, is_joined: bool) -> Iterator[SecretKind]:
    """Letters and digits that make no word: a token without its prefix, a line of a key, most of a key."""
    shortest = _LONG_JOINED if is_joined else _LONG_RUN
    for run in _RUN.findall(text):
        if len(run) >= shortest and _is_random(run) and not _is_public(run):
            yield "key" if len(run) >= _KEY_RUN else "other"


def _is_random(run: str) -> bool:
    """Small letters, capitals and digits in any order; rows of names have no two capitals side by side."""
    kinds = _kinds_of(run)
    pairs = sum(one == two == "upper" for one, two in itertools.pairwise(kinds))
    return _is_mixed(run, 0.35) and "lower" in kinds and kinds.count("digit") >= 2 and pairs > len(kinds) * 0.012


def _is_mixed(run: str, rate: float) -> bool:
    """Whether letters and digits alternate more often than words and dates do: `rate` is per character.

    Capitals alternate as often in no row of words.
    """
    kinds = _kinds_of(run)
    changes = sum(one != two for one, two in itertools.pairwise(kinds)) / max(len(kinds), 1)
    return changes >= _NO_WORDS or (kinds.count("digit") >= 2 and len(set(kinds)) >= 2 and changes >= rate)


def _kinds_of(run: str) -> list[str]:
    return [_kind_of(sign) for sign in run[:_ENOUGH] if sign.isalnum()]


def _kind_of(sign: str) -> str:
    return "digit" if sign.isdigit() else "upper" if sign.isupper() else "lower"


def _is_public(run: str) -> bool:
    """A public key or certificate without its first line: it begins with a sequence, a private key with a number."""
    if run.startswith("AAAA"):  # ssh-rsa and the like
        return True
    try:
        head = base64.b64decode(run[:16])
    except ValueError:
        return False
    start = 2 + (head[1] & 0x7F if head[1] & 0x80 else 0)
    return head[0] == 0x30 and start < len(head) and head[start] == 0x30
