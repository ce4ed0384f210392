"""Approving with words: the form, and how the words are read."""

from slack_sdk.models.blocks import Block, PlainTextInputElement

from bot.core.account import Grade
from bot.core.join import PURPOSE_LENGTH, JoinState, Request
from bot.slack.fields import Fields
from bot.slack.router import View
from bot.texts.locale import Locale

from ..parts import field, line, modal, name, paragraph, quote, rich_text, text_section
from .shared import decider, person

SAYS = frozenset({JoinState.APPROVED, JoinState.INVITED, JoinState.JOINED})
"""The note belongs to the approval, for as long as that stands."""


def note_form(request: Request, locale: Locale) -> View:
    """Says whose account is let in, as the button's own question does, and takes the note."""
    is_proven = request.grade is Grade.PROVEN
    blocks: list[Block] = [
        paragraph(locale, person(request, locale)),
        paragraph(locale, line("{sure}" if is_proven else "⚠️ {sure}", sure=whom(request, locale))),
        field(
            "join.note",
            locale._("Your note"),
            PlainTextInputElement(
                action_id="value",
                multiline=True,
                max_length=PURPOSE_LENGTH,
                placeholder=locale._("whom to ask, where to begin"),
            ),
            hint=locale._("Sent to the person word for word, 300 characters at most."),
        ),
    ]
    submit = locale._("Approve and invite") if is_proven else locale._("Approve anyway")
    metadata = f"{request.id}:{request.version}"
    return modal(locale._("Approve with a note"), locale._("Back"), blocks, "join.approve", submit, metadata)


def whom(request: Request, locale: Locale) -> str:
    """Whose account the approval lets in, and how surely."""
    if request.grade is Grade.PROVEN:
        return locale._(
            "I'll invite the Coze account “{nick}” ({uid}), verified to be theirs, to ShargeAI right away.",
            nick=name(request.nick),
            uid=request.coze_uid,
        )
    return locale._(
        "The owner of {uid} gets the invitation. If the ID is wrong, somebody else joins.", uid=request.coze_uid
    )


def read(fields: Fields) -> str:
    """The note."""
    return fields.text("join.note")


def noted(request: Request, locale: Locale) -> list[Block]:
    """What the admin wrote with the approval; nothing where they wrote nothing."""
    if not request.note or request.state not in SAYS:
        return []
    wrote = line(locale._("{by} wrote:"), by=decider(request, locale))
    return [rich_text(text_section(locale, wrote), quote(request.note))]
