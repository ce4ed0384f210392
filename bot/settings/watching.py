"""The settings for whoever watches the bot."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from . import values
from .address import LARGEST_PORT, url

SHORTEST = 16  # characters of a token that nobody guesses


def _token(token: SecretStr) -> SecretStr:
    """What a request for the metrics has to bring."""
    text = values.plain(token.get_secret_value())
    if len(text) < SHORTEST:
        raise ValueError(f"is too short: take {SHORTEST} characters at least (openssl rand -hex 32).")
    return token


def _webhook(address: SecretStr) -> SecretStr:
    """Where alerts go; what stands in it is a secret. Raises ValueError with nothing of it."""
    text = address.get_secret_value()
    try:
        parts = urlsplit(text)
        is_whole = (
            parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        is_whole = False
    if not is_whole or re.search(r"[\s\\\"'<>]", text):
        raise ValueError("must be an address such as https://hooks.example/…")
    return address


MetricsPort = Annotated[
    Annotated[int, Field(ge=0, le=LARGEST_PORT)] | None,
    Field(
        description="A port of its own for /metrics, /healthz and /readyz, in a worker too; keep it inside. 0 takes "
        "any free one. Each process on a machine needs another."
    ),
]
MetricsToken = Annotated[
    Annotated[SecretStr, AfterValidator(_token)] | None,
    Field(description="With it /metrics is on PORT too, for who sends it as Authorization: Bearer."),
]
AlertWebhook = Annotated[
    Annotated[SecretStr, AfterValidator(_webhook)] | None,
    Field(
        description="An address outside Slack to which alerts go where Slack itself is the trouble: a POST of JSON "
        "whose text is what there is to say. Without it the log alone has them then."
    ),
]
TracesTo = Annotated[
    Annotated[str, AfterValidator(url)] | None,
    Field(
        description="Where an OpenTelemetry collector takes traces (OTLP over HTTP), such as http://127.0.0.1:4318. "
        "Needs the extra otel."
    ),
]
LeaveSeconds = Annotated[
    float,
    Field(
        ge=0,
        le=60,
        description="Seconds for which a process that was told to stop still takes what comes to PORT, while /readyz "
        "says 503: as long as your balancer takes to notice.",
    ),
]
