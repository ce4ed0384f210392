"""Coze's pages for signing in: by plain forms, in a browser that comes from the chat, and in the panel."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.server import Playground

from .conftest import IN_ITS_LOOP
from .test_accessibility import FAULTS

Json = dict[str, Any]
ROOT = "/api/permission/oauth2"


@pytest.fixture
async def http(playground: Playground) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a screen, on Coze's port."""
    base = playground.coze.base_url
    async with httpx.AsyncClient(base_url=base, trust_env=False, follow_redirects=True) as client:
        client.cookies.set("lang", "zh")
        yield client


async def code_of(playground: Playground) -> Json:
    """A new device code."""
    client_id = playground.coze.ready()["sign_in"]["client_id"]
    async with httpx.AsyncClient(base_url=playground.coze.base_url, trust_env=False) as client:
        return dict((await client.post(f"{ROOT}/device/code", json={"client_id": client_id})).json())


async def link_of(playground: Playground, http: httpx.AsyncClient) -> httpx.Response:
    """The page that a browser's link leads to."""
    app = playground.coze.ready()["sign_in"]["pkce"]
    query = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": app["redirect_url"]}
    return await http.get(f"{ROOT}/authorize", params={**query, "state": "a&b", "code_challenge": "x" * 43})


def answer_of(page: httpx.Response, answer: str, **more: str) -> Json:
    """The form of a consent page, filled in."""
    (key,) = re.findall(r'name="authorize_key" value="([^"]+)"', page.text)
    return {"authorize_key": key, "answer": answer, **more}


async def test_a_code_leads_to_a_question_and_its_answer_stays(
    playground: Playground, http: httpx.AsyncClient
) -> None:
    code = await code_of(playground)
    page = await http.get(code["verification_uri"], params={"user_code": code["user_code"]})
    assert f'value="{code["user_code"]}"' in page.text
    wrong = await http.post(page.url.path, data={"user_code": "AAAA-AAAA"})
    assert "请输入正确的验证码" in wrong.text
    question = await http.post(page.url.path, data={"user_code": code["user_code"].lower()})
    for words in ("闪极接入助手请求访问你的扣子账号", code["user_code"], "创建智能体", "全部空间", "小美"):
        assert words in question.text
    nobody = await http.post("/oauth2/authorize", data=answer_of(question, "yes"))
    assert "请先选择以谁的身份登录" in nobody.text
    done = await http.post("/oauth2/authorize", data=answer_of(question, "yes", who="mei"))
    assert "授权成功" in done.text
    assert (await http.get(done.url)).text == done.text
    told = [step.arguments for step in playground.director.journal.steps() if step.verb == "on_coze"]
    assert told == [{"act": "sign_in", "name": "mei", "approve": True}], "codes are new each time: a story has none"
    late = await http.post("/oauth2/authorize", data=answer_of(question, "no", who="mei"))
    assert "授权成功" in late.text, "the answer stands"
    again = await http.post(page.url.path, data={"user_code": (await code_of(playground))["user_code"]})
    assert re.search(r'id="who-mei" checked', again.text), "the browser remembers who is signed in"


async def test_no_needs_no_name(playground: Playground, http: httpx.AsyncClient) -> None:
    code = await code_of(playground)
    question = await http.post("/oauth2/device", data={"user_code": code["user_code"]})
    assert "授权取消" in (await http.post("/oauth2/authorize", data=answer_of(question, "no"))).text


async def test_what_is_too_late_or_never_was(playground: Playground, http: httpx.AsyncClient) -> None:
    code = await code_of(playground)
    question = await http.post("/oauth2/device", data={"user_code": code["user_code"]})
    playground.clock.advance(timedelta(minutes=5))
    assert "已过期" in (await http.get(question.url)).text
    assert "已过期" in (await http.post("/oauth2/authorize", data=answer_of(question, "yes", who="mei"))).text
    assert "链接无效" in (await http.get("/oauth2/authorize?authorize_key=x")).text
    assert "链接无效" in (await http.post("/oauth2/authorize", data={"answer": "yes"})).text
    assert (await http.get("/oauth2/elsewhere")).status_code == 404


@pytest.mark.parametrize(("answer", "given"), [("yes", "code=code_"), ("no", "error=access_denied")])
async def test_a_browser_goes_back_to_its_app(
    playground: Playground, http: httpx.AsyncClient, answer: str, given: str
) -> None:
    question = await link_of(playground, http)
    http.follow_redirects = False
    back = await http.post("/oauth2/authorize", data=answer_of(question, answer, who="tom"))
    assert (back.status_code, back.headers["location"].partition("?")[0]) == (303, "http://localhost:8080/callback")
    assert back.headers["location"].partition("?")[2].startswith(given)
    assert back.headers["location"].endswith("&state=a%26b")
    assert "http://localhost:*" in question.headers["content-security-policy"]


async def test_an_app_that_was_switched_off_says_so(playground: Playground, http: httpx.AsyncClient) -> None:
    question = await link_of(playground, http)
    app = playground.coze.ready()["sign_in"]["pkce"]["client_id"]
    await playground.coze.act("oauth_app", {"name": "owner", "client_id": app, "enabled": False})
    assert "现在不能授权" in (await http.post("/oauth2/authorize", data=answer_of(question, "yes", who="tom"))).text


async def test_another_site_can_not_say_yes(playground: Playground, http: httpx.AsyncClient) -> None:
    form = answer_of(await link_of(playground, http), "yes", who="tom")
    forged = await http.post("/oauth2/authorize", data=form, headers={"Origin": "https://evil.example"})
    assert forged.status_code == 403


async def test_the_pages_are_no_calls_to_the_api(playground: Playground, http: httpx.AsyncClient) -> None:
    for path in ("/oauth2/device", "/page/static/consent.css"):
        assert (await http.get(path)).status_code == 200
    assert not playground.coze.state.calls
    assert (await http.get("/v1/users/me")).json()["code"] == 4100


@IN_ITS_LOOP
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_from_the_chat_to_yes_and_back(browser: Browser, desk: Playground, theme: str) -> None:
    """The link of a card opens the page for whoever pressed it; the panel then has it to be taken back."""
    code = await code_of(desk)
    button = {"type": "button", "text": {"type": "plain_text", "text": "Sign in"}, "action_id": "in"}
    button["url"] = f"{code['verification_uri']}?user_code={code['user_code']}"
    web = AsyncWebClient(desk.main_app.bot_token, base_url=f"{desk.url}api/")
    await web.chat_postMessage(channel="U0TOM", text="x", blocks=[{"type": "actions", "elements": [button]}])
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{desk.url}?left=mei:dm&right=tom:dm&panel=coze&site=tom&theme={theme}")
    requests = page.locator("#coze section").filter(has_text="Sign-in requests")
    await expect(requests).to_contain_text(code["user_code"])
    async with context.expect_page() as opening, page.expect_response(re.compile("/page/2/click")):
        await page.locator("#body-2").get_by_role("link", name="Sign in").click()
    coze = await opening.value
    assert await coze.evaluate(FAULTS) == []
    await coze.get_by_role("button", name="Next").click()
    await expect(coze.get_by_role("radio", checked=True)).to_have_value("tom")
    assert await coze.evaluate(FAULTS) == []
    await coze.get_by_role("button", name="Authorise").click()
    await expect(coze.get_by_role("heading")).to_contain_text("授权成功")
    assert await coze.evaluate(FAULTS) == []
    await expect(requests).to_have_count(0)
    granted = page.locator("#coze section").filter(has_text="Authorised apps")
    await granted.get_by_role("button", name="Withdraw").click()
    await expect(granted).to_have_count(0)
    await context.close()


@IN_ITS_LOOP
async def test_the_panel_plays_the_person(browser: Browser, desk: Playground) -> None:
    """Yes and no without leaving the page; an app that a browser came from is a link away."""
    code = await code_of(desk)
    async with httpx.AsyncClient(base_url=desk.coze.base_url, trust_env=False) as http:
        await link_of(desk, http)
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = await context.new_page()
    await page.goto(f"{desk.url}?panel=coze&site=mei")
    await page.get_by_role("button", name="Refuse: 闪极接入助手").click()
    await expect(page.locator("#coze-note")).to_contain_text("Done")
    await page.get_by_role("button", name="Authorise: 闪极接入网页版").click()
    link = page.locator("#coze-note").get_by_role("link", name="Back to the app")
    await expect(link).to_have_attribute("href", re.compile(r"^http://localhost:8080/callback\?code=code_"))
    assert desk.coze.state.sign_ins.by_secret  # what the device asks for next is answered
    assert {one.answer for one in desk.coze.state.sign_ins.by_key.values()} == {"granted", "refused"}
    assert code["user_code"] not in await page.locator("#coze").inner_text()
    await context.close()
