"""Backup persons of a token, as they and its owner see them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core.backup import Backup, BackupState, Help, How
from bot.core.credential import Credential, CredentialState
from bot.core.errors import InvalidFields, Problem
from bot.core.orphan import Orphan, Reason
from bot.services.backup import Naming
from bot.slack.views import backup as views
from bot.slack.views import orphan as admin_views
from bot.slack.views.parts import Card
from bot.texts.locale import Locale
from tests.slack.views import samples_renewal


def _backup(token: Credential, state: BackupState) -> Backup:
    return Backup(9, token.team_id, token.id, token.user_id, "U0LIN", state, token.created_at)


def cards(token: Credential, owner: str, locale: Locale) -> Iterator[tuple[str, Card]]:
    """In each state: the question, what the owner reads, the request for help; what the admins read at the end."""
    now = token.ends_at - timedelta(days=3)
    asked = Help(Reason.SILENT, now + timedelta(hours=8))
    for state in BackupState:
        naming = Naming(_backup(token, state), token, None)
        yield f"backup owner {state}", views.owners(naming, locale)
        yield f"backup question {state}", views.question(naming, locale)
        yield f"backup help {state}", views.help(replace(naming, help=asked), owner, locale, now)
    mine = Naming(_backup(token, BackupState.ACCEPTED), token, asked)
    yield "backup question, asked for help", views.question(mine, locale)
    for reason in Reason:
        yield f"backup help {reason}", views.help(replace(mine, help=replace(asked, why=reason)), owner, locale, now)
    for name, told in {
        "taken": replace(asked, taken_by="U0LIN", taken_at=now),
        "handed": replace(asked, handed=True),
    }.items():
        yield f"backup help, {name}", views.help(replace(mine, help=told), owner, locale, now)
    yield "backup help, ended", views.help(mine, owner, locale, token.ends_at)
    for over in (CredentialState.FORGOTTEN, CredentialState.SUPERSEDED):
        closed = replace(mine, credential=replace(token, state=over))
        yield f"backup help {over}", views.help(closed, owner, locale, now)
        yield f"backup question {over}", views.question(closed, locale)
        yield f"backup owner {over}", views.owners(closed, locale)
    yield "backup stopped", views.stopped(mine, locale)
    for how in How:
        yield f"orphan after backup {how}", admin_views.card(token, _orphan(how), locale, now)


def _orphan(how: How) -> Orphan:
    return Orphan(Reason.SILENT, backup="U0LIN", how=how)


def forms(token: Credential, locale: Locale) -> Iterator[tuple[str, dict[str, Any]]]:
    """The form with and without somebody, with what was wrong; while Slack is asked, and then. And that for a token
    that was replaced."""
    yield from samples_renewal.forms(token, locale)
    yield "backup.name", views.form(token, None, locale)
    for state in BackupState:
        wrong = InvalidFields([Problem("backup.person", "backup_guest")])
        yield f"backup.name {state}", views.form(token, _backup(token, state), locale, wrong)
    yield "backup asking", views.asking(locale)
    yield "backup asked", views.asked("U0LIN", locale)
