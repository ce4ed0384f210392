"""What the page can draw, to be compared with what Slack has and what the bot sends."""

from bot.playground.page import blocks, charts, elements, inputs, rich_text

SUPPORTED: frozenset[str] = frozenset(
    (
        *blocks._BLOCKS,
        *elements.ELEMENTS,
        *inputs.FIELDS,
        *("radio_buttons", "checkboxes"),
        *rich_text._PARTS,
        *rich_text._INLINE,
    )
)
"""Every block and element type that the page can draw."""

CHARTS = frozenset(charts._KINDS)
"""Every type of chart."""
