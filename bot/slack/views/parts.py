"""The parts every card is made of: other people's strings, lines of text, dates, buttons, small print.

A text that is ours is a template: `{name}` is filled in, **bold** and `code` are drawn. What other people wrote is
only ever filled in, so nothing in it is parsed (rich_text takes it as it is; mrkdwn gets it escaped).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    InputBlock,
    InputInteractiveElement,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextListElement,
    RichTextQuoteElement,
    RichTextSectionElement,
    SectionBlock,
)

from bot.core.people import DELETED
from bot.texts.filling import apart, fill
from bot.texts.locale import Help, Locale

from .dumped import dumped
from .mention import in_mrkdwn, in_rich_text

HEADING = 45.0  # letters in a header; 20 Chinese characters take the same room
WIDE = HEADING / 20  # letters that take the room of a Chinese character
LONGEST_NAME = 40  # characters of a name anywhere
NAME = 24  # characters of a name in headers and buttons
ALOUD = 75  # characters that a screen reader is given for a button
TYPED = 300  # characters of what people write to each other here
QUOTED = 600  # characters of what comes from Coze
DAY, TIME = "{date_short_pretty}", "{date_short_pretty} {time}"

_MARKUP = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`]+)`|\{(?P<name>\w+)\}")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EDGE_SIGN = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])")


def clean(text: str) -> str:
    """The text without signs that change how their surroundings read: controls and changes of direction."""
    kept = (sign for sign in text if sign not in _BIDI)
    return "".join(sign for sign in kept if sign == "\n" or unicodedata.category(sign) != "Cc")


def name(text: str) -> str:
    """Somebody's name for a thing, on one line, never empty and never endless."""
    return cut(" ".join(clean(text.replace("\n", " ")).split()), LONGEST_NAME) or "?"


def cut(text: str, longest: int) -> str:
    """At most `longest` characters, ending in … when something was left out."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    while kept and (unicodedata.combining(kept[-1]) or kept[-1] in "\u200d\ufe0f"):
        kept = kept[:-1]
    return kept.rstrip() + "…"


def width(text: str) -> float:
    """The room a text takes, in letters."""
    return sum(WIDE if unicodedata.east_asian_width(sign) in "WF" else 1.0 for sign in text)


def fit(template: str, called: str, room: float, **more: str) -> str:
    """The template with a name in it, the name cut so that all fits into so many letters; `more` is not."""
    free = room - width(fill(template, {"name": "", **more}))
    called = cut(name(called), NAME)
    while len(called) > 1 and width(called) > free:
        called = cut(name(called), len(called) - 1)
    return fill(template, {"name": called, **more})


def escape(text: str) -> str:
    """Other people's words for mrkdwn: nothing in them is parsed.

    A formatting sign works only beside a blank or punctuation, so an invisible word joiner on both sides disarms it;
    the code sign works everywhere and is replaced (docs.slack.dev/messaging/formatting-message-text).
    """
    text = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "'")
    return _EDGE_SIGN.sub(lambda match: f"\u2060{match[0]}\u2060", text)


def with_name(template: str, called: str, **values: str) -> str:
    """A message's `text`, with somebody's name for a thing in it; `values` are our own words."""
    return fill(template, {"name": escape(name(called)), **values})


@dataclass(frozen=True)
class Card:
    """One message. `text` is the same fact for notifications and screen readers."""

    text: str
    blocks: Sequence[Block]

    def payload(self) -> dict[str, Any]:
        """`text` and `blocks` as chat.postMessage, chat.update and response_url take them."""
        return {"text": self.text, "blocks": [dumped(block) for block in self.blocks]}


def quiet(card: Card) -> Card:
    """The card without what can be pressed: another one has the next act."""
    kept = [block for block in card.blocks if not isinstance(block, ActionsBlock)]
    for number, block in enumerate(kept):
        if isinstance(block, SectionBlock) and block.accessory:
            kept[number] = SectionBlock(text=block.text)
    return Card(card.text, kept)


@dataclass(frozen=True)
class Mention:
    """A person of the workspace, a user group or a channel, by id, or `DELETED`."""

    user_id: str


@dataclass(frozen=True)
class Moment:
    """A point in time, which each person sees in their own zone; `day` leaves the clock out."""

    at: datetime
    day: bool = False


@dataclass(frozen=True)
class Link:
    """Words that lead to a page or message; the words alone where there is no `url`."""

    text: str
    url: str


@dataclass(frozen=True)
class Code:
    """An id or a value to copy."""

    text: str


Piece = str | int | Mention | Moment | Code | Link
Pieces = Mapping[str, Piece]
Style = dict[str, bool]


@dataclass(frozen=True)
class Line:
    """A template in the reader's language and what fills it."""

    template: str
    pieces: Pieces


def line(template: str, **pieces: Piece) -> Line:
    """One line of text."""
    return Line(template, pieces)


def helped(template: str, help: Help) -> Line:
    """A line of the error help; what Coze or people said in it is kept short."""
    return Line(template, {key: cut(value, TYPED) for key, value in help.values.items()})


def advice(help: Help, locale: Locale) -> RichTextElement:
    """What to do now, numbered where it is more than one thing."""
    steps = [helped(step, help) for step in help.do]
    return numbered(locale, *steps) if len(steps) > 1 else text_section(locale, *steps)


def fallback_text(locale: Locale, text: Line) -> str:
    """A line for a message's `text`: times in words, as a notification and a screen reader need them."""
    pieces = {key: _fallback(locale, each) if isinstance(each, Moment) else each for key, each in text.pieces.items()}
    return mrkdwn(locale, Line(text.template, pieces))


def paragraph(locale: Locale, *lines: Line) -> RichTextBlock:
    """The lines as one paragraph."""
    return RichTextBlock(elements=[text_section(locale, *lines)])


def rich_text(*elements: RichTextElement) -> RichTextBlock:
    """Paragraphs, lists and quotes in one block."""
    return RichTextBlock(elements=elements)


def text_section(locale: Locale, *lines: Line) -> RichTextSectionElement:
    """The lines under each other."""
    elements: list[RichTextElement] = []
    for number, each in enumerate(lines):
        if number:
            elements.append(RichTextElementParts.Text(text="\n"))
        elements += _rich(locale, each.template, each.pieces, {})
    return RichTextSectionElement(elements=elements)


def numbered(locale: Locale, *lines: Line) -> RichTextListElement:
    """Steps to do one after the other."""
    return RichTextListElement(style="ordered", elements=[text_section(locale, each) for each in lines])


def bullets(locale: Locale, *lines: Line) -> RichTextListElement:
    """Things side by side."""
    return RichTextListElement(style="bullet", elements=[text_section(locale, each) for each in lines])


def quote(text: str, longest: int = TYPED) -> RichTextQuoteElement:
    """Somebody's own words, as they wrote them."""
    return RichTextQuoteElement(elements=[RichTextElementParts.Text(text=cut(clean(text), longest) or "…")])


def header(text: str) -> HeaderBlock:
    """What this is, with its state in words."""
    return HeaderBlock(text=PlainTextObject(text=text, emoji=True))


def headed(template: str, name: str) -> HeaderBlock:
    """A header with somebody's name for a thing in it, which gives way when it is long."""
    return HeaderBlock(text=PlainTextObject(text=fit(template, name, HEADING), emoji=False))


def context(locale: Locale, *lines: Line) -> ContextBlock:
    """Small print: evidence, cost, code, log ID, when; the parts separated by dots, the first with a capital."""
    first = Line(lines[0].template[:1].upper() + lines[0].template[1:], lines[0].pieces)
    text = " · ".join(mrkdwn(locale, each) for each in (first, *lines[1:]))
    return ContextBlock(elements=[MarkdownTextObject(text=text)])


def section(locale: Locale, element: InteractiveElement, *lines: Line) -> SectionBlock:
    """The lines under each other, and one button or menu beside them."""
    text = MarkdownTextObject(text="\n".join(mrkdwn(locale, each) for each in lines))
    return SectionBlock(text=text, accessory=element)


def actions(*elements: InteractiveElement) -> ActionsBlock:
    """One row of buttons."""
    return ActionsBlock(elements=list(elements))


def button(
    text: str,
    action_id: str,
    value: str | int | None = None,
    *,
    primary: bool = False,
    confirm: ConfirmObject | None = None,
    aloud: str = "",
    url: str = "",
) -> ButtonElement:
    """A button; `value` is a row's id or a command's arguments. With a `url` a press acts and opens that. `aloud` is
    what a screen reader says instead of `text`, where several buttons would sound the same.
    """
    return ButtonElement(
        text=PlainTextObject(text=text, emoji=True),
        action_id=action_id,
        value=None if value is None else str(value),
        style="primary" if primary else None,
        confirm=confirm,
        accessibility_label=cut(clean(aloud), ALOUD) or None,
        url=url or None,
    )


def menu(action_id: str, *choices: tuple[str, str]) -> OverflowMenuElement:
    """What is rarely wanted, behind ⋯: each choice by its text and its value, `verb:id`."""
    options = [Option(text=PlainTextObject(text=text, emoji=True), value=value) for text, value in choices]
    return OverflowMenuElement(action_id=action_id, options=options)


def link(text: str, place: str, url: str, *, primary: bool = False, aloud: str = "") -> ButtonElement:
    """A button that opens a page elsewhere; `aloud` as for any button."""
    return button(text, f"open.{place}", primary=primary, aloud=aloud, url=url)


def confirm(title: str, text: str, yes: str, no: str, *, danger: bool = False) -> ConfirmObject:
    """The question before a press counts. `text` may hold people's names, so it is not parsed."""
    plain, style = PlainTextObject(text=cut(text, 300), emoji=False), "danger" if danger else None
    return ConfirmObject(title=title, text=plain, confirm=yes, deny=no, style=style)


def modal(
    title: str, close: str, blocks: Sequence[Block], callback_id: str, submit: str | None = None, metadata: str = ""
) -> dict[str, Any]:
    """A view for views.open; `metadata` is the id of the row it is about."""
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": metadata,
        "title": _label(title),
        "close": _label(close),
        "blocks": [block.to_dict() for block in blocks],
    }
    return view | {"submit": _label(submit)} if submit else view


def home(blocks: Sequence[Block]) -> dict[str, Any]:
    """A view for views.publish."""
    return {"type": "home", "blocks": [dumped(block) for block in blocks]}


def field(
    block_id: str, label: str, element: InputInteractiveElement, hint: str | None = None, *, optional: bool = False
) -> InputBlock:
    """One question of a form."""
    return InputBlock(
        block_id=block_id,
        label=PlainTextObject(text=label, emoji=True),
        element=element,
        hint=PlainTextObject(text=hint, emoji=True) if hint else None,
        optional=optional or None,
    )


def mrkdwn(locale: Locale, text: Line) -> str:
    """A line as mrkdwn."""

    def replace(match: re.Match[str]) -> str:
        if match["bold"]:
            return f"*{mrkdwn(locale, Line(match['bold'], text.pieces))}*"
        code = f"`{match['code']}`" if match["code"] else ""
        return code or _flat(locale, text.pieces[match["name"]], match)

    return _MARKUP.sub(replace, text.template)


def _flat(locale: Locale, piece: Piece, place: re.Match[str]) -> str:
    match piece:
        case Mention(user_id):
            return locale._("a deleted person") if user_id == DELETED else in_mrkdwn(user_id)
        case Moment(at, day):
            return f"<!date^{int(at.timestamp())}^{DAY if day else TIME}|{_fallback(locale, piece)}>"
        case Code(text):
            return f"`{escape(text)}`"
        case Link(text, url):
            return f"<{url}|{escape(text)}>" if url else escape(text)
        case _:
            return escape(apart(str(piece), place))


def _rich(locale: Locale, template: str, pieces: Mapping[str, Piece], style: Style) -> list[RichTextElement]:
    elements: list[RichTextElement] = []
    end = 0
    for match in _MARKUP.finditer(template):
        elements += _text(template[end : match.start()], style)
        end = match.end()
        if match["bold"]:
            elements += _rich(locale, match["bold"], pieces, {"bold": True})
        elif match["code"]:
            elements += _text(match["code"], {"code": True})
        else:
            elements += _element(locale, pieces[match["name"]], match, style)
    return elements + _text(template[end:], style)


def _element(locale: Locale, piece: Piece, place: re.Match[str], style: Style) -> list[RichTextElement]:
    match piece:
        case Mention(user_id) if user_id != DELETED:
            return [in_rich_text(user_id)]
        case Mention():
            return _text(locale._("a deleted person"), style)
        case Moment(at, day):
            stamp, told = int(at.timestamp()), _fallback(locale, piece)
            return [RichTextElementParts.Date(timestamp=stamp, format=DAY if day else TIME, fallback=told)]
        case Code(text):
            return _text(clean(text), {"code": True})
        case Link(text, url) if url:
            return [RichTextElementParts.Link(url=url, text=clean(text))]
        case Link(text):
            return _text(clean(text), style)
        case _:
            return _text(clean(apart(str(piece), place)), style)


def _text(text: str, style: Style) -> list[RichTextElement]:
    return [RichTextElementParts.Text(text=text, style=style or None)] if text else []


def _fallback(locale: Locale, moment: Moment) -> str:
    return locale.day(moment.at) if moment.day else locale.when(moment.at)


def _label(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}
