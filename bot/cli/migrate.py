"""`migrate`."""

import json
from dataclasses import asdict

from click import Option

from bot.settings import Settings, revealed
from bot.store import schema

from .operate import operate

OPTIONS = (Option(["--json", "as_json"], is_flag=True, help="as JSON"),)


def main(*, as_json: bool) -> int:
    """Bring the database schema to the newest version."""

    def run(settings: Settings) -> None:
        done = schema.migrate(revealed(settings.database_url))
        print(json.dumps(asdict(done)) if as_json else done)

    return operate(run, slack=False)
