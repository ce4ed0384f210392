"""What went wrong, as a result: a known error becomes its sentence, an unknown one a short number that stands in the
log beside its traceback. The same for whatever was typed, pressed or sent."""

import logging
import secrets
from collections.abc import Sequence

from bot.core.errors import BotError, Duplicate, InvalidFields, Problem, Throttled
from bot.logs import Outages
from bot.slack.fields import question_of
from bot.slack.router import Ack, Ephemeral, FieldErrors, Request, Result, Submission
from bot.slack.views import answers
from bot.slack.views.parts import Card
from bot.slack.views.problems import sentence
from bot.store.database import is_away
from bot.texts.locale import Locale

log = logging.getLogger(__name__)

OUTAGES = Outages()


class TookTooLong(Exception):
    """The answer was not there when Slack had to be answered."""


def result_of(error: Exception, request: Request, locale: Locale) -> Result:
    """What the person is told. Logs what nobody expected."""
    match error:
        case Duplicate():
            return Ack()  # the first delivery has been answered
        case InvalidFields() if isinstance(request, Submission):
            return _at_the_fields(error.problems, request, locale)
        case Throttled():
            return kept_open(error, request, locale)
        case BotError():
            return Ephemeral(answers.refusal(error, locale))
    return _unexpected(error, request, locale)


def card_of(error: Exception, locale: Locale) -> Card:
    """What the person is told of what failed after the ack. Logs what nobody expected."""
    if isinstance(error, BotError):
        return answers.refusal(error, locale)
    if is_away(error):
        OUTAGES.tell(log, type(error), "not saved: the database is away: %s", type(error).__name__)
        return answers.unsaved(locale)
    number = secrets.token_hex(4)
    if isinstance(error, TookTooLong):  # a busy machine, no fault of the code
        log.warning("not answered in time, %s", number)
    else:
        log.error("unexpected, %s", number, exc_info=error)
    return answers.unexpected(number, locale)


def kept_open(error: BotError, request: Request, locale: Locale) -> Result:
    """The same for what may work in a moment: a form stays open with what was typed."""
    card = answers.refusal(error, locale)
    return _at_the_first(card.text, request) or Ephemeral(card)


def _unexpected(error: Exception, request: Request, locale: Locale) -> Result:
    card = card_of(error, locale)
    return _at_the_first(card.text, request) or Ephemeral(card)


def _at_the_fields(problems: Sequence[Problem], sent: Submission, locale: Locale) -> Result:
    """Each sentence at its question; what belongs to none that the form has stands at the first one."""
    found = {problem.where: sentence(problem, locale) for problem in problems}
    there = {block: found[question_of(block)] for block in sent.questions if question_of(block) in found}
    words = next(iter(found.values()))
    return FieldErrors(there) if there else _at_the_first(words, sent) or Ephemeral(answers.words(words, locale))


def _at_the_first(text: str, request: Request) -> Result | None:
    """At the first question of the form; None where there is no form or it asks nothing."""
    if isinstance(request, Submission) and request.questions:
        return FieldErrors({request.questions[0]: text})
    return None
