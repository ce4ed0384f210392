"""The whole story in a real browser, by typing and clicking alone, with the real bot behind it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from bot.demo.run import demo
from bot.playground.server import Options, Playground
from tests.databases import fresh
from tests.playground.page.conftest import IN_ITS_LOOP, PATIENCE, browser
from tests.stories.story import START, Story
from tests.stories.test_main_story import assertion

__all__ = ["browser"]  # the fixture

pytestmark = IN_ITS_LOOP

SOON = 1_500  # milliseconds; what has not come by then needs simulated time to go on
PHONE = ViewportSize(width=390, height=844)


@dataclass(frozen=True)
class Words:
    """What one person reads: titles of forms, labels of fields, parts of messages."""

    ask: str
    uid: str
    nick: str
    purpose: str
    waiting: str
    invited: str
    joined: str
    record: str
    name: str
    recorded: str
    reminded: re.Pattern[str]  # a week before, counted in the days of the reader's zone
    check: str
    token: str
    works: str
    title: str
    publish: str
    reviewing: str
    online: str
    status: tuple[str, ...]


CHINESE = Words(
    ask="申请加入团队",
    uid="扣子用户 ID",
    nick="扣子昵称",
    purpose="想做什么",
    waiting="等管理员审批",
    invited="去扣子接受 ShargeAI 的邀请",
    joined="你已加入 ShargeAI · 已验证",
    record="登记到期日",
    name="名字",
    recorded="已登记",
    reminded=re.compile("还有 [78] 天"),
    check="检查",
    token="令牌或签名凭证",
    works="凭证可用",
    title="博物馆讲解员",
    publish="确认发布",
    reviewing="审核中",
    online="戴上眼镜说",
    status=("下一步", "ShargeAI 团队", "已上线"),
)
ENGLISH = Words(
    ask="Join ShargeAI",
    uid="Coze user ID",
    nick="Coze nickname",
    purpose="What will you build",
    waiting="waiting for an admin",
    invited="Accept the ShargeAI invitation in Coze",
    joined="You have joined ShargeAI · verified",
    record="Track an expiry date",
    name="Name",
    recorded="recorded",
    reminded=re.compile("[78] days left"),
    check="Check",
    token="Token or signed assertion",
    works="The assertion works",
    title="Museum Guide",
    publish="Confirm publishing",
    reviewing="in review",
    online="Put on the glasses and say",
    status=("Next", "member since", "live"),
)


class Visit:
    """Somebody in front of the page: `who` at the left, lin in the admins' channel at the right."""

    def __init__(self, page: Page, who: str, words: Words) -> None:
        self.page, self.who, self.words = page, who, words
        self.site = page.locator("#coze")
        self.left, self.right = page.locator("#body-1"), page.locator("#body-2")

    async def types(self, text: str) -> None:
        """Types a command and sends it."""
        await self.page.locator("#say-1").fill(text)
        await self.page.locator("#send-1").click()

    async def sends(self, title: str, fields: dict[str, str]) -> None:
        """Fills in the form that opens, fields by their labels, and sends it; it is taken."""
        dialog = self.page.locator("#over-1").get_by_role("dialog", name=title)
        await expect(dialog).to_be_visible()
        for label, value in fields.items():
            await dialog.get_by_label(label).first.fill(value)
        await dialog.locator("footer .primary").click()
        await expect(dialog).to_have_count(0)

    async def goes_to_coze(self, who: str) -> Locator:
        """Opens Coze's website as somebody."""
        if not await self.site.is_visible():
            await self.page.locator("#panel-coze").click()
        await self.page.locator(f"#coze-as-{who}").click()
        await expect(self.page.locator(f"#coze-as-{who}")).to_have_attribute("aria-pressed", "true")
        return self.site

    async def accepts(self) -> None:
        """Accepts ShargeAI's invitation."""
        site = await self.goes_to_coze(self.who)
        await site.get_by_role("button", name=re.compile("接受.*ShargeAI")).click()
        await self._done_on_coze()
        await self.leaves_coze()

    async def makes_agent(self, title: str, space: str) -> None:
        """Makes an agent in the space that is called so."""
        site = await self.goes_to_coze(self.who)
        await site.locator("#coze-new-agent summary").click()
        await site.locator("#coze-agent [name='text.title']").fill(title)
        await site.locator("#coze-agent select").select_option(label=space)
        await site.locator("#coze-agent-do").click()
        await self._done_on_coze()
        await self.leaves_coze()

    async def passes_review(self) -> None:
        """The reviewer lets through what waits."""
        site = await self.goes_to_coze("reviewer")
        await site.locator("[id^=coze-pass-][id$=-do]").click()
        await self._done_on_coze()
        await self.leaves_coze()

    async def approves(self, *words: str) -> None:
        """Lin lets in who asked, whose card and question hold the words."""
        card = await self.reads(self.right, "等待审批", *words)
        await card.get_by_role("button", name="照样批准").click()
        question = self.page.locator("#ask-2").get_by_role("dialog")
        await expect(question).to_contain_text(words[0])
        await question.locator("#ask-2-yes").click()

    async def _done_on_coze(self) -> None:
        await expect(self.page.locator("#coze-note .good")).to_be_visible()

    async def leaves_coze(self) -> None:
        """Closes Coze's website."""
        await self.page.locator("#coze-close").click()
        await expect(self.site).to_be_hidden()

    async def reads(self, where: Locator, *words: str | re.Pattern[str], within: float = PATIENCE) -> Locator:
        """Waits for a message with all the words; the newest such."""
        message = where.locator("[id^=list-] > .msg")  # not the replies in threads
        for word in words:
            message = message.filter(has_text=word)
        await expect(message.last).to_be_visible(timeout=within)
        return message.last

    async def reads_in_time(self, where: Locator, *words: str | re.Pattern[str]) -> Locator:
        """Moves the clock to what is due next until the message is there."""
        due = self.page.locator("#clock-next")
        for _ in range(12):
            if await due.is_enabled():  # else the bot is at it
                await due.click()
            try:
                return await self.reads(where, *words, within=SOON)
            except AssertionError:
                continue
        return await self.reads(where, *words)


@asynccontextmanager
async def visit(
    browser: Browser, folder: Path, query: str, who: str, words: Words
) -> AsyncIterator[tuple[Visit, Playground]]:
    """A demo with the page open at an address; whatever the browser complains about fails the test."""
    complaints: list[str] = []
    with fresh("sqlite", folder) as url:
        async with demo(Options(start=START), url) as playground:
            context = await browser.new_context(viewport={"width": 1440, "height": 900})
            page = await context.new_page()
            page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", lambda r: None if r.url.startswith(playground.url) else complaints.append(r.url))
            page.set_default_timeout(PATIENCE)
            await page.goto(f"{playground.url}{query}")
            try:
                yield Visit(page, who, words), playground
            finally:
                await context.close()
    assert complaints == []


async def test_mei_goes_all_the_way_in_chinese(browser: Browser, tmp_path: Path) -> None:
    async with visit(browser, tmp_path, "?lang=zh&left=mei:dm", "mei", CHINESE) as (mei, playground):
        await lives(mei, playground)


async def test_tom_goes_all_the_way_in_english(browser: Browser, tmp_path: Path) -> None:
    async with visit(browser, tmp_path, "?lang=en&left=tom:dm", "tom", ENGLISH) as (tom, playground):
        await lives(tom, playground)


async def lives(visit: Visit, playground: Playground) -> None:
    """Asks, is let in, joins, records a token, is reminded, proves a JWT, publishes, sees it all in status."""
    await joins(visit, playground)
    await is_reminded(visit)
    await proves_a_jwt(visit, playground)
    await publishes(visit)
    await sees_it_all(visit)


async def joins(visit: Visit, playground: Playground) -> None:
    """The form, the admin's card with its question, the invitation on Coze, both cards at the same truth."""
    words = visit.words
    uid = playground.coze.ready()["users"][visit.who]
    await visit.types("/sharge join")
    await visit.sends(words.ask, {words.uid: uid, words.nick: visit.who, words.purpose: "100 <b> & *c*"})
    await visit.reads(visit.left, words.waiting)
    await visit.approves(uid, "100 <b> & *c*")
    await visit.reads(visit.right, "已批准", "等对方")
    await visit.reads(visit.left, words.invited)
    await visit.accepts()
    await visit.reads_in_time(visit.left, words.joined)
    await visit.reads(visit.right, f"@{playground.workspace.people[visit.who].name}", "已加入", "已验证")


async def is_reminded(visit: Visit) -> None:
    """A recorded token, and its first reminder."""
    words = visit.words
    await visit.types("/sharge remind add")
    await visit.sends(words.record, {words.name: "glasses-1"})
    await visit.reads(visit.left, "glasses-1", words.recorded)
    await visit.reads_in_time(visit.left, "glasses-1", words.reminded)


async def proves_a_jwt(visit: Visit, playground: Playground) -> None:
    """An assertion of a developer's own server is exchanged for real."""
    words, ready = visit.words, playground.coze.ready()
    made = assertion(ready["jwt_app"], ready["base_url"].removeprefix("http://"))
    await visit.types("/sharge check")
    await visit.sends(words.check, {words.token: made})
    await visit.reads(visit.left, words.works)
    assert made not in await visit.page.content()


async def proves(visit: Visit) -> None:
    """Shows whose the account is, as a story does it; the page is told."""
    async with httpx.AsyncClient(base_url=f"{visit.page.url.partition('?')[0]}human/") as http:
        story = Story(http, {"coze": {}})
        await story.types(visit.who, "/sharge publish")
        await story.proves(visit.who)
        await story.tries("close", who=visit.who, all=True)


async def publishes(visit: Visit) -> None:
    """An agent made on Coze, the question, the reviewer's verdict, and the news."""
    words = visit.words
    await visit.makes_agent(words.title, "ShargeAI")
    await proves(visit)
    await visit.types("/sharge publish")
    await visit.sends(words.publish, {})
    await visit.reads(visit.left, words.title, words.reviewing)
    await visit.passes_review()
    await visit.reads_in_time(visit.left, words.title, words.online)


async def sees_it_all(visit: Visit) -> None:
    """One answer, seen by the asker alone; on a phone nothing sticks out of the page."""
    await visit.types("/sharge")
    await visit.reads(visit.left, *visit.words.status, visit.words.title)
    await visit.page.set_viewport_size(PHONE)
    assert await visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
