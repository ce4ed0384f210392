"""The catalogues: one .po file a language beside this one. They say which languages there are, and what each needs.

Interface strings are English in the code, so `en.po` has a header alone; every other catalogue translates them all.
A header holds, besides what gettext wants: `Language`, the locale for dates, numbers and browsers; `X-Order`, the
place among the languages; `X-Names`, what languages are called in this one, its own among them.

A catalogue is compiled in memory at first use: there is no compiled file that could lag behind its source.
"""

import gettext
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from io import BytesIO
from itertools import takewhile
from pathlib import Path

FOLDER = Path(__file__).parent
SOURCE = "en"
"""The language of the strings in the code: for whom no catalogue was made, too."""

strict = False
"""Whether a missing translation raises. Tests switch it on; a person is better served with English than nothing."""

Language = str
"""A language's code, as its catalogue is named and as people type it: "zh"."""

_CODE = re.compile(r"[a-z]{2,3}|[a-z]{2}_[A-Z]{2}")  # the column that keeps what people chose has room for five
_HEADER = re.compile(r'"([A-Za-z-]+): (.*)\\n"')
_log = logging.getLogger(__name__)


class BrokenCatalogue(ValueError):
    """A catalogue is named after no language, or its header lacks something. Raised at load, naming the file."""


class MissingTranslation(LookupError):
    """A catalogue lacks a string. Raised only while `strict` is set."""


@dataclass(frozen=True)
class Catalogue:
    """One language. `locale` is Babel's name for it ("zh_CN"); `names` are the languages' names in this one."""

    path: Path
    locale: str
    order: int
    names: Mapping[Language, str]

    @property
    def language(self) -> Language:
        """Its code."""
        return self.path.stem

    @property
    def name(self) -> str:
        """What it calls itself."""
        return self.names[self.language]

    @property
    def html_lang(self) -> str:
        """The language as HTML's `lang` wants it: "zh-CN"."""
        return self.locale.replace("_", "-")

    def name_of(self, other: Language) -> str:
        """What this language calls another one; its own name where that isn't told."""
        return self.names.get(other) or catalogues()[other].name

    @cached_property
    def translations(self) -> gettext.NullTranslations:
        """The compiled catalogue. What it lacks is English, or raises MissingTranslation while `strict` is set."""
        if self.language == SOURCE:
            return gettext.NullTranslations()
        # Babel costs a quarter of the start-up of everything around it, and an English workspace never needs it.
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        with self.path.open("rb") as source:
            catalogue = read_po(source, locale=self.locale, abort_invalid=True)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
        translations.add_fallback(_Missing(self.language))
        return translations


class _Missing(gettext.NullTranslations):
    """Asked by gettext for what the catalogue of `language` lacks."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language

    def gettext(self, message: str) -> str:
        if strict:
            raise MissingTranslation(f"{self._language}: {message}")
        _log.error("not in %s: %r", self._language, message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def catalogues() -> Mapping[Language, Catalogue]:
    """All languages by their codes, in their order. Raises BrokenCatalogue."""
    found = sorted((_read(path) for path in FOLDER.glob("*.po")), key=lambda each: (each.order, each.language))
    return {each.language: each for each in found}


def language_of(locale: str) -> Language | None:
    """The language that a locale of Slack's or a browser's ("zh-CN") asks for; None where it is none of ours."""
    tag = _tag(locale)
    near = [code for code in catalogues() if tag == _tag(code) or tag.startswith(f"{_tag(code)}-")]
    return max(near, key=len, default=None)


def preferred(chosen: str | None, locale: str, default: Language) -> Language:
    """What to speak: what was chosen, else by Slack's locale, else the operator's default.

    A locale that is none of ours gets English; only where nobody told any the default decides.
    """
    if chosen and chosen in catalogues():
        return chosen
    return (language_of(locale) or SOURCE) if locale else default


def _tag(locale: str) -> str:
    return locale.lower().replace("_", "-")


def _read(path: Path) -> Catalogue:
    """What the header says; the strings are left until somebody reads them."""
    with path.open(encoding="utf-8") as lines:
        header = dict(_HEADER.findall("".join(takewhile(str.strip, lines))))
    names = dict(pair.strip().split("=", 1) for pair in header.get("X-Names", "").split(",") if "=" in pair)
    whole = _CODE.fullmatch(path.stem) and path.stem in names and header.get("X-Order", "").isdecimal()
    if not (whole and header.get("Language")):
        raise BrokenCatalogue(f"{path.name}: needs a language's code as its name, Language, X-Order and X-Names")
    return Catalogue(path, header["Language"], int(header["X-Order"]), names)
