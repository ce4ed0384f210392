"""How surely a request's Coze account is the person's, in words; and the button by which they show it."""

from slack_sdk.models.blocks import ButtonElement

from bot.core.account import Grade
from bot.core.join import UNDECIDED, Request
from bot.texts.locale import Locale

from ..parts import Code, Line, button, line, name


def account_line(request: Request, locale: Locale) -> Line:
    """The account, as the person calls it and by its ID; that there is none, where it turned out to be another's."""
    if not request.coze_uid:
        return line(locale._("No Coze account"))
    return line(locale._("Coze account “{nick}” {uid}"), nick=name(request.nick), uid=Code(request.coze_uid))


def short(request: Request, locale: Locale) -> str:
    """In a few words, for a row or small print."""
    if not request.coze_uid:
        return locale._("⚠️ no account")
    return {
        Grade.PROVEN: locale._("✅ account verified"),
        Grade.INVITED: locale._("⚠️ account invited by us, not verified"),
        Grade.TYPED: locale._("⚠️ account not verified"),
    }[request.grade]


def known(request: Request, locale: Locale) -> list[Line]:
    """What whoever decides about the person has to know of the account."""
    if not request.coze_uid:
        text = locale._("⚠️ The account in the request is somebody else's, who has verified it. I asked for their own")
        return [line(text)]
    return [line(_grade(request, locale)), *_membership(request, locale)]


def _grade(request: Request, locale: Locale) -> str:
    match request.grade:
        case Grade.PROVEN:
            return locale._("✅ Account verified: Coze says it is theirs")
        case Grade.INVITED:
            return locale._("⚠️ Account not verified: its owner accepted our invitation, whoever that is")
    if request.state in UNDECIDED:
        return locale._(
            "⚠️ Account not verified: the ID was typed in and may be someone else's. Its owner gets the invitation"
        )
    return locale._("⚠️ Account not verified: the ID was typed in and may be someone else's")


def _membership(request: Request, locale: Locale) -> list[Line]:
    """Whether Coze lists it, while somebody has to decide."""
    if request.state not in UNDECIDED:
        return []
    if request.is_member is None:
        return [line(locale._("Not checked yet whether it is a member"))]
    if not request.is_member:
        return [line(locale._("Not a member yet · verified"))]
    if request.grade is Grade.PROVEN:
        return [line(locale._("Already a member on Coze · verified"))]
    text = locale._("⚠️ Already a member on Coze · verified. Unless it is theirs, they can't join with it")
    return [line(text)]


def prove(locale: Locale, *, primary: bool = True) -> ButtonElement:
    """The person shows whose their account is."""
    return button(locale._("Verify my account…"), "account.prove", primary=primary)
