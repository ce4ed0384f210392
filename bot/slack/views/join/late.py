"""An approved request whose invitation did not get through, as the person sees it."""

from bot.core.join import WHOSE, Request
from bot.texts.locale import Locale

from ..buttons import HOME
from ..parts import (
    Card,
    actions,
    button,
    context,
    header,
    helped,
    line,
    link,
    numbered,
    paragraph,
    rich_text,
    text_section,
)
from .act import act
from .approving import noted
from .grade import prove
from .shared import FULL, OUTSIDER, REFUSES, WRONG_ID, approved, invitation_help
from .whose import unproven


def failed(request: Request, locale: Locale) -> Card:
    """What the person can do about it, or that there is nothing to do."""
    if request.error == WRONG_ID:
        return _wrong_id(request, locale)
    if request.error == REFUSES:
        return _refuses(request, locale)
    if request.error == WHOSE:
        return unproven(request, locale)
    reason = (
        locale._("The admins have to make room for you in Coze first; there's nothing for you to do.")
        if request.error in (FULL, OUTSIDER)
        else locale._("Coze hasn't accepted it yet. The admins can see that; there's nothing for you to do.")
    )
    blocks = [
        header(act(request, locale)),
        paragraph(locale, line(locale._("✅ Sent → ✅ approved → ⏳ **the invitation is late** → member"))),
        *noted(request, locale),
        paragraph(locale, line(reason)),
    ]
    return Card(locale._("Approved, but the Coze invitation is late; nothing for you to do"), blocks)


def _refuses(request: Request, locale: Locale) -> Card:
    """The person's own setting on Coze is in the way."""
    steps = [
        line(locale._("In Coze, open **[account]** (Account settings) and allow joining other spaces")),
        line(locale._("Tell an admin: they send the invitation again")),
    ]
    blocks = [
        header(act(request, locale)),
        rich_text(
            text_section(
                locale,
                approved(request, locale),
                line(locale._("❌ **Not there yet** · Your Coze account doesn't accept invitations to other spaces")),
            ),
            numbered(locale, *steps),
        ),
        *noted(request, locale),
        actions(link(locale._("Open Coze"), "coze", HOME, primary=True)),
        context(locale, line(locale._("Your approval stays valid"))),
    ]
    return Card(locale._("Approved, but your Coze account refuses invitations. Please allow them"), blocks)


def _wrong_id(request: Request, locale: Locale) -> Card:
    help = invitation_help(WRONG_ID, locale)
    blocks = [
        header(act(request, locale)),
        paragraph(
            locale,
            line(locale._("❌ **Not there yet** · Coze couldn't invite the user ID {uid}"), uid=request.coze_uid),
            helped(help.why, help),
            helped(help.do[0], help),
        ),
        *noted(request, locale),
        actions(prove(locale), button(help.button, "join.fix", request.id)),
        context(locale, approved(request, locale), line(locale._("An admin approves the corrected ID"))),
    ]
    return Card(locale._("Approved, but Coze could not invite this user ID. Please correct it"), blocks)
