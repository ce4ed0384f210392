"""Settings that admins change while the bot runs: they hold at once, everywhere, and can be undone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.operator_tables import setting_change
from bot.store.tables import audit, job
from tests.stories.story import Json, Story, told

WHY = "春节人手少"
DAY = 86_400
OWN_ADMINS = {"ADMIN_USERS": "U0LIN", "ADMIN_GROUP": ""}


async def opens(story: Story, who: str, group: str) -> None:
    """An admin opens the form of a group."""
    await story.types(who, "/sharge settings")
    await story.sees_form(who, "机器人设置")
    await story.presses(who, "修改…", action_id=f"settings.edit:{group}", channel="modal")


async def chooses(story: Story, who: str, label: str, *values: str) -> None:
    """Picks these in the open form, which the bot hears when it is sent."""
    assert (await story.tries("click", who=who, label=label, value=list(values), channel="modal"))["ok"]


async def due(story: Story, kind: str) -> list[datetime]:
    """When jobs of this kind are due."""
    db = Database(story.database)
    async with db.read() as conn:
        rows = await conn.execute(select(job.c.due_at).filter_by(kind=kind, state="due").order_by(job.c.due_at))
        found = [row.due_at for row in rows]
    await db.close()
    return found


async def kept(story: Story) -> list[Json]:
    """All changes, as they are stored, oldest first."""
    db = Database(story.database)
    async with db.read() as conn:
        rows = (await conn.execute(select(setting_change).order_by(setting_change.c.revision))).all()
        notes = (await conn.execute(select(audit).filter_by(action="setting.change").order_by(audit.c.id))).all()
    await db.close()
    assert [(row.changed_by, f"setting:{row.name}") for row in rows] == [(n.actor, n.subject) for n in notes]
    return [dict(row._mapping) for row in rows]


async def test_deadlines_hold_at_once_and_are_undone(database: str) -> None:
    """What waits goes by the new ones; who changed it stands in the list and in the history, which takes it back."""
    async with told(database) as story:
        await story.asks_and_waits("mei")
        asked = await story.now()
        (wait,) = await due(story, "wait")
        assert wait - asked > timedelta(hours=3)
        await opens(story, "lin", "waiting")
        await story.sees_form("lin", "等待审批的申请", "答复时限")
        await story.sends("lin", **{"多久提醒管理员": "2.5", "答复时限": "5", "原因": WHY})
        await story.sees_form("lin", "机器人设置", "答复时限：5 个工作小时", "@lin 设于", "18 个工作小时 · 默认值")
        await story.settles()
        (sooner,) = await due(story, "wait")
        assert wait - sooner == timedelta(hours=1.5)
        await story.types("mei", "/sharge status")
        await story.reads("mei", "等管理员审批", "到 3月5日 15:00")
        await story.types("wang", "/sharge settings")
        await story.sees_form("wang", "2.5 个工作小时")
        await story.presses("wang", "记录…", channel="modal")
        await story.sees_form("wang", "答复时限：以环境变量为准 → 5 个工作小时", "@lin", WHY)
        await story.presses("wang", "撤销", action_id="settings.undo", channel="modal")
        await story.sees_form("wang", "5 个工作小时 → 以环境变量为准", "@wang")
        changes = await kept(story)
        assert [(each["name"], each["before"], each["after"], each["changed_by"]) for each in changes] == [
            ("remind_admins_hours", None, "2.5", "U0LIN"),
            ("answer_hours", None, "5", "U0LIN"),
            ("answer_hours", "5", None, "U0WANG"),
        ]


async def test_a_ladder_is_planned_anew(database: str) -> None:
    """The reminders of recorded tokens follow, as they do where a process starts with another ladder."""
    async with told(database) as story:
        await story.types("mei", "/sharge remind add")
        await story.sees_form("mei", "登记到期日")
        await story.sends("mei", 名字="一代")
        await story.reads("mei", "「一代」已登记")
        before = await due(story, "remind")
        await opens(story, "lin", "reminders")
        await story.sees_form("lin", "到期前提醒")
        await story.sends("lin", 令牌="10, 1")
        await story.sees_form("lin", "令牌：10, 1")
        await story.settles()

        async def follows() -> bool:
            return len(await due(story, "remind")) == len(before) - 2

        await story.waits(follows, "the reminders follow the ladder", "lin")
        assert (await due(story, "remind"))[0] < before[0]


async def test_what_can_not_hold_is_said_at_its_question(story: Story) -> None:
    """By the checks that the environment is read with; nothing is saved, and what was typed stays."""
    await opens(story, "lin", "reminders")
    answer = await story.tries("submit", who="lin", fields={"令牌": "7,3"})
    assert "其中要有 1 或 0" in str(answer["errors"])
    await story.tries("submit", who="lin", fields={"令牌": "7,1"})
    await opens(story, "lin", "waiting")
    answer = await story.tries("submit", who="lin", fields={"答复时限": "0"})
    assert "大于 0" in str(answer["errors"])
    await opens(story, "lin", "asking")
    answer = await story.tries("submit", who="lin", fields={"settings.groups": "admins"})
    assert "以 S 开头" in str(answer["errors"])
    assert [each["after"] for each in await kept(story)] == ["7,1"]


async def test_two_admins_at_once(database: str) -> None:
    """The second reads what the first has changed, keeps what was typed, and may save it all the same."""
    async with told(database) as story:
        await opens(story, "lin", "waiting")
        await opens(story, "wang", "waiting")
        await story.sends("lin", 答复时限="12")
        await story.sees_form("lin", "答复时限：12 个工作小时")
        await story.sends("wang", 答复时限="20")
        form = await story.sees_form("wang", "没有保存", "以环境变量为准 → 12 个工作小时", "@lin")
        assert "20" in str(form)
        assert len(await kept(story)) == 1
        await story.sends("wang")
        await story.sees_form("wang", "答复时限：20 个工作小时", "@wang 设于")
        assert [each["after"] for each in await kept(story)] == ["12", "20"]


async def test_an_admin_is_added_and_taken_off_again(database: str) -> None:
    """They decide at once, and no more at once; whom the environment names can't be taken off by anybody."""
    async with told(database, settings=OWN_ADMINS) as story:
        await story.types("wang", "/sharge settings")
        await story.reads("wang", "管理员决定")
        await opens(story, "lin", "admins")
        await story.sees_form("lin", "始终是：@lin")
        await chooses(story, "lin", "ADMIN_USERS 以外的管理员", "wang")
        await story.sends("lin")
        await story.sees_form("lin", "@lin", "@wang")
        await story.asks_and_waits("mei")
        await opens(story, "wang", "admins")
        await story.sees_form("wang", "始终是：@lin")
        await chooses(story, "wang", "ADMIN_USERS 以外的管理员")
        await story.sends("wang")
        await story.sees_form("wang", "机器人设置", "@lin")
        assert [each["after"] for each in await kept(story)] == ["U0WANG", ""]
        await story.types("wang", "/sharge queue")
        await story.reads_last("wang", "管理员决定")
        await story.types("lin", "/sharge queue")
        await story.reads("lin", "团队申请", "@mei")


async def test_only_some_may_ask_to_join(database: str) -> None:
    """Who is in the channel may; others read who may and whom to ask, and may as soon as they are one of them."""
    async with told(database) as story:
        story.world.workspace.channels["C0RANDOM"].members.discard("U0MEI")
        await opens(story, "lin", "asking")
        await chooses(story, "lin", "这些频道的成员", "random")
        await story.sends("lin")
        await story.sees_form("lin", "#random")
        await story.types("mei", "/sharge join")
        await story.reads("mei", "只有这些人可以申请加入", "#random", "请找")
        await story.asks_and_waits("tom")
        await opens(story, "lin", "asking")
        await chooses(story, "lin", "这些人", "mei")
        await story.sends("lin")
        await story.sees_form("lin", "@mei")
        await story.presses("mei", "申请加入…")
        await story.sees_form("mei", "申请加入团队")
        await opens(story, "lin", "asking")
        await chooses(story, "lin", "这些人")
        await story.sends("lin")
        filled = {"用户 ID": story.coze["users"]["mei"], "昵称": "mei", "想做什么": "念天气"}
        await story.sends("mei", **filled)
        await story.reads_last("mei", "只有这些人可以申请加入")
        assert "小美" not in "".join(await story.texts("lin", "admins"))


async def test_newcomers_read_the_words_of_the_house(story: Story) -> None:
    """In their language, above the bot's own; back to the environment by one tick."""
    await opens(story, "lin", "welcome")
    await story.sends("lin", **{"settings.welcome_zh": "欢迎来到眼镜实验室", "settings.welcome_en": "Hello, lab"})
    await story.sees_form("lin", "欢迎来到眼镜实验室")
    await story.types("mei", "/sharge")
    await story.reads("mei", "欢迎来到眼镜实验室")
    await story.types("tom", "/sharge")
    await story.reads("tom", "Hello, lab")
    await opens(story, "lin", "welcome")
    await chooses(story, "lin", "或者", "reset")
    await story.sends("lin")
    await story.sees_form("lin", "欢迎语", "默认值")
    assert [each["after"] for each in await kept(story)][-1] is None


@pytest.mark.parametrize("who", ["mei", "guest"])
async def test_nobody_else_changes_anything(story: Story, who: str) -> None:
    """Neither the list nor a form that an admin has left open."""
    await story.types(who, "/sharge settings")
    await story.reads(who, "管理员决定")
    assert await kept(story) == []


async def test_a_label_that_coze_has_renamed_is_put_right(database: str) -> None:
    """In guides that are open too, in each language, and in what is asked at a step; undone, it is as it was."""
    async with told(database) as story:
        for who, words in (("mei", "第 1 步"), ("tom", "Step 1")):
            await story.types(who, "/sharge start")
            await story.presses_soon(who, "先试试" if who == "mei" else "Just try it")
            await story.reads(who, words, "添加")
        await opens(story, "lin", "labels")
        await story.sees_form("lin", "按钮名", "个人访问令牌", "公钥指纹")
        for typed, said in (
            ("添家 = 新增", "没有「添家」"),
            ("添加", "每行"),
            ("添加=新增\n添加=增加", "每行"),
            ("添加=*新增*", "每行"),
        ):
            answer = await story.tries("submit", who="lin", fields={"改了名": typed})
            assert said in str(answer["errors"]), typed
        await story.sends("lin", 改了名="添加 = 新增\n授权 → 授权管理\n")
        await story.sees_form("lin", "添加 = 新增", "授权 = 授权管理")
        await story.passes(advance=10)
        await story.reads("mei", "第 1 步", "右上角点 新增")
        await story.reads("tom", "Step 1", "Press 新增 (Add")
        await story.presses("mei", "令牌页打不开")
        await story.reads("mei", "API & SDK → 授权管理 → 个人访问令牌")
        await story.types("lin", "/sharge settings")
        await story.presses("lin", "记录…", channel="modal")
        await story.sees_form("lin", "以环境变量为准 → 添加 = 新增, 授权 = 授权管理")
        await story.presses("lin", "撤销", action_id="settings.undo", channel="modal")
        await story.sees_form("lin", "添加 = 新增, 授权 = 授权管理 → 以环境变量为准")
        await story.passes(advance=10)
        await story.reads("mei", "第 1 步", "右上角点 添加")
        assert [each["after"] for each in await kept(story)] == ["添加=新增,授权=授权管理", None]
