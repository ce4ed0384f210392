"""What a check answers to a press or to what a form brought: a closed set."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.core.guide import Facts, Failed, Result
from bot.store.database import Tx

Effect = Callable[[Tx], Awaitable[Facts]]
"""What else is written, in the transaction that moves the guide, before it moves; answers what is known by that."""


@dataclass(frozen=True)
class Settled:
    """It is known at once. With `look` Coze is asked next with the bot's own credential.

    `told` is what the form that is open may show of it.
    """

    result: Result
    effect: Effect | None = None
    look: bool = False
    told: object = None


@dataclass(frozen=True)
class Looking:
    """The bot asks Coze by itself, and the person waits for it: the card says so."""

    effect: Effect | None = None


@dataclass(frozen=True)
class Told:
    """Nothing changes: the form goes on with what was found."""

    found: object


Answer = Settled | Looking | Told


@dataclass(frozen=True)
class Asking:
    """Coze is asked after the ack, with what the person gave; `ask` answers what came of it and raises no CozeError.

    The card says so meanwhile, call by call where there are `several`; it keeps `quiet` where the form says it.
    """

    ask: Callable[[], Awaitable[Answer]]
    several: bool = False
    quiet: bool = False


def told_of(answer: Answer) -> object:
    """What the form that is open may show of it: why not, what was found or made."""
    match answer:
        case Told(found):
            return found
        case Settled(Failed(failure)):
            return failure
        case Settled(told=told):
            return told
    return None
