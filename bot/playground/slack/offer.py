"""One method that the Web API offers."""

from collections.abc import Callable
from dataclasses import dataclass

from ..world.chat import Json
from .asking import Ask


@dataclass(frozen=True)
class Method:
    """A method with the scopes of which any one is enough; the kind of channel may ask for a certain one."""

    run: Callable[[Ask], Json]
    scopes: tuple[str, ...] = ()
