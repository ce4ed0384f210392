"""Each route of the guide in a real browser, by typing and clicking alone.

What is needed stands in the chat or on the page's "Coze website". What people do in Slack is counted, on Coze not.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.playground.page.conftest import IN_ITS_LOOP, browser
from tests.stories.test_guide import signed
from tests.stories.test_in_the_browser import CHINESE, ENGLISH, Visit, proves, visit

__all__ = ["browser"]  # the fixture

pytestmark = IN_ITS_LOOP


class Walk:
    """Somebody who walks a route, with the chat at the left."""

    def __init__(self, at: Visit) -> None:
        self.at, self.interactions = at, 0

    async def types(self, text: str) -> None:
        """Types a command."""
        self.interactions += 1
        await self.at.types(text)

    async def reads(self, *words: str) -> None:
        """Waits for a message with all the words."""
        await self.at.reads(self.at.left, *words)

    async def presses(self, label: str) -> None:
        """Presses the newest button that is called so."""
        self.interactions += 1
        await self.at.left.get_by_role("button", name=label).last.click()

    async def chooses(self, label: str) -> None:
        """Opens the newest menu and chooses from it."""
        await self.at.left.get_by_label("更多操作").last.click()
        await self.presses(label)

    async def sends(self, title: str, fields: Mapping[str, str]) -> None:
        """Fills in the form that opens, and sends it."""
        self.interactions += 1
        await self.at.sends(title, dict(fields))

    async def copies(self, place: str) -> str:
        """What stands somewhere on Coze's website, for this person."""
        site = await self.at.goes_to_coze(self.at.who)
        text = await site.locator(place).last.inner_text()
        await self.at.leaves_coze()
        return text

    async def makes_token(self) -> str:
        """A personal access token, as Coze's form stands."""
        site = await self.at.goes_to_coze(self.at.who)
        await site.locator("#coze-new-token summary").click()
        await site.locator("#coze-token-form-do").click()
        token = await self.at.page.locator("#coze-token").inner_text()
        await self.at.leaves_coze()
        return token

    async def makes_app(self, title: str) -> tuple[str, str, str]:
        """An OAuth app that is authorised: its id, its key's fingerprint, the key."""
        site = await self.at.goes_to_coze(self.at.who)
        await site.locator("#coze-new-app summary").click()
        await site.locator("#coze-app-form [name='text.title']").fill(title)
        await site.locator("#coze-app-form-do").click()
        key = await self.at.page.locator("#coze-key").inner_text()
        app_id, kid = await self.at.page.locator("#coze-note p code").all_inner_texts()
        await self.at.page.locator("#coze-note-x").click()  # it lies over the list
        await site.locator(f"#coze-authorise-{app_id}-do").click()
        await expect(site.locator(f"#coze-authorise-{app_id}-do")).to_have_text(re.compile("取消"))
        await self.at.leaves_coze()
        return app_id, kid, key

    async def publishes_by_hand(self) -> None:
        """To the API channel, as Coze's form stands."""
        site = await self.at.goes_to_coze(self.at.who)
        await site.locator("[id^=coze-publish-][id$=-do]").last.click()
        await expect(self.at.page.locator("#coze-note .good")).to_be_visible()
        await self.at.leaves_coze()

    def ends(self, route: str, most: int) -> None:
        """Prints how much it took."""
        print(f"route {route} in the page: {self.interactions} interactions")
        assert self.interactions <= most


async def test_route_a_in_chinese(browser: Browser, tmp_path: Path) -> None:
    async with visit(browser, tmp_path, "?lang=zh&left=mei:dm", "mei", CHINESE) as (at, _):
        mei = Walk(at)
        await mei.types("/sharge")
        await mei.presses("先试试")
        await mei.reads("第 1 步，共 5 步")
        token = await mei.makes_token()
        await mei.presses("令牌建好了")
        await mei.presses("顺便检查")
        await mei.sends("令牌，只用一次", {"令牌": token})
        await mei.reads("令牌可用", "已验证")
        await mei.presses("登记到期日")
        await mei.sends("登记到期日", {"名字": "拍拍镜-试用"})
        await mei.reads("第 3 步")
        await at.makes_agent("晨间助手", "个人空间")
        address = await mei.copies("code[id^=coze-address-]")
        await mei.presses("填智能体地址")
        await mei.sends("智能体", {"智能体页面": address, "它的名字": "晨间助手"})
        await mei.reads("第 4 步")
        await mei.publishes_by_hand()
        await mei.chooses("不查，直接下一步")
        await mei.reads("第 5 步", "找晨间助手")
        await mei.presses("它回答了")
        await mei.reads("找晨间助手」", "找晨间助手")
        mei.ends("A", 11)


async def test_route_b_in_english(browser: Browser, tmp_path: Path) -> None:
    async with visit(browser, tmp_path, "?lang=en&left=tom:dm", "tom", ENGLISH) as (at, _):
        tom = Walk(at)
        await tom.types("/sharge")
        await tom.presses("Use my server")
        await tom.reads("Step 1 of 9")
        app_id, kid, key = await tom.makes_app("glasses-acme")
        for number, button in enumerate(("App created", "Got both", "Authorised"), 2):
            await tom.presses(button)
            await tom.reads(f"Step {number} of 9")
        await tom.presses("Enter both values")
        await tom.sends("Two values", {"App ID": app_id, "kid": kid})
        await tom.reads("Step 5 of 9")
        await tom.presses("Copy script")
        script = await at.left.locator("pre").last.inner_text()
        await tom.presses("Paste assertion")
        await tom.sends("Paste assertion", {"What the script printed": signed(script, key)})
        await tom.reads("Step 6 of 9", "verified")
        await tom.presses("Done")
        await tom.reads("Step 7 of 9")
        await at.makes_agent("Museum Guide", "Personal")
        address = await tom.copies("code[id^=coze-address-]")
        await tom.presses("Enter address")
        await tom.sends("The agent", {"Address": address, "Its name": "Museum Guide"})
        await tom.reads("Step 8 of 9")
        await tom.publishes_by_hand()
        await tom.presses("I published it")
        await tom.reads("Step 9 of 9", "找 Museum Guide", app_id)
        await tom.presses("It answered")
        await tom.reads("Say 找 Museum Guide")
        tom.ends("B", 15)


async def test_route_c_in_chinese(browser: Browser, tmp_path: Path) -> None:
    async with visit(browser, tmp_path, "?lang=zh&left=mei:dm", "mei", CHINESE) as (at, _):
        mei = Walk(at)
        await mei.types("/sharge")
        await mei.presses("上闪极智能体")
        await mei.reads("第 1 步，共 6 步")
        uid = await mei.copies("#coze-uid")
        await mei.presses("没有，去申请")
        await mei.sends(CHINESE.ask, {CHINESE.uid: uid, CHINESE.nick: "小梅", CHINESE.purpose: "念天气"})
        await mei.reads("第 2 步", "等管理员审批")
        await at.approves(uid)
        await mei.reads("第 3 步", "去扣子接受 ShargeAI 的邀请")
        await at.accepts()
        await at.reads_in_time(at.left, "第 4 步", "已加入 ShargeAI · 已验证")
        await at.makes_agent("博物馆讲解员", "ShargeAI")
        await proves(at)
        await mei.presses("帮我发布")
        await mei.sends(CHINESE.publish, {})
        await mei.reads("第 5 步", "审核中")
        await at.passes_review()
        await at.reads_in_time(at.left, "第 6 步", "已发布到「闪极智能体」 · 扣子已列出")
        await mei.presses("它回答了")
        await mei.reads("找博物馆讲解员」", "没有令牌，什么都不用管")
        mei.ends("C", 7)  # and two more where the account is shown by signing in, which test_carried counts


async def test_a_workspace_is_chosen_for_an_agent(browser: Browser, tmp_path: Path) -> None:
    """The token is typed once and goes along from form to form."""
    async with visit(browser, tmp_path, "?lang=zh&left=mei:dm", "mei", CHINESE) as (at, playground):
        site = await at.goes_to_coze("mei")
        await site.locator("#coze-new-workspace summary").click()
        await site.locator("#coze-workspace [name='text.title']").fill("博物馆")
        await site.locator("#coze-workspace-do").click()
        await expect(at.page.locator("#coze-note .good")).to_be_visible()
        await at.leaves_coze()
        mei, token = Walk(at), playground.coze.ready()["pats"]["mei"]
        await mei.types("/sharge start")
        await mei.presses("先试试")
        await mei.presses("令牌建好了")
        await mei.presses("登记到期日")
        await mei.sends("登记到期日", {"名字": "拍拍镜-试用"})
        card = await at.reads(at.left, "第 3 步")
        await card.locator("details.more summary").click()
        await card.get_by_role("button", name="帮我建一个").click()
        await mei.sends("令牌，只用一次", {"令牌": token})
        form = at.page.locator("#over-1").get_by_role("dialog")
        await form.get_by_label("空间").select_option(label="博物馆")
        await expect(form.get_by_label("令牌")).to_have_value(token)
        await mei.sends("建在哪个空间", {})
        for label in ("名字", "介绍", "人设", "开场白", "推荐问题"):
            await expect(form.get_by_label(label)).to_have_value("")
        await form.get_by_label("名字").fill("讲解员")
        await form.get_by_label("人设").fill("你讲展品的故事")
        await expect(form.get_by_label("令牌")).to_have_value(token)
        await form.locator("footer .primary").click()
        await expect(form).to_contain_text("「讲解员」已建在空间「博物馆」")
        await expect(form.get_by_role("button", name="打开智能体")).to_be_visible()
        await form.get_by_role("button", name="关闭").last.click()
        await mei.reads("第 4 步", "智能体「讲解员」 · 在「博物馆」 · 已验证")
