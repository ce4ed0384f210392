"""Whether the bot is well while its process starts; once it runs, `services.health` tells."""

from collections.abc import Callable

from bot.services.health import Checks

ReadinessChecks = Callable[[], Checks]
"""Answers at once, in whatever thread."""


def answer(checks: Checks) -> tuple[int, dict[str, object]]:
    """What /readyz answers: the HTTP status, and what is well, and why the rest is not."""
    well: dict[str, object] = {what: each is True for what, each in checks.items()}
    missing = {what: why for what, why in checks.items() if isinstance(why, str)}
    return (503, {**well, "missing": missing}) if not all(well.values()) else (200, well)


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
