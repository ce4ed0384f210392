"""The world beyond this machine: servers at an address that is not loopback, a private CA, a forwarding proxy."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import trustme
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.processes import end, free_port
from tests.serving import serving
from tests.waiting import eventually

TINYPROXY = shutil.which("tinyproxy")
ANYWHERE = "192.0.2.1"  # an address of documentation (RFC 5737): nothing is sent there
CONF = """
Port {port}
Listen 127.0.0.1
Timeout 60
MaxClients 50
LogFile "{log}"
LogLevel Connect
{auth}
"""


def own_address() -> str:
    """An address of this machine at which others would reach it. Skips where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((ANYWHERE, 9))
        except OSError:
            pytest.skip("this machine has no address besides loopback")
        return str(probe.getsockname()[0])


@dataclass
class Proxy:
    """A tinyproxy; `url` is how clients name it."""

    url: str
    log: Path

    @property
    def asked(self) -> list[str]:
        """What it was asked for, such as `CONNECT 192.0.2.2:443`."""
        lines = self.log.read_text(errors="replace").splitlines()
        told = [line.partition("): ")[2] for line in lines if "Request (file" in line]
        return [" ".join(each.split()[:2]) for each in told]


@asynccontextmanager
async def tinyproxy(folder: Path, who: str = "") -> AsyncIterator[Proxy]:
    """A forwarding proxy, which lets nobody but `who` (user:password) pass. Skips where there is none."""
    if TINYPROXY is None:
        pytest.skip("no tinyproxy (Debian: apt install tinyproxy-bin)")
    port, conf, log = free_port(), folder / "tinyproxy.conf", folder / "tinyproxy.log"
    auth = f"BasicAuth {who.replace(':', ' ')}" if who else ""
    conf.write_text(CONF.format(port=port, log=log, auth=auth))
    process = await asyncio.create_subprocess_exec(
        TINYPROXY, "-d", "-c", str(conf), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await eventually(lambda: _listens(port))
        yield Proxy(f"http://{f'{who}@' if who else ''}127.0.0.1:{port}", log)
    finally:
        await end(process)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@dataclass
class Outside:
    """A server by TLS, away from loopback, that a private CA vouches for; `hits` are the paths it was asked for."""

    url: str
    ca: Path
    hits: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Its address."""
        return self.url.split("/")[2].rpartition(":")[0]


@asynccontextmanager
async def outside(app: ASGIApp, folder: Path) -> AsyncIterator[Outside]:
    """Serve `app` there. Skips where the machine has only loopback."""
    address, ca = own_address(), trustme.CA()
    certificate, known = folder / "server.pem", folder / "ca.pem"
    ca.issue_cert(address).private_key_and_cert_chain_pem.write_to_path(certificate)
    ca.cert_pem.write_to_path(known)
    hits: list[str] = []

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        hits.append(scope["path"])
        await app(scope, receive, send)

    async with serving(counted, address, certificate) as url:
        yield Outside(url, known, hits)
