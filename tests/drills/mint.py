"""Secrets for drills: of every kind, in every shape in which somebody may type them."""

import base64
import json
import random
import re
import string
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

LETTERS = string.ascii_letters + string.digits
NEEDLE = 14  # letters of a secret that are looked for


@dataclass(frozen=True)
class Canary:
    """A secret as it is typed at a place; `needle` is a part that nothing else holds."""

    place: str
    text: str
    needle: str


class Mint:
    """Makes secrets that nobody else has, in all shapes."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice

    def at(self, place: str, *, plain: bool = False) -> Canary:
        """One for this place."""
        core = self._letters(64)
        text = self._dice.choice((self._coze, self._coze, self._coze, self._slack, self._key, self._body, self._jwt))(
            core
        )
        shape = (lambda each: each) if plain else self._dice.choice(SHAPES)
        said = shape(text) if plain or self._dice.random() < 0.5 else f"看看 {shape(text)} 谢谢"
        return Canary(place, said, fold(text[-40:])[:NEEDLE])

    def token(self, place: str) -> Canary:
        """One that a field for tokens takes: Coze does not know it."""
        text = f"pat_{self._letters(64)}"
        return Canary(place, text, fold(text[-40:])[:NEEDLE])

    def _letters(self, count: int) -> str:
        return "".join(self._dice.choice(LETTERS) for _ in range(count))

    def _coze(self, core: str) -> str:
        return f"{self._dice.choice(('pat', 'sat', 'czs', 'czu'))}_{core}"

    def _slack(self, core: str) -> str:
        return f"xoxb-{self._dice.randrange(10**11)}-{core[:24]}x{core[24:48]}"

    def _key(self, core: str) -> str:
        return f"-----BEGIN PRIVATE KEY-----\n{self._body(core)}\n-----END PRIVATE KEY-----"[
            : -len("\n-----END PRIVATE KEY-----")
        ]

    def _body(self, core: str) -> str:
        return f"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ{self._letters(200)}{core}"

    def _jwt(self, core: str) -> str:
        claims = base64.urlsafe_b64encode(json.dumps({"iss": core[:20], "exp": 1}).encode()).decode().rstrip("=")
        return f"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.{claims}.{core}"


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def _torn(sign: str, length: int) -> Callable[[str], str]:
    return lambda text: sign.join(text[start : start + length] for start in range(0, len(text), length))


def _percent(text: str) -> str:
    return "".join(f"%{ord(sign):02X}" for sign in text)


SHAPES: tuple[Callable[[str], str], ...] = (
    *(lambda text: text, lambda text: text, _wide, _percent, _torn(" ", 9), _torn("\n", 13)),
    *(_torn("\u200b", 7), _torn("\u3000", 11), _torn(" ", 1)),
)


def fold(text: str) -> str:
    """Only the letters and digits, as they read, so that no shape hides a secret from us."""
    plain = unicodedata.normalize("NFKC", unquote(text))
    return re.sub(r"[^a-z0-9]", "", plain.lower())
