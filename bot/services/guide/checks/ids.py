"""Ids: an OAuth app's number and its key's fingerprint."""

from bot.core.guide import Learned, Passed, Shown
from bot.services.guide.check import Check, Settled, StepContext


class Ids(Check):
    """Taken as entered: a signed assertion shows later whether they are right, and may have them entered anew."""

    buttons = frozenset({"open", "paste"})
    menu = frozenset({"paste"})
    gives = frozenset({"app_id", "kid", "endpoint"})
    opens = frozenset({"paste", "fix"})
    forms = frozenset({"ids"})
    anywhere = frozenset({"fix", "ids"})

    async def enter(self, form: str, at: StepContext, given: object) -> Settled:
        """At their own step they finish it, later they only change."""
        if not isinstance(given, tuple):
            raise at.closed()
        app_id, kid = given
        endpoint = f"{self.res.coze.base_url}/api/permission/oauth2/token"  # where an assertion is exchanged
        facts = {"app_id": Learned(app_id), "kid": Learned(kid), "endpoint": Learned(endpoint)}
        here = isinstance(at.checks[at.step.check], Ids)
        return Settled(Passed(facts=facts) if here else Shown(facts))


CHECK = Ids
