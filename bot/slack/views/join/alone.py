"""The only admin has asked to join: what they and whoever decides read about it."""

from slack_sdk.models.blocks import Block, ButtonElement, PlainTextInputElement, RichTextElement

from bot.core.account import Grade
from bot.core.join import NOBODY, PURPOSE_LENGTH, REASON_SHORTEST, Instead, Request
from bot.slack.router import View
from bot.texts.locale import Locale

from ..parts import (
    Card,
    Line,
    Mention,
    actions,
    button,
    context,
    fallback_text,
    field,
    header,
    line,
    modal,
    paragraph,
    quote,
    rich_text,
    text_section,
)
from .act import act
from .approving import whom
from .grade import prove, short
from .shared import sent


def alone(request: Request, locale: Locale, instead: Instead, *also: ButtonElement) -> Card:
    """Their own card while it waits: that no other admin decides, who may, and what to do. `also` can be pressed."""
    proving = [] if request.grade is Grade.PROVEN else [prove(locale, primary=instead == NOBODY)]
    only = locale._("You're the only admin, and nobody decides about their own request.")
    if instead.themself:
        only = locale._("You're the only admin, so no other one decides about your request.")
    looks = line(locale._("I look every few hours whether there is another admin"))
    edit = button(locale._("Edit request…"), "join.edit", request.id)
    blocks: list[Block] = [
        header(act(request, locale)),
        paragraph(locale, sent(request, locale), line(only), *_what_next(locale, instead, is_own=True)),
        actions(
            *_myself(request, locale, instead),
            *proving,
            edit,
            *also,
        ),
        context(locale, looks, line(short(request, locale))),
    ]
    return Card(locale._("You're the only admin, so nobody else can decide about your request"), blocks)


def alone_notes(request: Request, locale: Locale, instead: Instead) -> list[RichTextElement]:
    """The same for whoever decides."""
    if not request.alone_at:
        return []
    text = locale._("⚠️ {who} is the only admin and can't decide about their own request.")
    if instead.themself:
        text = locale._("⚠️ {who} is the only admin.")
    return [
        text_section(locale, line(text, who=Mention(request.user_id)), *_what_next(locale, instead, is_own=False))
    ]


def own_form(request: Request, locale: Locale) -> View:
    """Says whose account is let in, and asks for the reason that all admins read."""
    blocks: list[Block] = [
        paragraph(locale, line(locale._("Slack was asked just now: nobody else is an admin."))),
        paragraph(locale, line("{sure}", sure=whom(request, locale))),
        field(
            "join.reason",
            locale._("Reason"),
            PlainTextInputElement(
                action_id="value", multiline=True, min_length=REASON_SHORTEST, max_length=PURPOSE_LENGTH
            ),
            hint=locale._("Told in the admin channel word for word, 300 characters at most."),
        ),
    ]
    title, submit = locale._("Approve it yourself"), locale._("Approve and tell all")
    metadata = f"{request.id}:{request.version}"
    return modal(title, locale._("Back"), blocks, "join.approve_own", submit, metadata)


def asking(locale: Locale) -> View:
    """Until Slack has told."""
    blocks = [paragraph(locale, line(locale._("⏳ Asking Slack who is an admin today…")))]
    return modal(locale._("Approve it yourself"), locale._("Back"), blocks, "told")


def not_alone(locale: Locale) -> View:
    """Somebody else can decide."""
    blocks = [paragraph(locale, line(locale._("There is another admin by now, who decides. Nothing was changed.")))]
    return modal(locale._("Approve it yourself"), locale._("Close"), blocks, "told")


def own_notice(request: Request, locale: Locale) -> Card:
    """Rings in the admin channel: the only admin has let themselves in."""
    told = line(locale._("⚠️ {who}, the only admin, approved their own request:"), who=Mention(request.user_id))
    blocks: list[Block] = [
        rich_text(text_section(locale, told), quote(request.note or "")),
    ]
    return Card(fallback_text(locale, told), blocks)


def _myself(request: Request, locale: Locale, instead: Instead) -> list[ButtonElement]:
    if not instead.themself:
        return []
    value = f"{request.id}:{request.version}"
    return [button(locale._("Approve it myself…"), "join.approve_own", value, primary=not instead.deputies)]


def _what_next(locale: Locale, instead: Instead, *, is_own: bool) -> list[Line]:
    """Who decides, else what whoever runs the bot has to do."""
    text = locale._("⏳ {who} decides as a deputy and has the card.")
    lines = [line(text, who=Mention(each)) for each in instead.deputies]
    if instead.themself:
        mine = locale._("You may approve it yourself, with a reason that is told to all in the admin channel.")
        theirs = locale._("They can approve it themselves, with a reason that I post in the admin channel.")
        lines.append(line(mine if is_own else theirs))
    return lines or [
        line(locale._("Ask whoever runs the bot: a second admin in `ADMIN_USERS` or `ADMIN_GROUP` can decide,")),
        line(locale._("or a deputy in `DEPUTY_USERS`, who decides about this request alone.")),
    ]
