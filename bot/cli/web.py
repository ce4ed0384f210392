"""`web`."""

from .serve import serve


def main() -> int:
    """The bot's front door alone; any number of these."""
    return serve("web")
