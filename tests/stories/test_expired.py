"""A token that has ended stays in sight until it is replaced or no longer needed."""

from tests.stories.story import Story


async def expires(story: Story) -> None:
    """Mei's token ends, and the last reminder has come."""
    await story.tries("reset", seed="token-expires-tomorrow")
    await story.passes(advance=2 * 86400)


async def test_the_last_reminder_keeps_its_word(story: Story) -> None:
    """The list, the status and Home show it first; once it is replaced they are content."""
    await expires(story)
    await story.reads("mei", "已到期", "用 /sharge remind 还找得到它")
    await story.types("mei", "/sharge remind")
    await story.reads("mei", "到期", "1 个令牌")
    await story.types("mei", "/sharge")
    await story.reads("mei", "下一步", "换")
    await story.tries("home", who="mei")
    await story.looks_home("mei", "到期")
    await story.presses("mei", "已换新")
    await story.sees_form("mei", "登记到期日")
    await story.sends("mei", 名字="二代")
    await story.reads("mei", "二代", "已登记")
    await story.types("mei", "/sharge remind")
    await story.reads("mei", "1 个令牌", "二代")
