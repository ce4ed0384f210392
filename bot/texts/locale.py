"""Locale: how a person reads a text, with their language and time zone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from .catalogue import Catalogue, Language, catalogues
from .labels import labelled


def mark(msgid: str) -> str:
    """Mark a string for translation where no reader is at hand; it is translated later by `Locale._`."""
    return msgid


@dataclass(frozen=True)
class Locale:
    """Who a text is for: their language and their zone (an IANA name such as "Asia/Shanghai")."""

    language: Language
    tz: str

    def _(self, msgid: str, **values: object) -> str:
        """The text in the locale's language with `{name}` filled in.

        Values are put in as they are, once: braces inside a value mean nothing. Without values the text comes
        back with its placeholders, for views that fill them with mentions and dates.
        """
        text = labelled(self.catalogue.translations.gettext(msgid))
        return text.format(**values) if values else text

    def ngettext(self, singular: str, plural: str, count: int, **values: object) -> str:
        """Like `t`, in the form that fits `count`, which fills `{count}`."""
        text = labelled(self.catalogue.translations.ngettext(singular, plural, count))
        return text.format(count=count, **values)

    def when(self, moment: datetime) -> str:
        """Day and time in the reader's zone, naming the zone: "Dec 2, 11:05 (Shanghai)"."""
        pattern = self._("MMM d, HH:mm")
        return self._("{time} ({zone})", time=self._date(pattern, moment), zone=self.zone(moment))

    def day(self, moment: datetime) -> str:
        """The day in the reader's zone: "Dec 2"."""
        return self._date(self._("MMM d"), moment)

    def month(self, month: str) -> str:
        """A month ("2026-11") in words: "November 2026". Anything else comes back as it is."""
        from babel.dates import format_skeleton

        try:
            first = date.fromisoformat(f"{month}-01")
        except ValueError:
            return month
        return format_skeleton("yMMMM", first, locale=self.catalogue.locale)

    def listed(self, items: Iterable[str]) -> str:
        """The items as an enumeration: "one, two, three"."""
        # Translators: stands between the things that a sentence enumerates.
        return self._(", ").join(items)

    def all_of(self, items: Sequence[str]) -> str:
        """The items as an enumeration that is complete: "one, two and three"."""
        from babel.lists import format_list

        return format_list(items, locale=self.catalogue.locale)

    def number(self, count: int) -> str:
        """A number with its thousands apart: "12,345"."""
        from babel.numbers import format_decimal

        return format_decimal(count, locale=self.catalogue.locale)

    def zone(self, moment: datetime) -> str:
        """The zone's city in the locale's language, or its distance from UTC where no city stands for it."""
        from babel.dates import get_timezone_gmt, get_timezone_location

        if self.tz.startswith("Etc/") or "/" not in self.tz:
            return get_timezone_gmt(moment.astimezone(ZoneInfo(self.tz)), locale=self.catalogue.locale)
        return get_timezone_location(ZoneInfo(self.tz), locale=self.catalogue.locale, return_city=True)

    def _date(self, pattern: str, moment: datetime) -> str:
        from babel.dates import format_datetime

        return format_datetime(moment, pattern, ZoneInfo(self.tz), locale=self.catalogue.locale)

    @property
    def catalogue(self) -> Catalogue:
        """Their language: its name, its locale and its strings."""
        return catalogues()[self.language]

    @property
    def others(self) -> list[Catalogue]:
        """The languages to which they can change."""
        return [each for each in catalogues().values() if each.language != self.language]
