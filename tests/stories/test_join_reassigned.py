"""Reassigned: a named admin gets a copy of the card and decides there; every copy says the same in the end."""

from dataclasses import replace

from bot.clock import utc_now
from bot.playground.world.chat import Person
from bot.store import people
from bot.store.database import Database
from tests.stories.story import Story

SEES = "只列出管理员"


async def hands_on(story: Story, to: str, **fields: str) -> dict[str, str]:
    """Lin hands the request on; the field errors, if the form refuses."""
    await story.presses("lin", "转给别的管理员", channel="admins")

    async def is_sure() -> bool:
        form = (await story.screen("lin"))["modal"]
        return bool(form) and SEES in form["plain"] and "正在问" not in form["plain"]

    await story.waits(is_sure, "the form with today's admins", "lin")
    answer = await story.tries("submit", who="lin", fields={"转给谁": to, **fields})
    return dict(answer.get("errors") or {})


async def test_a_named_admin_decides_in_their_own_copy(story: Story) -> None:
    """They read who handed it on and why; both copies are redrawn by the decision."""
    await story.asks_and_waits()
    await story.presses("lin", "转给别的管理员", channel="admins")
    form = await story.sees_form("lin", SEES, "王工")
    for nobody in ("林经理", "Tom Baker", "访客小周"):
        assert nobody not in form["plain"], "who hands it on, a member, a guest"
    note = "博物馆这边你熟 <!channel> *别* 等我"
    await story.sends("lin", 转给谁="王工", 带一句话=note)
    await story.reads("wang", "等待审批", "@lin 转给了你", "转来时说", note)
    card = await story.reads("lin", "等待审批", "@lin 已转给 @wang", note, channel="admins")
    assert "转给了你" not in card
    assert "博物馆这边" not in str(await story.texts("mei"))

    async def told() -> bool:
        return any("@lin 转给了 @wang" in line and note in line for line in await story.thread("lin"))

    await story.waits(told, "the line in the thread", "lin")
    (rings,) = (await story.screen("wang"))["dm"]
    assert rings["text"] == "<@U0LIN> 把小美的团队申请转给了你"
    await story.types("wang", "/sharge queue mine")
    await story.reads("wang", "团队申请 · 1 份", "@mei")
    await story.presses("wang", "拒绝")
    await story.sees_form("wang", "拒绝")
    await story.sends("wang", 理由="先补充场馆信息")
    for who, channel in (("wang", "dm"), ("lin", "admins"), ("mei", "dm")):
        await story.reads(who, "先补充场馆信息", channel=channel)


async def test_what_was_handed_on_is_handed_back(story: Story) -> None:
    """By one choice, to whoever handed it on; only the one who has it is offered that."""
    await story.asks_and_waits()
    assert not await hands_on(story, "王工")
    await story.reads("wang", "@lin 转给了你")
    refused = await story.tries("click", who="lin", label="转回去", channel="admins")
    assert not refused["ok"]
    await story.presses("wang", "转回去")
    await story.reads("lin", "等待审批", "@wang 转给了你")
    await story.reads("wang", "等待审批", "@wang 已转给 @lin")


async def test_who_is_no_admin_any_more_gets_nothing_back(story: Story) -> None:
    """Another one has to be named instead."""
    await story.asks_and_waits()
    assert not await hands_on(story, "王工")
    await story.reads("wang", "@lin 转给了你")
    story.world.workspace.usergroups["S0ADMINS"] = {"U0WANG"}
    db = Database(story.database)
    async with db.write() as tx:
        lin = await people.load(tx.conn, "T0PLAYGROUND", "U0LIN")
        assert lin
        await people.save(tx, replace(lin, admin=False, seen_at=utc_now()))
    await db.close()
    await story.presses("wang", "转回去")
    await story.sees_form("wang", "转给别的管理员")
    assert not any("转给了你" in text for text in await story.texts("lin"))


async def test_the_form_tells_who_has_how_much(story: Story) -> None:
    """An admin who asks to join is not offered for their own request, and what wang has in hand is told."""
    await story.asks_and_waits()
    assert not await hands_on(story, "王工")
    await story.reads("wang", "@lin 转给了你")
    await story.presses("lin", "转给别的管理员", channel="admins")
    await story.sees_form("lin", "王工", "手上 1 份")


async def test_a_note_that_can_not_be_taken(story: Story) -> None:
    """Too long, or with a secret in it: said at the field, and nobody is handed anything."""
    await story.asks_and_waits()
    assert await hands_on(story, "王工", 带一句话="长" * 121)
    secret = await story.tries("submit", who="lin", fields={"带一句话": "见 pat_" + "x" * 64})
    assert "令牌" in str(secret["errors"]) or "密钥" in str(secret["errors"])
    await story.tries("close", who="lin")
    assert await story.texts("wang") == []


async def test_nobody_else_decides(story: Story) -> None:
    """There is nobody to hand it to: the form says so, and how that is mended."""
    story.world.workspace.usergroups["S0ADMINS"] = {"U0LIN"}
    await story.asks_and_waits()
    await story.presses("lin", "转给别的管理员", channel="admins")
    form = await story.sees_form("lin", "没有别的管理员", "ADMIN_USERS")
    assert not form.get("submit")


async def test_slack_is_away_and_the_known_ones_are_offered(story: Story) -> None:
    """Who was an admin when Slack was last asked; whoever is named is asked about again before anything happens."""
    await story.asks_and_waits()
    await story.types("wang", "/sharge status")
    await story.reads("wang", "下一步")
    await story.goes_wrong("slack", "server_error", method="usergroups.users.list")
    assert not await hands_on(story, "王工")
    await story.reads("wang", "@lin 转给了你")


async def test_many_admins_are_a_menu(story: Story) -> None:
    """Radio buttons end at ten; nobody whom the settings name is left out."""
    people, group = story.world.workspace.people, story.world.workspace.usergroups["S0ADMINS"]
    for number in range(12):
        person = Person(f"a{number}", f"U0ADMIN{number}", f"管理员{number}", "zh-CN", "Asia/Shanghai", "admin")
        person.team_id = story.world.workspace.team_id
        people[person.handle] = person
        group.add(person.id)
    await story.asks_and_waits()
    assert not await hands_on(story, "管理员11")
    await story.reads("a11", "@lin 转给了你")
