"""What a guide is given for one use is nowhere afterwards; what somebody agreed to keep is used when they say so."""

from tests.stories.test_guide_errors import at_publishing, tries_a_token
from tests.stories.test_guide_help import begins
from tests.stories.test_secrets import Alone, alone

__all__ = ["alone"]  # the fixture


async def test_nothing_of_a_token_stays(alone: Alone) -> None:
    """Tried, refused, used to look and to publish: no row, no message and no call to the chat holds it."""
    pats = alone.coze["pats"]
    await at_publishing(alone, "讲解员")
    await tries_a_token(alone, "我已发布，查一下", pats["mei_no_publish"])
    await alone.reads("mei", "●", "智能体还没有发布到 API")
    await alone.presses("mei", "回到这一步")
    await tries_a_token(alone, "帮我发布", pats["mei"])
    await alone.reads("mei", "第 5 步", "已发布到 API · 已验证")
    for token in (pats["mei"], pats["mei_no_publish"]):
        assert token not in alone.dump()
        assert token not in await alone.everything_shown()


async def test_a_key_text_in_a_form_stays_nowhere(alone: Alone) -> None:
    """It is told at the field and forgotten."""
    await begins(alone)
    canary = "-----BEGIN PRIVATE KEY----- cAnArY0123456789"
    await alone.presses("mei", "令牌建好了")
    await alone.presses_soon("mei", "顺便检查")
    refused = await alone.tries("submit", who="mei", fields={"令牌": canary})
    assert refused["errors"]
    assert "cAnArY" not in str(refused) + alone.dump()


async def test_what_is_kept_publishes_from_the_guide(alone: Alone) -> None:
    """No token is asked for; the press is confirmed, and the use is written down."""
    await at_publishing(alone, "讲解员")
    await alone.types("mei", "/sharge remind")
    await alone.presses_soon("mei", "保存令牌")
    await alone.sees_form("mei", "用来做什么")
    await alone.sends("mei", 同意="yes")
    await alone.enters(await alone.page("mei"), alone.coze["pats"]["mei"])
    await alone.reads("mei", "令牌已收到并加密保存")
    await alone.presses("mei", "帮我发布")
    form = await alone.sees_form("mei", "发布到 API", "讲解员", "你让我保管")
    assert not form["inputs"]
    await alone.sends("mei")
    await alone.reads("mei", "第 5 步", "已发布到 API · 已验证")
    assert "secret.use" in alone.dump()
