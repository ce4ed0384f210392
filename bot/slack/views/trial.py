"""One question to an agent that is online: the form, and what it answers."""

from typing import Any

from slack_sdk.models.blocks import Block, PlainTextInputElement

from bot.core.publish import QUESTION, Publication
from bot.coze.errors import CozeError
from bot.slack.fields import Fields
from bot.texts.locale import Locale, error_help

from .buttons import OPERATORS
from .parts import (
    QUOTED,
    Code,
    Line,
    context,
    field,
    fit,
    helped,
    line,
    modal,
    paragraph,
    quote,
    rich_text,
    text_section,
)

ASKED = "publish.try"
TITLE = 22.0  # letters in a form's title


def form(publication: Publication, locale: Locale) -> dict[str, Any]:
    """What to ask it, and what that costs."""
    hello = locale._("Hello, what can you do for me?")
    words = PlainTextInputElement(action_id="value", multiline=True, max_length=QUESTION, initial_value=hello)
    blocks: list[Block] = [
        field("publish.question", locale._("Your question"), words),
        context(locale, _cost(locale)),
    ]
    return _modal(publication, locale, blocks, locale._("Ask"))


def asking(publication: Publication, locale: Locale) -> dict[str, Any]:
    """Until it has answered."""
    return _modal(publication, locale, [paragraph(locale, line(locale._("⏳ Asking it, up to a minute…")))])


def answered(publication: Publication, locale: Locale, question: str, answer: str) -> dict[str, Any]:
    """Its own words, and on which channel they were said."""
    blocks: list[Block] = [
        rich_text(text_section(locale, line("{question}", question=question)), quote(answer or "…", QUOTED)),
        context(
            locale,
            line(locale._("✅ It answered on the API channel · verified")),
            line(locale._("the glasses ask on a channel of their own: say it there once")),
        ),
    ]
    return _modal(publication, locale, blocks)


def silent(publication: Publication, locale: Locale, error: CozeError) -> dict[str, Any]:
    """Why there is no answer, and what to do."""
    help = error_help(error.help, locale)
    ours = line(locale._("The problem is my own credential: please tell an admin."))
    lines = [line(f"❌ **{help.what}**"), ours if help.key in OPERATORS else helped(help.why, help)]
    blocks: list[Block] = [paragraph(locale, *lines)]
    if error.log_id:
        blocks.append(context(locale, line(locale._("log ID {id}"), id=Code(error.log_id))))
    return _modal(publication, locale, blocks)


def read(fields: Fields) -> str:
    """The question."""
    return fields.text("publish.question")


def _cost(locale: Locale) -> Line:
    return line(locale._("1 chat of the space's quota, and about 4 calls to Coze; nothing of it is kept"))


def _modal(
    publication: Publication, locale: Locale, blocks: list[Block], submit: str | None = None
) -> dict[str, Any]:
    title = fit(locale._("Ask {name}"), publication.agent_name, TITLE)
    close = locale._("Back") if submit else locale._("Close")
    return modal(title, close, blocks, ASKED, submit, str(publication.id))
