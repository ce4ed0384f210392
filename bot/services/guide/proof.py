"""Proof: a token has shown which account on Coze is the person's."""

from bot.core.account import Proof
from bot.core.guide import Learned, LearnedFacts
from bot.coze.answers import Account
from bot.services.join.accounts import Accounts
from bot.store.database import Tx

from .check import Effect, StepContext

UID = "uid"
"""The fact that holds the account's id."""


def proven(accounts: Accounts, at: StepContext, account: Account) -> Effect:
    """It is written down, and whatever waits for it looks again. Nothing is known of one that somebody else holds."""

    async def prove(tx: Tx) -> LearnedFacts:
        found = await accounts.prove(tx, at.guide.team_id, at.guide.user_id, account)
        return {UID: Learned.verified(account.user_id)} if found is Proof.PROVEN else {}

    return prove
