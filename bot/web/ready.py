"""Whether the bot is well while its process starts; once it runs, `services.health` tells."""

from collections.abc import Callable

from bot.services.health import Checks

ReadinessChecks = Callable[[], Checks]
"""Answers at once, in whatever thread."""


class Starting:
    """What is missing while the process starts, as its start tells."""

    def __init__(self) -> None:
        self._checks: dict[str, bool | str] = {
            "database": "not looked at yet",
            "schema": "not looked at yet",
            "slack": "not asked yet",
            "started": "under way",
        }

    def tell(self, what: str, why: str) -> None:
        """This is missing, and why; "": it is there now."""
        self._checks[what] = why or True

    def __call__(self) -> Checks:
        """All of it."""
        return dict(self._checks)
