"""What the bot's own Coze client costs: signing, many cold calls at once with a kept key, and a warm call.

Coze is a playground in a process of its own; calls, keys and the database are real.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import SecretStr

from bot.clock import SystemClock, utc_now
from bot.core.people import Person, Standing
from bot.core.secret_store import Consent, Kind
from bot.coze.client import CozeClient, http_client
from bot.coze.keys import KeyProof, trusted
from bot.coze.tokens import Signer
from bot.services.join.accounts import Accounts
from bot.services.kept_sign_in import KeptSignIns
from bot.services.secret_store import SecretStore
from bot.store import people
from bot.store.cipher import Keyring
from bot.store.database import Database
from tests.benchmarks.numbers import Bound, Options, median, milliseconds, report, run
from tests.databases import fresh
from tests.processes import Json, playground

SIGNATURES, CALLS, COLD = 60, 60, 50  # in each round
TEAM, WHO = "T0", "U0MEI"


async def signing(options: Options, ready: Json) -> bool:
    """An assertion with a cached key, against the bare signature of as many bytes."""
    app = ready["coze"]["jwt_app"]
    key = trusted(SecretStr(Path(app["private_key_file"]).read_text()))  # noqa: ASYNC240 (before anything is measured)
    signer = Signer(app["client_id"], app["kid"], key, "api.coze.cn")
    text = signer.assertion().get_secret_value().rpartition(".")[0].encode()
    bare, ours, ratios = [], [], []
    for _ in range(options.rounds):
        first, second = [], []
        for _ in range(SIGNATURES):
            first.append(seconds(lambda: key.sign(text, PKCS1v15(), SHA256())))
            second.append(seconds(signer.assertion))
        bare += first
        ours += second
        ratios.append(median(second) / median(first))
    figures = {"key.sign": milliseconds(bare), "assertion": milliseconds(ours)}
    return report(options, "signing", figures, [Bound("assertion / key.sign", median(ratios), 1.1)])


def seconds(job: Callable[[], object]) -> float:
    """How long this thread computes: nothing here waits, and what else the machine does is not counted."""
    start = time.thread_time()
    job()
    return time.thread_time() - start


class Ticker:
    """Notices how late the event loop is."""

    async def __aenter__(self) -> "Ticker":
        self.late: list[float] = []
        self._ticking = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ticking.cancel()

    async def _tick(self) -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            self.late.append(time.perf_counter() - start - 0.001)


async def cold(options: Options, ready: Json, http: httpx.AsyncClient, db: Database) -> bool:
    """50 people's presses at once on a process that knows nothing yet: one exchange, and the loop goes on."""
    facts = ready["coze"]
    client = CozeClient(facts["base_url"], http, playground=True)
    proof = KeyProof()
    keys = Keyring.parse(ready["env"]["CREDENTIAL_KEYS"])
    mei = Person(TEAM, WHO, "mei", "zh-CN", "Asia/Shanghai", Standing.MEMBER, admin=False, seen_at=utc_now())
    async with db.write() as tx:
        await people.save(tx, mei)

    def secret_store() -> SecretStore:
        accounts = Accounts(db, SystemClock(), "C0ADMINS", client)
        kept = KeptSignIns(db, SystemClock(), client, keys, "")
        return SecretStore(db, SystemClock(), client, proof, accounts, keys, "https://bot.example", "zh", kept)

    app = facts["jwt_app"]
    pem = SecretStr(Path(app["private_key_file"]).read_text())  # noqa: ASYNC240 (before anything is measured)
    await secret_store().keep(mei, Consent(Kind.KEY, app_id=app["client_id"], fingerprint=app["kid"]), pem)
    await proof.close()
    stalls, idle, exchanges = [], [], []
    for _ in range(options.rounds):
        async with Ticker() as ticker:
            await asyncio.sleep(0.3)
        idle.append(max(ticker.late))
        fresh_one = secret_store()
        async with Ticker() as ticker:
            tokens = await asyncio.gather(*(fresh_one.use(TEAM, WHO, "benchmark") for _ in range(COLD)))
            await asyncio.sleep(0.01)
        stalls.append(max(ticker.late))
        exchanges.append(len({token.get_secret_value() for token in tokens}))
    figures = {
        "longest stall, idle": f"median {median(idle) * 1000:.1f} ms",
        "longest stall, 50 cold calls": f"median {median(stalls) * 1000:.1f} ms, worst {max(stalls) * 1000:.1f} ms",
    }
    bounds = [
        Bound("exchanges in a round", max(exchanges), 1, ""),
        Bound("stall", median(stalls) * 1000, 20, "ms"),
    ]
    return report(options, f"{COLD} cold calls at once", figures, bounds)


async def warm(options: Options, ready: Json, http: httpx.AsyncClient) -> bool:
    """A call with a token at hand, against the same request by plain pooled httpx."""
    facts = ready["coze"]
    client, token = CozeClient(facts["base_url"], http, playground=True), SecretStr(facts["pats"]["mei"])
    url, headers = f"{facts['base_url']}/v1/users/me", {"Authorization": f"Bearer {token.get_secret_value()}"}

    async def plain() -> None:
        assert (await http.get(url, headers=headers)).json()["code"] == 0

    async def ours() -> None:
        assert (await client.me(token)).user_id == facts["users"]["mei"]

    floor, measured, ratios = [], [], []
    for _ in range(options.rounds):
        first, second = [], []
        for _ in range(CALLS):
            first.append(await took(plain))
            second.append(await took(ours))
        floor += first
        measured += second
        ratios.append(median(second) / median(first))
    figures = {"plain httpx": milliseconds(floor), "client.me": milliseconds(measured)}
    return report(options, "a warm call", figures, [Bound("client.me / plain httpx", median(ratios), 1.15)])


async def took(job: Callable[[], Awaitable[None]]) -> float:
    """How long it takes, in seconds."""
    start = time.perf_counter()
    await job()
    return time.perf_counter() - start


async def main(options: Options) -> bool:
    """All three."""
    async with playground(options.folder) as ready, http_client() as http:
        with fresh("sqlite", options.folder) as url:
            db = Database(url)
            met = [
                await signing(options, ready),
                await cold(options, ready, http, db),
                await warm(options, ready, http),
            ]
            await db.close()
    return all(met)


if __name__ == "__main__":
    run("coze_calls", 9, main)
