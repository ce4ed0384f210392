"""A script to copy, as the answer to a press, or to save as a file."""

from slack_sdk.models.blocks import Block, RichTextPreformattedElement
from slack_sdk.models.blocks.block_elements import RichTextElementParts

from bot.core.errors import NotFound, WrongState
from bot.slack.views.parts import Card, Line, actions, button, line, menu, name, paragraph, rich_text
from bot.texts.locale import Locale
from bot.texts.scripts import SUFFIXES, Purpose, ScriptLanguage, file_name
from bot.texts.scripts import script as filled_in

from .view import Sheet

NAMES: dict[ScriptLanguage, str] = {"python": "Python", "node": "Node.js", "shell": "Shell (openssl)"}
FIRST: ScriptLanguage = "python"
BUTTONS: dict[Purpose, str] = {"sign": "script", "service": "service"}


def verbs(purpose: Purpose) -> dict[str, ScriptLanguage]:
    """The presses that show a script, each with its language: the step's own button, then one a language."""
    return {BUTTONS[purpose]: FIRST, **{f"{purpose}_{language}": language for language in SUFFIXES}}


def script(sheet: Sheet, language: ScriptLanguage, purpose: Purpose, then: str, action_id: str) -> Card:
    """The script with the person's own ids in it, what comes after it (the button called `then`), and the other
    languages. Raises WrongState while the ids are not known.
    """
    locale, file = sheet.locale, file_name(language, purpose)
    text = text_of(sheet, language, purpose)
    as_file = button(locale._("Send as a file"), "guide.file", f"{sheet.value} {purpose}_{language}")
    others = [(NAMES[each], f"{purpose}_{each}:{sheet.value}") for each in SUFFIXES if each != language]
    lead = locale._("Keep it as {file} beside private_key.pem. It holds no secret.")
    blocks: list[Block] = [
        paragraph(locale, Line(lead, {"file": name(file)})),
        rich_text(RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=text)])),
        actions(button(then, action_id, sheet.value, primary=True), as_file, menu("guide.more", *others)),
    ]
    return Card(locale._("The script {file}", file=file), blocks)


def text_of(sheet: Sheet, language: ScriptLanguage, purpose: Purpose) -> str:
    """The script with the person's own ids in it. Raises WrongState while they are not known."""
    try:
        return filled_in(language, sheet.guide.value("app_id"), sheet.guide.value("kid"), sheet.host, purpose)
    except ValueError:
        raise WrongState(sheet.guide.state) from None


def read(which: str) -> tuple[Purpose, ScriptLanguage]:
    """Which script a press asks for, `sign_python`. Raises NotFound."""
    found = {f"{purpose}_{language}": (purpose, language) for purpose in BUTTONS for language in SUFFIXES}
    if which not in found:
        raise NotFound
    return found[which]


def no_files(file: str, locale: Locale) -> Card:
    """The app may not send files here."""
    text = locale._("I can't send files in this workspace. Copy the text of {file} instead.", file=file)
    return Card(text, [paragraph(locale, line(text))])


def not_now(file: str, locale: Locale) -> Card:
    """Slack did not take it this time."""
    text = locale._("Slack didn't take {file} just now. Press again, or copy its text.", file=file)
    return Card(text, [paragraph(locale, line(text))])
