"""Secrets: kept for those who agree, by a page that works once; and answered at once where they do not belong."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from bot.store.database import normal
from bot.store.schema import _blocking
from tests.databases import fresh
from tests.stories.story import Story, told

Json = dict[str, Any]
PAT = "pat_" + "cAnArY7s" * 8
ASSERTION = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJjQW5BclkiLCJleHAiOjF9.c2lnbmF0dXJl"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEcAnArY0123456789\n-----END PRIVATE KEY-----"


class Alone(Story):
    """A story in which the bot has no credential of its own, and its database."""

    database = ""

    def dump(self) -> str:
        """All that is stored."""
        engine = create_engine(_blocking(normal(self.database)))
        with engine.connect() as conn:
            tables = conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()
            found = repr([conn.execute(text(f'SELECT * FROM "{name}"')).all() for name in tables])  # noqa: S608
        engine.dispose()
        return found

    async def page(self, who: str) -> str:
        """The address behind the newest button to a one-time page."""

        async def found() -> str | None:
            seen = await self.screen(who)
            blocks = [block for message in seen["dm"] for block in message["blocks"] if block["type"] == "actions"]
            urls = [each["url"] for block in blocks for each in block["elements"] if each["action_id"] == "open.once"]
            return urls[-1] if urls else None

        return str(await self.waits(found, f"{who} has a page", who))

    async def enters(self, address: str, value: str) -> httpx.Response:
        """Opens the page in a browser and sends its form."""
        origin = re.match(r"https?://[^/]+", address)
        async with httpx.AsyncClient(trust_env=False) as browser:
            form = re.search(r'name="form" value="([^"]+)"', (await browser.get(address)).text)
            assert origin is not None
            assert form is not None
            fields = {"form": form[1], "value": value}
            return await browser.post(address, data=fields, headers={"origin": origin[0]})

    async def opens(self, address: str) -> str:
        """What the page at an address says."""
        async with httpx.AsyncClient(trust_env=False) as browser:
            return (await browser.get(address)).text

    async def everything_shown(self) -> str:
        """All that anybody sees, and every call that the chat received from the bot."""
        calls = (await self._http.get("calls")).json()["calls"]
        return repr([await self.screen(who) for who in ("mei", "tom", "lin")]) + repr(calls)


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Alone]:
    """Over Socket Mode, on SQLite."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"COZE_OWNER_TOKEN": ""}) as story:
            one = Alone(story._http, story.ready)
            one.database = url
            yield one


async def test_a_token_is_kept_used_and_forgotten(alone: Alone) -> None:
    """Agreed to, entered on the page, used for a publication that was asked for, and gone with a press."""
    token, owner = alone.coze["pats"]["owner"], alone.coze["users"]["owner"]
    await alone.on_coze("agent", name="owner", title="讲解员")
    await alone.asks_to_join("mei", **{"用户 ID": owner})
    await alone.presses_soon("lin", "批准", channel="admins")
    await alone.presses_soon("lin", "我已邀请", channel="admins")
    await alone.presses_soon("mei", "我已接受")
    await alone.types("mei", "/sharge remind add")
    await alone.sends("mei", 名字="试用")
    await alone.reads("mei", "「试用」已登记")
    await alone.types("mei", "/sharge remind")
    await alone.presses("mei", "保存令牌")
    form = await alone.sees_form("mei", "保存什么", "用来做什么", "保存多久", "怎么停")
    assert "7 天" in form["plain"]
    assert not (await alone.tries("submit", who="mei", fields={}))["ok"], "nothing without the tick"
    await alone.sends("mei", 同意="yes")
    address = await alone.page("mei")
    answer = await alone.enters(address, token)
    assert answer.status_code == 200
    assert token not in answer.text
    await alone.reads("mei", "令牌已收到并加密保存，链接已失效")
    assert "已失效" in await alone.opens(address)

    await alone.types("mei", "/sharge publish 讲解员")
    await alone.presses_soon("mei", "更新名单")  # whose calls are hers, and may be few
    await alone.sees_form("mei", "确认发布", "讲解员")
    await alone.sends("mei")
    await alone.reads("mei", "讲解员", "审核中")
    await alone.settles()
    await alone.types("mei", "/sharge remind")
    assert "上次使用" in (await alone.texts("mei"))[-1]
    await alone.presses("mei", "删除")
    assert "已删除" in (await alone.texts("mei"))[-1]
    stored = alone.dump()
    for secret in (token, address.rpartition("/")[2]):
        assert secret not in stored
    assert token not in await alone.everything_shown()
    assert "secret.use" in stored
    await alone.passes(advance=3600)
    unknown = await alone.reads("mei", "看一眼：「讲解员」上线了吗", "已经删除")
    assert "7 天里" not in unknown
    await alone.presses("mei", "重新存…")


async def test_a_key_by_the_page_with_a_wrong_try(alone: Alone) -> None:
    """What is wrong is named on the page and in Slack; the message gets a new link; nothing is quoted."""
    app = alone.coze["jwt_app"]
    pem = Path(app["private_key_file"]).read_text()  # noqa: ASYNC240 (a small file)
    await alone.types("mei", "/sharge remind")
    await alone.presses_soon("mei", "保存密钥")
    await alone.sees_form("mei", "90 天")
    fields = {"keep.app_id.value": app["client_id"], "keep.fingerprint.value": app["kid"], "同意": "yes"}
    wrong = await alone.tries("submit", who="mei", fields={**fields, "keep.fingerprint.value": "x y"})
    assert "公钥指纹" in str(wrong["errors"])
    await alone.sends("mei", **fields)
    first = await alone.page("mei")
    answer = await alone.enters(first, pem.replace("PRIVATE", "PUBLIC"))
    assert answer.status_code == 422
    assert "这是公钥" in answer.text
    await alone.reads("mei", "这是公钥", "刚才没有保存")
    second = await alone.page("mei")
    assert second != first
    answer = await alone.enters(second, pem)
    assert "小美" in answer.text
    await alone.reads("mei", "密钥已收到并加密保存，链接已失效")
    assert not any(each in alone.dump() + answer.text for each in pem.splitlines() if len(each) > 20)


async def test_who_leaves_leaves_nothing_kept(alone: Alone) -> None:
    """Deactivated in Slack: what was kept is deleted, and that is written down."""
    app = alone.coze["jwt_app"]
    pem = Path(app["private_key_file"]).read_text()  # noqa: ASYNC240 (a small file)
    await alone.types("mei", "/sharge remind")
    await alone.presses_soon("mei", "保存密钥")
    fields = {"keep.app_id.value": app["client_id"], "keep.fingerprint.value": app["kid"], "同意": "yes"}
    await alone.sees_form("mei", "90 天")
    await alone.sends("mei", **fields)
    await alone.enters(await alone.page("mei"), pem)
    assert "v1|playground|" in alone.dump()
    await alone.tries("user", who="mei", deleted=True)

    async def gone() -> bool:
        return "v1|playground|" not in alone.dump()

    await alone.waits(gone, "nothing is kept any more")
    assert "secret.forget" in alone.dump()


async def test_a_link_can_be_cancelled(alone: Alone) -> None:
    """Before it is used: then it answers like any link that never was."""
    app = alone.coze["jwt_app"]
    await alone.types("mei", "/sharge remind")
    await alone.presses_soon("mei", "保存密钥")
    fields = {"keep.app_id.value": app["client_id"], "keep.fingerprint.value": app["kid"], "同意": "yes"}
    await alone.sees_form("mei", "90 天")
    await alone.sends("mei", **fields)
    address = await alone.page("mei")
    await alone.presses("mei", "作废这个链接")
    await alone.reads("mei", "链接已作废")
    assert "这个链接已失效" in await alone.opens(address)


async def test_what_keeping_needs_and_is_not_set_is_not_offered(tmp_path: Path) -> None:
    """Without keys nothing is offered; without an address of our own no key, and the token by a form."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"CREDENTIAL_KEYS": "", "COZE_SIGN_IN_CLIENT_ID": ""}) as story:
            await story.types("mei", "/sharge remind")
            await story.reads("mei", "还没有登记令牌")
            assert not any("保存" in label for label in (await story.screen("mei"))["dm"][-1]["buttons"])


async def test_without_an_address_a_token_comes_by_the_form(tmp_path: Path) -> None:
    """Slack can't mask it, and the form says so; the answer follows in the DM."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"PUBLIC_URL": ""}) as story:
            await story.types("mei", "/sharge remind add")
            await story.sees_form("mei", "名字")
            await story.sends("mei", 名字="试用")
            await story.reads("mei", "「试用」已登记")
            await story.types("mei", "/sharge remind")
            buttons = (await story.screen("mei"))["dm"][-1]["buttons"]
            assert "保存密钥…" not in buttons
            await story.presses("mei", "保存令牌")
            await story.sees_form("mei", "共享屏幕时别填")
            refused = await story.tries("submit", who="mei", fields={"令牌": "two words", "同意": "yes"})
            assert refused["errors"]
            await story.sends("mei", **{"keep.token.value": story.coze["pats"]["mei"], "同意": "yes"})
            await story.reads("mei", "「小美」的令牌已收到并加密保存", "已验证")


@pytest.mark.parametrize(
    ("said", "words", "button"),
    [
        (PAT, "这像是一个令牌", "打开令牌页"),
        (f"看看 {PEM}", "这像是一把私钥", "打开 OAuth 应用"),
        (ASSERTION, "这像是签好的凭证", "检查令牌"),
    ],
    ids=["token", "key", "assertion"],
)
async def test_a_secret_in_the_chat_is_answered_at_once(alone: Alone, said: str, words: str, button: str) -> None:
    """In a DM, in a thread, as a mention, as a command's words; nothing is repeated or kept."""
    await alone.says("mei", said)
    card = await alone.reads("mei", words, "我没有保存", "删掉你的那条消息")
    assert "cAnArY" not in card
    shown = (await alone.screen("mei"))["dm"][-1]
    assert any(button in label for label in shown["buttons"]), shown["buttons"]
    await alone.presses("mei", "这不是")
    await alone.types("mei", f"/sharge {said}")
    typed = await alone.reads("mei", words, "它经过了 Slack")
    assert "删掉你的那条消息" not in typed, "a command stands in no history"
    assert "cAnArY" not in alone.dump()
    calls = repr((await alone._http.get("calls")).json()["calls"])
    assert "cAnArY" not in calls
