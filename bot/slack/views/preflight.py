"""Settings that are not true, on the Home of admins: a line and a remedy each."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, DividerBlock

from bot.core.preflight import SILENT, Finding, Verdict
from bot.texts.locale import Locale
from bot.texts.preflight import PROBLEMS

from .parts import Code, Line, Piece, actions, button, context, header, line, paragraph

LISTED = 6


def at_home(findings: Sequence[Finding], locale: Locale) -> list[Block]:
    """What is wrong, what could not be looked at, and the button that looks again; nothing where all is well."""
    wrong = [each for each in findings if each.verdict is Verdict.WRONG]
    silent = [each for each in findings if each.problem == SILENT]
    if not wrong and not silent:
        return []
    blocks: list[Block] = [DividerBlock(), header(_title(len(wrong), locale))]
    blocks += [paragraph(locale, *_lines(each, locale)) for each in wrong[:LISTED]]
    notes = [line(locale._("{count} more in the log", count=len(wrong) - LISTED))] if len(wrong) > LISTED else []
    if silent:
        whom = {each.values["who"]: None for each in silent}
        names = locale.listed(f"`{each.setting}`" for each in silent)
        text = locale._("⏳ not known yet, as {who} gave no answer: {settings}")
        notes.append(line(text.replace("{settings}", names), who=locale.all_of(list(whom))))
    notes.append(line(locale._("looking again takes 2 calls to Coze")))
    return [*blocks, actions(button(locale._("Look again"), "preflight.look")), context(locale, *notes)]


def _title(count: int, locale: Locale) -> str:
    if not count:
        return locale._("Settings")
    return locale.ngettext("{count} setting is wrong", "{count} settings are wrong", count)


def _lines(finding: Finding, locale: Locale) -> list[Line]:
    says, remedy = (locale._(text) for text in PROBLEMS[finding.problem])
    pieces: dict[str, Piece] = {
        name: value if name == "count" else Code(value) for name, value in finding.values.items()
    }
    return [line(f"❌ `{finding.setting}`: {says}", **pieces), line(f"→ {remedy}", **pieces)]
