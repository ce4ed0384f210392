"""An operator adds a route by one file: it is offered, advised, walked and closed like ours."""

from pathlib import Path

import pytest

from bot.services.guide.checks import KINDS
from bot.texts.guide import guide_texts
from tests.databases import fresh
from tests.stories.story import told
from tests.stories.test_guide import AGENT

MUSEUM = """
[route]
position = 0
order = ["m1", "s1", "m2", "s4"]
icon = "🏛"
fields = "museum"
permissions = "museum"
advised = [{ test = false, others = true, server = true }]
ready_when = "joined"
[route.zh]
title = "给博物馆"
pitch = "馆里的眼镜。"
button = "走博物馆这条"
advice = "馆里有自己的服务，别人也要用。"
ready = "馆里已就绪"
closing = "馆长会照看它。"
[route.en]
title = "for the museum"
pitch = "The museum's glasses."
button = "The museum's way"
advice = "The museum has a server, and others use it."
ready = "The museum is ready"
closing = "The curator looks after it."

[permissions]
museum = ["tour"]
[fields]
museum = [{ zh = "展品号", en = "Exhibit", fact = "agent_id" }]

[m1]
check = "said"
buttons = ["next"]
[m1.zh]
title = "去找馆长"
done = "见过馆长"
do = ["勾上 {permissions}"]
next = "见过了"
[m1.en]
title = "See the curator"
done = "Saw the curator"
do = ["Tick {permissions}"]
next = "Seen"

[m2]
check = "said"
fields = true
buttons = ["next"]
[m2.zh]
title = "挂上牌子"
done = "牌子挂好了"
do = ["照下面写"]
next = "挂好了"
[m2.en]
title = "Put up the sign"
done = "The sign is up"
do = ["Write this"]
next = "It is up"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """GUIDE_DIR with this one file."""
    (tmp_path / "museum.toml").write_text(MUSEUM, "utf-8")
    return tmp_path


async def test_a_route_is_added_by_one_file(folder: Path) -> None:
    """Nothing else names it."""
    with fresh("sqlite", folder) as url:
        async with told(url, settings={"GUIDE_DIR": str(folder)}) as story:
            await story.types("mei", "/sharge start")
            chooser = await story.reads("mei", "给博物馆", "先试试")
            assert chooser.index("给博物馆") < chooser.index("先试试")
            assert "馆里已就绪" not in chooser
            await story.presses_soon("mei", "帮我选")
            await story.sends("mei", **{"让别人也能找到": "yes", "有人会写代码": "yes"})
            await story.sees_form("mei", "我的建议", "给博物馆", "馆里有自己的服务")
            await story.sends("mei")
            await story.reads("mei", "第 1 步，共 3 步", "去找馆长", "tour")
            await story.presses("mei", "见过了")
            await story.presses_soon("mei", "填智能体地址")
            await story.sends("mei", 地址=AGENT, 名字="讲解员")
            await story.reads("mei", "第 3 步，共 3 步", "展品号")
            await story.presses_soon("mei", "挂好了")
            await story.reads("mei", "找讲解员」", "给博物馆", "馆长会照看它")


def test_ours_are_as_they_were(folder: Path) -> None:
    """It only comes before them, and answers alone what it is advised for."""
    texts, ours = guide_texts(KINDS, folder), guide_texts(KINDS)
    assert list(texts.routes) == ["museum", *ours.routes]
    for test in (True, False):
        for others in (True, False):
            for server in (True, False):
                answers = {"test": test, "others": others, "server": server}
                expected = "museum" if (test, others, server) == (False, True, True) else ours.advised(answers).key
                assert texts.advised(answers).key == expected
