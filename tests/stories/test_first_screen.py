"""What somebody finds who opens the demo for the first time, and when a scenario has started anew."""

import httpx

from tests.stories.story import Story


async def shows_home(story: Story, http: httpx.AsyncClient) -> None:
    """Mei's Home is drawn at the left, with its one next action."""
    await story.looks_home("mei", "申请加入")
    page = (await http.get("/")).text
    left = page[page.index('id="room-1"') : page.index('id="room-2"')]
    assert "申请加入" in left
    assert "首页还是空的" not in left


async def test_the_first_screen_is_not_empty(story: Story) -> None:
    async with httpx.AsyncClient(base_url=story.ready["page"], trust_env=False, timeout=30) as http:
        assert (await story.screen("mei"))["home"] is None
        assert (await http.get("/")).is_success
        await shows_home(story, http)
        headers = {"HX-Request": "true", "HX-Current-URL": story.ready["page"]}
        assert (await http.post("/page/reset", headers=headers, data={"seed": "newcomer"})).is_success
        await shows_home(story, http)
