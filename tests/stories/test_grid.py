"""An Enterprise Grid, and people of whom Slack tells odd things: all works as for anybody."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.demo.setup import setup
from bot.playground.world.chat import GRID, Transport
from bot.playground.world.workspace import Workspace
from tests.databases import fresh
from tests.stories.story import Story, told

LONG = "馆" * 200
ODD: dict[str, dict[str, Any]] = {
    "no zone": {"tz": "", "tz_offset": 28800},
    "a zone of tomorrow": {"tz": "Mars/Base", "tz_offset": -10800},
    "nothing of the place": {"tz": None, "tz_offset": None, "tz_label": None},
    "a language of nobody": {"locale": "tlh"},
    "no language": {"locale": None},
    "no names": {"name": None, "real_name": None, "profile": {"display_name": None, "real_name": None}},
    "no profile": {"profile": None},
    "a long name": {"profile": {"display_name": LONG}},
    "a name from right to left": {"profile": {"display_name": "\u202eمريم\u2066"}},
    "signs": {"profile": {"display_name": "👩‍👩‍👧 *m* <!channel> `x` {name} &"}},
}


def chat(*, is_org_wide: bool) -> Callable[[Workspace], None]:
    """The usual people, all of an Enterprise Grid."""

    def fill(workspace: Workspace) -> None:
        setup().chat(workspace)
        workspace.enterprise_id, workspace.is_org_wide = GRID, is_org_wide
        for person in workspace.people.values():
            person.grid = person.team_id == workspace.team_id

    return fill


@pytest.mark.parametrize(("is_org_wide", "transport"), [(True, "http"), (False, "socket"), (True, "socket")])
async def test_on_an_enterprise_grid(tmp_path: Path, transport: Transport, *, is_org_wide: bool) -> None:
    """Slack names another workspace for all people, and none for an app of the whole organisation."""
    about = replace(setup(), chat=chat(is_org_wide=is_org_wide))
    with fresh("sqlite", tmp_path) as url:
        async with told(url, transport, about=about) as story:
            await story.tries("home", who="mei")
            await story.looks_home("mei", "申请加入团队")
            await story.joins("mei")
            await story.tries("user", who="tom", locale="zh-CN")
            await story.types("tom", "/sharge status")
            await story.reads("tom", "下一步")
            await story.types("stranger", "/sharge join")
            await story.reads("stranger", "Only full members")
            await story.types("guest", "/sharge join")
            await story.reads("guest", "正式成员")


@pytest.mark.parametrize("odd", ODD)
async def test_facts_that_nobody_expects(story: Story, odd: str) -> None:
    """Home, a command, a card and a reminder come all the same."""
    await story.tries("user", who="mei", told=ODD[odd])
    await story.tries("home", who="mei")
    home = await story.looks_home("mei")
    chinese = "令牌" in home["plain"]
    await story.types("mei", "/sharge status")
    await story.reads("mei", "下一步" if chinese else "Next")
    await story.types("mei", "/sharge join")
    await story.sees_form("mei", "申请加入团队" if chinese else "Join ShargeAI")
    labels = ("用户 ID", "昵称", "想做什么") if chinese else ("user ID", "nickname", "What will")
    filled = dict(zip(labels, (story.coze["users"]["mei"], "mei", "念天气"), strict=True))
    await story.sends("mei", **filled)
    await story.reads("lin", "等待审批", channel="admins")
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "登记" if chinese else "Track an expiry date")
    await story.sends("mei", **({"名": "demo"} if chinese else {"Name": "demo"}))
    await story.reads("mei", "demo")
    before = len(await story.texts("mei"))
    await story.passes(advance=27 * 86_400)
    await story.passes(advance=12 * 3600)  # where they live it may have been night

    async def reminded() -> bool:
        return len(await story.texts("mei")) > before

    await story.waits(reminded, "mei is reminded", "mei")


async def test_home_greets_by_the_name_that_people_chose(story: Story) -> None:
    """Not by the handle, also after they have changed it."""
    await story.tries("user", who="tom", told={"name": "tbaker7", "profile": {"display_name": "Tommy"}})
    await story.tries("home", who="tom")
    await story.looks_home("tom", "Hello Tommy")
    await story.tries("user", who="tom", told={"name": "tbaker7", "profile": {"display_name": ""}})
    await story.tries("home", who="tom")
    await story.looks_home("tom", "Hello Tom Baker")
