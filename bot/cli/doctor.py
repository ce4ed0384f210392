"""`doctor`."""

import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from click import Choice, Option
from click import Path as ClickPath

from bot.clock import utc_now
from bot.core.errors import StartError
from bot.core.preflight import Verdict
from bot.demo.run import demo
from bot.doctor.examine import asked, examine
from bot.doctor.line import Line
from bot.doctor.report import written as as_report
from bot.playground.server import Options
from bot.settings import Settings, SettingsError, load
from bot.texts.catalogue import catalogues
from bot.texts.doctor import ALL_WELL
from bot.texts.locale import Locale

from .new_file import new_file
from .operate import printable

FILE = ClickPath(path_type=Path, dir_okay=False)
OPTIONS = (
    Option(["--online"], is_flag=True, help="ask Slack and Coze too; Coze with 2 calls of the owner's"),
    Option(["--lang"], type=Choice(list(catalogues())), help="the language; else DEFAULT_LANGUAGE"),
    Option(["--json", "as_json"], is_flag=True, help="as JSON"),
    Option(["--report"], type=FILE, metavar="FILE", help="send each call that only reads, and write its shape"),
)
SCENARIO = "agent-ready"
SIGNS: Mapping[Verdict, str] = {Verdict.RIGHT: "✅", Verdict.WRONG: "❌", Verdict.UNKNOWN: "·"}


def main(*, online: bool, lang: str | None, as_json: bool, report: Path | None) -> int:
    """Look at settings, database, disk, clock, proxy, Slack and Coze: a line for each, and a remedy where needed.

    Nothing is changed, and the bot may run. Without --online nobody outside is asked: what the bot's processes have
    found last is told with its time. Exit code 1 where something is wrong; what is not known is not.

    --report FILE is for who looks after the code: it sends each of the bot's calls that only read once, to Slack and
    Coze and to the playground, and writes the keys and types of the answers side by side, no values.
    """
    logging.disable(logging.CRITICAL)  # all of it stands in the lines
    try:
        settings, problems = _settings()
        lines = asyncio.run(examine(settings, problems, online=online))
        if report:
            asyncio.run(_report(settings if not problems else None, report))
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        logging.disable(logging.NOTSET)
    locale = _locale(settings, lang)
    if as_json:
        print(json.dumps(_as_json(lines, locale, online=online), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_as_text(lines, locale)))
    return int(any(line.is_wrong for line in lines))


async def _report(settings: Settings | None, file: Path) -> None:
    """Raises StartError."""
    if settings is None:
        raise StartError("No report: the settings have to be right first.")
    with tempfile.TemporaryDirectory(prefix="sharge-doctor-") as folder:
        async with demo(Options(), f"sqlite:///{folder}/beside.db") as playground:
            await playground.director.reset(SCENARIO)  # so that there is something to ask about
            emulated = await asked(load(playground.env()))
    with new_file(file) as written:
        written.write(as_report(await asked(settings, counts=True), emulated, utc_now()))
    print(f"Written to {file}: no values stand in it, yet read it before you pass it on.", file=sys.stderr)


def _settings() -> tuple[Settings | None, Mapping[str, str]]:
    """As far as they can be used, and what is wrong with them."""
    try:
        return load(), {}
    except SettingsError as error:
        return error.rest, error.problems


def _locale(settings: Settings | None, lang: str | None) -> Locale:
    language = lang or (settings.default_language if settings else next(iter(catalogues())))
    return Locale(language, settings.work_zone if settings else "UTC")


def _as_text(lines: Sequence[Line], locale: Locale) -> list[str]:
    told = []
    for line in lines:
        told.append(f"{SIGNS[line.finding.verdict]} {line.name(locale)}  {printable(line.says(locale))}")
        if remedy := line.remedy(locale):
            told.append(f"   → {printable(remedy)}")
    wrong = sum(line.is_wrong for line in lines)
    unknown = sum(line.finding.verdict is Verdict.UNKNOWN for line in lines)
    sums = [locale.ngettext("{count} is wrong", "{count} are wrong", wrong)] if wrong else []
    sums += [locale.ngettext("{count} isn't known", "{count} aren't known", unknown)] if unknown else []
    return [*told, "", " · ".join(sums) if sums else locale._(ALL_WELL)]


def _as_json(lines: Sequence[Line], locale: Locale, *, online: bool) -> dict[str, object]:
    checks = [
        {
            "check": line.check,
            "setting": line.finding.setting,
            "verdict": line.finding.verdict.value,
            "problem": line.finding.problem,
            "values": dict(line.finding.values),
            "says": line.says(locale),
            "remedy": line.remedy(locale),
            "at": line.at.isoformat() if line.at else None,
        }
        for line in lines
    ]
    return {"is_well": not any(line.is_wrong for line in lines), "online": online, "checks": checks}
