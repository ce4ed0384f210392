"""Some broken payloads; `python -m tests.drills.payloads` sends thousands."""

from pathlib import Path

import pytest

from tests.databases import KINDS, fresh
from tests.drills.payloads import drill

COUNT, SEED = 250, 7


@pytest.mark.parametrize("kind", KINDS)
async def test_no_broken_payload_breaks_the_bot(kind: str, tmp_path: Path) -> None:
    with fresh(kind, tmp_path) as url:
        tally = await drill(url, COUNT, SEED)
    assert tally.wrong == 0, f"{tally} {tally.dropped[:2]} {tally.tracebacks[:2]}"
    assert tally.statuses[200] > COUNT / 10
    assert tally.statuses[400] > COUNT / 10
