"""The addresses of web servers and of the database, and Coze's numbers, which people look up in addresses."""

import ipaddress
import re
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr

LARGEST_PORT = 65_535
_ESCAPED = "In a user name or password @ is written %40, : is %3A, / is %2F and % is %25."


def url(text: str) -> str:
    """One of the web, without a slash at its end. Raises ValueError."""
    try:
        parts = urlsplit(text)
        plain = not (parts.username or parts.password or parts.query or parts.fragment)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        plain = whole = False
    if not (plain and whole) or re.search(r"[\s\\\"'<>]", text):
        raise ValueError("must be an address such as https://example.com, without user, query or fragment.")
    return text.rstrip("/")


def origin(text: str) -> str:
    """One without a path: the bot's pages stand at its top. Raises ValueError."""
    if urlsplit(text := url(text)).path:
        raise ValueError("must be an address such as https://example.com, without a path behind it.")
    return text


def _bind(text: str) -> str:
    """An address of this machine to listen on. Raises ValueError."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("must be an address such as 0.0.0.0, 127.0.0.1 or ::, without a port or brackets.") from None


Bind = Annotated[
    Annotated[str, AfterValidator(_bind)],
    Field(
        description="The address of this machine on which PORT and METRICS_PORT are: 127.0.0.1 behind a proxy of the "
        "same machine; :: for IPv6 and IPv4."
    ),
]


def database(url: SecretStr) -> SecretStr:
    """The address. Raises ValueError with nothing of it."""
    scheme, _, rest = url.get_secret_value().partition("://")
    if (
        not re.fullmatch(r"sqlite(\+aiosqlite)?|postgres(ql)?(\+psycopg)?", scheme)
        or "://" not in url.get_secret_value()
    ):
        raise ValueError("must begin sqlite:/// or postgresql://.")
    if scheme.startswith("postgres"):
        _check(*rest.partition("?")[0].partition("/")[::2])
    else:
        _check_file(rest)
    return url


def workspace(number: str) -> str:
    """A workspace's number on Coze. Raises ValueError."""
    if found := re.search(r"/(?:space|w)/([0-9]{1,24})(?![0-9])", number):
        raise ValueError(f"must be the number alone: {found[1]}, which is in that address after /space/ or /w/.")
    return _number(number, "the number in the workspace's address on Coze after /space/ or /w/.")


def connector(number: str) -> str:
    """A channel's number on Coze. Raises ValueError."""
    return _number(number, "the number that Coze shows beside the channel, about 19 digits.")


def _number(text: str, which: str) -> str:
    if not re.fullmatch(r"[0-9]{1,24}", text):
        raise ValueError(f"must be {which}")
    return text


def _check_file(path: str) -> None:
    """Raises ValueError where it names no file that a database can be in."""
    where = path[1:].partition("?")[0]
    if not path.startswith("/") or not where.strip("/") or where == ":memory:":
        raise ValueError("names no file: sqlite:///concierge.db is one in the working directory.")
    if "?" in path:
        raise ValueError("has options behind a ?, which a file of SQLite can't have here: leave them out.")
    if not unquote(where).isprintable():
        raise ValueError("names a file with letters that can't be seen: write it anew.")


def _check(address: str, name: str) -> None:
    """user:password@host:port and the database's name. Raises ValueError where a part holds what ends another one."""
    who, _, where = address.rpartition("@")
    if not re.fullmatch(r"[!-~]*", address + name) or "\0" in unquote(who):
        raise ValueError(f"holds a blank or a letter that is not ASCII. {_ESCAPED}")
    if "@" in who or "@" in name or who.count(":") > 1 or re.search("%(?![0-9A-Fa-f]{2})", who):
        raise ValueError(_ESCAPED)
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(:[0-9]{1,5})?", where):
        raise ValueError(f"has no host and port of the form host:5432. {_ESCAPED}")
    port = where.rpartition(":")[2]
    if ":" in where and not where.endswith("]") and not 0 < int(port) <= LARGEST_PORT:
        raise ValueError(f"has a port that is none: it must be between 1 and {LARGEST_PORT}.")
