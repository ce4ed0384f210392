"""Nobody acts for another, no secret travels: what was once seen going wrong, as people live it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Table

from bot.core.limits import PACE, Costly
from bot.store.database import Database, metadata
from bot.store.tables import credential_, refusal, request
from tests.databases import fresh
from tests.drills.liar import LIES, Liar
from tests.stories.story import Json, Story, told
from tests.stories.test_join_forged import Forger

TOKEN = "pat_" + "cAnArY7s" * 8
FOREIGN = {"team": {"id": "T0SOMEOTHER"}, "api_app_id": "A0OTHER"}


async def stored(story: Story, table: Table) -> list[dict[str, Any]]:
    """All rows of a table."""
    db = Database(story.database)
    async with db.read() as conn:
        found = [dict(row) for row in (await conn.execute(table.select())).mappings()]
    await db.close()
    return found


@pytest.fixture
async def over_http(tmp_path: Path) -> AsyncIterator[tuple[Story, Forger]]:
    """A story over HTTP, and somebody who can sign."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient(trust_env=False) as http:
            yield story, Forger(story, http)


async def test_a_token_in_any_field_stays_in_its_form(story: Story) -> None:
    """In the request, a question and a token's name; each field says what to do, and nobody else sees it."""
    await story.types("mei", "/sharge join")
    await story.sees_form("mei", "申请加入")
    uid = story.coze["users"]["mei"]
    filled = {"用户 ID": uid, "昵称": "mei", "想做什么": f"念天气 {TOKEN}"}
    answer = await story.tries("submit", who="mei", fields=filled)
    assert "令牌" in str(answer["errors"]), answer
    await story.sends("mei", **{"用户 ID": uid, "昵称": "mei", "想做什么": "念天气"})
    await story.reads("lin", "等待审批", channel="admins")
    await story.presses("lin", "问", channel="admins")
    await story.sees_form("lin", "@mei")
    answer = await story.tries("submit", who="lin", fields={"问题": TOKEN})
    assert "令牌" in str(answer["errors"]), answer
    await story.tries("close", who="lin")
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "名字")
    answer = await story.tries("submit", who="mei", fields={"名字": TOKEN[:40]})
    assert "令牌" in str(answer["errors"]), answer
    for who, channel in (("mei", "dm"), ("lin", "dm"), ("lin", "admins")):
        assert TOKEN[:40] not in str(await story.texts(who, channel))
    for table in metadata.sorted_tables:
        assert TOKEN[:40] not in str(await stored(story, table)), table.name


async def test_another_workspaces_deliveries_change_nothing(over_http: tuple[Story, Forger]) -> None:
    """Signed, and about another team and app: acknowledged, and that is all."""
    story, forger = over_http
    await story.asks_and_waits()
    await story.types("lin", "/sharge status")
    press = {"type": "button", "action_id": "join.approve", "block_id": "b", "value": "1:1"}
    forged = {"type": "block_actions", "user": {"id": "U0LIN"}, "actions": [press], **FOREIGN}
    assert (await forger.posts(forged)).status_code == 200
    await story.passes(advance=60)
    assert [row["state"] for row in await stored(story, request)] == ["pending"]
    await story.presses("lin", "批准", channel="admins")
    await story.reads("lin", "等对方", channel="admins")


async def test_who_promises_and_does_not_send_holds_nothing_up(over_http: tuple[Story, Forger]) -> None:
    """A hundred connections with a megabyte announced each; mei is answered as ever meanwhile."""
    story, _ = over_http
    address = httpx.URL(story.ready["bot_events_url"])
    head = f"POST {address.path} HTTP/1.1\r\nHost: {address.host}\r\nContent-Length: 1000000\r\n\r\n".encode()
    open_ = [await asyncio.open_connection(address.host, address.port) for _ in range(100)]
    try:
        for _, writer in open_:
            writer.write(head + b"x" * 50_000)
        await story.types("mei", "/sharge status")
        await story.reads("mei", "下一步")
    finally:
        for _, writer in open_:
            writer.close()


async def test_haste_costs_neither_coze_nor_the_others(story: Story) -> None:
    """Mei checks a token again and again; she reads when it goes on, and tom's check is made meanwhile."""
    answer: Json = {}
    for _ in range(3 * PACE[Costly.CHECK][1]):  # more than may be made at once, however slow this machine
        await story.types("mei", "/sharge check")
        await story.sees_form("mei", "令牌")
        answer = await story.tries("submit", who="mei", fields={"check.text": TOKEN})
        if "errors" in answer:
            break
        await story.tries("close", who="mei", all=True)
    assert "先歇一下" in str(answer), answer
    await story.types("tom", "/sharge check")
    await story.sees_form("tom", "token")
    await story.sends("tom", **{"check.text": (await story.on_coze("token", name="tom"))["token"]})
    await story.reads("tom", "works")


async def test_what_is_refused_is_counted_and_told(over_http: tuple[Story, Forger]) -> None:
    """Tom presses what only admins may, thirty times; nothing comes of it, and the admins read how often."""
    story, forger = over_http
    await story.asks_and_waits()
    for who, words in (("tom", "Next step"), ("lin", "下一步")):
        await story.types(who, "/sharge status")
        await story.reads(who, words)
    tom = story.ready["slack"]["users"]["tom"]
    for _ in range(30):
        await forger.presses(tom, "join.approve", "1:1")
    await story.reads("lin", "@tom 今天", "被拒绝的操作", channel="admins")

    async def counted() -> bool:
        return sum(int(row["count"]) for row in await stored(story, refusal)) == 30

    await story.waits(counted, "each is counted")
    assert [row["state"] for row in await stored(story, request)] == ["pending"]


async def test_a_date_beside_thirty_days_is_asked_about(story: Story) -> None:
    """Sent before the form could be redrawn; the field names both. What is recorded is what mei then chooses."""
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "名字")
    await story.picks("mei", "过期时间", "date")
    await story.sees_form("mei", "到期日期")
    both = {"名字": "试用", "过期时间": "30", "到期日期": "2040-05-01"}
    answer = await story.tries("submit", who="mei", fields=both)
    assert "30 天" in str(answer["errors"]), answer
    await story.sends("mei", 名字="试用", 过期时间="date", 到期日期="2040-05-01")
    await story.reads("mei", "「试用」已登记", "5月1日")


@pytest.mark.parametrize("lie", ["code false", "code as text"])
async def test_an_unclear_answer_is_neither_yes_nor_no(story: Story, lie: str) -> None:
    """The publish was taken and its answer says nothing: Coze's list is looked at until it is known."""
    await story.tries("reset", seed="agent-ready")
    await story.on_coze("agent", name="mei", title="夜航员", workspace="ShargeAI")
    app = story.world.coze.app
    liar = Liar(app)
    story.world.coze.app = liar
    await story.types("mei", "/sharge publish 夜航员")
    await story.sees_form("mei", "确认发布", "夜航员")
    liar.begin(LIES[lie], "POST /v1/bot/publish", 1, is_done=True)
    await story.sends("mei")
    await story.reads_in_time("mei", "「夜航员」审核中", "已验证")
    assert liar.told == 1
    assert not [text for text in await story.texts("mei") if "没有发布" in text]


async def test_a_row_of_somebody_else_is_not_theirs_to_touch(over_http: tuple[Story, Forger]) -> None:
    """Tom renews mei's token by its number; hers stays, and he is told that it is not his."""
    story, forger = over_http
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "名字")
    await story.sends("mei", 名字="试用")
    await story.reads("mei", "「试用」已登记")
    await story.types("tom", "/sharge status")
    await story.reads("tom", "Connect your agent to the glasses")
    before = await stored(story, credential_)
    await forger.presses(story.ready["slack"]["users"]["tom"], "remind.renew", str(before[0]["id"]))
    assert (await story.screen("tom"))["modal"] is None
    assert await stored(story, credential_) == before
    assert [row["reason"] for row in await stored(story, refusal)] == ["not_yours"]
