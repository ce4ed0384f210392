"""A freeze: nobody publishes for a while but whom an admin lets pass, everybody sees who froze it and why, and nobody
forgets it."""

import asyncio

from bot.store.database import Database
from bot.store.tables import freeze
from tests.stories.story import Story, told
from tests.stories.test_delete_data import deletes

WORDS = "固件升级，先别发布"
TITLE = "博物馆讲解员"
HOUR = 3600


async def freezes(story: Story, who: str = "lin", until: int = 0) -> None:
    """An admin freezes publishing, for a day or `until` a moment."""
    await story.types(who, "/sharge freeze")
    await story.sees_form(who, "冻结发布", "到什么时候")
    await story.sends(who, **{"freeze.reason": WORDS, **({"freeze.until": until} if until else {})})
    await story.reads(who, "已冻结发布", WORDS, f"@{who}", channel="admins")


async def test_who_publishes_reads_who_froze_it_and_why(database: str) -> None:
    """In the list, in the card of what was confirmed before, and until an admin lifts it."""
    async with told(database) as story:
        await story.tries("reset", seed="agent-ready")
        await story.types("mei", f"/sharge publish {TITLE}")
        await story.sees_form("mei", "确认发布")
        await freezes(story)
        await story.sends("mei")
        await story.reads("mei", "改好 1 处", "发布已冻结", "@lin", WORDS)
        assert not [call for call in story.world.coze.state.calls if call.path == "/v1/bot/publish"]
        await story.types("mei", f"/sharge publish {TITLE}")
        await story.sees_form("mei", "发布已冻结", "@lin", WORDS)
        await story.types("wang", "/sharge freeze")
        await story.sees_form("wang", "解除冻结", WORDS)
        await story.sends("wang", **{"freeze.reason": "升级完成"})
        await story.reads("lin", "@wang 解除了发布冻结", "升级完成", channel="admins")
        await story.types("mei", f"/sharge publish {TITLE}")
        await story.sees_form("mei", "确认发布")
        await story.sends("mei")
        await story.reads("mei", f"「{TITLE}」审核中")


async def test_one_may_pass(database: str) -> None:
    """Who asks stands on the admins' card; let pass, they publish, and nobody else does."""
    async with told(database) as story:
        await story.tries("reset", seed="agent-ready")
        await story.on_coze("agent", name="mei", title="夜航员", workspace="ShargeAI")
        await freezes(story)
        await story.types("mei", f"/sharge publish {TITLE}")
        await story.sees_form("mei", "发布已冻结")
        await story.presses("mei", "请求放行")
        await story.sees_form("mei", "管理员已经看到你的请求")
        await story.reads_last("lin", "已冻结发布", "@mei 请求照样发布", TITLE, channel="admins")
        await story.presses("lin", "放行一个", channel="admins")
        await story.sees_form("lin", "放行一个")
        await story.sends("lin", **{"freeze.reason": "展览明天开幕"})
        await story.reads("lin", f"@mei 的「{TITLE}」可以发布", "@lin 放行", channel="admins")
        await story.reads("mei", f"@lin 放行「{TITLE}」", "展览明天开幕")
        await story.types("mei", "/sharge publish 夜航员")
        await story.sees_form("mei", "发布已冻结")
        await story.presses("mei", "发布智能体")
        await story.sees_form("mei", "确认发布", TITLE)
        await story.sends("mei")
        await story.reads("mei", f"「{TITLE}」审核中")


async def test_it_is_not_forgotten_and_ends_by_itself(database: str) -> None:
    """Each working day the card comes to the end of the channel; then it is one line, and who asked hears."""
    async with told(database) as story:
        await story.tries("reset", seed="agent-ready")
        now = story.world.clock.now().timestamp()
        await freezes(story, "lin", int(now + 50 * HOUR))
        await story.types("mei", f"/sharge publish {TITLE}")
        await story.sees_form("mei", "发布已冻结")
        await story.presses("mei", "请求放行")
        await story.asks_and_waits("tom")
        await story.passes(advance=26 * HOUR)

        async def below() -> bool:
            cards = await story.texts("lin", "admins")
            frozen, asking = (
                [n for n, text in enumerate(cards) if word in text] for word in ("已冻结发布", "申请加入团队")
            )
            return len(frozen) == 1 and frozen[0] > asking[0]

        await story.waits(below, "the card stands below what came since", "lin")
        await story.passes(advance=25 * HOUR)
        await story.reads("lin", "发布冻结已按计划结束", channel="admins")
        await story.reads("mei", "又可以发布了", TITLE)


async def test_only_admins_freeze_and_only_one_at_a_time(database: str) -> None:
    """Two at once: one counts, the other one is shown it. What can't be is said at its field, and nothing is lost."""
    async with told(database) as story:
        await story.types("tom", "/sharge freeze")
        await story.reads("tom", "Only admins")
        await story.types("lin", "/sharge freeze")
        await story.sees_form("lin", "冻结发布")
        past = int(story.world.clock.now().timestamp() - HOUR)
        refused = await story.tries("submit", who="lin", fields={"freeze.reason": " ", "freeze.until": past})
        assert set(refused["errors"]) == {"理由", "到什么时候"}
        far = int(story.world.clock.now().timestamp() + 31 * 24 * HOUR)
        refused = await story.tries("submit", who="lin", fields={"freeze.reason": WORDS, "freeze.until": far})
        assert "最多 30 天" in refused["errors"]["到什么时候"]
        await story.types("wang", "/sharge freeze")
        await story.sees_form("wang", "冻结发布")
        soon = int(story.world.clock.now().timestamp() + HOUR)
        fields = {"freeze.reason": WORDS, "freeze.until": soon}
        await asyncio.gather(*(story.tries("submit", who=who, fields=fields) for who in ("lin", "wang")))
        await story.reads("lin", "已冻结发布", channel="admins")
        db = Database(story.database)
        try:
            async with db.read() as conn:
                assert len((await conn.execute(freeze.select())).all()) == 1
        finally:
            await db.close()


async def test_a_secret_in_the_reason_is_refused(story: Story) -> None:
    """What was typed stays in the form, and no row holds it."""
    await story.types("lin", "/sharge freeze")
    await story.sees_form("lin", "冻结发布")
    refused = await story.tries("submit", who="lin", fields={"freeze.reason": f"pat_{'k' * 64}"})
    assert not refused["ok"]
    assert not [text for text in await story.texts("lin", "admins") if "已冻结发布" in text]


async def test_who_deletes_their_data_is_nowhere_in_it(database: str) -> None:
    """What they asked for goes, with what they were told; the admins' card names them no more."""
    async with told(database) as story:
        await story.tries("reset", seed="agent-ready")
        await freezes(story)
        await story.types("mei", f"/sharge publish {TITLE}")
        await story.sees_form("mei", "发布已冻结")
        await story.presses("mei", "请求放行")
        await story.reads("lin", "@mei 请求照样发布", channel="admins")
        await deletes(story)
        await story.reads("lin", "已冻结发布", WORDS, channel="admins")

        async def forgotten() -> bool:
            return not any("@mei 请求照样发布" in text for text in await story.texts("lin", "admins"))

        await story.waits(forgotten, "the card names them no more", "lin")
