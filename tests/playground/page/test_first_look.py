"""What somebody sees who has just come: a greeting, the next step, what can be copied, charts that can be read."""

from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.playground.page.blocks import draw_home
from bot.playground.page.charts import chart
from bot.playground.server import Playground
from bot.playground.world.chat import CommandHint, Message

from .conftest import IN_ITS_LOOP
from .deskapp import button, mrkdwn, plain
from .drawing import html, reader

Json = dict[str, Any]
DIVIDER: Json = {"type": "divider"}
STEP: Json = {"type": "header", "text": plain("Replace it")}
ROWS: Json = {"type": "section", "text": mrkdwn("rows")}
HINTS = (
    CommandHint("/desk", {"zh": "下一步", "en": "your next step"}),
    CommandHint("/desk queue", {"zh": "待办", "en": "what waits"}, admin=True),
)


def main(**more: Any) -> Json:
    """A row with the main button."""
    return {"type": "actions", "elements": [button("Go", "go", style="primary", **more)]}


@IN_ITS_LOOP
@pytest.mark.parametrize(
    ("lang", "greeted", "tried"),
    [("zh", ["你好，Tom Baker", "（成员）"], "下一步"), ("en", ["Hello, Tom Baker", "(member)"], "your next step")],
)
async def test_an_empty_room_says_who_one_is_and_what_to_try(
    page: Page, desk: Playground, lang: str, greeted: list[str], tried: str
) -> None:
    desk.main_app.hints = HINTS
    await page.goto(f"{page.url.split('?')[0]}?left=tom:dm&right=lin:admins&lang={lang}")
    hello = page.locator("#body-1 .hello")
    for words in (*greeted, "desk", tried):
        await expect(hello).to_contain_text(words)
    await expect(hello).not_to_contain_text("queue")
    await expect(page.locator("#body-2 .hello")).to_contain_text("/desk queue")
    await hello.get_by_role("button", name="/desk").click()
    await expect(page.locator("#say-1")).to_have_value("/desk ")
    await expect(page.locator("#say-1")).to_be_focused()
    await page.locator("#say-1").fill("hello")
    await page.keyboard.press("Enter")
    await expect(page.locator("#list-1")).to_contain_text("hello")
    await expect(hello).to_have_count(0)


@IN_ITS_LOOP
async def test_home_greets_until_the_app_has_drawn_it(page: Page, desk: Playground) -> None:
    desk.workspace.homes.clear()
    desk.main_app.events.clear()
    await page.goto(f"{page.url.split('?')[0]}?left=mei:home&lang=en")
    await expect(page.locator("#body-1")).to_contain_text("Hello, 小美")


@IN_ITS_LOOP
async def test_the_app_hears_of_both_homes_when_the_page_opens_on_them(page: Page) -> None:
    await page.goto(f"{page.url.split('?')[0]}?left=mei:home&right=lin:home&lang=en")
    for desk in (1, 2):
        await expect(page.locator(f"#body-{desk}")).to_contain_text("Your next step")


@IN_ITS_LOOP
async def test_a_phone_can_seat_somebody_else(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.locator("#person-1").select_option("tom")
    await expect(page.locator("#desk-tab-1")).to_contain_text("Tom Baker")
    face = await page.locator("#who-1").bounding_box()
    assert face
    assert min(face["width"], face["height"]) >= 40


@pytest.mark.parametrize(
    ("blocks", "count"),
    [
        ([STEP, ROWS, main(), DIVIDER, ROWS], 3),
        ([STEP, main(), STEP, ROWS], 2),
        ([STEP, {**ROWS, "accessory": button("Go", "go", style="primary")}], 2),
        ([STEP, ROWS, DIVIDER, main()], 2),
        ([ROWS, DIVIDER, STEP, main()], 0),
        ([STEP, {"type": "actions", "elements": [button("Go", "go")]}], 0),
        ([DIVIDER, STEP, main()], 0),
        ([], 0),
    ],
)
def test_the_next_step_of_a_home_stands_out(blocks: list[Json], count: int) -> None:
    drawn = html(draw_home(blocks, reader()))
    inside, _, after = drawn.removeprefix('<section class="next">').partition("</section>")
    assert drawn.startswith('<section class="next">') == bool(count)
    if count:
        assert "Replace it" in inside
        assert after.count("rows") == sum(block is ROWS for block in blocks[count:])


@IN_ITS_LOOP
async def test_ids_and_addresses_on_cozes_site_are_copied_by_a_press(page: Page, desk: Playground) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto(f"{page.url.split('?')[0]}?left=mei:dm&lang=en&panel=coze")
    coze = desk.coze.state
    (bot,) = coze.bots.values()
    app = next(one for one in coze.apps.values() if one.name == "glasses-jwt")
    wanted = {
        "coze-uid": coze.user("mei").id,
        f"coze-space-{bot.workspace_id}": bot.workspace_id,
        f"coze-address-{bot.id}": f"https://www.coze.cn/space/{bot.workspace_id}/bot/{bot.id}",
        f"coze-client-{app.id}": app.id,
        f"coze-kid-{next(iter(app.keys))}": next(iter(app.keys)),
    }
    for name, value in wanted.items():
        press = page.locator(f"#{name}-copy")
        await press.click()
        await expect(press).to_have_text("Copied")
        assert await page.evaluate("navigator.clipboard.readText()") == value
    await expect(page.locator("#coze-uid-copy")).to_have_text("Copy 用户 ID · User ID")


def days(count: int) -> Json:
    """A chart with so many labelled days."""
    labels = [f"12月{day}日" for day in range(1, count + 1)]
    data = [{"label": label, "value": i % 4} for i, label in enumerate(labels)]
    axes = {"categories": labels}
    return {
        "type": "data_visualization",
        "title": "Tokens",
        "chart": {"type": "bar", "series": [{"name": "Tokens", "data": data}], "axis_config": axes},
    }


@IN_ITS_LOOP
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("kind", ["bar", "line"])
async def test_a_charts_labels_can_be_read_at_any_width(page: Page, desk: Playground, width: int, kind: str) -> None:
    await page.set_viewport_size({"width": width, "height": 844})
    workspace, app = desk.workspace, desk.main_app
    block = days(14)
    block["chart"]["type"] = kind
    room = workspace.dm(app, workspace.person("mei").id)
    workspace.post(Message(workspace.new_ts(), room.id, app.bot_user, "chart", app.id, [block]))
    await expect(page.locator("#list-1 .plot")).to_be_visible()
    boxes = await page.locator("#list-1 .plot .axis:visible").evaluate_all(
        "(all) => all.map((label) => label.getBoundingClientRect()).map((box) => [box.left, box.right, box.height])"
    )
    assert 3 <= len(boxes) <= 14
    assert all(height >= 11 for *_, height in boxes)
    for (_, right, _), (left, *_) in pairwise(boxes):
        assert right <= left, "labels lie over each other"
    frame = await page.locator("#list-1 .chart").bounding_box()
    assert frame
    assert frame["x"] <= boxes[0][0]
    assert boxes[-1][1] <= frame["x"] + frame["width"]


def test_a_chart_names_all_its_numbers_for_who_does_not_see_it() -> None:
    drawn = html(chart(days(3), reader()))
    assert 'aria-label="Tokens: 12月1日 0, 12月2日 1, 12月3日 2"' in drawn
