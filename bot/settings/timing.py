"""The settings of days: which ones are worked, and how long before an end people hear of it."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from bot import workdays

from . import values

EARLIEST, MOST = 180, 10
"""Days before an end, and how many of them."""


def _calendar(text: str) -> str:
    """A country, or one of the two words."""
    if text.casefold() in (workdays.BY_ZONE, workdays.WEEKDAYS):
        return text.casefold()
    if text.upper() not in workdays.countries():
        raise ValueError("must be zone, weekdays, or the two letters (ISO 3166) of a country, such as CN.")
    return text.upper()


def _days(days: tuple[int, ...]) -> tuple[int, ...]:
    """The furthest first."""
    if len(set(days)) < len(days) or len(days) > MOST or not all(0 <= each <= EARLIEST for each in days):
        raise ValueError(f"must be up to {MOST} different numbers from 0 to {EARLIEST}, separated by commas.")
    if days and not {0, 1} & set(days):
        raise ValueError("must have 1 or 0 among them, or a token of a few days ends unannounced.")
    return tuple(sorted(days, reverse=True))


def _numbers(text: Any) -> Any:
    """What is separated by commas."""
    found = values.parts(text)
    if isinstance(found, list) and not all(re.fullmatch("[0-9]{1,4}", each) for each in found):
        raise ValueError("must be numbers of days, separated by commas, such as 7,3,1,0.")
    return found


_ELSE = "Without it as REMIND_DAYS."
_Days = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_numbers), AfterValidator(_days)]

RemindDays = Annotated[
    _Days,
    Field(
        description="How many days before a token's end its owner is reminded, separated by commas, 0 for the day "
        "itself. Of what lives for less than 15 days the 3 and nearer ones count, of less than 5 the 1 and 0."
    ),
]
RemindDaysLong = Annotated[
    _Days,
    Field(description=f"The same for tokens that live longer than 31 days, as service tokens do. {_ELSE}"),
]
RemindDaysKey = Annotated[
    _Days,
    Field(
        description="How many days before an OAuth key is to be changed its owner is reminded, 0 for the day itself."
    ),
]
RemindDaysOwner = Annotated[
    _Days, Field(description=f"The same for COZE_OWNER_TOKEN, of which admins are reminded. {_ELSE}")
]

WorkCalendar = Annotated[
    Annotated[str, AfterValidator(_calendar)],
    Field(
        description="Whose public holidays count: zone (of each person's country, by their time zone), the two "
        "letters of a country for everybody (CN, with the days that China makes up), or weekdays (none)."
    ),
]

AuditDays = Annotated[
    int,
    Field(
        ge=30,
        le=36_500,
        description="Days for which it is kept who did what (audit); what the bot still works with stays longer.",
    ),
]
