"""PostgreSQL behind PgBouncer in transaction mode: many commands at once, each answered.

`python -m tests.drills.pool --count N` runs it by hand, with and without `ignore_startup_parameters`, as hosts have
both. Half of the commands only read, half write; four people type at once.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
from collections import Counter
from pathlib import Path

import httpx

from tests.databases import fresh
from tests.pool import IGNORED, PGBOUNCER, pooled
from tests.stories.story import Story, told

PEOPLE = ("mei", "tom", "lin", "wang")
WORDS = ("status", "lang zh", "remind", "lang auto")


async def drill(folder: Path, count: int, ignored: str) -> Counter[str]:
    """So many commands; how many were answered, and how not."""
    if PGBOUNCER is None:
        raise SystemExit("no PgBouncer (Debian: apt install pgbouncer)")
    seen: Counter[str] = Counter()
    with fresh("postgresql", folder) as url:
        async with pooled(url, PGBOUNCER, ignored) as address, told(address) as story:
            await asyncio.gather(*(_types(story, seen, who, count // len(PEOPLE)) for who in PEOPLE))
    return seen


async def _types(story: Story, seen: Counter[str], who: str, count: int) -> None:
    for number in range(count):
        try:
            answer = await story.tries("command", who=who, text=f"/sharge {WORDS[number % len(WORDS)]}")
        except httpx.HTTPError as error:
            seen[type(error).__name__] += 1
        else:
            seen["answered" if answer["ok"] and answer.get("status", 200) == 200 else str(answer)[:200]] += 1


class Errors(logging.Handler):
    """Counts what the bot logs as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, with what was raised."""
        raised = record.exc_info[1] if record.exc_info else None
        self.seen.append(f"{record.getMessage()}: {raised!r}"[:300])


async def by_hand(count: int) -> bool:
    """Run and print; whether nothing failed."""
    errors = Errors()
    logging.getLogger().addHandler(errors)
    well = True
    for ignored in ("", IGNORED):
        with tempfile.TemporaryDirectory(prefix="sharge-drill-") as folder:
            seen = await drill(Path(folder), count, ignored)
        failed = sum(seen.values()) - seen["answered"]
        well = well and not failed and not errors.seen
        how = "with" if ignored else "without"
        print(f"pool: N {count}, {how} ignore_startup_parameters, failed {failed}, errors {len(errors.seen)}")
        for line in [*(what for what in seen if what != "answered"), *errors.seen[:5]]:
            print(f"  {line}")
    return well


def main() -> int:
    """0 when nothing failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.pool", description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    return 0 if asyncio.run(by_hand(parser.parse_args().count)) else 1


if __name__ == "__main__":
    sys.exit(main())
