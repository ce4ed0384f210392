"""What a person has to do about their own request now: the head of its card, alone or in a guide's."""

from bot.core.account import Grade
from bot.core.join import UNDECIDED, WHOSE, JoinState, Request
from bot.texts.locale import Locale

from .shared import REFUSES, WRONG_ID


def act(request: Request, locale: Locale) -> str:
    """The one thing to do, or that there is nothing."""
    match request.state:
        case state if state in UNDECIDED and not request.coze_uid:
            return locale._("Enter your own Coze account")
        case JoinState.PENDING if request.alone_at:
            return locale._("You are the only admin")
        case JoinState.PENDING if request.proof_asked_at and request.grade is not Grade.PROVEN:
            return locale._("Verify that the account is yours")
        case JoinState.INFO_REQUESTED:
            return locale._("Answer the admin's question")
        case JoinState.APPROVED if request.error:
            return _about_failed(request.error, locale)
        case JoinState.APPROVED:
            return locale._("Approved 🎉 Nothing to do yet")
        case JoinState.INVITED:
            return locale._("Accept the ShargeAI invitation in Coze")
        case JoinState.DECLINED:
            return locale._("Add details and ask again")
        case JoinState.REMOVED:
            return locale._("You aren't in the ShargeAI team any more")
        case JoinState.EXPIRED | JoinState.REVOKED:
            return locale._("Request to join again")
        case _:
            return locale._("Waiting for an admin, nothing to do")


def _about_failed(error: str, locale: Locale) -> str:
    acts = {
        WRONG_ID: locale._("Correct your Coze user ID"),
        WHOSE: locale._("Verify that the account is yours"),
        REFUSES: locale._("Allow invitations in Coze"),
    }
    return acts.get(error) or locale._("The invitation is late, nothing to do")
