"""Each scenario is where it says it is: in the chat, on Coze, and in what the bot answers."""

import asyncio
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import job
from tests.databases import fresh
from tests.processes import Bot, playground
from tests.stories.story import START, Story, told


async def enters(story: Story, seed: str) -> None:
    """Chooses a scenario, as the page's picker does."""
    answer = await story.tries("reset", seed=seed)
    assert answer == {"ok": True, "seed": seed}


async def test_join_waiting(story: Story) -> None:
    """One card before the admins, who can decide at once."""
    await enters(story, "join-waiting")
    await story.reads("mei", "等管理员审批")
    await story.presses_soon("lin", "批准", channel="admins")
    await story.reads("mei", "去扣子接受 ShargeAI 的邀请")


async def test_token_expires_tomorrow(story: Story) -> None:
    """Twenty-nine days have passed; the reminder is there and says one day."""
    await enters(story, "token-expires-tomorrow")
    await story.reads("mei", "拍拍镜-试用", "还有 1 天")
    await story.presses("mei", "已换新")
    await story.sees_form("mei", "登记到期日")


async def test_settings_wrong(story: Story) -> None:
    """An admin finds it on Home, and what mends it."""
    await enters(story, "settings-wrong")
    await story.tries("home", who="lin")
    await story.looks_home("lin", "设置不对", "已归档", "取消归档")


async def test_agent_ready(story: Story) -> None:
    """Mei has joined and has one agent to publish."""
    await enters(story, "agent-ready")
    await story.reads("mei", "你已加入 ShargeAI")
    await story.types("mei", "/sharge publish")
    await story.sees_form("mei", "确认发布", "博物馆讲解员")


async def test_review_waiting(story: Story) -> None:
    """Coze has asked the desk by its callback; what an admin decides there is Coze's verdict."""
    await enters(story, "review-waiting")
    await story.reads("lin", "审核「博物馆讲解员」", "等审核", "扣子的签名已验证", channel="admins")
    await story.reads("mei", "「博物馆讲解员」审核中")
    await story.presses("lin", "通过", channel="admins")
    await story.reads("mei", "「博物馆讲解员」 · 已上线", "管理员已通过 · 已验证")


async def test_busy_admin(story: Story) -> None:
    """Three wait, Tom's agent is in review and his token ends in three days."""
    await enters(story, "busy-admin")
    waiting = [text for text in await story.texts("lin", "admins") if "等待审批" in text]
    assert len(waiting) == 3
    await story.reads("tom", "Museum Guide", "review")
    await story.reads("tom", "glasses-trial", "3 days left")
    screen = await story.screen("yan")
    assert any("等管理员审批" in message["plain"] for message in screen["dm"])


async def test_scenarios_follow_one_another(story: Story) -> None:
    """What was before is gone, and simulated time starts anew."""
    await enters(story, "busy-admin")
    await enters(story, "join-waiting")
    assert len(await story.texts("lin", "admins")) == 1
    assert (await story.screen("yan"))["error"].startswith("there is nobody")
    await enters(story, "newcomer")
    assert await story.texts("mei") == []


async def test_what_is_under_way_ends_with_its_world(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    """An invitation that Coze is slow to take is not settled in the new world, where only the housekeeping waits."""
    db = Database(story.database)

    async def works() -> dict[str, str]:
        async with db.read() as conn:
            return {row.kind: row.state for row in await conn.execute(select(job.c.kind, job.c.state))}

    async def inviting() -> bool:
        return (await works()).get("invite") == "leased"

    await story.asks_and_waits()
    await story.goes_wrong("coze", "slow")
    await story.presses("lin", "批准", channel="admins")
    await story.waits(inviting, "an invitation is under way")
    await enters(story, "newcomer")
    await asyncio.sleep(0.3)  # nothing happens: this can only be too short to show anything, never wrong
    found = await works()
    await db.close()
    assert set(found) == {"purge", "check", "preflight", "edition", "agents", "digest", "replan"}
    assert "lease lost" not in caplog.text
    assert await story.texts("mei") == []


async def test_an_unknown_scenario_changes_nothing(story: Story) -> None:
    """It is refused in words."""
    assert (await story.tries("reset", seed="no-such"))["error"].startswith("unknown scenario")
    assert await story.texts("mei") == []


async def test_a_bot_in_another_process_finds_people_who_wait(tmp_path: Path) -> None:
    """The scenario begins when the bot has connected."""
    async with playground(tmp_path, "--seed", "join-waiting") as ready:
        env = {**ready["env"], "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db"}
        async with (
            Bot(tmp_path, env).running(),
            httpx.AsyncClient(base_url=ready["human"], timeout=30, trust_env=False) as http,
        ):
            await Story(http, ready).reads("lin", "等待审批", channel="admins")


async def test_the_bot_plays_the_scenario_over_http_too(tmp_path: Path) -> None:
    """The transport makes no difference."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story:
            await enters(story, "agent-ready")
            await story.reads("mei", "你已加入 ShargeAI")


@pytest.mark.parametrize("hour", [0, 5, 12, 23])
async def test_a_token_that_ends_tomorrow_is_told_of_at_any_hour(tmp_path: Path, hour: int) -> None:
    """Nobody is reminded at night; whoever starts the demo late in the evening sees the reminder all the same."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, start=START.replace(hour=hour)) as story:
            await enters(story, "token-expires-tomorrow")
            await story.reads("mei", "换新「拍拍镜-试用」，还有 1 天")
