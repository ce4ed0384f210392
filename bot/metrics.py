"""Metrics: what is measured, in the form that Prometheus reads. Who may read them is the web server's matter.

The value of a label is a word of our own code, of a closed set: never a name, an ID or anything that was typed.
"""

from enum import StrEnum
from math import nan

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

disable_created_metrics()  # type: ignore[no-untyped-call]  # what promtool takes for a counter of a wrong name
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)


class Kind(StrEnum):
    """What Slack or Coze delivers."""

    COMMAND = "command"
    PRESS = "press"
    FORM = "form"
    MENU = "menu"
    EVENT = "event"
    OTHER = "other"
    CALLBACK = "callback"


class Outcome(StrEnum):
    """What became of a delivery.

    `REFUSED`: who sent it may not; `WAITS`: until Slack was asked who it is; `LATE`: it is not done within Slack's
    time, and goes on; `FAILED`: a mistake of ours, or the database is away.
    """

    DONE = "done"
    INVALID = "invalid"
    REFUSED = "refused"
    REPEATED = "repeated"
    WAITS = "waits"
    LATE = "late"
    FAILED = "failed"
    IGNORED = "ignored"
    FOREIGN = "foreign"
    MALFORMED = "malformed"
    UNSIGNED = "unsigned"


class Call(StrEnum):
    """What became of a call to Slack. `LIMITED`: it was one too many for now, HTTP 429."""

    OK = "ok"
    REFUSED = "refused"
    LIMITED = "limited"
    AWAY = "away"


SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
"""Slack waits for three."""

DELIVERIES = Counter("sharge_deliveries", "Deliveries that came.", ["kind", "outcome"], registry=REGISTRY)
ACK = Histogram("sharge_ack_seconds", "Until the ack was ready.", ["kind"], buckets=SECONDS, registry=REGISTRY)
JOBS = Counter("sharge_jobs", "Jobs that were handled.", ["kind", "outcome"], registry=REGISTRY)
SLACK_CALLS = Counter("sharge_slack_calls", "Calls to Slack.", ["method", "outcome"], registry=REGISTRY)
COZE_CALLS = Counter(
    "sharge_coze_calls", "Calls to Coze; the outcome is ok or the class of the error.", ["outcome"], registry=REGISTRY
)


def _gauge(name: str, says: str, *labels: str) -> Gauge:
    gauge = Gauge(f"sharge_{name}", says, labels, registry=REGISTRY)
    if not labels:
        gauge.set(nan)
    return gauge


READY = _gauge("ready", "Whether what the process needs is well: 1 or 0.", "check")
DUE = _gauge("jobs_due", "Jobs that are due, of all processes.")
OLDEST = _gauge("jobs_oldest_due_seconds", "For how long the oldest of them has been due.")
DEAD = _gauge("jobs_dead", "Jobs that were given up, of all processes.")
SWEPT = _gauge("last_sweep_timestamp_seconds", "When any worker last looked for jobs, by the database's clock.")
CALLS_LEFT = _gauge("coze_calls_left", "Calls that the operator's account on Coze has left; NaN where it has no end.")
OWNER_ENDS = _gauge(
    "owner_credential_end_timestamp_seconds",
    "When the bot's own credential on Coze ends; +Inf where it has no end, NaN where nobody has said.",
)
OWNER_REFUSED = _gauge("owner_credential_refused", "Whether Coze refuses that credential: 1 or 0.")
SKEW = _gauge("clock_skew_seconds", "By how much this machine's clock is ahead of another one.", "of")


def rendered() -> bytes:
    """All of it, as text of Prometheus' format 0.0.4."""
    return generate_latest(REGISTRY)


RENDERED_AS = "text/plain; version=0.0.4; charset=utf-8"
