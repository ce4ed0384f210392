"""Nobody lets themselves in by a form that was made up: whatever is missing, the request waits on."""

from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.store.tables import request
from tests.databases import KINDS, fresh
from tests.slack.bot import LIN, MEI, TOM, Bot, awake
from tests.slack.test_pipeline import UID, asked

OWN, WHY = "join.approve_own", {"join.reason": "I'll try it for a week"}
YES = {"SELF_APPROVAL": "yes"}


async def lin_asks(bot: Bot, *, alone: bool) -> str:
    """She is an admin; whether Slack has just said that she is the only one. What the form would carry."""
    await bot.knows(LIN, admin=True)
    await bot.sends(LIN, "join.ask", "", {"join.uid": UID, "join.nick": "lin", "join.purpose": "a museum"})
    if alone:
        async with bot.app.db.write() as tx:
            await tx.conn.execute(request.update().values(alone_at=bot.app.clock.now()))
    return f"{(await bot.rows(request))[-1]['id']}:1"


async def states(bot: Bot) -> list[str]:
    """Of all requests."""
    return [row["state"].value for row in await bot.rows(request)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("settings", "alone", "ends"),
    [({}, True, "pending"), (YES, False, "pending"), (YES, True, "approved")],
    ids=["not allowed", "not alone", "both"],
)
async def test_the_setting_and_slack_both_decide(
    kind: str,
    settings: dict[str, str],
    alone: bool,  # noqa: FBT001 (a row of the table)
    ends: str,
    tmp_path: Path,
) -> None:
    with fresh(kind, tmp_path) as url:
        async with awake(url, **settings) as bot:
            about = await lin_asks(bot, alone=alone)
            for _ in range(2):
                await bot.sends(LIN, OWN, about, WHY)
            assert await states(bot) == [ends]


async def test_it_is_for_ones_own_request_alone(tmp_path: Path) -> None:
    """Not for mei's, not for who is no admin, not for a deputy, not by another version."""
    with fresh("sqlite", tmp_path) as url:
        async with awake(url, **YES, DEPUTY_USERS=TOM) as bot:
            for user_id in (MEI, TOM):
                await bot.knows(user_id)
            hers = await asked(bot)
            async with bot.app.db.write() as tx:
                await tx.conn.execute(request.update().values(alone_at=utc_now()))
            await bot.knows(LIN, admin=True)
            await bot.sends(LIN, OWN, f"{hers}:1", WHY)
            for user_id in (MEI, TOM):
                await bot.sends(user_id, OWN, f"{hers}:1", WHY)
            assert await states(bot) == ["pending"]
