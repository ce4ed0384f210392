"""While Coze is asked the card says what is under way, never more than is known, and never for ever."""

import contextlib
from pathlib import Path

from bot.store.database import Database
from tests.databases import fresh
from tests.drills.kill import chat, leases_end
from tests.processes import Bot, free_port
from tests.stories.story import Json, Story
from tests.stories.test_guide_errors import (
    _signer,
    at_publishing,
    at_the_token,
    at_the_two_values,
    tries_a_token,
)

PLAN = ["这是谁的令牌", "看得到哪些空间", "能不能列出智能体"]


async def plans(story: Story) -> list[Json]:
    """The plans that mei sees."""
    blocks = [block for message in (await story.screen("mei"))["dm"] for block in message["blocks"]]
    return [block for block in blocks if block["type"] == "plan"]


async def reads_plan(story: Story) -> Json:
    """Waits until a plan stands there."""
    (plan,) = await story.waits(lambda: plans(story), "mei sees a plan", "mei")
    return dict(plan)


async def test_a_check_of_several_calls_is_a_plan_until_it_is_answered(story: Story) -> None:
    """Only the first task is called under way; each check brings a block of its own."""
    await at_the_token(story)
    await story.goes_wrong("coze", "slow")
    await tries_a_token(story, "顺便检查", story.coze["pats"]["expired"])
    plan = await reads_plan(story)
    assert [task["title"] for task in plan["tasks"]] == PLAN
    assert [task["status"] for task in plan["tasks"]] == ["in_progress", "pending", "pending"]
    await story.works_again()
    await story.reads("mei", "●", "4100")
    assert await plans(story) == []
    await story.goes_wrong("coze", "slow")
    await tries_a_token(story, "再检查一次", story.coze["pats"]["mei"])
    assert (await reads_plan(story))["block_id"] != plan["block_id"]
    await story.works_again()
    await story.reads("mei", "令牌可用")
    assert await plans(story) == []


async def test_a_single_call_is_a_line(story: Story) -> None:
    """A plan of one task would say nothing more."""
    await at_publishing(story, "讲解员")
    await story.goes_wrong("coze", "slow")
    await tries_a_token(story, "我已发布，查一下", story.coze["pats"]["mei"])
    await story.reads("mei", "第 4 步", "正在问扣子")
    await story.works_again()
    assert await plans(story) == []


async def test_an_assertion_is_read_before_anybody_is_asked(story: Story) -> None:
    """What has to be mended costs no call and brings no plan; else reading is done when the exchange begins."""
    audience = story.coze["base_url"].removeprefix("http://")
    made = await story.on_coze("oauth_app", name="mei", title="glasses")
    await at_the_two_values(story)
    await story.sends("mei", 应用=made["client_id"], kid=made["kid"])
    await story.goes_wrong("coze", "slow")
    await story.presses_soon("mei", "粘贴凭证")
    await story.sends("mei", 打印=_signer(made, audience)(aud="x"))
    await story.reads("mei", "改 1 处，再签一次")
    assert await plans(story) == []
    await story.presses("mei", "粘贴新凭证")
    await story.sends("mei", 打印=_signer(made, audience)())
    plan = await reads_plan(story)
    assert [task["status"] for task in plan["tasks"]] == ["complete", "in_progress", "pending"]
    await story.works_again()
    await story.reads("mei", "第 6 步", "签名已换到令牌 · 已验证")


async def test_a_check_whose_process_died_does_not_spin_for_ever(tmp_path: Path) -> None:
    """What was given lived in its memory alone; two minutes later the step asks for it again."""
    port = free_port()
    with fresh("sqlite", tmp_path) as url:
        async with chat(tmp_path, "socket", port) as story:
            db, bot = Database(url), Bot(tmp_path, {**story.ready["env"], "DATABASE_URL": url}, port)
            async with bot.running(), contextlib.AsyncExitStack() as stack:
                stack.push_async_callback(db.close)
                await at_the_token(story)
                await story.goes_wrong("coze", "slow", delay=5)
                await tries_a_token(story, "顺便检查", story.coze["pats"]["mei"])
                await reads_plan(story)
                await bot.kill()
                await leases_end(db)
                await story.works_again()
                await bot.start()
                await story.types("mei", "/sharge status")
                await story.reads("mei", "下一步")
                assert await plans(story)
                await story.passes(advance=130)

                async def over() -> bool:
                    return not await plans(story)

                await story.waits(over, "the plan is gone", "mei")
                await tries_a_token(story, "顺便检查", story.coze["pats"]["mei"])
                await story.reads("mei", "令牌可用")
