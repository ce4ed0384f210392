"""How many sentences are understood: the first hundred was written before the rules, the second apart from them.
`-s` prints the table."""

import random
import time
import tomllib
from pathlib import Path

import pytest

from bot.slack.words import ERROR, NOTHING, PAGE, SAID, heard, meaning, split
from bot.texts.intents import UNKNOWN

HERE = Path(__file__).parent
FIRST, SECOND = HERE / "sentences.toml", HERE / "sentences_second.toml"
SLOWEST = 0.5  # seconds of real time for the longest message, on a machine that is busy with other things


def sentences(path: Path) -> dict[str, str]:
    """What is said, and what it means."""
    return {said: means for part in tomllib.loads(path.read_text("utf-8")).values() for said, means in part.items()}


def understood(text: str) -> str:
    """What it is taken for."""
    found = meaning(text)
    return f"{found.intent} {found.about}" if found.intent == ERROR else found.intent


def table(path: Path) -> tuple[list[str], float]:
    """A line for each, and the part that is right."""
    rows = [(said, means, understood(said)) for said, means in sentences(path).items()]
    right = sum(means == found for _, means, found in rows) / len(rows)
    return [f"{'✅' if means == found else '❌'} {means:10} {found:10} {said}" for said, means, found in rows], right


@pytest.mark.parametrize(("path", "least"), [(FIRST, 0.95), (SECOND, 0.85)])
def test_sentences_are_understood(path: Path, least: float) -> None:
    lines, right = table(path)
    print("", *lines, f"{right:.0%} of {len(lines)} in {path.name}", sep="\n")
    assert len(lines) == 100
    assert right >= least, "\n".join(line for line in lines if line.startswith("❌"))


@pytest.mark.parametrize("path", [FIRST, SECOND])
def test_each_is_handed_to_whoever_answers_it(path: Path) -> None:
    """As a message and behind the slash: a sentence is no unknown command."""
    for said in sentences(path):
        assert heard(said)[0] in (SAID, PAGE, *KNOWN), said
        assert split(said)[0] in (SAID, PAGE, *KNOWN), said


KNOWN = ("status", "start", "join", "check", "publish", "remind", "lang", "help")


@pytest.mark.parametrize(
    ("typed", "verb", "rest"),
    [
        ("/sharge 状态", "status", ""),
        ("／sharge 状态", "status", ""),
        ("／ｓｈａｒｇｅ　状态", "status", ""),
        ("`/sharge 状态`", "status", ""),
        ("```/sharge status```", "status", ""),
        ("*/sharge status*", "status", ""),
        ("_/sharge status_", "status", ""),
        ("「/sharge 状态」", "status", ""),
        ("“/sharge status”", "status", ""),
        ("  /sharge status", "status", ""),
        ("　/sharge 发布 我的智能体", "publish", "我的智能体"),
        ("&gt; /sharge help", "help", ""),
        ("/SHARGE Status", "status", ""),
        ("/sharge", NOTHING, ""),
        ("<@U0BOT> /sharge status", "status", ""),
        ("<@U0BOT|sharge>: status", "status", ""),
        ("状态", "status", ""),
        ("publish 博物馆", "publish", "博物馆"),
        ("remind add", "remind", "add"),
        ("lang en", "lang", "en"),
        ("queue unproven", "queue", "unproven"),
        ("help me connect", SAID, "help me connect"),
        ("status of my token: it expired!", SAID, "status of my token: it expired!"),
        ("hellp", "hellp", ""),
    ],
)
def test_a_command_works_however_it_is_quoted(typed: str, verb: str, rest: str) -> None:
    assert heard(typed) == (verb, rest)


@pytest.mark.parametrize("code", ["4000", "4100", "4101", "4105", "4200", "702042018", "700012006", "5000"])
def test_codes_lead_to_their_help(code: str) -> None:
    for said in (code, f"error code {code}", f"报错{code}，怎么办", f'{{"code": {code}, "msg": "…"}}'):
        assert meaning(said).intent == ERROR, said
        assert meaning(said).code == int(code)


@pytest.mark.parametrize(
    "odd",
    [
        "",
        " ",
        "👍👍",
        ":tada: :tada:",
        "```\nimport os\n```",
        "<@U0OTHERAPP>",
        "!!!",
        "\u202eabc",
        "/",
        "<>",
        "&amp;&lt;",
    ],
)
def test_what_is_hardly_a_sentence(odd: str) -> None:
    heard(odd)
    split(odd)
    assert meaning(odd).intent in (UNKNOWN, "thanks")


def test_a_long_message_costs_little() -> None:
    """A thousand words of any kind are looked at no longer than a paragraph."""
    some = random.Random(7)  # noqa: S311 - the same words each time
    letters = "abcdefghijklmnopqrstuvwxyz"
    for text in (
        "blah " * 1000,
        " ".join("".join(some.choices(letters, k=7)) for _ in range(1000)),
        "".join(chr(some.randrange(0x4E00, 0x9FA5)) for _ in range(3000)),
        "connecx expirx " * 500,
    ):
        began = time.perf_counter()
        meaning(text)
        assert time.perf_counter() - began < SLOWEST
