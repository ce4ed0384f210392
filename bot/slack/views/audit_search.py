"""The audit as admins look through it: a form that asks whose, which agent and since when, and what was found."""

from typing import Any

from slack_sdk.models.blocks import (
    Block,
    DividerBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
    UserSelectElement,
)

from bot.services.audit_search import EXPORTED, FILE_STAYS, AuditPage, Search
from bot.slack.fields import Fields
from bot.texts.locale import Locale

from .audit_words import told
from .desk import turning
from .guide.lint import duration
from .parts import (
    LONGEST_NAME,
    Code,
    Line,
    actions,
    bullets,
    button,
    field,
    line,
    modal,
    paragraph,
    rich_text,
    section,
)

PAGE = 10
DAY = 86_400  # seconds
DAYS = (1, 7, 30, 90, 365)
FORM = "audit.search"


def form(search: Search, locale: Locale, found: AuditPage | None = None, note: Line | None = None) -> dict[str, Any]:
    """The questions, and what was found below them; `note` says what came of a press."""
    blocks: list[Block] = [
        field("audit.who", locale._("Who"), _people(search, locale), optional=True),
        field("audit.agent", locale._("Agent"), _agent(search, locale), optional=True),
        field("audit.days", locale._("In the last"), _days(search, locale)),
    ]
    if found:
        said = [paragraph(locale, note)] if note else []
        blocks += [DividerBlock(), *said, *_found(found, locale)]
        turns = turning(locale, "audit.page", found.offset, PAGE, found.offset + PAGE + found.has_more)
        blocks.append(actions(*turns))
    title, close, send = locale._("Search the log"), locale._("Close"), locale._("Search")
    return modal(title, close, blocks, FORM, send, kept(search, found.offset if found else 0))


def _found(found: AuditPage, locale: Locale) -> list[Block]:
    if not found.deeds:
        return [paragraph(locale, line(locale._("Nothing was found.")))]
    first, last = locale.number(found.offset + 1), locale.number(found.offset + len(found.deeds))
    note = line(locale._("{first} to {last}, newest first", first=first, last=last))
    export = button(locale._("Export as CSV"), "audit.csv")
    return [rich_text(bullets(locale, *(told(each, locale) for each in found.deeds))), section(locale, export, note)]


def sent(count: int, locale: Locale) -> Line:
    """The file is there."""
    lines = locale.ngettext("{count} line", "{count} lines", count)
    text = locale._("📄 {lines} are a CSV file in your chat with me; I delete it in {days} days.")
    more = locale._("📄 The newest {count} lines are a CSV file in your chat with me; I delete it in {days} days.")
    if count < EXPORTED:
        return line(text, lines=lines, days=FILE_STAYS.days)
    return line(more, count=locale.number(count), days=FILE_STAYS.days)


def no_file(search: Search, locale: Locale) -> Line:
    """The app may not send files here; on the server it works."""
    whose = f" --person {search.user_id}" if search.user_id else ""
    command = Code(f"python3 -m bot audit export audit.jsonl --days {search.days}{whose}")
    text = locale._("I may not send files in this workspace (files:write). On my server: {command}")
    return line(text, command=command)


def no_file_now(locale: Locale) -> Line:
    """Slack did not take it this time."""
    return line(locale._("Slack didn't take the file just now. Press again in a moment."))


def _people(search: Search, locale: Locale) -> UserSelectElement:
    return UserSelectElement(action_id="value", placeholder=locale._("Anyone"), initial_user=search.user_id or None)


def _agent(search: Search, locale: Locale) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id="value",
        placeholder=locale._("Its ID, or a part of its name"),
        initial_value=search.agent or None,
        max_length=LONGEST_NAME,
    )


def _days(search: Search, locale: Locale) -> StaticSelectElement:
    options = {days: _option(days, locale) for days in sorted({*DAYS, search.days})}
    return StaticSelectElement(action_id="value", options=list(options.values()), initial_option=options[search.days])


def _option(days: int, locale: Locale) -> Option:
    return Option(value=str(days), label=duration(days * DAY, locale))


def read(fields: Fields) -> Search:
    """What was filled in."""
    return searched(fields.text("audit.who"), fields.text("audit.agent"), fields.text("audit.days"))


def kept(search: Search, offset: int) -> str:
    """The search as the form brings it along to the next page."""
    return "\n".join((search.user_id, search.agent, str(search.days), str(offset)))


def searched(user_id: str, agent: str, days: str) -> Search:
    """A search from what came in; what can't be is left out."""
    usual = Search()
    count = int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else usual.days
    who = user_id if user_id.isascii() and user_id.isalnum() and len(user_id) <= 20 else ""
    return Search(who, " ".join(agent.split())[:LONGEST_NAME], min(max(count, 1), max(DAYS)))


def offset_kept(metadata: str) -> str:
    """From which row on the page was that a form brings along."""
    return metadata.split("\n")[3] if metadata.count("\n") == 3 else ""


def unkept(metadata: str) -> Search:
    """The search that a form brings along."""
    user_id, agent, days, *_ = [*metadata.split("\n"), "", "", ""]
    return searched(user_id, agent, days)
