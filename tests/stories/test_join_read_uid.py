"""The user ID read from a token: used once, dropped, and then the ID counts as verified."""

from tests.stories.story import Story


async def reads_uid(story: Story, token: str) -> None:
    """Mei has her ID read while she fills in the form."""
    await story.types("mei", "/sharge join")
    await story.sees_form("mei", "申请加入团队")
    await story.presses("mei", "用令牌读 ID")
    await story.sees_form("mei", "你自己的令牌")
    await story.sends("mei", 你自己的令牌=token)


async def test_an_id_from_the_persons_own_token_is_verified(story: Story) -> None:
    """The form comes back filled in; the admins' card says how sure it is; the token stands nowhere."""
    token = story.coze["pats"]["mei"]
    await reads_uid(story, token)
    await story.sees_form("mei", "已验证", "申请加入团队")
    await story.sends("mei", 想做什么="念天气")
    card = await story.reads("lin", "等待审批", story.coze["users"]["mei"], "不是成员", channel="admins")
    assert "账号已验证" in card
    assert "未验证" not in card
    assert token not in str(await story.screen("lin"))


async def test_a_token_that_coze_does_not_know_leaves_the_form_as_it_was(story: Story) -> None:
    """Why it failed stands in the form, and the ID can still be typed: it is confirmed then, not verified."""
    await reads_uid(story, "pat_" + "x" * 64)
    await story.sees_form("mei", "令牌", "申请加入团队")
    uid = story.coze["users"]["mei"]
    await story.sends("mei", **{"用户 ID": uid, "昵称": "小梅", "想做什么": "念天气"})
    await story.reads("lin", "等待审批", uid, "未验证", channel="admins")


async def test_a_member_is_told_at_once(story: Story) -> None:
    """Coze lists the proven account already: nobody has to decide, and asking once more says so."""
    story.space.members[story.coze["users"]["mei"]] = "member"
    await reads_uid(story, story.coze["pats"]["mei"])
    await story.sees_form("mei", "已验证", "申请加入团队")
    await story.sends("mei", 想做什么="念天气")
    await story.reads("mei", "你已加入 ShargeAI", "已验证")
    await story.reads("lin", "@mei", "已加入", channel="admins")
    await story.types("mei", "/sharge join")
    await story.reads("mei", "你已加入 ShargeAI")


async def test_a_member_whose_id_was_only_typed_is_shown_to_the_admins(story: Story) -> None:
    """Anybody could type it, so an admin decides; it counts as joined once the person has shown that it is theirs."""
    story.space.members[story.coze["users"]["mei"]] = "member"
    await story.asks_and_waits()
    await story.reads("lin", "账号未验证", "已经是扣子成员", channel="admins")
    await story.presses("lin", "批准", channel="admins")
    card = await story.reads("lin", "账号未验证", "不算加入", channel="admins")
    assert "已加入" not in card
    await story.proves("mei")
    await story.reads("mei", "你已加入 ShargeAI", "已验证")
    await story.reads("lin", "@mei 已加入 ShargeAI · 已验证", "账号已验证", channel="admins")
