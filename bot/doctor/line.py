"""A line of the doctor's: what was looked at, what was found, and what to do."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.preflight import Finding, Verdict
from bot.texts.doctor import CHECKS, PROBLEMS, RIGHT, STATED
from bot.texts.locale import Locale


@dataclass(frozen=True)
class Line:
    """What one check has found; `at` (simulated, UTC) where a process of the bot has found it, and nobody was asked
    now.
    """

    check: str
    finding: Finding
    at: datetime | None = None

    @property
    def is_wrong(self) -> bool:
        """Whether something has to be done."""
        return self.finding.verdict is Verdict.WRONG

    def name(self, locale: Locale) -> str:
        """What was looked at."""
        return locale._(CHECKS[self.check][0])

    def says(self, locale: Locale) -> str:
        """What was found."""
        finding = self.finding
        is_right = finding.verdict is Verdict.RIGHT
        text = RIGHT[finding.problem or self.check] if is_right else PROBLEMS[finding.problem][0]
        said = _filled(locale, text, finding)
        return f"{said} ({locale._(STATED, at=locale.when(self.at))})" if self.at else said

    def remedy(self, locale: Locale) -> str:
        """What to do; "" where nothing is to be done."""
        if self.finding.verdict is Verdict.RIGHT or not (text := PROBLEMS[self.finding.problem][1]):
            return ""
        return _filled(locale, text, self.finding).replace("**", "")


def _filled(locale: Locale, text: str, finding: Finding) -> str:
    values = {"setting": finding.setting, **finding.values}
    if first := values.get("first"):
        values["first"] = locale._(CHECKS[first][0])
    if whose := values.get("whose"):
        values["whose"] = locale.listed(
            locale._(CHECKS[each][0]) if each in CHECKS else each for each in whose.split()
        )
    return locale._(text, **values)


def right(check: str, setting: str = "", instead: str = "", **values: object) -> Line:
    """It is well; `instead` names another sentence than the check's usual one."""
    return Line(check, Finding(setting, Verdict.RIGHT, instead, _plain(values)))


def wrong(check: str, problem: str, setting: str = "", **values: object) -> Line:
    """It has to be mended."""
    return Line(check, Finding(setting, Verdict.WRONG, problem, _plain(values)))


def unknown(check: str, problem: str, setting: str = "", **values: object) -> Line:
    """Nobody can tell from here, or has told."""
    return Line(check, Finding(setting, Verdict.UNKNOWN, problem, _plain(values)))


def skipped(*checks: str, first: str = "database") -> list[Line]:
    """Nothing can be said of these as long as the check `first` is not well."""
    return [unknown(check, "skipped", first=first) for check in checks]


def _plain(values: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}
