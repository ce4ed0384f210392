"""Logs: no secret gets through the chain, no line can be forged, and the libraries say no more than they should."""

import io
import json
import logging
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot import logs

ROOT = Path(__file__).resolve().parent.parent
CANARY = "cAnArY0123456789abcdef"

SECRETS = [
    f"pat_{CANARY}",
    f"sat_{CANARY}",
    f"czs_{CANARY}",
    f"czu_{CANARY}",
    f"xoxb-123-{CANARY}",
    f"xoxe.xoxp-1-{CANARY}",
    f"xapp-1-A0-{CANARY}",
    f"eyJhbGciOiJSUzI1NiJ9.{CANARY}.{CANARY}",
    f"eyJhbGciOi{CANARY}",
    f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n{CANARY}\n-----END RSA PRIVATE KEY-----",
    f"-----BEGIN PRIVATE KEY-----\\n{CANARY}",
    f"Bearer {CANARY}",
    f"authorization:  bearer {CANARY}",
    f"https://api.coze.cn/v1/bots?sign={CANARY}",
    f"/callback?{CANARY}",
    f"https://concierge.example/once/{CANARY}",
    f"https://hooks.slack.com/commands/T0/{CANARY}",
    f"postgresql://bot:{CANARY}@db/concierge",
    f"client_secret={CANARY}",
    f'{{"access_token": "{CANARY}"}}',
    f"{{'password': '{CANARY}'}}",
    f"{{'token': b'{CANARY}', 'user': 'U1'}}",
    f"{{'tokens': [1, '{CANARY}']}}",
    f"{{'secret': Held(value='{CANARY}')}}",
    rf"body: {{\"secret\": \"{CANARY}\"}}",
    f"PASSWORD = '{CANARY}'",
    f"Cookie: a=b; session={CANARY}",
    f"{{'state': {{'values': {{'pat': {{'in': {{'value': '{CANARY}'}}}}}}}}}}",
]
SECRET_KEYS = ["token", "SLACK_BOT_TOKEN", "client_secret", "Authorization", "private_key", "password", "Set-Cookie"]
SECRET_KEYS += ["X-Slack-Signature", "assertion", "CREDENTIAL_KEYS", "response_url", "tokens"]

HOSTILE = [
    "a",
    "eyJaaaaaaaa.",
    "?a",
    "eyJ",
    "-----BEGIN ",
    "-----BEGIN X-----",
    "://",
    "/once/",
    "'state': {",
    "Bearer ",
    "pat_",
]
HOSTILE += ["token=", "token=(", "'token': '", '"token": "\\', "'token': b", "authorization: ", "xoxb-"]

HARMLESS: dict[str, Any] = {
    "event": "work done",
    "team": "T0PLAYGROUND",
    "message": 'Coze answered "not published" after 1.5 s; trying again at 2026-11-22T11:00:00Z',
    "path": "/slack/events",
    "url": "https://api.coze.cn/v1/workspaces",
    "key": "join:42",
    "invalid": "token: expired",
    "has_token": True,
    "token": None,
    "chinese": "已提交审核？还没有：等一下。",
    "kinds": [1, 2.5, None, False, ["a", {"b": "c"}]],
}


class Clumsy:
    """Its repr shows what it holds."""

    def __init__(self, held: Any) -> None:
        self.held = held

    def __repr__(self) -> str:
        return f"Clumsy({self.held})"


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError(CANARY)


around = st.text(st.characters(blacklist_characters="\"'?=:", blacklist_categories=["Cs"]), max_size=12)
secret_text = st.builds(lambda a, secret, b: f"{a} {secret} {b}", around, st.sampled_from(SECRETS), around)
hidden = st.one_of(
    secret_text,
    secret_text.map(str.encode),
    secret_text.map(ValueError),
    secret_text.map(Clumsy),
    st.builds(lambda key, depth: {key: depth}, st.sampled_from(SECRET_KEYS), st.just([CANARY, {"x": CANARY}])),
    st.just({"view": {"state": {"values": {"block": {"action": {"value": CANARY}}}}}}),
    secret_text.map(lambda text: {text: 1}),
)
nested = st.recursive(
    hidden,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.tuples(inner, around),
        st.dictionaries(around, inner, min_size=1, max_size=3),
        inner.map(lambda value: ExceptionGroup("several", [ValueError(value), OSError(str(value))])),
    ),
    max_leaves=6,
)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Logging as it was is put back afterwards."""
    root, hook = logging.getLogger(), sys.excepthook
    before = (root.handlers[:], root.level, warnings.showwarning)
    yield io.StringIO()
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers[:], root.level, warnings.showwarning = before
    sys.excepthook = hook


@pytest.mark.parametrize("secret", SECRETS)
def test_each_secret_is_replaced(secret: str) -> None:
    assert CANARY not in logs.redact(f"before {secret} after")
    assert logs.HIDDEN in logs.redact(secret)


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_values_of_secret_keys_are_replaced(key: str) -> None:
    assert logs.redact({key: CANARY, "other": 1}) == {key: logs.HIDDEN, "other": 1}


def test_harmless_values_stay_and_the_original_is_untouched() -> None:
    original = json.loads(json.dumps(HARMLESS))
    assert logs.redact(HARMLESS) == HARMLESS == original


@given(nested)
def test_no_secret_survives_wherever_it_is_nested(value: Any) -> None:
    """The answer is JSON without further help, so a serialiser has no repr to add."""
    assert CANARY not in json.dumps(logs.redact(value))


def test_endless_and_unprintable_values_are_survived() -> None:
    endless: list[Any] = []
    endless.append(endless)
    json.dumps(logs.redact(endless))
    assert logs.redact(Broken()) == "<Broken>"


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_lines_cost_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    begin = time.thread_time()
    logs.redact(text)
    assert time.thread_time() - begin < 1, "of computing, whatever else the machine does"


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_gets_through_the_chain(stream: io.StringIO, form: Any, secret: str) -> None:
    logs.configure("DEBUG", form, stream)
    log, structured = logging.getLogger("bot.test"), structlog.get_logger("bot.test")
    local = f"{CANARY} is only in a local variable"

    def fail() -> None:
        raise ValueError(secret, len(local))

    log.info("with %s", secret)
    log.info("with extra", extra={"body": [{"deep": secret}]})
    structured.info(secret, deep={"x": [secret.encode()]})
    try:
        fail()
    except ValueError:
        log.exception("failed")
        structured.exception("failed")
    log.warning("%d " + secret, secret)
    sys.excepthook(ValueError, ValueError(secret), None)
    written = stream.getvalue()
    assert CANARY not in written
    assert written.count("ValueError") >= 3
    assert "a log line of bot.test is lost: TypeError" in written


@pytest.mark.parametrize("separator", ["\n", "\r", "\x1b[2K", "\u2028", "\x85", "\x0b"])
@pytest.mark.parametrize("form", ["json", "console"])
def test_a_line_can_not_be_forged(stream: io.StringIO, form: Any, separator: str) -> None:
    logs.configure("INFO", form, stream)
    logging.getLogger("bot.test").info("hello%sforged", separator, extra={"name_given": f"Mei{separator}forged"})
    line = stream.getvalue().removesuffix("\n")
    assert separator not in line
    assert len(line.splitlines()) == 1


def test_lines_are_json_with_the_keys_of_extra(stream: io.StringIO) -> None:
    logs.configure("INFO", "json", stream)
    logging.getLogger("bot.test").info("已提交 %s", "x", extra={"publication": 7})
    line = stream.getvalue()
    assert "已提交" in line
    read = json.loads(line)
    assert read.pop("timestamp").endswith("Z")
    assert read == {"event": "已提交 x", "level": "info", "logger": "bot.test", "publication": 7}


def test_libraries_never_say_more_than_their_floor(stream: io.StringIO) -> None:
    """Whatever level a library gives its own loggers."""
    logs.configure("DEBUG", "json", stream)
    said = [("httpx", 20), ("httpcore.http11", 10), ("slack_sdk.web", 10), ("slack_bolt.AsyncApp", 10)]
    said.append(("aiosqlite", 10))
    for name, level in [*said, ("slack_bolt.RequestVerification", 20)]:
        logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger(name).log(level, "too much")
    assert stream.getvalue() == ""
    logging.getLogger("httpx").warning("enough")
    logging.getLogger("slack_sdk.web").info("enough")
    logging.getLogger("slack_bolted").debug("ours")
    assert len(stream.getvalue().splitlines()) == 3


async def test_bolt_keeps_a_forged_request_to_itself(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    app = AsyncApp(token="xoxb-1", signing_secret="right")

    async def forge() -> int:
        now = str(int(time.time()))
        headers: dict[str, str | Sequence[str]] = {"x-slack-signature": "v0=0", "x-slack-request-timestamp": now}
        answer = await app.async_dispatch(AsyncBoltRequest(body=f"text={CANARY}", headers=headers))
        return answer.status

    assert await forge() == 401
    assert CANARY in caplog.text, "Bolt no longer logs the body: quiet_bolt is needless"
    caplog.clear()
    logs.quiet_bolt()
    assert await forge() == 401
    assert caplog.text == ""


def test_importing_is_cheap() -> None:
    """Beyond structlog itself next to nothing: every command imports this first."""
    command = [sys.executable, "-c", "import sys, structlog; b = set(sys.modules); import bot.logs; "]
    command[-1] += "print(*(m for m in set(sys.modules) - b if not m.startswith('bot')))"
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    assert answer.stdout.split() == []


def test_an_outage_is_told_ever_more_rarely(caplog: pytest.LogCaptureFixture) -> None:
    """An hour of failures, one a second, of two kinds: a handful of lines, which say how many were left out."""
    now = 0.0
    outages, log = logs.Outages(lambda: now), logging.getLogger("bot.test")
    for second in range(3600):
        now = float(second)
        for kind in ("slack", "database"):
            outages.tell(log, kind, "%s is away", kind)
    said = [record.getMessage() for record in caplog.records if "slack" in record.getMessage()]
    assert said[:2] == ["slack is away", "slack is away (59 more like it)"]
    assert len(said) < 12
    now += 1200
    outages.tell(log, "slack", "%s is away again", "slack")
    now += 60
    assert outages.due("slack") == 0, "it begins anew"
