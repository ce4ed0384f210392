"""What is left to do once a token was replaced: the agents to update, and the old one to delete."""

from datetime import datetime

from slack_sdk.models.blocks import ButtonElement, PlainTextInputElement

from bot.core.credential import Credential
from bot.services.renewal import ENTERED, Renewal, Standing
from bot.slack.router import View
from bot.texts.locale import Locale

from .agent_names import quoted
from .buttons import TOKENS, command
from .parts import (
    Card,
    Code,
    Line,
    Moment,
    actions,
    button,
    field,
    headed,
    line,
    link,
    modal,
    name,
    paragraph,
    with_name,
)

LONGEST = 200  # characters; a token has 68


def to_do(renewal: Renewal, locale: Locale) -> Line:
    """Where the new one has to go."""
    if not renewal.agents:
        return line(locale._("Put the new one into each agent that uses the old one."))
    return line(locale._("Put the new one into {agents}."), agents=quoted(renewal.agents, locale))


def buttons(renewal: Renewal, locale: Locale, now: datetime) -> list[ButtonElement]:
    """What can be looked at: the new token, and whether the old one is dead."""
    check = [command("check", locale)]
    return [*check, look(renewal.old, locale)] if _matters(renewal, now) else check


def old_one(renewal: Renewal, locale: Locale, now: datetime) -> list[Line]:
    """What is known of the old token; nothing once it has ended."""
    if renewal.gone_at:
        text = locale._("✅ Coze refuses the old one, as you entered it · verified {at}")
        return [line(text, at=Moment(renewal.gone_at))]
    if not _matters(renewal, now):
        return []
    if renewal.old.last4:
        text = locale._("once all agents have the new one, delete the old one on Coze, ending in {last4}")
        return [line(text, last4=Code(renewal.old.last4))]
    return [line(locale._("once all agents have the new one, delete the old one on Coze"))]


def _matters(renewal: Renewal, now: datetime) -> bool:
    """Whether the old one may still open something."""
    return renewal.gone_at is None and now < renewal.old.ends_at


def look(old: Credential, locale: Locale) -> ButtonElement:
    """Opens the form for the old token."""
    return button(locale._("Is the old one gone?…"), "credential.gone", old.id)


def form(old: Credential, locale: Locale) -> View:
    """Takes the old token for one look. Slack can't mask the field."""
    hint = locale._("One Coze call.")
    if old.last4:
        hint = locale._("One Coze call. It ends in {last4}.", last4=old.last4)
    blocks = [
        paragraph(
            locale,
            line(
                locale._("Enter “{name}” again: I'll ask Coze whether it still works, then drop it."),
                name=name(old.name),
            ),
            line(locale._("**Never paste it in chat**: I can't delete your messages. Not while screen-sharing.")),
        ),
        field(
            ENTERED,
            locale._("The old token"),
            PlainTextInputElement(action_id="value", max_length=LONGEST, placeholder="pat_…"),
            hint=hint,
        ),
    ]
    title, submit = locale._("Is the old one gone?"), locale._("Check once")
    return modal(title, locale._("Cancel"), blocks, "credential.gone", submit, str(old.id))


def told(found: Standing, old: Credential, locale: Locale) -> Card:
    """What Coze said of what was entered; that it is this token, only the last four characters tell, if known."""
    if found is Standing.ALIVE:
        return _alive(old, locale)
    if old.last4:
        text = locale._("✅ Coze refuses what you entered as “{name}” · verified. If it was typed right, that's all.")
    else:
        text = locale._("Coze refuses what you entered. I can't tell that it's “{name}”: its last 4 aren't recorded.")
    return Card(with_name(text, old.name), [paragraph(locale, line(text, name=name(old.name)))])


def _alive(old: Credential, locale: Locale) -> Card:
    title = locale._("“{name}” still works") if old.last4 else locale._("This token still works")
    text = line(
        locale._("Coze takes it (verified), so whoever has it can use it until {ends}. Delete it on Coze."),
        ends=Moment(old.ends_at),
    )
    row = [link(locale._("Open token page"), "tokens", TOKENS, primary=True), look(old, locale)]
    return Card(with_name(title, old.name), [headed(title, old.name), paragraph(locale, text), actions(*row)])
