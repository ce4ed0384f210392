"""Each kind of job has its words: what it was for, and what giving it up means."""

from pathlib import Path

from bot.slack.views.job_words import WORDS
from bot.store.about import DRAW
from tests.databases import fresh
from tests.slack.bot import awake


async def test_every_kind_of_job_has_words(tmp_path: Path) -> None:
    """Those of a bot with all that can be set up, and no others."""
    with fresh("sqlite", tmp_path) as url:
        async with awake(url) as bot:
            kinds = set(bot.app.job_runner._handlers)
    assert kinds - {DRAW} <= WORDS.keys()
    assert WORDS.keys() - kinds <= {"verdict", "review_look", "review_wait"}, "only a review desk has these"
