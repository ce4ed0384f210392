"""Forged buttons and forms, signed as they should be: a polite answer, nothing changed, no traceback."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from sqlalchemy import insert

from bot.store.database import Database
from bot.store.tables import request
from tests.databases import fresh
from tests.stories.story import Story, told
from tests.stories.test_queue import rows

GARBAGE = ["x", "9" * 30, "2"]  # test_table.py knows more
ACTIONS = [
    "approve",
    "decline",
    "question",
    "more",
    "show",
    "resend",
    "invited",
    "removed",
    "remove_again",
    "ask_proof",
]
MINE = ["edit", "withdraw", "nudge", "answer", "fix", "accepted"]
FORMS = ["edit", "answer", "fix", "decline", "question", "assign", "remove", "read_uid"]


class Forger:
    """Sends what no button of ours holds to the bot's own door."""

    def __init__(self, story: Story, http: httpx.AsyncClient) -> None:
        self._http, self._url = http, story.ready["bot_events_url"]
        self._secret = story.ready["slack"]["signing_secret"]

    async def presses(self, user: str, action_id: str, value: str) -> int:
        """A pressed button; the bot's status."""
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        return await self._sends({"type": "block_actions", "user": {"id": user}, "actions": [action]})

    async def submits(self, user: str, callback_id: str, metadata: str) -> int:
        """A form that was sent; the bot's status."""
        values = {f"join.{name}": {"value": {"value": "some words"}} for name in ("answer", "reason", "question")}
        view: dict[str, Any] = {"id": "V1", "type": "modal", "hash": "h", "callback_id": callback_id}
        view |= {"private_metadata": metadata, "state": {"values": values}, "root_view_id": "V1"}
        view["blocks"] = [{"type": "input", "block_id": "join.answer"}]
        return await self._sends({"type": "view_submission", "user": {"id": user}, "view": view})

    async def _sends(self, payload: dict[str, Any]) -> int:
        return (await self.posts(payload)).status_code

    async def posts(self, payload: dict[str, Any]) -> httpx.Response:
        """Anything of Slack's kinds, signed; what the bot answers."""
        whole = {**payload, "trigger_id": secrets.token_hex(8), "response_url": "https://elsewhere.example/x"}
        body, stamp = urlencode({"payload": json.dumps(whole)}), str(int(time.time()))
        signed = hmac.new(self._secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signed}"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return await self._http.post(self._url, content=body, headers=headers)


async def test_nothing_that_is_forged_does_anything(tmp_path: Path) -> None:
    """Garbage, another workspace's request, somebody else's: all answered, and the request is as it was."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, "http") as story, httpx.AsyncClient(trust_env=False) as http:
            await story.asks_and_waits()
            await story.reads("lin", "等待审批", "还不是成员", channel="admins")
            await elsewhere(url)
            for who in ("lin", "tom"):
                await story.types(who, "/sharge status")
            before = await story.texts("lin", "admins")
            assert {status async for status in everything(Forger(story, http))} == {200}
            await story.reads("lin", "等待审批", channel="admins")
            notice = await story.reads("lin", "@lin 今天", "被拒绝的操作", channel="admins")
            assert [text for text in await story.texts("lin", "admins") if text != notice] == before


async def everything(forger: Forger) -> AsyncIterator[int]:
    """All buttons and forms with all garbage, the person's own buttons pressed by somebody else, unknown names."""
    for value in GARBAGE:
        for name in (*ACTIONS, *MINE):
            yield await forger.presses("U0LIN", f"join.{name}", value)
        for name in FORMS:
            yield await forger.submits("U0LIN", f"join.{name}", value)
        for name in ("queue.filter", "queue.page", "account.keep", "account.move"):
            yield await forger.presses("U0LIN", name, value)
    for name in MINE:
        yield await forger.presses("U0TOM", f"join.{name}", "1")
    for name in ("join.nothing", "command.nothing", "people.language"):
        yield await forger.presses("U0MEI", name, "xx")


async def elsewhere(url: str) -> None:
    """A request of another Slack workspace, with the id 2."""
    db = Database(url)
    async with db.write() as tx:
        await tx.conn.execute(insert(request), [{**rows(1)[0], "team_id": "T0ELSEWHERE"}])
    await db.close()


async def test_words_of_people_are_never_parsed(tmp_path: Path) -> None:
    """Markup, mentions, changed directions, emoji and too many characters, from the form to every card."""
    nasty = "*粗* _斜_ <!channel> <@U0LIN> <https://x.cn|点我> &lt; `code` :tada: 👩‍👩‍👧 \u202eturned\u2066"
    with fresh("sqlite", tmp_path) as url:
        async with told(url) as story:
            await story.types("mei", "/sharge join")
            await story.sees_form("mei", "申请加入")
            filled = {"用户 ID": story.coze["users"]["mei"], "昵称": "<!here>*梅*", "想做什么": nasty * 50}
            refused = await story.tries("submit", who="mei", fields=filled)
            assert not refused["ok"]
            await story.sends("mei", **{**filled, "想做什么": nasty})
            card = await story.reads("lin", "等待审批", "<!channel> <@U0LIN>", "<!here>", channel="admins")
            assert "\u202e" not in card
            assert "\u2066" not in card
            await story.presses("lin", "拒绝", channel="admins")
            await story.sees_form("lin", "拒绝", "<!here>")
            await story.sends("lin", 理由=nasty)
            await story.reads("mei", "没有通过", "<!channel> <@U0LIN>")
