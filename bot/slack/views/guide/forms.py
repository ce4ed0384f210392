"""The forms of a guide. Each carries the guide and its step, `17:s1`; a secret is read out of them once."""

from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement, InputBlock, PlainTextInputElement
from slack_sdk.models.blocks.block_elements import UrlInputElement

from bot.core import agent as limits
from bot.core.errors import InvalidFields, Problem
from bot.core.guide import Guide
from bot.core.report import WORDS_LENGTH, Kind
from bot.coze.secret import Secret
from bot.slack import pasted
from bot.slack.fields import Fields
from bot.slack.views.parts import Line, button, context, field, line, modal, paragraph
from bot.texts import Reader

from .view import GuideView, Sheet, agent_url, called

LONGEST_TEXT = 3000
LONGEST_ID = 120


def token(reader: Reader, callback_id: str, value: str, lead: Line, submit: str) -> dict[str, Any]:
    """Takes a token for one call. Slack can't mask the field."""
    blocks: list[Block] = [
        paragraph(
            reader,
            lead,
            line(reader.t("Used for this once, then dropped: not stored, not logged.")),
            line(reader.t("**Never paste it in chat**: I cannot delete your messages. Not while screen-sharing.")),
        ),
        token_field(reader),
    ]
    return modal(reader.t("Token for one use"), reader.t("Cancel"), blocks, callback_id, submit, value)


def account(reader: Reader, value: str) -> dict[str, Any]:
    """Which account on Coze it is, by a token of it, or else the person's word."""
    blocks: list[Block] = [
        paragraph(
            reader,
            line(reader.t("With a token of that account I ask Coze whose it is and look again: 1 call.")),
            line(reader.t("No token at hand? Leave it empty: then your word counts, and it says “you confirmed”.")),
            line(reader.t("Used for this once, then dropped: not stored, not logged.")),
        ),
        token_field(reader, optional=True),
    ]
    title, submit = reader.t("Another account"), reader.t("Go on")
    return modal(title, reader.t("Cancel"), blocks, "guide.account", submit, value)


def kept(reader: Reader, callback_id: str, value: str, lead: Line, submit: str) -> dict[str, Any]:
    """Asks once more before what the person has us keep is used."""
    blocks = [
        paragraph(
            reader, lead, line(reader.t("I use what you have me keep for publishing; each use is written down."))
        )
    ]
    return modal(reader.t("Publish to API"), reader.t("Cancel"), blocks, callback_id, submit, value)


def token_field(reader: Reader, hint: str = "", *, optional: bool = False) -> InputBlock:
    """Where a token is entered."""
    entry = PlainTextInputElement(action_id="value", max_length=200, placeholder="pat_…")
    hint = hint or reader.t("The whole token, as Coze showed it.")
    return field("guide.token", reader.t("Token"), entry, hint, optional)


def has_token(sheet: Sheet) -> bool:
    """Whether anything was entered for it."""
    return bool(sheet.fields.text("guide.token").strip())


def token_in(sheet: Sheet) -> Secret:
    """A token. Raises InvalidFields for anything else."""
    return pasted.token_in(Secret(sheet.fields.text("guide.token").strip()), "guide.token")


def address(reader: Reader, guide: Guide, value: str, written: str = "") -> dict[str, Any]:
    """Which agent it is. With an address that was `written` before, only another agent's name is left to be said."""
    known = agent_url(guide) if guide.value("agent_id") else ""
    url = written or known or None
    named = called(guide) if url == known or not known else ""
    blocks: list[Block] = [
        field(
            "guide.address",
            reader.t("Address of the agent's page"),
            UrlInputElement(action_id="value", placeholder="https://www.coze.cn/space/…/bot/…", initial_value=url),
            reader.t("Open the agent in Coze and copy what your browser shows."),
        ),
        field(
            "guide.name",
            reader.t("Its name"),
            PlainTextInputElement(
                action_id="value", max_length=limits.NAME, initial_value=named[: limits.NAME] or None
            ),
            reader.t("As you will say it to the glasses, {longest} characters at most.", longest=limits.NAME),
        ),
    ]
    return modal(reader.t("The agent"), reader.t("Cancel"), blocks, "guide.agent", reader.t("Save"), value)


def read_address(fields: Fields) -> dict[str, str]:
    """By the names that core.agent.read_address takes."""
    return {"address": fields.text("guide.address").strip(), "name": fields.text("guide.name")}


def ids(reader: Reader, guide: Guide, value: str) -> dict[str, Any]:
    """The two values of an OAuth app that are no secret."""
    blocks: list[Block] = [
        context(reader, line(reader.t("Not the private key, and not the text of any key."))),
        _id(
            reader,
            "guide.app_id",
            reader.t("[appid] (App ID)"),
            guide.value("app_id"),
            reader.t("The digits on the app's page."),
        ),
        _id(
            reader,
            "guide.kid",
            reader.t("[fingerprint] (kid)"),
            guide.value("kid"),
            reader.t("43 characters beside the key: letters, digits, - and _."),
        ),
    ]
    return modal(reader.t("Two values"), reader.t("Cancel"), blocks, "guide.ids", reader.t("Save"), value)


def _id(reader: Reader, block_id: str, label: str, known: str, hint: str) -> InputBlock:
    # As long as a key's text, so that who pastes one is told instead of cut off.
    entry = PlainTextInputElement(action_id="value", max_length=LONGEST_TEXT, initial_value=known or None)
    return field(block_id, label, entry, hint)


def read_ids(fields: Fields) -> dict[str, str]:
    """By the names that core.agent.read_ids takes."""
    return {"app_id": fields.text("guide.app_id"), "kid": fields.text("guide.kid")}


def assertion(reader: Reader, value: str) -> dict[str, Any]:
    """Takes the line that the script printed."""
    blocks: list[Block] = [
        paragraph(
            reader,
            line(reader.t("I read it first. Only if nothing is wrong do I exchange it: 2 Coze calls.")),
            line(reader.t("It works once and is dropped; the private key stays on your machine.")),
        ),
        field(
            "guide.assertion",
            reader.t("What the script printed"),
            PlainTextInputElement(action_id="value", multiline=True, max_length=LONGEST_TEXT, placeholder="eyJ…"),
            reader.t("One long line that begins eyJ. Never a private key."),
        ),
    ]
    return modal(
        reader.t("Paste assertion"), reader.t("Cancel"), blocks, "guide.assertion", reader.t("Check it"), value
    )


def assertion_in(sheet: Sheet) -> Secret:
    """The line, a secret for ten minutes. Raises InvalidFields for a token or anything else."""
    text = Secret(sheet.fields.text("guide.assertion").strip())
    if pasted.kind_of(text, "guide.assertion") != "assertion":
        raise InvalidFields([Problem("guide.assertion", "not_assertion")])
    return text


def report(reader: Reader, kind: Kind, value: str) -> dict[str, Any]:
    """What to tell the admins; nothing has to be written, but for feedback."""
    lead, title = {
        Kind.STUCK: (
            reader.t("I tell the admins which step you are at and what failed last, and never anything secret."),
            reader.t("I'm stuck"),
        ),
        Kind.DIFFERS: (
            reader.t("I tell the admins at which step Coze's page looks different from what I say."),
            reader.t("A different screen"),
        ),
        Kind.FEEDBACK: (reader.t("The admins read it and can answer you."), reader.t("Feedback")),
    }[kind]
    blocks: list[Block] = [
        paragraph(reader, line(lead)),
        words(reader, reader.t("In your words"), optional=kind is not Kind.FEEDBACK),
    ]
    return modal(
        title, reader.t("Cancel"), blocks, "guide.report", reader.t("Tell an admin"), f"{kind.value}:{value}"
    )


def words(reader: Reader, label: str, *, optional: bool = False) -> InputBlock:
    """A few words to somebody."""
    entry = PlainTextInputElement(action_id="value", multiline=True, max_length=WORDS_LENGTH)
    return field("guide.words", label, entry, reader.t("No tokens or keys, please."), optional)


def read_words(fields: Fields) -> str:
    """What was written."""
    return fields.text("guide.words")


def again(reader: Reader, value: str) -> dict[str, Any]:
    """Asked once more before everything is forgotten."""
    blocks = [
        paragraph(reader, line(reader.t("The guide forgets how far you are. Tokens that you recorded stay watched.")))
    ]
    return modal(reader.t("Start over?"), reader.t("Cancel"), blocks, "guide.again", reader.t("Start over"), value)


def fix(view: GuideView) -> ButtonElement:
    """To enter an app's number and fingerprint once more."""
    return button(view.reader.t("Correct the two values…"), "guide.fix", view.value)
