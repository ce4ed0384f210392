"""The state of a playground, below everything else: the clock, the chat, Coze, what is broken, and one signal."""

from collections.abc import Mapping

from .clock import SimulatedClock
from .coze_state import CozeState
from .faults import KINDS, Faults
from .signal import Signal
from .workspace import Workspace


class World:
    """What there is. The sides that apps and people talk to change it, the page and the journal read it."""

    def __init__(self, clock: SimulatedClock | None = None) -> None:
        self.clock = clock or SimulatedClock()
        self.signal = Signal()
        self.chat = Workspace(self.clock, self.signal)
        self.coze = CozeState(self.clock, self.signal.changed)
        self.faults: Mapping[str, Faults] = {
            side: Faults(kinds, self.signal.changed) for side, kinds in KINDS.items()
        }
        self.scenario = ""

    def clear_faults(self) -> None:
        """Nothing fails any more."""
        for faults in self.faults.values():
            faults.clear()
