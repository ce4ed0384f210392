"""`version`."""

import json
import platform

from click import Option

from bot import __version__
from bot.store.schema import HEAD

OPTIONS = (Option(["--json", "as_json"], is_flag=True, help="as JSON"),)


def main(*, as_json: bool) -> int:
    """Name this version, the schema that it brings a database to, and the Python that runs it."""
    told = {"version": __version__, "schema": HEAD, "python": platform.python_version()}
    line = f"sharge-concierge {told['version']}, schema {told['schema']}, Python {told['python']}"
    print(json.dumps(told) if as_json else line)
    return 0
