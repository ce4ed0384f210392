"""Admins look through the audit: by person, by days, a page at a time."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

from bot.slack import manifest
from bot.slack.views.audit_csv import as_csv
from bot.store import audit
from bot.store.about import About
from bot.store.audit import AuditEntry
from bot.store.audit_search import Deed
from bot.store.database import Database
from tests.stories.story import Story, told

TEAM, NOW = "T0PLAYGROUND", datetime(2026, 12, 1, tzinfo=UTC)


async def test_who_did_what_to_whom(database: str) -> None:
    """What follows the command is searched for: somebody's own deeds, and what others did about their matters."""
    async with told(database) as story:
        await story.is_let_in()
        await story.asks_to_join("tom")
        await story.types("lin", "/sharge admin audit @mei 7")
        form = await story.sees_form(
            "lin", "查记录", "@mei 申请加入团队", "@lin 批准了 @mei 的申请", "我在扣子上邀请了 @mei"
        )
        assert "@tom" not in form["plain"]
        await story.types("lin", "/sharge 管理 记录")
        await story.sees_form("lin", "@tom 申请加入团队", "@mei 申请加入团队")
        await story.passes(advance=timedelta(days=2).total_seconds())
        await story.sends("lin", **{"audit.days": "1"})
        await story.sees_form("lin", "没有找到")
        await story.sends("lin", **{"audit.days": "7", "audit.who": "U0TOM"})
        form = await story.sees_form("lin", "@tom 申请加入团队")
        assert "@mei" not in form["plain"]


async def test_many_lines_come_by_pages(database: str) -> None:
    """Ten each, newest first; an action that has no words stands as it is stored."""
    async with told(database) as story:
        await writes(story, 25)
        await story.types("lin", "/sharge admin")
        await story.sees_form("lin", "管理台")
        await story.presses("lin", "查记录", channel="modal")
        await story.sees_form("lin", "第 1 到 10 条", "another.deed24", "another.deed15")
        await story.presses("lin", "下一页", channel="modal")
        await story.sees_form("lin", "第 11 到 20 条", "another.deed14")
        await story.presses("lin", "下一页", channel="modal")
        form = await story.sees_form("lin", "第 21 到", "another.deed0")
        assert "下一页" not in form["buttons"]
        await story.presses("lin", "上一页", channel="modal")
        await story.sees_form("lin", "第 11 到 20 条")


async def test_what_is_found_comes_as_a_file(database: str) -> None:
    """Into the admin's DM, with no formula in it; it is noted who took it, and the file goes after a week."""
    async with told(database) as story:
        await writes(story, 12)
        await story.types("lin", "/sharge admin audit @tom 7")
        await story.sees_form("lin", "第 1 到 10 条")
        await story.presses("lin", "导出 CSV", channel="modal")
        await story.sees_form("lin", "12 条", "CSV", "7 天后我会删掉")
        [file] = story.world.workspace.files.values()
        assert file.content is not None
        table = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
        assert [each["action"] for each in table] == [f"another.deed{number}" for number in reversed(range(12))]
        assert {each["subject"] for each in table} == {"person:U0TOM"}
        await story.types("lin", "/sharge admin audit @lin 7")
        await story.sees_form("lin", "@lin 导出了操作记录")
        await story.passes(advance=timedelta(days=7, minutes=1).total_seconds())

        async def is_gone() -> bool:
            return file.id not in story.world.workspace.files

        await story.waits(is_gone, "the file is deleted")


async def test_where_no_files_may_be_sent_the_command_is_named(database: str) -> None:
    without = manifest.read()
    del without["oauth_config"]["scopes"]["bot_optional"]
    async with told(database, manifest=without) as story:
        await writes(story, 2)
        await story.types("lin", "/sharge admin audit @tom 7")
        await story.sees_form("lin", "第 1 到 2 条")
        await story.presses("lin", "导出 CSV", channel="modal")
        await story.sees_form("lin", "audit export audit.jsonl --days 7 --person U0TOM")


def test_no_cell_is_a_formula() -> None:
    """Whatever somebody has called their agent."""
    entry = AuditEntry(1, NOW, "U0TOM", "publish.confirm", "publish:1", {"words": "=1+1"})
    for nasty in ("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx"):
        [_, row] = csv.reader(io.StringIO(as_csv([Deed(entry, About("U0TOM", nasty))])))
        assert row[5] == f"'{nasty}"
        assert json.loads(row[6]) == {"words": "=1+1"}


async def writes(story: Story, count: int) -> None:
    """So many lines, a second apart, by nobody's doing."""
    db, now = Database(story.database), await story.now()
    async with db.write() as tx:
        for number in range(count):
            at = now + timedelta(seconds=number)
            await audit.note(tx, TEAM, at, None, f"another.deed{number}", "person:U0TOM")
    await db.close()
