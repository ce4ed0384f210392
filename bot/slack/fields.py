"""What people filled in: one value for each question of a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MARK = "~"


@dataclass(frozen=True)
class Entered:
    """What stands in one input. `text` is what was typed, picked by name, from a calendar ("2026-12-01") or a clock
    ("09:30").

    `label` is how a picked option was shown, `ticked` the values of all that are ticked, or picked
    together, `moment` a picked time in seconds since 1970.
    """

    text: str = ""
    label: str = ""
    ticked: tuple[str, ...] = ()
    moment: int = 0


NOTHING = Entered()


@dataclass(frozen=True)
class Fields:
    """The inputs of one form by their block ids."""

    inputs: Mapping[str, Entered] = field(default_factory=dict)

    def __getitem__(self, question: str) -> Entered:
        """What was entered for this question; an empty `Entered` where nothing was."""
        return next((self.inputs[block_id] for block_id in self.inputs if question_of(block_id) == question), NOTHING)

    def __contains__(self, question: str) -> bool:
        return any(question_of(block_id) == question for block_id in self.inputs)

    def text(self, question: str) -> str:
        """What was typed or picked; "" for nothing."""
        return self[question].text


EMPTY = Fields()


def question_of(block_id: str) -> str:
    """The question that an input stands for.

    Slack keeps what was typed into an input with the same id, whatever the new view would fill in, so a form that
    fills in something else in its place adds a mark (docs.slack.dev/reference/methods/views.update).
    """
    return block_id.partition(MARK)[0]
