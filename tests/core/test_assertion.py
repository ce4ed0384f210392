"""What the check of a pasted assertion finds, and that nothing a person can paste makes it fail."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.assertion import LONGEST_TEXT, AssertionReport, Finding, lint

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())
KID = "A" * 43
HOST = "api.coze.cn"
HEADER: dict[str, Any] = {"alg": "RS256", "typ": "JWT", "kid": KID}
CLAIMS: dict[str, Any] = {"iss": "1178531043225", "aud": HOST, "iat": SECOND, "exp": SECOND + 600, "jti": "j" * 32}
FIELDS = ["alg", "typ", "kid", "iss", "exp", "aud", "iat", "jti"]


def segment(value: Any) -> str:
    """JSON as it stands in a JWT."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def made(header: Any = None, **claims: Any) -> str:
    """A good assertion with some claims changed; `...` takes one away."""
    merged = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not ...}
    return f"{segment(HEADER if header is None else header)}.{segment(merged)}.{'s' * 342}"


def with_header(**changes: Any) -> str:
    """The same for the header."""
    return made({name: value for name, value in {**HEADER, **changes}.items() if value is not ...})


def check(text: str) -> AssertionReport:
    """As the bot calls it."""
    return lint(text, NOW, HOST)


def only(report: AssertionReport) -> Finding:
    """The one finding that isn't fine."""
    (finding,) = (*report.to_fix, *report.to_note)
    return finding


def test_a_good_one() -> None:
    report = lint(made(), NOW, HOST, KID, "1178531043225")
    assert report.ok
    assert [finding.key for finding in report.fine] == FIELDS
    assert (report.iss, report.kid) == ("1178531043225", KID)


def test_the_card_of_the_assertion_that_lives_ten_years() -> None:
    """Two things to fix, one to note, five fine, all at once."""
    report = check(made(exp=SECOND + 95 + 86_400 * 3_600, aud="https://api.coze.cn", iat=SECOND + 95))
    assert [(finding.key, finding.reason) for finding in report.to_fix] == [("exp", "too_long"), ("aud", "scheme")]
    assert report.to_fix[0].detail == {"reason": "too_long", "seconds": 311_040_000, "unit_slip": True}
    assert report.to_fix[1].detail["expected"] == HOST
    assert [(finding.key, finding.detail["seconds"]) for finding in report.to_note] == [("iat", 95)]
    assert [finding.key for finding in report.fine] == ["alg", "typ", "kid", "iss", "jti"]


@pytest.mark.parametrize("around", ["{}", "  {}\n", '"{}"', "`{}`", "Bearer {}"])
def test_what_a_paste_brings_along_does_no_harm(around: str) -> None:
    assert check(around.format(made())).ok


def test_lines_broken_by_a_terminal_are_joined() -> None:
    text = made()
    assert check("\n".join(text[start : start + 60] for start in range(0, len(text), 60))).ok


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("", "shape", "empty"),
        (" \n\t ", "shape", "empty"),
        ("Bearer ", "shape", "empty"),
        ("hello", "shape", "parts"),
        ("a.b.c.d.e", "shape", "parts"),
        ("..", "shape", "json"),
        ("扣.子.啊", "shape", "base64"),
        (made().replace(".", "=.", 1), "shape", "base64"),
        ("ab.cd.ef", "shape", "json"),
        ("a.b.c", "shape", "json"),
        (f"{segment([])}.{segment({})}.s", "shape", "json"),
        (f"{segment({})}.{segment(b'{')}.s", "shape", "json"),
        (f"{segment(b'[' * 9000)}.{segment({})}.s", "shape", "json"),
        (f"{segment(HEADER)}.{segment(bytes([0xFF, 0xFE]))}.s", "shape", "json"),
        ("x" * (LONGEST_TEXT + 1), "shape", "too_long"),
        ("pat_" + "a" * 64, "shape", "access_token"),
        ("czs_" + "a" * 64, "shape", "access_token"),
        ("-----BEGIN PRIVATE KEY-----\nMIIEvQ", "pem", "private"),
        ("-----BEGIN RSA PRIVATE KEY-----", "pem", "private"),
        ("-----BEGIN PUBLIC KEY-----\nMIIB", "pem", "key"),
        ("MIIEvQIBADANBgkqhkiG9w0BAQ" + "A" * 200, "pem", "key"),
    ],
)
def test_what_is_no_assertion(text: str, key: str, reason: str) -> None:
    report = check(text)
    assert not report.ok
    assert [(finding.key, finding.reason) for finding in report.findings] == [(key, reason)]


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (with_header(alg="HS256"), "alg", "other"),
        (with_header(alg="none"), "alg", "other"),
        (with_header(alg=...), "alg", "missing"),
        (with_header(alg=["RS256"]), "alg", "other"),
        (with_header(typ=...), "typ", "missing"),
        (with_header(typ="jwt"), "typ", "other"),
        (with_header(kid=...), "kid", "missing"),
        (with_header(kid=""), "kid", "missing"),
        (with_header(kid=5), "kid", "not_text"),
        (with_header(kid="A" * 42), "kid", "shape"),
        (with_header(kid="A" * 42 + "="), "kid", "shape"),
        (with_header(kid="A" * 43 + "\n"), "kid", "shape"),
        (with_header(kid="-----BEGIN PUBLIC KEY-----\nMIIB"), "kid", "pem"),
        (with_header(kid="MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A" + "A" * 300), "kid", "pem"),
        (made(iss=...), "iss", "missing"),
        (made(iss=1178531043225), "iss", "not_text"),
        (made(iss="my-app"), "iss", "not_digits"),
        (made(iss="１１７８"), "iss", "not_digits"),
        (made(aud=...), "aud", "missing"),
        (made(aud=[HOST]), "aud", "not_text"),
        (made(aud="https://api.coze.cn"), "aud", "scheme"),
        (made(aud="https://api.coze.cn/"), "aud", "scheme"),
        (made(aud="api.coze.com"), "aud", "global"),
        (made(aud="https://api.coze.com"), "aud", "global"),
        (made(aud="coze.cn"), "aud", "other"),
        (made(aud="api.coze.cn/"), "aud", "other"),
        (made(iat=...), "iat", "missing"),
        (made(iat=str(SECOND)), "iat", "not_integer"),
        (made(iat=SECOND + 0.5), "iat", "not_integer"),
        (made(iat=True), "iat", "not_integer"),
        (made(iat=SECOND * 1000), "iat", "milliseconds"),
        (made(iat=SECOND + 61, exp=SECOND + 661), "iat", "ahead"),
        (made(iat=SECOND + 28_800, exp=SECOND + 29_400), "iat", "ahead"),
        (made(exp=...), "exp", "missing"),
        (made(exp=str(SECOND + 600)), "exp", "not_integer"),
        (made(exp=SECOND + 600.0), "exp", "not_integer"),
        (made(exp=SECOND * 1000), "exp", "milliseconds"),
        (made(exp=SECOND), "exp", "before_iat"),
        (made(exp=-1), "exp", "before_iat"),
        (made(iat=SECOND - 900, exp=SECOND - 300), "exp", "passed"),
        (made(iat=SECOND - 600, exp=SECOND), "exp", "passed"),
        (made(exp=SECOND + 3601), "exp", "too_long"),
        (made(exp=SECOND + 30 * 86_400 + 1), "exp", "too_long"),
        (made(jti=...), "jti", "missing"),
        (made(jti=""), "jti", "missing"),
        (made(jti=5), "jti", "not_text"),
        (made(jti="fifteen letters"), "jti", "short"),
    ],
)
def test_one_thing_wrong_is_one_finding(text: str, key: str, reason: str) -> None:
    report = check(text)
    assert (only(report).key, only(report).reason) == (key, reason)
    assert [finding.key for finding in report.findings] == FIELDS


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (made(iat=SECOND + 60), "ok"),
        (made(iat=SECOND + 61), "note"),
        (made(iat=SECOND + 600, exp=SECOND + 700), "note"),
        (made(iat=SECOND + 601, exp=SECOND + 700), "fix"),
        (made(exp=SECOND + 3600), "ok"),
        (made(exp=SECOND + 3601), "note"),
        (made(exp=SECOND + 30 * 86_400), "note"),
        (made(exp=SECOND + 30 * 86_400 + 1), "fix"),
        (made(iat=SECOND - 599, exp=SECOND + 1), "ok"),
        (made(jti="sixteen letters!"), "ok"),
    ],
)
def test_where_the_levels_change(text: str, level: str) -> None:
    levels = {finding.level for finding in check(text).findings} - {"ok"} or {"ok"}
    assert levels == {level}


def test_numbers_no_clock_knows() -> None:
    huge = made().split(".")
    for number in (b"1e400", b"-1e400", b"NaN", b"9" * 400, b"9" * 5000, b"-" + b"9" * 400):
        claims = b'{"iss":"1","aud":"api.coze.cn","iat":' + number + b',"exp":' + number + b',"jti":"x"}'
        assert not check(f"{huge[0]}.{segment(claims)}.s").ok


def test_held_against_what_is_known_of_the_app() -> None:
    report = lint(with_header(kid="A" * 42), NOW, HOST, kid="A" * 42)
    assert report.ok
    assert [(finding.key, finding.reason) for finding in report.to_note] == [("kid", "shape")]
    assert lint(with_header(kid="A" * 42), NOW, HOST, kid="B" * 42).to_fix[0].reason == "shape"
    report = lint(made(), NOW, HOST, kid="B" * 43, app_id="5")
    assert [(finding.key, finding.reason) for finding in report.to_fix] == [("kid", "other"), ("iss", "other")]


def test_a_playground_is_a_host_like_any_other() -> None:
    assert lint(made(aud="127.0.0.1:8080"), NOW, "127.0.0.1:8080").ok
    assert only(lint(made(aud="http://127.0.0.1:8080"), NOW, "127.0.0.1:8080")).reason == "scheme"


@pytest.mark.parametrize("field", ["alg", "typ", "kid", "iss", "aud", "jti"])
def test_keys_and_tokens_are_not_repeated(field: str) -> None:
    for canary in ("-----BEGIN PRIVATE KEY-----\ncanary", "pat_canary", "MIIE" + "canary" * 40):
        text = with_header(**{field: canary}) if field in HEADER else made(**{field: canary})
        assert "canary" not in repr(check(text))


def test_foreign_values_are_short_and_plain() -> None:
    shown = only(check(made(aud="扣子\u202e" + "<!channel>" * 9))).detail["value"]
    assert isinstance(shown, str)
    assert len(shown) <= 41
    assert all(" " <= letter <= "~" or letter == "…" for letter in shown)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)
CLAIM = (
    JSON | st.integers(SECOND - 10**6, SECOND + 10**10) | st.sampled_from([HOST, "https://x", KID, "RS256", "JWT"])
)


@given(st.text() | st.text("abc._-=+/ \n") | st.text("eyJ.", min_size=3))
def test_any_text_gives_findings(text: str) -> None:
    assert check(text).findings


@given(st.binary(), st.binary())
def test_any_bytes_give_findings(header: bytes, claims: bytes) -> None:
    assert not check(f"{segment(header)}.{segment(claims)}.s").ok


@given(
    st.dictionaries(st.sampled_from(["alg", "typ", "kid"]), CLAIM),
    st.dictionaries(st.sampled_from(["iss", "aud", "iat", "exp", "jti"]), CLAIM),
)
def test_any_fields_give_a_finding_each(header: dict[str, Any], claims: dict[str, Any]) -> None:
    report = check(f"{segment({**HEADER, **header})}.{segment({**CLAIMS, **claims})}.s")
    assert {finding.key for finding in report.findings} == set(FIELDS)
    assert all((finding.level == "ok") == (finding.reason == "") for finding in report.findings)
    json.dumps([dict(finding.detail) for finding in report.findings]).encode()


def test_an_unsigned_one_is_named_beside_everything_else() -> None:
    """What `alg: none` libraries make: no signature, and the wrong algorithm."""
    header, claims = (base64.urlsafe_b64encode(text).decode().rstrip("=") for text in (b'{"alg":"none"}', b"{}"))
    found = {(finding.key, finding.reason) for finding in lint(f"{header}.{claims}.", NOW, "api.coze.cn").to_fix}
    assert {("shape", "unsigned"), ("alg", "other"), ("exp", "missing")} <= found
