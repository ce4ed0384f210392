"""The guard: nothing that holds a secret goes on, unless it stands in a field that asked for one.

Whatever a delivery carries is looked at: what was typed, picked and ticked, what a button or a form brings along, and
the names of all of them, which nobody but a forger chooses.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.core.leak import SecretKind, secret_kind
from bot.slack.fields import Entered, Fields, question_of
from bot.slack.router import Command, Ephemeral, FieldErrors, Press, Request, Result, Submission, Suggestion
from bot.slack.views.leak import at_field, leak
from bot.texts.locale import Locale


def objection(request: Request, secrets: frozenset[str], locale: Locale) -> Result | None:
    """What the person is told who typed a secret where none belongs; None where there is nothing to say.

    `secrets` are the questions of the form that may hold one. A form stays open with what was typed.
    """
    if isinstance(request, Submission) and (found := _at_fields(request.fields, secrets)):
        return FieldErrors({block: at_field(kind, locale) for block, kind in found.items()})
    kind = next((kind for text in _texts(request, secrets) if (kind := secret_kind(text))), None)
    if kind is None:
        return None
    if isinstance(request, Submission) and request.questions:
        return FieldErrors({request.questions[0]: at_field(kind, locale)})
    return Ephemeral(leak(kind, locale, typed=True))


def without_secrets(request: Request, secrets: frozenset[str]) -> Request:
    """The request as it may be stored: a press brings all that stands in its form, where a token is asked for too."""
    if not isinstance(request, Press):
        return request
    kept = {block: entered for block, entered in request.place.fields.inputs.items() if _is_plain(block, secrets)}
    return replace(request, place=replace(request.place, fields=Fields(kept)))


def _at_fields(fields: Fields, secrets: frozenset[str]) -> dict[str, SecretKind]:
    """What each input holds that may not."""
    plain = ((block, entered) for block, entered in fields.inputs.items() if _is_plain(block, secrets))
    found = ((block, _kind_in(entered)) for block, entered in plain)
    return {block: kind for block, kind in found if kind}


def _texts(request: Request, secrets: frozenset[str]) -> Iterator[str]:
    """Everything else that the delivery brings."""
    match request:
        case Command():
            yield f"{request.verb} {request.text}"
        case Submission():
            yield from (request.metadata, request.callback_id, *request.fields.inputs, *request.questions)
        case Suggestion():
            yield from (request.text, request.question, request.metadata)
        case Press():
            place = request.place
            yield from (request.value, request.action_id, place.metadata, place.callback_id, *place.fields.inputs)
            yield from (_all(entered) for block, entered in place.fields.inputs.items() if _is_plain(block, secrets))


def _is_plain(block: str, secrets: frozenset[str]) -> bool:
    return question_of(block) not in secrets


def _kind_in(entered: Entered) -> SecretKind | None:
    return secret_kind(_all(entered))


def _all(entered: Entered) -> str:
    return "\n\n".join(text for text in (entered.text, entered.label, *entered.ticked) if text)
