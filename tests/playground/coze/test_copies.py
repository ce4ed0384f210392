"""Copying agents: at once in their space, by a task within an enterprise, and nowhere else."""

from typing import Any

from bot.playground.coze.platform import CozePlatform
from bot.playground.world.coze import Bot, Enterprise

from .conftest import Ask

Facts = dict[str, Any]
PATH = "/v1/entities/copy_tasks"


def elsewhere(coze: CozePlatform, facts: Facts, enterprise_id: str) -> Bot:
    """A draft in another workspace of the owner's, ShargeAI being one of an enterprise."""
    owner = facts["users"]["owner"]
    coze.state.enterprises["77"] = Enterprise("77", "E", {owner})
    coze.state.workspaces[facts["workspace_id"]].enterprise_id = "77"
    return coze.state.add_bot("A", coze.state.add_workspace("S", owner, enterprise_id=enterprise_id), owner)


async def ordered(ask: Ask, bot: Bot, **more: str) -> dict[str, Any]:
    body = {"entity_id": bot.id, "entity_type": "bot", **more}
    return (await ask("POST", PATH, json=body))[1]


async def test_a_task_is_under_way_for_two_looks(ask: Ask, coze: CozePlatform, facts: Facts) -> None:
    bot = elsewhere(coze, facts, "77")
    task = (await ordered(ask, bot, to_workspace_id=facts["workspace_id"]))["data"]["task_id"]
    seen = [(await ask("GET", f"{PATH}/{task}"))[1]["data"] for _ in range(4)]
    assert [each["task_status"] for each in seen] == ["in_progress", "in_progress", "successful", "successful"]
    copy = coze.state.bots[seen[3]["target_entity_id"]]
    assert (copy.name, copy.workspace_id, copy.versions) == ("A", facts["workspace_id"], [])


async def test_a_task_fails_on_order_with_its_reasons(ask: Ask, coze: CozePlatform, facts: Facts) -> None:
    bot = elsewhere(coze, facts, "77")
    coze.faults.set("copy_failed", times=1)
    task = (await ordered(ask, bot, to_workspace_id=facts["workspace_id"]))["data"]["task_id"]
    last = [(await ask("GET", f"{PATH}/{task}"))[1]["data"] for _ in range(3)][-1]
    assert last["task_status"] == "failed"
    assert last["failed_reasons"][0]["entity_name"] == "A"


async def test_in_its_own_space_it_is_copied_at_once(ask: Ask, coze: CozePlatform, facts: Facts) -> None:
    bot = elsewhere(coze, facts, "77")
    for more in ({}, {"to_workspace_id": bot.workspace_id}):
        copied = (await ordered(ask, bot, **more))["data"]["copied_entity_id"]
        assert coze.state.bots[copied].workspace_id == bot.workspace_id


async def test_it_leaves_no_enterprise(ask: Ask, coze: CozePlatform, facts: Facts) -> None:
    for enterprise_id in ("", "78"):
        bot = elsewhere(coze, facts, enterprise_id)
        assert (await ordered(ask, bot, to_workspace_id=facts["workspace_id"]))["code"] == 4000
    bot = elsewhere(coze, facts, "77")
    assert (await ask("POST", PATH, json={"entity_id": bot.id, "entity_type": "app"}))[1]["code"] == 4000
    assert (await ordered(ask, bot, to_workspace_id="1"))["code"] == 4101
    assert (await ask("GET", f"{PATH}/1"))[1]["code"] == 4200


async def test_it_takes_two_permissions(ask: Ask, coze: CozePlatform, facts: Facts) -> None:
    bot = elsewhere(coze, facts, "77")
    for key in ("Bot.duplicate", "Workspace.createBot"):
        for token in coze.state.tokens.values():
            token.permissions -= {key}
        refused = await ordered(ask, bot, to_workspace_id=facts["workspace_id"])
        assert (refused["code"], key in refused["msg"]) == (4101, True)
        for token in coze.state.tokens.values():
            token.permissions |= {key}
