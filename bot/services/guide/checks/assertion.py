"""Assertion: a signed one, read first and then exchanged for real."""

from pydantic import SecretStr

from bot.core.assertion import AssertionReport
from bot.core.guide import LINT, Failed, Failure, Learned, Passed
from bot.services.guide.check import Answer, Asking, Check, Settled, StepContext
from bot.services.token_checker import Refused


class Assertion(Check):
    """Nothing of it is kept."""

    buttons = frozenset({"open", "script", "paste"})
    menu = frozenset({"script", "paste"})
    needs = frozenset({("script", "app_id"), ("script", "kid")})
    opens = frozenset({"paste"})
    forms = frozenset({"assertion"})

    async def enter(self, form: str, at: StepContext, given: object) -> Answer | Asking:
        """What has to be mended before it is worth a call is told at once."""
        if not isinstance(given, SecretStr):
            raise at.closed()
        report = self.res.checker.read(given, *_app(at))
        if not report.ok:
            return Settled(_linted(at, report))
        return Asking(lambda: self._exchanged(at, given), several=True)

    async def _exchanged(self, at: StepContext, assertion: SecretStr) -> Answer:
        """Two calls, none where something has to be mended first."""
        found = await self.res.checker.assertion(assertion, *_app(at))
        if isinstance(found, Refused):
            return Settled(at.failed(found.error, found.calls))
        if found.account is None:
            return Settled(_linted(at, found.report))
        name = found.account.nickname or found.account.name
        return Settled(Passed.verified({"account": Learned.verified(name)}))


def _app(at: StepContext) -> tuple[str | None, str | None]:
    """The fingerprint and the app's id that were entered."""
    return at.guide.value("kid") or None, at.guide.value("app_id") or None


def _linted(at: StepContext, report: AssertionReport) -> Failed:
    findings = [[each.key, each.level, dict(each.detail)] for each in report.findings]
    return Failed(Failure(at.step.id, LINT, at.now, {"findings": findings}))


CHECK = Assertion
