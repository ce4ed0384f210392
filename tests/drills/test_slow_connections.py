"""Some slow connections; `python -m tests.drills.slow_connections` opens hundreds in each way."""

from pathlib import Path

from tests.drills.slow_connections import drill, in_every_way

COUNT, SEED = 60, 7


async def test_the_bot_stays_small_and_answers_who_is_genuine(tmp_path: Path) -> None:
    (found,) = await drill("sqlite", tmp_path, [in_every_way.__name__], COUNT, SEED)
    assert not found.wrong, found
