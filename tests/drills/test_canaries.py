"""Each place once; `python -m tests.drills.canaries` goes round as often as one likes."""

from pathlib import Path

from tests.databases import fresh
from tests.drills.canaries import drill

LEAST, SEED = 60, 7


async def test_no_secret_is_found_outside_the_field_that_asked_for_it(tmp_path: Path) -> None:
    with fresh("sqlite", tmp_path) as url:
        tally = await drill(url, tmp_path, 1, SEED)
    assert tally.planted.total() >= LEAST
    assert tally.is_fine, f"{tally} {tally.found}"
