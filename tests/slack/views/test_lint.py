"""Whatever the lint finds has a sentence of its own, in both languages."""

import base64
import itertools
import json
from typing import Any

import pytest

from bot.core.assertion import AssertionReport, Finding, lint
from bot.slack.views.guide import lint as lint_view
from bot.slack.views.guide.lint import duration, note
from bot.slack.views.parts import mrkdwn
from bot.texts.locale import Locale

from .samples import MEI, NOW, TOM

MOMENT = int(NOW.timestamp())
HEADER = {"alg": "RS256", "typ": "JWT", "kid": "k" * 43}
CLAIMS = {"iss": "1234567890", "aud": "api.coze.cn", "iat": MOMENT, "exp": MOMENT + 600, "jti": "j" * 32}
WRONG = [
    *(None, "", 5, True, 1.5, "x", "k" * 44, "z" * 43, "-----BEGIN PUBLIC KEY-----", "9876543210"),
    *("https://api.coze.cn", "api.coze.com", "short"),
    *(MOMENT - 900, MOMENT + 90, MOMENT + 7_200, MOMENT + 400 * 86_400, MOMENT * 1000),
]

locales = pytest.mark.parametrize("locale", [MEI, TOM], ids=lambda locale: locale.language)


def signed(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A JWT whose signature nobody looks at."""
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join([*parts, "c2ln"])


def reports() -> list[AssertionReport]:
    """Each field with each wrong value, and the app's own values not matching."""
    found = [lint(signed(HEADER, CLAIMS), NOW, "api.coze.cn", "z" * 43, "9876543210")]
    for key, value in itertools.product([*HEADER, *CLAIMS], WRONG):
        header = {**HEADER, key: value} if key in HEADER else HEADER
        claims = {**CLAIMS, key: value} if key in CLAIMS else CLAIMS
        found.append(lint(signed(header, claims), NOW, "api.coze.cn"))
    return found


@locales
def test_every_wrong_field_has_its_sentence(locale: Locale) -> None:
    vague = note(Finding("x", "fix", {"reason": "never heard of"}), locale).template
    findings = [finding for report in reports() for finding in (*report.to_fix, *report.to_note)]
    assert len({(finding.key, finding.reason) for finding in findings}) >= 28
    for finding in findings:
        sentence = note(finding, locale)
        assert sentence.template != vague, finding
        assert mrkdwn(locale, sentence)  # everything it leaves open is filled


@locales
@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 20_000,
        "pat_abc",
        "a.b",
        "a.b.?",
        "e30.W10.x",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY",
    ],
)
def test_whatever_was_pasted_has_its_sentence(text: str, locale: Locale) -> None:
    vague = note(Finding("shape", "fix", {"reason": "never heard of"}), locale).template
    (finding,) = lint(text, NOW, "api.coze.cn").to_fix
    assert note(finding, locale).template != vague, finding


def test_the_example_of_the_documentation_reads_like_a_person_said_it() -> None:
    claims = {**CLAIMS, "exp": MOMENT + 86_400 * 3_600, "aud": "https://api.coze.cn", "iat": MOMENT + 95}
    report = lint(signed(HEADER, claims), NOW, "api.coze.cn")
    card = lint_view.lint(report, TOM)
    assert card.text == "Assertion check: 2 to fix, 1 to note"
    assert [mrkdwn(TOM, note(finding, TOM)) for finding in report.to_fix] == [
        "`exp` is 9.9 years ahead, a unit slip: use `iat + 600`",
        "`aud` has https:// in it: use `api.coze.cn`",
    ]
    assert [mrkdwn(MEI, note(finding, MEI)) for finding in report.to_note] == ["`iat` 快了 95 秒，校准那台机器的时钟"]


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (95, "95 秒", "95 s"),
        (600, "10 分钟", "10 minutes"),
        (3_600, "1 小时", "1 hour"),
        (5_400, "1.5 小时", "1.5 hours"),
        (312_206_400, "9.9 年", "9.9 years"),
        (10**12, "31709 年", "31709 years"),
    ],
)
def test_a_length_of_time_is_in_its_own_unit(seconds: int, zh: str, en: str) -> None:
    assert (duration(seconds, MEI), duration(seconds, TOM)) == (zh, en)
