"""Who may ask to join, told to whoever may not."""

from slack_sdk.models.blocks import Block

from bot.core.setting import MayNotAsk
from bot.slack.views.buttons import command
from bot.slack.views.parts import Card, Line, Mention, Piece, actions, paragraph
from bot.texts.locale import Locale

NAMED = 10  # people, groups and channels of a sentence


def may_not_ask(error: MayNotAsk, locale: Locale) -> Card:
    """Who may, whom to ask, and the way to try it when that is done."""
    askers = error.askers
    who = _named(locale._("Only these may ask to join ShargeAI: {who}."), askers.ids, "w", locale)
    lines = [who]
    if askers.whom:
        lines.append(_named(locale._("To become one of them, ask {whom}."), askers.whom, "a", locale))
    blocks: list[Block] = [paragraph(locale, *lines), actions(command("join", locale))]
    return Card(locale._("Not everybody may ask to join ShargeAI here."), blocks)


def _named(template: str, ids: tuple[str, ...], mark_: str, locale: Locale) -> Line:
    """The template with these by name."""
    pieces: dict[str, Piece] = {f"{mark_}{n}": Mention(each) for n, each in enumerate(ids[:NAMED])}
    named = locale.listed(f"{{{key}}}" for key in pieces)
    return Line(template.replace("{who}", named).replace("{whom}", named), pieces)
