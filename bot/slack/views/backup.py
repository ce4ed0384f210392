"""Backup persons in Slack: the form that names one, what they and the owner of the token read, and the request for
help with a token whose owner can't be reached.
"""

from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import Block, ButtonElement, UserSelectElement

from bot.core.backup import QUESTION, Backup, BackupState, Help
from bot.core.credential import WATCHED, Credential, CredentialState
from bot.core.errors import InvalidFields
from bot.core.orphan import Reason
from bot.services.backup import Naming
from bot.texts.locale import Locale, mark

from .orphan import WHY
from .parts import (
    NAME,
    Card,
    Line,
    Mention,
    Moment,
    actions,
    button,
    confirm,
    context,
    cut,
    escape,
    field,
    fit,
    headed,
    line,
    modal,
    name,
    paragraph,
    with_name,
)
from .problems import sentence

STANDS: dict[BackupState, str] = {
    BackupState.ASKED: mark("⏳ {who} was asked to be the backup person for “{name}”, and hasn't answered yet"),
    BackupState.ACCEPTED: mark("✅ {who} is the backup person for “{name}”"),
    BackupState.DECLINED: mark("❌ {who} can't be the backup person for “{name}”"),
    BackupState.UNREACHED: mark("❌ Slack delivers no message to {who}: nobody is the backup person for “{name}”"),
    BackupState.LEFT: mark("❌ {who} isn't a full member any more, and no backup person for “{name}”"),
    BackupState.CLOSED: mark("🔕 {who} is no longer the backup person for “{name}”: you named somebody else"),
}
"""What the owner reads."""

WHOSE = 14.0
"""Letters of the owner's name in a header, beside the token's."""

NOBODY = frozenset({BackupState.DECLINED, BackupState.UNREACHED, BackupState.LEFT})


def form(token: Credential, backup: Backup | None, locale: Locale, wrong: InvalidFields | str = "") -> dict[str, Any]:
    """Asks who it is to be, and says how it stands; `wrong` is what was not right with the last answer."""
    if isinstance(wrong, InvalidFields):
        wrong = sentence(wrong.problems[0], locale)
    lines = [line("**{wrong}**", wrong=wrong)] if wrong else []
    if backup:
        lines.append(_stands(backup, token, locale))
    lines += [
        line(locale._("Where I can't reach you, or you do nothing until the last day, I ask this person first.")),
        line(
            locale._("Without one, or if nobody takes it that working day, I ask the admins. Nobody gets the token.")
        ),
    ]
    pick = UserSelectElement(action_id="value", placeholder=locale._("Pick a person"))
    hint = locale._("A full member of this workspace. I'll ask them; they count once they accept.")
    blocks = [paragraph(locale, *lines), field(QUESTION, locale._("Backup person"), pick, hint)]
    title, submit = locale._("Backup person"), locale._("Ask this person")
    return modal(title, locale._("Cancel"), blocks, "backup.name", submit, str(token.id))


def asking(locale: Locale) -> dict[str, Any]:
    """While Slack is asked who that is."""
    return _told(locale, line(locale._("⏳ Asking Slack who that is…")))


def asked(named: str, locale: Locale) -> dict[str, Any]:
    """They were asked."""
    text = locale._("✅ I've asked {who}. I'll tell you here in our chat what they say.")
    return _told(locale, line(text, who=Mention(named)))


def _told(locale: Locale, text: Line) -> dict[str, Any]:
    return modal(locale._("Backup person"), locale._("Close"), [paragraph(locale, text)], "backup.told")


def _stands(backup: Backup, token: Credential, locale: Locale) -> Line:
    return line(locale._(STANDS[backup.state]), who=Mention(backup.named), name=name(token.name))


def owners(naming: Naming, locale: Locale) -> Card:
    """How it stands, for the owner; a button where nobody stands in."""
    token, backup = naming.credential, naming.backup
    blocks: list[Block] = [paragraph(locale, _stands(backup, token, locale))]
    if backup.state in NOBODY and token.state in WATCHED:
        blocks.append(actions(button(locale._("Name somebody else…"), "backup.open", token.id)))
    return Card(with_name(locale._("Backup person for “{name}”"), token.name), blocks)


def stopped(naming: Naming, locale: Locale) -> Card:
    """Their backup person has stopped the reminders of a token of theirs."""
    text = locale._("🔕 {who}, your backup person, stopped the reminders of “{name}”: it is no longer needed")
    told = line(text, who=Mention(naming.backup.named), name=name(naming.credential.name))
    again = line(locale._("If you still need it, track its expiry date again."))
    title = with_name(locale._("Your backup person stopped the reminders of “{name}”"), naming.credential.name)
    record = actions(button(locale._("Track an expiry date…"), "credential.record"))
    return Card(title, [paragraph(locale, told, again), record])


def question(naming: Naming, locale: Locale) -> Card:
    """Whether somebody will stand in, or one line about what became of that."""
    backup, token = naming.backup, naming.credential
    if not naming.is_open:
        return _over(naming, locale)
    if backup.state is BackupState.ACCEPTED:
        text = locale._("✅ You're the backup person of {who} for “{name}”")
        fact = paragraph(locale, line(text, who=Mention(backup.user_id), name=name(token.name)))
        leave = button(locale._("I can't any more"), "backup.decline", backup.id)
        blocks: list[Block] = [fact] if naming.help else [fact, actions(leave)]
        return Card(with_name(locale._("You're the backup person for “{name}”"), token.name), blocks)
    about = locale._("{who} asks you to be the backup person for a token of Coze, “{name}”. It expires {ends}.")
    ends = Moment(token.ends_at, day=True)
    when = locale._("If {who} can't be reached before that, I'll ask you to get in touch. You need no token for it.")
    title = locale._("Be the backup person for “{name}”?")
    blocks = [
        headed(title, token.name),
        paragraph(
            locale,
            line(about, who=Mention(backup.user_id), name=name(token.name), ends=ends),
            line(when, who=Mention(backup.user_id)),
        ),
        actions(
            button(locale._("Accept"), "backup.accept", backup.id, primary=True),
            button(locale._("Decline"), "backup.decline", backup.id),
        ),
        context(locale, line(locale._("You can stop at any time; the owner is told what you answer"))),
    ]
    return Card(with_name(title, token.name), blocks)


def _over(naming: Naming, locale: Locale) -> Card:
    backup, token = naming.backup, naming.credential
    if backup.state is BackupState.DECLINED:
        text = locale._("You aren't the backup person for “{name}”; {who} knows")
    elif token.state not in WATCHED:
        text = locale._("“{name}” of {who} is no longer tracked, and needs no backup person")
    else:
        text = locale._("You're no longer asked to be the backup person of {who} for “{name}”")
    told = line(text, name=name(token.name), who=Mention(backup.user_id))
    return Card(with_name(locale._("Backup person for “{name}”"), token.name), [paragraph(locale, told)])


def help(naming: Naming, owner: str, locale: Locale, now: datetime) -> Card:
    """Asks the backup person to help; `owner` is the name of whose token it is. One line once nothing is left."""
    token, asked_for, backup = naming.credential, naming.help, naming.backup
    if asked_for is None or asked_for.handed or not naming.is_open:
        return _helped(naming, locale)
    whose = cut(name(owner), NAME)
    title = locale._("Help out: {who}'s “{name}”", who=fit("{name}", owner, WHOSE), name="{name}")
    row = [] if asked_for.taken_by else [_takes(backup, locale)]
    row += [button(locale._("Pass to the admins"), "remind.backup_admins", backup.id), _off(backup, whose, locale)]
    told, note = _why(naming, asked_for, locale, now), _note(asked_for, locale)
    only = locale._("Only {who}, or the owner of that Coze account, can create a new token. Can you reach {who}?")
    lines = [*told, line(only, who=Mention(token.user_id))]
    blocks: list[Block] = [headed(title, token.name), paragraph(locale, *lines), actions(*row), context(locale, note)]
    text = locale._("{who} can't be reached about “{name}”; can you help?", who=escape(name(owner)), name="{name}")
    return Card(with_name(text, token.name), blocks)


def _why(naming: Naming, asked_for: Help, locale: Locale, now: datetime) -> list[Line]:
    token = naming.credential
    named = line(locale._("{who} named you as backup person."), who=Mention(token.user_id))
    reason = line(locale._(WHY[Reason(asked_for.why)]), who=Mention(token.user_id))
    cost = locale._("It expires {ends}. After that, agents that use it stop answering.")
    if token.ends_at <= now:
        cost = locale._("By the date that was entered it expired {ends}. Agents that use it may be silent.")
    return [named, reason, line(cost, ends=Moment(token.ends_at))]


def _note(asked_for: Help, locale: Locale) -> Line:
    if asked_for.taken_by and asked_for.taken_at:
        return line(locale._("✅ You get in touch, since {at}"), at=Moment(asked_for.taken_at))
    text = locale._("I give the token to nobody · if nobody takes it by {until}, I'll tell the admins")
    return line(text, until=Moment(asked_for.until))


def _takes(backup: Backup, locale: Locale) -> ButtonElement:
    return button(locale._("I'll get in touch"), "remind.backup_takes", backup.id, primary=True)


def _off(backup: Backup, whose: str, locale: Locale) -> ButtonElement:
    ask = confirm(
        locale._("Stop its reminders?"),
        locale._("{who} gets a message saying that you stopped them.", who=whose),
        locale._("Stop"),
        locale._("Not now"),
    )
    return button(locale._("No longer needed"), "remind.backup_off", backup.id, confirm=ask)


def _helped(naming: Naming, locale: Locale) -> Card:
    token, asked_for = naming.credential, naming.help
    if token.state is CredentialState.FORGOTTEN:
        text = locale._("🔕 “{name}” of {who} · reminders off, no longer needed")
    elif token.state not in WATCHED:
        text = locale._("✅ “{name}” of {who} was replaced")
    elif asked_for and asked_for.handed:
        text = locale._("👉 The admins were told of “{name}” of {who}")
    else:
        text = locale._("You're no longer asked to help with “{name}” of {who}")
    told = line(text, name=name(token.name), who=Mention(token.user_id))
    return Card(with_name(locale._("Nothing left to do for “{name}”"), token.name), [paragraph(locale, told)])
