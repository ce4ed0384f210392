"""Join as people see it: the forms and their field errors. The cards are in `join_admin` and `join_mine`."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    EmailInputElement,
    InputBlock,
    PlainTextInputElement,
)

from bot.core.join import NICK_LENGTH, PURPOSE_LENGTH, REASON_SHORTEST, Request
from bot.core.sign_in import Purpose
from bot.slack.fields import Fields
from bot.texts.locale import Locale

from ..parts import (
    Code,
    Line,
    actions,
    bullets,
    button,
    clean,
    context,
    cut,
    field,
    line,
    modal,
    name,
    paragraph,
    quote,
    rich_text,
    section,
    text_section,
)
from ..sign_in import start
from .grade import short
from .shared import person

REASON_LENGTH = 300
UID_LENGTH = 60  # of what is pasted, blanks and all
AGENTS = 10  # agents that are named before somebody is removed


def form(
    locale: Locale,
    answers: Mapping[str, str] | None = None,
    *,
    request_id: str = "",
    verified: bool = False,
    note: str = "",
    mark: str = "",
    signs_in: bool = False,
) -> dict[str, Any]:
    """The request form; `answers` (as `read` gives them) fill it in. With `request_id` it edits that request.

    `verified`: the ID in `answers` was read from the person's own token. `note` says first why reading it failed.
    With a new `mark`, `answers` go before what was typed into the form that this one replaces. `signs_in`: the ID may
    come by signing in to Coze.
    """
    filled = answers or {}
    first = line("{note}", note=note) if note else line(locale._("An admin decides, usually within one working day."))
    blocks: list[Block] = [
        paragraph(locale, first) if note else context(locale, first),
        *(_by_sign_in(locale, request_id) if signs_in and not verified else []),
        _uid(locale, filled.get("coze_uid", ""), verified=verified, mark=mark),
        *([] if signs_in else [_by_token(locale, request_id)]),
        *_about(locale, filled, mark),
    ]
    if request_id:
        title, submit = locale._("Edit your request"), locale._("Save changes")
        return modal(title, locale._("Cancel"), blocks, "join.edit", submit, request_id)
    title, submit = locale._("Join ShargeAI"), locale._("Send request")
    return modal(title, locale._("Cancel"), blocks, "join.ask", submit)


def _by_sign_in(locale: Locale, request_id: str) -> list[Block]:
    """The ID comes without being looked up, and nothing is pasted; else from a token."""
    text = locale._("Sign in to Coze: I'll fill in your user ID, and it proves that the account is yours.")
    signs_in = start(locale, Purpose.JOIN, request_id, primary=True)
    return [paragraph(locale, line(text)), actions(signs_in, _read_uid(locale, request_id))]


def _by_token(locale: Locale, request_id: str) -> Block:
    text = locale._("Can't find it? I can read it once from a token, then drop it.")
    return section(locale, _read_uid(locale, request_id), line(text))


def _read_uid(locale: Locale, request_id: str) -> ButtonElement:
    return button(locale._("Read ID from a token…"), "join.read_uid", request_id or None)


def _about(locale: Locale, filled: Mapping[str, str], mark: str) -> list[InputBlock]:
    return [
        field(
            f"join.nick{mark}",
            locale._("Coze nickname"),
            PlainTextInputElement(
                action_id="value", max_length=NICK_LENGTH, initial_value=filled.get("nick", "")[:NICK_LENGTH] or None
            ),
        ),
        field(
            f"join.purpose{mark}",
            locale._("What will you build"),
            _words(
                PURPOSE_LENGTH, locale._("what, and for whom"), filled.get("purpose", "")[:PURPOSE_LENGTH] or None
            ),
            hint=locale._("One or two sentences, 300 characters at most. Admins decide by it."),
        ),
        field(
            f"join.email{mark}",
            locale._("E-mail"),
            EmailInputElement(action_id="value", initial_value=filled.get("email") or None),
            hint=locale._("Only used if admins can't reach you in Slack."),
            optional=True,
        ),
    ]


def token_form(locale: Locale, metadata: str) -> dict[str, Any]:
    """Asks for a token to read the user ID with. `metadata` is what was typed before, at most 3000 characters."""
    blocks = [
        paragraph(
            locale,
            line(locale._("Used once to ask Coze whose it is, then dropped: not stored, not logged.")),
            line(locale._("**Never paste it in chat**: I can't delete your messages. Not while screen-sharing.")),
        ),
        field(
            "join.token",
            locale._("Your own token"),
            PlainTextInputElement(action_id="value", placeholder=locale._("begins with pat_"), max_length=3000),
            hint=locale._("Any permission will do. Never a private key. 1 Coze call is used."),
        ),
    ]
    title, submit = locale._("Read my user ID"), locale._("Read once")
    return modal(title, locale._("Back"), blocks, "join.read_uid", submit, metadata)


def fix_form(request: Request, locale: Locale, uid: str = "") -> dict[str, Any]:
    """Another Coze user ID after the approval. `uid` is one that the person has just shown to be theirs."""
    shown = [line(locale._("You verified another account than the one in your request. Save to use it."))]
    stays = line(locale._("Everything else of your request stays. An admin approves the new account first."))
    blocks = [
        context(locale, *(shown if uid else []), stays),
        _uid(locale, uid or request.coze_uid, verified=bool(uid)),
    ]
    title, submit = locale._("Correct user ID"), locale._("Save")
    return modal(title, locale._("Cancel"), blocks, "join.fix", submit, str(request.id))


def decline_form(request: Request, locale: Locale) -> dict[str, Any]:
    """Asks an admin for the reason, which the person gets word for word."""
    blocks = [
        paragraph(locale, person(request, locale)),
        reason_field(locale, locale._("what is missing, how to add it")),
        context(
            locale,
            line(locale._("They'll see “not approved this time”, your reason and a button to request again.")),
        ),
    ]
    title, submit = locale._("Decline request"), locale._("Decline and notify")
    return modal(title, locale._("Back"), blocks, "join.decline", submit, str(request.id))


def question_form(request: Request, locale: Locale, words: str = "") -> dict[str, Any]:
    """Asks an admin what they want to know of the person before they decide; `words` stand in it already."""
    blocks = [
        paragraph(locale, person(request, locale)),
        rich_text(quote(request.purpose)),
        field(
            "join.question",
            locale._("Your question"),
            _words(PURPOSE_LENGTH, locale._("what do you need to know to decide?"), words[:PURPOSE_LENGTH]),
            hint=locale._("Sent to the person word for word, 300 characters at most."),
        ),
        context(locale, line(locale._("The request stays open; the answer comes in the card's thread."))),
    ]
    title, submit = locale._("Ask a question"), locale._("Send question")
    return modal(title, locale._("Back"), blocks, "join.question", submit, str(request.id))


def answer_form(request: Request, locale: Locale) -> dict[str, Any]:
    """Shows the person an admin's question and takes the answer."""
    blocks = [
        rich_text(quote(request.question or "")),
        field(
            "join.answer",
            locale._("Your answer"),
            _words(PURPOSE_LENGTH),
            hint=locale._("300 characters at most. The admins read it and decide."),
        ),
    ]
    title, submit = locale._("Answer the question"), locale._("Send answer")
    return modal(title, locale._("Cancel"), blocks, "join.answer", submit, str(request.id))


def remove_form(
    request: Request, locale: Locale, nick: str | None = None, agents: Sequence[str] = (), *, unknown: bool = False
) -> dict[str, Any]:
    """Says whom on Coze removing takes out of the team, and what it does.

    `nick` is what Coze calls the account, empty where it lists none, None while nobody has asked; `agents` are
    theirs; `unknown` if Coze won't tell.
    """
    facts = [
        line(locale._("They lose access to the **ShargeAI** space at once.")),
        line(locale._("What they own there passes to the space's owner. Nothing is deleted.")),
        line(locale._("Agents that are online stay online until somebody takes them off.")),
    ]
    named = [line(locale._("“{name}”"), name=name(each)) for each in agents[:AGENTS]]
    if len(agents) > AGENTS:
        named.append(line(locale._("{count} more", count=len(agents) - AGENTS)))
    blocks: list[Block] = [
        paragraph(locale, _account_of(request, nick, locale), person(request, locale), line(short(request, locale))),
        rich_text(text_section(locale, line(locale._("**What will happen**"))), bullets(locale, *facts)),
    ]
    if named:
        blocks.append(rich_text(text_section(locale, line(locale._("**Their agents**"))), bullets(locale, *named)))
    if unknown:
        blocks.append(paragraph(locale, line(locale._("⚠️ Coze didn't tell which agents are theirs."))))
    blocks.append(reason_field(locale, locale._("why, and what would have to change")))
    blocks.append(context(locale, line(locale._("They are told, and may request to join again."))))
    title, submit = locale._("Remove from the team"), locale._("Remove")
    return modal(title, locale._("Cancel"), blocks, "join.remove", submit, str(request.id))


def _account_of(request: Request, nick: str | None, locale: Locale) -> Line:
    uid = Code(request.coze_uid)
    if nick:
        return line(locale._("**Coze account “{nick}”** {uid}"), nick=name(nick), uid=uid)
    if nick is None:
        return line(locale._("**Coze account** {uid}"), uid=uid)
    return line(locale._("**Coze account** {uid}, whose nickname Coze doesn't tell"), uid=uid)


def answers(request: Request) -> dict[str, str]:
    """What they wrote, so that asking again is adding to it."""
    return {
        "coze_uid": request.coze_uid,
        "nick": request.nick,
        "purpose": request.purpose,
        "email": request.email or "",
    }


def read(fields: Fields) -> dict[str, str]:
    """What a form brought, by the names that core.join.read takes; only the fields that the form has."""
    asked = {"coze_uid": "join.uid", "nick": "join.nick", "purpose": "join.purpose", "email": "join.email"}
    return {name: fields.text(question) for name, question in asked.items() if question in fields}


def read_reason(fields: Fields) -> str:
    """The reason an admin gave, trimmed."""
    return fields.text("join.reason").strip()


def read_token(fields: Fields) -> str:
    """The token to read a user ID with, trimmed. A secret."""
    return fields.text("join.token").strip()


def read_question(fields: Fields) -> str:
    """What an admin wants to know, trimmed."""
    return fields.text("join.question").strip()


def read_answer(fields: Fields) -> str:
    """What the person answered, trimmed."""
    return fields.text("join.answer").strip()


def reason_field(locale: Locale, placeholder: str) -> InputBlock:
    """Why an admin says no; the person reads it."""
    return field(
        "join.reason",
        locale._("Reason"),
        _words(REASON_LENGTH, placeholder, shortest=REASON_SHORTEST),
        hint=locale._("Sent to the person word for word, 300 characters at most."),
    )


def _uid(locale: Locale, uid: str, *, verified: bool = False, mark: str = "") -> InputBlock:
    hint = (
        locale._("Read from your own token · verified. If you change it, it counts as typed.")
        if verified
        else locale._("Coze avatar → [account] (Account settings). Invitations go by user ID, not e-mail.")
    )
    return field(
        f"join.uid{mark}",
        locale._("Coze user ID"),
        PlainTextInputElement(
            action_id="value",
            min_length=6,
            max_length=UID_LENGTH,
            placeholder=locale._("digits, e.g. 3811223344556677"),
            initial_value=cut(clean(uid), UID_LENGTH) or None,
        ),
        hint=hint,
    )


def _words(
    longest: int, placeholder: str | None = None, filled: str | None = None, shortest: int | None = None
) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id="value",
        multiline=True,
        min_length=shortest,
        max_length=longest,
        placeholder=placeholder,
        initial_value=filled,
    )
