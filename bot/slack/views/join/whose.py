"""A request whose account is in doubt, as the person sees it: not theirs, or not shown to be."""

from slack_sdk.models.blocks import ButtonElement

from bot.core.join import Request
from bot.texts.locale import Locale

from ..parts import Card, Code, Line, actions, button, context, header, line, paragraph
from .act import act
from .approving import noted
from .grade import prove
from .shared import approved


def no_account(request: Request, locale: Locale, *also: ButtonElement) -> Card:
    """Somebody else has shown that the account was theirs. `also` can be pressed too."""
    own = button(locale._("Enter my account…"), "join.edit", request.id, primary=True)
    blocks = [
        header(act(request, locale)),
        paragraph(locale, *_lost(locale)),
        actions(own, prove(locale, primary=False), *also),
        context(locale, line(locale._("Everything else of your request stays"))),
    ]
    return Card(locale._("The Coze account in your request is somebody else's. Please enter your own"), blocks)


def _lost(locale: Locale) -> list[Line]:
    return [
        line(locale._("The user ID in your request belongs to somebody else, who has verified it.")),
        line(locale._("With so many digits that happens. Enter your own, or verify it and I'll read it for you.")),
    ]


def unproven(request: Request, locale: Locale) -> Card:
    """Approved, and the account is in the team already: whose it is nobody knows."""
    fact = locale._("⚠️ The account {uid} is in the team already, so I have to be sure that it's yours.")
    blocks = [
        header(act(request, locale)),
        paragraph(
            locale,
            approved(request, locale),
            line(fact, uid=Code(request.coze_uid)),
            line(locale._("Verify it, and you're in. Is it another one? Correct the user ID.")),
        ),
        *noted(request, locale),
        actions(prove(locale), button(locale._("Correct user ID…"), "join.fix", request.id)),
        context(locale, line(locale._("Your approval stays valid"))),
    ]
    return Card(locale._("Approved; please verify that the Coze account is yours"), blocks)
