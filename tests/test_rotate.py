"""Keys of CREDENTIAL_KEYS on the command line: a missing one stops the start, `rotate-keys` changes them."""

import base64
import json
import secrets
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import StartError
from bot.core.secret_store import Kind, StoredSecret
from bot.services.rotation import check_keys
from bot.store import secret_store as store
from bot.store.cipher import Keyring
from bot.store.database import Database
from tests.databases import fresh

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 12, 2, tzinfo=UTC)
CANARY = "pat_" + "cAnArY7s" * 8
COUNT = 250  # more than two batches


def new_key() -> str:
    """As `openssl rand -base64 32` makes one."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def rotate(url: str, keys: str, *options: str) -> subprocess.CompletedProcess[str]:
    """The command, as an operator runs it."""
    env = {"BOT_NO_BOOTSTRAP": "1", "DATABASE_URL": url, "CREDENTIAL_KEYS": keys, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", "rotate-keys", *options]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603


async def test_rotate_keys_from_the_old_key_to_the_new(tmp_path: Path) -> None:
    old, new = f"old:{new_key()}", f"new:{new_key()}"
    with fresh("sqlite", tmp_path) as url:
        db, keys = Database(url), Keyring.parse(old)
        async with db.write() as tx:
            for number in range(COUNT):
                user = f"U{number}"
                what = ("T0", user, "publish", Kind.TOKEN, "mei", "1", None, None, None, "old")
                kept = StoredSecret(f"id-{number}", *what, NOW, NOW + timedelta(days=1), None)
                await store.keep(tx, kept, keys.seal(CANARY, store.place("T0", user, kept.id)))
        for wrong, words in (
            ("", "not set"),
            (new, "the keys named old"),
            (f"old:{new_key()}", "not those with"),
            ("x:y", "32 random bytes"),
        ):
            refused = rotate(url, wrong)
            assert refused.returncode == 1
            assert words in refused.stderr
            assert "Traceback" not in refused.stderr
        done = rotate(url, f"{new},{old}")
        assert (done.returncode, done.stderr) == (0, "")
        assert f"{COUNT} kept secrets" in done.stdout
        assert rotate(url, f"{new},{old}").stdout.startswith("0 ")
        assert json.loads(rotate(url, f"{new},{old}", "--json").stdout) == {"done": 0, "unopened": 0}
        for printed in (done.stdout, old, new):
            assert CANARY not in printed
        async with db.read() as conn:
            assert await store.key_ids(conn) == {"new": COUNT}
            found = await store.find(conn, "T0", "U7", "publish")
        assert found is not None
        assert Keyring.parse(new).open(found[1], store.place("T0", "U7", "id-7")) == CANARY
        with pytest.raises(StartError, match=f"{COUNT} kept secrets need the keys named new"):
            await check_keys(db, Keyring.parse(old))
        with pytest.raises(StartError, match="named new"):
            await check_keys(db, None)
        await check_keys(db, Keyring.parse(new))
        await db.close()
