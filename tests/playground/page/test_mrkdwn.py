"""mrkdwn is drawn as Slack draws it, its traps included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.page.markdown import markdown
from bot.playground.page.mrkdwn import mrkdwn

from .drawing import html, reader


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("plain", "plain"),
        ("*bold* _it_ ~gone~", "<b>bold</b> <i>it</i> <s>gone</s>"),
        ("*_both_*", "<b><i>both</i></b>"),
        ("(*bold*), *x*.", "(<b>bold</b>), <b>x</b>."),
        ("粗*不粗*体", "粗*不粗*体"),
        ("，*不粗*。", "，*不粗*。"),
        ("点 *发布* 再", "点 <b>发布</b> 再"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("snake_case_name", "snake_case_name"),
        ("`*code* <@U0MEI>`", "<code>*code* &lt;@U0MEI&gt;</code>"),
        ("```a\n  *b*```", "<pre>a\n  *b*</pre>"),
        ("&lt;script&gt; &amp;amp;", "&lt;script&gt; &amp;amp;"),
        ("> quoted\nafter", "<blockquote>quoted</blockquote>after"),
        ("&gt; a\n&gt; b", "<blockquote>a\nb</blockquote>"),
        ("<@U0LIN>", '<span class="at">@林经理</span>'),
        ("<@U0MEI>", '<span class="at me">@小美</span>'),
        ("<@U0NOBODY>", '<span class="at">@U0NOBODY</span>'),
        ("<#C0GENERAL>", '<span class="at">#general</span>'),
        ("<!subteam^S0ADMINS>", '<span class="at">@admins</span>'),
        ("<!subteam^S0NONE|@gone>", '<span class="at">@S0NONE</span>'),
        ("<!here>", '<span class="at">@here</span>'),
        (":tada: :nonsense:", "🎉 :nonsense:"),
        (
            "<https://a.example/?x=1&amp;y=2|a *link*>",
            '<a href="https://a.example/?x=1&amp;y=2" target="_blank" rel="noopener noreferrer">a *link*</a>',
        ),
        ("<javascript:alert(1)|press>", "press"),
        (
            "*<https://a.example|b>*",
            '<b><a href="https://a.example" target="_blank" rel="noopener noreferrer">b</a></b>',
        ),
    ],
)
def test_text_is_drawn_as_in_slack(text: str, drawn: str) -> None:
    assert html(mrkdwn(text, reader())) == drawn


@pytest.mark.parametrize(
    ("who", "form", "shown"),
    [
        ("mei", "{date_short_pretty} {time}", "今天 12:00"),
        ("tom", "{date_short_pretty} {time}", "today 23:00"),
        ("mei", "{date_long}", "2026年12月3日 星期四"),
        ("tom", "{date_long}", "Wednesday, 2 December 2026"),
        ("mei", "{date_num} {time_secs}", "2026-12-03 12:00:00"),
        ("mei", "在 {unknown}", "在 {unknown}"),
    ],
)
def test_a_date_is_in_the_readers_zone_and_language(who: str, form: str, shown: str) -> None:
    drawn = html(mrkdwn(f"<!date^1796270400^{form}|fallback>", reader(who)))
    assert drawn.startswith("<time datetime=")
    assert drawn.endswith(f">{shown}</time>")


def test_a_date_that_is_none_shows_its_fallback() -> None:
    assert html(mrkdwn("<!date^soon^{date}|some day>", reader())) == "some day"


@given(st.text(alphabet="*_~`<>|&@#!^:\n{} ab粗\ue000\ue001\"'0", max_size=60))
def test_nothing_that_people_write_becomes_markup(text: str) -> None:
    """Whatever is written, only the page's own tags come out, and a person's brackets never do."""
    drawn = html(mrkdwn(f"x{text}x", READER))
    for tag in ("<script", "<img", "onerror="):
        assert tag not in drawn
    opened = {piece.split(">")[0].split()[0].strip("/") for piece in drawn.split("<")[1:]}
    assert opened <= {"b", "i", "s", "code", "pre", "blockquote", "span", "a", "time"}


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("# Head\nbody", "<h4>Head</h4><p>body</p>"),
        ("- a\n- **b**", '<ul class="rich"><li>a</li><li><b>b</b></li></ul>'),
        ("1. a\n2. b", '<ol class="rich"><li>a</li><li>b</li></ol>'),
        ("> q", "<blockquote>q</blockquote>"),
        ("```py\nx < 1\n```", "<pre>x &lt; 1</pre>"),
        ("[x](javascript:alert)", "<p>x</p>"),
        ("a_b_c and *it*", "<p>a_b_c and <i>it</i></p>"),
        ("a\n\nb", "<p>a</p><p>b</p>"),
    ],
)
def test_markdown_is_drawn(text: str, drawn: str) -> None:
    assert html(markdown(text)) == drawn


READER = reader()
