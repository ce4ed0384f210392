"""An agent made from a form: the token tells the workspaces, one of several is chosen, and no text is ever lost."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.databases import fresh
from tests.stories.story import Story, told
from tests.stories.test_guide import AGENT
from tests.stories.test_guide_help import begins
from tests.stories.test_join_forged import Forger
from tests.stories.test_secrets import Alone, alone

__all__ = ["alone"]  # the fixture

WRITTEN = {"名字": "讲解员", "介绍": "馆里的", "人设": "你讲展品的故事", "开场白": "你好", "推荐问题": "这是什么？"}
MANY = 100


async def at_the_agent(story: Story) -> None:
    """Mei is at the step that asks for an agent."""
    await begins(story)
    await story.presses("mei", "令牌建好了")
    await story.presses_soon("mei", "登记到期日")
    await story.sends("mei", 名字="试用")
    await story.reads("mei", "第 3 步")


async def has_two(story: Story) -> str:
    """Mei owns two workspaces and has joined a third; the id of the second."""
    story.space.members[story.coze["users"]["mei"]] = "member"
    return str((await story.on_coze("workspace", name="mei", title="博物馆"))["workspace_id"])


async def gives_token(story: Story, token: str = "") -> str:
    """Opens the form and sends the token."""
    token = token or story.coze["pats"]["mei"]
    await story.presses_soon("mei", "帮我建一个")
    await story.sees_form("mei", "令牌，只用一次", "1 次扣子调用", "createBot")
    await story.sends("mei", 令牌=token)
    return token


async def chooses(story: Story, name: str = "博物馆") -> None:
    """Picks the workspace; the form for the agent names it."""
    await story.sees_form("mei", "建在哪个空间")
    await story.sends("mei", 空间=name)
    await story.sees_form("mei", "建一个智能体", f"扣子空间「{name}」", "1 次扣子调用")


def entered(form: dict[str, Any]) -> dict[str, Any]:
    """What stands in a form's fields, by label."""
    return {each["label"]: each["value"] for each in form["inputs"]}


def offered(form: dict[str, Any]) -> list[str]:
    """The workspaces that a form lets one choose from."""
    select = next(block["element"] for block in form["blocks"] if block["type"] == "input")
    return [each["text"]["text"] for each in select["options"]]


def agents(story: Story, workspace_id: str) -> list[str]:
    """The agents of a workspace on Coze."""
    return [bot.name for bot in story.world.coze.state.bots.values() if bot.workspace_id == workspace_id]


async def test_of_two_workspaces_one_is_chosen(story: Story) -> None:
    """By its name; one that was merely joined is not offered. What is made is linked, in the form and by the card."""
    museum = await has_two(story)
    await at_the_agent(story)
    await story.goes_wrong("coze", "slow", delay=0, times=MANY)  # counts the calls, and does no more
    token = await gives_token(story)
    form = await story.sees_form("mei", "建在哪个空间")
    assert offered(form) == ["个人空间", "博物馆"]
    assert entered(form)["令牌"] == token
    await chooses(story)
    form = await story.sees_form("mei", "建一个智能体")
    assert entered(form)["令牌"] == token
    assert len(form["inputs"]) == 6
    assert token not in json.dumps({name: form[name] for name in ("blocks", "private_metadata", "title")})
    await story.sends("mei", **WRITTEN)
    done = await story.sees_form("mei", "✅ 「讲解员」已建在空间「博物馆」 · 已验证")
    assert "打开智能体" in done["buttons"]
    assert f"https://www.coze.cn/space/{museum}/bot/" in json.dumps(done["blocks"])
    await story.reads("mei", "第 4 步，共 5 步", "智能体「讲解员」 · 在「博物馆」 · 已验证")
    assert agents(story, museum) == ["讲解员"]
    (faults,) = story.world.coze.faults.active
    assert faults["times"] == MANY - 2, "one call for the workspaces, one to make it"


async def test_limits_come_back_to_their_fields_in_english(story: Story) -> None:
    """All text and the token stay; of two workspaces with one name each tells its id."""
    tom, state = story.coze["users"]["tom"], story.world.coze.state
    twin = await story.on_coze("workspace", name="tom", title="Personal")
    await begins(story, "tom")
    await story.presses("tom", "Token created")
    await story.presses_soon("tom", "Track an expiry date")
    await story.sends("tom", Name="trial")
    await story.presses_soon("tom", "Create one for me")
    await story.sees_form("tom", "1 Coze call", "createBot")
    token = (await story.on_coze("token", name="tom"))["token"]
    assert "error" in await story.tries("submit", who="tom", fields={"Token": "pat_x y"})
    await story.sends("tom", Token=token)
    form = await story.sees_form("tom", "Where to make it")
    assert offered(form) == [f"Personal · {state.personal_space(tom).id}", f"Personal · {twin['workspace_id']}"]
    await story.sends("tom", Space=f"Personal · {twin['workspace_id']}")
    await story.sees_form("tom", "Create an agent", "space “Personal", "1 Coze call")
    wrong = {"Name": "N" * 21, "Persona": "You guide", "Suggested questions": "1\n2\n3\n4\n5\n6"}
    refused = await story.tries("submit", who="tom", fields=wrong)
    assert set(refused["errors"]) == {"Name", "Suggested questions"}
    still = entered(await story.sees_form("tom", "Create an agent"))
    assert still["Persona"] == "You guide"
    assert still["Token"] == token
    await story.sends("tom", **{"Name": "Museum Guide", "Suggested questions": "What is this?"})
    await story.sees_form("tom", "✅ “Museum Guide” is made in the space", "verified")
    await story.reads("tom", "Step 4 of 5", "Agent “Museum Guide” · in “Personal", "verified")
    assert agents(story, twin["workspace_id"]) == ["Museum Guide"]


async def test_the_only_workspace_is_taken(story: Story) -> None:
    """Nothing is asked where there is nothing to choose."""
    story.space.members[story.coze["users"]["mei"]] = "member"
    await at_the_agent(story)
    await gives_token(story)
    await story.sees_form("mei", "建一个智能体", "扣子空间「个人空间」")
    await story.sends("mei", **WRITTEN)
    await story.reads("mei", "第 4 步", "智能体「讲解员」 · 在「个人空间」 · 已验证")


async def test_a_pasted_address_forgets_the_workspace(story: Story) -> None:
    """Who goes back and names another agent has not told in which workspace it lies."""
    await at_the_agent(story)
    await gives_token(story)
    await story.sees_form("mei", "建一个智能体")
    await story.sends("mei", **WRITTEN)
    await story.reads("mei", "第 4 步", "在「个人空间」")
    await story.tries("close", who="mei")
    await story.presses("mei", "回到上一步")
    await story.presses_soon("mei", "填智能体地址")
    await story.sends("mei", 地址=AGENT, 名字="夜航员")
    card = await story.reads("mei", "第 4 步", "智能体「夜航员」")
    assert "在「" not in card


async def test_an_organisations_workspace_is_offered_to_its_members(story: Story) -> None:
    """There a token may be opened to what was merely joined."""
    state, mei = story.world.coze.state, story.coze["users"]["mei"]
    space = state.add_workspace("集团", story.coze["users"]["owner"], enterprise_id="7530000000000000001")
    space.members[mei] = "member"
    await at_the_agent(story)
    await gives_token(story)
    await chooses(story, "集团")
    await story.sends("mei", **WRITTEN)
    await story.reads("mei", "第 4 步", "在「集团」")
    assert agents(story, space.id) == ["讲解员"]


async def test_a_bad_token_is_mended_in_its_form(story: Story) -> None:
    """No token at all is told at the field; what Coze refuses, in the form and on the card; then it goes on."""
    await at_the_agent(story)
    await story.presses_soon("mei", "帮我建一个")
    refused = await story.tries("submit", who="mei", fields={"令牌": "pat_x y"})
    assert "令牌" in refused["errors"]
    await story.sends("mei", 令牌=story.coze["pats"]["expired"])
    await story.sees_form("mei", "令牌无效或已到期", "完整复制")
    await story.reads("mei", "●", "令牌无效或已到期")
    await story.sends("mei", 令牌=story.coze["pats"]["mei"])
    await story.sees_form("mei", "建一个智能体")
    await story.sends("mei", **WRITTEN)
    await story.reads("mei", "第 4 步", "在「个人空间」")


@pytest.mark.usefixtures("impatient")
async def test_while_coze_hangs_the_form_says_so(story: Story) -> None:
    """Who closes it meanwhile leaves nothing behind; who waits is told, and the token still stands there."""
    await at_the_agent(story)
    await story.goes_wrong("coze", "slow")
    token = await gives_token(story)
    await story.sees_form("mei", "⏳ 正在问扣子你有哪些空间")
    await story.tries("close", who="mei")
    await story.works_again()
    await story.goes_wrong("coze", "slow")
    await gives_token(story)
    form = await story.sees_form("mei", "扣子暂时没有响应")
    assert entered(form)["令牌"] == token
    await story.works_again()
    await story.sends("mei")
    await story.sees_form("mei", "建一个智能体")


async def test_a_token_that_ends_in_between_costs_no_text(story: Story) -> None:
    """What was written stands in the form again, with why; another token does it."""
    await has_two(story)
    await at_the_agent(story)
    other = (await story.on_coze("token", name="mei"))["token"]
    token = await gives_token(story)
    await chooses(story)
    await story.on_coze("revoke", token=token)
    await story.sends("mei", **WRITTEN)
    form = await story.sees_form("mei", "令牌无效或已到期", "扣子空间「博物馆」")
    assert WRITTEN.items() <= entered(form).items()
    await story.reads("mei", "●", "令牌无效或已到期", "4100")
    await story.sends("mei", 令牌=other)
    await story.reads("mei", "第 4 步", "在「博物馆」")


async def test_a_workspace_that_is_gone_costs_no_text(story: Story) -> None:
    """Deleted, passed on or never ticked for this token: Coze says no, and which permission it is about."""
    museum = await has_two(story)
    await at_the_agent(story)
    token = await gives_token(story)
    await chooses(story)
    gone = story.world.coze.state.workspaces.pop(museum)
    await story.sends("mei", **WRITTEN)
    form = await story.sees_form("mei", "令牌有效，但缺权限")
    assert WRITTEN.items() <= entered(form).items()
    await story.reads("mei", "令牌有效，但缺权限", "createBot", museum)
    story.world.coze.state.workspaces[museum] = gone
    await story.sends("mei", 令牌=token)
    await story.reads("mei", "第 4 步", "在「博物馆」")


async def test_a_missing_permission_is_mended_and_it_is_made_after_all(story: Story) -> None:
    """The guide has named it; the card names it again, and the button beside it makes the agent once it is ticked."""
    await begins(story)
    await story.reads("mei", "第 1 步", "想让我帮你建智能体，再勾 createBot")
    await story.presses("mei", "令牌建好了")
    await story.presses_soon("mei", "登记到期日")
    await story.sends("mei", 名字="试用")
    await story.reads("mei", "第 3 步")
    token = await gives_token(story)
    await story.sees_form("mei", "建一个智能体")
    await story.goes_wrong("coze", "missing_permission", method="/v1/bot/create", times=1)
    await story.sends("mei", **WRITTEN)
    await story.sees_form("mei", "令牌有效，但缺权限")
    await story.tries("close", who="mei")
    card = await story.reads("mei", "令牌有效，但缺权限", "createBot", "再试一次")
    assert "再检查" not in card
    shown = next(each for each in (await story.screen("mei"))["dm"] if each["plain"] == card)
    assert shown["buttons"][:3] == ["打开令牌页", "帮我建一个…", "问管理员"]
    await gives_token(story, token)
    await story.sees_form("mei", "建一个智能体")
    await story.sends("mei", **WRITTEN)
    await story.reads("mei", "第 4 步", "智能体「讲解员」")


async def test_an_answer_that_was_lost_is_not_asked_for_twice(story: Story) -> None:
    """It may be there: the person is told to look first, and the bot makes no second one."""
    await at_the_agent(story)
    await gives_token(story)
    await story.sees_form("mei", "建一个智能体")
    await story.goes_wrong("coze", "cut", method="/v1/bot/create")
    await story.sends("mei", **WRITTEN)
    form = await story.sees_form("mei", "还不知道智能体建成了没有", "先到扣子里看")
    assert WRITTEN.items() <= entered(form).items()
    card = await story.reads("mei", "●", "还不知道智能体建成了没有")
    assert "已验证" not in card.partition("还不知道")[2]
    shown = [each for each in (await story.screen("mei"))["dm"] if each["plain"] == card]
    assert shown[-1]["buttons"][:3] == ["打开扣子", "换一个地址…", "问管理员"]
    assert agents(story, story.world.coze.state.personal_space(story.coze["users"]["mei"]).id).count("讲解员") == 1


async def test_an_agent_is_made_in_the_teams_space_and_published(story: Story) -> None:
    """By the bot's own credential, for the member who has joined; only they publish it from here."""
    await story.tries("reset", seed="agent-ready")
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "上闪极智能体")
    await story.reads("mei", "第 4 步，共 6 步", "在团队空间里建智能体")
    await story.presses("mei", "帮我建一个")
    await story.sees_form("mei", "ShargeAI", "归空间所有者")
    await story.goes_wrong("coze", "missing_permission", method="/v1/bot/create")
    await story.sends("mei", 名字="夜航员", 人设="讲星星的故事")
    form = await story.sees_form("mei", "缺权限", "请告诉管理员")
    assert "夜航员" in entered(form).values()
    card = await story.reads("mei", "缺权限", "请告诉管理员")
    assert "次扣子调用" not in card
    assert not any("令牌页" in label for each in (await story.screen("mei"))["dm"] for label in each["buttons"])
    await story.works_again()
    await story.sends("mei")
    await story.sees_form("mei", "「夜航员」已建在空间「ShargeAI」")
    await story.reads("mei", "第 5 步，共 6 步", "智能体「夜航员」 · 在「ShargeAI」 · 已验证")
    await story.presses("mei", "帮我发布")
    await story.sees_form("mei", "确认发布", "夜航员")
    await story.sends("mei")
    await story.reads("mei", "第 5 步", "审核中")


async def test_nothing_of_the_token_stays(alone: Alone) -> None:
    """Neither in a row nor in anything that the bot sent: only Slack itself holds the form as it was filled in."""
    await at_the_agent(alone)
    await alone.on_coze("workspace", name="mei", title="博物馆")
    token = await gives_token(alone)
    await chooses(alone)
    await alone.sends("mei", **WRITTEN)
    await alone.sees_form("mei", "已建在空间「博物馆」")
    await alone.reads("mei", "第 4 步", "在「博物馆」")
    assert token not in alone.dump()
    for method in ("views.open", "views.update", "chat.postMessage", "chat.update"):
        sent = [call["body"] for call in await alone.calls(method)]
        assert sent, method
        assert token not in repr(sent), method
    assert token not in repr([await alone.screen(who) for who in ("mei", "tom", "lin")])


async def test_on_the_way_to_the_channel_only_the_teams_space_will_do(alone: Alone) -> None:
    """An agent elsewhere could never get there: none is made, and the card says what the token lacks."""
    space = alone.coze["workspace_id"]
    await alone.types("mei", "/sharge start")
    await alone.presses_soon("mei", "上闪极智能体")
    await alone.presses_soon("mei", "有，我在里面")
    await gives_token(alone)
    await alone.sees_form("mei", "令牌有效，但缺权限", "加入的别人空间补不了")
    await alone.reads("mei", "令牌有效，但缺权限", "createBot", space)
    assert not any("已验证" in text for text in await alone.texts("mei"))


@pytest.mark.parametrize("chosen", ["x", "", "7530498800217600004 ", "١٢٣"])
async def test_what_was_never_offered_is_refused(tmp_path: Path, chosen: str) -> None:
    """Signed as it should be, but no choice of ours: nothing is asked, and nothing unexpected happens."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient(trust_env=False) as http:
            await at_the_agent(story)
            option = {"value": chosen, "text": {"type": "plain_text", "text": "ShargeAI"}}
            answer = await sends(story, http, "guide.space", "1:s1", {"guide.space": {"selected_option": option}})
            assert answer["response_action"] == "errors"
            answer = await sends(story, http, "guide.create", f"1:s1 {chosen}", {"guide.name": {"value": "x"}})
            assert answer["response_action"] == "errors"


async def test_a_form_drawn_by_another_process_makes_the_agent(tmp_path: Path) -> None:
    """This process has seen none of the steps before, as after a restart: the form holds all that is needed."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient(trust_env=False) as http:
            museum = await has_two(story)
            await at_the_agent(story)
            values = {"guide.name": {"value": "讲解员"}, "guide.persona": {"value": "讲故事"}}
            about = f"1:s1 {museum} 博物馆 二楼"
            answer = await sends(story, http, "guide.create", about, values)
            assert answer["errors"].keys() == {"guide.token"}, "it is asked for once more at its field"
            values["guide.token"] = {"value": story.coze["pats"]["mei"]}
            answer = await sends(story, http, "guide.create", about, values)
            assert answer["response_action"] == "update"
            await story.reads("mei", "第 4 步", "智能体「讲解员」 · 在「博物馆 二楼」 · 已验证")
            assert agents(story, museum) == ["讲解员"]


async def test_another_workspace_than_ones_own_is_refused_by_coze(tmp_path: Path) -> None:
    """An id that was put in by force goes no further than the token does."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient(trust_env=False) as http:
            await at_the_agent(story)
            values = {"guide.name": {"value": "讲解员"}, "guide.persona": {"value": "讲故事"}}
            values["guide.token"] = {"value": story.coze["pats"]["mei"]}
            await sends(story, http, "guide.create", f"1:s1 {story.coze['workspace_id']} ShargeAI", values)
            await story.reads("mei", "令牌有效，但缺权限", "createBot", story.coze["workspace_id"])
            assert agents(story, story.coze["workspace_id"]) == []


async def test_the_teams_space_without_a_token_needs_the_right(tmp_path: Path) -> None:
    """The form that names no workspace is for those in the team alone."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient(trust_env=False) as http:
            await at_the_agent(story)
            values = {"guide.name": {"value": "讲解员"}, "guide.persona": {"value": "讲故事"}}
            answer = await sends(story, http, "guide.create", "1:s1", values)
            assert "什么都没改" in json.dumps(answer, ensure_ascii=False)
            assert agents(story, story.coze["workspace_id"]) == []


async def sends(
    story: Story, http: httpx.AsyncClient, callback_id: str, about: str, values: dict[str, Any]
) -> dict[str, Any]:
    """A form of mei's as Slack sends it; the ack."""
    fields = {block_id: {"value": value} for block_id, value in values.items()}
    blocks = [{"type": "input", "block_id": block_id} for block_id in {**fields, "guide.token": {}}]
    view: dict[str, Any] = {
        "id": "V1",
        "type": "modal",
        "hash": "h",
        "callback_id": callback_id,
        "private_metadata": about,
    }
    view |= {"state": {"values": fields}, "root_view_id": "V1", "blocks": blocks}
    payload = {"type": "view_submission", "user": {"id": "U0MEI"}, "view": view}
    return dict((await Forger(story, http).posts(payload)).json())
