"""Some bad keys and assertions; `python -m tests.drills.bad_secrets` reads many and takes the time."""

from tests.drills.bad_secrets import drill

COUNT, SEED = 150, 7


async def test_one_named_reason_for_each_and_no_echo() -> None:
    tally = await drill(COUNT, SEED)
    assert not tally.unnamed, tally
    assert not tally.echoed, tally
    assert sum(tally.reasons.values()) == COUNT
