"""Leak guard: somebody typed a secret where it does not belong. What to do now; nothing of it is repeated."""

from collections.abc import Mapping

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.core.leak import SecretKind
from bot.texts.locale import Locale, mark

from .buttons import APPS, TOKENS, command
from .parts import (
    Card,
    Line,
    actions,
    button,
    context,
    header,
    line,
    link,
    numbered,
    paragraph,
    rich_text,
    text_section,
)


def leak(kind: SecretKind, locale: Locale, *, typed: bool = False) -> Card:
    """What was written and what to do about it. `typed` as a command it stands in no history."""
    looks, text = _words(kind, locale)
    kept = (
        locale._("I didn't keep or use it. Nobody else saw it, but it passed through Slack. Please now:")
        if typed
        else locale._(
            "I didn't keep or use it. But it stays in the chat history, where others may see it. Please now:"
        )
    )
    delete = [] if typed else [line(locale._("Delete your message (I can't do it for you)"))]
    steps = [*delete, _end(kind, locale)]
    now = numbered(locale, *steps) if len(steps) > 1 else text_section(locale, *steps)
    blocks: list[Block] = [
        header(locale._((_ACTS if typed else _ACTS_IN_CHAT)[kind])),
        rich_text(text_section(locale, line(looks), line(kept)), now),
        actions(*_buttons(kind, locale)),
        context(locale, line(locale._("If I ever need a token, I ask in a form or a one-time page, never in chat."))),
    ]
    return Card(looks if typed else text, blocks)


def _words(kind: SecretKind, locale: Locale) -> tuple[str, str]:
    """What it looks like, and the same fact for notifications."""
    match kind:
        case "key":
            return (
                locale._("That looks like a private key"),
                locale._("What you just sent looks like a private key. Please delete your message and the key."),
            )
        case "assertion":
            return (
                locale._("That looks like a signed assertion"),
                locale._("What you just sent looks like a signed assertion. Please delete your message."),
            )
        case "link":
            return (
                locale._("That is a one-time page"),
                locale._("What you just sent is the address of a one-time page. Please delete your message."),
            )
        case "other":
            return (
                locale._("That looks like a secret"),
                locale._("What you just sent looks like a token or password. Please delete your message."),
            )
    return (
        locale._("That looks like a token"),
        locale._("What you just sent looks like a token. Please delete your message and revoke the token."),
    )


_ACTS: Mapping[SecretKind, str] = {
    "key": mark("Delete that key, create a new one"),
    "assertion": mark("Sign a new assertion"),
    "token": mark("Revoke that token, make a new one"),
    "other": mark("Replace that password or token"),
    "link": mark("Cancel that one-time link"),
}
"""What to do about it."""

_ACTS_IN_CHAT: Mapping[SecretKind, str] = {
    "key": mark("Delete that message and the key"),
    "assertion": mark("Delete that message, sign a new one"),
    "token": mark("Delete that message, revoke the token"),
    "other": mark("Delete that message, replace the secret"),
    "link": mark("Delete that message, cancel the link"),
}
"""The same where it stands in the chat's history."""

_AT_FIELD: Mapping[SecretKind, str] = {
    "key": mark(
        "That looks like a private key; I didn't keep it. Take it out here, then delete that key in your Coze app "
        "and create a new one."
    ),
    "assertion": mark(
        "That looks like a signed assertion; I didn't keep it. Take it out here, and sign a new one when I ask for "
        "it."
    ),
    "token": mark(
        "That looks like a token; I didn't keep it. Take it out here, then revoke it in Coze and make a new one."
    ),
    "other": mark(
        "That looks like a token or password; I didn't keep it. Take it out here, and replace it where it is from."
    ),
    "link": mark("That is the address of a one-time page; I didn't keep it. Take it out here: it is for you alone."),
}


def at_field(kind: SecretKind, locale: Locale) -> str:
    """The same in one sentence, under the field in which it was typed; the form stays open with all else."""
    return locale._(_AT_FIELD[kind])


def _end(kind: SecretKind, locale: Locale) -> Line:
    """How the secret stops being one."""
    match kind:
        case "key":
            return line(locale._("Delete this key in your Coze app and create a new one"))
        case "assertion":
            return line(locale._("Sign a new one: whoever saw this one could use it once, within its minutes"))
        case "link":
            return line(locale._("Press “Cancel this link” on its card, unless it has been used already"))
        case "other":
            return line(locale._("Revoke it where it was made, and make a new one there"))
    return line(locale._("Revoke this token in Coze and make a new one"))


def _buttons(kind: SecretKind, locale: Locale) -> list[InteractiveElement]:
    first: list[InteractiveElement] = []
    match kind:
        case "key":
            first, none = (
                [link(locale._("Open my OAuth apps"), "oauth", APPS, primary=True)],
                locale._("It isn't a key"),
            )
        case "assertion":
            first, none = [command("check", locale, primary=True)], locale._("It isn't an assertion")
        case "link" | "other":
            none = locale._("It isn't a secret")
        case _:
            first = [
                link(locale._("Open token page"), "tokens", TOKENS, primary=True),
                button(locale._("Help me replace it"), "remind.renew"),
            ]
            none = locale._("It isn't a token")
    return [*first, button(none, "credential.not_a_token")]


def mistaken(locale: Locale) -> Card:
    """It was none: nothing has happened."""
    text = locale._("OK. I didn't keep it. Please write it again without that part, or use a command.")
    return Card(text, [paragraph(locale, line(text))])
