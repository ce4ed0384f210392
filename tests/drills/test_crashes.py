"""Three crashes of PostgreSQL, one in each way; `python -m tests.drills.crashes` plays as many as one likes.

That it serves again within ten seconds is looked at by hand, on a machine that does nothing else.
"""

from pathlib import Path

import pytest

from tests import cluster
from tests.drills.crashes import PARTS, drill

REMINDERS, CRASHES, SEED = 150, 3, 7


async def test_reminders_outlive_a_database_that_crashes(tmp_path: Path) -> None:
    tally = await drill(tmp_path, REMINDERS, CRASHES, SEED, PARTS[:2])
    assert tally.kills == len(tally.seconds) == CRASHES
    assert tally.lost == []
    assert tally.doubled == []


@pytest.mark.parametrize(("ci", "ends"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_without_initdb_it_is_left_out_but_not_in_ci(
    ci: str, ends: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(cluster, "PLACES", tmp_path)
    with pytest.raises(ends, match="no initdb"):
        cluster.programs()
