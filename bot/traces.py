"""Traces: what is done and how long it takes, in the form of OpenTelemetry.

Unless they are collected this costs nothing, and its packages (the extra `otel`) are not imported.

An attribute is a word of our own code or a number: never a name, an ID, a token or anything typed. Of an error its
class is told and no more.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from bot.logs import Outages

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

log = logging.getLogger(__name__)

LONGEST = 3.0  # seconds for the last ones, at the end of the process
Side = Literal["server", "consumer", "client"]

_tracer: "Tracer | None" = None


@contextmanager
def span(name: str, side: Side) -> Iterator[None]:
    """What is done in the block is one span, a part of the one around it."""
    if _tracer is None:
        yield
        return
    from opentelemetry.trace import SpanKind, StatusCode

    kind = SpanKind[side.upper()]  # what an error says may name somebody
    with _tracer.start_as_current_span(
        name, kind=kind, record_exception=False, set_status_on_exception=False
    ) as opened:
        try:
            yield
        except BaseException as error:
            opened.set_attribute("error.type", type(error).__name__)
            opened.set_status(StatusCode.ERROR)
            raise


def tell(name: str = "", **attributes: str | int) -> None:
    """Of the span that is open: what it is, where that is known now alone, and what became of it."""
    if _tracer is None:
        return
    from opentelemetry.trace import get_current_span

    current = get_current_span()
    current.set_attributes(attributes)
    if name:
        current.update_name(name)


@contextmanager
def collected(exporter: "SpanExporter") -> Iterator[None]:
    """All spans of the block go there, in batches; the last ones before its end."""
    global _tracer
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    about = Resource.create({"service.name": "sharge-concierge"})
    provider = TracerProvider(resource=about, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _tracer = provider.get_tracer("bot")
    try:
        yield
    finally:
        _tracer = None
        provider.shutdown()


def sent_to(address: str) -> "SpanExporter":
    """To a collector at this address, by OTLP over HTTP; that it is away is told now and then. Raises ImportError."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    theirs = logging.getLogger("opentelemetry")
    theirs.handlers[:], theirs.propagate = [_Calm()], False
    return OTLPSpanExporter(endpoint=f"{address}/v1/traces", timeout=LONGEST)


class _Calm(logging.Handler):
    """What OpenTelemetry says of its troubles: a line now and then."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._outages = Outages()

    def emit(self, record: logging.LogRecord) -> None:
        """Tell it as ours."""
        self._outages.tell(log, "traces", "traces can't be sent: %s", record.getMessage())
