"""Done: the last card, which closes the guide."""

from bot.services.guide.check import Check


class Done(Check):
    """Nothing is left to be checked."""

    closes = True


CHECK = Done
