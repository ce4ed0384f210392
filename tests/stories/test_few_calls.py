"""An operator whose Coze account is free: few looks, a button for more, and what comes when the calls are used up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.core import limits
from bot.core.limits import Costly
from bot.demo.cast import COZE, WORKSPACE_ID
from bot.demo.setup import setup
from bot.playground.coze.keys import Keyring
from bot.playground.coze.platform import CozeCast
from bot.playground.world.coze_state import CozeState
from bot.store.database import Database
from tests.databases import fresh
from tests.stories.story import Json, Story, told

MINUTE, HOUR, DAY = 60, 3600, 86400
MEMBERS = 99  # on Coze's list before mei, fifty on a page
EDITIONS = ["free", "a word that is new"]


def crowded(level: str) -> CozeCast:
    """A Coze whose ShargeAI is full of others, and whose owner has this edition."""

    def plant(state: CozeState, keys: Keyring) -> None:
        COZE.plant(state, keys)
        state.user("owner").user_level = level
        space = state.workspaces[WORKSPACE_ID]
        space.capacity = 2 * MEMBERS
        for number in range(MEMBERS - len(space.members)):
            space.members[state.add_user(f"u{number}", str(10**18 + number), f"U{number}").id] = "member"

    return CozeCast(plant, COZE.facts)


@asynccontextmanager
async def few(database: str, level: str = "free", *, by_app: bool = False, **settings: str) -> AsyncIterator[Story]:
    """A story with such an operator, `by_app` with an OAuth app for a token, once the bot has asked which edition it
    is.
    """
    about = setup()

    def environment(ready: Json) -> dict[str, str]:
        return about.environment(ready) | (owner_app(ready["coze"]["jwt_app"]) if by_app else {})

    about_crowd = replace(about, coze=crowded(level), environment=environment)
    async with told(database, settings=settings, about=about_crowd) as story:
        await story.waits(lambda: is_asked(story), "what a start asks is asked")
        yield story


def owner_app(app: Json) -> dict[str, str]:
    """The settings of an operator who has an OAuth app."""
    return {
        "COZE_OWNER_TOKEN": "",
        "COZE_OWNER_APP_ID": app["client_id"],
        "COZE_OWNER_KID": app["kid"],
        "COZE_OWNER_KEY_FILE": app["private_key_file"],
        "COZE_OWNER_ACCOUNT_ID": app["account_id"],
    }


async def spent(story: Story) -> list[str]:
    """What Coze was asked with the operator's credential, as Coze itself has it: method and path."""
    answer = (await story._http.get("calls", params={"side": "coze"})).json()
    return [f"{call['method']} {call['path']}" for call in answer["calls"] if call["account"] == "owner"]


async def tokens(story: Story, before: int) -> int:
    """How many an app would have asked for since so many calls. Here one holds out, as it ends by real time; outside
    each lives a day less a minute and a second, and the last one may be over when this begins.
    """
    answer = (await story._http.get("calls", params={"side": "coze"})).json()
    moments = [call["t"] for call in answer["calls"] if call["account"] == "owner"][before:]
    end, count = 0.0, 0
    for moment in moments:
        if moment >= end:
            end, count = moment + DAY - 61, count + 1
    return count


async def is_asked(story: Story) -> bool:
    """Whether the jobs of a start are done: the edition, and whether the settings are true."""
    db = Database(story.database)
    async with db.read() as conn:
        rows = await conn.execute(
            text("SELECT kind, state, attempts FROM job WHERE kind IN ('edition', 'preflight')")
        )
        found = {kind: state == "done" or (state == "due" and attempts == 0) for kind, state, attempts in rows}
        looks = await conn.scalar(text("SELECT count(*) FROM preflight"))
    await db.close()
    return all(found.values()) and bool(looks)


async def counted(story: Story, *words: str) -> Json:
    """The admins' Home, once it holds these words; it is drawn anew."""
    await story.tries("home", who="lin")
    return await story.looks_home("lin", *words)


async def waits_for(story: Story, count: int) -> None:
    """Until Coze was asked so often in all."""

    async def reached() -> bool:
        return len(await spent(story)) >= count

    await story.waits(reached, f"{count} calls", "lin")


@pytest.mark.parametrize(("level", "by_app"), [*((level, False) for level in EDITIONS), ("free", True)])
async def test_a_join_and_a_review_cost_few_calls(database: str, level: str, *, by_app: bool) -> None:
    """Nobody accepts until the last look, and Coze lists nothing until the seventh day: no more than twelve each."""
    async with few(database, level, by_app=by_app) as story:
        before = len(await spent(story))
        await story.is_let_in()
        for pause in (10 * MINUTE, 110 * MINUTE, 22 * HOUR, DAY):
            seen = len(await spent(story))
            await story.passes(advance=pause / 2)
            assert len(await spent(story)) == seen
            if pause == DAY:
                await story.on_coze("user", name="mei", accept_invitation=True)
            await story.passes(advance=pause / 2 + 1)
            await waits_for(story, seen + 2)
        await story.reads("lin", "@mei 已加入 ShargeAI · 已验证", channel="admins")
        join = len(await spent(story)) - before + (await tokens(story, before) if by_app else 0)
        await story.proves()
        agent = story.world.coze.state.add_bot("讲解员", story.space, story.coze["users"]["mei"])
        await counted(story, "「列出智能体」", "每 20 个用 1 次")
        seen = len(await spent(story))
        await story.presses("lin", "列出智能体")
        await waits_for(story, seen + 1)
        before = len(await spent(story))
        await story.types("mei", "/sharge publish")
        await story.sees_form("mei", "讲解员", "确认", "里的名字比较，因为调用次数有限")
        await story.sends("mei")
        await story.reads("mei", "讲解员", "审核中", "10 分钟、6 小时、20 小时、3 天、7 天")
        for pause in (10 * MINUTE, 350 * MINUTE, 14 * HOUR, 52 * HOUR, 4 * DAY):
            seen = len(await spent(story))
            if pause == 4 * DAY:
                await story.on_coze("review", bot_id=agent.id, verdict="passed")
            await story.passes(advance=pause + 1)
            await waits_for(story, seen + 1)
        await story.reads("mei", "讲解员", "上线")
        review = len(await spent(story)) - before + (await tokens(story, before) if by_app else 0)
        print(f"{level}: a join {join} calls, a review {review}, all {len(await spent(story))}")
        assert join <= 12
        assert review <= 12
        await counted(story, f"已用 {len(await spent(story))} 次")


async def test_check_now_costs_what_it_says(database: str) -> None:
    """By the member and by an admin, at most once a minute; the cards say when it was looked at."""
    async with few(database) as story:
        await story.is_let_in()
        await story.reads("mei", "10 分钟、2 小时、1 天、2 天", "每 50 名成员 1 次")
        seen = len(await spent(story))
        await story.presses("mei", "现在看一次")
        await story.reads("mei", "成员名单里还没有你")
        assert len(await spent(story)) == seen + 2
        await story.presses("lin", "现在看一次", channel="admins")
        await story.reads("lin", "不到 1 分钟前刚看过")
        assert len(await spent(story)) == seen + 2
        await story.reads("lin", "还没在名单里", channel="admins")
        await story.on_coze("user", name="mei", accept_invitation=True)
        await story.passes(advance=61)
        await story.reads("lin", "@mei 已加入 ShargeAI · 已验证", channel="admins")
        assert len(await spent(story)) == seen + 4


async def test_what_is_used_up_stops_until_somebody_wants_it_tried(database: str) -> None:
    """In the midst of watching: admins are told once, nothing is asked any more, and Retry lets it go on."""
    async with few(database) as story:
        await story.is_let_in()
        await story.on_coze("settings", free_calls=0)
        await story.passes(advance=11 * MINUTE)
        notice = await story.reads("lin", "扣子账号的调用次数用完了", "我用过的次数", channel="admins")
        assert f"我用过的次数：{len(await spent(story))}" in notice
        seen = len(await spent(story))
        for pause in (2 * HOUR, HOUR, 23 * HOUR):
            await story.passes(advance=pause)
        assert len(await spent(story)) == seen
        await story.presses("mei", "现在看一次")
        await story.reads("mei", "额度或余额用完了", "管理员已经知道")
        assert len(await spent(story)) == seen + 1
        home = await counted(story, "扣子说调用次数用完了")
        assert "重试" in home["buttons"]
        assert sum("扣子账号的调用次数用完了" in each for each in await story.texts("lin", "admins")) == 1
        await story.on_coze("user", name="owner", user_level="pro_personal")
        await story.on_coze("user", name="mei", accept_invitation=True)
        await story.passes(advance=2 * MINUTE)
        await story.presses("lin", "重试", channel="admins")
        await story.reads("lin", "管理员让我继续了", channel="admins")
        await story.reads("lin", "@mei 已加入 ShargeAI · 已验证", channel="admins")


async def test_admins_hear_of_the_marks_and_the_last_twenty_are_for_people(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 300, 400 and 450, each once; from 480 on only presses are sent, until another edition is there."""
    monkeypatch.setitem(limits.PACE, Costly.LOOK, (1.0, 50))  # mei presses more often than a story takes real time
    async with few(database) as story:
        await story.is_let_in()
        for mark in (300, 400, 450):
            await has_used(story, mark)
            await presses_look(story)
            await story.reads("lin", f"500 次已用 {mark} 次", channel="admins")
        await has_used(story, 480)
        seen = len(await spent(story))
        await story.passes(advance=3 * HOUR)
        assert len(await spent(story)) == seen
        await presses_look(story)
        await counted(story, "剩得不多", "个人免费版")
        assert sum("500 次已用" in each for each in await story.texts("lin", "admins")) == 3
        await story.on_coze("user", name="owner", user_level="pro_personal")
        await story.on_coze("user", name="mei", accept_invitation=True)
        await story.passes(advance=2 * MINUTE)
        await story.presses("lin", "查版本", channel="admins")
        await counted(story, "个人付费版", "不限次数")
        await story.passes(advance=DAY)
        await story.reads("lin", "@mei 已加入 ShargeAI · 已验证", channel="admins")


async def has_used(story: Story, count: int) -> None:
    """As if the bot had called so often before."""
    db = Database(story.database)
    async with db.write() as tx:
        await tx.conn.execute(text("UPDATE coze_call SET count = :count"), {"count": count})
    await db.close()


async def presses_look(story: Story) -> None:
    """Mei wants it looked at, which costs calls."""
    seen = len(await spent(story))
    await story.passes(advance=61)
    await story.presses("mei", "现在看一次")
    await waits_for(story, seen + 2)


@pytest.mark.parametrize("level", ["free", "enterprise"])
async def test_a_setting_may_say_which_edition_it_is(database: str, level: str) -> None:
    """Then nobody asks Coze."""
    async with few(database, COZE_EDITION=level) as story:
        await story.is_let_in()
        await counted(story, "COZE_EDITION")
        assert not any("benefits" in call for call in await spent(story))


async def test_without_the_key_the_edition_is_unknown(database: str) -> None:
    """And so the bot looks rarely; the button asks again."""
    async with told(database) as story:
        token = story.world.coze.state.tokens
        owner = next(each for each in token.values() if each.kind == "sat")
        owner.permissions -= {"getBenefit"}
        await story.presses_soon("lin", "查版本") if await counted(story, "扣子调用") else None
        await counted(story, "版本不明", "免费账号一共只有 500 次")
        owner.permissions |= {"getBenefit"}
        await story.presses("lin", "查版本")
        await counted(story, "个人付费版", "不限次数")


async def test_members_are_compared_at_a_press_alone(database: str) -> None:
    """Monday comes and goes; the button does it once."""
    async with few(database) as story:
        seen = len(await spent(story))
        await story.passes(advance=8 * DAY)
        await story.passes(advance=1)
        assert len(await spent(story)) == seen
        await counted(story, "扣子调用")
        await story.presses("lin", "核对名单")
        await waits_for(story, seen + 2)
        await story.reads("lin", "名单核对", channel="admins")


async def test_who_pays_reads_the_list_once_a_minute_for_all(tmp_path: Path) -> None:
    """Two who are waited for, invited moments apart: one reading of two pages a minute."""
    with fresh("sqlite", tmp_path) as url:
        async with few(url, "pro_personal") as story:
            await story.is_let_in()
            await story.passes(advance=20)
            await story.is_let_in("tom")
            for _ in range(15):
                await story.passes(advance=20)
                await story.settles()
            answer = (await story._http.get("calls", params={"side": "coze"})).json()
            read = [call["t"] for call in answer["calls"] if call["method"] == "GET" and "members" in call["path"]]
            begun = read[:1]
            for moment in read:
                if moment - begun[-1] >= MINUTE:
                    begun.append(moment)
            assert len(begun) >= 3
            assert len(read) <= 2 * len(begun)


async def test_a_review_is_looked_at_once_a_minute_at_most(tmp_path: Path) -> None:
    """Whoever pays too: by itself, and however often somebody presses."""
    with fresh("sqlite", tmp_path) as url:
        async with few(url, "pro_personal") as story:
            await story.joins()
            await story.proves()
            await story.on_coze("agent", name="mei", title="夜航员", workspace="ShargeAI")
            await story.types("mei", "/sharge publish 夜航员")
            await story.sees_form("mei", "确认发布")
            await story.sends("mei")
            await story.reads("mei", "夜航员", "审核中")
            before = (await versions_read(story))[-1]
            for _ in range(18):
                await story.tries("click", who="mei", label="现在看一次", confirm=True)
                await story.passes(advance=10)
                await story.settles()
            read = [moment for moment in await versions_read(story) if moment > before]
            assert len(read) >= 2
            assert all(later - earlier >= MINUTE for earlier, later in pairwise([before, *read]))


async def versions_read(story: Story) -> list[float]:
    """When the bot has read the versions of an agent, one page each."""
    answer = (await story._http.get("calls", params={"side": "coze"})).json()
    return [call["t"] for call in answer["calls"] if call["method"] == "GET" and "versions" in call["path"]]
