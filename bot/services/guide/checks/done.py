"""Done: the last card, which closes the guide."""

from bot.services.guide.check import Check
from bot.texts.guide_rules import CheckKind


class Done(Check):
    """Nothing is left to be checked."""

    kind = CheckKind(closes=True)


CHECK = Done
