"""What a person has to do about their own publication now: the head of its card, alone or in a guide's."""

from bot.core.publish import Publication, PublicationState
from bot.texts.locale import Locale

from .parts import HEADING, fit


def act(publication: Publication, locale: Locale) -> str:
    """The one thing to do, or that there is nothing."""
    match publication.state:
        case PublicationState.UNKNOWN:
            template = locale._("Have a look: is “{name}” live?")
        case PublicationState.REVIEWING | PublicationState.CLAIMED if not publication.is_api_only:
            template = locale._("“{name}” is in review, nothing to do")
        case PublicationState.REJECTED:
            template = locale._("Fix “{name}”, then publish it again")
        case _:
            template = locale._("Publishing “{name}”, no need to wait")
    return fit(template, publication.agent_name, HEADING)
