"""A chart, in messages alone, where the same numbers stand in words beside it: what a client does not draw is told.

docs.slack.dev/reference/block-kit/blocks/data-visualization-block; slack_sdk has no class for it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block


class BarChart(Block):
    """Bars by their labels (at most 20 of at most 20 characters), for each name a series of numbers."""

    type = "data_visualization"

    def __init__(self, title: str, labels: Sequence[str], series: Mapping[str, Sequence[int]], y_label: str) -> None:
        super().__init__(type=self.type)
        self._title, self._labels, self._series, self._y_label = title, list(labels), series, y_label

    def to_dict(self, *_: object) -> dict[str, Any]:
        """As Slack takes it."""
        series = [
            {
                "name": name,
                "data": [{"label": each, "value": n} for each, n in zip(self._labels, numbers, strict=True)],
            }
            for name, numbers in self._series.items()
        ]
        axes = {"categories": self._labels, "y_label": self._y_label}
        chart = {"type": "bar", "series": series, "axis_config": axes}
        return {"type": self.type, "title": self._title, "chart": chart}
