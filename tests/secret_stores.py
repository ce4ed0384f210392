"""A database, a Coze and what stands between them, for tests of what is kept."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from bot.clock import utc_now
from bot.core.credential import Record
from bot.core.people import Person, Standing
from bot.core.remind import Timetable
from bot.core.secret_store import Consent, Kind
from bot.coze.client import CozeClient, http_client
from bot.coze.keys import KeyProof
from bot.playground.coze.platform import CozePlatform
from bot.playground.world.clock import SimulatedClock
from bot.services.credential import Credentials
from bot.services.join.accounts import Accounts
from bot.services.kept_sign_in import KeptSignIns
from bot.services.remind import Reminders
from bot.services.secret_store import SecretStore
from bot.store import people
from bot.store.cipher import Keyring
from bot.store.database import Database
from bot.store.tables import link
from tests.databases import fresh
from tests.serving import serving

Facts = dict[str, Any]
TEAM = "T0SHARGE"


def person(user_id: str = "U0MEI", standing: Standing = Standing.MEMBER) -> Person:
    """Somebody of the workspace."""
    return Person(TEAM, user_id, user_id, "zh-CN", "Asia/Shanghai", standing, admin=False, seen_at=utc_now())


def new_key(name: str) -> tuple[str, bytes]:
    """A key of ours."""
    return name, secrets.token_bytes(32)


class World:
    """A database, a Coze, and what stands between."""

    def __init__(self, db: Database, coze: CozePlatform, client: CozeClient, proof: KeyProof) -> None:
        self.db, self.coze, self.client, self.proof, self.clock = db, coze, client, proof, SimulatedClock()
        self.keys = Keyring(dict([new_key("a")]))
        self.mei = person()
        self.reminders = Reminders(self.clock, Timetable)
        self.credentials = Credentials(db, self.clock, self.reminders)
        self.facts: Facts = coze.ready()

    def secret_store(self) -> SecretStore:
        """The verbs, with all their settings."""
        return self.secret_store_on(self.db, self.keys, "https://bot.example")

    def secret_store_on(self, db: Database, keys: Keyring | None, public_url: str | None) -> SecretStore:
        """The verbs over this database."""
        accounts = Accounts(db, self.clock, "C0ADMINS", self.client)
        how = accounts, keys, public_url, "zh", self.kept_sign_ins()
        return SecretStore(db, self.clock, self.client, self.proof, *how)

    def kept_sign_ins(self) -> KeptSignIns:
        """Where people stay signed in."""
        return KeptSignIns(self.db, self.clock, self.client, self.keys, self.facts["sign_in"]["client_id"])

    async def recorded(self, days: int = 30) -> int:
        """A watched token of mei's."""
        now = self.clock.now()
        return await self.credentials.record(self.mei, Record("试用", now, now + timedelta(days=days), None), None)

    async def page_for(self, consent: Consent) -> tuple[SecretStore, str]:
        """A link for mei; the secret part of its address."""
        secret_store = self.secret_store()
        await secret_store.invite(self.mei, consent)
        return secret_store, await self.part(secret_store)

    async def part(self, secret_store: SecretStore) -> str:
        """The secret part of the newest address."""
        async with self.db.read() as conn:
            link_id = (await conn.execute(select(link.c.id).order_by(link.c.id.desc()))).scalars().first()
        assert link_id is not None
        return secret_store.address(await secret_store.find_link(TEAM, link_id)).rpartition("/")[2]

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        """All rows of a table."""
        async with self.db.read() as conn:
            return [dict(row._mapping) for row in await conn.execute(select(table))]

    @property
    def key(self) -> Consent:
        """The key of mei's OAuth app."""
        app = self.facts["jwt_app"]
        return Consent(Kind.KEY, app_id=app["client_id"], fingerprint=app["kid"])

    @property
    def pem(self) -> SecretStr:
        """That key."""
        return SecretStr(Path(self.facts["jwt_app"]["private_key_file"]).read_text())

    @property
    def pat(self) -> SecretStr:
        """A token of mei's."""
        return SecretStr(self.facts["pats"]["mei"])


@asynccontextmanager
async def told(kind: str, folder: Path, platform: CozePlatform) -> AsyncIterator[World]:
    """A fresh world on a database of this kind, with mei and tom known."""
    platform.reset()
    platform.status_mode = "mapped"
    proof = KeyProof()
    with fresh(kind, folder) as url:
        db = Database(url)
        async with serving(platform.app) as platform.base_url, http_client() as http:
            client = CozeClient(platform.base_url, http, playground=True)
            world = World(db, platform, client, proof)
            async with db.write() as tx:
                await people.save(tx, world.mei)
                await people.save(tx, person("U0TOM"))
            yield world
        await proof.close()
        await db.close()
