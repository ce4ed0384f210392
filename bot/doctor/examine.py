"""The examination as a whole: all lines, in their order."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

from bot.clock import Clock, RemoteClock
from bot.configured import network_of, owner_of
from bot.core.calls import FREE_CALLS, Edition
from bot.coze.errors import CozeError
from bot.opened import clock_of, counter_of, coze_of, running_of
from bot.services.owner import owner_tokens
from bot.services.preflight import valid
from bot.services.preflight_checks import COZE
from bot.settings import Settings, revealed
from bot.slack.connection import TOLERATED
from bot.store import preflight
from bot.store.database import Database
from bot.texts.doctor import CHECKS

from .here import IN_DATABASE, Stored, disk_line, settings_lines, stored
from .line import Line, right, skipped, unknown, wrong
from .probes import Answer, probed
from .there import Answers, Skews, address_line, ask, lines_of, proxy_lines

ABOUT_SLACK = ("bot_token", "app_token", "scopes", "channel", "admins")
"""Of which there is always a line, whoever was asked."""

OF_DATABASE = {"DATABASE_URL", "DATABASE_URL_FILE"}
ONLY_SEEN = frozenset({"signing_secret"})
"""What nobody can be asked: deliveries show it to the bot's processes."""


async def examine(
    settings: Settings | None, problems: Mapping[str, str], *, online: bool, file: Path = Path(".env")
) -> list[Line]:
    """Look at everything that can be looked at; where it is not `online`, at nothing outside of this machine and the
    database. `problems` are what is wrong with the settings, which are None where none of them can be used.
    """
    lines = list(settings_lines(settings, problems, file))
    if settings is None:
        lines += skipped(*(check for check in CHECKS if check != "settings"), first="settings")
        return lines
    async with contextlib.AsyncExitStack() as stack:
        db, url = Database(revealed(settings.database_url)), revealed(settings.database_url)
        stack.push_async_callback(db.close)
        clock = await _clock(settings, stack)
        if OF_DATABASE & problems.keys():
            found = Stored(skipped("database", *IN_DATABASE, "disk", first="settings"), first="settings")
        else:
            found = await stored(db, url, clock, settings)
            found.lines.append(disk_line(settings))
        lines += [*found.lines, *await proxy_lines(settings, online=online)]
        if problems:
            lines += skipped(*ABOUT_SLACK, "coze", first="settings")
            answers = Answers()
        elif online:
            coze = await coze_of(settings, network_of(settings), stack)
            answers = await ask(settings, db, clock, coze, is_usable=found.is_usable)
            answers.lines += [
                line for line in await _remembered(settings, db, clock, found) if line.check in ONLY_SEEN
            ]
        else:
            answers = Answers(await _remembered(settings, db, clock, found))
        lines += [*answers.lines, _clock_line({"database": found.skew, **answers.skews})]
        if not problems:
            lines += await _calls_lines(settings, db, clock, found, answers.team)
            lines.append(await address_line(settings, online=online))
    order = list(CHECKS)
    return sorted(lines, key=lambda line: order.index(line.check))


async def asked(settings: Settings, *, counts: bool = False) -> dict[str, Answer]:
    """The answer to each call that only reads; those to Coze are counted where it `counts` and the database lets."""
    async with contextlib.AsyncExitStack() as stack:
        coze = await coze_of(settings, network_of(settings), stack)
        token, owner = None, owner_tokens(coze.audience, owner_of(settings))
        if owner:
            with contextlib.suppress(CozeError):  # the answers say that there is no credential
                token = await owner(coze).get()
        sent = 0

        def on_sent() -> None:
            nonlocal sent
            sent += 1

        found = await probed(settings, token, on_sent)
        if counts and sent:
            await _count(settings, sent, stack)
        return found


async def _count(settings: Settings, sent: int, stack: contextlib.AsyncExitStack) -> None:
    db, url = Database(revealed(settings.database_url)), revealed(settings.database_url)
    stack.push_async_callback(db.close)
    clock = await _clock(settings, stack)
    found = await stored(db, url, clock, settings)
    if found.is_usable and len(found.teams) == 1:
        counter = counter_of(settings, db, clock, found.teams[0])
        for _ in range(sent):
            counter.sent()
        await counter.close()


async def _clock(settings: Settings, stack: contextlib.AsyncExitStack) -> Clock:
    """The time that people are told; who only looks has nothing due."""

    async def nothing() -> None:
        return None

    clock = clock_of(settings, network_of(settings), nothing)
    if isinstance(clock, RemoteClock):
        stack.push_async_callback(clock.stop)
        await clock.start()
    return clock


async def _remembered(settings: Settings, db: Database, clock: Clock, found: Stored) -> list[Line]:
    """What the bot's own processes have found last about the settings as they are."""
    lines: list[Line] = []
    for team in found.teams if found.is_usable else ():
        running = await running_of(settings, db, clock, team)
        async with db.read() as conn:
            looks = valid(running.configured(), await preflight.load(conn, team))
        for look in looks:
            told = lines_of(look.name, list(look.findings))
            lines += [Line(each.check, each.finding, look.asked_at) for each in told]
    if settings.slack_transport == "http" and not any(line.check in ONLY_SEEN for line in lines):
        lines.append(unknown("signing_secret", "secret_unseen", "SLACK_SIGNING_SECRET"))
    missing = [check for check in (*ABOUT_SLACK, COZE) if check not in {line.check for line in lines}]
    is_needed = {"app_token": settings.slack_transport == "socket", "admins": bool(settings.admin_users)}
    return lines + [unknown(check, "not_asked") for check in missing if is_needed.get(check, True)]


def _clock_line(skews: Skews) -> Line:
    known = {whose: seconds for whose, seconds in skews.items() if seconds is not None}
    if not known:
        return unknown("clock", "clock_unheard")
    whose, most = max(known.items(), key=lambda each: abs(each[1]))
    if abs(most) > TOLERATED.total_seconds():
        return wrong("clock", "clock_off", seconds=f"{most:+.0f}", whose=whose)
    return right("clock", seconds=f"{abs(most):.0f}", whose=" ".join(known))


async def _calls_lines(settings: Settings, db: Database, clock: Clock, found: Stored, team: str) -> list[Line]:
    """Of the owner's account, where there is one."""
    if not (settings.coze_owner_token or settings.coze_owner_app_id):
        return []
    if not found.is_usable:
        return skipped("calls", first=found.first)
    team = team or (found.teams[0] if found.teams else "")
    usage = await counter_of(settings, db, clock, team).usage()
    told = {"edition": usage.edition.value, "used": str(usage.used), "most": str(FREE_CALLS)}
    if usage.stopped_at:
        return [wrong("calls", "calls_none")]
    if usage.is_short:
        return [wrong("calls", "calls_short", **told)]
    if usage.edition is Edition.UNKNOWN:
        return [unknown("calls", "calls_unknown", **told)]
    if usage.left is None:
        return [right("calls", instead="calls_endless", **told)]
    return [right("calls", left=usage.left, **told)]
