"""Reads a pasted OAuth assertion (a signed JWT) and names everything about it that Coze would refuse.

Only reads: the signature is not checked, nothing is sent. Rules: Coze's documentation of OAuth JWT
(https://www.coze.cn/open/docs/developer_guides/oauth_jwt), RFC 7515 and RFC 7519.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from .leak import may_be_secret

Level = Literal["fix", "note", "ok"]
Detail = Mapping[str, str | int | bool]

LONGEST_TEXT = 16_384  # characters; a real one has about 700
CLOCK_TOLERANCE = 60  # seconds that `iat` may be ahead
CLOCK_LIMIT = 600  # seconds ahead from which Coze can't be expected to take it
LONGEST_LIFE = 3_600  # seconds; an assertion is used once, minutes are enough
UNIT_SLIP = 30 * 86_400  # seconds; nobody means that long
MILLISECONDS = 10**11  # a moment beyond this is one in milliseconds: as seconds it would be the year 5138
SHORT_JTI = 16  # characters
MOST = 10**12  # keeps numbers within what a text can show

_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")
_FINGERPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
_APP_ID = re.compile(r"[0-9]{1,20}")
_PEM = re.compile(r"-----\s*BEGIN|^\s*MI[IGE][A-Za-z0-9+/\s]{100,}")
_TOKEN = re.compile(r"(?:pat|sat|czs|czu)_")


@dataclass(frozen=True)
class Finding:
    """One thing about the assertion.

    `key`: the field (alg, typ, kid, iss, exp, aud, iat, jti) or "shape" or "pem" for the text as a whole.
    `detail["reason"]` says what is wrong with it; further entries fill the sentence's placeholders.
    """

    key: str
    level: Level
    detail: Detail = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """What is wrong; empty when nothing is."""
        return str(self.detail.get("reason", ""))


@dataclass(frozen=True)
class AssertionReport:
    """All findings. `iss` and `kid` are there only if they look like an app id and a fingerprint."""

    findings: tuple[Finding, ...]
    iss: str | None = None
    kid: str | None = None

    @property
    def ok(self) -> bool:
        """Nothing has to be fixed: the exchange may be tried."""
        return not self.to_fix

    @property
    def to_fix(self) -> tuple[Finding, ...]:
        """What Coze would refuse."""
        return self._of("fix")

    @property
    def to_note(self) -> tuple[Finding, ...]:
        """What may work and should be better."""
        return self._of("note")

    @property
    def fine(self) -> tuple[Finding, ...]:
        """What is as it should be."""
        return self._of("ok")

    def _of(self, level: Level) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == level)


def lint(
    text: str, now: datetime, expected_aud: str, kid: str | None = None, app_id: str | None = None
) -> AssertionReport:
    """Look at a pasted text and report everything at once; never raises for what the text holds.

    `now`: real time, aware. `expected_aud`: the API's host, "api.coze.cn". `kid` and `app_id`: what the person's app
    is known to have, if it is.
    """
    parts = _decode(text)
    if isinstance(parts, Finding):
        return AssertionReport((parts,))
    header, claims, signature = parts
    moment = int(now.timestamp())
    findings = (
        *([] if signature else [_fix("shape", "unsigned")]),
        _alg(header),
        _typ(header),
        _kid(header, kid),
        _iss(claims, app_id),
        *_exp(claims, moment),
        _aud(claims, expected_aud),
        _iat(claims, moment),
        _jti(claims),
    )
    return AssertionReport(
        findings, _matching(claims.get("iss"), _APP_ID), _matching(header.get("kid"), _FINGERPRINT)
    )


def _decode(text: str) -> tuple[dict[str, Any], dict[str, Any], str] | Finding:
    """Header, claims and signature, or why there are none; the signature may be empty."""
    if len(text) > LONGEST_TEXT:
        return _fix("shape", "too_long")
    if _PEM.search(text):
        return _fix("pem", "private" if "PRIVATE" in text else "key")
    text = "".join(text.split()).strip("\"'`").removeprefix("Bearer")
    if not text:
        return _fix("shape", "empty")
    if _TOKEN.match(text):
        return _fix("shape", "access_token")
    segments = text.split(".")
    if len(segments) != 3:
        return _fix("shape", "parts", count=len(segments))
    if not all(_SEGMENT.fullmatch(segment) for segment in segments if segment):
        return _fix("shape", "base64")
    header, claims = _object(segments[0]), _object(segments[1])
    if header is None or claims is None:
        return _fix("shape", "json", part="header" if header is None else "payload")
    return header, claims, segments[2]


def _object(segment: str) -> dict[str, Any] | None:
    """The JSON object in a segment."""
    try:
        value = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _alg(header: dict[str, Any]) -> Finding:
    return _required("alg", header, "RS256")


def _typ(header: dict[str, Any]) -> Finding:
    return _required("typ", header, "JWT")


def _required(key: str, header: dict[str, Any], wanted: str) -> Finding:
    """A field that has one allowed value."""
    value = header.get(key)
    if value is None:
        return _fix(key, "missing", expected=wanted)
    return _ok(key) if value == wanted else _fix(key, "other", value=_shown(value), expected=wanted)


def _kid(header: dict[str, Any], expected: str | None) -> Finding:
    """The public key's fingerprint; what people put there by mistake is not repeated.

    One of an unusual shape that is just what they entered is for Coze to judge.
    """
    value = header.get("kid")
    if value is None or value == "":
        return _fix("kid", "missing")
    if not isinstance(value, str):
        return _fix("kid", "not_text")
    if _PEM.search(value) or "PUBLIC KEY" in value or "PRIVATE KEY" in value:
        return _fix("kid", "pem")
    if not _FINGERPRINT.fullmatch(value):
        level: Level = "note" if value == expected else "fix"
        return Finding("kid", level, {"reason": "shape", "length": len(value)})
    return _fix("kid", "other") if expected is not None and value != expected else _ok("kid")


def _iss(claims: dict[str, Any], expected: str | None) -> Finding:
    """The app's id, digits in a string."""
    value = claims.get("iss")
    if value is None or value == "":
        return _fix("iss", "missing")
    if not isinstance(value, str):
        return _fix("iss", "not_text")
    if not _APP_ID.fullmatch(value):
        return _fix("iss", "not_digits", value=_shown(value))
    if expected is not None and value != expected:
        return _fix("iss", "other", value=value, expected=expected)
    return _ok("iss")


def _aud(claims: dict[str, Any], expected: str) -> Finding:
    """The API's host without scheme."""
    value = claims.get("aud")
    if value == expected:
        return _ok("aud")
    if value is None or value == "":
        return _fix("aud", "missing", expected=expected)
    if not isinstance(value, str):
        return _fix("aud", "not_text", expected=expected)
    host = value.strip().lower().removeprefix("https://").removeprefix("http://").rstrip("/")
    if host != expected and (host == "coze.com" or host.endswith(".coze.com")):
        return _fix("aud", "global", value=_shown(value), expected=expected)
    reason = "scheme" if "://" in value else "other"
    return _fix("aud", reason, value=_shown(value), expected=expected)


def _iat(claims: dict[str, Any], now: int) -> Finding:
    """When it was signed, by the clock of the machine that signed."""
    if problem := _moment_problem("iat", claims):
        return problem
    ahead = claims["iat"] - now
    if ahead <= CLOCK_TOLERANCE:
        return _ok("iat")
    return Finding("iat", "note" if ahead <= CLOCK_LIMIT else "fix", {"reason": "ahead", "seconds": min(ahead, MOST)})


def _exp(claims: dict[str, Any], now: int) -> Iterator[Finding]:
    """When it ends: after `iat`, not over yet, and soon."""
    if problem := _moment_problem("exp", claims):
        yield problem
        return
    exp, start = claims["exp"], now if _moment_problem("iat", claims) else claims["iat"]
    life, good = exp - start, True
    if life <= 0:
        yield _fix("exp", "before_iat")
        return
    if exp <= now:
        good = False
        yield _fix("exp", "passed", seconds=min(now - exp, MOST))
    if life > LONGEST_LIFE:
        slip = life > UNIT_SLIP
        yield Finding(
            "exp",
            "fix" if slip else "note",
            {"reason": "too_long", "seconds": min(life, MOST), "unit_slip": slip},
        )
    elif good:
        yield _ok("exp")


def _moment_problem(key: str, claims: dict[str, Any]) -> Finding | None:
    """Why a claim is no moment in whole Unix seconds."""
    value = claims.get(key)
    if value is None:
        return _fix(key, "missing")
    if isinstance(value, bool) or not isinstance(value, int):
        return _fix(key, "not_integer")
    return _fix(key, "milliseconds") if abs(value) >= MILLISECONDS and abs(value) < MILLISECONDS * 1000 else None


def _jti(claims: dict[str, Any]) -> Finding:
    """The random id that makes it good for one use."""
    value = claims.get("jti")
    if value is None or value == "":
        return _fix("jti", "missing")
    if not isinstance(value, str):
        return _fix("jti", "not_text")
    return (
        _ok("jti") if len(value) >= SHORT_JTI else Finding("jti", "note", {"reason": "short", "length": len(value)})
    )


def _fix(key: str, reason: str, **detail: str | int) -> Finding:
    return Finding(key, "fix", {"reason": reason, **detail})


def _ok(key: str) -> Finding:
    return Finding(key, "ok")


def _matching(value: object, pattern: re.Pattern[str]) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None


def _shown(value: object) -> str:
    """A foreign value in short: printable ASCII, without anything that looks like a key or token."""
    if not isinstance(value, str) or may_be_secret(value):
        return "…"
    shown = "".join(letter if " " <= letter <= "~" else "…" for letter in value[:40])
    return shown + ("…" if len(value) > 40 else "")
