"""What is typed about an agent or an OAuth app comes out clean, or is refused at its field."""

import time

import pytest

from bot.core.agent import (
    Address,
    Draft,
    Page,
    Space,
    find_page,
    is_usual,
    read_address,
    read_draft,
    read_ids,
    read_space,
    site_of,
)
from bot.core.errors import InvalidFields
from bot.texts.scripts import script

PAGE = "https://www.coze.cn/space/7512345678901234567/bot/7523456789012345678"
KID = "k" * 43


def problems(call: object, *args: str) -> list[tuple[str, str]]:
    """What a reader objects to."""
    assert callable(call)
    with pytest.raises(InvalidFields) as caught:
        call(*args)
    return [(problem.where, problem.code) for problem in caught.value.problems]


CODE = PAGE.replace("www.", "code.").replace("/space/", "/w/")


@pytest.mark.parametrize(
    "page",
    [
        PAGE,
        CODE,
        PAGE.replace("www.", "code."),
        PAGE.replace("/space/", "/w/"),
        PAGE.replace("www.", ""),
        PAGE.replace("https://www.coze.cn", "HTTPS://WWW.Coze.CN"),
        PAGE.replace("https://", ""),
        PAGE.replace("https://www.coze.cn", ""),
        PAGE.replace("/bot/", "/develop/bot/"),
        CODE.replace("/bot/", "/projects/v2.0/all%20mine/bot/"),
        f"{PAGE}/",
        f"{PAGE}/arrange",
        f"{PAGE}?from=x&tab=1",
        f"{PAGE}#y",
        f" {PAGE}/?from=x#y ",
        f"\u3000{PAGE}\n",
        f"<{PAGE}>",
        f"<{PAGE}|{PAGE.removeprefix('https://')}>",
        f"<{CODE}?a=b|my agent>",
        f"我的智能体：{PAGE}，谢谢",
        f"({PAGE})",
    ],
)
def test_the_agents_page_yields_both_ids(page: str) -> None:
    assert read_address(page, " R&D ") == Address("7523456789012345678", "7512345678901234567", "R&D")


@pytest.mark.parametrize(
    "page",
    [
        "",
        "https://www.coze.cn/store",
        "https://www.coze.cn/store/agent/1/bot/2",
        "https://www.coze.cn/space/1/develop",
        "https://code.coze.cn/w/1/projects",
        "https://code.coze.cn/x/1/bot/2",
        "/space//bot/",
        "https://www.coze.cn/space/1/bot/",
        "https://www.coze.cn/space/1/bot/x",
        "https://www.coze.cn/space/1/bot/2x",
        "https://www.coze.cn/space/1/bot/2-3",
        "https://www.coze.cn/space/١/bot/٢",
        "https://www.coze.cn/space/1/bot/ 2",
        f"https://www.coze.cn/space/1/bot/{'2' * 25}",
        f"https://www.coze.cn/space/{'1' * 25}/bot/2",
        "https://www.coze.cn.example.com/space/1/bot/2",
        "https://example.com/space/1/bot/2",
        "https://example-coze.cn/space/1/bot/2",
        "https://notcoze.cn/space/1/bot/2",
        "https://api.coze.cn/space/1/bot/2",
        "www.coze.cn:8080/space/1/bot/2",
        "https://www.coze.cn/space/1/" + "a/" * 9 + "bot/2",
    ],
)
def test_another_page_is_refused(page: str) -> None:
    assert problems(read_address, page, "R&D") == [("guide.address", "not_agent")]
    assert find_page(page) is None


def test_a_page_of_the_other_site_is_told_apart() -> None:
    overseas = PAGE.replace(".cn", ".com")
    assert find_page(overseas) == Page("coze.com", "7512345678901234567", "7523456789012345678")
    assert problems(read_address, overseas, "") == [("guide.address", "other_site"), ("guide.name", "empty")]
    assert problems(read_address, PAGE, "R&D", "coze.com") == [("guide.address", "other_site")]
    assert read_address(overseas, "R&D", "coze.com").agent_id == "7523456789012345678"
    sites = [site_of(host) for host in ("api.coze.com", "api.coze.cn", "127.0.0.1:8001")]
    assert sites == ["coze.com", "coze.cn", "coze.cn"]


def test_a_long_text_is_looked_through_at_once() -> None:
    """No pattern that looks back and forth: it would hold up everybody else's acknowledgement."""
    started = time.perf_counter()
    for text in ("/space/1" + "/a" * 5000, "www.coze.cn/w/1/" * 3000, "https://" * 5000):
        assert find_page(text) is None
    assert time.perf_counter() - started < 1


def test_every_problem_of_an_address_is_named_at_once() -> None:
    assert problems(read_address, "x", "") == [("guide.address", "not_agent"), ("guide.name", "empty")]
    assert problems(read_address, PAGE, "n" * 21) == [("guide.name", "over_limit")]


def test_a_draft_is_trimmed_and_its_questions_told_apart() -> None:
    draft = read_draft(" Guide ", " tours ", " You tell stories ", " Hi ", " What?\n\n Where? \n")
    assert draft == Draft("Guide", "tours", "You tell stories", "Hi", ("What?", "Where?"))


def test_every_limit_of_a_draft_is_told_at_its_field() -> None:
    found = problems(read_draft, "n" * 21, "d" * 501, "", "o" * 301, "q" * 51)
    assert [code for _, code in found] == ["over_limit", "over_limit", "empty", "over_limit", "over_limit"]
    assert problems(read_draft, "n", "", "p", "", "q\n" * 6) == [("guide.questions", "too_many")]


def test_a_workspace_is_chosen_by_its_number() -> None:
    assert read_space("7530498800217600004", "ShargeAI") == Space("7530498800217600004", "ShargeAI")
    for forged in ("", "x", "1" * 25, "12 ", "١٢٣", "1\n"):
        assert problems(read_space, forged, "ShargeAI") == [("guide.space", "empty")]


def test_ids_lose_their_blanks() -> None:
    assert read_ids(" 1178 531 043 225 ", f"{KID[:20]}\n{KID[20:]}") == ("1178531043225", KID)


@pytest.mark.parametrize("text", ["-----BEGIN PUBLIC KEY-----", "MIIB" * 60, "PRIVATE"])
def test_key_text_is_named_and_nothing_else_is(text: str) -> None:
    assert problems(read_ids, "x", text) == [("guide.kid", "key_text")]


def test_wrong_ids_are_told_at_their_fields() -> None:
    assert problems(read_ids, "app", "two words") == [("guide.app_id", "not_digits"), ("guide.kid", "not_kid")]


@pytest.mark.parametrize(
    "kid", ["short", "k" * 42, "k" * 44, "k" * 63, "0f" * 32, ":".join(["AB"] * 32), "k" * 42 + "."]
)
def test_a_fingerprint_of_another_shape_is_taken_and_fits_the_scripts(kid: str) -> None:
    assert read_ids("1178531043225", f" {kid}\n") == ("1178531043225", kid)
    assert not is_usual(kid)
    assert kid in script("shell", "1178531043225", kid, "api.coze.cn")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "two words",
        "one\ntwo",
        "k" * 30 + "\n" + "k" * 30,
        "k" * 64,
        "MIIEvQIBADANBgkq" * 4,
        "A+b/" * 10,
        "k" * 43 + "=",
        "指纹",
        "k'",
    ],
)
def test_what_can_be_no_fingerprint_stays_in_the_form(text: str) -> None:
    assert problems(read_ids, "1178531043225", text) == [("guide.kid", "not_kid")]
