"""Locale: how a person reads a text, with their language and time zone; and error help in their language.

Help says what happened, why probably, what to do now. Its texts are in `help.toml`, all languages together.
"""

import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .catalogue import Catalogue, Language, catalogues
from .filling import fill
from .guide_labels import renamed
from .labels import Renamed, labelled

THOUSAND = 1000


def mark(msgid: str) -> str:
    """Mark a string for translation where no reader is at hand; it is translated later by `Locale._`."""
    return msgid


@dataclass(frozen=True)
class Locale:
    """Who a text is for: their language and their zone (an IANA name such as "Asia/Shanghai"); and which of Coze's
    labels are called otherwise by now.
    """

    language: Language
    tz: str
    renamed: Renamed = ()

    def _(self, msgid: str, **values: object) -> str:
        """The text in the locale's language with `{name}` filled in.

        Values are put in as they are, once: braces inside a value mean nothing. Without values the text comes
        back with its placeholders, for views that fill them with mentions and dates.
        """
        text = labelled(self.catalogue.translations.gettext(msgid), self.renamed)
        return fill(text, values) if values else text

    def ngettext(self, singular: str, plural: str, count: int, **values: object) -> str:
        """Like `t`, in the form that fits `count`, which fills `{count}` with its thousands apart."""
        text = labelled(self.catalogue.translations.ngettext(singular, plural, count), self.renamed)
        return fill(text, {"count": self.number(count), **values})

    def on_screen(self, text: str) -> str:
        """A text of the guide, with the labels that it names as they stand on Coze's pages by now."""
        return renamed(text, self.renamed)

    def when(self, moment: datetime) -> str:
        """Day and time in the reader's zone, naming the zone: "Dec 2, 11:05 (Shanghai)"."""
        pattern = self._("MMM d, HH:mm")
        return self._("{time} ({zone})", time=self._date(pattern, moment), zone=self.zone(moment))

    def day(self, moment: datetime) -> str:
        """The day in the reader's zone: "Dec 2"."""
        return self._date(self._("MMM d"), moment)

    def day_of_month(self, moment: datetime) -> str:
        """The number of the day in the reader's zone: "2"."""
        return self._date("d", moment)

    def weekday(self, moment: datetime, later: int = 0) -> str:
        """The day of the week in the reader's zone, so many days `later`: "Mon"."""
        local = moment.astimezone(ZoneInfo(self.tz))
        return self._date("EEE", local + timedelta(days=later))

    def month_of(self, moment: datetime) -> str:
        """The month in the reader's zone: "Dec"."""
        return self._date("LLL", moment)

    def month(self, month: str) -> str:
        """A month ("2026-11") in words: "November 2026". Of a day its month, of a year the year; else as it is."""
        from babel.dates import format_skeleton

        skeleton = "y" if len(month) == len("2026") else "yMMMM"
        try:
            first = date.fromisoformat(f"{month}-01-01"[: len("2026-11-01")])
        except ValueError:
            return month
        return format_skeleton(skeleton, first, locale=self.catalogue.locale)

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
        if abs(count) < THOUSAND:
            return str(count)
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


SOURCE = Path(__file__).with_name("help.toml")
PLAIN = ("act", "what", "button")
UNKNOWN = "E18"
"""The entry for an error that nobody has described yet."""


class BrokenHelp(ValueError):
    """`help.toml` lacks a text, or its languages disagree. Raised at load, naming every fault."""


@dataclass(frozen=True)
class Help:
    """One error's help in one language.

    `act` (what to do now, as a head), `what` and `button` are plain. `why` and each step of `do` still hold
    `{placeholders}`, **bold** and `code`: views fill in `values`, which come from outside, as plain text.
    """

    key: str
    act: str
    what: str
    why: str
    do: tuple[str, ...]
    button: str
    values: Mapping[str, str]

    @property
    def title(self) -> str:
        """What happened, as a header has it: without a full stop."""
        return self.what.rstrip(".。")

    def sentence(self, locale: Locale) -> str:
        """What happened and the first thing to do, as plain text for the line under a form's field."""
        plain = self.do[0].replace("**", "").replace("`", "")
        advice = fill(plain, self.values).rstrip(".。")
        return locale._("{what}. {advice}.", what=self.title, advice=advice)


def error_help(key: str, locale: Locale, /, **values: object) -> Help:
    """The help for `key` ("E1"…); an unknown key gets the help for unknown errors.

    What is not known (missing, None or empty in `values`) is worded as unknown instead of left open; what is known
    may have words around it that fall away without it.
    """
    entries = load()
    key = key if key in entries else UNKNOWN
    entry = entries[key]
    text = entry[locale.language]
    known = {name: str(value) for name, value in values.items() if value not in (None, "")}
    filled = {name: words[locale.language] for name, words in entry.get("unknown", {}).items()}
    around = {name: words[locale.language] for name, words in entry.get("known", {}).items()}
    filled |= {name: "" for name in around if name not in filled}
    for name in filled.keys() & known.keys():
        filled[name] = around.get(name, f"{{{name}}}").replace(f"{{{name}}}", known[name])
    why, do = locale.on_screen(text["why"]), tuple(map(locale.on_screen, text["do"]))
    return Help(key, text["act"], text["what"], why, do, text["button"], filled)


@cache
def load() -> Mapping[str, Any]:
    """All entries. Raises BrokenHelp naming every fault."""
    entries = tomllib.loads(SOURCE.read_text("utf-8"))
    faults = [fault for key, entry in entries.items() for fault in check(key, entry)]
    if faults:
        raise BrokenHelp("; ".join(faults))
    return entries


def check(key: str, entry: Mapping[str, Any]) -> list[str]:
    """What is wrong with an entry: a missing language or text, or placeholders that differ or have no default."""
    faults = []
    defaults = {**entry.get("known", {}), **entry.get("unknown", {})}
    for language in catalogues():
        text = entry.get(language, {})
        faults += [
            f"{key}.{language}: no {part}" for part in ("act", "what", "why", "do", "button") if not text.get(part)
        ]
        open_names = placeholders(text) - defaults.keys()
        faults += [f"{key}.{language}: {part} takes no values" for part in PLAIN if "{" in text.get(part, "")]
        faults += [f"{key}.{language}: {{{name}}} has no words for unknown" for name in sorted(open_names)]
        faults += [
            f"{key}.{kind}.{name}: no {language}"
            for kind in ("unknown", "known")
            for name, words in entry.get(kind, {}).items()
            if language not in words
        ]
        faults += [
            f"{key}.known.{name}: no {{{name}}} in {language}"
            for name, words in entry.get("known", {}).items()
            if f"{{{name}}}" not in words.get(language, "")
        ]
    if len({frozenset(placeholders(entry.get(language, {}))) for language in catalogues()}) > 1:
        faults.append(f"{key}: the languages have different placeholders")
    return faults


def placeholders(text: Mapping[str, Any]) -> set[str]:
    """The names in braces in one language's texts."""
    parts = [text.get("why", ""), *text.get("do", [])]
    return {name for part in parts for _, name, _, _ in string.Formatter().parse(part) if name}
