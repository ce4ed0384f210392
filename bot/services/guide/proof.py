"""Proof: a token has shown which account on Coze is the person's."""

from bot.core.guide import Learned, LearnedFacts
from bot.store import job, people
from bot.store.database import Tx

from .check import Effect, StepContext

UID = "uid"
"""The fact that holds the account's id."""


def proven(at: StepContext, coze_uid: str) -> Effect:
    """It is written down, and whatever else waits for it looks again."""

    async def prove(tx: Tx) -> LearnedFacts:
        await people.prove(tx, at.guide.team_id, at.guide.user_id, coze_uid)
        await job.guides(tx, at.guide.team_id, at.guide.user_id, at.now)
        return {UID: Learned.verified(coze_uid)}

    return prove
