"""The settings of days: which ones are worked."""

from typing import Annotated

from pydantic import AfterValidator, Field

from bot import workdays


def _calendar(text: str) -> str:
    """A country, or one of the two words."""
    if text.casefold() in (workdays.BY_ZONE, workdays.WEEKDAYS):
        return text.casefold()
    if text.upper() not in workdays.countries():
        raise ValueError("must be zone, weekdays, or the two letters (ISO 3166) of a country, such as CN.")
    return text.upper()


WorkCalendar = Annotated[
    Annotated[str, AfterValidator(_calendar)],
    Field(
        description="Whose public holidays count: zone (of each person's country, by their time zone), the two "
        "letters of a country for everybody (CN, with the days that China makes up), or weekdays (none)."
    ),
]
