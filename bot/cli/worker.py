"""`worker`."""

from .serve import serve


def main() -> int:
    """The bot's later work alone; any number of these."""
    return serve("worker")
