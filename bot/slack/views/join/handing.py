"""Handing a request on to another admin: the form."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticSelectElement,
)

from bot.core.join import WHY_LENGTH, Request
from bot.services.admins import Admin
from bot.slack.fields import Fields
from bot.slack.router import View
from bot.texts.locale import Locale

from ..parts import context, field, line, modal, name, paragraph
from .shared import person

FEW = 10  # choices that radio buttons may have
MOST = 100  # and a menu


def assign_form(request: Request, locale: Locale, admins: Sequence[Admin], *, is_sure: bool = True) -> View:
    """Asks which of the admins shall decide. Without `is_sure` Slack is being asked who they are."""
    about: Block = paragraph(locale, person(request, locale))
    close, title = locale._("Back"), locale._("Reassign request")
    asking: list[Block] = (
        [] if is_sure else [context(locale, line(locale._("⏳ Asking Slack who is an admin today…")))]
    )
    if not admins:
        return modal(title, close, [about, *(asking or [_nobody(locale)])], "join.assign", metadata=str(request.id))
    who = field(
        "join.assignee",
        locale._("Who decides"),
        _choice(request, locale, admins),
        hint=locale._("Admins only. They get the card by direct message; others may still decide too."),
    )
    note = field(
        "join.note",
        locale._("Add a note"),
        PlainTextInputElement(action_id="value", max_length=WHY_LENGTH, placeholder=locale._("why them")),
        hint=locale._("Admins read it on the card, the person doesn't."),
        optional=True,
    )
    blocks: list[Block] = [about, who, note, *asking]
    return modal(title, close, blocks, "join.assign", locale._("Reassign"), str(request.id))


def read(fields: Fields) -> tuple[str, str]:
    """The user id of the admin who shall decide, "" for nobody, and the note."""
    return fields.text("join.assignee"), fields.text("join.note")


def _choice(request: Request, locale: Locale, admins: Sequence[Admin]) -> InputInteractiveElement:
    """Slack's own list of people can't be narrowed to admins (docs.slack.dev/reference/block-kit/block-elements,
    users_select has no filter), so they are named one by one.
    """
    is_short = len(admins) <= FEW
    options = [_option(each, locale, described=is_short) for each in admins[:MOST]]
    only = options[0] if len(options) == 1 else None
    chosen = next((each for each in options if each.value == request.assignee), only)
    if is_short:
        return RadioButtonsElement(action_id="value", options=options, initial_option=chosen)
    placeholder = locale._("pick an admin")
    return StaticSelectElement(action_id="value", placeholder=placeholder, options=options, initial_option=chosen)


def _option(admin: Admin, locale: Locale, *, described: bool) -> Option:
    text = PlainTextObject(text=name(admin.person.name), emoji=False)
    if not described or not admin.in_hand:
        return Option(text=text, value=admin.person.user_id)
    count = locale.ngettext("{count} request in hand", "{count} requests in hand", admin.in_hand)
    about = PlainTextObject(text=count, emoji=False)
    return Option(text=text, value=admin.person.user_id, description=about)


def _nobody(locale: Locale) -> Block:
    alone = line(locale._("Nobody else is an admin today, so there is nobody to hand it to."))
    mend = line(locale._("Whoever runs the bot names more with ADMIN_USERS or ADMIN_GROUP."))
    return paragraph(locale, alone, mend)
