"""Leak guard: somebody typed a secret where it does not belong. What to do now; nothing of it is repeated."""

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.logs import SecretKind
from bot.texts import Reader

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


def leak(kind: SecretKind, reader: Reader, typed: bool = False) -> Card:
    """What was written and what to do about it. `typed` as a command it stands in no history."""
    title, text = _words(kind, reader)
    kept = (
        reader.t("I did not keep or use it. Nobody else saw it, but it passed through Slack. Please now:")
        if typed
        else reader.t(
            "I did not keep or use it. But it stays in the chat history, where others may see it. Please now:"
        )
    )
    delete = [] if typed else [line(reader.t("Delete your message (I am not able to do it for you)"))]
    steps = [*delete, _end(kind, reader)]
    now = numbered(reader, *steps) if len(steps) > 1 else text_section(reader, *steps)
    blocks: list[Block] = [
        header(title),
        rich_text(text_section(reader, line(kept)), now),
        actions(*_buttons(kind, reader)),
        context(reader, line(reader.t("If I ever need a token, I ask in a form or a one-time page, never in chat."))),
    ]
    return Card(text, blocks)


def _words(kind: SecretKind, reader: Reader) -> tuple[str, str]:
    """Header, and the same fact for notifications."""
    match kind:
        case "key":
            return (
                reader.t("That looks like a private key"),
                reader.t("What you just sent looks like a private key. Please delete your message and the key."),
            )
        case "assertion":
            return (
                reader.t("That looks like a signed assertion"),
                reader.t("What you just sent looks like a signed assertion. Please delete your message."),
            )
    return (
        reader.t("That looks like a token"),
        reader.t("What you just sent looks like a token. Please delete your message and revoke the token."),
    )


def _end(kind: SecretKind, reader: Reader) -> Line:
    """How the secret stops being one."""
    match kind:
        case "key":
            return line(reader.t("Delete this key in your Coze app and create a new one"))
        case "assertion":
            return line(reader.t("Sign a new one: whoever saw this one could use it once, within its minutes"))
    return line(reader.t("Revoke this token in Coze and make a new one"))


def _buttons(kind: SecretKind, reader: Reader) -> list[InteractiveElement]:
    match kind:
        case "key":
            first: list[InteractiveElement] = [link(reader.t("Open my OAuth apps"), "oauth", APPS, primary=True)]
            mistaken = reader.t("It is not a key")
        case "assertion":
            first, mistaken = [command("check", reader, primary=True)], reader.t("It is not an assertion")
        case _:
            first = [
                link(reader.t("Open token page"), "tokens", TOKENS, primary=True),
                button(reader.t("Help me replace it"), "remind.renew"),
            ]
            mistaken = reader.t("It is not a token")
    return [*first, button(mistaken, "credential.not_a_token")]


def mistaken(reader: Reader) -> Card:
    """It was none: nothing has happened."""
    text = reader.t("Good. I kept nothing of it; please write it without that part, or as a command.")
    return Card(text, [paragraph(reader, line(text))])
