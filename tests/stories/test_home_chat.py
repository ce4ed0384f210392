"""From Home into the chat: a press acts and opens it, and no modal says where to look."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.demo.setup import setup
from bot.playground.page.elements import address_of
from bot.playground.page.state import Seat, State, follow
from tests.databases import fresh
from tests.stories.story import Json, Story, told
from tests.stories.test_grid import chat as on_grid
from tests.stories.test_home_next import connects, records


def leading(view: Json) -> Iterator[tuple[str, str]]:
    """What opens something besides acting, and the address."""
    stack: list[Any] = [view["blocks"]]
    while stack:
        part = stack.pop()
        stack += part if isinstance(part, list) else list(part.values()) if isinstance(part, dict) else []
        if isinstance(part, dict) and "url" in part:
            yield part.get("action_id") or part["value"].partition(":")[0], part["url"]


async def test_home_opens_the_chat_where_the_card_stands(story: Story) -> None:
    """The routes, the guide that waits, a renewal, also behind ⋯; each card is at the end of the chat then."""
    await story.tries("home", who="mei")
    slack = story.ready["slack"]
    chat = f"slack://app?team={slack['team_id']}&id={slack['app_id']}&tab=messages"
    assert set(leading(await story.looks_home("mei", "选一条路"))) == {("guide.route", chat)}
    await story.presses("mei", "先试试", channel="home")
    await story.reads_last("mei", "第 1 步，共 5 步")
    await records(story, "厨房", 5)
    home = await story.looks_home("mei", "厨房")
    assert set(leading(home)) == {("guide.resume", chat), ("renew", chat)}
    await story.presses("mei", "接着做", channel="home")
    await story.reads_last("mei", "第 1 步，共 5 步")
    await story.presses("mei", "换新", action_id="remind.more", channel="home")
    await story.reads_last("mei", "换新「厨房」", "第 1 步，共 3 步")
    assert (await story.screen("mei"))["modal"] is None


async def test_without_the_chats_address_a_pointer_says_where(tmp_path: Path) -> None:
    """To which of an organisation's workspaces somebody goes is not known."""
    about = replace(setup(), chat=on_grid(is_org_wide=True))
    with fresh("sqlite", tmp_path) as url:
        async with told(url, about=about) as story:
            await story.tries("home", who="mei")
            assert not list(leading(await story.looks_home("mei", "选一条路")))
            await story.presses("mei", "先试试", channel="home")
            await story.sees_form("mei", "引导的卡片在我们的私信里")
            await story.reads_last("mei", "第 1 步，共 5 步")


async def test_a_form_says_where_the_card_is_and_leads_there(story: Story) -> None:
    """Another route is taken in a form, which no card can follow."""
    await connects(story)
    await story.tries("home", who="mei")
    await story.looks_home("mei", "已接好")
    await story.presses("mei", "再接一个", channel="home")
    await story.sees_form("mei", "选一条路")
    await story.presses("mei", "用自己的服务器", channel="modal")
    form = await story.sees_form("mei", "引导的卡片在我们的私信里")
    assert form["buttons"] == ["去聊天"]
    await story.reads_last("mei", "第 1 步，共 9 步")


def test_the_page_follows_it_at_the_same_desk() -> None:
    """The chat shows where Home was; Coze's site in its panel; anything else leaves the page."""
    chat, state = "slack://app?team=T1&id=A1&tab=messages", State(left=Seat("mei", "home"))
    assert follow(state, chat, 1, "mei").left == Seat("mei", "dm")
    assert follow(state, "https://www.coze.cn/home", 1, "mei").panel == "coze"
    for other in ("slack://app?team=T1&id=A1&tab=home", "https://example.com", ""):
        assert follow(state, other, 1, "mei") == state
    menu = {"type": "overflow", "options": [{"value": "renew:1", "url": chat}, {"value": "off:1"}]}
    assert address_of(menu, ["renew:1"]) == chat
    assert address_of(menu, ["off:1"]) == ""
    assert address_of({"type": "button", "url": chat}, []) == chat
