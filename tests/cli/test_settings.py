"""`settings`: which values hold, and who changed what."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.store import setting
from bot.store.database import Database
from bot.store.setting import New
from tests.command import command
from tests.databases import KINDS, fresh


async def changed(url: str) -> None:
    """An admin has changed two settings."""
    db = Database(url)
    async with db.write() as tx:
        new = [New("answer_hours", None, "12"), New("welcome", "", "Hi\x1b[2J")]
        await setting.add(tx, "T1", new, "U0LIN", utc_now(), "few hands")
    await db.close()


@pytest.mark.parametrize("kind", KINDS)
def test_what_holds_and_who_changed_it(kind: str, tmp_path: Path) -> None:
    with fresh(kind, tmp_path) as url:
        env = {"DATABASE_URL": url, "ANSWER_HOURS": "8"}
        before = command(tmp_path, "settings", "list", env=env).stdout
        assert "ANSWER_HOURS=8  environment\n" in before
        assert "EXPIRE_DAYS=7  default\n" in before
        assert command(tmp_path, "settings", "history", env=env).stdout == ""
        asyncio.run(changed(url))
        assert "ANSWER_HOURS=12  database\n" in command(tmp_path, "settings", "list", env=env).stdout
        listed = command(tmp_path, "settings", "list", "--json", env=env).stdout
        rows = {row["name"]: row for row in map(json.loads, listed.splitlines())}
        assert (rows["ANSWER_HOURS"]["text"], rows["ANSWER_HOURS"]["below"]) == ("12", "8")
        history = command(tmp_path, "settings", "history", env=env).stdout
        assert "U0LIN  ANSWER_HOURS: the environment -> 12  few hands" in history
        assert "\x1b" not in history
        told = command(tmp_path, "settings", "history", "--json", env=env).stdout
        (first, _) = map(json.loads, told.splitlines())
        assert (first["team"], first["name"], first["revision"]) == ("T1", "WELCOME", 2)
