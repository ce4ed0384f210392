"""A guide's card while it carries the request or the publication: their own card's body, below what to do now."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    HeaderBlock,
    InteractiveElement,
    MarkdownTextObject,
    OverflowMenuElement,
    PlainTextObject,
)

from bot.core.join import Request
from bot.services.guide.carrying import Matter
from bot.slack.views.join.act import act as join_act
from bot.slack.views.parts import Card, actions, mrkdwn
from bot.slack.views.publish_act import act as publish_act
from bot.texts.locale import Locale

from .row import overflow, usual
from .view import GuideView, asked, finished, headed

NAMED = {"join.accepted": "accepted", "open.coze": "open"}
"""Buttons of carried cards that the guide's files may name otherwise."""

MENUS = frozenset({"publish.more"})
"""Menus of carried cards whose entries stand in the guide's; each of their verbs asks whose the row is."""

PASSED_ON = MENUS | {"report.solve", "guide.feedback"}
"""What entries of the guide's menu do elsewhere."""


def carried(view: GuideView, matter: Matter, own: Card) -> Card:
    """Its `own` card in the step's place: the act above the guide's bar, one row with one menu, one small print."""
    body: list[Block] = []
    small: list[str] = []
    row: list[InteractiveElement] = []
    for block in own.blocks:
        if isinstance(block, ContextBlock):
            small += [each.text for each in block.elements if isinstance(each, MarkdownTextObject)]
        elif isinstance(block, ActionsBlock):
            row = [each for each in block.elements if isinstance(each, InteractiveElement)]
        elif not isinstance(block, HeaderBlock):
            body.append(block)
    small += [mrkdwn(view.locale, each) for each in (*asked(view), *finished(view))]
    blocks = [*headed(view, act(matter, view.locale)), *body, actions(*_row(view, row))]
    if small:
        blocks.append(ContextBlock(elements=[MarkdownTextObject(text="\n".join(small))]))
    return Card(own.text, blocks)


def _row(view: GuideView, own: list[InteractiveElement]) -> list[InteractiveElement]:
    """Its buttons, and what both menus hold; the guide's own way to help stands for any other."""
    _ = view.locale._
    menus = [each for each in own if isinstance(each, OverflowMenuElement)]
    theirs = [
        (str(each.text), f"{menu.action_id}/{each.value}")
        for menu in menus
        if menu.action_id in MENUS
        for each in menu.options
        if not str(each.value).startswith("history:")  # a menu holds five: what is past waits for the end
    ]
    still = [key for key in view.text.buttons if key in view.face.insists]
    buttons = [each for each in own if each not in menus]
    is_helped = any(each.action_id == "report.ask" for each in buttons)
    step = [*((view.words.labels[key], key) for key in still), *([] if is_helped else [(_("I'm stuck"), "stuck")])]
    for each in buttons:
        named = NAMED.get(each.action_id or "", "")
        if isinstance(each, ButtonElement) and named in view.text.buttons:
            each.text = PlainTextObject(text=view.words.labels[named], emoji=True)
    of_step = [(text, f"{verb}:{view.value}") for text, verb in step]
    return [*buttons, overflow([*theirs, *of_step, *usual(view)], buttons)]


def act(matter: Matter, locale: Locale) -> str:
    """What the person has to do about it now."""
    return join_act(matter, locale) if isinstance(matter, Request) else publish_act(matter, locale)
