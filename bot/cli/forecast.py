"""`forecast`."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from click import BadParameter, Context, IntRange, Option, Parameter, UsageError

from bot.core.expiring import edges, midnight
from bot.core.forecast import LONGER, MOST, Replayed, Upcoming
from bot.core.people import is_zone
from bot.core.ringing import FALLBACK_ZONE
from bot.opened import Forecasting, forecasting
from bot.settings import Settings

from .operate import operate, printable

MADE_UP = "Worked out from today's data; nothing has been sent."


def _day(_context: Context, _option: Parameter, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadParameter(f"{text} is no date such as 2026-12-03.") from None


def _zone(_context: Context, _option: Parameter, text: str) -> str:
    if not is_zone(text):
        raise BadParameter(f"{text} is no time zone such as {FALLBACK_ZONE}.")
    return text


OPTIONS = (
    Option(["--days"], type=IntRange(1, MOST), help=f"how many days, today the first; {LONGER} where none are said"),
    Option(["--day"], metavar="DATE", callback=_day, help="that day alone, past or future, such as 2026-12-03"),
    Option(["--tz"], metavar="ZONE", default=FALLBACK_ZONE, callback=_zone, help=f"of days; else {FALLBACK_ZONE}"),
    Option(["--json", "as_json"], is_flag=True, help="a line of JSON for each message, times in UTC"),
)


def main(*, days: int | None, day: date | None, tz: str, as_json: bool) -> int:
    """List which reminders will be sent to whom and when, if nobody does anything until then.

    --day replays a day instead: what it brings, or should have brought by the tokens that were watched then, and
    whether that was sent. Nothing is written, and nothing is sent.
    """
    if days and day:
        raise UsageError("--days and --day don't go together.")

    def run(settings: Settings) -> None:
        asyncio.run(_print(settings, days or LONGER, day, tz, as_json=as_json))

    return operate(run, slack=False)


async def _print(settings: Settings, days: int, day: date | None, tz: str, *, as_json: bool) -> None:
    async with forecasting(settings) as it:
        begins, ends = _between(it.now, days, day, tz)
        if not as_json:
            print(f"{_local(begins, tz)} to {_local(ends, tz)} ({tz}). {MADE_UP}")
        count = 0
        for team in it.teams:
            async for each in _messages(it, team, begins, ends):
                print(_as_json(team, each) if as_json else _as_text(each, it.now, tz))
                count += 1
        if not as_json:
            print(f"{count} message{'' if count == 1 else 's'}")


def _between(now: datetime, days: int, day: date | None, tz: str) -> tuple[datetime, datetime]:
    """The moments (UTC) that are asked about."""
    if day is None:
        return now, edges(now, days, tz)[-1]
    return midnight(day, tz), midnight(day + timedelta(days=1), tz)


async def _messages(it: Forecasting, team: str, begins: datetime, ends: datetime) -> AsyncIterator[Replayed]:
    """What went out and will: a day that has begun is replayed, anything else is what is planned."""
    if begins < it.now:
        for each in await it.forecasts.replayed(team, begins, ends):
            yield each
        return
    async for message in it.forecasts.until(team, ends):
        if message.at >= begins:
            yield Replayed(message, [None] * len(message.told))


def _as_json(team: str, each: Replayed) -> str:
    message = each.message
    tokens = [
        {"id": token.id, "name": token.name, "key": key, "sent": sent.isoformat() if sent else None}
        for (token, key), sent in zip(message.told, each.sent, strict=True)
    ]
    told: dict[str, Any] = {
        "team": team,
        "at": message.at.isoformat(),
        "channel": "admins" if message.is_for_admins else "dm",
        "user": message.user_id if message.user_id and not _is_own(message) else None,
        "taker": message.taker,
        "kind": "digest" if message.is_digest else "reminder",
        "reason": message.reason.value if message.reason else None,
        "planned": each.is_planned,
        "tokens": tokens,
    }
    return json.dumps(told, ensure_ascii=False)


def _is_own(message: Upcoming) -> bool:
    return bool(message.told) and message.told[0][0].is_operators


def _as_text(each: Replayed, now: datetime, tz: str) -> str:
    message = each.message
    where = "admins" if message.is_for_admins else "dm"
    whose = "-" if message.is_digest or _is_own(message) else message.user_id
    return f"{_local(message.at, tz)}  {where:<6}  {whose:<12} {'; '.join(_parts(each, now, tz))}"


def _parts(each: Replayed, now: datetime, tz: str) -> Iterator[str]:
    """What it tells, why to the admins, and whether it was sent."""
    message = each.message
    if message.is_digest:
        yield "the Monday digest, if there is anything to tell"
        return
    yield ", ".join(f"{printable(token.name)} ({key})" for token, key in message.told)
    if message.reason:
        yield f"reason: {message.reason.value}"
    if message.taker:
        yield f"to {message.taker}, who takes care of it"
    moments = sorted({_local(sent, tz) for sent in each.sent if sent})
    if moments:
        yield f"sent {', '.join(moments)}" + (" in part" if None in each.sent else "")
    elif message.at <= now:
        yield "not sent"
    if not each.is_planned:
        yield "not of that day by today's data"


def _local(moment: datetime, tz: str) -> str:
    return f"{moment.astimezone(ZoneInfo(tz)):%Y-%m-%d %H:%M}"
