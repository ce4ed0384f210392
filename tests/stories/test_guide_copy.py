"""An agent in another workspace of the team's enterprise: copied to ShargeAI, once, and the guide goes on with it."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.core.guide import Learned
from bot.playground.world.coze import Bot, Enterprise
from bot.services.guide.checks.agent import COPY, SENT, SINCE
from bot.store import guide as guides
from bot.store import job
from bot.store.database import Database
from tests.stories.story import Story
from tests.stories.test_few_calls import few, has_used

COPYING = "POST /v1/entities/copy_tasks"


async def test_it_is_copied_and_published_from_there(story: Story) -> None:
    """The card shows how far it is; the copy is a draft of the person's."""
    draft = await in_one_enterprise(story)
    await pastes(story, draft)
    await story.reads("mei", "智能体不在 ShargeAI 空间", "它建在「设计部」", "点 复制到 ShargeAI")
    await story.presses("mei", "复制到 ShargeAI")
    await story.reads("mei", "正在把「夜航员」复制到 ShargeAI", "扣子复制中")
    await looks(story)
    await story.reads("mei", "第 5 步", "智能体「夜航员」 · 在「ShargeAI」 · 已验证")
    (copy,) = copies(story)
    assert copy.id != draft.id
    await story.types("mei", "/sharge publish")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.sends("mei")
    await story.reads("mei", "夜航员", "审核中")


async def test_the_account_is_proven_first(story: Story) -> None:
    """Whose agent is copied has to be known."""
    draft = await in_one_enterprise(story, proven=False)
    await pastes(story, draft)
    await story.reads("mei", "智能体不在 ShargeAI 空间", "先 验证我的账号", "或在 ShargeAI 空间重新建一个")
    assert not (await story.tries("click", who="mei", label="复制到 ShargeAI", confirm=True))["ok"]
    await story.proves("mei")
    await story.presses_soon("mei", "复制到 ShargeAI")
    await story.reads("mei", "扣子复制中")
    await looks(story)
    await story.reads("mei", "第 5 步", "在「ShargeAI」 · 已验证")


async def test_a_failure_is_told_with_its_reasons(story: Story) -> None:
    draft = await in_one_enterprise(story)
    await pastes(story, draft)
    await story.goes_wrong("coze", "copy_failed", times=1)
    await story.presses_soon("mei", "复制到 ShargeAI")
    await story.reads("mei", "扣子复制中")
    await looks(story)
    await story.reads("mei", "扣子没能把它复制过来", "夜航员: The workflow it uses can't be copied.")
    assert not copies(story)
    await story.presses("mei", "复制到 ShargeAI")
    await story.reads("mei", "扣子复制中")
    await looks(story)
    await story.reads("mei", "第 5 步", "在「ShargeAI」 · 已验证")


async def test_a_lost_answer_is_not_asked_for_again(story: Story) -> None:
    """There would be two copies; the person looks first."""
    draft = await in_one_enterprise(story)
    await pastes(story, draft)
    await story.goes_wrong("coze", "cut", times=1, method=COPYING)
    await story.presses_soon("mei", "复制到 ShargeAI")
    await story.reads("mei", "还不知道复制成了没有", "我不会自动再复制一次")
    await story.passes(advance=3600)
    assert asked(story) == 1
    assert len(story.world.coze.state.copy_tasks) == 1


async def test_a_process_that_died_before_it_heard_the_answer_copies_nothing_twice(story: Story) -> None:
    """What the dead process left, "sent" and its job, is not sent again; the person is told."""
    draft = await in_one_enterprise(story)
    await pastes(story, draft)
    await story.reads("mei", "智能体不在 ShargeAI 空间", "它建在「设计部」")
    await leaves_sent(story)
    await story.passes(advance=60)
    await story.reads("mei", "还不知道复制成了没有", "我不会自动再复制一次")
    await story.passes(advance=3600)
    assert asked(story) == 0
    await story.presses("mei", "复制到 ShargeAI")
    await story.reads("mei", "扣子复制中")
    await looks(story)
    await story.reads("mei", "第 5 步", "在「ShargeAI」 · 已验证")
    assert asked(story) == len(copies(story)) == 1


async def test_a_copy_is_looked_at_once_a_minute_at_most(story: Story) -> None:
    draft = await in_one_enterprise(story)
    await pastes(story, draft)
    await story.presses_soon("mei", "复制到 ShargeAI")
    await story.reads("mei", "扣子复制中")
    for _ in range(5):
        await story.passes(advance=10)
    await story.settles()
    assert looked(story) == 1


async def test_no_look_follows_where_the_last_calls_are_for_people(database: str) -> None:
    """The press is done; how far it is waits until an admin lets it."""
    async with few(database) as story:
        draft = await in_one_enterprise(story, until_listed=601)
        await pastes(story, draft)
        await story.reads("mei", "智能体不在 ShargeAI 空间", "它建在「设计部」")
        await has_used(story, 480)
        await story.presses("mei", "复制到 ShargeAI")
        await story.reads("mei", "扣子复制中")
        for _ in range(3):
            await story.passes(advance=600)
        await story.settles()
        assert (asked(story), looked(story)) == (1, 0)


async def test_a_credential_that_may_not_is_told(story: Story) -> None:
    draft = await in_one_enterprise(story)
    for token in story.world.coze.state.tokens.values():
        token.permissions -= {"Workspace.createBot"}
    await pastes(story, draft)
    await story.presses_soon("mei", "复制到 ShargeAI")
    await story.reads("mei", "令牌有效，但缺权限", "请告诉管理员")
    assert not story.world.coze.state.copy_tasks


@pytest.mark.parametrize("why", ["two enterprises", "no enterprise", "not in it"])
async def test_elsewhere_it_is_built_again(story: Story, why: str) -> None:
    draft = await in_one_enterprise(story)
    source, state = story.world.coze.state.workspaces[draft.workspace_id], story.world.coze.state
    if why == "two enterprises":
        source.enterprise_id = "7530000000000000999"
        state.enterprises[source.enterprise_id] = Enterprise(source.enterprise_id, "别家", set(source.members))
    if why == "no enterprise":
        source.enterprise_id = story.space.enterprise_id = ""
    if why == "not in it":
        del source.members[story.coze["users"]["owner"]]
    await pastes(story, draft)
    await story.reads("mei", "智能体不在 ShargeAI 空间", "重新建一个")
    refused = await story.tries("click", who="mei", label="复制到 ShargeAI", confirm=True)
    assert not refused["ok"]


async def test_nobody_copies_what_is_somebody_elses(story: Story) -> None:
    draft = await in_one_enterprise(story)
    draft.owner_id = story.coze["users"]["tom"]
    await pastes(story, draft)
    await story.presses_soon("mei", "复制到 ShargeAI")
    await story.reads("mei", "看不到这个智能体")
    assert asked(story) == 0


async def in_one_enterprise(story: Story, until_listed: int = 180, *, proven: bool = True) -> Bot:
    """Mei is in the team and has an agent in another workspace of its enterprise."""
    await story.joins("mei", until_listed)
    if proven:
        await story.proves("mei")
    state, users = story.world.coze.state, story.coze["users"]
    enterprise = Enterprise("7530000000000000777", "闪极", {users["owner"], users["mei"], users["tom"]})
    state.enterprises[enterprise.id] = enterprise
    story.space.enterprise_id = enterprise.id
    source = state.add_workspace("设计部", users["mei"], enterprise_id=enterprise.id)
    state.join(source, users["owner"], "member")
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "上闪极智能体")
    await story.reads("mei", "第 4 步")
    return state.add_bot("夜航员", source, users["mei"])


async def pastes(story: Story, draft: Bot) -> None:
    await story.presses_soon("mei", "填智能体地址")
    await story.sees_form("mei", "智能体页面")
    page = f"https://code.coze.cn/w/{draft.workspace_id}/bot/{draft.id}"
    await story.sends("mei", 地址=page, 名字="夜航员")


async def looks(story: Story) -> None:
    """As often as the task takes."""
    for _ in range(4):
        await story.passes(advance=60)


def copies(story: Story) -> list[Bot]:
    return [bot for bot in story.world.coze.state.bots.values() if bot.workspace_id == story.space.id]


async def leaves_sent(story: Story) -> None:
    """As a process that was killed between Coze's answer and the record of it."""
    db = Database(story.database)
    async with db.read() as conn:
        (found,) = (await conn.execute(text("SELECT team_id, id FROM guide"))).all()
        guide = await guides.load(conn, found.team_id, found.id)
    now = await story.now()
    async with db.write() as tx:
        facts = {**guide.facts, COPY: Learned(SENT), SINCE: Learned(now.isoformat())}
        assert await guides.save(tx, replace(guide, facts=facts), now)
        await job.enqueue(tx, guide.team_id, "copy", guides.subject(guide.id), now, job.SOMEBODY_WAITS)
    await db.close()


def looked(story: Story) -> int:
    """How often Coze was asked how far it is."""
    calls = (f"{call.method} {call.path}" for call in story.world.coze.state.calls)
    return sum(call.startswith("GET /v1/entities/copy_tasks/") for call in calls)


def asked(story: Story) -> int:
    return sum(f"{call.method} {call.path}" == COPYING for call in story.world.coze.state.calls)
