"""The settings of the ways out: proxies, and the certificates that are trusted. Many programs read them."""

import os
import re
import ssl
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr

from bot.network import trusting

_ESCAPED = "In a user name or password @ is written %40, : is %3A, / is %2F and % is %25."
_PARTS = re.compile(
    r"(?P<scheme>https?)://(?:(?:[^\s/?#@:%]|%[0-9A-F]{2})*(?::(?:[^\s/?#@:%]|%[0-9A-F]{2})*)?@)?"
    r"(?:\[[0-9A-F:.]+\]|[\w.-]+)(?::(?P<port>[0-9]{1,5}))?/?",
    re.IGNORECASE,
)


def _proxy(address: SecretStr) -> SecretStr:
    """With its scheme. Raises ValueError with nothing of it."""
    text = address.get_secret_value()
    text = text if "://" in text else f"http://{text}"
    if text.lower().startswith("socks"):
        raise ValueError("is a SOCKS proxy, which the bot does not speak to: give an HTTP one, http://host:port.")
    parts = _PARTS.fullmatch(text)
    if not parts or not 0 < int(parts["port"] or 1) < 65_536:
        raise ValueError(f"must be the address of an HTTP proxy such as http://proxy.example:3128. {_ESCAPED}")
    return SecretStr(parts["scheme"].lower() + text[len(parts["scheme"]) :].removesuffix("/"))


def _folders(folders: str) -> str:
    if not any(Path(each).is_dir() for each in folders.split(os.pathsep)):
        raise ValueError("must be a folder of certificates; make it, or leave the setting out.")
    return folders


_Proxy = Annotated[SecretStr, AfterValidator(_proxy)]

HttpsProxy = Annotated[
    _Proxy | None, Field(description="The proxy (http://user:password@host:port) through which all calls leave.")
]
HttpProxy = Annotated[_Proxy | None, Field(description="The same for addresses that begin http://.")]
AllProxy = Annotated[_Proxy | None, Field(description="The proxy for what has none of its own.")]
NoProxy = Annotated[
    str | None,
    Field(
        description="What is reached without a proxy: hosts with all below them, addresses, networks (10.0.0.0/8), "
        "each with :port if only that; * is all. This machine always is."
    ),
]
CertFile = Annotated[
    Path | None, Field(description="A file of certificates (PEM) that are trusted, such as a company's own CA.")
]
CertDir = Annotated[
    Annotated[str, AfterValidator(_folders)] | None,
    Field(description="A folder of such files, named as OpenSSL's rehash does."),
]


def named(env: Mapping[str, str], fields: Container[str]) -> dict[str, Any]:
    """Those that are settings, by field. Of https_proxy and HTTPS_PROXY the first counts, as for curl."""
    given = {name.lower(): env[name] for name in sorted(env) if env[name] and name.lower() in fields}
    if "https_proxy" in given and given.get("all_proxy", "").strip().startswith("socks"):
        del given["all_proxy"]  # it is there for other programs
    return given


def problem(file: str, folders: str) -> str:
    """What is wrong with the file of certificates; "" where all can be loaded."""
    try:
        trusting(file, folders)
    except ssl.SSLError:
        return "holds no certificate in PEM form: give the file of the CA's certificates."
    except OSError as error:
        return f"can't be read ({error.strerror}): give the path of a file of certificates."
    return ""
