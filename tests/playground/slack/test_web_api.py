"""Slack's own client against the Web API: answers, error codes, scopes, metadata, triggers and response URLs."""

import json
import time
from collections.abc import Awaitable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground
from bot.playground.slack.manifests import SCOPES
from bot.playground.slack.table import METHODS
from bot.playground.world.chat import Message

from ..conftest import MANIFEST, Start
from .samples import BUTTONS, form, plain


async def refusal(call: Awaitable[Any]) -> Any:
    """The answer to a call that is refused."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


def client(playground: Playground, token: str) -> AsyncWebClient:
    return AsyncWebClient(token, base_url=f"{playground.url}api/")


async def test_auth_test(playground: Playground, web: AsyncWebClient) -> None:
    """Who the token is, and its scopes in a header."""
    answer = await web.auth_test()
    app = playground.main_app
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == (app.bot_user, app.bot_id, "T0PLAYGROUND")
    assert answer.headers["X-OAuth-Scopes"].split(",") == sorted(SCOPES)


async def test_tokens(playground: Playground) -> None:
    """None, a wrong one, and one of the wrong kind."""
    app = playground.main_app
    assert (await refusal(client(playground, "").auth_test()))["error"] == "not_authed"
    assert (await refusal(client(playground, "xoxb-wrong").auth_test()))["error"] == "invalid_auth"
    assert (await refusal(client(playground, app.app_token).auth_test()))["error"] == "not_allowed_token_type"
    opened = client(playground, app.bot_token).apps_connections_open(app_token=app.bot_token)
    assert (await refusal(opened))["error"] == "not_allowed_token_type"
    assert (await refusal(client(playground, app.bot_token).api_call("no.such")))["error"] == "unknown_method"


async def test_json_form_and_query_are_the_same(playground: Playground) -> None:
    """A method takes its arguments in any of the three ways; the token may stand in a form."""
    token = playground.main_app.bot_token
    bearer = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"{playground.url}api/", trust_env=False) as http:
        answers = [
            await http.post("users.info", json={"user": "U0MEI"}, headers=bearer),
            await http.post("users.info", data={"user": "U0MEI", "token": token}),
            await http.get("users.info", params={"user": "U0MEI"}, headers=bearer),
        ]
        broken = await http.post(
            "users.info", content=b"{", headers=bearer | {"Content-Type": "application/json; charset=utf-8"}
        )
    assert [a.json()["user"]["name"] for a in answers] == ["mei"] * 3
    assert broken.json()["error"] == "invalid_json"
    assert token not in json.dumps([call.body for call in playground.workspace.calls])


async def test_missing_scope(start: Start) -> None:
    """Needed and provided are named; conversations want the scope of their kind."""
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": ["chat:write", "channels:read"]}}}
    playground = await start(manifest=manifest)
    web = client(playground, playground.main_app.bot_token)
    answer = await refusal(web.users_info(user="U0MEI"))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
    assert answer["provided"] == "channels:read,chat:write"
    assert (await web.conversations_info(channel="C0GENERAL"))["channel"]["name"] == "general"
    answer = await refusal(web.conversations_info(channel="C0ADMINS"))
    assert (answer["error"], answer["needed"]) == ("missing_scope", "groups:read")


async def test_a_message_from_post_to_delete(playground: Playground, web: AsyncWebClient) -> None:
    """Posted to a person, found with metadata only when asked for, updated, deleted, gone."""
    metadata = {"event_type": "card", "event_payload": {"message_id": 7}}
    sent = await web.chat_postMessage(channel="U0MEI", text="hi", blocks=BUTTONS, metadata=metadata)
    channel, ts = sent["channel"], sent["ts"]
    assert channel == (await web.conversations_open(users="U0MEI"))["channel"]["id"]
    assert sent["message"]["bot_id"] == playground.main_app.bot_id

    [bare] = (await web.conversations_history(channel=channel))["messages"]
    assert "metadata" not in bare
    [whole] = (await web.conversations_history(channel=channel, include_all_metadata=True))["messages"]
    assert whole["metadata"] == metadata

    changed = await web.chat_update(channel=channel, ts=ts, text="changed")
    assert (changed["text"], changed["message"]["blocks"]) == ("changed", whole["blocks"]), "blocks are kept"
    await web.chat_update(channel=channel, ts=ts, text="bare", blocks=[])
    [after] = (await web.conversations_history(channel=channel, include_all_metadata=True))["messages"]
    assert "blocks" not in after
    assert after["metadata"] == metadata
    assert after["edited"]["user"] == playground.main_app.bot_user
    link = await web.chat_getPermalink(channel=channel, message_ts=ts)
    assert link["permalink"].endswith(f"/{channel}/p{ts.replace('.', '')}")

    await web.chat_delete(channel=channel, ts=ts)
    assert (await web.conversations_history(channel=channel))["messages"] == []
    assert (await refusal(web.chat_update(channel=channel, ts=ts, text="x")))["error"] == "message_not_found"
    assert (await refusal(web.chat_delete(channel=channel, ts=ts)))["error"] == "message_not_found"


async def test_refused_messages(playground: Playground, web: AsyncWebClient) -> None:
    """Each reason has Slack's own code."""
    workspace = playground.workspace
    workspace.channels["C0GENERAL"].members.discard(playground.main_app.bot_user)
    workspace.channels["C0ADMINS"].members.discard(playground.main_app.bot_user)

    async def code(**message: Any) -> Any:
        return (await refusal(web.chat_postMessage(**message)))["error"]

    assert await code(channel="C0NOWHERE", text="x") == "channel_not_found"
    assert await code(channel="C0GENERAL", text="x") == "not_in_channel"
    assert await code(channel="C0ADMINS", text="x") == "channel_not_found", "a private one isn't even known"
    assert await code(channel="U0GONE", text="x") == "channel_not_found"
    with pytest.warns(UserWarning, match="text"):  # the client's own advice
        assert await code(channel="U0MEI", text="") == "no_text"
    assert await code(channel="U0MEI", text="x" * 40_001) == "msg_too_long"
    assert await code(channel="U0MEI", text="x", metadata={"event_type": "e"}) == "invalid_metadata_format"

    theirs = workspace.post(Message("1.000001", "C0RANDOM", "U0TOM", "mine"))
    assert (await refusal(web.chat_update(channel="C0RANDOM", ts=theirs.ts, text="x")))["error"] == (
        "cant_update_message"
    )
    answer = await refusal(web.chat_postEphemeral(channel="C0RANDOM", user="U0LIN2", text="x"))
    assert answer["error"] == "not_in_channel"


async def test_invalid_blocks_name_the_pointer(web: AsyncWebClient) -> None:
    """As Slack does it, in response_metadata."""
    blocks: list[dict[str, Any]] = [{"type": "divider"}, {"type": "header", "text": plain("x" * 151)}]
    answer = await refusal(web.chat_postMessage(channel="U0MEI", text="x", blocks=blocks))
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/1/text/text]"
    ]
    modal = form(title=plain("x" * 25))
    answer = await refusal(web.views_open(trigger_id="1.2.3", view=modal))
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"][0].endswith("[json-pointer:/view/title/text]")
    assert (await refusal(web.chat_postMessage(channel="U0MEI", text="x", blocks="{")))["error"] == (
        "invalid_blocks_format"
    )


async def test_triggers(playground: Playground, web: AsyncWebClient) -> None:
    """They open one view, for three seconds, and for their own app."""
    workspace, app = playground.workspace, playground.main_app
    trigger = workspace.triggers.issue(app.id, "U0MEI")
    view = (await web.views_open(trigger_id=trigger, view=form()))["view"]
    assert view["id"] == workspace.modals["U0MEI"][0].id
    assert (await refusal(web.views_open(trigger_id=trigger, view=form())))["error"] == "exchanged_trigger_id"
    assert (await refusal(web.views_open(trigger_id="1.1.1", view=form())))["error"] == "invalid_trigger_id"
    foreign = workspace.triggers.issue("A0OTHER", "U0MEI")
    assert (await refusal(web.views_open(trigger_id=foreign, view=form())))["error"] == "invalid_trigger_id"


async def test_old_triggers(playground: Playground, web: AsyncWebClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """After three seconds of real time a trigger opens nothing, whatever the story's clock says."""
    trigger = playground.workspace.triggers.issue(playground.main_app.id, "U0MEI")
    now = time.monotonic()
    monkeypatch.setattr("bot.playground.world.tickets.monotonic", lambda: now + 3.1)
    assert (await refusal(web.views_open(trigger_id=trigger, view=form())))["error"] == "expired_trigger_id"


async def test_views(playground: Playground, web: AsyncWebClient) -> None:
    """Three lie on each other at most; updates check the hash; a Home tab needs to be switched on."""
    workspace, app = playground.workspace, playground.main_app

    def trigger() -> str:
        return workspace.triggers.issue(app.id, "U0TOM")

    assert (await refusal(web.views_push(trigger_id=trigger(), view=form())))["error"] == "not_found"
    first = (await web.views_open(trigger_id=trigger(), view=form(external_id="one")))["view"]
    answer = await refusal(web.views_push(trigger_id=trigger(), view=form(external_id="one")))
    assert answer["error"] == "duplicate_external_id"
    await web.views_push(trigger_id=trigger(), view=form())
    await web.views_push(trigger_id=trigger(), view=form())
    assert (await refusal(web.views_push(trigger_id=trigger(), view=form())))["error"] == "push_limit_reached"

    updated = (await web.views_update(external_id="one", hash=first["hash"], view=form(external_id="one")))["view"]
    assert (updated["id"], updated["private_metadata"]) == (first["id"], "row 1")
    stale = web.views_update(view_id=first["id"], hash=first["hash"], view=form())
    assert (await refusal(stale))["error"] == "hash_conflict"
    assert (await refusal(web.views_update(view_id="V0", view=form())))["error"] == "not_found"
    huge = form(blocks=[{"type": "section", "text": plain("汉" * 3000)}] * 30)
    assert (await refusal(web.views_open(trigger_id=trigger(), view=huge)))["error"] == "view_too_large"

    home = {"type": "home", "blocks": BUTTONS}
    assert (await web.views_publish(user_id="U0TOM", view=home))["view"]["type"] == "home"
    assert (await refusal(web.views_publish(user_id="U0NOBODY", view=home)))["error"] == "invalid_arguments"
    app.home_enabled = False
    assert (await refusal(web.views_publish(user_id="U0TOM", view=home)))["error"] == "not_enabled"


async def test_people_and_groups(web: AsyncWebClient) -> None:
    """users.info with and without locale, by e-mail, members of groups and channels."""
    mei = (await web.users_info(user="U0MEI", include_locale=True))["user"]
    assert (mei["locale"], mei["tz"], mei["tz_offset"], mei["is_admin"]) == ("zh-CN", "Asia/Shanghai", 28_800, False)
    assert mei["tz_label"] == "China Standard Time"
    lin = (await web.users_info(user="U0LIN"))["user"]
    assert lin["is_admin"]
    assert "locale" not in lin
    guest, gone = [(await web.users_info(user=user))["user"] for user in ("U0GUEST", "U0GONE")]
    assert guest["is_restricted"]
    assert gone["deleted"]
    stranger = (await web.users_info(user="U0STRANGER"))["user"]
    assert (stranger["is_stranger"], stranger["team_id"] != mei["team_id"]) == (True, True)
    assert (await refusal(web.users_info(user="U0NOBODY")))["error"] == "user_not_found"
    found = await web.users_lookupByEmail(email=mei["profile"]["email"])
    assert found["user"]["id"] == "U0MEI"
    assert (await refusal(web.users_lookupByEmail(email="a@b.c")))["error"] == "users_not_found"
    assert (await web.usergroups_users_list(usergroup="S0ADMINS"))["users"] == ["U0LIN", "U0WANG"]
    assert (await refusal(web.usergroups_users_list(usergroup="S0NONE")))["error"] == "no_such_subteam"
    assert {"U0LIN", "U0WANG"} < set((await web.conversations_members(channel="C0ADMINS"))["members"])
    names = [channel["name"] for channel in (await web.conversations_list())["channels"]]
    assert names == ["general", "random"]
    everybody = (await web.users_list())["members"]
    assert [user["name"] for user in everybody if user["is_bot"]] == ["echo"]


async def test_direct_messages_that_cannot_be_opened(web: AsyncWebClient) -> None:
    """With nobody, with somebody who has left, with somebody from elsewhere."""
    for user, code in (("U0NO", "user_not_found"), ("U0GONE", "user_disabled"), ("U0STRANGER", "user_not_visible")):
        assert (await refusal(web.conversations_open(users=user)))["error"] == code


async def test_pages_and_threads(web: AsyncWebClient) -> None:
    """History comes newest first, page by page; replies stay in their thread."""
    sent = [(await web.chat_postMessage(channel="C0GENERAL", text=str(n)))["ts"] for n in range(5)]
    await web.chat_postMessage(channel="C0GENERAL", text="reply", thread_ts=sent[0])
    assert sent == sorted(set(sent), key=float)
    seen: list[str] = []
    pages = await web.conversations_history(channel="C0GENERAL", limit=2)
    async for page in pages:
        seen += [message["text"] for message in page["messages"]]
    assert seen == ["4", "3", "2", "1", "0"]
    thread = (await web.conversations_replies(channel="C0GENERAL", ts=sent[0]))["messages"]
    assert [message["text"] for message in thread] == ["0", "reply"]
    late = await web.conversations_history(channel="C0GENERAL", oldest=sent[2], inclusive=True)
    assert [message["text"] for message in late["messages"]] == ["4", "3", "2"]


async def test_a_response_url_ends_after_five_uses(playground: Playground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five posts, or half an hour."""
    workspace, app = playground.workspace, playground.main_app
    channel = workspace.dm(app, "U0MEI")

    def url() -> str:
        secret = workspace.response_urls.issue(app.id, "U0MEI", channel.id)
        return f"{playground.url}response/{workspace.team_id}/{secret}"

    async with httpx.AsyncClient(trust_env=False) as http:
        used, old = url(), url()
        codes = [(await http.post(used, json={"text": str(n)})).status_code for n in range(6)]
        assert codes == [200] * 5 + [404]
        assert [m.text for m in workspace.messages[channel.id]] == list("01234")
        assert {m.only_for for m in workspace.messages[channel.id]} == {"U0MEI"}
        missing = await http.post(old, json={"delete_original": True})
        assert missing.json()["error"] == "message_not_found"
        assert (await http.post(old, content=b"{")).json()["error"] == "invalid_payload"
        now = time.monotonic()
        monkeypatch.setattr("bot.playground.world.tickets.monotonic", lambda: now + 1801)
        assert (await http.post(old, json={"text": "late"})).status_code == 404


async def test_real_rates(start: Start) -> None:
    """The twenty-first call of a tier-2 method within a minute waits; a channel takes one message a second."""
    playground = await start(real_rates=True)
    web = client(playground, playground.main_app.bot_token)
    for _ in range(20):
        await web.usergroups_users_list(usergroup="S0ADMINS")
    answer = await refusal(web.usergroups_users_list(usergroup="S0ADMINS"))
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert 50 <= int(answer.headers["Retry-After"]) <= 60
    for _ in range(4):
        await web.chat_postMessage(channel="C0GENERAL", text="quick")
    answer = await refusal(web.chat_postMessage(channel="C0GENERAL", text="too quick"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    await web.chat_postMessage(channel="C0ADMINS", text="another channel has its own second")


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["C0GENERAL", "U0MEI", "1.1", "{", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "blocks", "x"]), inner),
    max_leaves=8,
)
NAMES = (
    "channel user users ts text blocks view view_id trigger_id limit cursor oldest metadata user_id usergroup email "
    "files file filename length post_at attachments message scheduled_message_id channel_id types"
)


async def test_no_arguments_break_it(playground: Playground) -> None:
    """Whatever is sent to whatever method: 200, and either ok or an error code."""
    headers = {"Authorization": f"Bearer {playground.main_app.bot_token}", "Content-Type": "application/json"}
    calls = st.tuples(st.sampled_from(sorted(METHODS)), st.dictionaries(st.sampled_from(NAMES.split()), JUNK))
    samples: list[tuple[str, dict[str, Any]]] = []

    @settings(max_examples=120, deadline=None, database=None)
    @given(calls)
    def collect(call: tuple[str, dict[str, Any]]) -> None:
        samples.append(call)

    collect()
    async with httpx.AsyncClient(base_url=f"{playground.url}api/", trust_env=False, headers=headers) as http:
        for method, args in samples:
            answer = await http.post(method, content=json.dumps(args))
            assert answer.status_code == 200, (method, args)
            assert answer.json()["ok"] or answer.json()["error"], (method, args)
    for who in ("mei", "tom"):
        assert (await playground.human.screen(who))["ok"]
