"""What a screen reader and weak eyes need: names, unique ids, contrast; in both themes, with everything open."""

import pytest
from playwright.async_api import Page, expect

from .conftest import IN_ITS_LOOP
from .test_browser import type_command

pytestmark = IN_ITS_LOOP

# WCAG 2.2: 4.1.2 (names), 1.4.3 AA (4.5 : 1). What is inert or disabled is exempt.
FAULTS = """() => {
  const shown = (e) => e.getClientRects().length > 0 && !e.closest('[inert], :disabled');
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const texts = (ids) => (ids ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join('');
  const name = (e) => (e.ariaLabel || texts(e.getAttribute('aria-labelledby'))
    || [...(e.labels ?? [])].map((label) => label.textContent).join('') || e.textContent || e.title || '').trim();
  const nameless = all('button, a[href], input:not([type=hidden]), select, textarea, summary, dialog')
    .filter((e) => !name(e)).map((e) => `no name: ${e.outerHTML.slice(0, 100)}`);
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `twice: ${id}`);
  const rgba = (color) => {
    const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
    return color.startsWith('color(') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
  };
  const light = (color) => rgba(color).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (rgba(color)[3] > 0.95) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const ratio = (e) => {
    const [low, high] = [light(getComputedStyle(e).color), light(ground(e))].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const pale = all('body *')
    .filter((e) => [...e.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
    .filter((e) => getComputedStyle(e).opacity !== '0' && ratio(e) < 4.5)
    .map((e) => `${ratio(e).toFixed(2)}: ${e.outerHTML.slice(0, 100)}`);
  return [...nameless, ...twice, ...pale];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_everything_has_a_name_and_can_be_read(page: Page, theme: str) -> None:
    for query in ("panel=inspector", "panel=coze", "panel=coze&site=reviewer", "left=mei:home"):
        await page.goto(f"{page.url.split('?')[0]}?theme={theme}&{query}")
        assert await page.evaluate(FAULTS) == [], query
    await page.goto(f"{page.url.split('?')[0]}?theme={theme}&panel=inspector")
    await type_command(page, "/desk card")
    await expect(page.locator("#body-2 .card")).to_be_visible()
    await type_command(page, "/desk form")
    dialog = page.get_by_role("dialog", name="Join")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_contain_text("请填写此项")  # her language
    assert await page.evaluate(FAULTS) == []


async def test_a_name_that_is_missing_is_noticed(page: Page) -> None:
    await page.evaluate("document.getElementById('send-1').removeAttribute('aria-label')")
    await page.evaluate("document.querySelector('h1').id = 'reset'")
    found = await page.evaluate(FAULTS)
    assert [fault.split(":")[0] for fault in found] == ["no name", "twice"]
