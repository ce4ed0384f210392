"""Where Slack and Coze disagree about who is in the team. Only told: nothing is done about it by itself."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.texts.locale import Locale

from ..buttons import command
from ..parts import (
    Card,
    Line,
    Mention,
    actions,
    bullets,
    button,
    context,
    header,
    line,
    name,
    rich_text,
    text_section,
)

LISTED = 10


def drift(locale: Locale, gone: Sequence[str], unknown: Sequence[str], deactivated: Sequence[str]) -> Card:
    """What differs.

    `gone` (user ids): joined here, but Coze lists them no more. `unknown` (Coze's nicknames or ids): members on Coze
    whom nobody here has asked for. `deactivated` (user ids): left Slack, but still members on Coze.
    """
    total = len(gone) + len(unknown) + len(deactivated)
    title = locale.ngettext("Team check · {count} difference", "Team check · {count} differences", total)
    blocks: list[Block] = [header(title)]
    if deactivated:
        text = locale._("**Left Slack, still a member on Coze**")
        blocks.append(_section(locale, text, [_mention(each) for each in deactivated]))
    if gone:
        text = locale._("**Joined here, no longer a member on Coze**")
        blocks.append(_section(locale, text, [_mention(each) for each in gone]))
    if unknown:
        text = locale._("**Member on Coze, never asked here**")
        blocks.append(_section(locale, text, [line("{who}", who=name(each)) for each in unknown]))
    review = [button(locale._("Review seats"), "seat.list", "open:0")] if unknown or deactivated else []
    blocks.append(actions(*review, command("queue", locale)))
    blocks.append(context(locale, line(locale._("Read from Coze · verified")), line(locale._("I changed nothing"))))
    return Card(title, blocks)


def _section(locale: Locale, title: str, lines: Sequence[Line]) -> Block:
    shown = list(lines[:LISTED])
    if len(lines) > LISTED:
        shown.append(line(locale._("{count} more", count=len(lines) - LISTED)))
    return rich_text(text_section(locale, line(title)), bullets(locale, *shown))


def _mention(user_id: str) -> Line:
    return line("{who}", who=Mention(user_id))
