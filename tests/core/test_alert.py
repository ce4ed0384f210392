"""What an alert says."""

from datetime import UTC, datetime

from bot.core.alert import Alert, Phase, Trouble

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def test_it_says_that_it_begins_or_ends() -> None:
    assert Alert(Trouble.SWEEP, NOW).phase is Phase.BEGINS
    assert Alert(Trouble.SWEEP, NOW, NOW).phase is Phase.ENDS
