"""Publishing what was named: found however it is written, several are shown, and a name that nobody has is told."""

from tests.stories.story import Story


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
    await story.sees_form("mei", "叫「我的」的不止一个")
    assert [each.partition(" · ")[0] for each in await story.looks_for("mei", "")] == ["我的智能体", "我的智能体二代"]
    await story.tries("close", who="mei")
    await story.types("mei", "/sharge publish 天气")
    await story.sees_form("mei", "没有叫「天气」的智能体", "的名单")
    assert len(await story.looks_for("mei", "")) == 4
    assert [each.partition(" · ")[0] for each in await story.looks_for("mei", "ＭＵＳＥＵＭ")] == [
        "Ｍｕｓｅｕｍ Guide"
    ]
