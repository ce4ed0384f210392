"""The ways out, alike for Slack, Socket Mode, response addresses and Coze: through which proxy, trusting whom."""

import functools
import ipaddress
import os
import re
import ssl
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

import certifi

PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


@dataclass(frozen=True)
class Network:
    """The addresses of proxies may hold a password, so they are never shown. Empty is none.

    `no_proxy` is a list of hosts that are reached directly, as curl and others read it: `example.com` and
    `.example.com` with all below it, `10.0.0.5`, `10.0.0.0/8`, each with `:port` for that port alone, or `*` for all.
    """

    https_proxy: str = field(default="", repr=False)
    http_proxy: str = field(default="", repr=False)
    no_proxy: str = ""
    cert_file: str = ""
    cert_dir: str = ""

    def proxy(self, url: str) -> str | None:
        """The address of the proxy to take; None where the way is direct, as it always is to this machine."""
        parts = urlsplit(url)
        proxy = self.https_proxy if parts.scheme in ("https", "wss") else self.http_proxy
        return None if not proxy or _is_loopback(_host(parts)) or self._is_direct(parts) else proxy

    @property
    def tls(self) -> ssl.SSLContext:
        """Whose certificates are trusted."""
        return trusting(self.cert_file, self.cert_dir)

    def _is_direct(self, parts: SplitResult) -> bool:
        host, port = _host(parts), parts.port or PORTS.get(parts.scheme)
        return any(_names(each.lower(), host, port) for each in re.split(r"[,\s]+", self.no_proxy) if each)


DIRECT = Network()
"""No proxy, and the system's certificates."""


@functools.cache
def trusting(file: str, folder: str) -> ssl.SSLContext:
    """What trusts the certificates in a file and a folder; where one is "", the system's, as OpenSSL does.

    Raises OSError for a file that can't be read, ssl.SSLError for one that holds none.
    """
    usual = ssl.get_default_verify_paths()
    if file or folder:
        known = file or _there(usual.openssl_cafile), folder or _there(usual.openssl_capath)
        return ssl.create_default_context(cafile=known[0] or None, capath=known[1] or None)
    context = ssl.create_default_context()
    if not usual.cafile and not (usual.capath and os.listdir(usual.capath)):
        context.load_verify_locations(certifi.where())  # a machine that knows no certificates
    return context


def reason(error: BaseException) -> str:
    """Why no answer came: for the log, with nothing of what was sent, nor of a proxy's password."""
    cause: BaseException | None = error
    while cause:
        # aiohttp's own error is of this kind too, and knows less than its cause.
        if isinstance(cause, ssl.SSLCertVerificationError) and (why := getattr(cause, "verify_message", "")):
            return f"its certificate is not trusted here ({why}); SSL_CERT_FILE names the file of a company's own CA"
        cause = cause.__cause__ or cause.__context__
    name = type(error).__name__
    if "Proxy" not in name:
        return name
    told = re.match(r"\d{3}\b", str(getattr(error, "status", "") or error))
    if told and told[0] in ("401", "407"):
        return f"the proxy wants another user and password (HTTP {told[0]})"
    return f"the proxy answers HTTP {told[0]}" if told else "the proxy does not answer"


def _there(path: str) -> str:
    return path if os.path.exists(path) else ""


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    found = _address(host)
    return found is not None and found.is_loopback


def _names(entry: str, host: str, port: int | None) -> bool:
    """Whether an entry of NO_PROXY names the host, or one that it is below of."""
    if entry == "*":
        return True
    split = re.fullmatch(r"\[([^\]]*)\](?::(\d+))?|([^:]*)(?::(\d+))?", entry)
    name, only = (split[1] or split[3] or "", split[2] or split[4]) if split else (entry, None)
    if only and int(only) != port:
        return False
    if address := _address(host):
        return _holds(name, address)
    name = name.removeprefix("*").strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _holds(network: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
