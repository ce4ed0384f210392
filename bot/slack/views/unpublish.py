"""Taking an agent off the channel: the form, and what its card says meanwhile."""

from typing import Any

from slack_sdk.models.blocks import Block, PlainTextInputElement, RichTextElement

from bot.core.publish import OFF_REASON, Publication
from bot.slack.fields import Fields
from bot.texts.locale import Locale, error_help

from .buttons import OPERATORS
from .parts import Mention, bullets, field, fit, helped, line, modal, name, rich_text, text_section

OWN, ANY = "publish.unpublish", "publish.take_off"
"""The forms of an author and of an admin."""

TITLE = 22.0  # letters in a form's title


def form(publication: Publication, locale: Locale, callback_id: str) -> dict[str, Any]:
    """What becomes of it, and the reason."""
    about = line(locale._("“{name}” is taken off [channel]:"), name=name(publication.agent_name))
    facts = [
        line(locale._("People can't find it on their glasses any more; anyone using it is cut off")),
        line(locale._("It keeps working on the API channel")),
        line(locale._("Agent and versions stay; publish it again any time, for another review")),
    ]
    words = PlainTextInputElement(action_id="value", multiline=True, max_length=OFF_REASON)
    hint = locale._("Shown to admins, in the release history and on Coze.")
    blocks: list[Block] = [
        rich_text(text_section(locale, about), bullets(locale, *facts)),
        field("publish.off_reason", locale._("Why take it offline?"), words, hint),
    ]
    title = fit(locale._("Take {name} offline"), publication.agent_name, TITLE)
    return modal(title, locale._("Back"), blocks, callback_id, locale._("Take offline"), str(publication.id))


def read(fields: Fields) -> str:
    """The reason."""
    return fields.text("publish.off_reason")


def wished(publication: Publication, locale: Locale) -> list[RichTextElement]:
    """Below what is online: that it is on its way off the channel, or what kept it there."""
    if publication.off_at is None:
        return []
    if not publication.error:
        by = Mention(publication.off_by or "")
        return [text_section(locale, line(locale._("⏳ Being taken off [channel], requested by {by}"), by=by))]
    help = error_help(publication.error, locale)
    what = line(locale._("❌ Coze didn't take it off: {what}"), what=help.what)
    ours = line(locale._("The problem is my own credential: please tell an admin."))
    return [text_section(locale, what, ours if help.key in OPERATORS else helped(help.why, help))]
