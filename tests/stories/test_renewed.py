"""After a token was replaced its owner hears which agents need the new one, and whether the old one is dead."""

import pytest

from tests.stories.story import Story, told
from tests.stories.test_home_next import DAY, connects

CHECK = "旧的删掉了吗"


async def records(story: Story, last4: str = "") -> None:
    """A token of thirty days, made just now."""
    await story.types("mei", "/sharge remind add")
    await story.sees_form("mei", "登记到期日")
    await story.sends("mei", 名字="一代", **({"令牌最后 4 位": last4} if last4 else {}))
    await story.reads("mei", "「一代」已登记")


async def replaces(story: Story) -> None:
    """By the form, from the reminder, the day before."""
    await story.passes(advance=28 * DAY)
    await story.presses_soon("mei", "已换新")
    await story.sends("mei", 名字="二代")
    await story.reads("mei", "「二代」已登记", "旧的用在哪些智能体上")


async def enters(story: Story, token: str) -> None:
    """What Mei takes for the old token."""
    await story.presses("mei", CHECK)
    await story.sees_form("mei", "旧令牌")
    await story.sends("mei", 旧令牌=token)


async def test_the_old_token_is_shown_dead_by_one_look(database: str) -> None:
    """It still works, as Coze says, until it is deleted there; then the receipt says so, and asks no more."""
    async with told(database) as story:
        old = (await story.on_coze("token", name="mei", days=30))["token"]
        await records(story, old[-4:])
        await replaces(story)
        await story.reads("mei", "「二代」已登记", "在扣子上删掉旧的", f"尾号 {old[-4:]}")
        await enters(story, old)
        await story.reads("mei", "「一代」还能用", "扣子还认它（已验证）")
        await story.on_coze("revoke", token=old)
        await enters(story, old)
        await story.reads("mei", "扣子拒绝了你填的「一代」（已验证）")
        seen = await story.reads("mei", "「二代」已登记", "旧的（按你填的）扣子已拒绝")
        assert "删掉旧的" not in seen
        assert old not in "".join(await story.texts("mei"))


async def test_nothing_is_claimed_of_a_token_that_may_be_another(story: Story) -> None:
    """Whoever recorded no last four characters hears what Coze said, and no more; nothing is noted."""
    await records(story)
    await replaces(story)
    await enters(story, f"pat_{'x' * 64}")
    await story.reads("mei", "扣子拒绝了你填的令牌", "不能确定就是它")
    assert "扣子已拒绝" not in await story.reads("mei", "「二代」已登记")


async def test_what_is_entered_is_held_against_what_is_known(story: Story) -> None:
    """Another token, half a token, no token: said in the form, which keeps nothing; Coze is not asked."""
    await records(story, "a1b2")
    await replaces(story)
    for wrong, told_so in {f"pat_{'x' * 64}": "这是另一个令牌", "pat_short": "", "hello": ""}.items():
        await story.presses("mei", CHECK)
        await story.sees_form("mei", "旧令牌")
        refused = await story.tries("submit", who="mei", fields={"旧令牌": wrong})
        assert len(refused["errors"]) == 1
        assert told_so in str(refused["errors"])
    await story.goes_wrong("coze", "server_error")
    await story.presses("mei", CHECK)
    await story.sees_form("mei", "旧令牌")
    refused = await story.tries("submit", who="mei", fields={"旧令牌": f"pat_{'x' * 64}"})
    assert len(refused["errors"]) == 1  # the same with Coze away: it is not asked


@pytest.mark.usefixtures("impatient")
async def test_coze_away_proves_nothing(story: Story) -> None:
    """An outage is told as one."""
    await records(story, "xxxx")
    await replaces(story)
    await story.goes_wrong("coze", "server_error")
    await enters(story, f"pat_{'x' * 64}")
    await story.reads("mei", "扣子", "没")
    await story.works_again()
    assert "扣子已拒绝" not in await story.reads("mei", "「二代」已登记")


async def test_reminder_and_receipt_name_the_agents(story: Story) -> None:
    """As far as the guide knows them."""
    await connects(story)
    await story.passes(advance=28 * DAY)
    await story.reads("mei", "换新「拍拍镜-试用」", "之后「晨间助手」会没反应")
    await story.presses_soon("mei", "已换新")
    await story.sends("mei", 名字="拍拍镜-新")
    await story.reads("mei", "「拍拍镜-新」已登记", "把新的换到「晨间助手」里")


async def test_a_correction_leaves_nothing_to_do(story: Story) -> None:
    """The same token, entered anew, has no old one."""
    await records(story)
    await story.presses("mei", "填错了")
    await story.sends("mei", 名字="头代")
    seen = await story.reads("mei", "「头代」已登记")
    assert "旧的" not in seen
