"""Check as people see it: one token or one signed assertion, looked at once and dropped."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from slack_sdk.models.blocks import Block, PlainTextInputElement

from bot.core.assertion import Finding
from bot.coze.errors import MissingPermission
from bot.services.token_checker import Refused
from bot.slack.fields import Fields
from bot.slack.views.buttons import way_out
from bot.slack.views.parts import (
    Card,
    Code,
    Line,
    actions,
    advice,
    button,
    context,
    field,
    header,
    helped,
    line,
    modal,
    name,
    paragraph,
    rich_text,
    text_section,
)
from bot.texts.locale import Help, Locale, error_help

from .lint import note_line

LONGEST_TEXT = 3000


class Filled(TypedDict):
    """What the form brought. `text` is a secret: never log it, never put it back into a view."""

    text: str
    app_id: str
    kid: str


def form(locale: Locale) -> dict[str, Any]:
    """Takes a token or an assertion for one check. Slack can't mask the field."""
    blocks: list[Block] = [
        paragraph(
            locale,
            line(locale._("Used for this one check, then dropped: not stored, not logged.")),
            line(locale._("**Never paste it in chat**: I can't delete your messages. Not while screen-sharing.")),
        ),
        field(
            "check.text",
            locale._("Token or signed assertion"),
            PlainTextInputElement(
                action_id="value", multiline=True, max_length=LONGEST_TEXT, placeholder="pat_… / eyJ…"
            ),
            hint=locale._("Never a private key. At most 3 Coze calls are used."),
        ),
        _optional("check.app_id", locale._("App ID"), locale._("Assertions only: compared with iss.")),
        _optional(
            "check.kid",
            locale._("Fingerprint ([fingerprint])"),
            locale._("Assertions only: compared with kid."),
        ),
    ]
    return modal(locale._("Check a token"), locale._("Cancel"), blocks, "check.run", locale._("Check once"))


def _optional(block_id: str, label: str, hint: str) -> Block:
    return field(block_id, label, PlainTextInputElement(action_id="value", max_length=100), hint, optional=True)


def read(fields: Fields) -> Filled:
    """What the form brought, trimmed."""
    return {
        "text": fields.text("check.text").strip(),
        "app_id": fields.text("check.app_id").strip(),
        "kid": fields.text("check.kid").strip(),
    }


def of_assertion(fields: Fields) -> list[str]:
    """The questions about an assertion that were answered."""
    return [question for question in ("check.app_id", "check.kid") if fields.text(question).strip()]


def pat_ok(
    account_name: str, workspace_count: int, locale: Locale, *, lists: bool | None = None, calls: int = 2
) -> Card:
    """What is proven about a token: whose it is, how many workspaces it sees, that it `lists` agents."""
    unknown_end = locale._("📅 Coze doesn't tell when it expires: record the date and I'll remind you")
    blocks = [
        header(locale._("The token works")),
        paragraph(locale, *pat_lines(account_name, workspace_count, locale, lists=lists), line(unknown_end)),
        actions(button(locale._("Track an expiry date…"), "credential.record", primary=True)),
        context(locale, calls_used(calls, locale), line(locale._("token dropped, not stored, not logged"))),
    ]
    return Card(locale._("The token works: everything checked is verified"), blocks)


def pat_lines(account_name: str, workspace_count: int, locale: Locale, *, lists: bool | None) -> list[Line]:
    """What Coze said about a token, one line each."""
    sees = locale.ngettext("✅ Sees {count} space · verified", "✅ Sees {count} spaces · verified", workspace_count)
    lines = [_account(account_name, locale), line(sees)]
    return [*lines, line(locale._("✅ May list agents · verified"))] if lists else lines


def assertion_ok(
    account_name: str | None, lifetime_seconds: int | None, notes: Sequence[Finding], locale: Locale
) -> Card:
    """What is proven about an assertion. `lifetime_seconds` is that of the token it was exchanged for."""
    lines = [line(locale._("✅ Exchanged for an access token · verified"))]
    if account_name:
        lines.append(_account(account_name, locale))
    if lifetime_seconds:
        minutes = max(1, lifetime_seconds // 60)
        lines.append(
            line(
                locale.ngettext(
                    "⏳ Valid for {count} minute; then sign again",
                    "⏳ Valid for {count} minutes; then sign again",
                    minutes,
                )
            )
        )
    lines += [note_line(finding, locale) for finding in notes if finding.level == "note"]
    blocks = [
        header(locale._("The assertion works")),
        paragraph(locale, *lines),
        context(
            locale,
            calls_used(2 if account_name else 1, locale),
            line(locale._("assertion spent, token dropped, nothing stored")),
        ),
    ]
    return Card(locale._("The assertion works: Coze exchanged it for a token"), blocks)


def refused(found: Refused, locale: Locale) -> Card:
    """What Coze refused, as the look brought it."""
    error = found.error
    missing = {"key": error.key, "space": error.space} if isinstance(error, MissingPermission) else {}
    return failed(error.help, locale, code=error.code, log_id=error.log_id, calls=found.calls, **missing)


def failed(help_key: str, locale: Locale, /, **values: object) -> Card:
    """What Coze refused, why probably, what to do. `values`: key, space, date, code, log_id, as far as known."""
    help = error_help(help_key, locale, **values)
    blocks = [
        header(help.act),
        rich_text(text_section(locale, not_there_yet(help, helped(help.why, help), locale)), advice(help, locale)),
        actions(*way_out(help, locale, "check")),
        context(locale, line(locale._("dropped, not stored, not logged")), *traces(values, locale)),
    ]
    return Card(locale._("The check didn't pass: {what}", what=help.title), blocks)


def not_there_yet(help: Help, why: Line, locale: Locale) -> Line:
    """What a check said no to, and `why`."""
    template = locale._("❌ **Not there yet** · {what}. {why}")
    return Line(template.replace("{what}", help.title).replace("{why}", why.template), why.pieces)


def _account(account_name: str, locale: Locale) -> Line:
    return line(locale._("✅ Valid, account “{account}” · verified"), account=name(account_name))


def calls_used(count: int, locale: Locale) -> Line:
    """What a check has cost."""
    return line(locale.ngettext("{count} Coze call used", "{count} Coze calls used", count))


def traces(values: Mapping[str, object], locale: Locale) -> list[Line]:
    """What a failed check has cost, and what leads to it at Coze: code and log ID."""
    lines = [calls_used(int(str(values["calls"])), locale)] if values.get("calls") else []
    if values.get("code"):
        lines.append(line(locale._("code {code}"), code=str(values["code"])))
    if values.get("log_id"):
        lines.append(line(locale._("log ID {id}"), id=Code(str(values["log_id"]))))
    return lines
