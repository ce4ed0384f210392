"""What people do on the page, in a real browser."""

import re
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from playwright.async_api import Page, expect

from bot.playground.server import Playground
from bot.playground.world.chat import Message
from bot.playground.world.coze_state import digest

from .conftest import IN_ITS_LOOP

pytestmark = IN_ITS_LOOP
Json = dict[str, Any]


def spoken(text: str) -> Json:
    """A line of text."""
    return {"type": "section", "text": {"type": "plain_text", "text": text}}


async def type_command(page: Page, text: str, desk: int = 1) -> None:
    """Type into a desk's composer and send."""
    await page.locator(f"#say-{desk}").fill(text)
    await page.locator(f"#say-{desk}").press("Enter")


async def test_a_command_is_completed_sent_and_answered(page: Page) -> None:
    field = page.locator("#say-1")
    await field.press_sequentially("/desk li")
    await expect(page.locator("#commands-1 [role=option]:visible")).to_have_text(["/desk link [where]"])
    await field.press("Tab")
    await expect(field).to_have_value("/desk link ")
    await field.press_sequentially("here")
    await field.press("Enter")
    await expect(page.locator("#body-1 .note")).to_contain_text("You said link here")
    await expect(field).to_have_value("")
    await expect(field).to_be_focused()


async def test_quick_messages_all_arrive_once_and_in_order(page: Page) -> None:
    words = [f"message {i}" for i in range(12)]
    for word in words:
        await type_command(page, word)
    shown = page.locator("#list-1 .msg .text")
    await expect(shown).to_have_text(words)


async def test_the_newest_message_stays_in_view(page: Page, desk: Playground) -> None:
    for i in range(30):
        await desk.human.say("mei", f"message {i}")
    newest = page.locator("#list-1 > li").last
    await expect(newest).to_contain_text("message 29")
    await expect(newest).to_be_in_viewport()
    await page.keyboard.press("Alt+I")
    await expect(page.locator("#inspector")).to_be_visible()
    await expect(newest).to_be_in_viewport()
    await page.locator("#list-1 > li").nth(3).scroll_into_view_if_needed()
    await desk.human.say("mei", "one more")
    await expect(newest).to_contain_text("one more")
    await expect(newest).not_to_be_in_viewport()


async def test_a_button_asks_first_and_both_desks_see_what_it_did(page: Page, sent: list[Json]) -> None:
    await type_command(page, "/desk card")
    card = page.locator("#body-2 .card")
    await card.get_by_role("button", name="Approve…").click()
    dialog = page.get_by_role("dialog", name="Approve it?")
    await expect(dialog).to_contain_text("小美 will be invited.")
    await expect(dialog.get_by_role("button", name="Not now")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(card.get_by_role("button", name="Approve…")).to_be_focused()
    assert sent == []
    await page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Approve", exact=True).click()
    await expect(page.locator("#body-2")).to_contain_text("@林经理 approved it")
    await expect(dialog).to_have_count(0)
    assert [action["value"] for action in sent] == ["41"]


async def test_a_menu_opens_and_its_choice_reaches_the_app(page: Page, sent: list[Json]) -> None:
    await type_command(page, "/desk card")
    await page.locator("#body-2").get_by_label("更多操作").click()
    await page.get_by_role("button", name="Never").click()
    await expect(page.get_by_role("button", name="Never")).to_have_count(0)
    await expect(page.locator(".htmx-request")).to_have_count(0)
    assert [action["selected_option"]["value"] for action in sent] == ["never"]


async def test_a_form_keeps_what_was_typed_through_an_error_and_a_change_elsewhere(
    page: Page, desk: Playground, sent: list[Json]
) -> None:
    await type_command(page, "/desk form")
    dialog = page.get_by_role("dialog", name="Join")
    uid = dialog.get_by_label("User ID")
    await expect(uid).to_be_focused()
    await uid.fill("mei_liang")
    await dialog.get_by_label("Purpose").fill("two\nlines & <tags>")
    await dialog.get_by_label("1 day").check()
    await dialog.get_by_label("Created").fill("2026-12-03T09:30")
    await desk.human.say("lin", "hello from the other side", "general")
    await expect(page.locator("#go-1-general .count")).to_have_text("1")
    await expect(dialog.get_by_label("Purpose")).to_have_value("two\nlines & <tags>")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_contain_text("Digits only.")
    await expect(uid).to_have_attribute("aria-invalid", "true")
    await expect(uid).to_be_focused()
    await expect(uid).to_have_value("mei_liang")
    await expect(dialog.get_by_label("Purpose")).to_have_value("two\nlines & <tags>")
    await expect(dialog.get_by_label("1 day")).to_be_checked()
    await uid.fill("42")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    await expect(page.locator("#say-1")).to_be_focused()
    (values,) = sent
    assert values["uid"]["value"]["value"] == "42"
    assert values["purpose"]["value"]["value"] == "two\nlines & <tags>"
    assert values["life"]["value"]["selected_option"]["value"] == "1"
    assert values["made"]["value"]["selected_date_time"] == 1796261400  # 09:30 in Shanghai


async def test_a_menu_is_filled_by_the_app_while_somebody_types(page: Page, sent: list[Json]) -> None:
    await type_command(page, "/desk pick")
    dialog = page.get_by_role("dialog", name="Pick")
    await dialog.get_by_role("searchbox").press_sequentially("sh")
    await dialog.get_by_role("combobox", name="City").select_option("Shenzhen")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    assert [value["selected_option"]["value"] for value in sent] == ["shenzhen"]


async def test_a_room_opens_at_the_end_of_the_talk(page: Page, desk: Playground) -> None:
    """From Home, too, and where everything is new."""
    workspace, app = desk.workspace, desk.main_app
    await page.locator("#tab-1-home").click()
    await expect(page.locator("#body-1.home")).to_be_visible()
    room = workspace.dm(app, workspace.person("mei").id)
    for number in range(60):
        workspace.post(Message(workspace.new_ts(), room.id, app.bot_user, f"letter {number}", app.id))
    for _ in range(2):
        await page.locator("#tab-1-dm").click()
        await expect(page.get_by_text("letter 59")).to_be_in_viewport()
        await expect(page.get_by_text("letter 0", exact=True)).not_to_be_in_viewport()
        await page.locator("#tab-1-home").click()
        await expect(page.locator("#body-1.home")).to_be_visible()


async def test_scrolling_back_brings_what_is_older(page: Page, desk: Playground) -> None:
    """Messages with buttons come and go at the ends of what is shown; each of them is a form of its own."""
    workspace, app = desk.workspace, desk.main_app
    room = next(one for one in workspace.channels.values() if one.name == "general")
    label = {"type": "plain_text", "text": "Open"}
    buttons = [
        {"type": "actions", "elements": [{"type": "button", "action_id": "open", "text": label, "value": "1"}]}
    ]
    for number in range(200):
        said = f"request {number}"
        workspace.post(Message(workspace.new_ts(), room.id, app.bot_user, said, app.id, [spoken(said), *buttons]))
    await page.locator("#go-1-general").click()
    await expect(page.locator("#list-1")).to_contain_text("request 199")
    await page.locator("#body-1").hover()
    first = page.locator("#list-1 .msg").first
    for _ in range(3):
        top = await first.get_attribute("id")
        assert top
        for _ in range(200):
            await page.mouse.wheel(0, -900)
            await page.wait_for_timeout(30)
            if await first.get_attribute("id") != top:
                break
        assert await first.get_attribute("id") != top, "nothing older came"
        await expect(page.locator(f"#{top}")).to_be_attached()


async def test_the_desk_behind_a_form_is_inert_and_the_other_goes_on(page: Page) -> None:
    await type_command(page, "/desk form")
    await expect(page.get_by_role("dialog", name="Join")).to_be_visible()
    assert await page.locator("#room-1").evaluate("(room) => room.inert")
    await type_command(page, "still here", desk=2)
    await expect(page.locator("#body-2")).to_contain_text("still here")
    await expect(page.locator("#say-2")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Join")).to_have_count(0)
    assert not await page.locator("#room-1").evaluate("(room) => room.inert")


async def test_a_half_typed_message_survives_updates_rooms_and_reloads(page: Page, desk: Playground) -> None:
    field = page.locator("#say-1")
    await field.press_sequentially("half a sen")
    await field.press("ArrowLeft")
    await desk.human.say("mei", "from elsewhere")
    await expect(page.locator("#body-1")).to_contain_text("from elsewhere")
    await field.press_sequentially("X")
    await expect(field).to_have_value("half a seXn")
    await page.locator("#go-1-general").click()
    await expect(page.locator("#say-1")).to_have_value("")
    await page.locator("#go-1-dm").click()
    await expect(page.locator("#say-1")).to_have_value("half a seXn")
    await page.reload()
    await expect(page.locator("#say-1")).to_have_value("half a seXn")


async def test_the_clock_moves_and_says_when_nothing_is_due(page: Page, desk: Playground) -> None:
    before = desk.clock.offset
    await expect(page.locator("#clock-next")).to_be_disabled()
    await page.get_by_role("button", name="+1 day").click()
    await page.get_by_role("button", name="+1 h", exact=True).click()
    await expect(page.locator(".htmx-request")).to_have_count(0)
    assert (desk.clock.offset - before).total_seconds() == 90000
    in_shanghai = desk.clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    await expect(page.locator("#story-time")).to_contain_text(f"{in_shanghai.day} {in_shanghai:%b}")


async def test_rooms_people_home_and_panels_live_in_the_address(page: Page) -> None:
    await page.locator("#tab-1-home").click()
    await expect(page.locator("#body-1")).to_contain_text("Your next step")
    await page.locator("#person-2").select_option("tom")
    await expect(page.locator("#desk-2 .who small")).to_contain_text("New York")
    await page.get_by_role("button", name="Inspector").click()
    await expect(page.locator("#inspector")).to_contain_text("app_home_opened")
    height = await page.evaluate("document.getElementById('inspector').offsetHeight")
    assert height <= 313, "a long payload scrolls inside the inspector"
    await page.get_by_role("button", name="Coze website").click()
    await expect(page.locator("#coze h2")).to_have_text("Coze website (simulated)")
    assert re.search(r"left=mei:home.*right=tom:dm.*panel=coze", page.url)
    await page.reload()
    await expect(page.locator("#coze h2")).to_be_visible()
    await expect(page.locator("#body-1")).to_contain_text("Your next step")
    await page.locator("#go-2-general").click()
    await expect(page.locator("#head-2 h2")).to_have_text("News")
    await page.go_back()
    await expect(page.locator("#head-2 h2")).to_contain_text("desk")
    await page.go_forward()
    await expect(page.locator("#head-2 h2")).to_have_text("News")
    await page.locator("#lang-zh").click()
    await expect(page.locator("#head-2 h2")).to_have_text("公告")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(page.locator("#coze h2")).to_have_text("扣子网站（模拟）")
    await page.locator("#theme-switch").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


async def test_a_person_on_coze_makes_a_token_that_is_shown_once(page: Page, desk: Playground) -> None:
    await page.get_by_role("button", name="Coze website").click()
    site = page.locator("#coze")
    form = site.locator("#coze-token-form")
    await site.get_by_text("New token…").click()
    await form.get_by_label("名称 · Name").fill("for the glasses")
    await form.get_by_label("Days").fill("31")
    await form.get_by_label("publish", exact=True).uncheck()
    await form.get_by_role("button", name="创建 Create").click()
    await expect(page.locator("#coze-note")).to_contain_text("1 to 30 days")
    await expect(form.get_by_label("名称 · Name")).to_have_value("for the glasses")
    await form.get_by_label("Days").fill("7")
    await form.get_by_role("button", name="创建 Create").click()
    await expect(page.locator("#coze-note code")).to_have_text(re.compile(r"pat_\w+"))
    value = await page.locator("#coze-note code").inner_text()
    token = desk.coze.state.tokens[digest(value)]
    assert "publish" not in token.permissions
    assert "createBot" in token.permissions
    await expect(site.get_by_role("listitem").filter(has_text="for the glasses")).to_contain_text(f"…{value[-4:]}")
    await expect(form).to_be_hidden()
    await page.keyboard.press("Escape")
    await expect(page.locator("#coze-note .alert")).to_have_count(0)
    assert value not in await page.content()


async def test_a_press_counts_though_the_page_changes_under_it(page: Page, desk: Playground) -> None:
    """What comes by itself while the mouse is down waits: the element pressed would be another one on release."""
    await page.get_by_role("button", name="Coze website").click()
    summary = page.locator("#coze-new-token summary")
    await summary.hover()
    await page.mouse.down()
    async with page.expect_response(lambda response: "/page/parts" in response.url), httpx.AsyncClient() as http:
        agent = {"name": "mei", "title": "Night watch", "workspace": "personal"}
        assert (await http.post(f"{desk.url}human/coze/agent", json=agent)).json()["ok"]
    await page.wait_for_timeout(100)  # nothing happens: this can only be too short to show anything, never wrong
    await page.mouse.up()
    await expect(page.locator("#coze-token-form")).to_be_visible()
    await expect(page.locator("#coze")).to_contain_text("Night watch")
    await expect(page.locator("#coze-token-form")).to_be_visible()


async def test_a_command_that_nobody_takes_is_a_failure_that_offers_the_same_again(
    page: Page, desk: Playground
) -> None:
    way, desk.main_app.transport = desk.main_app.transport, "http"  # where nobody listens
    await type_command(page, "/desk card")
    toast = page.locator("#toasts-1 .toast")
    await expect(toast).to_contain_text("/desk card may not have worked")
    desk.main_app.transport = way
    await toast.get_by_role("button", name="Try again").click()
    await expect(toast).to_have_count(0)
    await expect(page.locator("#body-2")).to_contain_text("A request")


async def test_an_unknown_command_says_so(page: Page) -> None:
    await type_command(page, "/nowhere")
    toast = page.locator("#toasts-1 .toast")
    await expect(toast).to_contain_text("There is no such command/nowhere Type / to see them all.")
    await toast.get_by_role("button", name="Close").click()
    await expect(toast).to_have_count(0)


async def test_the_keyboard_reaches_everything(page: Page) -> None:
    await page.keyboard.press("Alt+2")
    await expect(page.locator("#say-2")).to_be_focused()
    await page.keyboard.press("Alt+1")
    await expect(page.locator("#say-1")).to_be_focused()
    regions = set()
    for _ in range(5):
        await page.keyboard.press("F6")
        regions.add(await page.evaluate("document.activeElement.closest('[data-region]').id || 'bar'"))
    assert regions == {"bar", "side-1", "room-1", "side-2", "room-2"}
    await page.keyboard.press("Alt+I")
    await expect(page.locator("#inspector")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#inspector")).to_be_hidden()


async def test_a_phone_shows_one_desk_and_nothing_sticks_out(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await type_command(page, "/desk card")
    await expect(page.locator("#desk-tab-2 .count")).to_have_text("1")
    await expect(page.locator("#desk-2")).to_be_hidden()
    await page.locator("#desk-tab-2").click()
    await expect(page.locator("#desk-2")).to_be_visible()
    await expect(page.locator("#desk-1")).to_be_hidden()
    await page.locator("#menu").click()
    await expect(page.locator("#seed")).to_be_visible()
    for panel in ("coze", "inspector"):
        await page.locator(f"#panel-{panel}").click()
        await expect(page.locator(f"#{panel}")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await expect(page.locator(f"#{panel}-close")).to_be_in_viewport(ratio=1)
        if panel == "inspector":
            edges = "(panes) => panes.map((pane) => [pane.offsetTop, pane.offsetTop + pane.offsetHeight])"
            spans = await page.locator(".panes > *").evaluate_all(edges)
            assert all(low[1] <= high[0] for low, high in pairwise(spans)), "nothing lies on anything else"
        await page.locator(f"#{panel}-close").click()
        await expect(page.locator(f"#{panel}")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
