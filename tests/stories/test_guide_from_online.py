"""From the card that says an agent is online to the guide's last step: adding it in the glasses."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import publication
from tests.databases import fresh
from tests.stories.story import Story, told
from tests.stories.test_join_forged import Forger
from tests.stories.test_verdict import deeds, publishes


async def goes_online(story: Story, title: str) -> dict[str, Any]:
    """Published by the bot, through the review."""
    agent = await publishes(story, title)
    await story.reads("mei", f"「{title}」审核中")
    await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
    await story.passes(advance=600)
    await story.reads("mei", f"「{title}」 · 已上线", "扣子已列出 · 已验证")
    return agent


async def test_what_is_online_is_added_in_the_glasses(database: str) -> None:
    """Who never began a guide: what leads up to it counts as done, as it is known. Two presses, one guide."""
    async with told(database) as story:
        await story.tries("reset", seed="agent-ready")
        await goes_online(story, "夜航员")
        await story.reads("mei", "🎉", "夜航员")
        await story.types("mei", "/sharge status")
        await story.reads("mei", "在眼镜里添加「夜航员」", "加过就不用了")
        twice = (story.tries("click", who="mei", label="在眼镜里添加", confirm=True) for _ in range(2))
        assert {True} <= {each["ok"] for each in await asyncio.gather(*twice)}
        card = await story.reads("mei", "第 6 步，共 6 步", "在眼镜里添加", "找夜航员")
        assert "已发布到「闪极智能体」 · 扣子已列出" in card
        assert "智能体「夜航员」 · 已验证" in card
        await story.reads_last("mei", "第 6 步，共 6 步", "找夜航员")
        assert len(await deeds(story, "guide.start")) == 1
        await story.types("mei", "/sharge status")
        await story.reads("mei", "第 6 步，共 6 步：在眼镜里添加")
        await story.presses_soon("mei", "它回答了")
        await story.reads("mei", "找夜航员」", "没有令牌，什么都不用管")


async def test_a_guide_with_another_agent_is_not_thrown_away(story: Story) -> None:
    """It says so and leads there; begun anew, it takes the agent that is online."""
    await story.tries("reset", seed="agent-ready")
    await goes_online(story, "夜航员")
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "上闪极智能体")
    agent = await story.on_coze("agent", name="mei", title="望远镜", workspace="ShargeAI")
    await story.presses_soon("mei", "填智能体地址")
    address = f"https://www.coze.cn/space/{agent['workspace_id']}/bot/{agent['bot_id']}"
    await story.sends("mei", 地址=address, 名字="望远镜")
    await story.reads("mei", "第 5 步", "智能体「望远镜」 · 已验证")
    await story.presses("mei", "在眼镜里添加")
    await story.reads("mei", "引导还在接「望远镜」", "第 5 步，共 6 步")
    await story.reads("mei", "第 5 步", "智能体「望远镜」 · 已验证")
    await story.presses("mei", "重新开始")
    await story.sends("mei")
    await story.reads("mei", "第 4 步，共 6 步")
    await story.presses("mei", "在眼镜里添加")
    await story.reads("mei", "第 6 步，共 6 步", "找夜航员")


async def test_only_ones_own_agent_that_is_online(tmp_path: Path) -> None:
    """A forged button opens nobody else's, nor what is still in review."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient(trust_env=False) as http:
            await story.tries("reset", seed="agent-ready")
            agent = await publishes(story, "夜航员")
            await story.reads("mei", "「夜航员」审核中")
            database = Database(url)
            async with database.read() as conn:
                publication_id = str(await conn.scalar(select(publication.c.id)))
            await database.close()
            forger = Forger(story, http)
            assert await forger.presses("U0MEI", "guide.glasses", publication_id) == 200
            await story.on_coze("review", bot_id=agent["bot_id"], verdict="passed")
            await story.passes(advance=600)
            await story.reads("mei", "「夜航员」 · 已上线")
            assert await forger.presses("U0TOM", "guide.glasses", publication_id) == 200
            await story.types("tom", "/sharge status")
            await story.reads("tom", "Next", "Connect your agent")
            assert await deeds(story, "guide.start") == []
            assert await forger.presses("U0MEI", "guide.glasses", publication_id) == 200
            await story.reads("mei", "第 6 步，共 6 步", "找夜航员")
