"""Hundreds of connections that promise and don't deliver: the bot stays small, ends them, and answers who is genuine.

`python -m tests.drills.slow_connections --count N --seed S` runs it by hand. The bot and the chat are processes of
their own. Each way to be slow is tried with so many connections at once; meanwhile commands, signed as Slack signs,
come in over connections of their own.
"""

import argparse
import asyncio
import hashlib
import hmac
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import httpx

from tests.databases import KINDS, fresh
from tests.processes import Bot, Json, end, free_port, playground, spawn

PROMISED, SENT = 1_000_000, 990_000  # bytes
OPEN = 15.0  # seconds after which every slow connection has to be closed
MORE = 20 * 1024  # kB that the bot may grow by
ACK = 1.0  # seconds
BETWEEN = 0.25  # seconds between two genuine commands
DRIP = 0.3  # seconds between two bytes

SLOW = "slow"  # how the process that is slow is told what to do


def head(*lines: str, length: int = PROMISED) -> bytes:
    """A request's headers."""
    asked = ["POST /slack/events HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {length}", *lines]
    return "\r\n".join([*asked, "", ""]).encode()


def as_if_signed(dice: random.Random) -> bytes:
    """The headers of something that might be signed, as far as anybody can tell before it is there."""
    signature = f"X-Slack-Signature: v0={dice.randbytes(32).hex()}"
    return head(f"X-Slack-Request-Timestamp: {int(time.time())}", signature)


async def sends_nothing(_: asyncio.StreamWriter, __: random.Random) -> None:
    """Connects, and that is all."""


async def stops_in_headers(to: asyncio.StreamWriter, dice: random.Random) -> None:
    to.write(as_if_signed(dice)[: dice.randrange(10, 90)])


async def drips_headers(to: asyncio.StreamWriter, dice: random.Random) -> None:
    for byte in as_if_signed(dice):
        to.write(bytes([byte]))
        await asyncio.sleep(DRIP)


async def stops_unsigned(to: asyncio.StreamWriter, _: random.Random) -> None:
    to.write(head() + b"a" * SENT)
    await to.drain()


async def stops_as_if_signed(to: asyncio.StreamWriter, dice: random.Random) -> None:
    to.write(as_if_signed(dice) + b"a" * SENT)
    await to.drain()


async def drips_as_if_signed(to: asyncio.StreamWriter, dice: random.Random) -> None:
    to.write(as_if_signed(dice))
    while True:
        to.write(b"a" * dice.randrange(1, 2000))
        await to.drain()
        await asyncio.sleep(DRIP)


async def is_slow_the_second_time(to: asyncio.StreamWriter, dice: random.Random) -> None:
    to.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await to.drain()
    await asyncio.sleep(DRIP)
    await drips_headers(to, dice)


async def in_every_way(to: asyncio.StreamWriter, dice: random.Random) -> None:
    """One of the others."""
    others = [way for name, way in WAYS.items() if name != in_every_way.__name__]
    await dice.choice(others)(to, dice)


WAYS = {
    way.__name__: way
    for way in (
        sends_nothing,
        stops_in_headers,
        drips_headers,
        stops_unsigned,
        stops_as_if_signed,
        drips_as_if_signed,
        is_slow_the_second_time,
        in_every_way,
    )
}


@dataclass
class Found:
    """What came of one way: kB more than before at most, seconds until the last was closed, the slowest genuine ack
    in seconds, and genuine commands that were not answered."""

    way: str
    connections: int
    more: int = 0
    closed: float = 0.0
    slowest: float = 0.0
    acks: int = 0
    cpu: float = 0.0
    failed: int = 0

    @property
    def wrong(self) -> bool:
        """Whether one of them is out of bounds."""
        return self.more > MORE or self.closed > OPEN or self.slowest > ACK or self.failed > 0 or self.acks == 0

    def __str__(self) -> str:
        return (
            f"{self.way}: {self.connections} connections, +{self.more / 1024:.1f} MiB, closed after "
            f"{self.closed:.1f} s, {self.acks} acks, the slowest {self.slowest * 1000:.0f} ms, failed {self.failed}; "
            f"{self.cpu:.1f} s of CPU"
        )


class Door:
    """The bot's address, and a hand that knocks as Slack does."""

    def __init__(self, folder: Path, port: int, pid: int, slack: Json, http: httpx.AsyncClient) -> None:
        self.folder, self.port, self._pid, self._slack, self._http = folder, port, pid, slack, http
        self._number = 0

    def rss(self) -> int:
        """The memory that the bot's process has in use, kB."""
        status = Path(f"/proc/{self._pid}/status").read_text("utf-8")
        return int(status.partition("VmRSS:")[2].split()[0])

    def cpu(self) -> float:
        """Seconds that the bot's process has computed."""
        fields = Path(f"/proc/{self._pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def knocks(self) -> float | None:
        """A genuine command over a new connection; seconds until its ack, None where there is none."""
        self._number += 1
        slack = self._slack
        who = {"user_id": slack["users"]["mei"], "team_id": slack["team_id"], "api_app_id": slack["app_id"]}
        body = urlencode({"command": "/sharge", "text": "help", "trigger_id": f"{self._number}.{self._pid}", **who})
        stamp = str(int(time.time()))
        signed = hmac.new(slack["signing_secret"].encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
        headers = {"content-type": "application/x-www-form-urlencoded", "x-slack-request-timestamp": stamp}
        headers["x-slack-signature"] = f"v0={signed.hexdigest()}"
        began = time.monotonic()
        try:
            url = f"http://127.0.0.1:{self.port}/slack/events"
            answer = await self._http.post(url, content=body, headers=headers)
        except httpx.HTTPError:
            return None
        return time.monotonic() - began if answer.status_code == 200 else None


async def one_way(door: Door, way: str, count: int, seed: int) -> Found:
    """So many connections of one kind at once."""
    found, before, computed, began = Found(way, count), door.rss(), door.cpu(), time.monotonic()
    slow = await spawn(
        door.folder, "slow.log", "-m", "tests.drills.slow_connections", SLOW, way, *map(str, (door.port, count, seed))
    )
    while time.monotonic() - began < OPEN + 5:
        ack = await door.knocks()
        found.more = max(found.more, door.rss() - before)
        if ack is None:
            found.failed += 1
        else:
            found.acks, found.slowest = found.acks + 1, max(found.slowest, ack)
        if slow.returncode is not None:
            break
        await asyncio.sleep(BETWEEN)
    found.cpu = door.cpu() - computed
    if slow.returncode is None:
        found.closed = OPEN + 5
        await end(slow)
    else:
        found.closed = float((door.folder / "slow.log").read_text("utf-8").split()[-1])
    return found


async def are_slow(way: str, port: int, count: int, seed: int) -> None:
    """So many connections until the bot has closed them all; prints how many seconds the last one lasted."""
    began = time.monotonic()
    dice = [random.Random(f"{seed} {way} {number}") for number in range(count)]  # noqa: S311 (a drill)
    await asyncio.gather(*(_slow(port, way, each) for each in dice))
    print(f"{time.monotonic() - began:.1f}")


async def _slow(port: int, way: str, dice: random.Random) -> None:
    """One connection, until the bot closes it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sending = asyncio.create_task(WAYS[way](writer, dice))
    try:
        with suppress(OSError):
            while await reader.read(65_536):
                pass
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        writer.close()


@asynccontextmanager
async def door_of(kind: str, folder: Path) -> AsyncIterator[Door]:
    """A bot behind HTTP, as a process of its own; mei is known to it."""
    port = free_port()
    options = "--transport", "http", "--events-url", f"http://127.0.0.1:{port}/slack/events"
    async with playground(folder, *options) as ready:
        with fresh(kind, folder) as url:
            async with Bot(folder, {**ready["env"], "DATABASE_URL": url}, port).running() as bot:
                async with httpx.AsyncClient(base_url=ready["human"], timeout=30, trust_env=False) as http:
                    for _ in range(20):  # until she is known, and all is loaded that an answer needs
                        await http.post("command", json={"who": "mei", "text": "/sharge help"})
                unkept = httpx.Limits(max_keepalive_connections=0)
                async with httpx.AsyncClient(trust_env=False, timeout=5, limits=unkept) as http:
                    yield Door(folder, port, bot.process.pid, ready["slack"], http)


async def drill(kind: str, folder: Path, ways: list[str], count: int, seed: int) -> list[Found]:
    """Each way in turn, at one bot."""
    async with door_of(kind, folder) as door:
        return [await one_way(door, way, count, seed) for way in ways]


def main() -> int:
    """0 when the bot stayed small, ended all of them and answered every genuine command."""
    if sys.argv[1:2] == [SLOW]:
        asyncio.run(are_slow(sys.argv[2], *map(int, sys.argv[3:6])))
        return 0
    parser = argparse.ArgumentParser(prog="python -m tests.drills.slow_connections", description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="connections at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS))
    parser.add_argument("--database", choices=KINDS, default=KINDS[0], help="PostgreSQL needs TEST_DATABASE_URL")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
        found = asyncio.run(drill(given.database, Path(folder), given.ways, given.count, given.seed))
    print(f"slow_connections: {given.database}, N {given.count}, seed {given.seed}")
    for each in found:
        print(f"  {each}{'  WRONG' if each.wrong else ''}")
    return 1 if any(each.wrong for each in found) else 0


if __name__ == "__main__":
    sys.exit(main())
