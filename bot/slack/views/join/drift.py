"""Where Slack and Coze disagree about who is in the team. Only told: nothing is done about it by itself."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.texts import Reader

from ..buttons import command
from ..parts import Card, Line, Mention, actions, bullets, context, header, line, rich_text, text_section
from ..strings import name

LISTED = 10


def drift(reader: Reader, gone: Sequence[str], unknown: Sequence[str], deactivated: Sequence[str]) -> Card:
    """What differs.

    `gone` (user ids): joined here, but Coze lists them no more. `unknown` (Coze's nicknames or ids): members on Coze
    whom nobody here has asked for. `deactivated` (user ids): left Slack, but still members on Coze.
    """
    total = len(gone) + len(unknown) + len(deactivated)
    title = reader.n("Team check · {count} difference", "Team check · {count} differences", total)
    blocks: list[Block] = [header(title)]
    if deactivated:
        text = reader.t("**Left Slack, still a member on Coze**")
        blocks.append(_section(reader, text, [_mention(each) for each in deactivated]))
    if gone:
        text = reader.t("**Joined here, no longer a member on Coze**")
        blocks.append(_section(reader, text, [_mention(each) for each in gone]))
    if unknown:
        text = reader.t("**Member on Coze, never asked here**")
        blocks.append(_section(reader, text, [line("{who}", who=name(each)) for each in unknown]))
    blocks.append(actions(command("queue", reader)))
    blocks.append(context(reader, line(reader.t("Read from Coze · verified")), line(reader.t("I changed nothing"))))
    return Card(title, blocks)


def _section(reader: Reader, title: str, lines: Sequence[Line]) -> Block:
    shown = list(lines[:LISTED])
    if len(lines) > LISTED:
        shown.append(line(reader.t("{count} more", count=len(lines) - LISTED)))
    return rich_text(text_section(reader, line(title)), bullets(reader, *shown))


def _mention(user_id: str) -> Line:
    return line("{who}", who=Mention(user_id))
