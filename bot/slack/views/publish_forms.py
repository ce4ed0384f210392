"""Publishing's forms: picking an agent, confirming, telling of a rejection, and why nothing can be published now."""

from collections.abc import Mapping
from typing import Any, Literal

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    Option,
    PlainTextInputElement,
    RichTextElement,
)

from bot.core.publish import NOTE_LENGTH, Publication
from bot.core.publish_checks import Findings
from bot.slack.fields import Fields
from bot.texts.locale import Locale, error_help

from .buttons import KEPT, keep_anew
from .guide.forms import words
from .join.grade import prove
from .parts import (
    Code,
    Moment,
    actions,
    bullets,
    context,
    field,
    line,
    modal,
    name,
    numbered,
    paragraph,
    rich_text,
    text_section,
)
from .publish import explained
from .publish_checks import notes_of

YES = "yes"  # a ticked box

Reason = Literal["not_member", "not_proven", "no_agents", "no_credential", "under_way", "failed"]


def looking(locale: Locale) -> dict[str, Any]:
    """Shown while the agents are looked up."""
    blocks = [paragraph(locale, line(locale._("⏳ Looking up your agents in ShargeAI…")))]
    return modal(locale._("Publish an agent"), locale._("Close"), blocks, "publish.looking")


def confirm(
    publication: Publication, looked: Findings, locale: Locale, note: str = "", *, announces: bool | None = None
) -> dict[str, Any]:
    """Says what publishing will do, and waits for the yes. `note` is what was typed into it before, `announces`
    what was ticked, None where no channel can be told.
    """
    what = locale._("Publish “{name}” to **[channel]** and API:")
    api, listed = line(locale._("**API** · live at once")), locale._("**[channel]** · waits for its review")
    if looked.published_at:
        at = Moment(looked.published_at, day=True)
        api = line(locale._("**API** · the version of {at} is replaced at once"), at=at)
    if looked.is_listed:
        listed = locale._("**[channel]** · Coze lists a version; this one waits for its review")
    if publication.is_api_only:
        what = locale._("Publish “{name}” to the API only:")
        listed, announces = locale._("**[channel]** · stays as it is"), None
    new = PlainTextInputElement(
        action_id="value",
        multiline=True,
        max_length=NOTE_LENGTH,
        placeholder=locale._("What is new"),
        initial_value=note or None,
    )
    hint = locale._("Shown in the release history and to the reviewer.")
    if publication.is_api_only:
        hint = locale._("Shown in the release history.")
    passed = locale._("✅ checked just now, and again when you publish")
    blocks: list[Block] = [
        rich_text(
            text_section(locale, line(what, name=name(publication.agent_name))),
            bullets(locale, api, line(listed)),
        ),
        field("publish.note", locale._("Release note"), new, hint, optional=True),
        *([] if announces is None else [_announces(locale, ticked=announces)]),
        *([paragraph(locale, *notes)] if (notes := notes_of(looked.found, locale)) else []),
        context(locale, line(passed), line(locale._("valid for 10 minutes"))),
    ]
    title, no = locale._("Confirm publishing"), locale._("Not now")
    return modal(title, no, blocks, "publish.confirm", locale._("Publish"), str(publication.id))


def _announces(locale: Locale, *, ticked: bool) -> Block:
    told = Option(text=locale._("Announce it in the news channel"), value=YES)
    boxes = CheckboxesElement(action_id="value", options=[told], initial_options=[told] if ticked else None)
    return field("publish.announce", locale._("When it's live"), boxes, optional=True)


def read_announces(fields: Fields) -> bool:
    """Whether it is to be told once it is online."""
    return YES in fields["publish.announce"].ticked


def read_note(fields: Fields) -> str:
    """What was typed as the release note."""
    return fields.text("publish.note")


def rejected_form(publication: Publication, locale: Locale) -> dict[str, Any]:
    """What the reviewer wrote, as Coze's notice told the person."""
    what = locale._("Coze told you that “{name}” was rejected. I'll record that, and that it comes from you.")
    blocks = [
        paragraph(locale, line(what, name=name(publication.agent_name))),
        words(locale, locale._("What the reviewer wrote"), optional=True),
    ]
    title, submit = locale._("Rejected in review"), locale._("Save")
    return modal(title, locale._("Cancel"), blocks, "publish.rejected", submit, str(publication.id))


def cannot(
    reason: Reason, locale: Locale, help_key: str = "E18", *more: Block, metadata: str = "", **values: object
) -> dict[str, Any]:
    """Why nothing can be published now, and what `more` there is to say. For "failed": the key of the error help,
    and what fills it in."""
    blocks: list[Block] = [rich_text(*_why(reason, locale, help_key, values)), *more]
    if reason == "not_proven":
        blocks.append(actions(prove(locale)))
    if help_key in KEPT:
        blocks.append(actions(keep_anew(error_help(help_key, locale))))
    if values.get("log_id"):
        blocks.append(context(locale, line(locale._("log ID {id}"), id=Code(str(values["log_id"])))))
    return modal(locale._("Not possible yet"), locale._("Close"), blocks, "publish.cannot", metadata=metadata)


def _why(reason: Reason, locale: Locale, help_key: str, values: Mapping[str, object]) -> list[RichTextElement]:
    match reason:
        case "not_member":
            what = line(locale._("**Only members of the ShargeAI team can publish to [channel]**"))
            return [
                text_section(locale, what, line(locale._("Request to join with `/sharge join`; an admin decides.")))
            ]
        case "not_proven":
            what = line(locale._("**Please verify first that your Coze account is yours**"))
            why = line(locale._("I publish only what Coze says belongs to you. Then come back: `/sharge publish`"))
            return [text_section(locale, what, why)]
        case "no_agents":
            what = line(locale._("**No agent of yours is in the ShargeAI space**"))
            steps = [
                line(locale._("In Coze switch to the **ShargeAI** space (name at the top left)")),
                line(locale._("**⊕ → [create]** (Create agent), then come back: `/sharge publish`")),
            ]
            return [text_section(locale, what), numbered(locale, *steps)]
        case "no_credential":
            what = line(locale._("**I have no team credential, so please publish by hand**"))
            steps = [
                line(locale._("Open the agent in Coze, press **[publish]** (Publish)")),
                line(locale._("Tick **[channel]** and **API**, confirm")),
            ]
            shown = [text_section(locale, what), numbered(locale, *steps)]
            if values.get("keep"):
                keep = line(locale._("Or let me do it: store a token for this with `/sharge remind`"))
                shown.append(text_section(locale, keep))
            return shown
        case "under_way":
            what = line(locale._("**This agent is being published already**"))
            return [text_section(locale, what, line(locale._("Its card in our chat shows how far it is.")))]
        case "failed":
            help = error_help(help_key, locale, **values)
            return explained(line(f"**{help.what}**"), help, locale)
