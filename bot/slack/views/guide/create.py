"""The forms in which an agent is made: a token, the workspace where there are several, the agent, what came of it.

The token's input has the same id in all of them, so it goes along as it was typed, and only there.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)

from bot.core import agent as limits
from bot.core.agent import Address, Draft, Space
from bot.slack.fields import Fields
from bot.slack.views.buttons import COZE
from bot.slack.views.parts import Line, actions, context, field, line, link, modal, name, paragraph
from bot.texts.locale import Locale

from . import forms

MOST_SPACES = 100  # options that a menu holds


def token(locale: Locale, value: str, *, asking: bool = False, note: str = "") -> dict[str, Any]:
    """Takes the token that tells the workspaces; while Coze is `asking`, and with a `note` why it said no."""
    lead = line(locale._("I ask Coze for your spaces: 1 Coze call. The token needs `listWorkspace` and `createBot`."))
    if asking:
        lead = line(locale._("⏳ Asking Coze for your spaces…"))
    elif note:
        lead = line("{note}", note=note)
    return forms.token(locale, "guide.spaces", value, lead, locale._("Next"))


def spaces(locale: Locale, value: str, found: Sequence[Space]) -> dict[str, Any]:
    """Asks which workspace; of two with one name the id is told."""
    found = found[:MOST_SPACES]
    times = Counter(name(space.name) for space in found)
    labels = {space.id: name(space.name) for space in found}
    options = [
        Option(
            text=PlainTextObject(text=label if times[label] == 1 else f"{label} · {space_id}", emoji=False),
            value=space_id,
        )
        for space_id, label in labels.items()
    ]
    blocks: list[Block] = [
        field(
            "guide.space",
            locale._("Space"),
            StaticSelectElement(action_id="value", placeholder=locale._("Pick a space"), options=options),
            locale._("One that wasn't ticked for this token is refused by Coze."),
        ),
        _token_again(locale),
    ]
    title = locale._("Where to make it")
    return modal(title, locale._("Cancel"), blocks, "guide.space", locale._("Next"), value)


def read_chosen(fields: Fields) -> tuple[str, str]:
    """The workspace's id and its name as shown, by the names that core.agent.read_space takes."""
    chosen = fields["guide.space"]
    return chosen.text, chosen.label


def agent(
    locale: Locale, value: str, space: Space | None, draft: Draft | None = None, note: str = ""
) -> dict[str, Any]:
    """The agent to be made: in `space`, else in ShargeAI with the bot's own credential.

    `draft` fills it in again, with a `note` why Coze said no.
    """
    written = draft or Draft("", "", "", "", ())
    blocks: list[Block] = [
        *([paragraph(locale, line("{note}", note=note))] if note else []),
        context(locale, _place(locale, space)),
        _text(
            locale,
            "name",
            locale._("Name"),
            limits.NAME,
            written.name,
            hint=locale._("Easy to say: you call it by voice."),
        ),
        _text(locale, "description", locale._("Description"), limits.DESCRIPTION, written.description, optional=True),
        _text(
            locale,
            "persona",
            locale._("Persona"),
            limits.PERSONA,
            written.persona,
            hint=locale._("Its role and how it answers."),
        ),
        _text(locale, "opening", locale._("Opening"), limits.OPENING, written.opening, optional=True),
        _text(
            locale,
            "questions",
            locale._("Suggested questions"),
            600,
            "\n".join(written.questions),
            hint=locale._(
                "One a line, {most} at most, {longest} characters each.", most=limits.QUESTIONS, longest=50
            ),
            optional=True,
        ),
    ]
    if space:
        blocks.append(_token_again(locale))
        value = f"{value} {space.id} {name(space.name)}"
    return modal(
        locale._("Create an agent"), locale._("Cancel"), blocks, "guide.create", locale._("Create agent"), value
    )


def _place(locale: Locale, space: Space | None) -> Line:
    if space is None:
        return line(
            locale._(
                "I'll create it in the **ShargeAI** space, whose owner owns it; only you can publish it from here."
            )
        )
    text = locale._("I'll create it in the Coze space “{name}” with your token: 1 Coze call.")
    return line(text, name=name(space.name))


def _token_again(locale: Locale) -> InputBlock:
    hint = locale._("This is the one you just entered; it's only in this form. If it's empty, enter it again.")
    return forms.token_field(locale, hint)


def _text(
    locale: Locale, part: str, label: str, longest: int, written: str, *, hint: str = "", optional: bool = False
) -> InputBlock:
    hint = hint or locale._("{longest} characters at most.", longest=longest)
    entry = PlainTextInputElement(action_id="value", multiline=longest > limits.NAME, initial_value=written or None)
    return field(f"guide.{part}", label, entry, hint, optional=optional)


def read_space(rest: str) -> Space | None:
    """The workspace that was chosen, as the form names it beside the step, if one was. Raises InvalidFields."""
    return limits.read_space(*rest.partition(" ")[::2]) if rest else None


def read(fields: Fields) -> dict[str, str]:
    """By the names that core.agent.read_draft takes."""
    parts = ("name", "description", "persona", "opening", "questions")
    return {part: fields.text(f"guide.{part}") for part in parts}


def making(locale: Locale, draft: Draft) -> dict[str, Any]:
    """Coze is asked; nothing can be sent a second time."""
    blocks = [
        paragraph(
            locale,
            line(locale._("⏳ Coze is making “{name}”…"), name=name(draft.name)),
            line(locale._("You can close this: the card in our chat will show the result.")),
        )
    ]
    return modal(locale._("Create an agent"), locale._("Close"), blocks, "guide.making")


def made(locale: Locale, address: Address) -> dict[str, Any]:
    """It is there: where, and the way to it."""
    text = locale._("✅ “{name}” is made in the space “{place}” · verified")
    url = f"{COZE}space/{address.workspace_id}/bot/{address.agent_id}"
    blocks: list[Block] = [
        paragraph(
            locale,
            line(text, name=name(address.name), place=name(address.workspace)),
            line(locale._("The next step is on the card in our chat.")),
        ),
        actions(link(locale._("Open agent"), "agent", url)),
    ]
    return modal(locale._("Create an agent"), locale._("Close"), blocks, "guide.made")
