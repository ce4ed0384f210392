"""Publishing what was named: found however it is written, several are shown, and a name that nobody has is told."""

from tests.stories.story import Json, Story


async def test_a_name_leads_to_what_it_means(story: Story) -> None:
    """Quoted, in part or whole; of two that fit both stand in the form, and of none all do."""
    await story.joins()
    await story.proves("mei")
    for title in ("小车导游", "我的智能体", "我的智能体二代", "Ｍｕｓｅｕｍ Guide"):
        await story.on_coze("agent", name="mei", title=title, workspace="ShargeAI")
    for words, found in (("我的智能体", "我的智能体"), ("「小车」", "小车导游"), ("museum guide", "Guide")):
        await story.types("mei", f"/sharge 发布 {words}")
        assert "二代" not in (await story.sees_form("mei", "确认发布", found))["plain"]
        await story.tries("close", who="mei")
    await story.types("mei", "/sharge publish 我的")
    assert _offered(await story.sees_form("mei", "你在 ShargeAI 空间里的智能体。")) == {
        "我的智能体",
        "我的智能体二代",
    }
    await story.tries("close", who="mei")
    await story.types("mei", "/sharge publish 天气")
    form = await story.sees_form("mei", "没有叫「天气」的智能体")
    assert len(_offered(form)) == 4


def _offered(form: Json) -> set[str]:
    """What can be picked."""
    selects = (block["element"] for block in form["blocks"] if block.get("block_id") == "publish.agent")
    return {each["text"]["text"] for select in selects for each in select["options"]}
