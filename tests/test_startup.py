"""What a start loads, seen on a real process: `-X importtime` writes down every import."""

import re
from pathlib import Path

from tests.databases import fresh
from tests.processes import Bot, playground

IMPORTED = re.compile(r"^import time: .*\| +([\w.]+)$", re.MULTILINE)


async def test_a_start_with_the_schema_at_head_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    """Neither Alembic nor the playground: they would cost every start of every process time and memory."""
    with fresh("sqlite", tmp_path) as url:
        async with playground(tmp_path) as ready:
            env = {**ready["env"], "DATABASE_URL": url}
            async with Bot(tmp_path, env, arguments=("-X", "importtime", "-m", "bot", "run")).running() as bot:
                imported = set(IMPORTED.findall(bot.log))
    assert {"bot.slack.dispatch", "sqlalchemy", "slack_bolt"} <= imported, (
        "the log of imports is not what it should be"
    )
    assert not {name for name in imported if name.split(".")[0] in ("alembic", "mako")}
    assert not {name for name in imported if name.startswith("bot.playground")}
