"""What a single value must be. Each check raises ValueError with a sentence that never holds the value."""

import base64
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.texts.catalogue import catalogues

_UNSEEN = r"[\s\x00-\x1f\x7f\u00ad\u200b-\u200f\u2060\ufeff]"
_AROUND = re.compile(rf"\A{_UNSEEN}+|{_UNSEEN}+\Z")
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"
_LISTS = frozenset({"admin_users", "deputy_users", "credential_keys"})
"""What may go over several lines."""

_PLAIN = re.compile(r"[!#-&(-_a-~]+")  # what is seen in ASCII, without quotation marks
_NOT_PLAIN = "is cut off, or holds a blank, a quotation mark or a letter that it can't have: copy it anew."
_KEY_BYTES = 16_384  # far above any RSA key in PEM
_CREDENTIAL_KEY_BYTES = 32
_TOKENS = {"xoxb-": "a bot token", "xapp-": "an app-level token", "xoxp-": "a user token", "xoxe": "a rotating token"}


def trimmed(values: Mapping[str, Any]) -> dict[str, Any]:
    """What stands around a value is not part of it: the end of its line, a byte order mark. Nothing is unset."""
    tidy = {name: _AROUND.sub("", each) if isinstance(each, str) else each for name, each in values.items()}
    return {name: each for name, each in tidy.items() if each != ""}


def odd(values: Mapping[str, Any]) -> dict[str, str]:
    """What no value of any setting can be, by its name: in quotation marks, of several lines, with unseen letters."""
    return {name: why for name, each in values.items() if isinstance(each, str) and (why := _odd(name, each))}


def _odd(name: str, text: str) -> str:
    if len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES:
        return "stands in quotation marks: write it without them."
    kept = re.sub(r"[\r\n\t]", "", text) if name in _LISTS else text
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp") for letter in kept):
        return "holds the end of a line or another letter that can't be seen: write it anew, in one line."
    return ""


def plain(text: str) -> str:
    """A name that Coze has given."""
    if not _PLAIN.fullmatch(text):
        raise ValueError(_NOT_PLAIN)
    return text


def slack_token(prefix: str) -> Callable[[SecretStr], SecretStr]:
    """A token of Slack's that begins so."""

    def check(token: SecretStr) -> SecretStr:
        text = token.get_secret_value()
        if text.startswith(prefix):
            plain(text[len(prefix) :])
            return token
        found = next((f"holds {name} ({start}…)" for start, name in _TOKENS.items() if text.startswith(start)), None)
        raise ValueError(f"{found or 'holds something else'}; it must be {_TOKENS[prefix]}, which begins {prefix}.")

    return check


def signing_secret(secret: SecretStr) -> SecretStr:
    """Slack's signing secret."""
    if secret.get_secret_value().startswith(tuple(_TOKENS)):
        raise ValueError("holds a token; it must be the signing secret of Basic Information.")
    plain(secret.get_secret_value())
    return secret


def coze_token(token: SecretStr) -> SecretStr:
    """A PAT or SAT."""
    if not token.get_secret_value().startswith(("pat_", "sat_")):
        raise ValueError("must be a personal or service access token of Coze, which begins pat_ or sat_.")
    plain(token.get_secret_value()[len("pat_") :])
    return token


def client_id(text: str) -> str:
    """The name of an OAuth app."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", text):
        raise ValueError("must be the client ID of an OAuth app on Coze, such as 30367….app.coze.")
    return text


def slack_id(letters: str, what: str) -> Callable[[str], str]:
    """One of Slack's IDs, which begins with one of these letters."""

    def check(text: str) -> str:
        if not re.fullmatch(f"[{letters}][A-Z0-9]{{1,20}}", text):
            raise ValueError(f"must be the ID of {what}, which begins {' or '.join(letters)}, not a name.")
        return text

    return check


LANGUAGES = " or ".join(catalogues())


def language(text: str) -> str:
    """One that the bot speaks."""
    if text not in catalogues():
        raise ValueError(f"must be {LANGUAGES}.")
    return text


def end_of_token(text: str) -> str:
    """A date, or never."""
    if text.casefold() == "never":
        return "never"
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("must be a date such as 2026-12-31, or never.") from None


def zone(name: str) -> str:
    """A zone that the machine or tzdata knows."""
    try:
        return ZoneInfo(name).key  # asking for all the names there are would read two thousand files
    except (ValueError, KeyError, OSError):
        raise ValueError("must be the name of a time zone such as Asia/Shanghai.") from None


def key_file(path: Path) -> Path:
    """A file that holds a private key; whether it is one of use is seen when it is loaded."""
    try:
        with path.open("rb") as file:
            text = file.read(_KEY_BYTES)
    except OSError as error:
        raise ValueError(f"can't be read ({error.strerror}): give the path of the private key's PEM file.") from None
    if b"PRIVATE KEY-----" not in text:
        raise ValueError("holds no private key in PEM form: take the .pem file that Coze gave for the OAuth app.")
    return path


def credential_keys(keys: SecretStr) -> SecretStr:
    """name:key, several separated by commas."""
    entries = [entry.strip().partition(":") for entry in keys.get_secret_value().split(",")]
    for name, _, written in entries:
        try:
            right = len(base64.b64decode(written, validate=True)) == _CREDENTIAL_KEY_BYTES
        except ValueError:
            right = False
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,20}", name) or not right:
            raise ValueError("must be name:key, the key being 32 random bytes in base64 (openssl rand -base64 32).")
    if len({name for name, _, _ in entries}) < len(entries):
        raise ValueError("has two keys of the same name.")
    return keys


def guide_folder(path: Path) -> Path:
    """A folder; what is in it is read later."""
    try:
        next(path.iterdir(), None)
    except OSError as error:
        raise ValueError(
            f"must be a folder to read from ({error.strerror}); make it, or leave the setting out."
        ) from None
    return path


def parts(text: Any) -> Any:
    """What is separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


def upper(text: Any) -> Any:
    """In capitals."""
    return text.upper() if isinstance(text, str) else text


_TECHNICAL = {
    "a valid boolean, unable to interpret input": "yes or no",
    "a valid integer, unable to parse string as an integer": "a whole number",
    "Unable to parse input string as an integer, exceeded maximum size": "must be a whole number",
    "a valid number, unable to parse string as a number": "a number",
}


def sentence(message: str) -> str:
    """What pydantic says, as a sentence behind the name of a setting."""
    text = message.removeprefix("Value error, ")
    for technical, plain in _TECHNICAL.items():
        text = text.replace(technical, plain)
    return text.replace("Input should be", "must be").rstrip(".") + "."
