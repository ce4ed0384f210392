"""Dates in words, in the reader's language and time zone.

The tokens of `<!date^…>` are those of docs.slack.dev/messaging/formatting-message-text#date-formatting.
"""

import re
from datetime import UTC, date, datetime, tzinfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta, get_timezone_location

from .reader import Lang

_TOKEN = re.compile(r"\{(\w+)\}")
_LOCALES: dict[Lang, Locale] = {"zh": Locale("zh", script="Hans", territory="CN"), "en": Locale("en", "GB")}
_PATTERNS: dict[str, dict[Lang, str]] = {
    "date": {"zh": "y年M月d日", "en": "d MMMM y"},
    "date_short": {"zh": "y年M月d日", "en": "d MMM y"},
    "date_long": {"zh": "y年M月d日 EEEE", "en": "EEEE, d MMMM y"},
    "day": {"zh": "M月d日", "en": "d MMM"},
}
_NEAR: dict[int, dict[Lang, str]] = {
    -1: {"zh": "昨天", "en": "yesterday"},
    0: {"zh": "今天", "en": "today"},
    1: {"zh": "明天", "en": "tomorrow"},
}


def slack_date(timestamp: int, form: str, now: datetime, zone: tzinfo, lang: Lang) -> str:
    """The text of a Slack date for one reader. Unknown tokens stay as they are, as in Slack."""
    moment = datetime.fromtimestamp(timestamp, UTC).astimezone(zone)

    def fill(match: re.Match[str]) -> str:
        return _token(match[1], moment, now.astimezone(zone), lang) or match[0]

    return _TOKEN.sub(fill, form)


def _token(name: str, moment: datetime, now: datetime, lang: Lang) -> str | None:
    pretty = name.endswith("_pretty")
    base = name.removesuffix("_pretty").replace("day_divider", "date_long")
    if base == "date_num":
        return f"{moment:%Y-%m-%d}"
    if base in ("time", "time_secs"):
        return f"{moment:%H:%M:%S}" if base == "time_secs" else f"{moment:%H:%M}"
    if base == "ago":
        return ago(moment, now, lang)
    if base not in _PATTERNS or base == "day":
        return None
    near = _NEAR.get((moment.date() - now.date()).days)
    if pretty and near:
        return near[lang]
    if base == "date_short" and pretty and moment.year == now.year:
        base = "day"
    return format_date(moment.date(), _PATTERNS[base][lang], _LOCALES[lang])


def ago(moment: datetime, now: datetime, lang: Lang) -> str:
    """How long ago or how far ahead, in words."""
    return format_timedelta(moment - now, add_direction=True, locale=_LOCALES[lang])


def clock_time(moment: datetime, zone: tzinfo, lang: Lang) -> str:
    """Hours and minutes in `zone`."""
    return format_time(moment.astimezone(zone), "HH:mm", locale=_LOCALES[lang])


def exact_time(moment: float, zone: tzinfo) -> str:
    """An epoch second to the millisecond, for logs."""
    return f"{datetime.fromtimestamp(moment, zone):%H:%M:%S.%f}"[:-3]


def story_time(moment: datetime, zone: tzinfo, lang: Lang) -> str:
    """Day, weekday and time: what the bar shows."""
    pattern = {"zh": "M月d日 EEE HH:mm", "en": "EEE d MMM, HH:mm"}[lang]
    return format_datetime(moment.astimezone(zone), pattern, locale=_LOCALES[lang])


def due_time(moment: datetime, now: datetime, zone: tzinfo, lang: Lang) -> str:
    """The time alone if it is today, else with its day."""
    local = moment.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return clock_time(moment, zone, lang)
    return f"{format_date(local.date(), _PATTERNS['day'][lang], _LOCALES[lang])} {local:%H:%M}"


def day_line(day: date, today: date, lang: Lang) -> str:
    """The words of the line between two days."""
    near = _NEAR.get((day - today).days)
    if near and day <= today:
        return near[lang].capitalize()
    pattern = {"zh": "M月d日 EEEE", "en": "EEEE, d MMMM"}[lang]
    return format_date(day, pattern, _LOCALES[lang])


def city(zone_name: str, lang: Lang) -> str:
    """A time zone's city: 上海, New York."""
    return get_timezone_location(zone_name, locale=_LOCALES[lang], return_city=True)


def from_ts(ts: str) -> datetime:
    """The moment of a message, UTC."""
    return datetime.fromtimestamp(float(ts), UTC)
