"""`run`."""

from .serve import serve


def main() -> int:
    """The bot, everything in one process."""
    return serve("run")
