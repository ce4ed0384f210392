"""The settings for whoever watches the bot."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from . import values
from .address import LARGEST_PORT

SHORTEST = 16  # characters of a token that nobody guesses


def _token(token: SecretStr) -> SecretStr:
    """What a request for the metrics has to bring."""
    text = values.plain(token.get_secret_value())
    if len(text) < SHORTEST:
        raise ValueError(f"is too short: take {SHORTEST} characters at least (openssl rand -hex 32).")
    return token


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
