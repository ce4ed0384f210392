"""A script to copy, as the answer to a press."""

from slack_sdk.models.blocks import Block, RichTextPreformattedElement
from slack_sdk.models.blocks.block_elements import RichTextElementParts

from bot.core.errors import WrongState
from bot.slack.views.parts import Card, Line, actions, button, name, paragraph, rich_text
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
    try:
        text = filled_in(language, sheet.guide.value("app_id"), sheet.guide.value("kid"), sheet.host, purpose)
    except ValueError:
        raise WrongState(sheet.guide.state) from None
    others = [button(NAMES[each], f"guide.{purpose}_{each}", sheet.value) for each in SUFFIXES if each != language]
    lead = locale._("Keep it as {file} beside private_key.pem. It holds no secret.")
    blocks: list[Block] = [
        paragraph(locale, Line(lead, {"file": name(file)})),
        rich_text(RichTextPreformattedElement(elements=[RichTextElementParts.Text(text=text)])),
        actions(button(then, action_id, sheet.value, primary=True), *others),
    ]
    return Card(locale._("The script {file}", file=file), blocks)
