"""The leak guard: what people typed, unless its question is there for a secret, is looked at before any handler sees
it. A secret that stands elsewhere is neither stored nor posted nor repeated."""

from bot.core.errors import Problem
from bot.logs import secret_kind
from bot.slack.fields import Fields, question_of
from bot.slack.router import Command, Ephemeral, FieldErrors, Press, Request, Result, Submission
from bot.slack.views.leak import leak
from bot.slack.views.problems import sentence
from bot.texts.locale import Locale


def objection(request: Request, secrets: frozenset[str], locale: Locale) -> Result | None:
    """What the person is told who typed a secret where none belongs; None where there is nothing to say.

    `secrets` are the questions of the form that may hold one.
    """
    match request:
        case Command():
            kind = secret_kind(f"{request.verb} {request.text}")
            return Ephemeral(leak(kind, locale, typed=True)) if kind else None
        case Submission():
            found = {block: _sentence(text, locale) for block, text in _leaks(request.fields, secrets)}
            return FieldErrors(found) if found else None
        case Press():
            typed = next(iter(_leaks(request.place.fields, secrets)), None)
            kind = secret_kind(typed[1]) if typed else None
            return Ephemeral(leak(kind, locale, typed=True)) if kind else None


def _leaks(fields: Fields, secrets: frozenset[str]) -> list[tuple[str, str]]:
    """The inputs and texts that hold a secret and may not."""
    typed = ((block, entered.text) for block, entered in fields.inputs.items() if question_of(block) not in secrets)
    return [(block, text) for block, text in typed if secret_kind(text)]


def _sentence(text: str, locale: Locale) -> str:
    code = "key_text" if secret_kind(text) == "key" else "secret"
    return sentence(Problem("", code), locale)
