"""The forms of a guide. Each carries the guide and its step, `17:s1`; a secret is read out of them once."""

from typing import Any

from pydantic import SecretStr
from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, PlainTextInputElement
from slack_sdk.models.blocks.block_elements import UrlInputElement

from bot.core import agent as limits
from bot.core.errors import InvalidFields, Problem
from bot.core.guide import Guide
from bot.core.report import WORDS_LENGTH, Kind
from bot.slack import pasted
from bot.slack.fields import Fields
from bot.slack.views.parts import Line, button, context, field, line, modal, paragraph
from bot.texts.locale import Locale

from .view import GuideView, Sheet, agent_url, called

LONGEST_TEXT = 3000


def token(locale: Locale, callback_id: str, value: str, lead: Line, submit: str) -> dict[str, Any]:
    """Takes a token for one call. Slack can't mask the field."""
    blocks: list[Block] = [
        paragraph(
            locale,
            lead,
            line(locale._("Used for this once, then dropped: not stored, not logged.")),
            line(locale._("**Never paste it in chat**: I can't delete your messages. Not while screen-sharing.")),
        ),
        token_field(locale),
    ]
    return modal(locale._("Token for one use"), locale._("Cancel"), blocks, callback_id, submit, value)


def account(locale: Locale, value: str) -> dict[str, Any]:
    """Which account on Coze it is, by a token of it, or else the person's word."""
    blocks: list[Block] = [
        paragraph(
            locale,
            line(locale._("With a token of that account I ask Coze whose it is and look again: 1 call.")),
            line(locale._("No token at hand? Leave it empty: then your word counts, and it says “you confirmed”.")),
            line(locale._("Used for this once, then dropped: not stored, not logged.")),
        ),
        token_field(locale, optional=True),
    ]
    title, submit = locale._("Another account"), locale._("Continue")
    return modal(title, locale._("Cancel"), blocks, "guide.account", submit, value)


def kept(locale: Locale, callback_id: str, value: str, lead: Line, submit: str) -> dict[str, Any]:
    """Asks once more before what the person has us keep is used."""
    blocks = [paragraph(locale, lead, line(locale._("I'll use it only to publish; each use is written down.")))]
    return modal(locale._("Publish to API"), locale._("Cancel"), blocks, callback_id, submit, value)


def token_field(locale: Locale, hint: str = "", *, optional: bool = False) -> InputBlock:
    """Where a token is entered."""
    entry = PlainTextInputElement(action_id="value", max_length=200, placeholder="pat_…")
    hint = hint or locale._("The whole token, as Coze showed it.")
    return field("guide.token", locale._("Token"), entry, hint, optional=optional)


def has_token(sheet: Sheet) -> bool:
    """Whether anything was entered for it."""
    return bool(sheet.fields.text("guide.token").strip())


def token_in(sheet: Sheet) -> SecretStr:
    """A token. Raises InvalidFields for anything else."""
    return pasted.token_in(SecretStr(sheet.fields.text("guide.token").strip()), "guide.token")


def address(locale: Locale, guide: Guide, value: str, written: str = "") -> dict[str, Any]:
    """Which agent it is. With an address that was `written` before, only another agent's name is left to be said."""
    known = agent_url(guide) if guide.value("agent_id") else ""
    url = written or known or None
    named = called(guide) if url == known or not known else ""
    blocks: list[Block] = [
        field(
            "guide.address",
            locale._("Address of the agent's page"),
            UrlInputElement(action_id="value", placeholder="https://www.coze.cn/space/…/bot/…", initial_value=url),
            locale._("Open the agent in Coze and copy what your browser shows."),
        ),
        field(
            "guide.name",
            locale._("Its name"),
            PlainTextInputElement(
                action_id="value", max_length=limits.NAME, initial_value=named[: limits.NAME] or None
            ),
            locale._("As you will say it to the glasses, {longest} characters at most.", longest=limits.NAME),
        ),
    ]
    return modal(locale._("The agent"), locale._("Cancel"), blocks, "guide.agent", locale._("Save"), value)


def read_address(fields: Fields) -> dict[str, str]:
    """By the names that core.agent.read_address takes."""
    return {"address": fields.text("guide.address").strip(), "name": fields.text("guide.name")}


def ids(locale: Locale, guide: Guide, value: str) -> dict[str, Any]:
    """The two values of an OAuth app that are no secret."""
    blocks: list[Block] = [
        context(locale, line(locale._("Not the private key, and not the text of any key."))),
        _id(
            "guide.app_id",
            locale._("[appid] (App ID)"),
            guide.value("app_id"),
            locale._("The digits on the app's page."),
        ),
        _id(
            "guide.kid",
            locale._("[fingerprint] (kid)"),
            guide.value("kid"),
            locale._("43 characters beside the key: letters, digits, - and _."),
        ),
    ]
    return modal(locale._("Two values"), locale._("Cancel"), blocks, "guide.ids", locale._("Save"), value)


def _id(block_id: str, label: str, known: str, hint: str) -> InputBlock:
    # As long as a key's text, so that who pastes one is told instead of cut off.
    entry = PlainTextInputElement(action_id="value", max_length=LONGEST_TEXT, initial_value=known or None)
    return field(block_id, label, entry, hint)


def read_ids(fields: Fields) -> dict[str, str]:
    """By the names that core.agent.read_ids takes."""
    return {"app_id": fields.text("guide.app_id"), "kid": fields.text("guide.kid")}


def assertion(locale: Locale, value: str) -> dict[str, Any]:
    """Takes the line that the script printed."""
    blocks: list[Block] = [
        paragraph(
            locale,
            line(locale._("I'll read it first and exchange it only if nothing is wrong: 2 Coze calls.")),
            line(locale._("It works once and is dropped; the private key stays on your machine.")),
        ),
        field(
            "guide.assertion",
            locale._("What the script printed"),
            PlainTextInputElement(action_id="value", multiline=True, max_length=LONGEST_TEXT, placeholder="eyJ…"),
            locale._("One long line that begins eyJ. Never a private key."),
        ),
    ]
    return modal(
        locale._("Paste assertion"), locale._("Cancel"), blocks, "guide.assertion", locale._("Check it"), value
    )


def assertion_in(sheet: Sheet) -> SecretStr:
    """The line, a secret for ten minutes. Raises InvalidFields for a token or anything else."""
    text = SecretStr(sheet.fields.text("guide.assertion").strip())
    if pasted.kind_of(text, "guide.assertion") != "assertion":
        raise InvalidFields([Problem("guide.assertion", "not_assertion")])
    return text


def report(locale: Locale, kind: Kind, value: str) -> dict[str, Any]:
    """What to tell the admins; nothing has to be written, but for feedback."""
    lead, title = {
        Kind.STUCK: (
            locale._("I'll tell the admins which step you're at and what failed last, never anything secret."),
            locale._("I'm stuck"),
        ),
        Kind.DIFFERS: (
            locale._("I'll tell the admins at which step Coze's page looks different."),
            locale._("A different screen"),
        ),
        Kind.FEEDBACK: (locale._("The admins read it and can answer you."), locale._("Feedback")),
        Kind.QUESTION: (locale._("The admins read it and can answer you."), locale._("Ask an admin")),
    }[kind]
    blocks: list[Block] = [
        paragraph(locale, line(lead)),
        words(locale, locale._("In your words"), optional=kind not in (Kind.FEEDBACK, Kind.QUESTION)),
    ]
    return modal(
        title, locale._("Cancel"), blocks, "guide.report", locale._("Tell an admin"), f"{kind.value}:{value}"
    )


def words(locale: Locale, label: str, *, optional: bool = False) -> InputBlock:
    """A few words to somebody."""
    entry = PlainTextInputElement(action_id="value", multiline=True, max_length=WORDS_LENGTH)
    return field("guide.words", label, entry, locale._("No tokens or keys, please."), optional=optional)


def read_words(fields: Fields) -> str:
    """What was written."""
    return fields.text("guide.words")


def again(locale: Locale, value: str) -> dict[str, Any]:
    """Asked once more before everything is forgotten."""
    blocks = [
        paragraph(
            locale,
            line(
                locale._("Your progress in the guide is cleared. I'll still remind you about the tokens you track.")
            ),
        )
    ]
    return modal(locale._("Start over?"), locale._("Cancel"), blocks, "guide.again", locale._("Start over"), value)


def fix(view: GuideView) -> ButtonElement:
    """To enter an app's number and fingerprint once more."""
    return button(view.locale._("Correct the two values…"), "guide.fix", view.value)
