"""Logs: every line, ours and the libraries', goes through one chain that ends in one redactor.

Write with the standard `logging`: `log.info("publication submitted", extra={"publication": id})`. The keys of `extra`
become keys of the line. What looks like a secret is replaced wherever it stands; what is not JSON becomes its repr.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog

HIDDEN = "[redacted]"

# The least serious level of loggers that say too much below it: request URLs with queries, whole bodies, each tick.
FLOORS = {
    "slack_bolt.RequestVerification": logging.WARNING,
    "slack_bolt": logging.INFO,
    "apscheduler": logging.WARNING,  # reports every tick
    "alembic": logging.WARNING,
    "slack_sdk": logging.INFO,
    "aiosqlite": logging.INFO,  # below it whole statements, with what people typed
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
}

SOONEST, RAREST = 60.0, 600.0  # seconds between two lines about one kind of outage
_DEPTH = 12
_NAME = (
    "token|secret|password|passwd|passphrase|authorization|private[_-]?key|cookie|assertion|signature"
    "|credential_keys|response_url|webhook"
)
_SECRET_KEY = re.compile(rf"(?:{_NAME}|pem)s?$", re.IGNORECASE)

# Without one of these no pattern below can match; asking first makes ordinary lines cheap.
_MARK = re.compile(r"[-_?:=/]|eyJ|bearer", re.IGNORECASE)
# No pattern scans on and then fails: that would cost the square of the length on hostile lines.
_TOKENS = r"""
    -----BEGIN\ [^-]*-----(?:(?!-----END).)*(?:-----END\ [^-]*-----)?     # PEM, cut off or whole
    | (?:pat|sat|czs|czu)_[A-Za-z0-9]{16,}[A-Za-z0-9_-]*                  # Coze tokens and secrets
    | xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{4,}                            # Slack tokens
    | xapp-[A-Za-z0-9-]{4,}
    | eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}                       # JWTs, cut off or whole
"""
_FLAGS = re.VERBOSE | re.IGNORECASE | re.DOTALL
_TOKEN = re.compile(_TOKENS, _FLAGS)
_SECRETS = re.compile(
    _TOKENS
    + r"""
    | bearer\s+[^\s"',]+
    | (?<=/once/)[^\s/?\#"'<>]+                                           # one-time links
    | (?<=hooks\.slack\.com/)[^\s"'<>]+                                   # a response_url is a right to post
    | (?<=[A-Za-z0-9/_~.-]\?)(?=[A-Za-z0-9_%&=])[^\s"'<>]+                # queries of URLs
    | (?<=://)[^\s/@"'<>]+(?=@)                                           # users and passwords in URLs
    """,
    _FLAGS,
)
# Values after a telling name, in text: where such a value ends isn't plain, the rest of the text goes too.
_NAMED = re.compile(
    rf"""
    ( (?:{_NAME})s?(?: \\{{0,3}}["']\s*:\s* | [ ]?=[ ]? ) )                 # "token": or token=
    (?: [bru]{{0,2}}"(?:[^"\\]|\\.)*" | [bru]{{0,2}}'(?:[^'\\]|\\.)*' | [^\s,;&"'(){{}}\[\]]+(?=[\s,;&)}}\]]|$) | .* )
    | ( (?:authorization|cookie|x-slack-signature)\s*:\s* ) [^\r\n"']+
    | ( ["']state\\{{0,3}}["']\s*:\s*\{{\s*\\{{0,3}}["']values\\{{0,3}}["']\s*: ) .*   # what people typed into a form
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NAMED_CONTROLS = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def redact(value: Any) -> Any:
    """A copy of `value`, made of JSON's types only, with every secret replaced. `value` stays as it is."""
    return _redact(value, 0)


def _redact(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value if type(value) in (bool, int, float, type(None)) else _text(repr(value))
    if isinstance(value, str):
        return _text(value)
    if depth >= _DEPTH:
        return HIDDEN
    if isinstance(value, Mapping):
        return {_text(str(key)): _entry(str(key), each, depth) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redact(each, depth + 1) for each in value]
    if isinstance(value, bytes | bytearray):
        return _text(value.decode("utf-8", "backslashreplace"))
    return _text(_repr(value))


def _entry(key: str, value: Any, depth: int) -> Any:
    if _SECRET_KEY.search(key) and not (value is None or isinstance(value, bool)):
        return HIDDEN
    if key == "state" and isinstance(value, Mapping) and "values" in value:
        value = {**value, "values": HIDDEN}
    return _redact(value, depth + 1)


def _text(text: str) -> str:
    if not _MARK.search(text):
        return text
    text = _SECRETS.sub(HIDDEN, text)
    return _NAMED.sub(lambda match: (match[1] or match[2] or match[3]) + HIDDEN, text)


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # somebody else's repr must not cost the line
        return f"<{type(value).__name__}>"


class Outages:
    """Keeps what fails again and again from filling the log: one line of each kind, the next a minute later, and ever
    rarer. After ten minutes of quiet it begins anew.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kinds: dict[object, tuple[float, float, int]] = {}  # when the next may come, after how long, left out

    def due(self, kind: object) -> int | None:
        """How many like it were left out since the last line; None: this one is to be left out."""
        now = self._clock()
        at, wait, left_out = self._kinds.get(kind, (now, 0.0, 0))
        if now < at:
            self._kinds[kind] = at, wait, left_out + 1
            return None
        wait = SOONEST if now - at > RAREST else min(max(2 * wait, SOONEST), RAREST)
        self._kinds[kind] = now + wait, wait, 0
        return left_out

    def tell(self, log: logging.Logger, kind: object, message: str, *args: object) -> None:
        """Log a warning, unless one of its kind was logged a moment ago."""
        if (left_out := self.due(kind)) is not None:
            more = f" ({left_out} more like it)" if left_out else ""
            log.warning(message + more, *args)


def configure(level: str = "INFO", form: Literal["json", "console"] = "json", stream: TextIO | None = None) -> None:
    """Send all that is logged, by `logging` or structlog, and uncaught exceptions to `stream` (default: stderr).

    `level` is the name of the least serious level. Called again it replaces what was there.
    """
    target = stream or sys.stderr
    handler = _Handler(target)
    handler.setFormatter(_formatter(form, colors=target.isatty()))
    handler.addFilter(_above_floor)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught


def quiet_bolt() -> None:
    """Keep Bolt from logging the whole body of a request with a wrong signature. Call it once the app is built.

    Bolt gives its loggers the root's level when they are made (slack_bolt/logger/__init__.py): earlier is too early.
    """
    logging.getLogger("slack_bolt.RequestVerification").setLevel(logging.WARNING)


def _above_floor(record: logging.LogRecord) -> bool:
    # Asked of every record and not set as levels: libraries make loggers, and give them levels, at any time.
    name = record.name
    while name:
        if name in FLOORS:
            return record.levelno >= FLOORS[name]
        name = name.rpartition(".")[0]
    return True


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        # The standard answer prints the record's arguments as they are.
        kind = sys.exc_info()[0]
        self.stream.write(f"a log line of {record.name} is lost: {kind.__name__ if kind else 'unknown'}\n")


_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _formatter(form: Literal["json", "console"], *, colors: bool) -> logging.Formatter:
    renderer: list[structlog.typing.Processor] = (
        [structlog.processors.JSONRenderer(ensure_ascii=False), _escape_rendered]
        if form == "json"
        else [
            _one_line,
            structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback),
        ]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.ExceptionRenderer(),  # a plain traceback: no local variables
            _redact_line,
            *renderer,
        ],
    )


def _redact_line(_logger: Any, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    clean: structlog.typing.EventDict = redact(line)
    return clean


def _one_line(_logger: Any, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Escape what could forge a line or command a terminal; a traceback's own lines stay, indented."""
    escaped = {key: _escape(value) if isinstance(value, str) else value for key, value in line.items()}
    for key in {"exception", "stack"} & line.keys():
        escaped[key] = "\n".join(f"  | {_escape(each)}" for each in str(line[key]).split("\n"))
    return escaped


def _escape_rendered(_logger: Any, _method: str, line: Any) -> str:
    # JSON itself leaves some of Unicode's line ends as they are.
    return _escape(str(line))


def _escape(text: str) -> str:
    return _CONTROL.sub(lambda match: _NAMED_CONTROLS.get(match[0]) or f"\\u{ord(match[0]):04x}", text)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bot").critical("uncaught exception", exc_info=(kind, error, trace))
