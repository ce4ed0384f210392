"""All that the lint found in an assertion, worded at once: to fix, to note, fine."""

from slack_sdk.models.blocks import Block

from bot.core.assertion import AssertionReport, Finding
from bot.core.guide import Failure
from bot.slack.views.buttons import APPS
from bot.slack.views.parts import (
    Card,
    Code,
    Line,
    Piece,
    actions,
    button,
    context,
    header,
    line,
    link,
    numbered,
    paragraph,
    rich_text,
)
from bot.texts.locale import Locale, mark

ANY = "*"

_SENTENCES = {
    (ANY, "missing"): mark("{key} is missing"),
    (ANY, "not_text"): mark("{key} must be text, in quotes"),
    (ANY, "not_integer"): mark("{key} must be a whole number of seconds"),
    (ANY, "milliseconds"): mark("{key} is in milliseconds: use seconds"),
    ("shape", "empty"): mark("Nothing was pasted"),
    ("shape", "too_long"): mark("This is far longer than an assertion"),
    ("shape", "access_token"): mark("This is a token, not a signed assertion; paste it alone to check it as a token"),
    ("shape", "parts"): mark("An assertion has 3 parts with dots between them; this has {count}"),
    ("shape", "base64"): mark("It holds characters that no assertion has: copy it whole again"),
    ("shape", "unsigned"): mark("It isn't signed: the part after the second dot is empty"),
    ("shape", "json"): mark("Its {part} can't be read: copy it whole again"),
    ("pem", "private"): mark("This is a private key. I didn't keep it; delete that key in Coze and make a new one"),
    ("pem", "key"): mark("This is key text, not a signed assertion. I didn't keep it"),
    ("alg", "missing"): mark("{key} is missing: use {expected}"),
    ("alg", "other"): mark("{key} is {value}: use {expected}"),
    ("typ", "missing"): mark("{key} is missing: use {expected}"),
    ("typ", "other"): mark("{key} is {value}: use {expected}"),
    ("kid", "pem"): mark("{key} holds key text: use the fingerprint ([fingerprint])"),
    ("kid", "shape"): mark("{key} has {length} characters, a fingerprint ([fingerprint]) has 43"),
    ("kid", "other"): mark("{key} isn't the fingerprint that you entered"),
    ("iss", "not_digits"): mark("{key} is {value}: use the app ID, only digits"),
    ("iss", "other"): mark("{key} is {value}, you entered {expected}"),
    ("aud", "missing"): mark("{key} is missing: use {expected}"),
    ("aud", "not_text"): mark("{key} must be text: use {expected}"),
    ("aud", "scheme"): mark("{key} has https:// in it: use {expected}"),
    ("aud", "global"): mark("{key} is {value}, the overseas site: use {expected}"),
    ("aud", "other"): mark("{key} is {value}: use {expected}"),
    ("iat", "ahead"): mark("{key} is {time} ahead: set that machine's clock"),
    ("exp", "before_iat"): mark("{key} isn't after `iat`: use `iat + 600`"),
    ("exp", "passed"): mark("{key} passed {time} ago: sign a new one"),
    ("exp", "too_long"): mark("{key} is {time} ahead: an hour at most, better `iat + 600`"),
    ("exp", "unit_slip"): mark("{key} is {time} ahead, a unit slip: use `iat + 600`"),
    ("jti", "short"): mark("{key} has only {length} characters: use 32 random ones"),
}
"""What a finding says, by its key and reason; `ANY` where the key has no sentence of its own."""

_UNITS = (
    (365 * 86_400, mark("{count} year"), mark("{count} years")),
    (86_400, mark("{count} day"), mark("{count} days")),
    (3_600, mark("{count} hour"), mark("{count} hours")),
    (60, mark("{count} minute"), mark("{count} minutes")),
)


def lint(report: AssertionReport, locale: Locale) -> Card:
    """Everything found at once. Shown when something has to be fixed, so nothing was sent to Coze."""
    fixes = [note(finding, locale) for finding in report.to_fix]
    title = locale.ngettext("Fix {count} thing, then sign again", "Fix {count} things, then sign again", len(fixes))
    blocks: list[Block] = [header(title), rich_text(numbered(locale, *fixes))]
    rest = [note_line(finding, locale) for finding in report.to_note] + _fine(report, locale)
    if rest:
        blocks.append(paragraph(locale, *rest))
    blocks.append(
        actions(
            button(locale._("Paste a new one…"), "command.check", primary=True),
            link(locale._("Open OAuth apps"), "oauth", APPS),
        )
    )
    read_only = locale._("I only read it: not sent to Coze, no calls used, now dropped.")
    blocks.append(context(locale, line(read_only)))
    return Card(_summary(len(fixes), len(report.to_note), locale), blocks)


def kept_in(failure: Failure) -> AssertionReport:
    """What a guide remembers of one; that a fingerprint looks unusual its cards say anyway."""
    found = (Finding(*each) for each in failure.values["findings"])
    return AssertionReport(tuple(each for each in found if (each.key, each.level) != ("kid", "note")))


def note_line(finding: Finding, locale: Locale) -> Line:
    """A thing to note, in a line of its own."""
    sentence = note(finding, locale)
    return Line(locale._("⚠️ **Note** {sentence}").replace("{sentence}", sentence.template), sentence.pieces)


def note(finding: Finding, locale: Locale) -> Line:
    """What a finding says."""
    reason = "unit_slip" if finding.detail.get("unit_slip") else finding.reason
    template = _SENTENCES.get((finding.key, reason)) or _SENTENCES.get((ANY, reason))
    if template is None:
        return line(locale._("{key} isn't as Coze wants it"), key=Code(finding.key))
    pieces: dict[str, Piece] = {"key": Code(finding.key)}
    for name, value in finding.detail.items():
        if name == "seconds":
            pieces["time"] = duration(int(value), locale)
        elif name in ("value", "expected", "part"):
            pieces[name] = Code(str(value))
        else:
            pieces[name] = str(value)
    return Line(locale._(template), pieces)


def duration(seconds: int, locale: Locale) -> str:
    """A length of time in its largest fitting unit, years with one decimal."""
    for size, singular, plural in _UNITS:
        if seconds >= size and (size > 60 or seconds >= 2 * size):
            amount = seconds / size
            shown = f"{amount:.1f}".removesuffix(".0") if amount < 100 else str(int(amount))
            template = singular if shown == "1" else plural
            return locale._(template, count=shown)
    return locale._("{count} s", count=seconds)


def _fine(report: AssertionReport, locale: Locale) -> list[Line]:
    if not report.fine:
        return []
    pieces: dict[str, Piece] = {finding.key: Code(finding.key) for finding in report.fine}
    keys = " ".join(f"{{{key}}}" for key in pieces)
    return [Line(locale._("✅ **Fine** {keys}").replace("{keys}", keys), pieces)]


def _summary(fixes: int, notes: int, locale: Locale) -> str:
    if notes:
        return locale._("Assertion check: {fixes} to fix, {notes} to note", fixes=fixes, notes=notes)
    return locale._("Assertion check: {fixes} to fix", fixes=fixes)
