"""What is written about watching the bot is what it tells."""

import re
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from bot import metrics

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "watching.md").read_text("utf-8")


def table() -> str:
    """All metrics of our own, as the page lists them."""
    rows = ["| metric | kind | labels | meaning |", "|---|---|---|---|"]
    for each in vars(metrics).values():
        if isinstance(each, MetricWrapperBase):
            (family,) = each.describe()
            name = f"{family.name}{'_total' * (family.type == 'counter')}"
            labels = ", ".join(f"`{label}`" for label in each._labelnames)
            rows.append(f"| `{name}` | {family.type} | {labels} | {family.documentation} |")
    return "\n".join(rows)


def test_the_metrics_are_those_that_exist() -> None:
    found = re.search(r"<!-- metrics -->\n(.*?)\n<!-- /metrics -->", PAGE, re.DOTALL)
    assert found is not None
    assert found[1] == table()


def test_what_is_worth_an_alert_names_metrics_that_exist() -> None:
    assert set(re.findall(r"sharge_\w+", PAGE)) <= set(re.findall(r"`(sharge_\w+)`", table()))
