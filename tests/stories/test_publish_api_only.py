"""An agent goes to the API channel alone: online at once, no review, and the channel's own version stays as it is."""

from pathlib import Path

import httpx

from tests.databases import fresh
from tests.stories.story import Json, Story, told
from tests.stories.test_guide_from_online import goes_online
from tests.stories.test_join_forged import Forger
from tests.stories.test_review_desk import TITLE, desk_opens

API, PUBLISH = "1024", "/v1/bot/publish"
OTHER = "夜航员"


def places(story: Story, title: str) -> dict[str, str]:
    """Where the agent stands on Coze, by channel."""
    found = story.world.coze.state.find_bot(title).publications
    return {connector: each.state for connector, each in found.items()}


async def goes_to_api(story: Story, title: str = TITLE) -> None:
    """Mei says so with the command."""
    await story.types("mei", f"/sharge publish {title} --api")
    form = await story.sees_form("mei", "确认发布", f"只把「{title}」发布到 API", "保持不变")
    assert "等审核" not in form["plain"]
    assert "上线后" not in form["plain"]  # there is nothing to be told in the channel for news
    await story.sends("mei", **{"publish.note": "先自己试"})
    await story.reads("mei", f"「{title}」 · 已上 API", "API：扣子已列出 · 已验证")


async def test_it_is_online_at_once(database: str) -> None:
    """No review begins, no admin is asked, and the history says where it went."""
    async with told(database) as story:
        await desk_opens(story)
        await goes_to_api(story)
        assert places(story, TITLE) == {API: "online"}
        assert not [text for text in await story.texts("lin", "admins") if "等审核" in text]
        await story.types("mei", "/sharge status")
        await story.reads("mei", TITLE, "已在 API 渠道上")
        await story.types("lin", f"/sharge history {TITLE}")
        form = await story.sees_form("lin", "发布记录", "只到 API", "先自己试")
        assert "下架" not in form["plain"]


async def test_picked_in_the_form(story: Story) -> None:
    """Where to stands beside which."""
    await desk_opens(story)
    await story.types("mei", "/sharge publish 没有这个")
    await story.sees_form("mei", "发布到", "只到 API")
    await story.sends("mei", 智能体=TITLE, **{"publish.where": "api"})
    await story.sees_form("mei", "确认发布", f"只把「{TITLE}」发布到 API")
    await story.sends("mei")
    await story.reads("mei", f"「{TITLE}」 · 已上 API")


async def test_what_is_on_the_channel_stays(story: Story) -> None:
    """The newest card has the buttons, and the history of both, from which the channel's version is taken off."""
    await story.tries("reset", seed="agent-ready")
    await goes_online(story, OTHER)
    await goes_to_api(story, OTHER)
    assert set(places(story, OTHER).values()) == {"online"}
    await story.tries("home", who="mei")
    await story.looks_home("mei", OTHER, "已上线", "已发布到 API（已验证）")
    await story.presses("mei", "发布记录")
    await story.sees_form("mei", "发布记录", "只到 API")
    await story.presses("mei", "下架…", channel="modal")
    await story.sees_form("mei", f"下架「{OTHER}」")
    await story.sends("mei", 为什么下架="展览结束了")
    await story.reads("mei", f"「{OTHER}」已从「闪极智能体」下架")
    assert places(story, OTHER)[API] == "online"


async def test_one_of_the_api_alone_is_not_taken_off_the_channel(tmp_path: Path) -> None:
    """Forged, since no button says so: it would take off what another publication brought there."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient() as http:
            await story.tries("reset", seed="agent-ready")
            await goes_online(story, OTHER)
            await goes_to_api(story, OTHER)
            before, last = places(story, OTHER), 2
            view: Json = {
                "id": "V1",
                "type": "modal",
                "callback_id": "publish.unpublish",
                "private_metadata": str(last),
            }
            values = {"publish.off_reason": {"value": {"value": "展览结束了"}}}
            view |= {"state": {"values": values}, "blocks": [{"type": "input", "block_id": "publish.off_reason"}]}
            sent = {"type": "view_submission", "user": {"id": "U0MEI"}, "view": view}
            refused = await Forger(story, http).posts(sent)
            assert "command.status" in refused.text  # where it stands by now
            await story.settles()
            assert places(story, OTHER) == before


async def test_a_name_that_is_taken_there_is_none_here(story: Story) -> None:
    """The names of the channel matter to the glasses alone."""
    await desk_opens(story)
    state = story.world.coze.state
    twin = state.add_bot(TITLE, state.team, state.user("lin").id)
    await story.on_coze("publish", name="lin", bot_id=twin.id)
    await goes_to_api(story)


async def test_an_answer_that_is_lost(story: Story) -> None:
    """Coze's list tells; it is not sent twice."""
    await desk_opens(story)
    await story.types("mei", f"/sharge publish {TITLE} --api")
    await story.sees_form("mei", "确认发布")
    await story.goes_wrong("coze", "cut", method=PUBLISH, times=1)
    await story.sends("mei")
    await story.passes(advance=120)
    await story.reads("mei", f"「{TITLE}」 · 已上 API")
    assert len([call for call in story.world.coze.state.calls if call.path == PUBLISH]) == 1


async def test_what_never_arrived(story: Story) -> None:
    """Nobody knows it, so a person looks; a review is not spoken of."""
    await desk_opens(story)
    await story.types("mei", f"/sharge publish {TITLE} --api")
    await story.sees_form("mei", "确认发布")
    await story.goes_wrong("coze", "html_502", method=PUBLISH, times=1)
    await story.sends("mei")
    for _ in range(6):
        await story.passes(advance=61)
    card = await story.reads("mei", TITLE, "我停在这里")
    assert "审核" not in card
    await story.presses("mei", "已经上线")
    await story.reads("mei", f"「{TITLE}」 · 已上 API", "你已确认")
