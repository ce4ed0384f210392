"""Whether the bot may still say anything in Slack, as who watches the process is told."""

import asyncio
import logging
from pathlib import Path

import pytest

from bot.playground.world.faults import SlackFault
from bot.store import job
from bot.store.tables import job as jobs
from tests.databases import fresh
from tests.slack.bot import TEAM, Bot, awake
from tests.waiting import eventually

SAID = {
    SlackFault.TOKEN_REVOKED: "Slack answers token_revoked",
    SlackFault.SERVER_ERROR: "Slack answers internal_error",
    SlackFault.INTERNAL_ERROR: "Slack answers internal_error",
    SlackFault.CUT: "Slack can't be reached: ",
    SlackFault.RATE_LIMITED: "True",
    SlackFault.SLOW: "no answer within 2 s",
}


async def told(bot: Bot) -> bool | str:
    """What a look finds."""
    await bot.app.health.look()
    return bot.app.health()["slack"]


@pytest.mark.parametrize(("fault", "said"), SAID.items(), ids=str)
async def test_what_slack_answers_is_told(fault: SlackFault, said: str, tmp_path: Path) -> None:
    with fresh("sqlite", tmp_path) as url:
        async with awake(url) as bot:
            assert await told(bot) is True
            bot.slack.world.faults["slack"].set(fault)
            found = await told(bot)
            assert str(found).startswith(said)
            assert "xoxb" not in str(found)


async def test_the_scope_without_which_nothing_can_be_said(tmp_path: Path) -> None:
    """Others that are missing stand on admins' Home, and leave the process ready."""
    with fresh("sqlite", tmp_path) as url:
        async with awake(url) as bot:
            bot.slack.main_app.scopes.discard("usergroups:read")
            assert await told(bot) is True
            bot.slack.main_app.scopes.discard("chat:write")
            assert await told(bot) == "the app has lost the scope chat:write"


async def test_a_token_that_was_revoked_is_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """However many jobs meet it: each waits, and none says it again."""
    with fresh("sqlite", tmp_path) as url:
        async with awake(url) as bot:
            bot.slack.world.faults["slack"].set(SlackFault.TOKEN_REVOKED)
            async with bot.app.db.write() as tx:
                for number in range(50):
                    await job.enqueue(tx, TEAM, "greet", f"U0{number}", bot.app.clock.now())
            running = asyncio.create_task(bot.app.job_runner.run())

            async def tried() -> bool:
                return all(row["attempts"] or row["due_at"] > bot.app.clock.now() for row in await bot.rows(jobs))

            await eventually(tried)
            bot.app.job_runner.stop()
            await running
    said = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert next(record.getMessage() for record in said) == "Slack refuses the bot's token: token_revoked"
    assert len(said) <= 2, "and one of what waits for Slack"
