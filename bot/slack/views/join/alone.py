"""The only admin has asked to join: what they and whoever decides read about it."""

from slack_sdk.models.blocks import Block, ButtonElement, RichTextElement

from bot.core.account import Grade
from bot.core.join import Instead, Request
from bot.texts.locale import Locale

from ..parts import Card, Line, Mention, actions, button, context, header, line, paragraph, text_section
from .grade import prove, short
from .shared import number, sent


def alone(request: Request, locale: Locale, instead: Instead, *also: ButtonElement) -> Card:
    """Their own card while it waits: that no other admin decides, who may, and what to do. `also` can be pressed."""
    proving = [] if request.grade is Grade.PROVEN else [prove(locale, primary=not instead.deputies)]
    only = line(locale._("You're the only admin, and nobody decides about their own request."))
    looks = line(locale._("I look every few hours whether there is another admin"))
    blocks: list[Block] = [
        header(locale._("Join request · you're the only admin")),
        paragraph(locale, sent(request, locale), only, *_what_next(locale, instead)),
        actions(*proving, button(locale._("Edit request…"), "join.edit", request.id), *also),
        context(locale, looks, line(short(request, locale)), number(request, locale)),
    ]
    return Card(locale._("You're the only admin, so nobody else can decide about your request"), blocks)


def alone_notes(request: Request, locale: Locale, instead: Instead) -> list[RichTextElement]:
    """The same for whoever decides."""
    if not request.alone_at:
        return []
    text = locale._("⚠️ {who} is the only admin and can't decide about their own request.")
    return [text_section(locale, line(text, who=Mention(request.user_id)), *_what_next(locale, instead))]


def _what_next(locale: Locale, instead: Instead) -> list[Line]:
    """Who decides, else what whoever runs the bot has to do."""
    if instead.deputies:
        text = locale._("⏳ {who} decides as a deputy and has the card.")
        return [line(text, who=Mention(each)) for each in instead.deputies]
    return [
        line(locale._("Ask whoever runs the bot: a second admin in `ADMIN_USERS` or `ADMIN_GROUP` can decide,")),
        line(locale._("or a deputy in `DEPUTY_USERS`, who decides about this request alone.")),
    ]
