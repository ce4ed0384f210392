"""What plain apps do around channels: join, list page by page, post later, attach in the old way, check blocks."""

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground
from bot.playground.slack.rates import PER_MINUTE, T2, T3, T4, Rates
from bot.playground.slack.table import METHODS
from tests.waiting import eventually

from ..conftest import Connect
from .samples import BUTTONS, form, plain

Json = dict[str, Any]


async def test_a_bot_joins_and_leaves(playground: Playground, web: AsyncWebClient) -> None:
    """It can write while it is in; it brings people in and sends them away; apps in the channel hear of it."""
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await web.chat_postMessage(channel="C0RANDOM", text="too early")
    assert (await web.conversations_join(channel="C0RANDOM"))["channel"]["is_member"]
    await web.chat_postMessage(channel="C0RANDOM", text="now")
    await web.conversations_kick(channel="C0RANDOM", user="U0GUEST")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await web.conversations_kick(channel="C0RANDOM", user="U0GUEST")
    await web.conversations_invite(channel="C0RANDOM", users="U0GUEST")
    for user, code in (("U0GUEST", "already_in_channel"), ("U0NO", "user_not_found"), ("U0GONE", "user_disabled")):
        with pytest.raises(SlackApiError, match=code):
            await web.conversations_invite(channel="C0RANDOM", users=user)
    await web.conversations_leave(channel="C0RANDOM")
    assert (await web.conversations_leave(channel="C0RANDOM"))["not_in_channel"]
    with pytest.raises(SlackApiError, match="method_not_supported"):
        await web.conversations_join(channel="C0ADMINS")

    async def heard() -> bool:
        events = [d for d in playground.workspace.deliveries if d.kind == "event_callback" and not d.attempt]
        told = [delivery.payload["event"] for delivery in events]
        about = ("member_joined_channel", "member_left_channel", "channel_left")
        names = [(event["type"], event.get("user")) for event in told if event["type"] in about]
        bot = playground.main_app.bot_user
        return names == [
            ("member_joined_channel", bot),
            ("member_left_channel", "U0GUEST"),
            ("member_joined_channel", "U0GUEST"),
            ("channel_left", None),
        ]

    await eventually(heard)


async def pages(method: Any, key: str, **args: Any) -> AsyncIterator[list[Any]]:
    """All pages of a list, two items each."""
    async for page in await method(limit=2, **args):
        yield page[key]


async def test_every_list_comes_page_by_page(web: AsyncWebClient) -> None:
    """Nothing twice, nothing left out; also when something new comes while one reads."""
    sent = [(await web.chat_postMessage(channel="C0GENERAL", text=str(n)))["ts"] for n in range(5)]
    for n in range(3):
        await web.chat_postMessage(channel="C0GENERAL", thread_ts=sent[0], text=f"reply {n}")
        await web.chat_scheduleMessage(channel="C0GENERAL", post_at=int(time.time()) + 60 + n, text=str(n))
    for method, key, args, count in (
        (web.conversations_list, "channels", {"types": "public_channel,private_channel"}, 3),
        (web.users_conversations, "channels", {"types": "public_channel,private_channel"}, 2),
        (web.conversations_members, "members", {"channel": "C0GENERAL"}, 6),
        (web.conversations_replies, "messages", {"channel": "C0GENERAL", "ts": sent[0]}, 4),
        (web.chat_scheduledMessages_list, "scheduled_messages", {}, 3),
        (web.users_list, "members", {}, 8),
    ):
        found = [page async for page in pages(method, key, **args)]
        items = [item if isinstance(item, str) else item.get("id") or item["ts"] for page in found for item in page]
        assert [len(page) for page in found[:-1]] == [2] * (len(found) - 1)
        assert len(items) == len(set(items)) == count, (key, items)

    first = await web.conversations_history(channel="C0GENERAL", limit=2)
    await web.chat_postMessage(channel="C0GENERAL", text="new")
    cursor = first["response_metadata"]["next_cursor"]
    second = await web.conversations_history(channel="C0GENERAL", limit=2, cursor=cursor)
    assert [m["text"] for m in first["messages"] + second["messages"]] == ["4", "3", "2", "1"]
    await web.chat_delete(channel="C0GENERAL", ts=second["messages"][0]["ts"])
    third = await web.conversations_history(channel="C0GENERAL", limit=2, cursor=cursor)
    assert third["messages"], "a cursor outlives the message that it names"
    for wrong in ("x", "bmV4dA==", "bmV4dDotMTpD"):
        with pytest.raises(SlackApiError, match="invalid_cursor"):
            await web.users_list(cursor=wrong)


async def test_a_message_for_later(playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient) -> None:
    """It comes in story time, can be taken back, and with metadata never comes, as in Slack."""
    soon = int(time.time()) + 3600
    await web.chat_scheduleMessage(channel="U0MEI", post_at=soon, text="later")
    lost = await web.chat_scheduleMessage(
        channel="U0MEI", post_at=soon, text="lost", metadata={"event_type": "x", "event_payload": {}}
    )
    gone = await web.chat_scheduleMessage(channel="U0MEI", post_at=soon, text="taken back")
    await web.chat_deleteScheduledMessage(channel=gone["channel"], scheduled_message_id=gone["scheduled_message_id"])
    waiting = (await web.chat_scheduledMessages_list())["scheduled_messages"]
    assert [each["text"] for each in waiting] == ["later", "lost"]
    assert (await human.get("screen", params={"who": "mei"})).json()["dm"] == []
    await human.post("clock", json={"advance": 3601})

    async def come() -> bool:
        dm = (await human.get("screen", params={"who": "mei"})).json()["dm"]
        return [message["plain"] for message in dm] == ["later"] and not playground.workspace.scheduled

    await eventually(come)
    with pytest.raises(SlackApiError, match="invalid_scheduled_message_id"):
        await web.chat_deleteScheduledMessage(channel=lost["channel"], scheduled_message_id="Q1")


@pytest.mark.parametrize(
    ("post_at", "code"), [(1, "time_in_past"), (9_999_999_999, "time_too_far"), ("soon", "invalid_time")]
)
async def test_times_that_slack_refuses(web: AsyncWebClient, post_at: Any, code: str) -> None:
    with pytest.raises(SlackApiError, match=code):
        await web.chat_scheduleMessage(channel="U0MEI", post_at=post_at, text="x")


async def test_thirty_in_five_minutes_are_enough(web: AsyncWebClient) -> None:
    soon = int(time.time()) + 3600
    for n in range(30):
        await web.chat_scheduleMessage(channel="U0MEI", post_at=soon + n, text="x")
    with pytest.raises(SlackApiError, match="restricted_too_many"):
        await web.chat_scheduleMessage(channel="U0MEI", post_at=soon, text="x")
    await web.chat_scheduleMessage(channel="U0MEI", post_at=soon + 400, text="x")


async def test_user_groups(web: AsyncWebClient) -> None:
    [group] = (await web.usergroups_list(include_users=True))["usergroups"]
    assert (group["id"], group["handle"], group["users"]) == ("S0ADMINS", "admins", ["U0LIN", "U0WANG"])
    assert "users" not in (await web.usergroups_list())["usergroups"][0]


async def test_attachments_of_the_old_kind(
    playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient, connect: Connect
) -> None:
    """They are read below the text, and buttons in their blocks can be pressed."""
    pressed: list[str] = []

    def listeners(app: AsyncApp) -> None:
        @app.action("go")
        async def _(ack: Any, action: Json) -> None:
            pressed.append(action["value"])
            await ack()

    await connect(playground, "http", listeners)
    old: Json = {"title": "Build 7", "title_link": "https://x.example", "text": "failed", "color": "danger"}
    old["fields"] = [{"title": "Branch", "value": "main"}]
    sent = await web.chat_postMessage(channel="U0MEI", text="Look:", attachments=[old, {"blocks": BUTTONS}])
    assert sent["message"]["attachments"][0]["color"] == "danger"
    [message] = (await human.get("screen", params={"who": "mei"})).json()["dm"]
    assert message["plain"].startswith("Look:\nBuild 7\nfailed\nBranch\nmain\nHello @mei, choose")
    assert (await human.post("click", json={"who": "mei", "label": "Go on"})).json()["ok"]
    assert pressed == ["7"]
    await web.chat_update(channel=sent["channel"], ts=sent["ts"], text="Done", attachments=[])
    assert (await human.get("screen", params={"who": "mei"})).json()["dm"][0]["plain"] == "Done"
    with pytest.raises(SlackApiError, match="/attachments/0/blocks/0/type"):
        await web.chat_postMessage(channel="U0MEI", text="x", attachments=[{"blocks": [{"type": "no"}]}])


async def test_text_in_markdown(web: AsyncWebClient, human: httpx.AsyncClient) -> None:
    """It stands in a markdown block, and alone."""
    await web.chat_postMessage(channel="U0MEI", markdown_text="# Title")
    [message] = (await human.get("screen", params={"who": "mei"})).json()["dm"]
    assert message["blocks"][0] | {"block_id": ""} == {"type": "markdown", "text": "# Title", "block_id": ""}
    with pytest.raises(SlackApiError, match="markdown_text_conflict"):
        await web.chat_postMessage(channel="U0MEI", markdown_text="x", text="y")


async def test_blocks_can_be_checked_without_sending(web: AsyncWebClient) -> None:
    """The same rules as for sending, with pointers."""
    await web.blocks_validate(blocks=BUTTONS)
    await web.blocks_validate(view=form())
    with pytest.raises(SlackApiError) as caught:
        await web.blocks_validate(view=form(title=plain("x" * 25)))
    assert caught.value.response["error"] == "invalid_view"
    assert caught.value.response["errors"][0]["pointer"] == "/title/text"
    with pytest.raises(SlackApiError, match="exactly one"):
        await web.blocks_validate(blocks=BUTTONS, view=form())


async def test_a_shortcut_on_a_message(
    playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient, connect: Connect
) -> None:
    """The app gets the message and may answer where it stands."""
    manifest = {"name": "Remember", "type": "message", "callback_id": "keep", "description": "Keep it"}
    playground.main_app.shortcuts = [manifest]
    seen: list[str] = []

    def listeners(app: AsyncApp) -> None:
        @app.message_shortcut("keep")
        async def _(ack: Any, shortcut: Json, respond: Any) -> None:
            seen.append(shortcut["message"]["text"])
            await ack()
            await respond(text=f"kept {shortcut['message_ts']}")

    await connect(playground, "socket", listeners)
    said = await web.chat_postMessage(channel="C0GENERAL", text="keep this")
    run = {"who": "mei", "callback_id": "keep"}
    assert (await human.post("shortcut", json={**run, "ts": said["ts"]})).json()["ok"]

    async def answered() -> bool:
        shown = (await human.get("screen", params={"who": "mei"})).json()["channels"]["general"]
        return any(m["text"] == f"kept {said['ts']}" for m in shown)

    await eventually(answered)
    assert seen == ["keep this"]
    assert "no global shortcut" in (await human.post("shortcut", json=run)).json()["error"]
    assert "sees no message" in (await human.post("shortcut", json={**run, "ts": "1.1"})).json()["error"]


async def test_a_form_that_may_answer_in_a_channel(
    playground: Playground, web: AsyncWebClient, human: httpx.AsyncClient, connect: Connect
) -> None:
    """A menu with response_url_enabled gives the app an address for the channel that was picked."""
    element = {"type": "conversations_select", "action_id": "value", "response_url_enabled": True}

    def listeners(app: AsyncApp) -> None:
        @app.view("form")
        async def _(ack: Any, respond: Any) -> None:
            await ack()
            await respond(text="for all", response_type="in_channel")

    await connect(playground, "http", listeners)
    view = form(blocks=[{"type": "input", "block_id": "where", "label": plain("Where"), "element": element}])
    await web.views_open(trigger_id=playground.workspace.triggers.issue(playground.main_app.id, "U0MEI"), view=view)
    assert (await human.post("submit", json={"who": "mei", "fields": {"Where": "general"}})).json()["ok"]

    async def there() -> bool:
        shown = (await human.get("screen", params={"who": "tom"})).json()["channels"]["general"]
        return [m["text"] for m in shown] == ["for all"]

    await eventually(there)


def test_every_method_has_its_rate() -> None:
    """A method without a rate would never be limited as Slack does."""
    assert set(METHODS) | {"apps.connections.open"} == set(PER_MINUTE)


@given(st.sampled_from([("users.list", T2), ("conversations.info", T3), ("views.open", T4), ("auth.test", 600)]))
def test_each_tier_lets_so_many_pass(sample: tuple[str, int]) -> None:
    """And then says how long to wait; another app is not affected."""
    method, most = sample
    rates = Rates()
    assert {rates.wait("A1", method, None) for _ in range(most)} == {0}
    assert 1 <= rates.wait("A1", method, None) <= 60
    assert rates.wait("A2", method, None) == 0


async def test_a_warning_comes_before_the_end(
    playground: Playground, human: httpx.AsyncClient, connect: Connect
) -> None:
    """The app opens a new connection while the old one still works; nothing is lost in between."""

    def listeners(app: AsyncApp) -> None:
        @app.command("/echo")
        async def _(ack: Any) -> None:
            await ack("here")

    await connect(playground, "socket", listeners)
    fault = {"target": "slack", "kind": "disconnect"}
    for reason in ("warning", "refresh_requested"):
        assert (await human.post("fault", json={**fault, "method": reason})).json()["disconnected"] == 1

        async def answered() -> bool:
            return bool((await human.post("command", json={"who": "mei", "text": "/echo"})).json()["ok"])

        await eventually(answered)
    assert "no reason" in (await human.post("fault", json={**fault, "method": "boredom"})).json()["error"]


async def test_slack_looks_whether_the_address_is_there(playground: Playground, connect: Connect) -> None:
    """An unsigned look that apps answer with 200."""
    await connect(playground, "http", lambda _: None)
    [look] = [d for d in playground.workspace.deliveries if d.kind == "ssl_check"]
    assert look.status == 200
