"""People's side over HTTP: faults, people, other apps, reset, and requests that aren't understood."""

import asyncio
import json
from typing import Any

import aiohttp
import httpx
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground
from bot.playground.world.chat import Message
from tests.waiting import eventually

from .conftest import Connect, Start
from .slack.samples import plain

Json = dict[str, Any]


async def test_requests_that_are_not_understood(human: httpx.AsyncClient) -> None:
    """Each is answered in words, and nothing is a 500."""
    cases: list[tuple[str, bytes, str]] = [
        ("command", b"{", "not JSON"),
        ("command", b"[]", "JSON object"),
        ("command", b'{"who": "mei"}', "command takes {who, text, channel?}"),
        ("command", b'{"who": "mei", "text": "/echo", "colour": 1}', "colour"),
        ("command", b'{"who": "mei", "text": 7}', "text must be str"),
        ("click", b'{"who": "mei", "label": "x", "confirm": "yes"}', "confirm must be bool"),
        ("clock", b"{}", "advance"),
        ("clock", b'{"to": "tomorrow"}', "is not a time"),
        ("clock", b'{"advance": "long"}', "is not a number"),
        ("fault", b'{"target": "moon", "kind": "slow"}', "target"),
        ("fault", b'{"target": "slack", "kind": "slow", "times": "x"}', "whole number"),
        ("user", b"{}", "say who"),
        ("clock", b'{"advance": 1e300}', "number of seconds"),
        ("clock", b'{"advance": "nan"}', "number of seconds"),
        ("user", b'{"who": "mei", "tz": "No/Where"}', "tz must be a time zone"),
        ("user", b'{"who": "mei", "locale": 5}', "locale must be a string"),
        ("user", b'{"who": "new1", "new": true, "tz": 5}', "tz must be a time zone"),
        ("apps", b"{}", "apps takes"),
        ("apps", b'{"name": "x", "commands": 5}', "commands must be an array"),
        ("apps", b'{"name": "x", "commands": ["no slash"]}', "commands/0 must match"),
        ("apps", b'{"name": "x", "manifest": []}', "manifest must be an object"),
        ("apps", b'{"name": "x", "manifest": {"features": {"slash_commands": [5]}}}', "slash_commands/0"),
        ("apps", b'{"name": "x", "transport": "http", "events_url": "here"}', "events_url must match"),
    ]
    for path, body, words in cases:
        answer = await human.post(path, content=body)
        assert (answer.status_code, answer.json()["ok"]) == (400, False), (path, body)
        assert words in answer.json()["error"]
    assert (await human.get("screen")).status_code == 400
    assert (await human.get("screen", params={"who": "mei", "newest": "0"})).status_code == 400
    assert (await human.post("dance", json={})).status_code == 404


async def test_what_people_cannot_do(human: httpx.AsyncClient) -> None:
    """Refused in words, with what there is instead."""
    cases: list[tuple[str, Json, str]] = [
        ("command", {"who": "nobody", "text": "/echo"}, "there are: mei, tom"),
        ("command", {"who": "gone", "text": "/echo"}, "deactivated"),
        ("command", {"who": "mei", "text": "/nothing"}, "/nothing is not a command"),
        ("command", {"who": "mei", "text": "/echo", "channel": "admins"}, "in no channel 'admins'"),
        ("say", {"who": "mei", "text": " "}, "empty"),
        ("click", {"who": "mei", "label": "Go"}, "nothing to press"),
        ("click", {"who": "mei"}, "say what to press"),
        ("submit", {"who": "mei"}, "no modal"),
        ("close", {"who": "mei"}, "no modal"),
        ("shortcut", {"who": "mei", "callback_id": "x"}, "no global shortcut"),
        ("membership", {"who": "mei", "channel": "x", "inside": True}, "no channel"),
        ("user", {"who": "mei", "shoe_size": 7}, "shoe_size"),
        ("fault", {"target": "slack", "kind": "earthquake"}, "unknown fault"),
        ("fault", {"target": "coze", "kind": "earthquake"}, "unknown fault"),
        ("fault", {"target": "slack", "kind": "slow", "times": 0}, "at least 1"),
        ("clock", {"advance": -1}, "only moves forward"),
        ("clock", {"to": "2020-01-01T00:00:00Z"}, "only moves forward"),
        ("clock", {"to": "next"}, "nothing is due"),
        ("reset", {"seed": "chaos"}, "chaos"),
        ("coze/dance", {}, "no such action"),
    ]
    for path, body, words in cases:
        answer = await human.post(path, json=body)
        assert answer.status_code == 200, (path, body)
        assert answer.json()["ok"] is False
        assert words in answer.json()["error"], answer.json()


async def test_nobody_listens(human: httpx.AsyncClient) -> None:
    """Without a connected app a command fails, and the person sees it."""
    answer = (await human.post("command", json={"who": "mei", "text": "/echo"})).json()
    assert (answer["ok"], answer["status"], answer["ack_ms"]) == (False, "no_app", None)
    [toast] = (await human.get("screen", params={"who": "mei"})).json()["toasts"]
    assert (toast["code"], toast["about"]) == ("no_app", "/echo")


async def test_api_faults(web: AsyncWebClient, human: httpx.AsyncClient) -> None:
    """429 with Retry-After, 500, and slow answers, as often as asked for and for one method only."""

    async def arm(kind: str, **more: Any) -> None:
        assert (await human.post("fault", json={"target": "slack", "kind": kind, **more})).json()["ok"]

    await arm("rate_limited", times=1, method="chat.postMessage", delay=7)
    await web.auth_test()
    with pytest.raises(SlackApiError) as caught:
        await web.chat_postMessage(channel="U0MEI", text="x")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "7")
    await web.chat_postMessage(channel="U0MEI", text="x")

    await arm("server_error")
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            await web.auth_test()
        assert caught.value.response.status_code == 500
    assert (await human.get("fault")).json()["slack"][0]["kind"] == "server_error"
    await human.delete("fault")
    await arm("slow", times=1, delay=0.3)
    started = asyncio.get_running_loop().time()
    await web.auth_test()
    assert asyncio.get_running_loop().time() - started >= 0.3


async def test_a_cut_connection_has_done_its_work(
    playground: Playground, human: httpx.AsyncClient, web: AsyncWebClient
) -> None:
    """The message is there, but the client never hears of it."""
    await human.post("fault", json={"target": "slack", "kind": "cut", "times": 1, "method": "chat.postMessage"})
    headers = {"Authorization": f"Bearer {playground.main_app.bot_token}"}
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await session.post(
                f"{playground.url}api/chat.postMessage", json={"channel": "U0MEI", "text": "lost"}, headers=headers
            )
    [message] = (await human.get("screen", params={"who": "mei"})).json()["dm"]
    assert message["text"] == "lost"
    await web.chat_postMessage(channel="U0MEI", text="not lost")


@pytest.mark.usefixtures("hurry")
async def test_a_disconnected_app_comes_back(
    playground: Playground, human: httpx.AsyncClient, connect: Connect
) -> None:
    """The connection ends, Slack's client opens a new one, and commands arrive again."""

    def listeners(app: AsyncApp) -> None:
        @app.command("/echo")
        async def _(ack: Any) -> None:
            await ack()

    await connect(playground, "socket", listeners)
    sockets, app = playground.slack.sockets, playground.main_app
    opened = len([call for call in playground.workspace.calls if call.method == "apps.connections.open"])
    answer = await human.post("fault", json={"target": "slack", "kind": "disconnect"})
    assert answer.json()["disconnected"] == 1

    async def again() -> bool:
        calls = [call for call in playground.workspace.calls if call.method == "apps.connections.open"]
        return len(calls) > opened and sockets.count(app) == 1

    async def back() -> bool:  # the client may open one connection after the notice and another after the end
        return bool((await human.post("command", json={"who": "mei", "text": "/echo"})).json()["ok"])

    await eventually(again)
    await eventually(back)
    app.transport = "http"
    refused = await human.post("fault", json={"target": "slack", "kind": "disconnect"})
    assert "HTTP" in refused.json()["error"]


async def test_another_app(playground: Playground, human: httpx.AsyncClient) -> None:
    """It gets tokens of its own, may do what its scopes say, and sees nothing of the first app's messages."""
    body = {"name": "second", "commands": ["/second"], "transport": "socket", "scopes": ["chat:write"]}
    mine = (await human.post("apps", json=body)).json()
    assert mine["ok"]
    web = AsyncWebClient(mine["bot_token"], base_url=mine["api_url"])
    sent = await web.chat_postMessage(channel="U0MEI", text="hi")
    with pytest.raises(SlackApiError, match="missing_scope"):
        await web.users_info(user="U0MEI")
    first = AsyncWebClient(playground.main_app.bot_token, base_url=mine["api_url"])
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await first.conversations_history(channel=sent["channel"])
    shown = (await human.get("screen", params={"who": "mei"})).json()
    assert (shown["dm"], shown["dms"]["second"][0]["text"]) == ([], "hi")
    again = await human.post("apps", json=body)
    assert "already" in again.json()["error"]
    dead = await human.post("apps", json={**body, "transport": "http", "events_url": "http://127.0.0.1:9/"})
    assert "challenge" in dead.json()["error"]


async def test_reset(playground: Playground, human: httpx.AsyncClient, web: AsyncWebClient) -> None:
    """Everything is as at the start; tokens still work; whoever asked to be told is told."""
    told: list[str] = []

    async def hook(seed: str) -> None:
        told.append(seed)

    playground.director.on_reset.append(hook)
    await web.chat_postMessage(channel="U0MEI", text="x")
    await human.post("user", json={"who": "mei", "locale": "en-US"})
    await human.post("clock", json={"advance": 1000})
    await human.post("fault", json={"target": "slack", "kind": "server_error"})
    answer = (await human.post("reset", json={"seed": "agent-ready"})).json()
    assert (answer, told) == ({"ok": True, "seed": "agent-ready"}, ["agent-ready"])
    shown = (await human.get("screen", params={"who": "mei"})).json()
    assert (shown["dm"], shown["toasts"]) == ([], [])
    assert playground.workspace.people["mei"].locale == "zh-CN"
    assert (await human.get("clock")).json()["offset"] == 0
    await web.auth_test()


async def test_pressing_looks_at_what_is_in_front(
    playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient, connect: Connect
) -> None:
    """The newest message first; Home when it was opened last; a place can be named; the exact label wins."""
    pressed: list[str] = []

    def listeners(app: AsyncApp) -> None:
        @app.action("go")
        async def _(ack: Any, action: Json) -> None:
            await ack()
            pressed.append(action["value"])

        @app.event("app_home_opened")
        async def _() -> None:
            """Nothing to do."""

    def buttons(*values: str) -> list[Json]:
        row = [{"type": "button", "text": plain(f"Go {v}"), "action_id": "go", "value": v} for v in values]
        return [{"type": "actions", "elements": [each]} for each in row]

    await connect(playground, "socket", listeners)
    old = await web.chat_postMessage(channel="U0MEI", text="x", blocks=buttons("old"))
    await web.chat_postMessage(channel="C0GENERAL", text="x", blocks=buttons("newer", "new"))
    await web.views_publish(user_id="U0MEI", view={"type": "home", "blocks": buttons("home")})
    for body in (
        {"label": "Go"},
        {"label": "Go new"},
        {"label": "Go", "ts": old["ts"]},
        {"label": "Go", "channel": "home"},
    ):
        assert (await human.post("click", json={"who": "mei", **body})).json()["ok"]
    await human.post("home", json={"who": "mei"})
    await human.post("click", json={"who": "mei", "label": "Go"})
    assert pressed == ["newer", "new", "old", "home", "home"]
    playground.main_app.home_enabled = False
    assert "no Home" in (await human.post("home", json={"who": "mei"})).json()["error"]


async def test_menus_in_messages_and_inputs_of_all_kinds(
    playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient, connect: Connect
) -> None:
    """Picked values arrive in the action and stay in the state; inputs read what people would enter."""
    got: list[Json] = []
    options = [{"text": plain(name), "value": name[0]} for name in ("Red", "Blue")]

    def listeners(app: AsyncApp) -> None:
        for name in ("colour", "who", "day"):

            @app.action(name)
            async def _(ack: Any, body: Json) -> None:
                await ack()
                got.append(body)

    await connect(playground, "socket", listeners)
    elements: list[Json] = [
        {"type": "static_select", "action_id": "colour", "options": options},
        {"type": "users_select", "action_id": "who"},
        {"type": "datepicker", "action_id": "day", "initial_date": "2026-12-01"},
    ]
    block = {"type": "actions", "block_id": "row", "elements": elements}
    await web.chat_postMessage(channel="U0MEI", text="x", blocks=[block])
    for press in (
        {"label": "Blue"},
        {"action_id": "who", "value": "tom"},
        {"action_id": "day", "value": "2026-12-24"},
    ):
        assert (await human.post("click", json={"who": "mei", **press})).json()["ok"]
    wrong = await human.post("click", json={"who": "mei", "action_id": "day", "value": "soon"})
    assert "picker" in wrong.json()["error"]
    assert got[0]["actions"][0]["selected_option"]["value"] == "B"
    assert got[1]["actions"][0]["selected_user"] == "U0TOM"
    state = got[2]["state"]["values"]["row"]
    assert state["colour"]["selected_option"]["value"] == "B"
    assert state["who"]["selected_user"] == "U0TOM"
    assert state["day"] == {"type": "datepicker", "selected_date": "2026-12-24"}

    field = {"type": "input", "label": plain("When"), "block_id": "when"}
    picker = {"type": "datetimepicker", "action_id": "value"}
    people = {"type": "multi_users_select", "action_id": "value", "max_selected_items": 2}
    amount = {"type": "number_input", "action_id": "value", "is_decimal_allowed": False, "max_value": "9"}
    ask = {
        "type": "modal",
        "title": plain("All"),
        "submit": plain("OK"),
        "blocks": [
            {**field, "element": picker},
            {**field, "label": plain("Who"), "block_id": "people", "element": people},
            {**field, "label": plain("Amount"), "block_id": "amount", "element": amount},
        ],
    }
    await web.views_open(trigger_id=playground.workspace.triggers.issue(playground.main_app.id, "U0MEI"), view=ask)
    body: Json = {
        "who": "mei",
        "fields": {"When": "2026-12-24T18:00", "Who": ["tom", "lin", "wang"], "Amount": "1.5"},
    }
    refused = (await human.post("submit", json=body)).json()
    assert refused["errors"] == {"Who": "最多选 2 项", "Amount": "请填写整数"}
    modal = (await human.get("screen", params={"who": "mei"})).json()["modal"]
    assert [each["value"] for each in modal["inputs"]] == [1798106400, ["U0TOM", "U0LIN", "U0WANG"], "1.5"]
    assert [each["error"] for each in modal["inputs"]] == [None, "最多选 2 项", "请填写整数"]


async def test_ephemeral_messages_are_for_one(web: AsyncWebClient, human: httpx.AsyncClient) -> None:
    """Only that person sees it, and the Web API doesn't know it."""
    sent = await web.chat_postEphemeral(channel="C0ADMINS", user="U0LIN", text="psst")
    for who, texts in (("lin", ["psst"]), ("wang", [])):
        shown = (await human.get("screen", params={"who": who})).json()["channels"]["admins"]
        assert [message["text"] for message in shown] == texts
    with pytest.raises(SlackApiError, match="message_not_found"):
        await web.chat_update(channel="C0ADMINS", ts=sent["message_ts"], text="x")
    assert (await web.conversations_history(channel="C0ADMINS"))["messages"] == []


async def test_a_screen_can_be_cut_to_its_newest_messages(human: httpx.AsyncClient, web: AsyncWebClient) -> None:
    """Of each room so many; without a number everything is there."""
    for number in range(5):
        await web.chat_postMessage(channel="C0GENERAL", text=str(number))
    for cut, texts in (({"newest": 2}, ["3", "4"]), ({"newest": 9}, list("01234")), ({}, list("01234"))):
        shown = (await human.get("screen", params={"who": "mei", **cut})).json()["channels"]["general"]
        assert [message["text"] for message in shown] == texts


async def test_calls_and_deliveries_do_not_pile_up(playground: Playground) -> None:
    """After thousands the oldest are forgotten, and numbers go on."""
    for _ in range(4100):
        playground.slack.api._record("x", "y", {}, {})
    calls = playground.workspace.calls
    assert len(calls) <= 4000
    assert [call.n for call in calls] == sorted(call.n for call in calls)


async def test_the_calls_file(start: Start, tmp_path: Any) -> None:
    """One JSON line a call, written at once, with the fields that were promised."""
    playground = await start(calls=tmp_path / "calls.jsonl")
    web = AsyncWebClient(playground.main_app.bot_token, base_url=f"{playground.url}api/")
    await web.chat_postMessage(channel="U0MEI", text="你好")
    [line] = (tmp_path / "calls.jsonl").read_text("utf-8").splitlines()
    call = json.loads(line)
    assert set(call) == {"t", "app", "method", "body", "response"}
    assert (call["app"], call["method"], call["body"]["text"]) == ("echo", "chat.postMessage", "你好")


async def test_mentions_by_name_reach_the_app_in_channels(playground: Playground, human: httpx.AsyncClient) -> None:
    """@people and @apps become ids, what looks like markup is escaped, e-mail addresses stay."""
    await human.post("say", json={"who": "mei", "text": "@tom <x> a@lin.cn @echo", "channel": "general"})
    [message] = playground.workspace.messages["C0GENERAL"]
    assert isinstance(message, Message)
    assert message.text == f"<@U0TOM> &lt;x&gt; a@lin.cn <@{playground.main_app.bot_user}>"


async def test_buttons_that_look_the_same_are_told_apart_by_their_value(
    playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient
) -> None:
    """A list of rows has a button each: a press means the row it names, and one that is nowhere is refused."""
    rows = [
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "row.open",
                    "value": row,
                    "text": {"type": "plain_text", "text": "Open"},
                }
            ],
        }
        for row in ("1", "2")
    ]
    await web.chat_postMessage(channel="U0MEI", text="two rows", blocks=rows)
    for row in ("1", "2"):
        await human.post("click", json={"who": "mei", "label": "Open", "value": row})
        pressed = playground.workspace.deliveries[-1].payload["actions"][0]
        assert pressed["value"] == row
    answer = (await human.post("click", json={"who": "mei", "label": "Open", "value": "3"})).json()
    assert not answer["ok"]
