"""Whether somebody is in the team: Coze's list decides where the account is known, else the person's word counts."""

from pathlib import Path

import pytest

from tests.databases import fresh
from tests.stories.story import Story, told
from tests.stories.test_guide_errors import fails
from tests.stories.test_guide_help import begins
from tests.stories.test_join_read_uid import reads_uid

MEMBERS = "/members"  # the part of Coze's path that every look at the list has
YES = "有，我在里面"


@pytest.fixture
async def proven(story: Story) -> Story:
    """Mei is asked whether she is in the team, and her account is known from a token."""
    await at_the_door(story)
    await reads_uid(story, story.coze["pats"]["mei"])
    await story.sees_form("mei", "已验证", "申请加入团队")
    return story


async def at_the_door(story: Story) -> None:
    """Mei is asked whether she is in the team."""
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "上闪极智能体")
    await story.reads("mei", "第 1 步，共 6 步", "你在 ShargeAI 团队里吗")


async def test_who_is_known_and_listed_is_asked_nothing(story: Story) -> None:
    """The account is known from the way by token; the step into the team has ticked before it could be pressed."""
    await begins(story, "tom")
    await story.presses("tom", "Token created")
    await story.presses_soon("tom", "Check it too")
    await story.sees_form("tom", "Used for this once")
    await story.sends("tom", Token=(await story.on_coze("token", name="tom"))["token"])
    await story.reads("tom", "The token works", "verified")
    story.space.members[story.coze["users"]["tom"]] = "member"
    await story.types("tom", "/sharge start")
    await story.presses_soon("tom", "Another route")
    await story.presses_soon("tom", "Use the channel")
    card = await story.reads(
        "tom", "Step 4 of 6", "Joined ShargeAI · verified", "Build the agent in the team's space"
    )
    assert "Approved by an admin" not in card
    await story.presses("tom", "Enter address")
    agent = await story.on_coze("agent", name="tom", title="Museum Guide", workspace="ShargeAI")
    address = f"https://www.coze.cn/space/{agent['workspace_id']}/bot/{agent['bot_id']}"
    await story.sends("tom", Address=address, name="Museum Guide")
    await story.reads("tom", "Step 5 of 6", "Joined ShargeAI · verified")
    await story.presses("tom", "Publish for me")
    await story.sees_form("tom", "Confirm publishing", "Museum Guide")
    await story.sends("tom")
    await story.reads("tom", "Step 5 of 6", "“Museum Guide” is in review")


async def test_a_proof_meanwhile_ticks_the_step(story: Story) -> None:
    """The question stands open when a token proves the account, which Coze lists."""
    await at_the_door(story)
    story.space.members[story.coze["users"]["mei"]] = "member"
    await reads_uid(story, story.coze["pats"]["mei"])
    await story.reads("mei", "第 4 步", "已加入 ShargeAI · 已验证")


async def test_yes_is_looked_up(proven: Story) -> None:
    """Nobody is told that they are not listed before they say that they are in; then Coze is asked, and it shows."""
    story = proven
    await story.reads("mei", "第 1 步", "你在 ShargeAI 团队里吗")
    await story.presses("mei", YES)
    await fails(story, "E13-list")
    story.space.members[story.coze["users"]["mei"]] = "member"
    await story.goes_wrong("coze", "slow", method=MEMBERS, delay=5)
    await story.presses("mei", "再查一次")
    await story.reads("mei", "第 1 步", "正在问扣子")
    await story.works_again()
    await story.reads("mei", "第 4 步", "已加入 ShargeAI · 已验证")


async def test_who_is_not_listed_is_told_and_applies(proven: Story) -> None:
    """Which account was looked for, and three ways on; the request then carries the guide along."""
    story = proven
    await story.presses("mei", YES)
    uid = story.coze["users"]["mei"]
    card = await fails(story, "E13-list", uid, buttons=("申请加入…", "是另一个账号…"))
    assert "已加入" not in card
    await story.presses("mei", "回到这一步")
    await story.reads("mei", "第 1 步", "你在 ShargeAI 团队里吗")
    await story.presses("mei", YES)
    await fails(story, "E13-list", uid)
    await story.types("mei", "/sharge publish")
    await story.sees_form("mei", "加入 ShargeAI 团队后")
    await story.presses("mei", "申请加入…")
    await story.sees_form("mei", "申请加入团队", "已验证")
    await story.sends("mei", 昵称="小梅", 想做什么="念天气")
    await story.reads("mei", "第 2 步", "等管理员审批")


async def test_it_is_another_account(proven: Story, caplog: pytest.LogCaptureFixture) -> None:
    """A token of that account is asked whose it is; one that Coze does not know leaves everything open."""
    story = proven
    other = (await story.on_coze("token", name="tom"))["token"]
    story.space.members[story.coze["users"]["tom"]] = "member"
    await story.presses("mei", YES)
    await fails(story, "E13-list")
    for token in ("pat_" + "x" * 64, other):
        await story.presses("mei", "是另一个账号…")
        await story.sees_form("mei", "另一个账号", "留空")
        await story.sends("mei", 令牌=token)
        if token != other:
            await fails(story, "E3", "没有保存", buttons=("是另一个账号…", "我在里面"))
    await story.reads("mei", "第 4 步", "已加入 ShargeAI · 已验证")
    assert other not in caplog.text + str(await story.screen("mei")) + str(await story.calls("chat.update"))


async def test_a_persons_word_counts_without_a_token(proven: Story) -> None:
    """It's another account, and nothing proves it: confirmed, and never called verified."""
    story = proven
    await story.presses("mei", YES)
    await fails(story, "E13-list")
    await story.presses("mei", "是另一个账号…")
    refused = await story.tries("submit", who="mei", fields={"令牌": "my password"})
    assert refused["errors"]
    await story.sends("mei", 令牌="")
    card = await story.reads("mei", "第 4 步", "已加入 ShargeAI · 你已确认")
    assert "管理员已批准" not in card


@pytest.mark.parametrize(
    ("key", "kind", "word"),
    [
        ("E1", "missing_permission", "我自己的"),
        ("E15", "server_error", "再试一次"),
        ("E15", "html_502", "再试一次"),
        ("E18", "unknown_code", "4999"),
    ],
)
async def test_coze_can_not_tell(proven: Story, key: str, kind: str, word: str) -> None:
    """Each refusal has its words; asking once more helps once Coze is well, and until then the person's word does."""
    story = proven
    await story.goes_wrong("coze", kind, method=MEMBERS)
    await story.presses("mei", YES)
    card = await fails(story, key, word, buttons=("再查一次", "我在里面，继续"))
    assert "令牌页" not in card + str((await story.screen("mei"))["dm"][-1]["buttons"])
    await story.presses("mei", "再查一次")
    await fails(story, key, word)
    if kind == "html_502":
        await story.works_again()
        await story.presses_soon("mei", "再查一次")
        await fails(story, "E13-list")
    else:
        await story.presses("mei", "我在里面，继续")
        await story.reads("mei", "第 4 步", "已加入 ShargeAI · 你已确认")


async def test_whose_account_is_not_known_is_believed(story: Story) -> None:
    """Nothing proves an account, so Coze is not asked and nothing is called verified."""
    await story.types("tom", "/sharge start")
    await story.presses_soon("tom", "Use the channel")
    await story.goes_wrong("coze", "server_error", method=MEMBERS)
    await story.presses_soon("tom", "Yes, I'm in it")
    card = await story.reads("tom", "Step 4 of 6", "Joined ShargeAI · you confirmed")
    assert "Approved by an admin" not in card


async def test_without_a_credential_a_known_account_is_believed_too(tmp_path: Path) -> None:
    """Nobody can look, so it is confirmed."""
    with fresh("sqlite", tmp_path) as url:
        async with told(url, settings={"COZE_OWNER_TOKEN": ""}) as story:
            await at_the_door(story)
            await reads_uid(story, story.coze["pats"]["mei"])
            await story.sees_form("mei", "已验证", "申请加入团队")
            await story.presses("mei", YES)
            await story.reads("mei", "第 4 步", "已加入 ShargeAI · 你已确认")


async def test_who_has_joined_by_request_is_asked_nothing(story: Story) -> None:
    """Our own rows know it, with the admin's approval and Coze's list."""
    await story.joins()
    await story.goes_wrong("coze", "server_error", method=MEMBERS)
    await story.types("mei", "/sharge start")
    await story.presses_soon("mei", "上闪极智能体")
    await story.reads("mei", "第 4 步", "管理员已批准", "已加入 ShargeAI · 已验证")
