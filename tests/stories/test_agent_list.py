"""Picking among many agents: searched while typing, told apart, and listed for as few calls as there are."""

from collections.abc import Sequence

import pytest
from sqlalchemy import text

from bot.core import limits
from bot.core.limits import Costly
from bot.playground.world.coze import Bot
from bot.store.database import Database
from tests.stories.story import Story, told
from tests.stories.test_few_calls import EDITIONS, counted, few, spent

MANY = 3000
PAGES = MANY // 20


def full(story: Story, names: Sequence[str], who: str = "mei") -> list[Bot]:
    """The space holds so many more agents of somebody's."""
    state, owner = story.world.coze.state, story.coze["users"][who]
    return [state.add_bot(name, story.space, owner) for name in names]


async def is_listed(story: Story, count: int) -> None:
    """Until so many are in the list, complete."""

    async def there() -> bool:
        return await _one(story, "SELECT agents FROM agent_list WHERE begun_at IS NULL") == count

    await story.waits(there, f"{count} agents are listed")


async def _one(story: Story, query: str) -> int:
    db = Database(story.database)
    try:
        async with db.read() as conn:
            return int(await conn.scalar(text(query)) or 0)
    finally:
        await db.close()


async def asked(story: Story) -> int:
    """How many pages of the list Coze was asked for."""
    return sum(call == "GET /v1/bots" for call in await spent(story))


async def is_in(story: Story) -> None:
    """Mei is in the team with an account that is hers, where the bot looks rarely."""
    await story.is_let_in()
    await story.on_coze("user", name="mei", accept_invitation=True)
    await story.passes(advance=601)
    await story.reads("lin", "@mei 已加入 ShargeAI", channel="admins")
    await story.proves()


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_three_thousand_of_one_name(database: str, transport: str) -> None:
    """A paid edition: listed by itself, a hundred offered at a time, each another; found by number and by name."""
    async with told(database, "http" if transport == "http" else "socket") as story:
        await story.joins()
        await story.proves()
        agents = full(story, ["讲解员"] * (MANY - 1))
        full(story, ["夜航员"], "lin")
        await story.types("mei", "/sharge publish 讲解员")
        await story.sees_form("mei", "叫「讲解员」的不止一个", "正在更新")
        await is_listed(story, MANY)
        offered = await story.looks_for("mei", "")
        assert len(offered) == len(set(offered)) == 100
        assert await story.looks_for("mei", "夜航") == []
        wanted = agents[1234]
        [found] = await story.looks_for("mei", wanted.id)
        await story.sends("mei", 智能体=found)
        await story.sees_form("mei", "确认发布", "讲解员")
        await story.sends("mei")
        await story.reads("mei", "「讲解员」审核中")
        assert [each.id for each in agents if each.versions] == [wanted.id]


@pytest.mark.parametrize("level", EDITIONS)
async def test_from_pick_to_verdict_where_calls_are_few(database: str, level: str) -> None:
    """Three thousand are listed once, by an admin who is told its cost; then sixteen calls are enough."""
    async with few(database, level) as story:
        await is_in(story)
        full(story, ["讲解员"] * (MANY - 1))
        [agent] = full(story, ["夜航员"])
        at_start = await asked(story)
        await story.types("mei", "/sharge publish 夜航员")
        form = await story.sees_form("mei", "我还不知道 ShargeAI 里有哪些智能体", "管理员可以在首页点「列出智能体」")
        assert "更新名单" not in form["buttons"]
        assert await asked(story) == at_start
        await counted(story, "「列出智能体」给 /sharge publish 用，每 20 个用 1 次")
        await story.presses("lin", "列出智能体")
        await is_listed(story, MANY)
        assert await asked(story) == at_start + PAGES
        before = len(await spent(story))
        await story.types("mei", "/sharge publish 夜航")
        await story.sees_form("mei", "确认发布", "夜航员", "因为调用次数有限")
        await story.sends("mei")
        await story.reads("mei", "「夜航员」审核中")
        await story.on_coze("review", bot_id=agent.id, verdict="passed")
        for pause in (601, 6 * 3600, 20 * 3600, 3 * 86400):
            await story.passes(advance=pause)
        await story.reads("mei", "「夜航员」 · 已上线")
        used = len(await spent(story)) - before
        print(f"from pick to verdict: {used} calls")
        assert used <= 16
        assert await asked(story) == at_start + PAGES


async def test_what_broke_off_takes_nothing_away(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls end in the midst of a renewal: all that was listed stays, and what was deleted goes with the next."""
    monkeypatch.setitem(limits.PACE, Costly.LOOK, (1.0, 50))  # lin presses more often than a story takes real time
    async with few(database) as story:
        await is_in(story)
        agents = full(story, [f"讲解员 {number}" for number in range(100)])
        await counted(story, "列出智能体")
        await story.presses("lin", "列出智能体")
        await is_listed(story, 100)
        await story.on_coze("delete", name="mei", bot_id=agents[7].id)
        await story.on_coze("settings", free_calls=len(await spent(story)) + 3)
        await story.passes(advance=61)
        await story.presses_soon("lin", "列出智能体", channel="home")
        await story.waits(lambda: broke_off(story), "the renewal broke off")
        await story.on_coze("settings", free_calls=10_000)
        await story.types("mei", "/sharge publish 讲解员")
        await story.sees_form("mei", "不止一个", "上次更新中断了", "共 100 个")
        [found] = await story.looks_for("mei", agents[7].id)
        await story.sends("mei", 智能体=found)
        await story.sees_form("mei", "不在你的 ShargeAI 智能体里")
        await story.presses("lin", "重试", channel="admins")
        await counted(story, "列出智能体")
        await story.presses_soon("lin", "列出智能体", channel="home")
        await is_listed(story, 99)


async def broke_off(story: Story) -> bool:
    """Whether the list says so."""
    return await _one(story, "SELECT count(*) FROM agent_list WHERE error IS NOT NULL") == 1


async def test_what_is_newer_than_the_list_is_named_by_its_number(database: str) -> None:
    """For one call, and it says that the list does not know it; the name alone tells how old the list is."""
    async with few(database) as story:
        await is_in(story)
        full(story, ["讲解员", "夜航员"])
        await counted(story, "列出智能体")
        await story.presses("lin", "列出智能体")
        await is_listed(story, 2)
        [newer] = full(story, ["望远镜"])
        before = len(await spent(story))
        await story.types("mei", "/sharge publish 望远镜")
        await story.sees_form("mei", "没有叫「望远镜」的智能体", "的名单", "后面写它的编号或网址，用 1 次调用")
        assert len(await story.looks_for("mei", "")) == 2
        await story.tries("close", who="mei")
        assert len(await spent(story)) == before
        await story.types("mei", f"/sharge publish {newer.id}")
        await story.sees_form("mei", "确认发布", "望远镜", "ShargeAI 的名单里没有")
        assert len(await spent(story)) == before + 1


async def test_what_was_deleted_after_the_pick_is_not_published(story: Story) -> None:
    """It stands in the menu until the list is renewed; Coze is asked before anything is confirmed."""
    await story.joins()
    await story.proves()
    agents = full(story, ["讲解员", "讲解员"])
    await story.types("mei", "/sharge publish 讲解员")
    await story.sees_form("mei", "叫「讲解员」的不止一个")
    [found] = await story.looks_for("mei", agents[0].id)
    await story.on_coze("delete", name="mei", bot_id=agents[0].id)
    await story.sends("mei", 智能体=found)
    await story.sees_form("mei", "暂时不能发布", "不在你的 ShargeAI 智能体里")
    await story.tries("close", who="mei")
    await story.types("mei", "/sharge publish 讲解员")
    await story.sees_form("mei", "确认发布", "讲解员")
