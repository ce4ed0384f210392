"""Join as people see it: the forms and their field errors. The cards are in `join_admin` and `join_mine`."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import EmailInputElement, PlainTextInputElement

from bot.core.errors import Problem
from bot.core.join import NICK_LENGTH, PURPOSE_LENGTH, Request
from bot.texts import Reader

from .join_admin import card
from .join_mine import mine, notice
from .parts import Mention, clean, cut, field, line, modal, name, said, small, typed

__all__ = ["card", "decline_form", "fix_form", "form", "mine", "notice", "problem", "read", "read_reason"]

REASON_LENGTH = 300


def form(reader: Reader, answers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The request form; `answers` (as `read` gives them) fill it in when somebody asks again."""
    filled = answers or {}
    blocks = [
        small(reader, line(reader.t("An admin decides, usually within one working day."))),
        _uid(reader, filled.get("coze_uid", "")),
        field(
            "join.nick",
            reader.t("Coze nickname"),
            PlainTextInputElement(
                action_id="value", max_length=NICK_LENGTH, initial_value=filled.get("nick", "")[:NICK_LENGTH] or None
            ),
        ),
        field(
            "join.purpose",
            reader.t("What will you build"),
            PlainTextInputElement(
                action_id="value",
                multiline=True,
                max_length=PURPOSE_LENGTH,
                placeholder=reader.t("what, and for whom"),
                initial_value=filled.get("purpose", "")[:PURPOSE_LENGTH] or None,
            ),
            hint=reader.t("One or two sentences, 300 characters at most. Admins decide by it."),
        ),
        field(
            "join.email",
            reader.t("E-mail"),
            EmailInputElement(action_id="value", initial_value=filled.get("email") or None),
            hint=reader.t("Only used if admins cannot reach you in Slack."),
            optional=True,
        ),
    ]
    title, submit = reader.t("Join ShargeAI"), reader.t("Send request")
    return modal(title, reader.t("Cancel"), blocks, "join.ask", submit)


def fix_form(request: Request, reader: Reader) -> dict[str, Any]:
    """Corrects the Coze user ID after an invitation to it has failed."""
    blocks = [
        small(reader, line(reader.t("Everything else of your request stays; the invitation goes out at once."))),
        _uid(reader, request.coze_uid),
    ]
    title, submit = reader.t("Correct user ID"), reader.t("Save and invite")
    return modal(title, reader.t("Cancel"), blocks, "join.fix", submit, str(request.id))


def decline_form(request: Request, reader: Reader) -> dict[str, Any]:
    """Asks an admin for the reason, which the person gets word for word."""
    blocks = [
        said(reader, line(reader.t("{who} ({nick})"), who=Mention(request.user_id), nick=name(request.nick))),
        field(
            "join.reason",
            reader.t("Reason"),
            PlainTextInputElement(
                action_id="value",
                multiline=True,
                min_length=5,
                max_length=REASON_LENGTH,
                placeholder=reader.t("what is missing, how to add it"),
            ),
            hint=reader.t("Sent to the person word for word, 300 characters at most."),
        ),
        small(
            reader,
            line(reader.t("They will see: not approved this time, your reason, and a button to ask again.")),
        ),
    ]
    title, submit = reader.t("Decline request"), reader.t("Decline and tell")
    return modal(title, reader.t("Back"), blocks, "join.decline", submit, str(request.id))


def read(values: Mapping[str, Any]) -> dict[str, str]:
    """What a form brought, by the names that core.join.read takes; only the fields that the form has."""
    fields = {"coze_uid": "join.uid", "nick": "join.nick", "purpose": "join.purpose", "email": "join.email"}
    return {name: typed(values, block_id) for name, block_id in fields.items() if block_id in values}


def read_reason(values: Mapping[str, Any]) -> str:
    """The reason an admin gave, trimmed."""
    return typed(values, "join.reason").strip()


def problem(problem: Problem, reader: Reader) -> str:
    """The sentence under the field."""
    match problem.code:
        case "email_not_id":
            return reader.t("That is an e-mail address. Invitations go by user ID: only digits.")
        case "not_digits":
            return reader.t("A user ID is 6 to 24 digits and nothing else.")
        case "empty":
            return reader.t("Please fill this in.")
        case "too_short":
            return reader.t("A few more words, please.")
        case "too_long":
            return reader.t("Too long: {longest} characters at most.", longest=problem.values["longest"])
        case "not_email":
            return reader.t("That is not a whole e-mail address.")
        case "unchanged":
            return reader.t("That is the same ID as before. Please correct it.")
        case _:
            return reader.t("That cannot be accepted. Please check it.")


def _uid(reader: Reader, uid: str) -> Any:
    return field(
        "join.uid",
        reader.t("Coze user ID"),
        PlainTextInputElement(
            action_id="value",
            min_length=6,
            max_length=24,
            placeholder=reader.t("digits, e.g. 3811223344556677"),
            initial_value=cut(clean(uid), 24) or None,
        ),
        hint=reader.t("Coze avatar → [account] (Account settings). Invitations go by user ID, not e-mail."),
    )
