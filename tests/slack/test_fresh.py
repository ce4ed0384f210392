"""Who decides, and who is named to decide, is known as of this minute; and rows are loaded by their owner."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import utc_now
from bot.store.tables import credential_, guide_, person, refusal, report_, request
from tests.databases import KINDS, fresh
from tests.slack.bot import LIN, MEI, TOM, Bot, awake
from tests.slack.test_pipeline import asked

WANG = "U0WANG"


@pytest.fixture(params=KINDS)
async def bot(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that knows mei, tom, and lin and wang, who are admins. In Slack only lin is one, by ADMIN_USERS."""
    with fresh(request.param, tmp_path) as url:
        async with awake(url, ADMIN_USERS=LIN, ADMIN_GROUP="", BACKUP_ADMIN_GROUP="") as bot:
            for user_id in (MEI, TOM):
                await bot.knows(user_id)
            for user_id in (LIN, WANG):
                await bot.knows(user_id, admin=True)
            yield bot


async def goes_stale(bot: Bot, user_id: str) -> None:
    """Nobody has asked Slack about this person for a while."""
    async with bot.app.db.write() as tx:
        old = person.update().where(person.c.user_id == user_id)
        await tx.conn.execute(old.values(seen_at=utc_now() - timedelta(hours=1)))


async def resumes(bot: Bot) -> None:
    """Slack is asked, and what waited goes on."""
    (job,) = await bot.waiting()
    await bot.app.job_runner._handlers[job.kind](job)


async def assignee(bot: Bot) -> str | None:
    """To whom the request was handed."""
    (row,) = await bot.rows(request)
    found: str | None = row["assignee"]
    return found


async def test_a_demoted_admin_is_handed_nothing(bot: Bot) -> None:
    """Whom the form names is asked about too: yesterday's record of wang says admin."""
    request_id = await asked(bot)
    await goes_stale(bot, WANG)
    reply = await bot.sends(LIN, "join.assign", str(request_id), {"join.assignee": WANG})
    assert reply.body == {}
    await resumes(bot)
    assert await assignee(bot) is None
    again = await bot.sends(LIN, "join.assign", str(request_id), {"join.assignee": WANG})
    assert "不是管理员" in again.body["errors"]["join.assignee"]
    await bot.knows(TOM)
    forged = await bot.sends(LIN, "join.assign", str(request_id), {"join.assignee": TOM})
    assert "不是管理员" in forged.body["errors"]["join.assignee"], "the form never offered him"
    await bot.sends(LIN, "join.assign", str(request_id), {"join.assignee": LIN})
    assert await assignee(bot) == LIN


async def test_a_demoted_admin_opens_no_report(bot: Bot) -> None:
    """`report.answer` shows what somebody wrote: the press waits until Slack has said who presses."""
    await bot.presses(MEI, "guide.route", "pat")
    (guide,) = await bot.rows(guide_)
    await bot.sends(MEI, "guide.report", f"stuck:{guide['id']}:{guide['step']}", {"guide.words": "the page differs"})
    (report,) = await bot.rows(report_)
    await goes_stale(bot, WANG)
    for _ in range(2):
        reply = await bot.presses(WANG, "report.answer", str(report["id"]))
        assert (reply.body, reply.after) == ({}, None) or "the page differs" not in str(reply.body)
        if await bot.waiting():
            await resumes(bot)
    sent = await bot.sends(WANG, "report.answer", str(report["id"]), {"guide.words": "an answer"})
    assert "the page differs" not in str(sent.body)
    assert (await bot.rows(report_))[0]["answer"] is None
    assert {row["reason"] for row in await bot.rows(refusal)} == {"not_admin"}


async def test_nobody_renews_anothers_token(bot: Bot) -> None:
    """`remind.renew` names a token: mei's is not tom's to replace, not even to look at."""
    now = int(bot.app.clock.now().timestamp())
    fields = {
        "credential.name": {"value": {"type": "plain_text_input", "value": "trial"}},
        "credential.created": {"value": {"type": "datetimepicker", "selected_date_time": now}},
    }
    view: dict[str, Any] = {"id": "V1", "type": "modal", "callback_id": "credential.record", "private_metadata": ""}
    view |= {"blocks": [], "state": {"values": fields}}
    await bot.sends(MEI, "credential.record", "", {}, view=view)
    (token,) = await bot.rows(credential_)
    for name in ("remind.renew", "remind.snooze", "credential.record"):
        await bot.presses(TOM, name, str(token["id"]))
    for verb in ("renew", "edit", "off"):
        await bot.presses(TOM, "remind.more", f"{verb}:{token['id']}")
    assert await bot.rows(guide_) == []
    assert await bot.rows(credential_) == [token]
    assert {row["reason"] for row in await bot.rows(refusal)} == {"not_yours"}
    await bot.presses(MEI, "remind.renew", str(token["id"]))
    (guide,) = await bot.rows(guide_)
    assert guide["user_id"] == MEI
    assert guide["facts"]["replaces"][0] == str(token["id"])
