"""An approved request whose invitation did not get through, as the person sees it."""

from bot.core.join import Request
from bot.texts import Reader

from ..buttons import COZE
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
from .shared import FULL, OUTSIDER, REFUSES, WRONG_ID, approved, invitation_help, number, sent


def failed(request: Request, reader: Reader) -> Card:
    """What the person can do about it, or that there is nothing to do."""
    if request.error == WRONG_ID:
        return _wrong_id(request, reader)
    if request.error == REFUSES:
        return _refuses(request, reader)
    steps = [
        sent(request, reader),
        approved(request, reader),
        line(reader.t("⏳ **Coze invitation · delayed**")),
        line(reader.t("◽ Joined ShargeAI · later")),
    ]
    reason = (
        reader.t("The admins have to make room for you on Coze first; nothing to do for you.")
        if request.error in (FULL, OUTSIDER)
        else reader.t("Coze did not take it yet. The admins see that; nothing to do for you.")
    )
    blocks = [
        header(reader.t("Join request · approved, invitation late")),
        paragraph(reader, *steps),
        paragraph(reader, line(reason)),
        context(reader, number(request, reader)),
    ]
    return Card(reader.t("Approved, but the Coze invitation is late; nothing to do for you"), blocks)


def _refuses(request: Request, reader: Reader) -> Card:
    """The person's own setting on Coze is in the way."""
    steps = [
        line(reader.t("In Coze, open **[account]** (Account settings) and allow joining other spaces")),
        line(reader.t("Tell an admin: they send the invitation again")),
    ]
    blocks = [
        header(reader.t("Join request · please allow invitations")),
        rich_text(
            text_section(
                reader,
                approved(request, reader),
                line(reader.t("❌ **Fix** Your Coze account does not accept invitations to other spaces")),
            ),
            numbered(reader, *steps),
        ),
        actions(link(reader.t("Open Coze"), "coze", COZE, primary=True)),
        context(reader, line(reader.t("Your approval stays valid")), number(request, reader)),
    ]
    return Card(reader.t("Approved, but your Coze account refuses invitations. Please allow them"), blocks)


def _wrong_id(request: Request, reader: Reader) -> Card:
    help = invitation_help(WRONG_ID, reader)
    blocks = [
        header(reader.t("Join request · please correct the ID")),
        paragraph(
            reader,
            approved(request, reader),
            line(reader.t("❌ **Fix** Coze could not invite the user ID {uid}"), uid=request.coze_uid),
            helped(help.why, help),
            helped(help.do[0], help),
        ),
        actions(button(help.button, "join.fix", request.id, primary=True), link(reader.t("Open Coze"), "coze", COZE)),
        context(reader, line(reader.t("Your approval stays valid")), number(request, reader)),
    ]
    return Card(reader.t("Approved, but Coze could not invite this user ID. Please correct it"), blocks)
