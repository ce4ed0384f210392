"""A channel's callback as its owner's server meets it: signed, brought again, late, and where nobody says how."""

import asyncio
import hashlib
import time
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from bot.playground.coze.platform import CozePlatform
from tests.waiting import eventually

from .conftest import Ask
from .desk import Desk
from .test_agents import draft, publication, publish, settled
from .test_oauth import channel_token

Facts = dict[str, Any]


async def test_every_event_is_signed_in_milliseconds(coze: CozePlatform, ask: Ask, facts: Facts, desk: Desk) -> None:
    """The question to a new address, a publication and its end; the question may be unsigned too."""
    bot_id = await draft(ask, facts)
    await publish(ask, bot_id, "1024", facts["connector_id"])
    await settled(coze, bot_id, facts)
    await coze.act("unpublish", {"name": "owner", "bot_id": bot_id, "connector_id": facts["connector_id"]})
    await eventually(lambda: len(desk.came) == 3)
    for headers, raw in desk.came:
        stamp, nonce = headers["x-coze-timestamp"], headers["x-coze-nonce"]
        assert abs(int(stamp) / 1000 - time.time()) < 60
        signed = f"{stamp}{nonce}{facts['channel']['callback_token']}".encode() + raw
        assert headers["x-coze-signature"] == hashlib.sha1(signed, usedforsecurity=False).hexdigest()
    [ended] = desk.events("bot.unpublished")
    assert ended["event"].keys() == {"bot_id", "connector_id", "bot_name", "description"}
    await coze.act("settings", {"verification_signed": False})
    await coze.act("channel", {"callback_url": coze.state.channels[facts["connector_id"]].callback_url})
    assert "x-coze-signature" not in desk.came[-1][0]


async def test_older_names_and_numbers(coze: CozePlatform, ask: Ask, facts: Facts, desk: Desk) -> None:
    await coze.act("settings", {"callback_names": "old"})
    bot_id = await draft(ask, facts)
    await publish(ask, bot_id, "1024", facts["connector_id"])
    await settled(coze, bot_id, facts)
    [event] = desk.events("bot.published")
    assert (event["event"]["bot_id"], event["event"]["user_id"]) == (int(bot_id), int(facts["users"]["owner"]))


async def test_what_failed_comes_again(coze: CozePlatform, ask: Ask, facts: Facts, desk: Desk) -> None:
    """The same event, until it is answered or there are no tries left."""
    answers = [Response(status_code=503), JSONResponse({"audit": {"audit_status": 1}})]
    desk.answer = lambda: answers.pop(0)
    await coze.act("settings", {"callback_tries": 3})
    bot_id = await draft(ask, facts)
    await publish(ask, bot_id, "1024", facts["connector_id"])
    assert (await settled(coze, bot_id, facts)).state == "reviewing"
    first, second = desk.events("bot.published")
    assert first["header"]["event_id"] == second["header"]["event_id"]


async def test_who_answers_too_late_has_it_fail(coze: CozePlatform, ask: Ask, facts: Facts, desk: Desk) -> None:
    await coze.act("settings", {"audit_seconds": 0.05})
    held = asyncio.Event()
    desk.hold = held
    bot_id = await draft(ask, facts)
    await publish(ask, bot_id, "1024", facts["connector_id"])
    assert (await settled(coze, bot_id, facts)).state == "failed"
    held.set()


async def test_an_event_on_request(coze: CozePlatform, ask: Ask, facts: Facts, desk: Desk) -> None:
    """Signed anew, or to the letter as it was; what is answered then changes nothing."""
    bot_id = await draft(ask, facts)
    await publish(ask, bot_id, "1024", facts["connector_id"])
    await settled(coze, bot_id, facts)
    desk.answer = lambda: JSONResponse({"audit": {"audit_status": 2}})
    assert len((await coze.act("callback", {"times": 2}))["answers"]) == 2
    await coze.act("callback", {"exactly": True})
    (first, raw), *others, (last, same) = [each for each in desk.came if b"bot.published" in each[1]]
    assert {each for _, each in others} | {same} == {raw}
    assert last["x-coze-signature"] == [headers for headers, _ in others][-1]["x-coze-signature"]
    assert first["x-coze-nonce"] != others[0][0]["x-coze-nonce"]
    assert publication(coze, bot_id, facts).state == "reviewing"
    for bad in ({"event_id": "x"}, {"times": 0}, {"times": 51}):
        assert not (await coze.act("callback", bad))["ok"]


@pytest.mark.parametrize(("says", "code"), [("taken", 0), ("refused", 4000)])
async def test_a_verdict_that_comes_after_the_end(
    coze: CozePlatform, ask: Ask, facts: Facts, desk: Desk, says: str, code: int
) -> None:
    """Whatever is answered: what was taken off stays off."""
    await coze.act("settings", {"late_verdict": says})
    bot_id = await draft(ask, facts)
    await publish(ask, bot_id, "1024", facts["connector_id"])
    await settled(coze, bot_id, facts)
    await coze.act("unpublish", {"name": "owner", "bot_id": bot_id, "connector_id": facts["connector_id"]})
    token, path = await channel_token(coze, facts), f"/v1/connectors/{facts['connector_id']}/bots/{bot_id}"
    body = {"audit_status": 2, "reason": None}
    assert (await ask("PUT", path, json=body, token=token))[1]["code"] == code
    assert publication(coze, bot_id, facts).state == "offline"
    assert desk.events("bot.published")


async def test_what_is_reviewed_is_listed_where_told_so(
    coze: CozePlatform, ask: Ask, facts: Facts, desk: Desk
) -> None:
    bot_id, path = await draft(ask, facts), "/v1/bots/{}/versions"
    await publish(ask, bot_id, "1024", facts["connector_id"])
    await settled(coze, bot_id, facts)
    query = {"connector_id": facts["connector_id"]}
    assert (await ask("GET", path.format(bot_id), params=query))[1]["data"]["items"] == []
    await coze.act("settings", {"review_listed": True})
    assert len((await ask("GET", path.format(bot_id), params=query))[1]["data"]["items"]) == 1
    assert desk.events("bot.published")


async def test_what_an_agent_works_with(ask: Ask, facts: Facts) -> None:
    """Plugins, workflows and the model: of a version as they were, of the draft as they are."""
    tools = {
        "plugin_id_list": {"id_list": [{"plugin_id": "1", "api_id": "2"}]},
        "workflow_id_list": {"ids": [{"id": "3"}]},
        "model_info_config": {"model_id": "4"},
    }
    bot_id = await draft(ask, facts, **tools)
    await publish(ask, bot_id, "1024")
    await ask("POST", "/v1/bot/update", json={"bot_id": bot_id, "model_info_config": {"model_id": "5"}})
    published = (await ask("GET", f"/v1/bots/{bot_id}"))[1]["data"]
    assert (published["plugin_info_list"], published["workflow_info_list"]) == (
        [{"plugin_id": "1", "api_id": "2"}],
        [{"id": "3"}],
    )
    drafted = (await ask("GET", f"/v1/bots/{bot_id}", params={"is_published": "false"}))[1]["data"]
    assert (published["model_info"]["model_id"], drafted["model_info"]["model_id"]) == ("4", "5")
    wrong: list[Facts] = [{"plugin_id_list": []}, {"workflow_id_list": {"ids": 1}}, {"model_info_config": {}}]
    for bad in wrong:
        answer = await ask("POST", "/v1/bot/create", json={"space_id": facts["workspace_id"], "name": "B", **bad})
        assert answer[1]["code"] == 4000


async def test_settings_that_are_none(coze: CozePlatform) -> None:
    wrong: list[Facts] = [{"callback_names": "x"}, {"callback_tries": 0}, {"audit_seconds": 11}, {"late_verdict": 1}]
    for bad in [*wrong, {"audit_seconds": True}]:
        assert not (await coze.act("settings", bad))["ok"]
